"""Shares are exact, or refused with the next step."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.datasets.ratios import ALL_TRAIN, CANONICAL, Ratios, ordered_splits, parse_splits, ratios_of, targets
from turnover.errors import UsageError

EIGHTY_TEN_TEN = parse_splits("train=80,validation=10,test=10")


def shares(*weights: int) -> Ratios:
    return Ratios({f"s{n}": str(weight) for n, weight in enumerate(weights)}, "weights")


weights = st.lists(st.integers(0, 20), min_size=1, max_size=5).filter(any)


def test_percentages() -> None:
    """Numbers are taken as written, with their decimals."""
    ratios = parse_splits(" train = 87.5, validation=12.5 ,holdout=0")
    assert ratios.shares == {"train": Fraction(7, 8), "validation": Fraction(1, 8), "holdout": 0}
    assert ratios.asked == {"train": "87.5", "validation": "12.5", "holdout": "0"}


def test_weights() -> None:
    """Whole-number parts can say thirds."""
    assert parse_splits("weights:a=1,b=1,c=1").shares == dict.fromkeys("abc", Fraction(1, 3))


@pytest.mark.parametrize(
    "parts", [(0.7, 0.15, 0.15), (0.1, 0.2, 0.7), ("0.7", "0.15", "0.15"), (1, 0, 0), (1.0, 0.0, 0.0), (0.8, 0.1, 0.1)]
)
def test_fractions_of_one(parts: tuple[str | float, ...]) -> None:
    """Floats of a request are the decimals that they were written as, so 0.1 + 0.2 + 0.7 make 1."""
    ratios = ratios_of(dict(zip(CANONICAL, parts, strict=True)), form="fractions")
    assert list(ratios.shares.values()) == [Fraction(str(part)) for part in parts]


def test_float_that_was_computed() -> None:
    """What a page computed, such as 1 - 0.85, is the decimal that was meant."""
    assert ratios_of({"train": 0.85, "test": 1 - 0.85}, form="fractions").asked == {"train": "0.85", "test": "0.15"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("train=33.33,validation=33.33,test=33.33", "make 99.99, not 100 (for equal parts write weights:train=1"),
        ("train=80,test=15", "80 + 15 make 95, not 100 (change one of them by 5"),
        ("train=80,test=19.9999999999", "(change one of them by 0.0000000001"),
        ("train=0.8,test=0.2", "(write percentages: train=80,test=20)"),
        ("weights:a=0,b=0", "nothing to share out"),
        ("weights:a=0.5,b=1", "'0.5' is not a whole number"),
        ("train=80,train=20", "'train' is there twice"),
        ("Train=80,all=20", "'Train' is no name for a split"),
        ("all=100", "'all' means every split"),
        ("con=100", "Windows"),
        ("train=-5,test=105", "'-5' is not a number from 0 to 100"),
        ("train=nan", "'nan' is not a number"),
        ("train=1e2", "'1e2' is not a number"),
        ("train=١٠٠", "is not a number"),
        ("train", "'' is not a number"),
        ("", "'' is no name for a split"),
        (",".join(f"s{n}=1" for n in range(100)), "more than 20"),
        ("a" * 5000 + "=100", "is no name for a split"),
    ],
)
def test_refused(text: str, said: str) -> None:
    """What cannot be meant is refused, with the value seen and what to write."""
    with pytest.raises(UsageError) as caught:
        parse_splits(text)
    assert said in str(caught.value)
    assert caught.value.hint
    assert len(str(caught.value)) < 700


def test_every_mistake_at_once() -> None:
    """One error lists all that must be mended."""
    with pytest.raises(UsageError, match=r"'A' is no name.*'all' means.*'x' is not"):
        parse_splits("A=10,all=10,b=x")


def test_order() -> None:
    """Splits asked for keep their order; others follow, the usual ones first."""
    assert ordered_splits(ALL_TRAIN, ["zoo", "test", "train", "validation", "bar"]) == (
        "train", "validation", "test", "bar", "zoo",
    )  # fmt: skip


@given(weights, st.integers(0, 200), st.integers(0, 12))
def test_targets(parts: list[int], total: int, least: int) -> None:
    """They sum to the samples; a split with no share gets none, and the others what they are promised."""
    ratios = shares(*parts)
    aims = targets(ratios, total, least=least)
    served = [split for split, share in ratios.shares.items() if share]
    assert sum(aims.values()) == total
    assert {split for split, aim in aims.items() if aim} <= set(served)
    if total >= least * len(served):
        assert all(aims[split] >= least for split in served)
    if least == 0:
        assert aims == {split: share * total for split, share in ratios.shares.items()}


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (0, (0, 0, 0)),
        (1, (1, 0, 0)),
        (2, (1, 0, 1)),
        (3, (1, 1, 1)),
        (5, (3, 1, 1)),
        (10, (8, 1, 1)),
        (20, (16, 2, 2)),
    ],
)
def test_few_samples(total: int, expected: tuple[int, ...]) -> None:
    """One sample trains, the second tests, and from three on no split is empty."""
    assert tuple(targets(EIGHTY_TEN_TEN, total).values()) == expected
