"""How much of a picture is black."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture


def _take(picture: Picture, previous: Picture | None) -> float:
    return picture.black_share


METRIC = Metric(
    name="black",
    sentence="Share of the picture that is black or nearly so.",
    unit="share",
    low=0.0,
    high=1.0,
    source="FFmpeg's blackdetect: luma in the lowest 10 % of its range",
    start=lambda: _take,
)
