"""How much of a picture is cut off at white."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture
from turnover.frames.planes import share_above


def _take(picture: Picture, previous: Picture | None) -> float:
    return share_above(picture.small, picture.white - 1)


METRIC = Metric(
    name="clipped_high",
    sentence="Share of the picture at white or above, where lights have no drawing left.",
    unit="share",
    low=0.0,
    high=1.0,
    source="Pixels at least the code value of white",
    start=lambda: _take,
)
