"""One decoded picture, ready to be measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from turnover.core.measurement import Face
from turnover.frames import planes
from turnover.frames.planes import Plane

SMALL = 270
"""Short side that most metrics work on is at most this, reached by halves."""

GRID = (16, 9)
"""Fields across and down in which light is followed."""

BLACK_SHARE = 0.98
"""A picture is black when at least this share of its pixels is (FFmpeg's blackdetect)."""

_BLACK_LEVEL = 0.1
"""Of the range: a pixel up to here is black (FFmpeg's blackdetect)."""


@dataclass
class Picture:
    """One frame as it is shown in time, not yet turned upright; planes are views that live as long as it does.

    What more than one metric needs of it is worked out when first asked for, and kept.
    """

    luma: Plane
    """(height, width), uint8, code values as coded: `black` to `white`. Deeper formats are rounded to 8 bit."""
    black: int
    """Code value of black: 16 in limited range, 0 in full."""
    white: int
    """Code value of white: 235 in limited range, 255 in full."""
    blue: Plane | None = None
    red: Plane | None = None
    """Chroma planes (Cb and Cr), uint8, neutral at 128, subsampled as coded; None for pictures without."""
    ssim_previous: float = float("nan")
    """SSIM (FFmpeg's 8x8 blocks) of `small` against the picture before; NaN for the first, and after a new size."""
    faces: tuple[Face, ...] | None = None
    """What a detector found; None where nobody looked at this frame."""
    reduced: Plane | None = None
    """What `small` is to be, where the decoder has made it already; None where not."""

    @property
    def gain(self) -> float:
        """Factor from differences of code values to differences on the scale 0 to 255."""
        return 255 / (self.white - self.black)

    @cached_property
    def small(self) -> Plane:
        """Luma halved, by area, until the short side is at most `SMALL`."""
        return planes.reduced(self.luma, SMALL) if self.reduced is None else self.reduced

    @cached_property
    def softened(self) -> NDArray[np.int16]:
        """`small` through VMAF's filter, in code values times `planes.SOFTENED_SCALE`."""
        return planes.softened(self.small)

    @cached_property
    def levels(self) -> NDArray[np.float64]:
        """(256,): the share of the pixels of `small` that has each code value."""
        return planes.levels(self.small)

    @cached_property
    def mean_and_deviation(self) -> tuple[float, float]:
        """Of the pixels of `small`, on the scale 0 to 255 of full range."""
        mean, deviation = planes.mean_and_deviation(self.small)
        return (mean - self.black) * self.gain, deviation * self.gain

    @cached_property
    def black_share(self) -> float:
        """Share of the pixels of `small` in the lowest tenth of the range."""
        return 1 - planes.share_above(self.small, int(self.black + _BLACK_LEVEL * (self.white - self.black)))

    @property
    def is_black(self) -> bool:
        """Whether nothing is to be seen."""
        return self.black_share >= BLACK_SHARE

    @cached_property
    def fields(self) -> NDArray[np.float64]:
        """Mean luma of the `GRID`'s fields of `small`, row by row, on the scale of 255; of fewer where it is tiny."""
        return planes.field_means(self.small, GRID) * self.gain

    @cached_property
    def grain(self) -> float:
        """Standard deviation of the noise, in code values; NaN for pictures below one block of 16 pixels."""
        return planes.grain(self.luma, black=self.black, white=self.white)

    @cached_property
    def steps(self) -> planes.Steps | None:
        """What neighbouring pixels of `luma` differ by; None for pictures of less than 3 lines or columns."""
        return planes.steps_of(self.luma)

    @property
    def reblur(self) -> float:
        """0 (sharp) to 1 (blurred), see `planes.reblur`; NaN where there is no gradient to tell by."""
        return planes.reblur(self.steps, grain=self.grain)

    @property
    def blockiness(self) -> float:
        """Steps on the grid of 8 pixels over steps elsewhere, see `planes.blockiness`; NaN for tiny pictures."""
        return planes.blockiness(self.steps, gain=self.gain)
