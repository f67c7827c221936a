"""How far the lights and shadows of a picture are apart."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture


def _take(picture: Picture, previous: Picture | None) -> float:
    return picture.mean_and_deviation[1]


METRIC = Metric(
    name="contrast",
    sentence="How far lights and shadows are apart: standard deviation of luma on the scale 0 to 255.",
    unit="levels",
    low=0.0,
    high=127.5,
    source="RMS contrast (Peli, 1990), not divided by the mean",
    start=lambda: _take,
)
