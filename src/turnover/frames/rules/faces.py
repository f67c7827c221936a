"""Faces that a detector is not sure of, where faces belong."""

from __future__ import annotations

import numpy as np

from turnover.core.measurement import Gate, Level
from turnover.frames.evidence import Evidence, counted, graded, runs

# A clip is taken to show a face when it has one in this share of the frames looked at.
_MOSTLY = 0.6


def low_face_confidence(evidence: Evidence) -> Gate | None:
    """The tenth percentile of face confidence over the frames a detector looked at.

    Where nobody said that a face is expected it only warns, and only when most frames show one: a landscape has
    none, and a person may turn away.
    """
    if evidence.expects_faces is False or evidence.measurement.face_detector is None:
        return None
    confidence, looked = evidence.numbers("face_confidence"), evidence.numbers("face_confidence_measured")
    if confidence is None:
        confidence = np.full(evidence.frame_count, np.nan)
    thresholds = evidence.thresholds
    seen = ~evidence.is_black & (np.ones_like(confidence) if looked is None else looked == 1).astype(np.bool_)
    # A detector that says nothing of a face not found (NaN) has not found one.
    values = np.nan_to_num(confidence[seen], nan=0.0)
    if not values.size:
        return None
    has_face = values >= thresholds.face_fail
    if not evidence.expects_faces and has_face.mean() < _MOSTLY:
        return None
    value = float(np.percentile(values, 10))
    level, threshold = graded(value, warn=thresholds.face_warn, fail=thresholds.face_fail, is_low_bad=True)
    softened: Level = "warn" if level == "fail" and not evidence.expects_faces else level
    where = runs(np.isfinite(confidence) & (confidence < thresholds.face_warn)) if level != "pass" else ()
    if not has_face.any():
        return Gate("low_face_confidence", softened, value, threshold, "a face is expected, and none is found")
    missing = int((~has_face).sum())
    sentence = f"face confidence {value:.2f}, no sure face in {missing} of {counted(len(values), 'frame')} looked at"
    return Gate("low_face_confidence", softened, value, threshold, sentence, where)


RULES = (low_face_confidence,)
