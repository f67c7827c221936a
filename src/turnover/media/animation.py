"""What a picture for pages says by its own structure: size, alpha, and how its pictures follow each other."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from turnover.media.exif import UPRIGHT
from turnover.media.timing import Times

# What a file may cost: pictures of a GIF, chunks of a PNG or WebP. No animation that somebody watches has more.
MOST_PARTS = 200_000

# A clock that no writer uses; finer ones come from files made to keep a reader busy.
_FINEST_CLOCK = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Animation:
    """A file of pictures as its own blocks or chunks tell it; a still has one picture."""

    width: int
    height: int
    durations: Sequence[Fraction]
    """Seconds that each whole picture of the file is shown; a still's one is 0."""
    is_animated: bool
    has_alpha: bool
    is_whole: bool
    """Whether the file goes on to the end that its format marks."""
    claimed: int | None = None
    """The number of pictures in the header, where the format has one."""
    is_lossless: bool = False
    """Of WebP: whether the first picture is coded without loss, so in RGB."""
    turn: tuple[int, bool] = UPRIGHT
    """Degrees clockwise for display, and whether left and right are then swapped."""

    @property
    def count(self) -> int:
        return len(self.durations)

    @property
    def seconds(self) -> Fraction | None:
        """The duration of one cycle; None for a still."""
        return sum(self.durations, Fraction(0)) if self.is_animated else None

    def times(self, tick: Fraction | None = None) -> Times:
        """When the pictures are shown; the tick is the format's clock, None to take what the durations need."""
        if tick is None:
            tick = Fraction(1, min(_FINEST_CLOCK, math.lcm(*{duration.denominator for duration in self.durations})))
        ticks = [round(duration / tick) for duration in self.durations]
        return Times(
            tick=tick,
            starts=[0, *accumulate(ticks)][:-1],
            last_duration=ticks[-1] if ticks else None,
            is_cycle=True,
        )


class CutOffError(Exception):
    """The file ends inside a block."""


class Bytes:
    """A file's bytes one field after the other; every step raises CutOffError where the file ends before."""

    def __init__(self, file: io.BufferedReader, size: int) -> None:
        self._file = file
        self._size = size

    def take(self, count: int) -> bytes:
        """Exactly that many bytes."""
        data = self._file.read(count)
        if len(data) < count:
            raise CutOffError
        return data

    def number(self, count: int) -> int:
        """A little-endian number of that many bytes."""
        return int.from_bytes(self.take(count), "little")

    def skip(self, count: int) -> None:
        """Go on behind that many bytes."""
        if self._file.seek(count, 1) > self._size:
            raise CutOffError

    def skip_blocks(self) -> None:
        """Go on behind a run of GIF's sub-blocks, each of a length and as many bytes, up to the empty one."""
        while True:
            window = self._file.peek()
            if not window:
                raise CutOffError
            at = 0
            while at < len(window) and window[at]:
                at += window[at] + 1
            if at < len(window):
                self._file.seek(at + 1, 1)
                return
            self._file.seek(at, 1)

    @property
    def position(self) -> int:
        return self._file.tell()
