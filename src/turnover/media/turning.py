"""How a decoded frame is turned for display."""

from __future__ import annotations

import math
import struct

from av.sidedata.sidedata import SideDataContainer, Type
from av.video.frame import VideoFrame

_MATRIX = struct.Struct("=9i")


def turn_of(frame: VideoFrame) -> tuple[int, bool]:
    """Rotation clockwise, a multiple of 90 in [0, 360), and whether left and right are swapped after it.

    The display matrix maps the stored x axis to (a, b) and y to (c, d), y pointing down (ISO/IEC 14496-12, 6.2.2).
    """
    matrix = _matrix(frame)
    if matrix is None or len(matrix) < _MATRIX.size:
        return _quarter(-frame.rotation), False
    a, b, _, c, d, *_ = _MATRIX.unpack_from(matrix)
    is_mirrored = a * d - b * c < 0
    return _quarter(math.degrees(math.atan2(b, -a if is_mirrored else a))), is_mirrored


def _matrix(frame: VideoFrame) -> bytes | None:
    try:
        entries: object = frame.side_data  # PyAV's types know one kind of it only
        if isinstance(entries, SideDataContainer):
            return next((bytes(entry) for entry in entries if entry.type == Type.DISPLAYMATRIX), None)
    except ValueError:
        # PyAV 18 knows no name for the newest kinds, EXIF among them, and then lists none at all.
        return None
    return None


def _quarter(degrees: float) -> int:
    return round(degrees / 90) * 90 % 360
