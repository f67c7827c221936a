"""Luma made smaller for what is measured on small pictures."""

from __future__ import annotations

import cv2
import numpy as np

from turnover.media.planes import Plane

SMALL = 270
"""The short side is at most this."""


def reduced(luma: Plane) -> Plane:
    """Luma halved, by area, until its short side is at most `SMALL`; an odd last line or column is left out.

    It is what `frames.planes.reduced` gives: a test holds them equal. Halving twice is faster than going down by four.
    """
    while min(luma.shape) > SMALL:
        height, width = luma.shape[0] // 2, luma.shape[1] // 2
        whole = luma[: 2 * height, : 2 * width]
        luma = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return luma
