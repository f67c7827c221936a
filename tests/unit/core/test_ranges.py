"""Ranges of frames are half-open and never empty."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.ranges import FrameRange


@given(start=st.integers(0, 100), count=st.integers(1, 100), frame_count=st.integers(0, 250))
def test_the_part_within_a_clip(start: int, count: int, frame_count: int) -> None:
    """Cutting keeps exactly the frames that the clip has."""
    whole = FrameRange(start, start + count)

    part = whole.within(frame_count)

    expected = [frame for frame in range(start, start + count) if frame < frame_count]
    assert expected == ([] if part is None else list(range(part.start, part.stop)))


def test_ends() -> None:
    """`stop` is outside, `last` is inside."""
    one = FrameRange(10, 15)
    assert (one.count, one.last) == (5, 14)


@pytest.mark.parametrize(("start", "stop"), [(0, 0), (5, 5), (5, 4), (-1, 3), (-3, -1)])
def test_empty_or_backwards(start: int, stop: int) -> None:
    """A range has at least one frame and starts at 0 or later."""
    with pytest.raises(ValueError, match="0 <= start < stop"):
        FrameRange(start, stop)
