"""Whether a WebP decodes, by Pillow: FFmpeg reads no animated one."""

from __future__ import annotations

import struct

from PIL import Image

from turnover.media.demuxing import DAMAGE
from turnover.media.opening import Source

# Pillow reads a WebP into memory as a whole.
_MOST_BYTES = 1 << 29
# What Pillow's readers raise at hostile bytes beside the usual.
_DAMAGE = (*DAMAGE, SyntaxError, TypeError, struct.error, Image.DecompressionBombError)


def webp_trouble(source: Source, width: int, height: int) -> str | None:
    """Why the first picture does not decode; None when it does."""
    # Past Pillow's own limit against pictures made to take memory, it prints a warning first.
    if width * height > (Image.MAX_IMAGE_PIXELS or 0) or source.size > _MOST_BYTES:
        return f"{width}x{height} in {source.size} bytes is too large to try"
    try:
        # No other of Pillow's formats is tried; some of them start programs.
        with source.buffered() as file, Image.open(file, formats=("WEBP",)) as image:
            image.load()
    except _DAMAGE as error:
        return str(error)
    return None
