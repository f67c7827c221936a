"""Measurements and boundaries as the rows that are kept of them, and back.

What is no number of a series stands in a JSON text, ASCII whatever it says, so that both databases keep it alike.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from turnover.core.measurement import Boundary, Box, Face, Measurement, Summary
from turnover.core.rate import Rate
from turnover.core.series import Series
from turnover.errors import StoreError
from turnover.store.blob import decode, encode
from turnover.store.keeping import check_digests, check_name

_MOST = 2**63
_AGAIN = "measure it again"
# A boundary is numbers but for these two.
_BOUNDARY_NUMBERS = tuple(one.name for one in fields(Boundary) if one.name not in ("sizes", "rates"))


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """One row of the table of measurements."""

    digest: str
    method: str
    frame_count: int
    quality_score: float | None
    header: str
    """JSON: all that is not in another column."""
    series: bytes


def row_of(measurement: Measurement) -> MeasurementRow:
    """A measurement as a row; StoreError where it holds what cannot be kept."""
    check_digests(measurement.digest)
    check_name(measurement.method, "method")
    if not 0 <= measurement.frame_count < _MOST:
        raise StoreError(f"{measurement.frame_count} is no count of frames")
    for metric in measurement.summaries:
        check_name(metric, "metric")
    quality = measurement.quality_score
    if quality is not None and not math.isfinite(quality):
        raise StoreError(f"the quality score {quality} is no number", hint="not known is None")
    return MeasurementRow(
        digest=measurement.digest,
        method=measurement.method,
        frame_count=measurement.frame_count,
        quality_score=quality,
        header=_json(_header(measurement), measurement.digest),
        series=encode(measurement.series),
    )


def measurement_of(row: MeasurementRow) -> Measurement:
    """The measurement that a row was made of; StoreError for a row that was not."""
    columns = decode(row.series)
    try:
        header: dict[str, Any] = json.loads(row.header)
        return Measurement(
            digest=row.digest,
            method=row.method,
            frame_count=row.frame_count,
            series=tuple(Series(*column, source) for column, source in zip(columns, header["sources"], strict=True)),
            summaries={name: Summary(*map(float, numbers)) for name, numbers in header["summaries"].items()},
            quality_score=row.quality_score,
            faces=tuple(_face(*face) for face in header["faces"]),
            face_detector=header["face_detector"],
            is_photographic=header["is_photographic"],
            sizes=tuple((int(width), int(height)) for width, height in header["sizes"]),
            prints=tuple(int(one) for one in header["prints"]),
            trouble=header["trouble"],
        )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise StoreError(f"{row.digest}: what was measured of it cannot be read: {error}", hint=_AGAIN) from error


def boundary_text(boundary: Boundary) -> str:
    """A boundary as JSON; StoreError where it holds what cannot be kept."""
    numbers: dict[str, object] = {name: getattr(boundary, name) for name in _BOUNDARY_NUMBERS}
    numbers["sizes"] = boundary.sizes
    numbers["rates"] = [None if rate is None else (rate.numerator, rate.denominator) for rate in boundary.rates]
    return _json(numbers, "the boundary")


def boundary_of(text: str) -> Boundary:
    """The boundary that a JSON text was made of; StoreError for a text that was not."""
    try:
        numbers: dict[str, Any] = json.loads(text)
        (width, height), (later_width, later_height) = numbers.pop("sizes")
        earlier, later = (None if rate is None else Rate(*rate) for rate in numbers.pop("rates"))
        known: dict[str, Any] = {name: None if one is None else float(one) for name, one in numbers.items()}
        return Boundary(
            **known,
            sizes=((int(width), int(height)), (int(later_width), int(later_height))),
            rates=(earlier, later),
        )
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise StoreError(f"what was measured of a boundary cannot be read: {error}", hint=_AGAIN) from error


def _header(measurement: Measurement) -> Mapping[str, object]:
    return {
        "sources": [one.source for one in measurement.series],
        "summaries": {name: (s.mean, s.p10, s.low, s.high) for name, s in measurement.summaries.items()},
        "faces": [_face_values(face) for face in measurement.faces],
        "face_detector": measurement.face_detector,
        "is_photographic": measurement.is_photographic,
        "sizes": measurement.sizes,
        "prints": measurement.prints,
        "trouble": measurement.trouble,
    }


def _face_values(face: Face) -> tuple[object, ...]:
    box = face.box
    place = (box.x, box.y, box.width, box.height)
    return (face.frame, place, face.confidence, face.landmarks, face.sharpness)


def _face(frame: int, place: list[float], confidence: float, landmarks: list[list[float]], sharp: float | None) -> Face:
    points = tuple((float(x), float(y)) for x, y in landmarks)
    return Face(int(frame), Box(*map(float, place)), float(confidence), points, None if sharp is None else float(sharp))


def _json(value: object, name: str) -> str:
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise StoreError(f"{name}: what was measured cannot be kept: {error}", hint="not known is None") from error
