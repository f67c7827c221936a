"""How good pictures are as pictures: one number from five, none of them learned.

It tells blur, noise, blocks, clipping and flatness of light. What is shown, and whether it makes sense, it cannot tell.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from turnover.frames.metric import Numbers
from turnover.frames.picture import BLACK_SHARE

FLOOR = 0.05
"""No single shortcoming counts as less."""

PARTS = ("reblur", "noise", "blockiness", "clipped_low", "clipped_high", "contrast")
"""The metrics that go in."""


def quality(series: Mapping[str, Numbers]) -> Numbers:
    """Each picture's quality, 0 to 1, from `PARTS` and `black`; NaN where one of them is, and where it is black.

    sharp^0.45 x clean^0.2 x whole^0.2 x exposed^0.1 x rich^0.05, each 1 at best and `FLOOR` at worst:
    sharp = (0.8 - reblur) / 0.5, clean = 1 - (noise - 0.5) / 11, whole = 1 - (blockiness - 1.08) / 0.6,
    exposed = 1.1 - clipped (both ends together), rich = contrast / 25.
    """
    sharp = _part((0.8 - series["reblur"]) / 0.5)
    clean = _part(1 - (series["noise"] - 0.5) / 11)
    whole = _part(1 - (series["blockiness"] - 1.08) / 0.6)
    exposed = _part(1.1 - series["clipped_low"] - series["clipped_high"])
    rich = _part(series["contrast"] / 25)
    product: Numbers = sharp**0.45 * clean**0.2 * whole**0.2 * exposed**0.1 * rich**0.05
    return np.where(series["black"] >= BLACK_SHARE, np.nan, product)


def _part(value: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(value, FLOOR, 1.0)


def photographic(series: Mapping[str, Numbers]) -> bool | None:
    """Whether most pictures asked look like photographs; None where none could be asked."""
    answers = series["photographic"]
    known = answers[~np.isnan(answers)]
    return bool(known.mean() >= 0.5) if known.size else None
