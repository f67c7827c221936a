"""A JSON template read with every mistake remembered instead of the first one raised."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from turnover.core.clip import JsonValue
from turnover.errors import Mistake, TemplateError

MAX_BYTES = 1 << 20
MAX_DEPTH = 24
MAX_NODES = 20_000

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
                near = get_close_matches(name, names, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(names)}"
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
        near = get_close_matches(self.value, choices, n=1) if isinstance(self.value, str) else []
        self.wrong(
            f"expected {what or 'one of ' + ', '.join(choices)}, found {_seen(self.value)}",
            f"did you mean {near[0]!r}?" if near else "",
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
        try:
            return float(self.value)
        except OverflowError:
            self.expected("a number that fits a double")
            return 0.0

    def boolean(self) -> bool:
        if not isinstance(self.value, bool):
            self.expected("true or false")
            return False
        return self.value

    def _below(self, name: str) -> str:
        return f"{self.path}.{name}" if _PLAIN_KEY.match(name) else f"{self.path}[{json.dumps(name)}]"


def _seen(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 60 else text[:57] + "..."


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
        value: Any = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_twice)
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
    """Raise TemplateError when a value is too deep or has too many parts."""
    level: list[JsonValue] = [value]
    count = 0
    for _ in range(MAX_DEPTH + 1):
        count += len(level)
        if count > MAX_NODES:
            raise TemplateError((Mistake("$", f"more than {MAX_NODES} values"),), name=name)
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent if isinstance(parent, list) else ())
        ]
        if not level:
            return
    raise TemplateError((Mistake("$", f"nested deeper than {MAX_DEPTH} levels"),), name=name)


def _no_constant(token: str) -> float:
    raise ValueError(f"{token} is no JSON; write null")


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return members
