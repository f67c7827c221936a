"""Whether the picture stands still."""

from __future__ import annotations

import math

import numpy as np

from turnover.frames.metric import Metric, Numbers, Taken
from turnover.frames.metrics.freeze_difference import FREEZE_NOISE
from turnover.frames.picture import BLACK_SHARE

LEAST_FRAMES = 3
LEAST_SECONDS = 0.2
"""A freeze is as long as both; FFmpeg's 2 s would miss most of what goes wrong in clips of 3 to 5 s."""


def _derive(taken: Taken) -> Numbers:
    is_black = taken.series["black"] >= BLACK_SHARE
    # A frame that differs begins what the frames after it may hold.
    is_held = (taken.series["freeze_difference"] <= FREEZE_NOISE) & ~is_black
    least = _least_frames(taken.frames_per_second)
    frozen = np.zeros(len(is_held))
    for start, stop in _runs(is_held):
        first = start - 1 if start and not is_black[start - 1] else start
        if stop - first >= least:
            frozen[first:stop] = 1
    return frozen


def _least_frames(rate: float | None) -> int:
    # The hair less keeps a rate such as 24000/1001 from asking for one frame more.
    return LEAST_FRAMES if rate is None else max(LEAST_FRAMES, math.ceil(LEAST_SECONDS * rate - 0.01))


def _runs(flags: np.typing.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """[start, stop) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


METRIC = Metric(
    name="frozen",
    sentence="Whether the picture stands still here, for at least 3 frames and 0.2 seconds; black does not count.",
    unit="yes or no",
    low=0.0,
    high=1.0,
    source="FFmpeg's rule: at most 0.001 from the first frame of the freeze",
    derive=_derive,
    needs=("freeze_difference", "black"),
)
