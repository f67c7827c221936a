"""What both databases can hold, and give back as it was."""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from typing import TypeGuard

from turnover.core.clip import JsonValue
from turnover.store.refusals import BadValueError, not_found

MOST_ID = 2**63 - 1
MOST_NAME = 200
"""Characters; PostgreSQL can hold no more than some 2700 bytes in an index."""
MOST_TEXT = 100_000
MOST_PATH = 2000
"""Bytes; for the same reason."""
MOST_PAGE = 1000
MOST_CHOICES = 20_000
"""How many one filter may name; SQLite can be asked about some 32,000 at once."""


def is_id(value: object) -> TypeGuard[int]:
    """Whether a row can have this number."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_ID


def row_id(value: object, noun: str) -> int:
    """A number that a row can have. Raises NotFoundError."""
    if not is_id(value):
        raise not_found(noun, value)
    return value


def cursor(value: int) -> int:
    """A number that rows are compared with, as near as the databases can hold it."""
    return min(max(value, 0), MOST_ID)


def ids(values: Collection[int]) -> list[int]:
    """Of these the numbers that rows can have. Raises BadValueError for too many."""
    _few(values)
    return sorted(value for value in values if is_id(value))


def texts(values: Collection[str]) -> list[str]:
    """Of these the texts that rows can hold. Raises BadValueError for too many."""
    _few(values)
    return sorted(value for value in values if "\0" not in value and _is_unicode(value))


def name(value: object, what: str = "name") -> str:
    """A name, without the blanks around it."""
    text = sound_text(value, what, most=MOST_NAME).strip()
    if not text or any(not sign.isprintable() for sign in text):
        raise BadValueError(f"{text!r} is no {what}", hint="it is one line, and not empty")
    return text


def sound_text(value: object, what: str, *, most: int = MOST_TEXT) -> str:
    """A text that every database holds: no NUL, no half of a surrogate pair, not too long."""
    if not isinstance(value, str):
        raise BadValueError(f"the {what} is {type(value).__name__}, not text")
    if len(value) > most:
        raise BadValueError(f"the {what} has {len(value)} characters", hint=f"at most {most} are kept")
    if "\0" in value or not _is_unicode(value):
        raise BadValueError(f"the {what} {value[:40]!r} is no Unicode text that can be kept")
    return value


def relative_path(value: str) -> str:
    """A path below a root, with `/`, that leads nowhere else."""
    text = sound_text(value, "path")
    parts = text.split("/")
    if len(text.encode()) > MOST_PATH or not text or any(part in ("", ".", "..") for part in parts):
        raise BadValueError(f"{text[:80]!r} is no path below a media root", hint="write it as folder/clip.mp4")
    return text


def whole(value: object, what: str) -> int:
    """A whole number from 0 that 63 bits hold."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_ID:
        raise BadValueError(f"the {what} is {value!r}", hint="it is a whole number from 0")
    return value


def score(value: float, what: str) -> float:
    """A finite number."""
    if not math.isfinite(value):
        raise BadValueError(f"the {what} is {value!r}", hint="leave out what is not known")
    return float(value)


def json_value(value: JsonValue, what: str) -> JsonValue:
    """A JSON value that both databases give back: no NaN, no infinity, no NUL, no half of a surrogate pair."""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadValueError(f"the {what} cannot be kept as JSON: {error}", hint="not known is null") from error
    # JSON writes a NUL as an escape, and an escaped backslash before `u0000` is none.
    if "\\u0000" in text.replace("\\\\", "") or not _is_unicode(text):
        raise BadValueError(f"the {what} holds a NUL or half a surrogate pair", hint="leave it out")
    return value


def json_tree(value: JsonValue, what: str) -> JsonValue:
    """An object or a list that both databases give back."""
    if not isinstance(value, dict | list):
        raise BadValueError(f"the {what} is {type(value).__name__}, not an object or a list")
    return json_value(value, what)


def json_object(text: str, what: str) -> JsonValue:
    """The object that a JSON text holds."""
    try:
        value: JsonValue = json.loads(sound_text(text, what, most=10 * MOST_TEXT), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadValueError(f"the {what} is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise BadValueError(f"the {what} is {type(value).__name__}, not an object")
    return json_value(value, what)


def page_size(limit: int) -> int:
    """How many rows a page may have."""
    if not 1 <= limit <= MOST_PAGE:
        raise BadValueError(f"a page of {limit}", hint=f"from 1 to {MOST_PAGE}")
    return limit


def _few(values: Collection[object]) -> None:
    if len(values) > MOST_CHOICES:
        raise BadValueError(f"a filter that names {len(values)}", hint=f"at most {MOST_CHOICES}: ask in parts")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
