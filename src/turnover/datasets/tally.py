"""Counts that take no more memory however many different things are counted."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Tally(Generic[K]):
    """How often each thing came, of the first so many different ones; the rest is counted as one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: dict[K, int] = {}
        self.others = 0

    def add(self, thing: K) -> None:
        """Count one more of a thing."""
        if thing in self._counts or len(self._counts) < self._most:
            self._counts[thing] = self._counts.get(thing, 0) + 1
        else:
            self.others += 1

    def __getitem__(self, thing: K) -> int:
        return self._counts.get(thing, 0)

    def __iter__(self) -> Iterator[tuple[K, int]]:
        return iter(self._counts.items())

    def most_first(self, *, others: K) -> dict[K, int]:
        """Thing → how often, the most frequent first, by their texts where they are equal; the rest as `others`."""
        ordered = sorted(self._counts.items(), key=lambda one: (-one[1], str(one[0])))
        return dict(ordered) | ({others: self.others + self[others]} if self.others else {})
