"""One value of a recipe: how it is read with every mistake remembered, written again, and described in the schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from turnover.core.clip import JsonValue
from turnover.errors import Mistake

MOST_MISTAKES = 100
"""Nobody mends more than these in one go."""
MOST_ITEMS = 1_000
LONGEST_NAME = 500

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a recipe, with its JSON path and the list that all mistakes go to."""

    value: JsonValue
    path: str
    mistakes: list[Mistake]

    def wrong(self, message: str, hint: str = "") -> None:
        if len(self.mistakes) < MOST_MISTAKES:
            self.mistakes.append(Mistake(self.path, message, hint))

    def expected(self, what: str, hint: str = "") -> None:
        """Note that another kind of value was expected, with the one seen."""
        self.wrong(f"expected {what}, found {seen(self.value)}", hint)

    def members(self) -> list[tuple[str, Node]]:
        """Names and values of an object."""
        if not isinstance(self.value, dict):
            self.expected("an object")
            return []
        return [(name, self.at(name, value)) for name, value in self.value.items()]

    def items(self, *, least: int = 0) -> list[Node]:
        """The values of a list."""
        if not isinstance(self.value, list):
            self.expected("a list")
            return []
        if len(self.value) < least:
            self.expected(f"at least {least}", "leave it out where all are meant")
        elif len(self.value) > MOST_ITEMS:
            self.wrong(f"{len(self.value)} values; at most {MOST_ITEMS}")
        return [Node(one, f"{self.path}[{place}]", self.mistakes) for place, one in enumerate(self.value[:MOST_ITEMS])]

    def at(self, name: str, value: JsonValue) -> Node:
        """The member of that name; a name that is no plain word stands in quotes."""
        path = f"{self.path}.{name}" if _PLAIN_KEY.fullmatch(name) else f"{self.path}[{json.dumps(name[:60])}]"
        return Node(value, path, self.mistakes)

    def unknown(self, name: str, names: Iterable[str]) -> None:
        """Note a key that nobody knows, with the nearest one that is known."""
        self.at(name, None).wrong(f"no option {name[:60]!r} here", nearest(name, names))


def seen(value: JsonValue) -> str:
    """A value as a message shows it, cut short."""
    if isinstance(value, list | dict):
        return f"a list of {len(value)}" if isinstance(value, list) else "an object"
    if isinstance(value, int) and value.bit_length() > 200:
        return "a very large number"
    shown = json.dumps(value[:60] if isinstance(value, str) else value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def nearest(name: str, names: Iterable[str]) -> str:
    """`did you mean …?`, else what is known."""
    known = tuple(names)
    near = get_close_matches(name[:100], known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value."""

    read: Callable[[Node], Any]
    """The value; mistakes are noted, and what is given back then is not used."""
    schema: Mapping[str, JsonValue]
    written: Callable[[Any], JsonValue] = lambda value: value
    """A value that is not None, as JSON."""


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a table of what may be asked."""

    name: str
    kind: Kind
    sentence: str


def text(*, most: int = LONGEST_NAME, pattern: str = "", what: str = "text") -> Kind:
    """Text that is not blank; `what` names what the pattern stands for."""
    matching = re.compile(pattern) if pattern else None

    def read(node: Node) -> str:
        if not isinstance(node.value, str) or (matching and not matching.fullmatch(node.value)):
            node.expected(what)
        elif not node.value.strip():
            node.expected(what, "leave it out where there is none")
        elif len(node.value) > most:
            node.wrong(f"{len(node.value)} characters; at most {most}")
        elif _SURROGATE.search(node.value):
            node.wrong("half of a character, which no file can hold", "remove it")
        return node.value if isinstance(node.value, str) else ""

    bound: dict[str, JsonValue] = {"pattern": f"^(?:{pattern})$"} if pattern else {"pattern": "\\S"}
    return Kind(read, {"type": "string", "maxLength": most, **bound})


def whole(low: int, high: int) -> Kind:
    def read(node: Node) -> int:
        value = node.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            node.expected(f"a whole number from {low} to {high}")
            return low
        return value

    return Kind(read, {"type": "integer", "minimum": low, "maximum": high})


def number(low: float, high: float) -> Kind:
    def read(node: Node) -> float:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            node.expected(f"a number from {low:g} to {high:g}")
            return low
        return float(value)

    return Kind(read, {"type": "number", "minimum": low, "maximum": high})


def _flag(node: Node) -> bool:
    if not isinstance(node.value, bool):
        node.expected("true or false")
    return node.value is True


FLAG = Kind(_flag, {"type": "boolean"})


def choice(words: Collection[str]) -> Kind:
    def read(node: Node) -> str:
        if isinstance(node.value, str) and node.value in words:
            return node.value
        hint = nearest(node.value, words) if isinstance(node.value, str) else ""
        node.expected(f"one of {', '.join(words)}", hint if hint.startswith("did") else "")
        return ""

    return Kind(read, {"enum": list(words)})


def many(kind: Kind, *, least: int = 0) -> Kind:
    """A list of these, each once."""

    def read(node: Node) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(kind.read(item) for item in node.items(least=least)))

    def written(values: tuple[Any, ...]) -> JsonValue:
        return [kind.written(value) for value in values]

    return Kind(read, {"type": "array", "items": dict(kind.schema), "minItems": least, "maxItems": MOST_ITEMS}, written)


def read_fields(node: Node, table: tuple[Field, ...]) -> dict[str, Any]:
    """The values of an object whose members a table lists; those not given and those with mistakes are left out.

    Null is "not given".
    """
    kinds = {row.name: row.kind for row in table}
    found: dict[str, Any] = {}
    for name, member in node.members():
        before = len(node.mistakes)
        if name not in kinds:
            node.unknown(name, kinds)
        elif member.value is not None:
            value = kinds[name].read(member)
            if len(node.mistakes) == before:
                found[name] = value
    return found


def written_fields(value: object, table: tuple[Field, ...]) -> dict[str, JsonValue]:
    """Every member that the table lists; null where it is not set."""
    members = ((row, getattr(value, row.name)) for row in table)
    return {row.name: None if member is None else row.kind.written(member) for row, member in members}


def nested(table: tuple[Field, ...], made: Callable[..., Any], defaults: object) -> Kind:
    """An object with a table of its own; `made` makes the value out of its members."""

    def read(node: Node) -> Any:
        before = len(node.mistakes)
        values = read_fields(node, table)
        return made(**values) if len(node.mistakes) == before else defaults

    return Kind(read, schema_of(table, defaults), lambda value: written_fields(value, table))


def schema_of(table: tuple[Field, ...], defaults: object) -> dict[str, JsonValue]:
    """The JSON Schema of an object with these members; null is "not given" for each."""
    properties: dict[str, JsonValue] = {}
    unset = written_fields(defaults, table)
    for row in table:
        about: dict[str, JsonValue] = {"description": row.sentence, "default": unset[row.name]}
        properties[row.name] = {**about, "anyOf": [dict(row.kind.schema), {"type": "null"}]}
    return {"type": "object", "properties": properties, "additionalProperties": False}
