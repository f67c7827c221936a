"""JSON that OpenTimelineIO reads back without loss, and curves inside it that are streamed.

Three things a JSON value may hold would be lost or misread: whole numbers beyond 64 bits with sign (cut off without a
word), an object with the key OTIO_SCHEMA (taken for one of OpenTimelineIO's own), and NaN (no JSON).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from turnover.core.clip import JsonValue
from turnover.core.series import Series

SCHEMA = "OTIO_SCHEMA"
_INT64 = range(-(2**63), 2**63)
_BLOCK = 16_384
# A curve's place in the text. No clean text holds a NUL, and where a text holds a backslash JSON writes two.
_PLACE = re.compile(r'"\\u0000(\d+)"')


@dataclass(frozen=True, slots=True)
class Curve:
    """One number a frame, null where it is not known."""

    series: Series
    frame_count: int
    """How many numbers stand in the file; frames past the series' end are null."""

    def pieces(self) -> Iterator[str]:
        yield "["
        for start in range(0, self.frame_count, _BLOCK):
            stop = min(start + _BLOCK, self.frame_count)
            known = self.series.values[start:stop]
            # repr is the shortest text that gives the same double again; NaN is the one number unlike itself.
            texts = [repr(value) if value == value else "null" for value in known]
            texts += ["null"] * (stop - start - len(texts))
            yield (", " if start else "") + ", ".join(texts)
        yield "]"


def metadata_value(value: JsonValue) -> JsonValue:
    """The value as OpenTimelineIO keeps it: too large whole numbers as text, the key OTIO_SCHEMA with `_` before it.

    >>> metadata_value({"seed": 2**64 - 1, "steps": 30, "OTIO_SCHEMA": "x"})
    {'seed': '18446744073709551615', 'steps': 30, '_OTIO_SCHEMA': 'x'}
    """
    if isinstance(value, dict):
        return {metadata_key(key): metadata_value(member) for key, member in value.items()}
    if isinstance(value, list):
        return [metadata_value(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and value not in _INT64:
        return str(value)
    return value


def metadata_key(key: str) -> str:
    """The key, with one more `_` before it where it is OTIO_SCHEMA, or that with some `_` before it."""
    return "_" + key if key.lstrip("_") == SCHEMA else key


def document(tree: object) -> Iterator[bytes]:
    """The tree as JSON, with its curves written block by block."""
    curves: list[Curve] = []

    def place(value: object) -> str:
        assert isinstance(value, Curve)
        curves.append(value)
        return f"\0{len(curves) - 1}"

    text = json.dumps(tree, ensure_ascii=False, allow_nan=False, indent=2, default=place)
    written = 0
    for match in _PLACE.finditer(text):
        yield text[written : match.start()].encode()
        yield from map(str.encode, curves[int(match[1])].pieces())
        written = match.end()
    yield text[written:].encode() + b"\n"
