"""A rate is found from times alone, as exactly as the clock allows, and never where there is none."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.rate import Rate
from turnover.media.timing import STANDARD, Header, Times, Timing, plausible, timing_of

MILLISECOND, MPEG = Fraction(1, 1000), Fraction(1, 90_000)

rates = st.sampled_from([*STANDARD, Rate(8), Rate(16), Rate(25, 2), Rate(179, 6)])


def times(rate: Rate, count: int, tick: Fraction, *, start: int = 0) -> Times:
    """The times of frames at a rate, rounded to a clock's ticks."""
    return Times(tick, [start + round(rate.seconds(frame) / tick) for frame in range(count)])


@given(rate=rates, count=st.integers(2, 400), start=st.integers(-1000, 100_000))
def test_declared_rate_on_a_clock_of_milliseconds(rate: Rate, count: int, start: int) -> None:
    """Matroska's rounding to milliseconds does not make a constant rate variable, wherever the clip starts."""
    found = timing_of(times(rate, count, MILLISECOND, start=start), Header((rate,)))
    assert Timing(rate, False) == found


@given(rate=st.sampled_from(STANDARD), count=st.integers(60, 300))
def test_standard_rate_that_nobody_declared(rate: Rate, count: int) -> None:
    """On MPEG's clock of 90 kHz two seconds are enough to tell each standard rate from all others."""
    assert Timing(rate, False) == timing_of(times(rate, count, MPEG), Header())


@given(rate=st.sampled_from([Rate(24), Rate(25), Rate(30)]), count=st.integers(8, 200), data=st.data())
def test_one_frame_is_missing(rate: Rate, count: int, data: st.DataObject) -> None:
    """A gap of one frame makes the rate variable, even on a clock whose tick is a frame."""
    gap = data.draw(st.integers(1, count - 2))
    tick = data.draw(st.sampled_from([MILLISECOND, MPEG, rate.frame_seconds]))
    starts = [start for frame, start in enumerate(times(rate, count, tick).starts) if frame != gap]
    assert timing_of(Times(tick, starts), Header((rate,))).is_variable


@given(durations=st.lists(st.integers(1, 500), min_size=3, max_size=60))
def test_any_durations(durations: list[int]) -> None:
    """Whatever the durations, a rate is given exactly when the clip is not variable."""
    found = timing_of(Times(MILLISECOND, [0, *accumulate(durations)]), Header())
    assert (found.rate is None) == found.is_variable


@pytest.mark.parametrize("clock", [Fraction(57_600), Fraction(90_000), Fraction(1000), Fraction(0), Fraction(-1), None])
def test_clock_in_place_of_a_rate(clock: Fraction | None) -> None:
    """Numbers that are a clock's, and none at all, are no frame rate."""
    assert plausible(clock) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2997/100", "30000/1001"),
        ("2997/125", "24000/1001"),
        ("19001/317", "60000/1001"),
        ("10000000/333333", "30/1"),
        ("179/6", "179/6"),
        ("24/1", "24/1"),
        ("25/2", "25/2"),
    ],
)
def test_rate_spelt_by_a_coarse_clock(written: str, meant: str) -> None:
    """Roundings of standard rates become exact, and other rates stay as they are."""
    assert meant == str(plausible(Fraction(written)))


def test_last_frame_is_a_little_long() -> None:
    """A last frame of one and a half is an encoder's habit and no variable rate."""
    steady = Times(Fraction(1, 30_000), [frame * 1001 for frame in range(30)], last_duration=1574)
    header = Header((Rate(300_000, 10_201), Rate(30_000, 1001)), average=Rate(300_000, 10_201), frame_count=30)
    assert Timing(Rate(30_000, 1001), False) == timing_of(steady, header)


def test_last_frame_is_held() -> None:
    """A last frame that stands for seconds has no frame's duration."""
    held = Times(Fraction(1, 30), range(30), last_duration=90)
    assert Timing(None, True, Rate(30)) == timing_of(held, Header((Rate(30),)))


def test_first_frame_is_held() -> None:
    """A slow-motion recording that starts late has no single rate."""
    starts = [0, *range(29_281, 29_281 + 6 * 3000, 3000)]
    average = Rate(630_000, 47_281)
    found = timing_of(Times(MPEG, starts), Header((average, Rate(30)), average=average, frame_count=7))
    assert Timing(None, True, average) == found


def test_animation_that_starts_again() -> None:
    """In a cycle the last duration counts like the others."""
    assert timing_of(Times(MILLISECOND, [0, 40, 80], last_duration=500, is_cycle=True), Header()).is_variable
    assert Timing(Rate(25), False) == timing_of(
        Times(MILLISECOND, [0, 40, 80], last_duration=40, is_cycle=True), Header()
    )


def test_rate_changes_after_what_was_looked_at() -> None:
    """The header's average over all frames overrules a steady beginning."""
    beginning = Times(Fraction(1, 30), range(300), is_whole=False)
    header = Header((Rate(30), Rate(24)), average=Rate(24), frame_count=3000)
    assert Timing(None, True, Rate(24)) == timing_of(beginning, header)


def test_cut_without_encoding() -> None:
    """Frames that a cut left out between the last ones leave the rate constant, but a gap anywhere else does not."""
    starts = [*range(100), 101, 103, 106]
    assert Timing(Rate(25), False) == timing_of(Times(Fraction(1, 25), starts, reordered=16), Header((Rate(25),)))
    assert timing_of(Times(Fraction(1, 25), starts), Header((Rate(25),))).is_variable
    held = [*range(100), 500]
    assert timing_of(Times(Fraction(1, 25), held, reordered=16), Header((Rate(25),))).is_variable


def test_coarse_clock_after_a_coarse_clock() -> None:
    """Milliseconds rounded once more, to QuickTime's 1/600, still have their rate."""
    rate = Rate(30_000, 1001)
    starts = [round(round(rate.seconds(frame) * 1000) * 600 / 1000) for frame in range(1000)]
    assert Timing(rate, False) == timing_of(Times(Fraction(1, 600), starts), Header((Rate(30), rate)))


def test_single_frame() -> None:
    """One frame has the rate that the header tells, and none where it tells none."""
    one = Times(MILLISECOND, [0])
    assert Timing(Rate(24), False) == timing_of(one, Header((Rate(24),)))
    assert Timing(None, None) == timing_of(one, Header())


def test_frames_that_stand_still() -> None:
    """Equal times are no rate, and no division by zero."""
    assert timing_of(Times(MILLISECOND, [5, 5, 5]), Header()).is_variable
