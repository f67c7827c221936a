"""What every metric offers: a name, a meaning, and a way to be taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from turnover.core.measurement import Face
from turnover.frames.picture import Picture

Numbers: TypeAlias = NDArray[np.float64]
"""(frames,), NaN where not known."""

Taker: TypeAlias = Callable[[Picture, Picture | None], float]
"""From a picture and the one before it (None for the first, and where the size changed) the number of this frame."""

Derivation: TypeAlias = Callable[["Taken"], Numbers]
"""From what was taken of all frames one number for each."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is known of a clip when all its pictures have gone by."""

    series: Mapping[str, Numbers]
    """By metric name: everything taken, and everything derived before."""
    frames_per_second: float | None
    """None where the rate is not known or varies."""
    frame_count: int
    """How many pictures went by."""
    sizes: tuple[tuple[int, int], ...] = ()
    """Every (width, height) the pictures had, in the order they first came."""
    faces: tuple[Face, ...] = ()
    """Every face a detector found."""
    finds_every_face: bool = True
    """Whether a frame in which the detector found none has none; where it misses many, that is not known."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A way to get one number for each frame; exactly one of `start` and `derive` is given.

    A module in `metrics/` offers one as its constant `METRIC`.
    """

    name: str
    sentence: str
    """What it tells, for a person."""
    unit: str
    low: float
    high: float | None
    """The range of its values; None is "no bound"."""
    source: str
    """Formula, paper or standard, and which variant."""
    start: Callable[[], Taker] | None = None
    """A fresh taker for one clip; it may remember earlier pictures, and is never shared between threads."""
    derive: Derivation | None = None
    needs: tuple[str, ...] = ()
    """Metrics that a derivation reads."""
    is_intermediate: bool = False
    """Whether it is taken only for what is derived of it, and no part of a measurement."""

    def __post_init__(self) -> None:
        if (self.start is None) == (self.derive is None):
            raise ValueError(f"metric {self.name!r}: one of start and derive is expected")
