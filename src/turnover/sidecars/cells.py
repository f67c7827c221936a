"""One place of a template that becomes text or a JSON value: a field, a constant, or several joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from turnover.core.clip import JsonValue
from turnover.sidecars.fields import FIELDS, KNOWN_SERIES, SERIES_NAME, field_names, same_ending, series_field
from turnover.sidecars.reading import SOME_TEXT, Node
from turnover.sidecars.scope import Collection, Field, Scope
from turnover.sidecars.text import clean
from turnover.sidecars.values import ENCODERS, MAX_DECIMALS, How, json_of, plain_json, text_of

COLLECTIONS: tuple[Collection, ...] = (
    "audio", "failure_tags", "frames", "inputs", "loras", "markers", "models", "passes", "segments", "tags", "warnings",
)  # fmt: skip

CELL_KINDS: list[JsonValue] = [{"required": [kind]} for kind in ("field", "value", "join")]
"""The JSON Schema of "exactly one of these"."""

ANYWHERE: frozenset[Collection] = frozenset(COLLECTIONS)
"""Inside of what a place stands when a mistake hides it; so one mistake does not look like many."""

CELL_KEYS = (
    "field", "value", "join", "separator", "encoder", "decimals", "default", "map", "prefix", "suffix", "max_length",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a template: exactly one of a field, a constant, or a join of cells."""

    name: str
    """How the template's author called it, for messages."""
    field: Field | None = None
    constant: JsonValue = None
    parts: tuple[Cell, ...] = ()
    how: How = How()
    default: JsonValue = None
    """Stands in for what is not known."""
    map: Mapping[str, str] | None = None
    """Text → text; what is not in it becomes "not known"."""
    prefix: str = ""
    suffix: str = ""
    max_length: int | None = None

    def text(self, scope: Scope) -> str | None:
        """The text, None when not known."""
        text = self._bare_text(scope)
        if text is not None and self.map is not None:
            text = self.map.get(text)
        if text is None:
            return self.text_of_default()
        text = clean(self.prefix) + text + clean(self.suffix)
        return text if self.max_length is None or len(text) <= self.max_length else text[: self.max_length]

    def text_of_default(self) -> str | None:
        """What stands in for an unknown value; None when the template names nothing."""
        return None if self.default is None else _constant_text(self.default)

    def json(self, scope: Scope) -> JsonValue:
        """The JSON value, numbers as numbers where nothing asks for text."""
        if self.parts or self.map is not None or self.prefix or self.suffix or self.max_length is not None:
            return self.text(scope)
        if self.field is None:
            return plain_json(self.constant)
        value = json_of(self.field.get(scope), self.field.type, self.how)
        return plain_json(self.default) if value is None else value

    def _bare_text(self, scope: Scope) -> str | None:
        if self.field is not None:
            return text_of(self.field.get(scope), self.field.type, self.how)
        if self.parts:
            texts = [text for part in self.parts if (text := part.text(scope)) is not None]
            return self.how.separator.join(texts) if texts else None
        return None if self.constant is None else _constant_text(self.constant)


