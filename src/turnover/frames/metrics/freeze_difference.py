"""How far a picture is from the first one of a standstill."""

from __future__ import annotations

from turnover.frames.metric import Metric, Taker
from turnover.frames.picture import Picture
from turnover.frames.planes import NAN, Plane, mean_difference

FREEZE_NOISE = 1e-3
"""Share of the range by which pictures may differ and still stand still (FFmpeg's default, -60 dB)."""


def _start() -> Taker:
    first: Plane | None = None  # of a standstill; None where the picture before differs, and so begins the next one

    def take(picture: Picture, previous: Picture | None) -> float:
        nonlocal first
        if previous is None:
            first = None
            return NAN
        difference = mean_difference(picture.small, previous.small if first is None else first) * picture.gain / 255
        if difference > FREEZE_NOISE:
            first = None
        elif first is None:
            first = previous.small.copy()
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
