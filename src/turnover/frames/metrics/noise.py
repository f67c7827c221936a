"""Strength of the grain."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture


def _take(picture: Picture, previous: Picture | None) -> float:
    return picture.grain * picture.gain


METRIC = Metric(
    name="noise",
    sentence="Strength of the grain, as the standard deviation of luma on the scale 0 to 255.",
    unit="levels",
    low=0.0,
    high=None,
    source="Immerkær, Fast Noise Variance Estimation, 1996, on the flattest 30 % of 16x16 blocks",
    start=lambda: _take,
)
