"""How much a picture moves, as VMAF counts it."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture
from turnover.frames.planes import NAN, SOFTENED_SCALE, mean_difference


def _moved(picture: Picture, previous: Picture) -> float:
    return mean_difference(picture.softened, previous.softened) * picture.gain / SOFTENED_SCALE


def _take(picture: Picture, previous: Picture | None) -> float:
    return NAN if previous is None else _moved(picture, previous)


METRIC = Metric(
    name="motion_vmaf",
    sentence="How much the picture moves and changes: mean change of softened luma, on the scale 0 to 255.",
    unit="levels",
    low=0.0,
    high=None,
    source="VMAF's motion feature (Netflix/vmaf, integer_motion.c), on luma reduced to at most 270 lines",
    start=lambda: _take,
)
