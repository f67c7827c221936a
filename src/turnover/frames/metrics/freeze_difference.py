"""How far a picture is from the first one of a standstill."""

from __future__ import annotations

import numpy as np

from turnover.frames.metric import Metric, Taker
from turnover.frames.picture import Picture
from turnover.frames.planes import NAN, Plane, mean_difference

FREEZE_NOISE = 1e-3
"""Share of the range by which pictures may differ and still stand still (FFmpeg's default, -60 dB)."""


def _start() -> Taker:
    reference: Plane = np.empty((0, 0), np.uint8)

    def take(picture: Picture, previous: Picture | None) -> float:
        nonlocal reference
        if previous is None:
            reference = picture.small.copy()
            return NAN
        difference = mean_difference(picture.small, reference) * picture.gain / 255
        if difference > FREEZE_NOISE:
            np.copyto(reference, picture.small)
        return difference

    return take


METRIC = Metric(
    name="freeze_difference",
    sentence="How far luma is from the first picture of a standstill, as a share of the range; small while it lasts.",
    unit="share",
    low=0.0,
    high=1.0,
    source="FFmpeg's freezedetect, luma alone: mean absolute difference from the last picture that differed by 0.001",
    start=_start,
)
