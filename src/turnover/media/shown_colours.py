"""One picture as its planes, and the colours of any region of it as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from turnover.core.colour import MATRICES
from turnover.errors import RefusedError
from turnover.media.detection import full_range
from turnover.media.upright import Region, shown_size, upright

Pixels: TypeAlias = NDArray[np.uint8]
"""(height, width) or (height, width, channels), uint8."""

# Shares of red and blue in luma, by H.273's code of the matrix (table 4).
_SHARES = {
    1: (0.2126, 0.0722), 4: (0.30, 0.11), 5: (0.299, 0.114), 6: (0.299, 0.114), 7: (0.212, 0.087),
    9: (0.2627, 0.0593), 10: (0.2627, 0.0593),
}  # fmt: skip
# What players take where nothing is said, and what generators that say nothing write.
_UNTAGGED = 6
_NEUTRAL = 128


@dataclass(frozen=True, slots=True)
class CodedPicture:
    """One decoded picture as coded, in 8 bits, and what turns it into what is shown."""

    luma: Pixels
    black: int
    """Code value of black: 16 in limited range, 0 in full."""
    white: int
    """Code value of white: 235 in limited range, 255 in full."""
    blue: Pixels | None = None
    red: Pixels | None = None
    """Cb and Cr, subsampled as coded; None for pictures without."""
    matrix: int | None = None
    """H.273 code; None, where nobody says it, is read as Rec. 601."""
    rotation: int = 0
    """Degrees clockwise to turn the picture for display."""
    is_mirrored: bool = False
    """Whether the turned picture is then flipped left to right."""

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height once turned."""
        height, width = self.luma.shape
        return shown_size((width, height), self.rotation)

    def gray(self, region: Region) -> Pixels:
        """(height, width), uint8: luma of a region of the shown picture on the scale 0-255."""
        levels = full_range(self._samples(self.luma, self._stored(region)), black=self.black, white=self.white)
        return upright(levels, self.rotation, self.is_mirrored)

    def bgr(self, region: Region) -> Pixels:
        """(height, width, 3), uint8: B'G'R' 0-255 of a region of the shown picture, transfer and primaries as coded.

        Each chroma sample counts for all pixels it was taken from, as in FFmpeg's plain conversion.
        Raises RefusedError for matrices that are no weighing of red, green and blue.
        """
        if self.blue is None or self.red is None:
            return np.asarray(cv2.cvtColor(self.gray(region), cv2.COLOR_GRAY2BGR), np.uint8)
        conversion = _conversion(self.matrix, self.black, self.white)
        stored = self._stored(region)
        layers = [self._samples(plane, stored) for plane in (self.luma, self.blue, self.red)]
        pixels = np.asarray(cv2.transform(cv2.merge(layers), conversion), np.uint8)
        return upright(pixels, self.rotation, self.is_mirrored)

    def _stored(self, region: Region) -> Region:
        size = self.shown_size
        return region.within(size).stored(shown_size=size, rotation=self.rotation, is_mirrored=self.is_mirrored)

    def _samples(self, plane: Pixels, stored: Region) -> Pixels:
        """A sample of the plane for each pixel of the region."""
        down, across = map(_step, self.luma.shape, plane.shape)
        top, left = stored.top // down, stored.left // across
        samples = plane[top : -(-stored.bottom // down), left : -(-stored.right // across)]
        if (down, across) == (1, 1):
            return samples
        wide = samples.repeat(down, axis=0).repeat(across, axis=1)
        y, x = stored.top - top * down, stored.left - left * across
        return wide[y : y + stored.bottom - stored.top, x : x + stored.right - stored.left]


def _step(pixels: int, samples: int) -> int:
    """How many pixels one sample of chroma counts for; the last may count for fewer.

    >>> _step(1280, 640), _step(5, 3), _step(5, 2)
    (2, 2, 4)
    """
    return next((step for step in (1, 2, 4) if -(-pixels // step) == samples), 8)


def _conversion(matrix: int | None, black: int, white: int) -> NDArray[np.float64]:
    """(3, 4): from Y, Cb, Cr and 1 to B, G, R 0-255 (H.273, equations 8.3)."""
    shares = _SHARES.get(_UNTAGGED if matrix is None else matrix)
    if shares is None:
        raise RefusedError(
            f"pictures of the matrix {MATRICES.get(matrix or 0, matrix)} have no plain conversion to RGB",
            hint="convert the video to Rec. 709 first",
        )
    red, blue = shares
    green = 1 - red - blue
    light = 255 / (white - black)
    # Chroma has 224 levels where luma has 219.
    colour = 1.0 if (black, white) == (0, 255) else light * 219 / 224
    to_blue, to_red = 2 * (1 - blue) * colour, 2 * (1 - red) * colour
    rows = np.array(
        [[light, to_blue, 0.0], [light, -to_blue * blue / green, -to_red * red / green], [light, 0.0, to_red]]
    )
    offset = -rows @ np.array([black, _NEUTRAL, _NEUTRAL])
    return np.column_stack([rows, offset])
