"""Whether another scene begins."""

from __future__ import annotations

import numpy as np

from turnover.frames.metric import Metric, Numbers, Taken

_NEAR = 3
"""Frames to either side that a cut stands out from: one or two would take animation held for two or three for cuts."""
_LIKELY = 0.04
"""The jump at which the score is 0.5. Moving footage without cuts stayed below 0.013, joined scenes above 0.055."""


def _derive(taken: Taken) -> Numbers:
    change = taken.series["mafd"]
    jump = np.maximum(0.0, change - _largest_near(np.nan_to_num(change)))
    return jump / (jump + _LIKELY)


def _largest_near(change: Numbers) -> Numbers:
    """For each frame the largest change of those near it, itself left out."""
    largest = np.zeros_like(change)
    for distance in range(1, min(_NEAR + 1, len(change))):
        np.maximum(largest[distance:], change[:-distance], out=largest[distance:])
        np.maximum(largest[:-distance], change[distance:], out=largest[:-distance])
    return largest


METRIC = Metric(
    name="scene_cut",
    sentence="How much this frame looks like the first of another scene; from 0.5 on it is taken for one.",
    unit="score",
    low=0.0,
    high=1.0,
    source="jump / (jump + 0.04), the jump being mafd less its largest value within 3 frames (after FFmpeg's scdet)",
    derive=_derive,
    needs=("mafd",),
)
