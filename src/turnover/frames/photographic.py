"""Whether a picture looks like a photograph, or like a mask, a skeleton, a depth map, line art or flat graphics.

What is good in a photograph is nothing to judge those by: they are clipped, without noise and without contrast on
purpose. The numbers lean to photographs: of real and generated footage none was taken for graphics, blocky or squeezed
through JPEG or not, but for a dark clip blurred beyond use. So a screen recording, or a graphic that was damaged much,
may pass for a photograph.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike

from turnover.frames.picture import Picture

_LEAST = 16
"""Pixels of the short side below which nothing can be said."""
_SOFT = 6
"""Code values up to which a step between neighbours is a soft one."""
_TEXTURED = 3
"""Code values of the Laplacian from which on a pixel has texture."""
_SHOWS_GRID = 1.8
"""Blockiness from which on flat areas are a codec's."""


@dataclass(frozen=True, slots=True)
class Look:
    """What tells a photograph from graphics: shares of the pixels of a picture's `small`."""

    level: float
    """Equal to their left neighbour."""
    flat: float
    """Equal to their left and their upper neighbour."""
    soft: float
    """Of those that differ from the left one, that differ by a little."""
    textured: float
    """Not on a plane with their neighbours."""
    commonest: float
    """Of the three commonest code values."""


def look_of(picture: Picture) -> Look | None:
    """What tells a photograph; None for a tiny picture."""
    small = picture.small
    if min(small.shape) < _LEAST:
        return None
    across = cv2.absdiff(small[1:, 1:], small[1:, :-1])
    down = cv2.absdiff(small[1:, 1:], small[:-1, 1:])
    steps = _share(across)
    texture = cv2.convertScaleAbs(cv2.Laplacian(small, cv2.CV_16S))
    return Look(
        level=1 - steps,
        flat=1 - _share(cv2.max(across, down)),
        soft=1 - _share(_above(across, _SOFT)) / steps if steps else 1.0,
        textured=_share(_above(texture, _TEXTURED - 1)),
        commonest=float(np.sort(picture.levels)[-3:].sum()),
    )


def is_photographic(picture: Picture) -> bool | None:
    """Whether it looks like a photograph; None for a black picture and for a tiny one, which tell nothing."""
    look = None if picture.is_black else look_of(picture)
    if look is None:
        return None
    if picture.blockiness >= _SHOWS_GRID:
        # Blocks make flat areas of any picture, but none without steps between them.
        return not (look.flat >= 0.8 and look.textured < 0.14)
    is_flat = look.flat >= 0.68
    is_drawn_in_lines = look.soft < 0.4 and look.commonest >= 0.25
    is_depth = look.level >= 0.68 and look.textured < 0.09 and look.commonest < 0.25 and picture.reblur < 0.76
    return not (is_flat or is_drawn_in_lines or is_depth)


def _share(plane: MatLike) -> float:
    """Of the pixels, those that are not 0."""
    return cv2.countNonZero(plane) / plane.size


def _above(plane: MatLike, value: int) -> MatLike:
    return cv2.threshold(plane, value, 1, cv2.THRESH_BINARY)[1]
