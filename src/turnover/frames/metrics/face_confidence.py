"""How sure a detector is that the picture shows a face."""

from __future__ import annotations

import numpy as np

from turnover.frames.metric import Metric, Numbers, Taken


def _derive(taken: Taken) -> Numbers:
    found = taken.series["face_found"]
    looked = np.flatnonzero(~np.isnan(found))
    if not looked.size:
        return found.copy()
    known = found[looked]
    if not (known > 0).any():
        return np.full_like(found, np.nan)  # a landscape has no face to be sure of
    if not taken.finds_every_face:
        known = np.where(known > 0, known, np.nan)
    # Between a known and an unknown one np.interp gives NaN, as it must; outside nothing is known.
    between = np.interp(np.arange(len(found)), looked, known, left=np.nan, right=np.nan)
    between[looked] = known  # so that no unknown neighbour reaches a frame that was looked at
    return between


METRIC = Metric(
    name="face_confidence",
    sentence="How sure the detector is of a face; linear between frames looked at, unknown in a clip without any face.",
    unit="score",
    low=0.0,
    high=1.0,
    source="The surest face's score, on the scale of the detector named with the measurement",
    derive=_derive,
    needs=("face_found",),
)
