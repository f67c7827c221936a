"""Half-open ranges of frames."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class FrameRange:
    """Frames [start, stop), 0-based and not empty."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.stop:
            raise ValueError(
                f"a range of frames is [start, stop) with 0 <= start < stop, not [{self.start}, {self.stop})"
            )

    @property
    def count(self) -> int:
        return self.stop - self.start

    @property
    def last(self) -> int:
        """The inclusive end."""
        return self.stop - 1

    def within(self, frame_count: int) -> FrameRange | None:
        """The part that lies in [0, frame_count); None when there is none."""
        stop = min(self.stop, frame_count)
        return FrameRange(self.start, stop) if self.start < stop else None
