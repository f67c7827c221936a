"""How far the light of the picture's fields turned back in this frame: the median, cuts and black included."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.turns import median, start_fields

METRIC = Metric(
    name="fields_turned_median",
    sentence="How far the light of the picture's fields turned back in this frame, the median of 16x9 fields.",
    unit="levels",
    low=0.0,
    high=255.0,
    source="Luma reversal of each field, see flicker; the median over the fields",
    start=lambda: start_fields(median),
    is_intermediate=True,
)
