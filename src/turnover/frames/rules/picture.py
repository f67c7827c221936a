"""How good the pictures are as photographs; what is none has no such gate."""

from __future__ import annotations

import numpy as np

from turnover.core.measurement import Gate
from turnover.frames.evidence import Evidence, graded


def blurred(evidence: Evidence) -> Gate | None:
    t = evidence.thresholds
    return _median(evidence, "blurred", "reblur", t.blur_warn, t.blur_fail, ("sharp", "blurred"), "re-blur")


def noisy(evidence: Evidence) -> Gate | None:
    t = evidence.thresholds
    return _median(evidence, "noisy", "noise", t.noise_warn, t.noise_fail, ("clean", "noisy"), "levels of noise")


def blocky(evidence: Evidence) -> Gate | None:
    t = evidence.thresholds
    words = ("no blocks to be seen", "blocks of compression show")
    return _median(evidence, "blocky", "blockiness", t.blocky_warn, t.blocky_fail, words, "as strong as inside")


def clipped(evidence: Evidence) -> Gate | None:
    """Detail lost at black or white: a taste more often than a fault, so only extremes fail."""
    if not evidence.measurement.is_photographic:
        return None
    low, high = evidence.numbers("clipped_low"), evidence.numbers("clipped_high")
    if low is None or high is None:
        return None
    shares = (low + high)[~evidence.is_black]
    shares = shares[np.isfinite(shares)]
    if not shares.size:
        return None
    value = float(shares.mean())
    level, threshold = graded(value, warn=evidence.thresholds.clipped_warn, fail=evidence.thresholds.clipped_fail)
    return Gate("clipped", level, value, threshold, f"{value:.0%} of the picture is at black or white")


def low_quality(evidence: Evidence) -> Gate | None:
    score = evidence.measurement.quality_score
    if score is None or not evidence.measurement.is_photographic:
        return None
    t = evidence.thresholds
    level, threshold = graded(score, warn=t.quality_warn, fail=t.quality_fail, is_low_bad=True)
    return Gate("low_quality", level, score, threshold, f"technical quality {score:.2f} of 1")


def _median(
    evidence: Evidence, tag: str, series: str, warn: float, fail: float, words: tuple[str, str], unit: str
) -> Gate | None:
    value = evidence.median(series) if evidence.measurement.is_photographic else None
    if value is None:
        return None
    level, threshold = graded(value, warn=warn, fail=fail)
    return Gate(tag, level, value, threshold, f"{words[level != 'pass']}: {value:.2f} {unit}")


RULES = (blurred, noisy, blocky, clipped, low_quality)
