"""Which frames are taken: every one of a shot, the usable length, and stills that stand apart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.ranges import FrameRange
from turnover.core.series import Series
from turnover.media.derived import best, every, pieces, trimmed


@given(frame_count=st.integers(0, 60), cuts=st.lists(st.integers(-5, 70)))
def test_pieces_cover_the_clip(frame_count: int, cuts: list[int]) -> None:
    """Without a least length the shots are all the frames, and each starts at the beginning or at a cut."""
    found = pieces(frame_count, cuts)
    assert [frame for piece in found for frame in range(piece.start, piece.stop)] == list(range(frame_count))
    assert {piece.start for piece in found} == (
        {0, *(cut for cut in cuts if 0 < cut < frame_count)} if found else set()
    )


def test_flash_between_two_shots() -> None:
    """What is shorter than asked is no piece; the others keep their places."""
    assert pieces(100, (50, 52), least=3) == (FrameRange(0, 50), FrameRange(52, 100))
    assert pieces(10, (), least=11) == ()


@pytest.mark.parametrize(
    ("count", "step", "plus", "least", "usable"),
    [(50, 4, 1, 1, 49), (81, 8, 1, 1, 81), (21, 17, 5, 1, 5), (22, 17, 5, 1, 22), (4, 17, 5, 1, None),
     (48, 8, 1, 49, None), (1, 4, 1, 1, 1), (7, 1, 0, 1, 7), (3, 4, 0, 1, None)],
)  # fmt: skip
def test_trimmed(count: int, step: int, plus: int, least: int, usable: int | None) -> None:
    """The start stays, and the length is the largest that the rule allows."""
    found = trimmed(FrameRange(7, 7 + count), step=step, plus=plus, least=least)
    assert found == (None if usable is None else FrameRange(7, 7 + usable))


def test_every() -> None:
    """The first frame always stands for the clip."""
    assert (every(5, 11), every(50, 11), every(5, 0)) == ((0, 5, 10), (0,), ())


@given(values=st.lists(st.floats(0, 9), min_size=1, max_size=60), count=st.integers(1, 8))
def test_best_stand_apart(values: list[float], count: int) -> None:
    """As many as asked are found, the very best among them, no two of them neighbours in a long clip."""
    found = best(count, Series.of("sharpness", values), len(values))
    assert len(found) == min(count, len(values))
    assert values.index(max(values)) in found
    assert all(later - earlier >= len(values) // (2 * count) for earlier, later in pairwise(found))


def test_best_of_what_is_known() -> None:
    """Frames without a value are not taken, and where little is best the least is."""
    noise = Series.of("noise", [None, 3, 1, None, None, 2])
    assert best(2, noise, 6, is_low_best=True) == (2, 5)
    assert best(3, noise, 9) == (1, 2, 5)
    assert best(0, noise, 6) == ()
