"""How a picture is turned, by its EXIF block."""

from __future__ import annotations

from typing import Literal

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


def turn(block: bytes) -> tuple[int, bool]:
    """Rotation clockwise and mirroring; upright where nothing is said, or nothing that makes sense.

    The block is a TIFF file (TIFF 6.0, section 2), with or without the name that JPEG puts before it.

    >>> turn(bytes.fromhex("4d4d002a00000008 0001 0112000300000001 00060000"))
    (90, False)
    """
    data = block.removeprefix(b"Exif\0\0")
    order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
    start = int.from_bytes(data[4:8], order)
    for place in range(int.from_bytes(data[start : start + 2], order)):
        entry = data[start + 2 + place * _ENTRY :][:_ENTRY]
        if len(entry) < _ENTRY:
            break
        if int.from_bytes(entry[:2], order) == _ORIENTATION and int.from_bytes(entry[2:4], order) == _SHORT:
            return _TURNS.get(int.from_bytes(entry[8:10], order), UPRIGHT)
    return UPRIGHT
