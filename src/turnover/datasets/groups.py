"""Which samples must not be parted: those joined by leakage keys or by looking alike, directly or through others."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from turnover.datasets.near import DISTANCE, Hashes, clusters, hashes_of, neighbours
from turnover.datasets.sample import Sample

NEAR = "near_duplicate"
"""How a link by looks is called where links are named by their keys."""


@dataclass(frozen=True, slots=True)
class Light:
    """As much of a sample as splitting needs."""

    id: str
    keys: tuple[str, ...] = ()
    """`kind:value`; a key without a value says nothing and links nothing."""
    prints: tuple[int, ...] = ()
    """64-bit difference hashes of its first, middle and last frame; empty where nothing decoded."""
    stratum: str = ""
    """Of what kind it is; each kind is shared out evenly."""
    assigned: str | None = None
    """The split that a person chose for it."""


def light_of(sample: Sample, *, stratum: str = "") -> Light:
    """The light row of a sample; the digest of its media is a key too."""
    keys = (*sample.keys, f"media:{sample.media.digest}")
    return Light(sample.id, keys, sample.prints, stratum, sample.assigned)


def links(key: str) -> bool:
    """Whether a key names something; `source_image:` with nothing behind it would tie together all that lack one."""
    return bool(key) and not key.endswith(":")


def group_ids(lights: Sequence[Light], *, near_distance: int | None = DISTANCE) -> dict[str, str]:
    """Sample id → id of its group, which is the least sample id in it; None leaves looks out of it.

    >>> group_ids([Light("v2", ("seed:7",)), Light("v1", ("seed:7", "take:a")), Light("v3")])
    {'v2': 'v1', 'v1': 'v1', 'v3': 'v3'}
    """
    sets = Sets(len(lights))
    first_with: dict[str, int] = {}
    for row, light in enumerate(lights):
        for key in filter(links, light.keys):
            sets.unite(first_with.setdefault(key, row), row)
    if near_distance is not None:
        near = clusters(hashes_of([light.prints for light in lights]), distance=near_distance)
        for row, least in enumerate(near.tolist()):
            sets.unite(least, row)
    least_ids: dict[int, str] = {}
    for row, light in enumerate(lights):
        root = sets.root(row)
        least_ids[root] = min(least_ids.get(root, light.id), light.id)
    return {light.id: least_ids[sets.root(row)] for row, light in enumerate(lights)}


class Sets:
    """Rows joined into sets (union-find)."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def root(self, row: int) -> int:
        """The row that stands for the set."""
        parents = self._parents
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row

    def unite(self, one: int, other: int) -> None:
        """Make one set of two."""
        self._parents[self.root(other)] = self.root(one)


@dataclass(frozen=True, slots=True)
class Link:
    """Two samples and what they share."""

    first: str
    key: str
    second: str

    def __str__(self) -> str:
        return (
            f"{self.first} and {self.second} share {self.key}"
            if self.key != NEAR
            else f"{self.first} and {self.second} look alike"
        )


@dataclass(frozen=True)
class Web:
    """The links among some samples, one by one: for messages, and where it matters which link ties two together."""

    lights: Sequence[Light]
    near_distance: int | None = DISTANCE

    @cached_property
    def hashes(self) -> Hashes:
        return hashes_of([light.prints for light in self.lights])

    def near(self, row: int) -> list[int]:
        """The rows that look like one."""
        return [] if self.near_distance is None else neighbours(self.hashes, row, distance=self.near_distance).tolist()

    def chain(self, first: str, second: str) -> tuple[Link, ...]:
        """The shortest way from one sample to another; empty where they are not linked."""
        rows = {light.id: row for row, light in enumerate(self.lights)}
        holders: dict[str, list[int]] = defaultdict(list)
        for row, light in enumerate(self.lights):
            for key in filter(links, light.keys):
                holders[key].append(row)
        start, goal = rows[first], rows[second]
        came: dict[int, tuple[int, str] | None] = {start: None}
        waiting = deque([start])
        while waiting and goal not in came:
            row = waiting.popleft()
            for key, other in self._from(row, holders):
                if other not in came:
                    came[other] = (row, key)
                    waiting.append(other)
        return tuple(reversed(list(self._back(goal, came))))

    def _from(self, row: int, holders: dict[str, list[int]]) -> Iterator[tuple[str, int]]:
        for key in filter(links, self.lights[row].keys):
            # Each key is walked once: whoever holds it has been reached then.
            yield from ((key, other) for other in holders.pop(key, ()))
        yield from ((NEAR, other) for other in self.near(row))

    def _back(self, row: int, came: dict[int, tuple[int, str] | None]) -> Iterator[Link]:
        while step := came.get(row):
            yield Link(self.lights[step[0]].id, step[1], self.lights[row].id)
            row = step[0]


def spoken(chain: Iterable[Link]) -> str:
    """A chain of links as words: `v1 and v2 share seed:7, v2 and v3 look alike`."""
    return ", ".join(map(str, chain))
