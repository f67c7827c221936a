"""How good a picture is as a picture."""

from __future__ import annotations

import numpy as np

from turnover.frames.metric import Metric, Numbers, Taken
from turnover.frames.quality import PARTS, photographic, quality


def _derive(taken: Taken) -> Numbers:
    judged = quality(taken.series)
    return judged if photographic(taken.series) else np.full_like(judged, np.nan)


METRIC = Metric(
    name="quality_metric",
    sentence="Technical quality: sharpness, grain, blocks, clipping and contrast in one; none for depth maps and such.",
    unit="score",
    low=0.0,
    high=1.0,
    source="sharp^0.45 x clean^0.2 x whole^0.2 x exposed^0.1 x rich^0.05, no learned weights",
    derive=_derive,
    needs=(*PARTS, "black", "photographic"),
)
