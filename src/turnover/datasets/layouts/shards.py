"""A split cut into pieces of about one size, in order, with one piece held at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import LayoutOptions
from turnover.datasets.manifest import Located
from turnover.datasets.sample import Sample

T = TypeVar("T")

MOST_SAMPLES = 10_000
"""In a shard, however small they are: while it is written they are held."""

Shards = Mapping[str, tuple[int, ...]]
"""Split → how many samples each of its shards has."""


def counts(sizes: Iterable[int], most_bytes: int) -> tuple[int, ...]:
    """How many of the things of these sizes go into each shard; one that is larger than a shard has its own.

    >>> counts([4, 4, 4, 20, 1], most_bytes=10)
    (2, 1, 1, 1)
    """
    shards: list[int] = []
    room = 0
    for size in sizes:
        if not shards or size > room or shards[-1] == MOST_SAMPLES:
            shards.append(0)
            room = most_bytes
        shards[-1] += 1
        room -= size
    return tuple(shards)


def shards_of(dataset: Dataset, options: LayoutOptions) -> Shards:
    """Looks at every sample once."""
    return {
        split: counts((sample.media.size_bytes for sample in dataset.samples(split)), options.shard_bytes)
        for split in dataset.splits
    }


def cut(things: Iterable[T], sizes: Iterable[int]) -> Iterator[tuple[T, ...]]:
    """The things in groups of these sizes."""
    waiting = iter(things)
    return (tuple(islice(waiting, size)) for size in sizes)


def located(dataset: Dataset, shards: Shards, path: Callable[[Sample, int], str]) -> Located:
    """Where samples lie, from the number of their shard."""

    def walk(split: str) -> Iterator[tuple[Sample, str]]:
        samples = iter(dataset.samples(split))
        for number, count in enumerate(shards[split]):
            for sample in islice(samples, count):
                yield sample, path(sample, number)

    return walk
