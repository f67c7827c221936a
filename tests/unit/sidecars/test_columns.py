"""Blocks of numbers give the same bytes as one number after another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turnover.core.series import Series
from turnover.sidecars.cells import Cell
from turnover.sidecars.columns import (
    BLOCK,
    FILLER,
    Bytes,
    Part,
    constant,
    fixed_numbers,
    held,
    integers,
    read_out,
    series_column,
    texts,
)
from turnover.sidecars.values import MAX_DECIMALS, fixed

LEAST, MOST = -(2**63), 2**63 - 1


def split(piece: Bytes) -> list[bytes]:
    """The rows of a piece, without what fills them up."""
    return [row[row != FILLER].tobytes() for row in piece]


@given(values=st.lists(st.floats(), max_size=30), decimals=st.integers(0, MAX_DECIMALS))
@example(values=[1e308], decimals=12)
@example(values=[1.7e308, 0.5], decimals=1)
@example(values=[0.5, 1.5, 2.5, -0.5, -0.0, 5e-324], decimals=0)
@example(values=[float(2**53), 0.1], decimals=0)
@example(values=[float(2**53 - 1), 0.1], decimals=0)
@example(values=[], decimals=3)
def test_numbers_as_one_by_one(values: list[float], decimals: int) -> None:
    """`fixed_numbers` gives each finite number as `fixed` does, whatever stands beside it."""
    rows = split(fixed_numbers(np.array(values, dtype=np.float64), decimals))
    expected = [fixed(value, decimals).encode() if math.isfinite(value) else b"" for value in values]
    assert rows == expected


@given(values=st.lists(st.integers(LEAST, MOST), max_size=30))
@example(values=[LEAST])
@example(values=[MOST, -1, 0, 9, 10])
@example(values=[])
def test_integers_as_one_by_one(values: list[int]) -> None:
    """`integers` gives each number as `str` does, from the least of 64 bits to the most."""
    assert split(integers(np.array(values, dtype=np.int64))) == [str(value).encode() for value in values]


@given(rows=st.lists(st.text(max_size=20).map(str.encode), max_size=10))
@example(rows=[b"", b"\0", "\U0010ffff\xff".encode()])
def test_texts_of_any_length(rows: list[bytes]) -> None:
    """Texts of different lengths come out as they went in, zero bytes and the highest signs as well."""
    assert split(texts(rows)) == rows


@given(
    values=st.lists(st.none() | st.floats(), max_size=20),
    frame_count=st.integers(0, 30),
    decimals=st.integers(0, MAX_DECIMALS),
)
def test_a_row_for_every_frame(values: list[float | None], frame_count: int, decimals: int) -> None:
    """A series gives one row a frame of the clip, null where it has no number or has ended."""
    series = Series.of("motion_score", values)
    part = Part(Cell("motion_score"), before=b"<", after=b">")
    column = series_column(series, decimals, part, null=b"null")

    rows = b"".join(read_out([column, constant(b"\n")], frame_count)).decode().splitlines()

    known = (series.at(frame) for frame in range(frame_count))
    assert rows == ["null" if value is None else f"<{fixed(value, decimals)}>" for value in known]


@pytest.mark.parametrize("frame_count", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 5])
def test_blocks_join_without_a_seam(frame_count: int) -> None:
    """The rows are those of every frame in order, wherever a block ends."""
    column = series_column(Series.of("n", map(float, range(frame_count))), 0, Part(Cell("n")), null=b"")
    blocks = list(read_out([column, constant(b"\n")], frame_count))
    assert b"".join(blocks) == "".join(f"{n}\n" for n in range(frame_count)).encode()
    assert len(blocks) == -(-frame_count // BLOCK)


@given(values=st.lists(st.none() | st.floats(), max_size=20), frame_count=st.integers(1, 30))
def test_held_numbers(values: list[float | None], frame_count: int) -> None:
    """Gaps repeat the number before them, at the start the one after; beside it stands what was known."""
    series = Series.of("face", values)
    known = [series.at(frame) for frame in range(frame_count)]
    if not any(value is not None for value in known):
        with pytest.raises(ValueError, match="has no number"):
            held(series, frame_count)
        return

    filled, valid = held(series, frame_count)

    last = next(value for value in known if value is not None)
    expected = [last := last if value is None else value for value in known]
    assert filled.values.tolist() == expected
    assert valid.values.tolist() == [float(value is not None) for value in known]
    assert (filled.name, valid.name) == ("face", "face_valid")
