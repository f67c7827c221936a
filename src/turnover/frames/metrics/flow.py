"""How far the picture's points moved since the picture before."""

from __future__ import annotations

import math

import cv2
import numpy as np

from turnover.frames.metric import Metric, Taker
from turnover.frames.picture import Picture
from turnover.frames.planes import NAN, Plane, reduced

_SHORT_SIDE = 135
_LEAST = 12
"""Pixels; OpenCV finds no flow in less."""


def _start() -> Taker:
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    before: Plane | None = None

    def take(picture: Picture, previous: Picture | None) -> float:
        nonlocal before
        first, before = before, np.ascontiguousarray(reduced(picture.small, _SHORT_SIDE))
        if previous is None or first is None or min(before.shape) < _LEAST:
            return NAN
        # A flow given to be filled would be taken as the place to start from.
        flow = finder.calc(first, before, None)  # type: ignore[call-overload]
        lengths = np.abs(np.ascontiguousarray(flow).view(np.complex64))
        return float(lengths.mean()) / math.hypot(*before.shape)

    return take


METRIC = Metric(
    name="flow",
    sentence="How far the picture's points moved from the picture before, in diagonals of the picture.",
    unit="diagonals",
    low=0.0,
    high=None,
    source="Mean length of DIS optical flow (Kroeger, 2016; OpenCV's ultrafast preset) on at most 135 lines",
    start=_start,
    is_intermediate=True,
)
