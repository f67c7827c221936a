"""Which split each free group goes to: the algorithm `sticky-greedy-1`, and controlled rounding for single samples.

With k splits that have a share and groups of at most g samples, no split that was below its target before ends more
than g·(1-1/k) above it: the deficits sum to what is still to be placed, so one is at least a k-th of any group.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from turnover.datasets.rounding import controlled_rounding


@dataclass(frozen=True, slots=True)
class Group:
    """Samples that stay together."""

    id: str
    size: int
    strata: tuple[tuple[str, int], ...]
    """(stratum, how many of its samples are of it)."""


def drawn(salt: str, text: str) -> bytes:
    """The lot of a text: SHA-256(salt‖text). Whatever has the same size is taken in the order of its lot."""
    return hashlib.sha256((salt + text).encode()).digest()


def fill_exactly(singles: Iterable[Group], targets: Mapping[str, Fraction], *, salt: str) -> dict[str, str]:
    """Group id → split for groups of one, of a first version: every split and every stratum's part of it within 1."""
    of_stratum: dict[str, list[str]] = defaultdict(list)
    for single in singles:
        of_stratum[single.strata[0][0]].append(single.id)
    total = sum(map(len, of_stratum.values()))
    strata = sorted(of_stratum, key=lambda stratum: drawn(salt, stratum))
    table = [[len(of_stratum[stratum]) * target / total for target in targets.values()] for stratum in strata]
    placed: dict[str, str] = {}
    for stratum, row in zip(strata, controlled_rounding(table), strict=True):
        ids = iter(sorted(of_stratum[stratum], key=lambda name: drawn(salt, name)))
        for split, count in zip(targets, row, strict=True):
            placed |= {next(ids): split for _ in range(count)}
    return placed


def fill_greedily(
    groups: Iterable[Group],
    targets: Mapping[str, Fraction],
    *,
    fixed: Mapping[str, Mapping[str, int]],
    least: int,
    salt: str,
) -> dict[str, str]:
    """Group id → split: largest first, each to a split that lacks enough of it.

    Among those, the split that most lacks its strata. `fixed`: split → stratum → samples that are there already.
    """
    ordered = sorted(groups, key=lambda group: (-group.size, drawn(salt, group.id)))
    filling = _Filling(ordered, targets, fixed)
    for group in ordered:
        filling.add(group)
    filling.serve_the_poor(least)
    return filling.placed


def bound(groups: Iterable[Group], targets: Mapping[str, Fraction]) -> Fraction:
    """By how much greedy filling may overshoot a target: g·(1-1/k)."""
    largest = max((group.size for group in groups), default=0)
    return largest * (1 - Fraction(1, max(1, sum(1 for target in targets.values() if target))))


class _Filling:
    """How full each split is. Deficits are whole numbers, times `scale`, so that nothing is rounded."""

    def __init__(
        self, groups: Sequence[Group], targets: Mapping[str, Fraction], fixed: Mapping[str, Mapping[str, int]]
    ) -> None:
        self.targets = targets
        self.open = [split for split, target in targets.items() if target]
        self.scale = lcm(*(target.denominator for target in targets.values()))
        self.aims = {split: int(target * self.scale) for split, target in targets.items()}
        self.counts = {split: sum(fixed.get(split, {}).values()) for split in targets}
        self.of_stratum = {split: Counter(fixed.get(split, {})) for split in targets}
        self.strata: Counter[str] = Counter()
        for counter in self.of_stratum.values():
            self.strata.update(counter)
        for group in groups:
            self.strata.update(dict(group.strata))
        self.total = self.strata.total()
        self.groups = groups
        self.placed: dict[str, str] = {}
        self.bound = bound(groups, targets)

    def deficit(self, split: str) -> int:
        """Samples that a split lacks, times `scale`."""
        return self.aims[split] - self.scale * self.counts[split]

    def add(self, group: Group) -> None:
        enough = [split for split in self.open if len(self.open) * self.deficit(split) >= group.size * self.scale]
        self._put(group, max(enough, key=lambda split: (self._lack(split, group), self.deficit(split))))

    def _lack(self, split: str, group: Group) -> int:
        """What a split lacks of a group's strata, each weighed by the group's part of it; times `scale` and total."""
        here = self.of_stratum[split]
        return sum(
            count * (self.aims[split] * self.strata[stratum] - self.scale * self.total * here[stratum])
            for stratum, count in group.strata
        )

    def _put(self, group: Group, split: str, sign: int = 1) -> None:
        self.counts[split] += sign * group.size
        for stratum, count in group.strata:
            self.of_stratum[split][stratum] += sign * count
        self.placed[group.id] = split

    def serve_the_poor(self, least: int) -> None:
        """Give splits with fewer than `least` samples small groups of those that can spare them, within the bound."""
        needs = {split: min(Fraction(least), target) for split, target in self.targets.items()}
        # The smallest first; the sort is stable, so lots still decide among equals.
        small = sorted(self.groups, key=lambda group: group.size)
        for split in self.open:
            for group in small:
                if self.counts[split] >= needs[split]:
                    break
                donor = self.placed[group.id]
                spares = donor != split and self.counts[donor] - group.size >= needs[donor]
                if spares and self.counts[split] + group.size <= self.targets[split] + self.bound:
                    self._put(group, donor, -1)
                    self._put(group, split)
