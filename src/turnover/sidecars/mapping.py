"""How a template chooses a writer, sets its options, and maps fields to its metadata, markers and curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from turnover.core.clip import JsonValue
from turnover.core.series import Series
from turnover.errors import UsageError
from turnover.settings import WHOLE_NUMBER
from turnover.sidecars import marking
from turnover.sidecars.cells import Cell, parse_cell
from turnover.sidecars.encoding import Findings
from turnover.sidecars.fields import SERIES_NAME, SERIES_PATTERN
from turnover.sidecars.marking import MarkerRule, markers_of, parse_rules
from turnover.sidecars.reading import SOME_TEXT, Node
from turnover.sidecars.scope import Scope
from turnover.sidecars.view import View
from turnover.sidecars.writer import Meta, Option, OptionValue, Sheet, Writer

PTS_SERIES = "pts_seconds"
"""The series that holds when each frame of a varying rate is shown; it is timing, not a curve."""


@dataclass(frozen=True, slots=True)
class WriterBody:
    """A parsed body of `{"writer": …}`."""

    writer: Writer
    options: Mapping[str, OptionValue]
    metadata: tuple[tuple[str, Cell], ...] = ()
    markers: tuple[MarkerRule, ...] = ()
    curves: tuple[str, ...] | None = ()
    """Names of series; None is all of them."""

    @property
    def uses_series(self) -> bool:
        return self.curves is None or bool(self.curves) or any(rule.kind == "series" for rule in self.markers)

    def sheets(self, views: Sequence[View], findings: Findings) -> tuple[Sheet, ...]:
        """One sheet a clip, everything decided."""
        return tuple(self._sheet(view, position, findings) for position, view in enumerate(views, start=1))

    def _sheet(self, view: View, position: int, findings: Findings) -> Sheet:
        scope = Scope(view, position)
        metadata = []
        for key, cell in self.metadata:
            text = cell.text(scope)
            if text is None:
                findings.null(cell.name)
            else:
                metadata.append(Meta(key, text, cell.json(scope)))
        return Sheet(view, tuple(metadata), markers_of(view, self.markers), self._curves(view, findings))

    def _curves(self, view: View, findings: Findings) -> tuple[Series, ...]:
        if self.curves is None:
            whole = (_cut(series, view) for series in view.clip.series if series.name != PTS_SERIES)
            return tuple(series for series in whole if not series.is_empty)
        found = []
        for name in self.curves:
            series = view.clip.series_named(name)
            cut = None if series is None else _cut(series, view)
            if cut is None or cut.is_empty:
                findings.null(name)
            else:
                found.append(cut)
        return tuple(found)

    def options_with(self, texts: Mapping[str, str]) -> dict[str, OptionValue]:
        """The options with some of them replaced by what a person typed; raises UsageError for what cannot be."""
        options = dict(self.options)
        known = {option.name: option for option in self.writer.options}
        for name, text in texts.items():
            if name not in known:
                near = get_close_matches(name, known, n=1)
                raise UsageError(
                    f"{self.writer.name} has no option {name!r}",
                    hint=f"did you mean {near[0]!r}?" if near else f"it has {', '.join(known) or 'none'}",
                )
            options[name] = _typed(known[name], text)
        return options


def _cut(series: Series, view: View) -> Series:
    return series if view.frame_count is None else series.within(view.frame_count)


def _typed(option: Option, text: str) -> OptionValue:
    if isinstance(option.default, bool):
        if text.lower() not in ("true", "false"):
            raise UsageError(f"{option.name} is true or false, not {text!r}")
        return text.lower() == "true"
    if isinstance(option.default, int):
        whole = int(text) if WHOLE_NUMBER.match(text) else None
        if whole is None or not option.low <= whole <= option.high:
            raise UsageError(f"{option.name} is a whole number from {option.low} to {option.high}, not {text!r}")
        return whole
    if option.choices and text not in option.choices:
        raise UsageError(f"{option.name} is one of {', '.join(option.choices)}, not {text!r}")
    return text


def parse_writer_body(node: Node, writers: Mapping[str, Writer]) -> WriterBody | None:
    """The body of a template that chooses a writer; None when the writer is not known."""
    members = node.members(("writer", "options", "metadata", "markers", "curves"), required=("writer",))
    name = members["writer"].text(matching=SOME_TEXT, what="a writer's name")
    writer = writers.get(name)
    if not name:
        return None
    if writer is None:
        near = get_close_matches(name, writers, n=1)
        members["writer"].wrong(
            f"no writer {name!r}", f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(writers))}"
        )
        return None
    for key, is_there in (("markers", writer.has_markers), ("curves", writer.has_curves)):
        if key in members and not is_there:
            members[key].wrong(f"{writer.name} holds no {key}")
    return WriterBody(
        writer,
        _parse_options(members.get("options"), writer),
        _parse_metadata(members["metadata"], writer) if "metadata" in members else (),
        parse_rules(members["markers"]) if "markers" in members else (),
        _parse_curves(members["curves"]) if "curves" in members else (),
    )


def _parse_options(node: Node | None, writer: Writer) -> dict[str, OptionValue]:
    known = {option.name: option for option in writer.options}
    options = {option.name: option.default for option in writer.options}
    for name, member in ({} if node is None else node.members(known)).items():
        option = known[name]
        if isinstance(option.default, bool):
            options[name] = member.boolean()
        elif isinstance(option.default, int):
            options[name] = member.whole(option.low, option.high)
        else:
            options[name] = member.choice(option.choices) if option.choices else member.text()
    return options


def _parse_metadata(node: Node, writer: Writer) -> tuple[tuple[str, Cell], ...]:
    if writer.metadata_keys is not None:
        members = node.members(writer.metadata_keys)
        return tuple((key, parse_cell(child, frozenset())) for key, child in members.items())
    mapped = []
    for key, child in node.entries():
        problem = writer.key_problem(key)
        if problem is not None:
            child.wrong(problem)
        mapped.append((key, parse_cell(child, frozenset())))
    return tuple(mapped)


def _parse_curves(node: Node) -> tuple[str, ...] | None:
    if node.value == "all":
        return None
    return tuple(item.text(matching=SERIES_NAME, what="a series' name") for item in node.items())


def schema(writer: Writer) -> dict[str, JsonValue]:
    """The JSON Schema of a body for one writer."""
    metadata: dict[str, JsonValue] = {"type": "object", "additionalProperties": {"$ref": "#/$defs/cell"}}
    if writer.metadata_keys is not None:
        metadata = {
            "type": "object",
            "properties": {
                key: {"$ref": "#/$defs/cell", "description": text} for key, text in writer.metadata_keys.items()
            },
            "additionalProperties": False,
        }
    properties: dict[str, JsonValue] = {
        "writer": {"const": writer.name},
        "options": {
            "type": "object",
            "properties": {option.name: _option_schema(option) for option in writer.options},
            "additionalProperties": False,
        },
        "metadata": metadata,
    }
    if writer.has_markers:
        properties["markers"] = marking.schema()
    if writer.has_curves:
        series: dict[str, JsonValue] = {"type": "string", "pattern": SERIES_PATTERN}
        properties["curves"] = {"anyOf": [{"const": "all"}, {"type": "array", "items": series}]}
    return {"type": "object", "properties": properties, "required": ["writer"], "additionalProperties": False}


def _option_schema(option: Option) -> JsonValue:
    about: dict[str, JsonValue] = {"description": option.sentence, "default": option.default}
    if isinstance(option.default, bool):
        return {"type": "boolean", **about}
    if isinstance(option.default, int):
        return {"type": "integer", "minimum": option.low, "maximum": option.high, **about}
    return {"enum": list(option.choices), **about} if option.choices else {"type": "string", **about}
