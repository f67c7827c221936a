"""The seam between two segments: how its two pictures differ, beside how their neighbours do."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from turnover.core.clip import Segment
from turnover.core.measurement import Boundary
from turnover.core.rate import Rate
from turnover.core.series import Series
from turnover.frames.picture import Picture
from turnover.frames.planes import Plane

NEIGHBOURS = 8
"""Pictures on either side of a seam that say what is to be expected at it."""

Levels: TypeAlias = NDArray[np.float32]
"""(height, width), float32, 0 black to 255 white."""

# Fewer differences than these say nothing of what is usual.
_ENOUGH = 4
# Wang et al. 2004, section III.B: a window of 11x11 with sigma 1.5, K1 = 0.01 and K2 = 0.03 of the range 255.
_SIGMA, _RADIUS = 1.5, 5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def boundary(
    before: Iterable[Picture], after: Iterable[Picture], *, rates: tuple[Rate | None, Rate | None] = (None, None)
) -> Boundary:
    """The seam between the last picture of `before` and the first of `after`, each upright and in time order.

    `NEIGHBOURS` pictures of each side count; raises ValueError where a side has none.

    SSIM depends on size, and fourteen of them at full size would take seconds. So the pair is compared twice: at
    full size (`ssim`, the number that other programs give), and reduced like its neighbours (`ssim_small`, which
    `ssim_expected` is for). Only the pair is kept at full size.
    """
    earlier, later = _Side(), _Side(after=True)
    for picture in before:
        earlier.add(picture)
    for picture in islice(after, NEIGHBOURS):
        later.add(picture)
    return _boundary(earlier, later, rates)


@dataclass
class SeamWatch:
    """Measures the seams inside one video while its pictures go by.

    >>> watch = SeamWatch(starts=(48, 96))
    >>> list(watch.watched([])), watch.boundaries
    ([], {})
    """

    starts: Collection[int]
    """First frame of each segment that follows another."""
    boundaries: dict[int, Boundary] = field(default_factory=dict)
    """First frame of the later segment → the seam before it; complete when all pictures went by."""

    def watched(self, pictures: Iterable[Picture]) -> Iterator[Picture]:
        """The same pictures; a seam that none of them reaches is not known."""
        earlier = _Side()
        open_seams: list[tuple[int, _Side, _Side]] = []
        near = {frame for start in self.starts for frame in range(start - NEIGHBOURS, start)}
        for frame, picture in enumerate(pictures):
            if frame in self.starts and frame > 0:
                open_seams.append((frame, earlier.copy(), _Side(after=True)))
            for _, _, later in open_seams:
                later.add(picture)
            while open_seams and open_seams[0][2].is_full:
                self._close(*open_seams.pop(0))
            if frame in near:
                earlier.add(picture)
            yield picture
        for seam in open_seams:
            self._close(*seam)

    def _close(self, start: int, earlier: _Side, later: _Side) -> None:
        self.boundaries[start] = _boundary(earlier, later, (None, None))


def seams_of(segments: Iterable[Segment]) -> tuple[int, ...]:
    """First frames of the segments that follow another without a gap, in order: what `SeamWatch` looks at."""
    segments = tuple(segments)
    stops = {segment.range.stop for segment in segments}
    return tuple(sorted({segment.range.start for segment in segments} & stops))


def boundary_ssim(boundaries: Mapping[int, Boundary], *, frame_count: int) -> Series:
    """`boundary_ssim` of a clip: a number on the two frames at each seam, the same on both, and NaN elsewhere.

    boundaries: frame of this clip that comes right after the seam → the seam. So 0 stands for the seam to the clip
    before it, `frame_count` for the one to the clip after it, and the frames between for seams inside.
    A frame between two seams has the lower number. What lies outside the clip is not kept.
    """
    values: list[float | None] = [None] * frame_count
    for start, seam in boundaries.items():
        for frame in (start - 1, start):
            known = values[frame] if 0 <= frame < frame_count else None
            if 0 <= frame < frame_count and seam.ssim is not None:
                values[frame] = seam.ssim if known is None else min(known, seam.ssim)
    return Series.of("boundary_ssim", values, source="SSIM of Wang et al. 2004, Gaussian window, full size")


def ssim(one: Plane | Levels, other: Plane | Levels) -> float:
    """SSIM of two planes of one size, -1 to 1: Gaussian window, population covariance, range 255.

    Half a window at the border is left out, as Wang's own program does, unless nothing else would be there.
    """
    # Around 128 the squares are small enough for float32; the means are moved back below.
    x, y = (plane.astype(np.float32) - np.float32(128) for plane in (one, other))
    mean_x, mean_y = _window(x), _window(y)
    variances = _window(x * x) - mean_x * mean_x + _window(y * y) - mean_y * mean_y
    covariance = _window(x * y) - mean_x * mean_y
    mean_x += 128
    mean_y += 128
    light = (2 * mean_x * mean_y + _C1) / (mean_x * mean_x + mean_y * mean_y + _C1)
    values = light * (2 * covariance + _C2) / (variances + _C2)
    inside = values[_RADIUS:-_RADIUS, _RADIUS:-_RADIUS]
    return float(np.mean(inside if inside.size else values, dtype=np.float64))


# ------------------------------------------------------------------------------------------------------- one side


@dataclass(frozen=True, slots=True)
class _Glance:
    """What a neighbour is remembered by."""

    small: Levels
    luma: float
    blue: float | None
    red: float | None


class _Side:
    """The pictures on one side of a seam: glances of all, and the picture at the seam itself."""

    def __init__(self, *, after: bool = False) -> None:
        self.is_after = after
        self.glances: deque[_Glance] = deque(maxlen=NEIGHBOURS)
        self.picture: Picture | None = None

    @property
    def is_full(self) -> bool:
        return len(self.glances) == NEIGHBOURS

    def add(self, picture: Picture) -> None:
        self.glances.append(_glance(picture))
        if self.picture is None or not self.is_after:
            self.picture = picture

    def copy(self) -> _Side:
        twin = _Side(after=self.is_after)
        twin.glances, twin.picture = self.glances.copy(), self.picture
        return twin


def _glance(picture: Picture) -> _Glance:
    # Chroma of limited range spans 224 levels (BT.601 and BT.709), not the 219 of luma.
    chroma_gain = 255 / 224 if picture.black else 1.0
    blue, red = (None if p is None else cv2.mean(p)[0] * chroma_gain for p in (picture.blue, picture.red))
    return _Glance(_levels(picture.small, picture), _mean_luma(picture), blue, red)


def _mean_luma(picture: Picture) -> float:
    return (cv2.mean(picture.luma)[0] - picture.black) * picture.gain


def _levels(plane: Plane, picture: Picture) -> Levels:
    """The plane on the scale 0 black to 255 white, so that pictures of either range compare."""
    levels: Levels = (plane.astype(np.float32) - np.float32(picture.black)) * np.float32(picture.gain)
    return levels


def _window(values: Levels) -> Levels:
    """The mean under the Gaussian window around each pixel."""
    side = 2 * _RADIUS + 1
    return cv2.GaussianBlur(values, (side, side), _SIGMA, borderType=cv2.BORDER_REFLECT)  # type: ignore[return-value]


# ------------------------------------------------------------------------------------------------------- the seam


def _boundary(earlier: _Side, later: _Side, rates: tuple[Rate | None, Rate | None]) -> Boundary:
    if earlier.picture is None or later.picture is None:
        raise ValueError("a seam has at least one picture on either side")
    pair = (earlier.picture, later.picture)
    last, first = earlier.glances[-1], later.glances[0]
    neighbours = [*pairwise(earlier.glances), *pairwise(later.glances)]
    alike = [(one.small, other.small) for one, other in neighbours if one.small.shape == other.small.shape]
    is_same_size = pair[0].luma.shape == pair[1].luma.shape
    differences = sorted(_difference(*two) for two in alike) if len(alike) >= _ENOUGH else []
    full = tuple(_levels(picture.luma, picture) for picture in pair) if is_same_size else None
    luma_delta, luma_step = _shift(last.luma, first.luma, [(a.luma, b.luma) for a, b in neighbours])
    blue_delta, blue_step = _shift(last.blue, first.blue, [(a.blue, b.blue) for a, b in neighbours])
    red_delta, red_step = _shift(last.red, first.red, [(a.red, b.red) for a, b in neighbours])
    assert luma_delta is not None
    return Boundary(
        ssim=ssim(*full) if full else None,
        ssim_small=ssim(last.small, first.small) if is_same_size else None,
        ssim_expected=float(np.median([ssim(*two) for two in alike])) if differences else None,
        difference=_difference(last.small, first.small) if is_same_size else None,
        difference_expected=float(np.median(differences)) if differences else None,
        difference_least=differences[0] if differences else None,
        luma_delta=luma_delta,
        luma_step=luma_step,
        blue_delta=blue_delta,
        blue_step=blue_step,
        red_delta=red_delta,
        red_step=red_step,
        sizes=(_size(pair[0]), _size(pair[1])),
        rates=rates,
    )


def _difference(one: Levels, other: Levels) -> float:
    """Mean absolute difference as a share of the range."""
    return cv2.norm(one, other, cv2.NORM_L1) / one.size / 255


def _shift(
    last: float | None, first: float | None, neighbours: Sequence[tuple[float | None, float | None]]
) -> tuple[float | None, float | None]:
    """The change of a mean across the seam, and how far it lies outside what the neighbours do.

    They are taken by their median, and by the largest distance from it but one: one of them may be a cut or a flash.
    """
    if last is None or first is None:
        return None, None
    usual = [b - a for a, b in neighbours if a is not None and b is not None]
    delta = first - last
    if len(usual) < _ENOUGH:
        return delta, None
    middle = float(np.median(usual))
    spread = sorted(abs(change - middle) for change in usual)[-2]
    return delta, max(0.0, abs(delta - middle) - spread)


def _size(picture: Picture) -> tuple[int, int]:
    height, width = picture.luma.shape
    return width, height
