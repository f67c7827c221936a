"""How far the light of the picture's fields turned back in this frame: the mean, cuts and black included."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.turns import start_fields

METRIC = Metric(
    name="fields_turned",
    sentence="How far the light of the picture's fields turned back in this frame, the mean of 16x9 fields.",
    unit="levels",
    low=0.0,
    high=255.0,
    source="Luma reversal of each field, see flicker; the mean over the fields",
    start=lambda: start_fields(lambda fields: float(fields.mean())),
    is_intermediate=True,
)
