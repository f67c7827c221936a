"""The frames of a WebP, by Pillow: FFmpeg reads no animated one."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from av.video.frame import VideoFrame
from PIL import Image

from turnover.media.opening import Source

# Pillow reads a WebP into memory as a whole.
_MOST_BYTES = 1 << 29


def webp_frames(source: Source, width: int, height: int) -> Iterator[VideoFrame]:
    """Each frame as it is shown, the earlier ones beneath it, as R'G'B' in 8 bits; alpha is left out.

    The size is what the file's own chunks say. Raises ValueError where the file is too large to try, or its damage
    begins.
    """
    # Past Pillow's own limit against pictures made to take memory, it prints a warning first.
    if width * height > (Image.MAX_IMAGE_PIXELS or 0) or source.size > _MOST_BYTES:
        raise ValueError(f"{width}x{height} in {source.size} bytes is too large to try")
    try:
        # No other of Pillow's formats is tried; some of them start programs.
        with source.buffered() as file, Image.open(file, formats=("WEBP",)) as image:
            for number in range(getattr(image, "n_frames", 1)):
                image.seek(number)
                image.load()
                pixels = np.asarray(image)
                yield VideoFrame.from_ndarray(np.ascontiguousarray(pixels[..., :3]), "rgb24")
    except (SyntaxError, TypeError, struct.error, Image.DecompressionBombError) as error:
        raise ValueError(str(error)) from error
