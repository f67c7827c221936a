"""Whether the picture is the one before it once more."""

from __future__ import annotations

import numpy as np

from turnover.frames.metric import Metric, Numbers, Taken
from turnover.frames.turns import CUT_SCORE

_EQUAL = 1e-4
"""Share of the range: so little is nothing."""
_ALIKE = 1e-3
_STANDS_OUT = 10
"""A repeated picture comes out of an encoder a little changed, but this many times less than its neighbours."""


def _derive(taken: Taken) -> Numbers:
    change = taken.series["mafd"]
    moving = np.where(taken.series["scene_cut"] >= CUT_SCORE, 0.0, np.nan_to_num(change))
    beside = np.zeros_like(change)
    beside[1:] = moving[:-1]
    beside[:-1] = np.maximum(beside[:-1], moving[1:])
    is_repeated = (change <= _EQUAL) | ((change <= _ALIKE) & (change * _STANDS_OUT <= beside))
    return np.where(np.isnan(change), np.nan, is_repeated)


METRIC = Metric(
    name="duplicate",
    sentence="Whether the picture is the one before it once more.",
    unit="yes or no",
    low=0.0,
    high=1.0,
    source="mafd of at most 0.0001, or of at most 0.001 and a tenth of a neighbour's that is no cut",
    derive=_derive,
    needs=("mafd", "scene_cut"),
)
