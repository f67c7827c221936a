"""A JSON template read with every mistake remembered instead of the first one raised."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from turnover.core.clip import JsonValue
from turnover.errors import Mistake, TemplateError
from turnover.sidecars.text import clean

MAX_BYTES = 1 << 20
MAX_DEPTH = 24
MAX_NODES = 20_000
# A near match takes a millisecond; nobody reads more of them than this.
MAX_NEAR_MATCHES = 100

SOME_TEXT = re.compile(r"(?s).")
"""Text that is not empty."""

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a template, with its JSON path and the list that all mistakes go to."""

    value: JsonValue
    path: str
    mistakes: list[Mistake]

    def wrong(self, message: str, hint: str = "") -> None:
        self.mistakes.append(Mistake(self.path, message, hint))

    def expected(self, what: str) -> None:
        """Note that another kind of value was expected, with the one seen."""
        self.wrong(f"expected {what}, found {_seen(self.value)}")

    def near(self, name: str, names: Iterable[str], otherwise: str = "") -> str:
        """`did you mean …?` for a misspelt name, else what to say instead; empty after very many mistakes."""
        if len(self.mistakes) >= MAX_NEAR_MATCHES:
            return ""
        near = get_close_matches(name, tuple(names), n=1)
        return f"did you mean {near[0]!r}?" if near else otherwise

    def members(self, allowed: Iterable[str], *, required: Iterable[str] = ()) -> dict[str, Node]:
        """The members of an object by name; unknown and missing ones are noted."""
        if not isinstance(self.value, dict):
            self.expected("an object")
            return {}
        names = tuple(allowed)
        for missing in (name for name in required if name not in self.value):
            self.wrong(f"{missing!r} is missing")
        for name in self.value:
            if name not in names:
                hint = self.near(name, names, f"known here: {', '.join(names)}")
                Node(None, self._below(name), self.mistakes).wrong(f"no option {name!r} here", hint)
        return {name: self.child(name) for name in self.value if name in names}

    def entries(self) -> list[tuple[str, Node]]:
        """All members of an object whose names are free."""
        if not isinstance(self.value, dict):
            self.expected("an object")
            return []
        return [(name, self.child(name)) for name in self.value]

    def child(self, name: str) -> Node:
        assert isinstance(self.value, dict)
        return Node(self.value[name], self._below(name), self.mistakes)

    def items(self, *, least: int = 0) -> list[Node]:
        if not isinstance(self.value, list):
            self.expected("a list")
            return []
        if len(self.value) < least:
            self.wrong(f"expected at least {least} item" + ("s" if least != 1 else ""))
        return [Node(item, f"{self.path}[{index}]", self.mistakes) for index, item in enumerate(self.value)]

    def text(self, *, matching: re.Pattern[str] | None = None, what: str = "text") -> str:
        if not isinstance(self.value, str) or (matching is not None and not matching.match(self.value)):
            self.expected(what)
            return ""
        return self.value

    def choice(self, choices: Sequence[str], what: str = "") -> str:
        if isinstance(self.value, str) and self.value in choices:
            return self.value
        self.wrong(
            f"expected {what or 'one of ' + ', '.join(choices)}, found {_seen(self.value)}",
            self.near(self.value, choices) if isinstance(self.value, str) else "",
        )
        return choices[0]

    def whole(self, low: int, high: int) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not low <= self.value <= high:
            self.expected(f"a whole number from {low} to {high}")
            return low
        return self.value

    def number(self) -> float:
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.expected("a number")
            return 0.0
        return float(self.value)

    def boolean(self) -> bool:
        if not isinstance(self.value, bool):
            self.expected("true or false")
            return False
        return self.value

    def _below(self, name: str) -> str:
        return f"{self.path}.{name}" if _PLAIN_KEY.match(name) else f"{self.path}[{json.dumps(name)}]"


def _seen(value: JsonValue) -> str:
    return _short(json.dumps(value, ensure_ascii=True))


def parsed_json(text: str | bytes, *, name: str) -> JsonValue:
    """The JSON of a template's text, bounded in size, depth and number of values.

    Raises TemplateError, with line and column where the text is no JSON.
    """

    def refuse(message: str, hint: str = "") -> TemplateError:
        return TemplateError((Mistake("$", message, hint),), name=name)

    if len(text) > MAX_BYTES:
        raise refuse(f"{len(text)} bytes; a template has at most {MAX_BYTES}")
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        value: Any = json.loads(
            text, parse_constant=_no_constant, parse_float=_double, parse_int=_whole, object_pairs_hook=_no_twice
        )
    except json.JSONDecodeError as error:
        raise refuse(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except UnicodeDecodeError as error:
        raise refuse(f"not UTF-8 at byte {error.start}", "save it as UTF-8") from error
    except RecursionError as error:
        raise refuse(f"nested deeper than {MAX_DEPTH} levels") from error
    except ValueError as error:
        raise refuse(str(error)) from error
    bounded(value, name=name)
    return value  # type: ignore[no-any-return]  # json.loads gives nothing else


def bounded(value: JsonValue, *, name: str) -> None:
    """Raise TemplateError when a value is too deep, has too many parts or is too long."""

    def refuse(message: str) -> TemplateError:
        return TemplateError((Mistake("$", message),), name=name)

    level: list[JsonValue] = [value]
    count = characters = 0
    for _ in range(MAX_DEPTH + 1):
        count += len(level)
        characters += sum(len(text) for text in level if isinstance(text, str))
        characters += sum(len(key) for parent in level if isinstance(parent, dict) for key in parent)
        if count > MAX_NODES:
            raise refuse(f"more than {MAX_NODES} values")
        if characters > MAX_BYTES:
            raise refuse(f"more than {MAX_BYTES} characters")
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent if isinstance(parent, list) else ())
        ]
        if not level:
            return
    raise refuse(f"nested deeper than {MAX_DEPTH} levels")


def note_unsound(node: Node) -> None:
    """Note every text that no document holds as it stands, and every number that is none."""
    value = node.value
    if isinstance(value, str):
        _note_unclean(node, value)
    elif isinstance(value, float) and not math.isfinite(value):
        node.wrong("a number that is none", "write a number, or leave it out")
    elif isinstance(value, int) and not _fits_double(value):
        node.wrong("a number that is too large")
    elif isinstance(value, dict):
        for name, child in node.entries():
            _note_unclean(child, name)
            note_unsound(child)
    elif isinstance(value, list):
        for item in node.items():
            note_unsound(item)


def _note_unclean(node: Node, text: str) -> None:
    wrong = next((before for before, after in zip(text, clean(text), strict=True) if before != after), None)
    if wrong is not None:
        node.wrong(f"a character that no document holds: U+{ord(wrong):04X}", "remove it")


def _fits_double(value: int) -> bool:
    return value.bit_length() <= 1023


def _double(token: str) -> float:
    value = float(token)
    if not math.isfinite(value):
        raise ValueError(f"{_short(token)} is larger than any number here")
    return value


def _whole(token: str) -> int:
    # Longer ones than this no double holds, and reading them takes time with the square of their length.
    value = int(token) if len(token) <= 400 else None
    if value is None or not _fits_double(value):
        raise ValueError(f"{_short(token)} is larger than any number here")
    return value


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _no_constant(token: str) -> float:
    raise ValueError(f"{token} is no JSON; write null")


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"the key {name!r} stands twice in one object")
        members[name] = value
    return members
