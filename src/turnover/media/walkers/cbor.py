"""As much of CBOR (RFC 8949) as JSON can hold."""

from __future__ import annotations

import math
import struct

from turnover.core.clip import JsonValue
from turnover.media.walkers.bounds import Steps

_MOST_DEPTH = 32
_BREAK = 0xFF
_OPEN = 31
_NUMBER, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP, _TAG, _SIMPLE = range(8)
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}
_CONSTANTS = {20: False, 21: True}


def cbor_value(data: bytes, steps: Steps) -> JsonValue:
    """The first item as a JSON value. Byte strings, big numbers, NaN and infinities are None; tags are left off.

    Raises ValueError for what is cut, too deep, too much or no CBOR.

    >>> cbor_value(bytes.fromhex("a2 6161 01 6162 82 42cafe f5"), iter(range(100)))
    {'a': 1, 'b': [None, True]}
    """
    return _Reader(data, steps).item(0)


class _Reader:
    def __init__(self, data: bytes, steps: Steps) -> None:
        self._data = data
        self._at = 0
        self._steps = steps

    def item(self, depth: int) -> JsonValue:
        if depth > _MOST_DEPTH or next(self._steps, None) is None:
            raise ValueError("the CBOR is too deep, or too much")
        kind, low = divmod(self._take(1)[0], 32)
        if kind == _SIMPLE:
            return self._simple(low)
        number = self._argument(low)
        if kind in (_BYTES, _TEXT):
            data = self._string(kind, number)
            return data.decode(errors="replace") if kind == _TEXT else None
        if kind == _LIST:
            return self._list(number, depth)
        if kind == _MAP:
            return self._map(number, depth)
        if number is None:
            raise ValueError("a number or tag of CBOR has no value")
        if kind == _TAG:
            return self.item(depth + 1)
        return number if kind == _NUMBER else -1 - number

    def _take(self, count: int) -> bytes:
        data = self._data[self._at : self._at + count]
        if len(data) < count:
            raise ValueError("the CBOR is cut")
        self._at += count
        return data

    def _argument(self, low: int) -> int | None:
        """The number in or behind the first byte; None where a length is left open."""
        if low < 24:
            return low
        if low < 28:
            return int.from_bytes(self._take(1 << low - 24), "big")
        if low == _OPEN:
            return None
        raise ValueError(f"CBOR has no such additional information: {low}")

    def _simple(self, low: int) -> JsonValue:
        if low in _FLOATS:
            (number,) = struct.unpack(_FLOATS[low], self._take(1 << low - 24))
            return number if isinstance(number, float) and math.isfinite(number) else None
        if low == 24:
            self._take(1)
        elif low > 24:
            raise ValueError("a break of CBOR ends nothing")
        return _CONSTANTS.get(low)

    def _string(self, kind: int, length: int | None) -> bytes:
        if length is not None:
            return self._take(length)
        pieces = []
        while not self._ends():
            inner, low = divmod(self._take(1)[0], 32)
            size = self._argument(low)
            if inner != kind or size is None:
                raise ValueError("a piece of a CBOR string is none")
            pieces.append(self._take(size))
        return b"".join(pieces)

    def _list(self, length: int | None, depth: int) -> JsonValue:
        items: list[JsonValue] = []
        while len(items) < length if length is not None else not self._ends():
            items.append(self.item(depth + 1))
        return items

    def _map(self, length: int | None, depth: int) -> JsonValue:
        """Keys that are no text are written as text; those that are byte strings are left out."""
        members: dict[str, JsonValue] = {}
        count = 0
        while count < length if length is not None else not self._ends():
            count += 1
            key, value = self.item(depth + 1), self.item(depth + 1)
            if key is not None and not isinstance(key, list | dict):
                members[str(key)] = value
        return members

    def _ends(self) -> bool:
        """Whether a break comes next; then it is taken."""
        if self._data[self._at : self._at + 1] != bytes((_BREAK,)):
            return False
        self._at += 1
        return True
