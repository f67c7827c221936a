"""How much fine detail a picture has, its noise included."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture
from turnover.frames.planes import NAN


def _take(picture: Picture, previous: Picture | None) -> float:
    return NAN if picture.steps is None else picture.steps.laplacian * picture.gain**2


METRIC = Metric(
    name="sharpness",
    sentence="Fine detail of the picture; noise counts as detail, so a noisy picture has more.",
    unit="levels²",
    low=0.0,
    high=None,
    source="Variance of the Laplacian (4 neighbours) of luma at full size, on the scale 0 to 255",
    start=lambda: _take,
)
