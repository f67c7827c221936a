"""How light a picture is."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture


def _take(picture: Picture, previous: Picture | None) -> float:
    return picture.mean_and_deviation[0]


METRIC = Metric(
    name="luma_mean",
    sentence="How light the picture is: mean luma on the scale 0 to 255 of full range.",
    unit="levels",
    low=0.0,
    high=255.0,
    source="Mean of luma",
    start=lambda: _take,
)