def _constant_text(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(value if isinstance(value, str) else str(value))


def field_named(name: str) -> Field | None:
    """A field of the catalogue, a known series by its bare name, or `series.NAME`; None for any other name."""
    if name in FIELDS:
        return FIELDS[name]
    series = name.removeprefix("series.")
    if name in KNOWN_SERIES or (series != name and SERIES_NAME.match(series)):
        return series_field(series, name=name)
    return None


def parse_cell(node: Node, inside: frozenset[Collection]) -> Cell:
    """A cell from a field's name or from an object with `field`, `value` or `join`."""
    if isinstance(node.value, str):
        return Cell(node.value, parse_field(node, inside))
    if not isinstance(node.value, dict):
        node.expected("a field's name, or an object with field, value or join")
        return Cell("")
    return cell_of(node, node.members(CELL_KEYS), inside)


def cell_of(node: Node, members: Mapping[str, Node], inside: frozenset[Collection]) -> Cell:
    """A cell from the members of an object that may have others beside."""
    kinds = [key for key in ("field", "value", "join") if key in members]
    if len(kinds) != 1:
        node.wrong(f"expected exactly one of field, value, join; found {' and '.join(kinds) or 'none'}")
        return Cell("")
    kind = kinds[0]
    found = parse_field(members["field"], inside) if kind == "field" else None
    parts = tuple(parse_cell(item, inside) for item in members["join"].items(least=1)) if kind == "join" else ()
    return Cell(
        name=found.name if found is not None else kind,
        field=found,
        constant=_scalar(members["value"]) if kind == "value" else None,
        parts=parts,
        how=_how(members, found),
        default=_scalar(members["default"]) if "default" in members else None,
        map=_map(members["map"]) if "map" in members else None,
        prefix=members["prefix"].text() if "prefix" in members else "",
        suffix=members["suffix"].text() if "suffix" in members else "",
        max_length=members["max_length"].whole(1, 1_000_000) if "max_length" in members else None,
    )


def note_stray(members: Mapping[str, Node]) -> None:
    """Note the options of a cell where there is none."""
    for key in CELL_KEYS:
        if key in members:
            members[key].wrong(f"{key!r} goes with field, value or join")


def parse_field(node: Node, inside: frozenset[Collection]) -> Field | None:
    """The field a node names; a name that is unknown, or out of place here, is noted."""
    name = node.text(matching=SOME_TEXT, what="a field's name")
    if not name:
        return None
    found = field_named(name)
    if found is None:
        node.wrong(f"no field {name!r}", node.near(name, field_names(), same_ending(name)))
    elif found.collection is not None and found.collection not in inside:
        node.wrong(f'{name!r} stands only inside "each": "{found.collection}" (or in rows over them)')
    return found


def _how(members: Mapping[str, Node], found: Field | None) -> How:
    encoder = None
    if "encoder" in members:
        if found is None:
            members["encoder"].wrong("an encoder goes with a field")
        else:
            encoder = members["encoder"].choice(
                tuple(ENCODERS[found.type]), f"an encoder of {found.type}: {', '.join(ENCODERS[found.type])}"
            )
    return How(
        encoder=encoder,
        decimals=members["decimals"].whole(0, MAX_DECIMALS) if "decimals" in members else How().decimals,
        separator=members["separator"].text() if "separator" in members else How().separator,
    )


def _scalar(node: Node) -> JsonValue:
    if isinstance(node.value, dict | list) or node.value is None:
        node.expected("text, a number, true or false")
        return None
    return node.value


def _map(node: Node) -> dict[str, str]:
    return {name: child.text() for name, child in node.entries()}


def parse_each(node: Node, inside: frozenset[Collection]) -> tuple[Collection | None, frozenset[Collection]]:
    """The collection that a node walks, and all that its content then stands inside of.

    Walking one inside itself, or anything inside frames, is noted; None after a mistake.
    """
    collection = next((c for c in COLLECTIONS if c == node.value), None)
    if collection is None:
        node.choice(COLLECTIONS)
        return None, ANYWHERE
    if inside is ANYWHERE:
        return collection, ANYWHERE
    if "frames" in inside:
        node.wrong("nothing can be walked inside frames")
    elif collection in inside:
        node.wrong(f"{collection} cannot be walked inside {collection}")
    return collection, inside | {collection}


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether a place of a template is there at all."""

    cell: Cell
    equals: str | None = None
    """The text it must be; None asks only that it is known."""
    is_negated: bool = False

    def holds(self, scope: Scope) -> bool:
        text = self.cell.text(scope)
        return (text is not None if self.equals is None else text == self.equals) is not self.is_negated


def parse_conditions(node: Node, inside: frozenset[Collection]) -> tuple[Condition, ...]:
    """`"when": "a.field"` (it is known), an object with a cell and `equals` or `not`, or a list: all must hold."""
    if isinstance(node.value, list):
        return tuple(_parse_condition(item, inside) for item in node.items(least=1))
    return (_parse_condition(node, inside),)


def _parse_condition(node: Node, inside: frozenset[Collection]) -> Condition:
    if not isinstance(node.value, dict):
        return Condition(parse_cell(node, inside))
    members = node.members((*CELL_KEYS, "equals", "not"))
    return Condition(
        cell_of(node, members, inside),
        members["equals"].text() if "equals" in members else None,
        "not" in members and members["not"].boolean(),
    )


def all_hold(conditions: tuple[Condition, ...], scope: Scope) -> bool:
    """Whether every condition holds; none at all holds."""
    return all(condition.holds(scope) for condition in conditions)
