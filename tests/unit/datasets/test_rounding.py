"""Controlled rounding keeps every cell, row and column within one."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from hypothesis import given
from hypothesis import strategies as st

from turnover.datasets.rounding import controlled_rounding


@st.composite
def tables(draw: st.DrawFn) -> list[list[Fraction]]:
    """Tables of any fractions whose rows have whole sums."""
    width = draw(st.integers(1, 5))
    parts = st.lists(st.integers(0, 9), min_size=width, max_size=width).filter(any)
    rows = draw(st.lists(st.tuples(parts, st.integers(0, 9)), max_size=12))
    return [[Fraction(part * total, sum(row)) for part in row] for row, total in rows]


@given(tables())
def test_within_one(table: list[list[Fraction]]) -> None:
    """Cells and columns become their floor or their ceiling; rows keep their sums."""
    rounded = controlled_rounding(table)
    assert [sum(row) for row in rounded] == [sum(row) for row in table]
    for row, cells in zip(rounded, table, strict=True):
        assert all(floor(cell) <= whole <= ceil(cell) for whole, cell in zip(row, cells, strict=True))
    for column, ideal in zip(zip(*rounded, strict=True), map(sum, zip(*table, strict=True)), strict=True):
        assert floor(ideal) <= sum(column) <= ceil(ideal)


def test_twelve_kinds_of_four() -> None:
    """Each kind alone would round to 3 or 4 of 4 for training and starve the test split; together none starves."""
    table = [[Fraction(16, 5), Fraction(2, 5), Fraction(2, 5)] for _ in range(12)]
    assert [sum(column) for column in zip(*controlled_rounding(table), strict=True)] == [38, 5, 5]


def test_nearest_sums_cannot_be_had() -> None:
    """Where the columns' nearest sums fit no table, others within one are taken."""
    half = Fraction(1, 2)
    table = [[half, half, Fraction(), Fraction()], [Fraction(), Fraction(), half, half]]
    columns = [sum(column) for column in zip(*controlled_rounding(table), strict=True)]
    assert sorted((sum(columns[:2]), sum(columns[2:]))) == [1, 1]


def test_one_column_and_no_row() -> None:
    """Nothing to decide."""
    assert controlled_rounding([[Fraction(3)]]) == [[3]]
    assert controlled_rounding([]) == []
