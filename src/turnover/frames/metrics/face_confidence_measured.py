"""Which face confidences a detector gave, and which were filled in."""

from __future__ import annotations

import numpy as np

from turnover.frames.metric import Metric, Numbers, Taken


def _derive(taken: Taken) -> Numbers:
    was_looked_at = ~np.isnan(taken.series["face_found"])
    is_filled_in = ~np.isnan(taken.series["face_confidence"])
    return np.where(was_looked_at, 1.0, np.where(is_filled_in, 0.0, np.nan))


METRIC = Metric(
    name="face_confidence_measured",
    sentence="Whether a detector looked at this frame (1) or its face confidence lies between two it looked at (0).",
    unit="yes or no",
    low=0.0,
    high=1.0,
    source="Which frames were looked at",
    derive=_derive,
    needs=("face_found", "face_confidence"),
)
