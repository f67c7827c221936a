"""What gates look at: a clip's numbers as arrays, and how a finding becomes a gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from turnover.core.measurement import Boundary, Gate, Level, Measurement
from turnover.core.ranges import FrameRange
from turnover.frames.metric import Numbers
from turnover.frames.thresholds import Thresholds

Mask = NDArray[np.bool_]
"""(frames,), bool."""


@dataclass
class Evidence:
    """Everything known of one clip when its gates are decided."""

    measurement: Measurement
    thresholds: Thresholds = field(default_factory=Thresholds)
    boundaries: Mapping[int, Boundary] = field(default_factory=dict)
    """Frame of this clip right after a seam → the seam, as for `boundaries.boundary_ssim`."""
    expects_faces: bool | None = None
    """Whether a face should be seen; None is "not told"."""
    size_expected: tuple[int, int] | None = None
    frame_count_expected: int | None = None

    @property
    def frame_count(self) -> int:
        return self.measurement.frame_count

    def numbers(self, name: str) -> Numbers | None:
        """(frames,), NaN where not known; None where the series was not taken, or has no number at all."""
        series = next((s for s in self.measurement.series if s.name == name), None)
        if series is None:
            return None
        numbers = np.full(self.frame_count, np.nan)
        known = np.array(series.values, dtype=np.float64)[: self.frame_count]
        numbers[: len(known)] = np.where(np.isfinite(known), known, np.nan)
        return None if np.isnan(numbers).all() else numbers

    @cached_property
    def is_black(self) -> Mask:
        """Which frames are black; none where that was not taken."""
        shares = self.numbers("black")
        if shares is None:
            return np.zeros(self.frame_count, dtype=np.bool_)
        is_dark: Mask = shares >= self.thresholds.black_pixels
        contrast = self.numbers("contrast")
        return is_dark if contrast is None else is_dark & ~(contrast >= self.thresholds.black_contrast)

    def median(self, name: str) -> float | None:
        """Median of a series over the frames that are not black; None where there is none."""
        numbers = self.numbers(name)
        if numbers is None:
            return None
        known = numbers[~np.isnan(numbers) & ~self.is_black]
        return float(np.median(known)) if known.size else None


def runs(mask: Mask) -> tuple[FrameRange, ...]:
    """The runs of frames for which the mask holds.

    >>> runs(np.array([True, True, False, True]))
    (FrameRange(start=0, stop=2), FrameRange(start=3, stop=4))
    """
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return tuple(FrameRange(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True))


def told(ranges: tuple[FrameRange, ...], *, most: int = 3) -> str:
    """The ranges in words, inclusive as people count them, the first few of many.

    >>> told((FrameRange(3, 4), FrameRange(7, 9)))
    'frames 3, 7-8'
    """
    texts = [str(r.start) if r.count == 1 else f"{r.start}-{r.last}" for r in ranges[:most]]
    more = f" and {len(ranges) - most} more" if len(ranges) > most else ""
    is_one = len(ranges) == 1 and ranges[0].count == 1
    return ("frame " if is_one else "frames ") + ", ".join(texts) + more


def counted(count: int, noun: str) -> str:
    """
    >>> counted(1, "frame"), counted(2, "frame")
    ('1 frame', '2 frames')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def graded(value: float, *, warn: float, fail: float, is_low_bad: bool = False) -> tuple[Level, float]:
    """How bad a number is, and the threshold that `Gate.threshold` speaks of."""
    # Where lower is worse it is so strictly below the threshold: 0 turns the gate off.
    if value < fail if is_low_bad else value >= fail:
        return "fail", fail
    if value < warn if is_low_bad else value >= warn:
        return "warn", warn
    return "pass", fail


def passed(tag: str, value: float | None, threshold: float | None, sentence: str) -> Gate:
    return Gate(tag, "pass", value, threshold, sentence)
