"""Any of our values as JSON: text that every reader takes for the lines it was meant to be."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache

from turnover.core.clip import JsonValue
from turnover.core.rate import Rate

# What `str.splitlines` takes for the end of a line and JSON does not escape; halves of pairs, which UTF-8 cannot hold.
_ODD = re.compile("[\x85\u2028\u2029\ud800-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def json_text(value: JsonValue) -> str:
    """A JSON text on one line, whoever splits it; the keys of objects stay in their order."""
    return _mended(_encode(value))


def json_document(members: Mapping[str, JsonValue]) -> str:
    """An object with a member a line, for people too."""
    lines = [f"{_encode(name)}: {_encode(value)}" for name, value in members.items()]
    return _mended("{\n" + ",\n".join(lines) + "\n}\n")


def _mended(text: str) -> str:
    if text.isascii():
        return text
    return _ODD.sub(lambda odd: "\ufffd" if "\ud800" <= odd[0] <= "\udfff" else f"\\u{ord(odd[0]):04x}", text)


def clean(text: str) -> str:
    """Text that UTF-8 can hold; half a surrogate pair becomes the sign for "unreadable"."""
    return text if text.isascii() else _LONE.sub("\ufffd", text)


def plain(value: object) -> JsonValue:
    """Any of our values as JSON: seeds and fractions as text, pairs as objects, what is no number as null."""
    # The usual ones first: a dataset asks this a hundred times a sample.
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): _member(str(name), member) for name, member in sorted(value.items(), key=_first)}
    if isinstance(value, Rate):
        return str(value)
    if is_dataclass(value):
        return {name: _member(name, getattr(value, name)) for name in _members(value.__class__)}
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    return [str(one) for one in sorted(value, key=str)] if isinstance(value, set | frozenset) else str(value)


@cache
def _members(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def _first(pair: tuple[object, object]) -> str:
    return str(pair[0])


def _member(name: str, value: object) -> JsonValue:
    if name == "seed" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return plain(value)
