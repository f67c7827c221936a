"""Luma made smaller for what is measured on small pictures."""

from __future__ import annotations

import cv2

from turnover.media.planes import Plane

SMALL = 270
"""The short side is at most this."""


def reduced(luma: Plane) -> Plane:
    """Luma reduced by a whole factor, by area, so that the short side is at most `SMALL`; itself where it is."""
    height, width = luma.shape
    factor = -(-min(height, width) // SMALL)
    if factor <= 1:
        return luma
    size = (max(1, width // factor), max(1, height // factor))
    small: Plane = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return small
