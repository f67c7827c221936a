"""Where a HEIF or AVIF file keeps its EXIF block and XMP packet (ISO/IEC 14496-12, 8.11)."""

from __future__ import annotations

from collections.abc import Iterator

from turnover.media.animation import CutOffError
from turnover.media.boxes import Block, inner_boxes
from turnover.media.walkers.bounds import Steps

_XMP = "application/rdf+xml"
# One of each, and some for pictures in pictures.
_MOST_FOUND = 16
_IN_FILE, _IN_DATA_BOX = 0, 1


def item_places(
    information: bytes, locations: bytes, data_start: int | None, steps: Steps
) -> Iterator[tuple[str, int, int]]:
    """Kind (`Exif` or XMP's media type), start in the file, and length of each such item that lies in one piece.

    Takes the contents of `iinf` and `iloc`, and where the content of `idat` starts; None where there is none.
    """
    kinds = dict(_kinds(information, steps))
    found = 0
    try:
        for number, start, length in _Locations(locations, steps).places(data_start):
            if number in kinds and found < _MOST_FOUND:
                found += 1
                yield kinds[number], start, length
    except CutOffError:
        return


def _kinds(information: bytes, steps: Steps) -> Iterator[tuple[int, str]]:
    """Numbers of the items that may hold texts (8.11.6)."""
    wide = bool(information[:1].strip(b"\0"))
    for box in inner_boxes(Block(information), 8 if wide else 6, len(information), steps=steps):
        entry = information[box.content : box.stop]
        if box.kind != b"infe" or entry[:1] not in (b"\2", b"\3"):
            continue
        at = 8 if entry[0] == 3 else 6
        number, kind = int.from_bytes(entry[4:at], "big"), entry[at + 2 : at + 6]
        if kind == b"Exif":
            yield number, "Exif"
        elif kind == b"mime" and entry[at + 6 :].split(b"\0")[1:2] == [_XMP.encode()]:
            yield number, _XMP


class _Locations:
    """The item location box (8.11.3), whose numbers have the sizes that its head says."""

    def __init__(self, data: bytes, steps: Steps) -> None:
        self._data = data
        self._at = 4
        self._version = data[0] if data else 0
        self._steps = steps

    def places(self, data_start: int | None) -> Iterator[tuple[int, int, int]]:
        """Number, start in the file and length of each item in one piece; raises CutOffError at a cut."""
        sizes, more_sizes = self._number(1), self._number(1)
        offset_size, length_size, base_size = sizes >> 4, sizes & 15, more_sizes >> 4
        index_size = more_sizes & 15 if self._version in (1, 2) else 0
        wide = 4 if self._version == 2 else 2
        for _ in range(self._number(wide)):
            number = self._number(wide)
            method = self._number(2) & 15 if self._version in (1, 2) else _IN_FILE
            is_here = self._number(2) == 0
            base = self._number(base_size)
            pieces = []
            for _ in range(self._number(2)):
                self._number(index_size)
                pieces.append((self._number(offset_size), self._number(length_size)))
            start = {_IN_FILE: 0, _IN_DATA_BOX: data_start}.get(method)
            if is_here and start is not None and len(pieces) == 1:
                yield number, start + base + pieces[0][0], pieces[0][1]

    def _number(self, size: int) -> int:
        self._at += size
        # Numbers of size 0 cost no bytes, and there may be 65535 pieces of them in each item.
        if self._at > len(self._data) or next(self._steps, None) is None:
            raise CutOffError
        return int.from_bytes(self._data[self._at - size : self._at], "big")
