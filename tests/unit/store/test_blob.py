"""The series of a clip as bytes."""

from __future__ import annotations

import math
import struct
from array import array
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.store.measured import FLOAT32_MAX
from tests.unit.store.strategies import series
from turnover.core.series import Series
from turnover.errors import StoreError
from turnover.store.blob import decode, encode


def _blob(
    names: bytes,
    lengths: list[int],
    numbers: list[float],
    *,
    magic: bytes = b"TSER",
    version: int = 1,
    count: int | None = None,
) -> bytes:
    """The bytes, laid out by hand."""
    head = magic + struct.pack("<HHI", version, len(lengths) if count is None else count, len(names))
    return head + struct.pack(f"<{len(lengths)}I", *lengths) + names + struct.pack(f"<{len(numbers)}f", *numbers)


def test_bytes_by_hand() -> None:
    """The bytes are those that the module's first lines tell of, on every machine."""
    given = [Series("sharpness", array("d", [1.5, 0.1])), Series("é", array("d", [])), Series("", array("d", [-2.0]))]
    assert encode(given) == _blob("sharpness\0é\0".encode(), [2, 0, 1], [1.5, 0.1, -2.0])


@given(given=st.lists(series, max_size=6))
def test_round_trip(given: list[Series]) -> None:
    """Names, lengths and order come back, every number as the nearest float32, and NaN as NaN."""
    columns = decode(encode(given))
    expected = [(one.name, [struct.pack("<f", v) for v in one.values if not math.isnan(v)]) for one in given]
    actual = [(name, [struct.pack("<f", v) for v in values if not math.isnan(v)]) for name, values in columns]
    assert expected == actual
    assert [list(map(math.isnan, one.values)) for one in given] == [list(map(math.isnan, v)) for _, v in columns]


def test_kept_twice() -> None:
    """What came back is kept as the same bytes: rounding happens once."""
    first = encode([Series("noise", array("d", [math.nan, 0.1, 1e-45, -0.0, FLOAT32_MAX]))])
    again = [Series(name, values) for name, values in decode(first)]
    assert encode(again) == first


def test_array_of_floats() -> None:
    """An array of float32 holds the same numbers as one of doubles."""
    assert encode([Series("noise", array("f", [0.5, 2.0]))]) == encode([Series("noise", array("d", [0.5, 2.0]))])


@pytest.mark.parametrize("number", [math.inf, -math.inf, 1e39, -1e300])
def test_numbers_that_do_not_fit(number: float) -> None:
    """A number beyond float32 is refused, for it would come back as another."""
    with pytest.raises(StoreError, match="no number to keep"):
        encode([Series("noise", array("d", [0.5, number]))])


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_names_that_do_not_fit(name: str) -> None:
    """A name that would not come back is refused."""
    with pytest.raises(StoreError, match="series name"):
        encode([Series(name, array("d"))])


def test_too_many_series() -> None:
    """More series than the count can say are refused."""
    with pytest.raises(StoreError, match="65536 series"):
        encode([Series("noise", array("d"))] * 65536)


HOSTILE = {
    "empty": b"",
    "of another kind": _blob(b"a", [1], [0.5], magic=b"TSEQ"),
    "of a later version": _blob(b"a", [1], [0.5], version=2),
    "a huge count of series": _blob(b"a", [1], [0.5], count=65535),
    "a huge count of numbers": _blob(b"a", [2**32 - 1], [0.5]),
    "huge names": struct.pack("<4sHHII", b"TSER", 1, 1, 2**32 - 1, 0),
    "one number too many": _blob(b"a", [1], [0.5, 0.5]),
    "one number too few": _blob(b"a", [2], [0.5]),
    "a name too many": _blob(b"a\0b", [1], [0.5]),
    "a name too few": _blob(b"a", [1, 0], [0.5]),
    "names of no series": _blob(b"abcd", [], []),
    "names that are no text": _blob(b"\xff", [1], [0.5]),
}


@pytest.mark.parametrize("blob", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bytes(blob: bytes) -> None:
    """Bytes that do not say what they hold are refused before anything is made of them."""
    with pytest.raises(StoreError, match="cannot be read"):
        decode(blob)


@given(given=st.lists(series, min_size=1, max_size=3), data=st.data())
def test_damaged_bytes(given: list[Series], data: st.DataObject) -> None:
    """Bytes that were cut are refused; a flipped bit is refused or gives other numbers, and never another error."""
    whole = encode(given)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(StoreError):
        decode(whole[:cut])
    flipped = bytearray(whole)
    flipped[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with suppress(StoreError):
        decode(bytes(flipped))
