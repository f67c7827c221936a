"""Flicker: light that goes up and down from frame to frame."""

from __future__ import annotations

import numpy as np

from turnover.core.measurement import Gate
from turnover.frames.evidence import Evidence, graded, runs, told

# In the dark an up and down of a given share is not seen, and rounding alone makes one: percent of at least this.
_DARK_LEVELS = 20
# Flashes that make a strobe.
_STROBE = 4
# Frames over which flicker is looked for, to say where it is.
_WINDOW = 9


def flicker(evidence: Evidence) -> Gate | None:
    """Reversals of mean luma beside its mean, in percent; flashes and strobes are not flicker."""
    reversals, light = evidence.numbers("flicker"), evidence.median("luma_mean")
    if reversals is None or light is None:
        return None
    thresholds = evidence.thresholds
    reversals[evidence.is_black] = np.nan
    is_flash = reversals >= thresholds.flash_levels
    steady = reversals[np.isfinite(reversals) & ~is_flash]
    if not steady.size:
        return None
    base = max(light, _DARK_LEVELS) / 100
    value = float(steady.mean()) / base
    level, threshold = graded(value, warn=thresholds.flicker_warn, fail=thresholds.flicker_fail)
    if level == "pass":
        if is_flash.sum() >= _STROBE:
            flashes = runs(is_flash)
            return Gate("flicker", "warn", value, threshold, f"flashes of light: {told(flashes)}", flashes)
        return Gate("flicker", "pass", value, threshold, f"light is steady within {value:.2f} %")
    filled = np.where(np.isfinite(reversals) & ~is_flash, reversals, 0.0) / base
    # Not mode "same", which gives as many values as the window where the clip is shorter.
    near = np.convolve(filled, np.full(_WINDOW, 1 / _WINDOW))[_WINDOW // 2 :][: len(filled)]
    where = runs(near >= threshold / 2)
    return Gate("flicker", level, value, threshold, f"light flickers by {value:.2f} %: {told(where)}", where)


RULES = (flicker,)
