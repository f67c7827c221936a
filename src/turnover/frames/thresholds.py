"""From where on a gate warns or fails: what `[measure]` in `turnover.toml` may set, a field a threshold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches

from turnover.errors import UsageError


@dataclass(frozen=True, slots=True)
class Threshold:
    """One row of the table of thresholds."""

    name: str
    default: float
    unit: str
    sentence: str
    highest: float
    """The largest number that makes sense; without one, `inf` turns the gate off, and where lower is worse 0 does."""


def _at(default: float, unit: str, sentence: str, *, highest: float = math.inf) -> float:
    value: float = field(default=default, metadata={"unit": unit, "sentence": sentence, "highest": highest})
    return value


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Every threshold that a person may set; what makes a file unusable (undecodable, no frames) has none.

    >>> Thresholds(flicker_fail=1.5).flicker_fail
    1.5
    """

    black_pixels: float = _at(0.98, "share", "share of black pixels from which on a frame is black", highest=1)
    black_contrast: float = _at(4, "levels", "contrast from which on a dark frame shows something and is not black")
    black_fail: float = _at(1, "frames", "black frames in one run, not counting fades at the start and the end")
    frozen_fail: float = _at(3, "frames", "frames in one run that stand still although the picture moves around them")
    duplicate_warn: float = _at(1, "frames", "single repeated frames in a clip that moves")
    duplicate_fail: float = _at(0.15, "share", "share of frames that repeat irregularly", highest=1)
    static_warn: float = _at(0.1, "levels", "mean change between frames below which a clip is static")
    cut_warn: float = _at(0.5, "score", "score from which on a frame starts a new shot", highest=1)
    flicker_warn: float = _at(0.35, "%", "mean up and down of light from frame to frame, in percent of the light")
    flicker_fail: float = _at(0.5, "%", "mean up and down of light from frame to frame, in percent of the light")
    flash_levels: float = _at(20, "levels", "an up and down of light as large as this is a flash, not flicker")
    blur_warn: float = _at(0.64, "re-blur", "median re-blur: 0 sharp, 1 blurred", highest=1)
    blur_fail: float = _at(0.68, "re-blur", "median re-blur: 0 sharp, 1 blurred", highest=1)
    noise_warn: float = _at(4.5, "levels", "median noise")
    noise_fail: float = _at(8, "levels", "median noise")
    blocky_warn: float = _at(1.6, "ratio", "median step at the borders of 8-pixel blocks, beside steps inside them")
    blocky_fail: float = _at(2.2, "ratio", "median step at the borders of 8-pixel blocks, beside steps inside them")
    clipped_warn: float = _at(0.15, "share", "mean share of pixels at black or white", highest=1)
    clipped_fail: float = _at(0.6, "share", "mean share of pixels at black or white", highest=1)
    quality_warn: float = _at(0.45, "score", "quality score of a clip below this", highest=1)
    quality_fail: float = _at(0.3, "score", "quality score of a clip below this", highest=1)
    face_warn: float = _at(0.7, "confidence", "tenth percentile of face confidence below this", highest=1)
    face_fail: float = _at(0.5, "confidence", "tenth percentile of face confidence below this", highest=1)
    jump_warn: float = _at(2, "ratio", "how many times less alike a seam is than its neighbours")
    jump_fail: float = _at(2.5, "ratio", "how many times less alike a seam is than its neighbours")
    exposure_warn: float = _at(0.35, "levels", "step of mean light or colour at a seam, beyond what its neighbours do")
    exposure_fail: float = _at(0.8, "levels", "step of mean light or colour at a seam, beyond what its neighbours do")


THRESHOLDS: tuple[Threshold, ...] = tuple(
    Threshold(f.name, getattr(Thresholds(), f.name), **f.metadata) for f in fields(Thresholds)
)
"""The same as a table, for help and docs."""


def thresholds_of(values: Mapping[str, object]) -> Thresholds:
    """Thresholds from what a person wrote; every wrong one is named at once in a UsageError.

    >>> thresholds_of({"flicker_fail": 2}).flicker_fail
    2.0
    """
    rows = {row.name: row for row in THRESHOLDS}
    numbers: dict[str, float] = {}
    wrong: list[str] = []
    for name, value in values.items():
        row = rows.get(name)
        if row is None:
            near = get_close_matches(name, rows, n=1)
            wrong.append(f"no threshold {name!r}" + (f", did you mean {near[0]!r}?" if near else ""))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= row.highest:
            limit = "0 or more" if math.isinf(row.highest) else f"0 to {row.highest:g}"
            wrong.append(f"{name}: {value!r} is no number of {row.unit}, {limit}")
        else:
            numbers[name] = float(min(value, 10**300))
    if wrong:
        raise UsageError("; ".join(wrong), hint="docs/explanation/quality.md lists the thresholds of [measure]")
    return Thresholds(**numbers)
