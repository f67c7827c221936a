"""The check after the fact: nothing that belongs together stands in two splits.

It knows only the finished rows. Groups, keys and looks are compared anew, by other means than those that made the
splits (looks by comparing every pair of different splits), so that a mistake there cannot hide here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np

from turnover.datasets.near import DISTANCE, Hashes, hashes_of, telling
from turnover.datasets.sample import Sample

MAX_LEAKS = 100
"""How many are found of each kind before the search ends."""
MAX_NAMED = 3
_TILE = (8, 1 << 14)
"""Rows compared at once with so many others: their differences stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A sample of the finished dataset, as much as the check needs."""

    id: str
    split: str
    group: str
    digest: str | None = None
    """SHA-256 of its media."""
    keys: tuple[str, ...] = ()
    prints: tuple[int, ...] = ()


def placed(sample: Sample) -> Placed:
    """What the check needs of a sample."""
    return Placed(sample.id, sample.split, sample.group, sample.media.digest, sample.keys, sample.prints)


@dataclass(frozen=True, slots=True)
class Leak:
    """One thing that stands in two splits or more."""

    kind: str
    """`sample`, `group`, `media`, `near_duplicate`, or the kind of a key, such as `source_image`."""
    shared: str
    """What they share."""
    samples: Mapping[str, tuple[str, ...]]
    """Split → up to three samples that have it."""

    def __str__(self) -> str:
        where = "; ".join(f"{split}: {', '.join(ids)}" for split, ids in self.samples.items())
        what = "samples that look alike" if self.kind == "near_duplicate" else self.shared
        return f"{what} in {' and '.join(self.samples)} ({where})"


def leaks(rows: Iterable[Placed], *, near_distance: int | None = DISTANCE) -> tuple[Leak, ...]:
    """Everything found, ordered by kind; none for a sound dataset. At most 100 of each kind.

    >>> str(leaks([Placed("v1", "train", "g", keys=("seed:7",)), Placed("v2", "test", "h", keys=("seed:7",))])[0])
    'seed:7 in test and train (test: v2; train: v1)'
    """
    ordered = sorted(rows, key=lambda row: (row.split, row.id))
    near = () if near_distance is None else islice(_near(ordered, near_distance), MAX_LEAKS)
    return (*_shared(ordered), *near)


def _shared(rows: Sequence[Placed]) -> Iterator[Leak]:
    first_in: dict[str, str] = {}
    torn = sorted({what for row in rows for what in _of(row) if first_in.setdefault(what, row.split) != row.split})
    found: dict[str, dict[str, list[str]]] = {}
    for _, alike in groupby(torn, _kind):
        found |= {what: {} for what in islice(alike, MAX_LEAKS)}
    for row in rows if found else ():
        for what in _of(row):
            if what in found and len(named := found[what].setdefault(row.split, [])) < MAX_NAMED:
                named.append(row.id)
    for what, samples in found.items():
        yield Leak(_kind(what), what, {split: tuple(ids) for split, ids in samples.items()})


def _of(row: Placed) -> Iterator[str]:
    """Everything that must not be in another split."""
    yield f"sample {row.id}"
    yield f"group {row.group}"
    if row.digest:
        yield f"media:{row.digest}"
    # A key without a value names nothing.
    yield from (key for key in row.keys if key and not key.endswith(":"))


def _kind(what: str) -> str:
    return re.split("[: ]", what, maxsplit=1)[0]


def _near(rows: Sequence[Placed], distance: int) -> Iterator[Leak]:
    hashes = hashes_of([row.prints for row in rows])
    compared = np.flatnonzero(telling(hashes))
    hashes = hashes[compared]
    rows = [rows[row] for row in compared.tolist()]
    splits = np.array([row.split for row in rows])
    # Rows are sorted by split: each block of one split is compared with all rows of the splits after it.
    for split in sorted(set(splits.tolist())):
        first, stop = int(np.searchsorted(splits, split, "left")), int(np.searchsorted(splits, split, "right"))
        for one, other in _near_pairs(hashes[first:stop], hashes[stop:], distance):
            here, there = rows[first + one], rows[stop + other]
            yield Leak("near_duplicate", f"{here.id} {there.id}", {here.split: (here.id,), there.split: (there.id,)})


def _near_pairs(some: Hashes, others: Hashes, distance: int) -> Iterator[tuple[int, int]]:
    """Places in the one and in the other of every near pair: all are compared, a tile of pairs at a time."""
    for high in range(0, len(others), _TILE[1]):
        there = others[high : high + _TILE[1]].T.copy()
        for low in range(0, len(some), _TILE[0]):
            here = some[low : low + _TILE[0]]
            near = np.bitwise_count(here[:, :1] ^ there[0]) <= distance
            if not near.any():
                continue
            ones, pairs = np.nonzero(near)
            for place in range(1, len(there)):
                still = np.bitwise_count(here[ones, place] ^ there[place][pairs]) <= distance
                ones, pairs = ones[still], pairs[still]
            yield from zip((low + ones).tolist(), (high + pairs).tolist(), strict=True)
