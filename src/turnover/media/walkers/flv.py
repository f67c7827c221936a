"""The texts of Flash video: the strings of its `onMetaData` (Adobe Flash Video File Format 10.1, annex E; AMF 0)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from turnover.core.carrier import Carrier
from turnover.media.animation import Bytes, CutOffError
from turnover.media.walkers.bounds import MOST_DEPTH, Steps, content
from turnover.media.walkers.decoding import text

if TYPE_CHECKING:
    from turnover.media.opening import Source

_SCRIPT = 18
# It stands first; later ones are cue points.
_MOST_TAGS = 1_000
_STRING, _OBJECT, _MAP, _END, _LIST, _LONG_STRING = 2, 3, 8, 9, 10, 12
# Bytes of what is no text: number, boolean, null, undefined, reference, date.
_LENGTHS = {0: 8, 1: 1, 5: 0, 6: 0, 7: 2, 11: 10}


def is_flv(head: bytes) -> bool:
    return head[:4] == b"FLV\1"


def flv_texts(source: Source, steps: Steps) -> Iterator[Carrier]:
    """The strings in the script tags near the start, under their names."""
    with source.buffered() as file:
        data = Bytes(file, source.size)
        data.take(5)
        data.skip(max(0, int.from_bytes(data.take(4), "big") - 9))
        for _ in range(_MOST_TAGS):
            # The length of the tag before stands before each; time and stream behind kind and length.
            data.take(4)
            kind, length = data.number(1) & 0x1F, int.from_bytes(data.take(3), "big")
            data.take(7)
            found = content(data, length) if kind == _SCRIPT else None
            if found is None:
                data.skip(length)
            else:
                yield from _script(found, steps)


def _script(found: bytes, steps: Steps) -> Iterator[Carrier]:
    """Name and value of a script tag; the strings before a cut count."""
    reader = _Reader(found, steps)
    try:
        name = "".join(value for _, value in reader.strings("", 0))
        for key, value in reader.strings("", 0):
            yield Carrier(name, key, value)
    except CutOffError:
        return


class _Reader:
    def __init__(self, data: bytes, steps: Steps) -> None:
        self._data = data
        self._at = 0
        self._steps = steps

    def strings(self, key: str, depth: int) -> Iterator[tuple[str, str]]:
        """The strings of the next value with the names that they stand under, down to a depth."""
        if depth > MOST_DEPTH or next(self._steps, None) is None:
            raise CutOffError
        kind = self._take(1)[0]
        if kind in (_STRING, _LONG_STRING):
            yield key, self._string(2 if kind == _STRING else 4)
        elif kind in (_OBJECT, _MAP):
            self._take(4 if kind == _MAP else 0)
            while inner := self._string(2):
                yield from self.strings(inner, depth + 1)
            self._take(1)
        elif kind == _LIST:
            for _ in range(int.from_bytes(self._take(4), "big")):
                yield from self.strings(key, depth + 1)
        elif kind in _LENGTHS:
            self._take(_LENGTHS[kind])
        else:
            raise CutOffError

    def _string(self, size: int) -> str:
        return text(self._take(int.from_bytes(self._take(size), "big")))

    def _take(self, count: int) -> bytes:
        data = self._data[self._at : self._at + count]
        if len(data) < count:
            raise CutOffError
        self._at += count
        return data
