"""From the picture as stored to the picture as shown: turned clockwise by quarters, then flipped where mirrored.

>>> Region(0, 0, 2, 1).stored(shown_size=(4, 6), rotation=90, is_mirrored=False)
Region(left=0, top=2, right=1, bottom=4)
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def upright(plane: NDArray[np.uint8], rotation: int, is_mirrored: bool) -> NDArray[np.uint8]:
    """The plane (or picture of several channels) as it is shown; itself where nothing is to be done.

    plane: (height, width) or (height, width, channels). rotation: degrees clockwise, 0, 90, 180 or 270.
    """
    if plane.size == 0:
        return plane
    turn = _TURNS.get(rotation)
    turned = plane if turn is None else np.asarray(cv2.rotate(plane, turn), np.uint8)
    return np.asarray(cv2.flip(turned, 1), np.uint8) if is_mirrored else turned


def shown_size(stored_size: tuple[int, int], rotation: int) -> tuple[int, int]:
    """Width and height of the picture once turned, in its own pixels."""
    width, height = stored_size
    return (height, width) if rotation in (90, 270) else (width, height)


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of whole pixels; right and bottom are the first that are outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def is_empty(self) -> bool:
        return self.left >= self.right or self.top >= self.bottom

    def within(self, size: tuple[int, int]) -> Region:
        """The part of it that lies in a picture of that width and height."""
        width, height = size
        return Region(max(0, self.left), max(0, self.top), min(width, self.right), min(height, self.bottom))

    def stored(self, *, shown_size: tuple[int, int], rotation: int, is_mirrored: bool) -> Region:
        """Where the pixels of this region of the shown picture lie in the stored one."""
        width, height = shown_size
        left, top, right, bottom = self.left, self.top, self.right, self.bottom
        if is_mirrored:
            left, right = width - right, width - left
        if rotation == 90:
            return Region(top, width - right, bottom, width - left)
        if rotation == 180:
            return Region(width - right, height - bottom, width - left, height - top)
        if rotation == 270:
            return Region(height - bottom, left, height - top, right)
        return Region(left, top, right, bottom)
