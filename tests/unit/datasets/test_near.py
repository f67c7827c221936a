"""Near duplicates are found exactly, whatever finds them."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.datasets.near import BITS, FLAT_BITS, clusters, hashes_of, neighbours
from turnover.errors import UsageError

ONES = 2**BITS - 1
A, B, C = 0x0F0F_3355_AACC_1234, 0xF0F0_CCAA_5533_EDCB, 0x1122_4488_9966_5A5A


def flipped(value: int, *bits: int) -> int:
    for bit in bits:
        value ^= 1 << bit
    return value


def by_brute_force(prints: list[tuple[int, ...]], distance: int) -> list[int]:
    """The definition: all three hashes near, both samples telling, joined through others; plain Python."""

    def is_telling(row: tuple[int, ...]) -> bool:
        return any(FLAT_BITS < value.bit_count() < BITS - FLAT_BITS for value in row)

    least = list(range(len(prints)))
    for other, there in enumerate(prints):
        for one, here in enumerate(prints[:other]):
            near = is_telling(here) and is_telling(there)
            if near and all((x ^ y).bit_count() <= distance for x, y in zip(here, there, strict=True)):
                low, high = sorted((least[one], least[other]))
                least = [low if mark == high else mark for mark in least]
    return least


@st.composite
def crowds(draw: st.DrawFn) -> tuple[list[tuple[int, ...]], int]:
    """Samples around few centres, so that many pairs are just near and just not, with flat ones among them."""
    distance = draw(st.integers(0, 16))
    chance = random.Random(draw(st.integers(0, 2**32)))
    centres = [tuple(chance.getrandbits(BITS) for _ in range(3)) for _ in range(draw(st.integers(1, 4)))]
    centres += [(0, 0, 0), (0, chance.getrandbits(BITS), 0), (ONES, ONES, ONES)]
    moved = [
        tuple(
            flipped(v, *(chance.randrange(BITS) for _ in range(chance.randint(0, distance))))
            for v in chance.choice(centres)
        )
        for _ in range(draw(st.integers(0, 60)))
    ]
    return moved, distance


@given(crowds())
def test_against_every_pair(crowd: tuple[list[tuple[int, ...]], int]) -> None:
    """The index finds what comparing every pair finds, and so does the short way for few samples."""
    prints, distance = crowd
    expected = by_brute_force(prints, distance)
    assert clusters(hashes_of(prints), distance=distance, few=0).tolist() == expected
    assert clusters(hashes_of(prints), distance=distance).tolist() == expected


@given(crowds())
def test_neighbours(crowd: tuple[list[tuple[int, ...]], int]) -> None:
    """Whoever has no neighbour is alone in its cluster, and neighbours are in one."""
    prints, distance = crowd
    hashes = hashes_of(prints)
    least = clusters(hashes, distance=distance).tolist()
    for row in range(len(prints)):
        others = neighbours(hashes, row, distance=distance).tolist()
        assert {least[other] for other in others} <= {least[row]}
        assert bool(others) == (least.count(least[row]) > 1)


def test_all_three_frames_must_be_near() -> None:
    """Clips that begin alike are not alike."""
    assert clusters(hashes_of([(A, B, C), (A, B, ~C & ONES), (A, flipped(B, 1, 2, 3), flipped(C, 63))])).tolist() == [
        0,
        1,
        0,
    ]


def test_black_frames() -> None:
    """Black clips, white clips and clips without prints are near to none, not even to their like."""
    rows = [(0, 0, 0), (0, 0, 0), (ONES, ONES, ONES), (0, 1, 3), (), ()]
    assert clusters(hashes_of(rows)).tolist() == list(range(len(rows)))


def test_fades_from_black() -> None:
    """A telling middle frame is enough: what fades in and out is still recognised, and told from another fade."""
    assert clusters(hashes_of([(0, A, 0), (0, flipped(A, 5), 0), (0, B, 0)])).tolist() == [0, 0, 2]


def test_one_picture() -> None:
    """A still has one hash, which stands for its first, middle and last frame."""
    assert clusters(hashes_of([(A,), (A, A, A), (B,)])).tolist() == [0, 0, 2]


@pytest.mark.parametrize("kind", ["copies", "noise"])
def test_ten_thousand_alike(kind: str) -> None:
    """A huge cluster costs no more than its members: copies are one, and joined pairs are not looked at again."""
    chance = np.random.default_rng(1)
    hashes = np.full((10_000, 3), A, dtype=np.uint64)
    if kind == "noise":
        for _ in range(4):
            hashes ^= np.uint64(1) << chance.integers(0, BITS, size=hashes.shape, dtype=np.uint64)
    assert not clusters(hashes).any()


@pytest.mark.parametrize("distance", [-1, 17])
def test_distance_that_cannot_be(distance: int) -> None:
    """A distance at which strangers are alike is refused."""
    with pytest.raises(UsageError, match="not from 0 to 16"):
        clusters(hashes_of([]), distance=distance)
