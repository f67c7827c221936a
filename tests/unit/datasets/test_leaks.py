"""Whatever crosses splits is found, and nothing else."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.datasets.leaks import MAX_LEAKS, Leak, Placed, leaks

LOOK = 0x0F0F_3355_AACC_1234
OTHER = 0xF0F0_CCAA_5533_EDCB


def test_sound() -> None:
    """Sharing within a split is no leak, nor are black frames, nor keys that name nothing."""
    rows = [
        Placed("v1", "train", "v1", "aa", ("seed:7", "source_image:"), (LOOK, LOOK, LOOK)),
        Placed("v2", "train", "v1", "aa", ("seed:7",), (LOOK, LOOK, LOOK)),
        Placed("v3", "test", "v3", "bb", ("seed:8", "source_image:"), (OTHER, LOOK, LOOK)),
        Placed("v4", "test", "v4", None, (), (0, 0, 0)),
        Placed("v5", "train", "v5", None, (), (0, 0, 0)),
    ]
    assert leaks(rows) == ()
    assert leaks([]) == ()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Placed("v1", "train", "g"), Placed("v2", "test", "g"), ("group", "group g")),
        (Placed("v1", "train", "g", "aa"), Placed("v2", "test", "h", "aa"), ("media", "media:aa")),
        (Placed("v1", "train", "g", keys=("take:4",)), Placed("v2", "test", "h", keys=("x:1", "take:4")),
         ("take", "take:4")),
        (Placed("v1", "train", "g", prints=(LOOK, 0, OTHER)), Placed("v2", "test", "h", prints=(LOOK ^ 1023, 3, OTHER)),
         ("near_duplicate", "v2 v1")),
    ],
)  # fmt: skip
def test_crossing(one: Placed, other: Placed, expected: tuple[str, str]) -> None:
    """Each kind of leak names what is shared and who shares it."""
    assert leaks([one, other]) == (Leak(*expected, {"test": ("v2",), "train": ("v1",)}),)


def test_sample_in_two_splits() -> None:
    """One sample in two splits is the plainest leak."""
    assert [leak.kind for leak in leaks([Placed("v1", "train", "a"), Placed("v1", "test", "b")])] == ["sample"]


def test_sentence() -> None:
    """A finding reads as a sentence with at most three samples of each split."""
    rows = [Placed(f"v{n}", "train" if n else "test", f"g{n}", keys=("seed:7",)) for n in range(6)]
    assert [str(leak) for leak in leaks(rows)] == ["seed:7 in test and train (test: v0; train: v1, v2, v3)"]


def test_everything_leaks() -> None:
    """Findings are bounded, whatever the dataset."""
    rows = [
        Placed(f"v{n:04}", "train" if n % 2 else "test", "g", keys=(f"seed:{n // 2}",), prints=(LOOK,) * 3)
        for n in range(2000)
    ]
    kinds = [leak.kind for leak in leaks(rows)]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "group": 1,
        "seed": MAX_LEAKS,
        "near_duplicate": MAX_LEAKS,
    }


@given(st.integers(0, 2**32), st.integers(0, 16))
def test_looks_against_every_pair(seed: int, distance: int) -> None:
    """Near pairs of different splits, each once, as comparing one by one finds them."""
    chance = random.Random(seed)
    rows = []
    for n in range(40):
        prints = tuple(
            LOOK ^ sum(1 << bit for bit in chance.sample(range(64), chance.randint(0, 12))) for _ in range(3)
        )
        rows.append(Placed(f"v{n:02}", chance.choice(["train", "test", "validation"]), f"g{n}", prints=prints))
    expected = {
        (one.id, other.id)
        for one in rows
        for other in rows
        if one.split < other.split
        and all((x ^ y).bit_count() <= distance for x, y in zip(one.prints, other.prints, strict=True))
    }
    found = [tuple(leak.shared.split()) for leak in leaks(rows, near_distance=distance)]
    assert len(found) == len(set(found)) == min(len(expected), MAX_LEAKS)
    assert set(found) <= expected
