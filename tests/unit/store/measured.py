"""Measurements of clips that never were, and what they are once they were kept."""

from __future__ import annotations

import hashlib
import math
import struct
from array import array
from dataclasses import fields, replace
from typing import Any

from turnover.core.measurement import Boundary, Box, Face, Measurement, Summary
from turnover.core.rate import Rate
from turnover.core.series import Series

FLOAT32_MAX = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]


def digest(name: str) -> str:
    """The digest that a file with these bytes has."""
    return hashlib.sha256(name.encode()).hexdigest()


def measured(
    name: str = "clip", *, method: str = "metrics-1", mean: float = 0.5, score: float | None = 0.75
) -> Measurement:
    """A measurement with something of everything."""
    return Measurement(
        digest=digest(name),
        method=method,
        frame_count=3,
        series=(
            Series("motion_score", array("d", [math.nan, 0.1, mean]), "flow"),
            Series("face_confidence", array("d", [0.9]), None),
        ),
        summaries={"motion_score": Summary(mean, mean / 2, mean / 4, mean * 2)},
        quality_score=score,
        faces=(
            Face(0, Box(1.5, 2, 30.25, 40), 0.9, ((1.0, 2.0), (3.0, 4.0)), 12.5),
            Face(2, Box(0, 0, 10, 10), 0.1),
        ),
        face_detector="yunet-2023mar",
        is_photographic=True,
        sizes=((832, 480), (480, 832)),
        trouble="packet 7: \x00 \udc80 invalid data",
    )


def seam(ssim: float | None = 0.875) -> Boundary:
    """A boundary between segments of two sizes and rates, every number another."""
    numbers: dict[str, Any] = {one.name: (place - 3) / 7 for place, one in enumerate(fields(Boundary))}
    special = {"ssim": ssim, "difference": None, "sizes": ((832, 480), (480, 832)), "rates": (Rate(24000, 1001), None)}
    return Boundary(**{**numbers, **special})


def as_kept(measurement: Measurement) -> Measurement:
    """What comes back of it: of every number of a series the nearest float32, as the standard library rounds."""
    return replace(measurement, series=tuple(_rounded(series) for series in measurement.series))


def comparable(measurement: Measurement | None) -> object:
    """A measurement as a value that equals itself: NaN is None, and bytes tell zero from minus zero."""
    if measurement is None:
        return None
    series = [
        (one.name, one.source, [None if math.isnan(v) else struct.pack("<d", v) for v in one.values])
        for one in measurement.series
    ]
    return replace(measurement, series=()), list(measurement.summaries), series


def _rounded(series: Series) -> Series:
    values = array("d", (struct.unpack("<f", struct.pack("<f", value))[0] for value in series.values))
    return replace(series, values=values)
