"""How much the light of the whole picture goes up and straight down again."""

from __future__ import annotations

import numpy as np

from turnover.frames.metric import Metric, Numbers, Taken
from turnover.frames.turns import steady, turns


def _derive(taken: Taken) -> Numbers:
    light = taken.series["luma_mean"]
    return np.where(steady(taken), turns(light[:, None])[:, 0], np.nan)


METRIC = Metric(
    name="flicker",
    sentence="Flicker of the whole picture: how far mean luma turned back in this frame, on the scale 0 to 255.",
    unit="levels",
    low=0.0,
    high=255.0,
    source="Luma reversal: the smaller of two neighbouring steps of opposite sign; none at cuts and in black",
    derive=_derive,
    needs=("luma_mean", "scene_cut", "black"),
)
