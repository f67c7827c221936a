"""Drawn pictures for videos made by recipe.

A picture is a function of the frame's number, the number of frames, the width and the height.
It gives an array (height, width, 3 or 4), uint8, R'G'B' or R'G'B'A, 0-255, full range.
The same four numbers give the same array.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Pixels: TypeAlias = NDArray[np.uint8]
Picture: TypeAlias = Callable[[int, int, int, int], Pixels]
Pattern = Literal["gradient", "moving_box", "noise", "black", "face", "landscape"]
_RGB: TypeAlias = tuple[int, int, int]

# Small pictures are drawn this many times larger and averaged down, so that edges are smooth.
_OVERSAMPLING = 4
_OVERSAMPLED_UP_TO = 480


def gradient(frame: int, frames: int, width: int, height: int) -> Pixels:
    """Red from left to right, green from top to bottom, blue from the first frame to the last."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[..., 0] = _ramp(width)
    pixels[..., 1] = _ramp(height)[:, None]
    pixels[..., 2] = 255 * frame // max(1, frames - 1)
    return pixels


def moving_box(frame: int, frames: int, width: int, height: int) -> Pixels:
    """A light square on dark grey that crosses from the left edge to the right edge."""
    pixels = np.full((height, width, 3), 48, np.uint8)
    side = max(2, min(width, height) // 3)
    left = (width - side) * frame // max(1, frames - 1)
    top = (height - side) // 2
    pixels[top : top + side, left : left + side] = (230, 200, 90)
    return pixels


def noise(frame: int, frames: int, width: int, height: int) -> Pixels:
    """Independent uniform noise, new in each frame."""
    return np.random.default_rng(frame).integers(0, 256, (height, width, 3), np.uint8)


def black(frame: int, frames: int, width: int, height: int) -> Pixels:
    """Nothing but black."""
    return np.zeros((height, width, 3), np.uint8)


def landscape(frame: int, frames: int, width: int, height: int) -> Pixels:
    """What has the statistics of a photograph: detail of every size, lights and shadows, a little grain; it pans.

    The camera goes two pixels to the right with each frame.
    """
    grain = np.random.default_rng(1000 + frame).normal(0, 1.5, (height, width, 1))
    seen = _terrain(width + 2 * frames, height)[:, 2 * frame : 2 * frame + width] + grain
    return np.clip(np.rint(seen), 0, 255).astype(np.uint8)


@lru_cache(maxsize=2)
def _terrain(width: int, height: int) -> NDArray[np.float32]:
    """Random detail of seven sizes, the coarsest strongest; (height, width, 3), about 0 to 255."""
    field = np.full((height, width, 3), 118, np.float32)
    for octave in range(1, 8):
        size = (max(2, height >> (8 - octave)), max(2, width >> (8 - octave)), 3)
        coarse = Image.fromarray(np.random.default_rng(octave).integers(0, 256, size, np.uint8))
        smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), np.float32)
        field += (smooth - 128) * np.float32(0.7 * 0.6 ** (octave - 1))
    return field


def face(frame: int, frames: int, width: int, height: int) -> Pixels:
    """A drawn face that walks from left to right; OpenCV's frontal Haar cascades and YuNet find it, and it alone.

    It is 0.6 of the height tall, and its middle goes from 0.35 to 0.65 of the width.
    """
    enlargement = _OVERSAMPLING if height <= _OVERSAMPLED_UP_TO else 1
    size = 0.6 * height * enlargement
    across = 0.35 + 0.3 * frame / max(1, frames - 1)
    canvas = Image.new("RGB", (width * enlargement, height * enlargement), (96, 120, 140))
    brush = _Brush(ImageDraw.Draw(canvas), across * canvas.width, 0.5 * canvas.height, size)
    _draw_head(brush)
    for side in (-1, 1):
        _draw_side(brush, side)
    _draw_middle(brush)
    soft = canvas.filter(ImageFilter.GaussianBlur(size * 0.012))
    return np.array(soft.resize((width, height), Image.Resampling.BOX), np.uint8)


PICTURES: dict[Pattern, Picture] = {
    "gradient": gradient,
    "moving_box": moving_box,
    "noise": noise,
    "black": black,
    "face": face,
    "landscape": landscape,
}


def with_alpha(pixels: Pixels) -> Pixels:
    """The same picture with four channels; a missing alpha goes from 0 at the left edge to 255 at the right."""
    height, width, channels = pixels.shape
    if channels == 4:
        return pixels
    alpha = np.broadcast_to(_ramp(width), (height, width))
    return np.dstack([pixels, alpha])


def _ramp(length: int) -> NDArray[np.uint8]:
    return (np.arange(length) * 255 // max(1, length - 1)).astype(np.uint8)


class _Brush:
    """Draws in a face's own units: (0, 0) is its middle, 1 its height."""

    def __init__(self, draw: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
        self._draw, self._x, self._y, self._size = draw, x, y, size

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return self._x + x * self._size, self._y + y * self._size

    def oval(self, x: float, y: float, half_width: float, half_height: float, fill: _RGB) -> None:
        corners = [self._at(x - half_width, y - half_height), self._at(x + half_width, y + half_height)]
        self._draw.ellipse(corners, fill=fill)

    def area(self, points: Sequence[tuple[float, float]], fill: _RGB) -> None:
        self._draw.polygon([self._at(*point) for point in points], fill=fill)


def _draw_head(brush: _Brush) -> None:
    brush.oval(0, -0.10, 0.46, 0.56, (52, 38, 30))  # hair
    brush.area([(-0.17, 0.3), (0.17, 0.3), (0.22, 0.75), (-0.22, 0.75)], (190, 150, 125))  # neck
    brush.oval(0, 0.02, 0.37, 0.50, (224, 184, 156))
    brush.oval(0, -0.24, 0.30, 0.16, (236, 200, 174))  # forehead


def _draw_side(brush: _Brush, side: int) -> None:
    """An eye with its socket and brow, and a cheek; side is -1 for the left, 1 for the right."""
    brush.oval(side * 0.165, -0.06, 0.11, 0.075, (176, 132, 110))
    brush.oval(side * 0.165, -0.045, 0.075, 0.035, (240, 236, 230))
    brush.oval(side * 0.165, -0.045, 0.035, 0.036, (40, 28, 24))
    brow = [(side * 0.06, -0.125), (side * 0.27, -0.135), (side * 0.27, -0.10), (side * 0.06, -0.085)]
    brush.area(brow, (60, 42, 34))
    brush.oval(side * 0.19, 0.12, 0.085, 0.07, (236, 190, 166))


def _draw_middle(brush: _Brush) -> None:
    """Nose, mouth and chin."""
    brush.area([(-0.03, -0.06), (0.03, -0.06), (0.065, 0.14), (-0.065, 0.14)], (240, 204, 178))
    for side in (-1, 1):
        brush.oval(side * 0.035, 0.15, 0.025, 0.014, (120, 76, 62))
    brush.oval(0, 0.27, 0.13, 0.035, (158, 74, 70))
    brush.oval(0, 0.27, 0.12, 0.006, (96, 40, 40))
    brush.oval(0, 0.37, 0.07, 0.02, (196, 152, 128))
