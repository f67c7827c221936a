"""Which markers a sheet gets: the clip's own, its segments, ranges where a series breaks a threshold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from turnover.core.clip import MARKER_COLOURS, JsonValue, Marker, MarkerColour
from turnover.core.ranges import FrameRange
from turnover.core.series import Series
from turnover.sidecars.fields import SERIES_NAME, SERIES_PATTERN
from turnover.sidecars.reading import Node
from turnover.sidecars.values import fixed
from turnover.sidecars.view import View


@dataclass(frozen=True, slots=True)
class MarkerRule:
    """One source of markers."""

    kind: Literal["markers", "segments", "series"]
    series: str = ""
    below: float | None = None
    above: float | None = None
    name: str = ""
    colour: MarkerColour = "red"


def parse_rules(node: Node) -> tuple[MarkerRule, ...]:
    """Rules from a list of `"markers"`, `"segments"` and `{"series": …, "below"|"above": …}`."""
    return tuple(rule for item in node.items() if (rule := _parse_rule(item)) is not None)


def _parse_rule(node: Node) -> MarkerRule | None:
    if isinstance(node.value, str):
        kind = node.choice(("markers", "segments"))
        return MarkerRule("segments" if kind == "segments" else "markers")
    members = node.members(("series", "below", "above", "name", "color"), required=("series",))
    if "series" not in members:
        return None
    series = members["series"].text(matching=SERIES_NAME, what="a series' name")
    if ("below" in members) == ("above" in members):
        node.wrong("expected exactly one of below, above")
    colour = members["color"].choice(MARKER_COLOURS) if "color" in members else "red"
    return MarkerRule(
        "series",
        series,
        members["below"].number() if "below" in members else None,
        members["above"].number() if "above" in members else None,
        members["name"].text() if "name" in members else "",
        next(c for c in MARKER_COLOURS if c == colour),
    )


def markers_of(view: View, rules: Iterable[MarkerRule]) -> tuple[Marker, ...]:
    """The markers that the rules give for a clip, by first frame, each cut to the clip."""
    found = [marker for rule in rules for marker in _found(view, rule)]
    frame_count = view.frame_count
    if frame_count is not None:
        inside = ((m, m.range.within(frame_count)) for m in found)
        found = [replace(m, range=r) for m, r in inside if r is not None]
    return tuple(sorted(found, key=lambda m: m.range))


def _found(view: View, rule: MarkerRule) -> Iterator[Marker]:
    if rule.kind == "markers":
        yield from view.clip.markers
    elif rule.kind == "segments":
        for segment in view.clip.segments:
            prompt = None if segment.generation is None else segment.generation.prompt
            yield Marker(segment.range, segment.name or f"segment {segment.index}", prompt, "green")
    else:
        series = view.clip.series_named(rule.series)
        if series is not None:
            yield from _threshold_markers(series, rule)


def _threshold_markers(series: Series, rule: MarkerRule) -> Iterator[Marker]:
    """One marker for each run of frames that break the threshold; the comment has the worst number of the run."""
    is_below = rule.below is not None
    limit = rule.below if rule.below is not None else rule.above if rule.above is not None else math.inf
    name = rule.name or f"{'low' if is_below else 'high'} {series.name}"
    start: int | None = None
    for frame in range(len(series.values) + 1):
        value = series.at(frame)
        breaks = value is not None and (value < limit if is_below else value > limit)
        if breaks and start is None:
            start = frame
        elif not breaks and start is not None:
            run = series.values[start:frame]
            worst = min(run) if is_below else max(run)
            comment = f"{fixed(worst, 3)} {'<' if is_below else '>'} {fixed(limit, 3)}"
            yield Marker(FrameRange(start, frame), name, comment, rule.colour)
            start = None


def schema() -> dict[str, JsonValue]:
    """The JSON Schema of the rules."""
    threshold: dict[str, JsonValue] = {
        "type": "object",
        "properties": {
            "series": {"type": "string", "pattern": SERIES_PATTERN},
            "below": {"type": "number"},
            "above": {"type": "number"},
            "name": {"type": "string"},
            "color": {"enum": list(MARKER_COLOURS)},
        },
        "required": ["series"],
        "oneOf": [{"required": ["below"]}, {"required": ["above"]}],
        "additionalProperties": False,
    }
    return {"type": "array", "items": {"anyOf": [{"enum": ["markers", "segments"]}, threshold]}}
