"""JSON that lost a byte or its last brackets on the way into a file.

EXIF counts a value's bytes beforehand, and some writers count one too few, or end one value inside another: real
animated WebPs of ComfyUI lack their last brace, or have a NUL for a quotation mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from turnover.core.clip import JsonValue
from turnover.generation.values import parsed

MOST_SIGNS = 4 << 20
MOST_HOLES = 2
MOST_MISSING = 3
"""Brackets; where more are missing, so are values."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|["{}\[\]]', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}
# What a NUL may stand for: the mark around a text, or a sign of the text itself.
_FILLERS = ('"', "\ufffd")


def mended(text: str) -> JsonValue:
    """The object that a damaged text was, when little is missing and only one thing can have been meant; else None.

    >>> mended('{"a": {"b": [1, 2]}'), mended('{"a": ["b"], "c": [\\0d"]}'), mended('{"a": "b'), mended('{"a": }')
    ({'a': {'b': [1, 2]}}, {'a': ['b'], 'c': ['d']}, None, None)
    """
    if not text.startswith("{") or len(text) > MOST_SIGNS:
        return None
    found = (parsed(whole + missing) for whole in _filled(text) if (missing := _missing(whole)) is not None)
    return next((value for value in found if isinstance(value, dict)), None)


def _filled(text: str) -> Iterator[str]:
    holes = text.count("\0")
    if holes == 0:
        yield text
    elif holes <= MOST_HOLES:
        yield from (text.replace("\0", filler) for filler in _FILLERS)


def _missing(text: str) -> str | None:
    """The brackets that close what is open; None where a text is open, or brackets do not fit together."""
    waiting: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == '"':
            return None
        if token in _CLOSING:
            waiting.append(_CLOSING[token])
        elif token in _CLOSING.values() and (not waiting or waiting.pop() != token):
            return None
    return "".join(reversed(waiting)) if len(waiting) <= MOST_MISSING else None
