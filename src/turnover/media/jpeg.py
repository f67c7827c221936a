"""JPEG by its own segments (ITU-T T.81, annex B)."""

from __future__ import annotations

from fractions import Fraction

from turnover.media.animation import Animation
from turnover.media.exif import UPRIGHT, turn
from turnover.media.opening import Source

# No camera writes more; what lies behind is not looked at.
_MOST_BYTES = 1 << 27
_START_OF_SCAN, _APPLICATION_1 = 0xDA, 0xE1
# Frames of all processes, less the table segments that stand among them (table B.1).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_END = b"\xff\xd9"


def read_jpeg(source: Source) -> Animation | None:
    """What the segments say; None when no picture is described. The picture data are not decoded."""
    data = source.at(0, _MOST_BYTES)
    width = height = 0
    turned = UPRIGHT
    at = 2
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data) and data[at + 1] != _START_OF_SCAN:
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if kind in _FRAMES:
            height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
        elif kind == _APPLICATION_1 and body.startswith(b"Exif\0\0"):
            turned = turn(body)
        at += 2 + length
    if not width or not height:
        return None
    # A thumbnail has an end of its own, but before the picture's start.
    is_whole = len(data) < source.size or data.find(_END, at) >= 0
    return Animation(width, height, (Fraction(0),), False, False, is_whole, turn=turned)
