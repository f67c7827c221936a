"""The rows of a dataset's `manifest.json`, read piece by piece from an untrusted file of any length."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator

from turnover.core.clip import JsonValue

MAX_VALUE_CHARACTERS = 64 << 20
"""Of one row or one other value; a row of thousands of values has a few KiB."""

_SPACE = re.compile(r"[ \t\r\n]*")
_UNFINISHED = re.compile(r"([.eE][-+]?)?")
_DECODER = json.JSONDecoder()


class BadManifestError(ValueError):
    """It is not the manifest of a dataset; the message says where it stops to be one."""


def manifest_rows(chunks: Iterable[bytes]) -> Iterator[tuple[str, JsonValue]]:
    """Each split's name with each of its rows, then `("", n)` with what `total_samples` says, where it says it.

    Raises BadManifestError.
    """
    text = _Text(chunks)
    total: JsonValue = None
    for key in text.members():
        if key == "splits":
            for split in text.members():
                yield from ((split, row) for row in text.elements())
        else:
            value = text.value()
            total = value if key == "total_samples" else total
    text.end()
    if total is not None:
        yield "", total


class _Text:
    """JSON of which only the value at hand is in memory."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._at = 0
        self._before = 0
        self._is_whole = False

    def members(self) -> Iterator[str]:
        """The keys of an object; before the next, its value must be read."""
        self._take("{")
        if self._next() == "}":
            self._at += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise self._wrong("a name in quotes")
            self._take(":")
            yield key
            if self._next() == "}":
                self._at += 1
                return
            self._take(",")

    def elements(self) -> Iterator[JsonValue]:
        """The values of a list."""
        self._take("[")
        if self._next() == "]":
            self._at += 1
            return
        while True:
            yield self.value()
            if self._next() == "]":
                self._at += 1
                return
            self._take(",")

    def value(self) -> JsonValue:
        """One whole value."""
        self._next()
        while True:
            try:
                value: JsonValue
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if isinstance(error, RecursionError) or not self._more():
                    raise self._wrong("a value") from error
                continue
            # A number at the end of what is here may go on.
            if not _UNFINISHED.fullmatch(self._text, end) or not self._more():
                self._at = end
                return value

    def end(self) -> None:
        if self._next():
            raise self._wrong("the end")

    def _take(self, sign: str) -> None:
        if self._next() != sign:
            raise self._wrong(repr(sign))
        self._at += 1

    def _next(self) -> str:
        """The sign after white space, not taken; empty at the end. What lies before it is forgotten now and then."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Read on, at least as much as is waiting, so that a long value is not tried again for every piece of it."""
        self._before += self._at
        self._text, self._at = self._text[self._at :], 0
        if len(self._text) > MAX_VALUE_CHARACTERS:
            raise self._wrong(f"a value of less than {MAX_VALUE_CHARACTERS >> 20} million characters")
        wanted = max(1, len(self._text))
        pieces = [self._text]
        came = 0
        while came < wanted and not self._is_whole:
            chunk = next(self._chunks, b"")
            self._is_whole = not chunk
            try:
                pieces.append(self._decoder.decode(chunk, final=self._is_whole))
            except UnicodeDecodeError as error:
                raise self._wrong("UTF-8") from error
            came += len(pieces[-1])
        self._text = "".join(pieces)
        return came > 0

    def _wrong(self, expected: str) -> BadManifestError:
        seen = self._text[self._at : self._at + 20]
        return BadManifestError(f"at character {self._before + self._at} stands {seen!r}, expected {expected}")
