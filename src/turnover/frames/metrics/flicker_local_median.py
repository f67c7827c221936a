"""How much the light of most of the picture goes up and straight down again."""

from __future__ import annotations

import numpy as np

from turnover.frames.metric import Metric, Numbers, Taken
from turnover.frames.turns import steady


def _derive(taken: Taken) -> Numbers:
    return np.where(steady(taken), taken.series["fields_turned_median"], np.nan)


METRIC = Metric(
    name="flicker_local_median",
    sentence="Flicker that most of the picture shares: how far luma turned back, the median of 16x9 fields.",
    unit="levels",
    low=0.0,
    high=255.0,
    source="Luma reversal of each field, see flicker; the median over the fields",
    derive=_derive,
    needs=("fields_turned_median", "scene_cut", "black"),
)
