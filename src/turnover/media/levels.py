"""A codec's level as people write it."""

from __future__ import annotations

# ITU-T H.262, table 8-3.
_MPEG2 = {10: "Low", 8: "Main", 6: "High 1440", 4: "High", 2: "High P"}
# FFmpeg's FF_LEVEL_UNKNOWN.
_UNKNOWN = -99


def level_text(codec: str, level: int) -> str | None:
    """The level that FFmpeg numbers so; None when the file does not say.

    H.264 counts tenths (ITU-T H.264, A.3), HEVC thirtieths (H.265, A.4), AV1 an index (AV1 specification, A.3).

    >>> level_text("h264", 51), level_text("hevc", 93), level_text("av1", 9), level_text("h264", -99)
    ('5.1', '3.1', '4.1', None)
    """
    if level == _UNKNOWN or level < 0:
        return None
    if codec == "av1":
        # 31 is "no limit".
        return "max" if level == 31 else f"{2 + (level >> 2)}.{level & 3}"
    if level == 0:
        return None
    if codec == "h264":
        return "1b" if level == 9 else f"{level // 10}.{level % 10}"
    if codec == "hevc":
        return f"{level // 30}.{level % 30 // 3}"
    if codec == "mpeg2video":
        return _MPEG2.get(level)
    return str(level)
