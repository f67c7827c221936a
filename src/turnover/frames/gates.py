"""Numbers in, gates out: whether a clip passes, is worth a look, or fails, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from turnover.core.measurement import Boundary, Gate, Measurement
from turnover.frames.evidence import Evidence
from turnover.frames.rules import faces, light, picture, seams, standing, whole
from turnover.frames.thresholds import Thresholds

_RULES = (*whole.RULES, *standing.RULES, *light.RULES, *picture.RULES, *faces.RULES, *seams.RULES)

TAGS: tuple[str, ...] = tuple(rule.__name__ for rule in _RULES)
"""Every failure tag, in the order they are told."""


def decide(
    measurement: Measurement,
    *,
    thresholds: Thresholds = Thresholds(),
    expects_faces: bool | None = None,
    boundaries: Mapping[int, Boundary] | None = None,
    size_expected: tuple[int, int] | None = None,
    frame_count_expected: int | None = None,
) -> tuple[Gate, ...]:
    """The gates of one clip, in the order of `TAGS`; what was not measured, or does not apply, has none.

    expects_faces: whether a face should be seen; None where nobody said.
    boundaries: frame of this clip right after a seam → the seam; 0 is the seam to the clip before it, the frame
    count the one to the clip after it.
    size_expected: (width, height) that the clip's scene has.
    frame_count_expected: frames that the file claims to show.
    """
    evidence = Evidence(measurement, thresholds, boundaries or {}, expects_faces, size_expected, frame_count_expected)
    rules = _RULES if measurement.frame_count else whole.RULES
    gates = (rule(evidence) for rule in rules)
    return tuple(gate for gate in gates if gate is not None)


def failure_tags(gates: Iterable[Gate]) -> tuple[str, ...]:
    """The tags of the gates that failed, each once, in the order of `TAGS`; warnings are no failures."""
    failed = {gate.tag for gate in gates if gate.level == "fail"}
    return tuple(tag for tag in TAGS if tag in failed)
