"""How much luma changed since the picture before."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture
from turnover.frames.planes import NAN, mean_difference


def _take(picture: Picture, previous: Picture | None) -> float:
    return NAN if previous is None else mean_difference(picture.small, previous.small) * picture.gain / 255


METRIC = Metric(
    name="mafd",
    sentence="Mean change of luma from the picture before, as a share of the range.",
    unit="share",
    low=0.0,
    high=1.0,
    source="Mean absolute frame difference, as in FFmpeg's freezedetect, of luma alone",
    start=lambda: _take,
)
