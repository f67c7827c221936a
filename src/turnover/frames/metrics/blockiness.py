"""How strongly the blocks of a codec show."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture


def _take(picture: Picture, previous: Picture | None) -> float:
    return picture.blockiness


METRIC = Metric(
    name="blockiness",
    sentence="How strongly the 8-pixel blocks of a codec show; about 1 where they do not.",
    unit="ratio",
    low=0.0,
    high=None,
    source="Mean luma step between neighbours on the grid of 8 pixels over the mean step elsewhere",
    start=lambda: _take,
)
