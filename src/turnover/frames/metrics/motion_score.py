"""How fast the picture moves, whatever its size and rate."""

from __future__ import annotations

import numpy as np

from turnover.frames.metric import Metric, Numbers, Taken

_LIVELY = 0.15
"""Diagonals a second at which the score is 0.63."""


def _derive(taken: Taken) -> Numbers:
    flow = taken.series["flow"]
    if taken.frames_per_second is None:
        return np.full_like(flow, np.nan)
    return 1 - np.exp(-flow * taken.frames_per_second / _LIVELY)


METRIC = Metric(
    name="motion_score",
    sentence="How fast the picture moves: 0 stands still, 0.5 crosses a tenth of its diagonal a second, 1 is a blur.",
    unit="score",
    low=0.0,
    high=1.0,
    source="1 - exp(-v / 0.15), v the mean length of DIS optical flow in diagonals a second; unknown without a rate",
    derive=_derive,
    needs=("flow",),
)
