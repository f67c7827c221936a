"""What every face detector is given, and what it gives."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from turnover.core.measurement import Box

Plane = NDArray[np.uint8]
"""(height, width), uint8."""

# A crowd has fewer that can be told apart; a hostile picture may have any number.
MOST_FACES = 64


@dataclass(frozen=True, slots=True)
class Found:
    """One face, in pixels of the plane that was looked at, from its top left corner."""

    box: Box
    """Within the plane."""
    confidence: float
    """0 to 1, on the detector's own scale."""
    landmarks: tuple[tuple[float, float], ...] = ()
    """Eye, eye, nose, mouth corner, mouth corner, the viewer's left first; empty where the detector gives none."""


def reduced(luma: Plane, *, max_side: int, black: int, white: int) -> Plane:
    """The plane by area so that no side is longer than `max_side`, its levels stretched to 0-255."""
    height, width = luma.shape
    factor = min(1.0, max_side / max(height, width))
    if factor < 1:
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        luma = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)
    return full_range(luma, black=black, white=white)


def full_range(luma: Plane, *, black: int, white: int) -> Plane:
    """Code values from black to white on the scale 0-255; what lies beyond is clipped."""
    return luma if (black, white) == (0, 255) else np.asarray(cv2.LUT(luma, _levels(black, white)), np.uint8)


@cache
def _levels(black: int, white: int) -> Plane:
    levels: Plane = np.clip(np.rint((np.arange(256) - black) * (255 / (white - black))), 0, 255).astype(np.uint8)
    return levels


def ordered(found: Iterable[Found | None]) -> tuple[Found, ...]:
    """The surest first, without those that lie outside."""
    kept = [one for one in found if one is not None]
    kept.sort(key=lambda one: (-one.confidence, one.box.x, one.box.y, one.box.width, one.box.height))
    return tuple(kept[:MOST_FACES])


def found_in(
    luma: Plane, box: tuple[float, float, float, float], confidence: float, points: Iterable[tuple[float, float]] = ()
) -> Found | None:
    """A detection with its box clipped to the plane; None where less than a pixel of it, or no number, is left."""
    left, top, wide, tall = box
    landmarks = tuple(points)
    if not all(map(math.isfinite, (*box, confidence, *(place for point in landmarks for place in point)))):
        return None
    height, width = luma.shape
    right, bottom = min(left + wide, width), min(top + tall, height)
    left, top = max(left, 0.0), max(top, 0.0)
    if right - left < 1 or bottom - top < 1:
        return None
    return Found(Box(left, top, right - left, bottom - top), min(max(confidence, 0.0), 1.0), landmarks)
