"""How blurred a picture is, whatever its noise."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture


def _take(picture: Picture, previous: Picture | None) -> float:
    return picture.reblur


METRIC = Metric(
    name="reblur",
    sentence="How blurred the picture is: how little a further blur would change it.",
    unit="share",
    low=0.0,
    high=1.0,
    source="After Crete, The blur effect, 2007: box of 9, RMS gradients less the noise's, the blurrier direction",
    start=lambda: _take,
)
