"""Which frames are taken of a clip."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.errors import ProbeError, UsageError
from turnover.torch.picking import Picking, Sampling, rate_of

SAMPLINGS: tuple[Sampling, ...] = ("first", "middle", "uniform", "random")
RATES = st.sampled_from([Fraction(16), Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30), Fraction(60)])


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [("first", [0, 1, 2]), ("middle", [3, 4, 5]), ("uniform", [0, 4, 8])],
)
def test_three_of_nine(sampling: Sampling, expected: list[int]) -> None:
    """Neighbours from the start, neighbours around the middle, or first, middle and last."""
    assert Picking(3, sampling).steady(9, Fraction(24), key="") == expected


def test_random_places_change_with_the_key_and_nothing_else() -> None:
    """The same seed and key draw the same neighbours; over many keys every start comes."""
    picking = Picking(3, "random", seed=7)
    drawn = [picking.steady(6, None, key=str(key)) for key in range(100)]
    assert drawn == [picking.steady(6, None, key=str(key)) for key in range(100)]
    assert sorted({tuple(places or ()) for places in drawn}) == [(0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5)]
    assert drawn != [Picking(3, "random", seed=8).steady(6, None, key=str(key)) for key in range(100)]


def test_half_the_rate() -> None:
    """From 30 to 15 frames per second every second one is left; to 60 each is shown twice."""
    assert Picking(fps=Fraction(15)).steady(6, Fraction(30), key="") == [0, 2, 4]
    assert Picking(fps=Fraction(60)).steady(3, Fraction(30), key="") == [0, 0, 1, 1, 2, 2]


def test_odd_rates_keep_the_duration() -> None:
    """81 frames at 30 are 2.7 s, so 44 ticks of 16 per second start before they end."""
    places = Picking(fps=Fraction(16)).steady(81, Fraction(30), key="")
    assert places is not None
    assert (len(places), places[:4], places[-1]) == (44, [0, 1, 3, 5], 80)


def test_a_rate_that_is_not_known() -> None:
    """Where frames have no rate, their own times decide; without times nothing is said."""
    picking = Picking(fps=Fraction(10))
    assert picking.steady(4, None, key="") is None
    assert picking.timed([0.0, 0.1, 0.4, 0.5], key="") == [0, 1, 1, 1, 2, 3, 3]


def test_too_few_frames() -> None:
    """A clip that is shorter than asked for is refused with both numbers."""
    with pytest.raises(ProbeError, match=r"has 9 frames, 10 are asked for") as caught:
        Picking(10).steady(9, None, key="")
    assert caught.value.code == "too_short"


@pytest.mark.parametrize("options", [{"num_frames": 0}, {"sampling": "last"}, {"fps": Fraction(0)}])
def test_senseless_options(options: dict[str, object]) -> None:
    """No frames, an unknown way and no rate are wrong usage."""
    with pytest.raises(UsageError):
        Picking(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fps", "expected"),
    [(None, None), (24, Fraction(24)), (23.976, Fraction(24000, 1001)), (12.5, Fraction(25, 2)), (Fraction(1, 3),) * 2],
)
def test_rates_as_a_person_writes_them(fps: float | Fraction | None, expected: Fraction | None) -> None:
    """Decimals of broadcast rates become exact; a fraction stays what it is."""
    assert rate_of(fps) == expected


@pytest.mark.parametrize("fps", [0, -1.0, float("nan"), "fast"])
def test_what_is_no_rate(fps: float) -> None:
    """It is refused with the value seen."""
    with pytest.raises(UsageError, match="is a rate such as 24"):
        rate_of(fps)


@given(st.integers(1, 200), st.integers(1, 200), st.sampled_from(SAMPLINGS), RATES, st.none() | RATES)
def test_what_is_foretold_is_what_comes(
    frames: int, asked: int, sampling: Sampling, rate: Fraction, fps: Fraction | None
) -> None:
    """The count known beforehand is the count of places; these ascend and lie inside the clip."""
    picking = Picking(asked, sampling, fps)
    foretold = picking.count(frames, rate)
    if foretold is None:
        with pytest.raises(ProbeError):
            picking.steady(frames, rate, key="k")
        return
    places = picking.steady(frames, rate, key="k")
    assert places is not None
    assert len(places) == foretold == asked
    assert places == sorted(places)
    assert places[0] >= 0
    assert places[-1] < frames


@given(st.integers(2, 100), RATES, RATES)
def test_times_say_what_the_rate_says(frames: int, rate: Fraction, fps: Fraction) -> None:
    """Of a steady clip, its rate and the times of its frames give the same places, but for ticks between two frames."""
    picking = Picking(fps=fps)
    steady = picking.steady(frames, rate, key="")
    timed = picking.timed([float(place / rate) for place in range(frames)], key="")
    assert steady is not None
    assert abs(len(steady) - len(timed)) <= 1
    assert all(abs(one - other) <= 1 for one, other in zip(steady, timed, strict=False))
