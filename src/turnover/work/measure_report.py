"""What was measured of a clip, as the JSON object of `measure`."""

from __future__ import annotations

import math

from turnover.core.clip import JsonValue
from turnover.core.measurement import Face, Gate, Summary
from turnover.core.series import Series
from turnover.work.measure import Measured


def measured_report(one: Measured, *, with_series: bool) -> dict[str, JsonValue]:
    """One clip's object; what is not known is null. `with_series` adds every number and every face."""
    kept = one.measurement
    report: dict[str, JsonValue] = {
        "path": str(one.clip.path),
        "digest": kept.digest,
        "frame_count": kept.frame_count,
        "summary": {
            "quality_score": one.clip.quality_score,
            "quality_score_measured": kept.quality_score,
            "quality_score_source": one.quality_source,
            "photographic": kept.is_photographic,
            **{name: _summary(summary) for name, summary in sorted(kept.summaries.items())},
        },
        "failure_tags": list(one.clip.failure_tags),
        "gates": [_gate(gate) for gate in one.gates],
        "faces": {"detector": kept.face_detector, "count": len(kept.faces)},
        "trouble": kept.trouble,
        "method": kept.method,
    }
    if with_series:
        report["faces"] = {
            "detector": kept.face_detector,
            "count": len(kept.faces),
            "found": [_face(face) for face in kept.faces],
        }
        report["series"] = {series.name: _series(series, kept.frame_count) for series in one.clip.series}
    return report


def _summary(summary: Summary) -> dict[str, JsonValue]:
    return {"mean": summary.mean, "p10": summary.p10, "min": summary.low, "max": summary.high}


def _gate(gate: Gate) -> dict[str, JsonValue]:
    return {
        "tag": gate.tag,
        "level": gate.level,
        "value": gate.value,
        "threshold": None if gate.threshold is None or math.isinf(gate.threshold) else gate.threshold,
        "sentence": gate.sentence,
        "ranges": [[frames.start, frames.stop] for frames in gate.ranges],
    }


def _face(face: Face) -> dict[str, JsonValue]:
    box = face.box
    return {
        "frame": face.frame,
        "box": [box.x, box.y, box.width, box.height],
        "confidence": face.confidence,
        "landmarks": [list(point) for point in face.landmarks],
        "sharpness": face.sharpness,
    }


def _series(series: Series, frame_count: int) -> dict[str, JsonValue]:
    return {"source": series.source, "values": [series.at(frame) for frame in range(frame_count)]}
