"""The boxes of MP4 and QuickTime, and of what borrows them (ISO/IEC 14496-12, 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

# A fragmented film has a box for each second; this many are an hour and more.
_MOST_BOXES = 10_000


class Readable(Protocol):
    """Bytes that are read from any place: a file, or a block of memory."""

    @property
    def size(self) -> int: ...

    def at(self, offset: int, count: int, /) -> bytes:
        """Up to that many bytes from a place, fewer where they end."""
        ...


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes in memory, read like a file."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def at(self, offset: int, count: int, /) -> bytes:
        return self.data[offset : offset + count]


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its kind, and the range of the file that it says is its own."""

    kind: bytes
    start: int
    content: int
    """Where the content begins, behind length and kind."""
    stop: int
    """Where the box ends by its own word, which may be behind the end of the file."""
    is_cut: bool = False
    """Of an inner box: whether the file ends before it does."""


def boxes(source: Readable) -> Iterator[Box]:
    """The boxes at the top of a file, up to the first that makes no sense."""
    return _boxes(source, 0, source.size, False, iter(range(_MOST_BOXES)))


def inner_boxes(
    source: Readable, start: int, stop: int, *, steps: Iterator[object], any_kind: bool = False
) -> Iterator[Box]:
    """The boxes in a range, up to the first that makes no sense; none of them ends behind the range, or the file.

    Each box takes one of the steps, which several walks may share. Kinds are four printable signs, unless `any_kind`.
    """
    stop = min(stop, source.size)
    for box in _boxes(source, start, stop, any_kind, steps):
        yield box if box.stop <= stop else replace(box, stop=stop, is_cut=box.stop > source.size)


def _boxes(source: Readable, start: int, stop: int, any_kind: bool, steps: Iterator[object]) -> Iterator[Box]:
    for _ in steps:
        head = source.at(start, max(0, min(16, stop - start)))
        if len(head) < 8:
            return
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        smallest = 8
        if length == 1 and len(head) == 16:
            length, smallest = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:
            length = stop - start
        if length < smallest or not (any_kind or all(0x20 <= byte < 0x7F or byte == 0xA9 for byte in kind)):
            return
        yield Box(kind, start, start + smallest, start + length)
        start += length
        if start >= stop:
            return
