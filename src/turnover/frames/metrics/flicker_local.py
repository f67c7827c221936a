"""How much the light of the picture's fields goes up and straight down again."""

from __future__ import annotations

import numpy as np

from turnover.frames.metric import Metric, Numbers, Taken
from turnover.frames.turns import steady


def _derive(taken: Taken) -> Numbers:
    return np.where(steady(taken), taken.series["fields_turned"], np.nan)


METRIC = Metric(
    name="flicker_local",
    sentence="Flicker of parts of the picture: how far luma turned back, the mean of 16x9 fields.",
    unit="levels",
    low=0.0,
    high=255.0,
    source="Luma reversal of each field, see flicker; the mean over the fields",
    derive=_derive,
    needs=("fields_turned", "scene_cut", "black"),
)
