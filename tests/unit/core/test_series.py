"""Per-frame numbers, known or not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.series import Series


@given(values=st.lists(st.none() | st.floats() | st.integers(-(10**400), 10**400)))
def test_numbers_come_back(values: list[float | int | None]) -> None:
    """A number that a double can hold comes back; None, NaN, infinities and what is too large are not known."""

    def expected(value: float | int | None) -> float | None:
        try:
            return None if value is None or not math.isfinite(value) else float(value)
        except OverflowError:
            return None

    series = Series.of("motion_score", values)

    assert [series.at(frame) for frame in range(len(values))] == list(map(expected, values))
    assert series.is_empty == all(expected(value) is None for value in values)


@pytest.mark.parametrize("frame", [-1, 2, 10**9])
def test_frames_outside(frame: int) -> None:
    """Every frame past the end, or before the start, is not known."""
    assert Series.of("motion_score", [1.0, 2.0]).at(frame) is None
