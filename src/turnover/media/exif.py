"""The directories of an EXIF block; an entry of the first says how the picture is turned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Order: TypeAlias = Literal["little", "big"]

# Exif 3.0, 4.6.5.1.6: degrees clockwise, and whether left and right are then swapped.
_TURNS = {
    1: (0, False), 2: (0, True), 3: (180, False), 4: (180, True),
    5: (90, True), 6: (90, False), 7: (270, True), 8: (270, False),
}  # fmt: skip
_ORIENTATION, _SHORT = 0x0112, 3
_ENTRY = 12

UPRIGHT = (0, False)
ENOUGH = 1 << 16
"""Bytes of a block that are worth reading: the first directory stands at its start."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a directory (TIFF 6.0, section 2)."""

    tag: int
    kind: int
    """The type of its values: 2 for ASCII, 7 for bytes of any meaning …"""
    count: int
    """How many values there are, of that type's size."""
    field: bytes
    """The four bytes that hold the values, or where they stand when four are too few."""


def turn(block: bytes) -> tuple[int, bool]:
    """Rotation clockwise and mirroring; upright where nothing is said, or nothing that makes sense.

    The block is a TIFF file (TIFF 6.0, section 2), with or without the name that JPEG puts before it.

    >>> turn(bytes.fromhex("4d4d002a00000008 0001 0112000300000001 00060000"))
    (90, False)
    """
    data = block.removeprefix(b"Exif\0\0")
    order = byte_order(data)
    for entry in directory(data, order, int.from_bytes(data[4:8], order)):
        if entry.tag == _ORIENTATION and entry.kind == _SHORT:
            return _TURNS.get(int.from_bytes(entry.field[:2], order), UPRIGHT)
    return UPRIGHT


def byte_order(data: bytes) -> Order:
    """How the TIFF file that starts so writes its numbers."""
    return "little" if data[:2] == b"II" else "big"


def directory(data: bytes, order: Order, start: int) -> Iterator[Entry]:
    """The entries of the directory at that place of a TIFF file, up to the end of the bytes."""
    for place in range(int.from_bytes(data[start : start + 2], order)):
        entry = data[start + 2 + place * _ENTRY : start + 2 + (place + 1) * _ENTRY]
        if len(entry) < _ENTRY:
            return
        tag, kind = int.from_bytes(entry[:2], order), int.from_bytes(entry[2:4], order)
        yield Entry(tag, kind, int.from_bytes(entry[4:8], order), entry[8:])
