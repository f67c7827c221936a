"""How far the lights and shadows of a picture are apart."""

from __future__ import annotations

import math

import numpy as np

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture

_CODES = np.arange(256, dtype=np.float64)
_SQUARES = _CODES**2


def _take(picture: Picture, previous: Picture | None) -> float:
    mean = float(picture.levels @ _CODES)
    return math.sqrt(max(0.0, float(picture.levels @ _SQUARES) - mean * mean)) * picture.gain


METRIC = Metric(
    name="contrast",
    sentence="How far lights and shadows are apart: standard deviation of luma on the scale 0 to 255.",
    unit="levels",
    low=0.0,
    high=127.5,
    source="RMS contrast (Peli, 1990), not divided by the mean",
    start=lambda: _take,
)
