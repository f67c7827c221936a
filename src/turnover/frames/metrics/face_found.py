"""What a face detector said of this frame."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture
from turnover.frames.planes import NAN


def _take(picture: Picture, previous: Picture | None) -> float:
    return NAN if picture.faces is None else max((face.confidence for face in picture.faces), default=0.0)


METRIC = Metric(
    name="face_found",
    sentence="How sure the detector is of the surest face; 0 where it found none, unknown where it did not look.",
    unit="score",
    low=0.0,
    high=1.0,
    source="The detector's score, by its calibration",
    start=lambda: _take,
    is_intermediate=True,
)
