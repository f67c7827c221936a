"""Per-frame numbers of one clip."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """One number per frame; NaN inside the array is "not known", and so is every frame past its end."""

    name: str
    values: array[float]
    """Doubles, one a frame from frame 0."""
    source: str | None = None
    """Where the numbers came from: a file's name or a metric; None when not known."""

    @classmethod
    def of(cls, name: str, values: Iterable[float | None], *, source: str | None = None) -> Series:
        """A series from numbers; None, NaN, infinities and whole numbers that no double holds are "not known".

        >>> Series.of("motion_score", [0.5, None]).at(0), Series.of("motion_score", [0.5, None]).at(1)
        (0.5, None)
        """
        return cls(name, array("d", map(_double, values)), source)

    def at(self, frame: int) -> float | None:
        """The number of a frame; None when not known."""
        if not 0 <= frame < len(self.values):
            return None
        value = self.values[frame]
        return None if math.isnan(value) else value

    def within(self, frame_count: int) -> Series:
        """The series without what lies past the clip's last frame."""
        if len(self.values) <= frame_count:
            return self
        return Series(self.name, self.values[:frame_count], self.source)

    @property
    def is_empty(self) -> bool:
        """Whether no frame has a number."""
        return all(math.isnan(v) for v in self.values)


def _double(value: float | None) -> float:
    """The number, NaN where it is not known."""
    try:
        return math.nan if value is None or not math.isfinite(value) else float(value)
    except OverflowError:
        return math.nan
