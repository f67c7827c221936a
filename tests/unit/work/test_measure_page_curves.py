"""Long series in few points: what stands out stays."""

from __future__ import annotations

import math
from array import array
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from turnover.core.ranges import FrameRange
from turnover.work.measure_page_curves import MOST_POINTS, downsampled, merged

numbers = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, 1.0, math.nan])


@given(st.lists(numbers, max_size=300), st.integers(2, 40))
def test_extremes_stay(values: list[float], most: int) -> None:
    """At most so many points, each a true one in order, and the lowest and highest of the whole among them."""
    points = [point for run in downsampled(array("d", values), most) for point in run]
    assert len(points) <= most
    assert [frame for frame, _ in points] == sorted({frame for frame, _ in points})
    assert all(values[frame] == value for frame, value in points)
    known = [value for value in values if math.isfinite(value)]
    assert ([f(v for _, v in points) for f in (min, max)] if points else []) == (
        [min(known), max(known)] if known else []
    )


@given(st.integers(1_000, 20_000), st.data())
def test_spike_of_one_frame(count: int, data: st.DataObject) -> None:
    """One bright and one dark frame in thousands are both drawn, wherever they are."""
    up, down = data.draw(st.lists(st.integers(0, count - 1), min_size=2, max_size=2, unique=True))
    values = array("d", [0.5]) * count
    values[up], values[down] = 1.0, 0.0
    (run,) = downsampled(values)
    assert {(up, 1.0), (down, 0.0)} <= set(run)
    assert len(run) <= MOST_POINTS


def test_short_series_keep_every_point() -> None:
    """Up to the limit nothing is left out."""
    values = array("d", [frame % 7 for frame in range(MOST_POINTS)])
    assert downsampled(values) == [list(enumerate(values))]


def test_gaps_break_the_curve() -> None:
    """Where nothing is known no line is drawn."""
    values = array("d", [1.0, 1.0, math.nan, math.inf, 0.5])
    assert downsampled(values) == [[(0, 1.0), (1, 1.0)], [(4, 0.5)]]


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 50)), max_size=60), st.integers(1, 3000))
def test_merged_ranges_cover_what_was_flagged(pairs: list[tuple[int, int]], frame_count: int) -> None:
    """Every flagged frame of the clip stays flagged, ranges come in order, and none reaches past the end."""
    ranges = [FrameRange(start, start + count) for start, count in pairs]
    drawn = merged(ranges, frame_count)
    frames = {frame for one in drawn for frame in range(one.start, one.stop)}
    assert {f for one in ranges for f in range(one.start, one.stop) if f < frame_count} <= frames
    assert all(before.stop < after.start for before, after in pairwise(drawn))
    assert all(one.stop <= frame_count for one in drawn)
