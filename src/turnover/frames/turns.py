"""Light that turns back: up and straight down again, or down and up, which neither motion nor a fade does for long."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from turnover.frames.metric import Taken, Taker
from turnover.frames.picture import BLACK_SHARE, Picture
from turnover.frames.planes import NAN

CUT_SCORE = 0.5
"""From this score of `scene_cut` on a frame begins another scene."""

Levels = NDArray[np.float64]


def turns(light: Levels) -> Levels:
    """(frames, fields) of light → how far each turned back: at a frame, of the steps into it and the one before.

    The smaller of the two steps where their signs differ, else 0; NaN for the first two frames.
    """
    turned = np.full(light.shape, np.nan)
    if len(light) > 2:
        steps = np.diff(light, axis=0)
        turned[2:] = _turned(steps[:-1], steps[1:])
    return turned


def _turned(before: Levels, after: Levels) -> Levels:
    sizes: Levels = np.minimum(np.abs(before), np.abs(after))
    return np.where(before * after < 0, sizes, np.where(np.isnan(sizes), np.nan, 0.0))


def start_fields(combined: Callable[[Levels], float]) -> Taker:
    """A taker of one number for how far the fields of a picture turned back, `combined` from all of them."""
    step: Levels | None = None

    def take(picture: Picture, previous: Picture | None) -> float:
        nonlocal step
        if previous is None:
            step = None
            return NAN
        before, step = step, picture.fields - previous.fields
        return NAN if before is None else combined(_turned(before, step))

    return take


def median(values: Levels) -> float:
    """The middle value; many times faster than NumPy's own for a few numbers."""
    ordered = np.sort(values)
    return float(ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2


def steady(taken: Taken) -> NDArray[np.bool_]:
    """Frames that show the same scene as the two before them, none of the three black."""
    # Where there is no score, at the first frame and after a change of size, another scene begins as well.
    is_cut = ~(taken.series["scene_cut"] < CUT_SCORE)
    is_black = taken.series["black"] >= BLACK_SHARE
    broken = is_cut | is_black
    broken[1:] |= is_cut[:-1] | is_black[:-1]
    broken[2:] |= is_black[:-2]
    return ~broken
