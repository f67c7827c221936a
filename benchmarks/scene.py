"""A drawn scene that costs a decoder as much as generated video does, for the benchmarks that decode."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np

from tests.pictures import Pixels, landscape

_LINES = 480
"""Lengths below are for a picture of so many lines."""
_MARGIN = 80
_THINGS = 8
_SIDE = 110
_GRAIN = 1.2


def scene(frame: int, frames: int, width: int, height: int) -> Pixels:
    """A camera that drifts, turns and closes in by parts of a pixel, and turning squares of other texture before it.

    A picture of `tests.pictures`. Everything moves by parts of a pixel, so that a decoder has to interpolate.
    """
    unit = height / _LINES
    world = _world(width, height)
    margin, side = round(_MARGIN * unit), round(_SIDE * unit)
    drift = (30 * unit * math.sin(frame / 23) - margin, 20 * unit * math.sin(frame / 31) - margin)
    turn = _turn((world.shape[1], world.shape[0]), math.sin(frame / 40), 1 + 0.04 * math.sin(frame / 55), drift)
    seen = np.asarray(cv2.warpAffine(world, turn, (width, height), flags=cv2.INTER_CUBIC), np.uint8)
    for thing in range(_THINGS):
        top = thing * (height - side) // _THINGS
        texture = world[top : top + side, -side:]
        x = width * (0.5 + 0.45 * math.sin(2 * thing + frame / (60 + 10 * thing)))
        y = height * (0.5 + 0.4 * math.sin(3 * thing + frame / (90 - 8 * thing)))
        place = _turn((side, side), (thing - 3.5) * frame / 3, 1, (x - side / 2, y - side / 2))
        cv2.warpAffine(texture, place, (width, height), seen, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
    grain = np.random.default_rng(frame).normal(0, _GRAIN, (height, width, 1))
    return np.clip(np.rint(seen + grain), 0, 255).astype(np.uint8)


@lru_cache(maxsize=1)
def _world(width: int, height: int) -> Pixels:
    """What is before the camera, with a margin on each side for it to move in."""
    margin = round(_MARGIN * height / _LINES)
    return landscape(0, 1, width + 2 * margin, height + 2 * margin)


def _turn(
    size: tuple[int, int], degrees: float, scale: float, offset: tuple[float, float]
) -> np.typing.NDArray[np.float64]:
    """A turn about the middle of that width and height, and a step after it."""
    turn = np.asarray(cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), degrees, scale), np.float64)
    turn[:, 2] += offset
    return turn
