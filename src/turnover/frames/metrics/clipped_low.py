"""How much of a picture is cut off at black."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture
from turnover.frames.planes import share_above


def _take(picture: Picture, previous: Picture | None) -> float:
    return 1 - share_above(picture.small, picture.black)


METRIC = Metric(
    name="clipped_low",
    sentence="Share of the picture at black or below, where shadows have no drawing left.",
    unit="share",
    low=0.0,
    high=1.0,
    source="Pixels at most the code value of black",
    start=lambda: _take,
)
