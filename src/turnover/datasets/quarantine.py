"""New samples that would tie together what earlier versions put into different splits; they are left out.

Nothing else would notice: each of them could follow either side, and either way its split would leak into the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from turnover.datasets.filling import drawn
from turnover.datasets.groups import NEAR, Light, Sets, Web, group_ids, links, spoken


@dataclass(frozen=True, slots=True)
class Cleared:
    """Groups of which no new sample spans two splits."""

    groups: Mapping[str, str]
    """Sample id → group id, without the quarantined."""
    quarantined: Mapping[str, str] = field(default_factory=dict)
    """Sample id → why, by id."""
    torn: tuple[str, ...] = ()
    """Sentences on earlier samples that are linked and yet in different splits."""


def clear(
    lights: Sequence[Light],
    groups: Mapping[str, str],
    earlier: Mapping[str, str],
    *,
    salt: str,
    near_distance: int | None,
) -> Cleared:
    """Leave out as few new samples as taking them one by one allows. `earlier`: sample id → its split until now."""
    splits_of: dict[str, set[str]] = defaultdict(set)
    for light in lights:
        if light.id in earlier:
            splits_of[groups[light.id]].add(earlier[light.id])
    members: dict[str, list[Light]] = {group: [] for group, splits in splits_of.items() if len(splits) > 1}
    for light in lights:
        if (group := groups[light.id]) in members:
            members[group].append(light)
    mended = dict(groups)
    quarantined: dict[str, str] = {}
    torn: list[str] = []
    for group in sorted(members):
        tied = _Tied(members[group], earlier, near_distance)
        torn += tied.torn_apart()
        left_out = tied.left_out(salt)
        quarantined |= left_out
        for name in left_out:
            del mended[name]
        kept = [light for light in members[group] if light.id not in left_out]
        mended |= group_ids(kept, near_distance=near_distance)
    return Cleared(mended, dict(sorted(quarantined.items())), tuple(torn))


class _Tied:
    """One group that spans splits: which of it are joined so far, and which splits each joined set has reached."""

    def __init__(self, lights: Sequence[Light], earlier: Mapping[str, str], near_distance: int | None) -> None:
        self.earlier = earlier
        # What a person assigned is not left out: where it contradicts, that is a mistake to be told.
        self.fixed = [light for light in lights if light.id in earlier or light.assigned]
        self.new = [light for light in lights if light.id not in earlier and not light.assigned]
        self.web = Web([*self.fixed, *self.new], near_distance)
        self.sets = Sets(len(lights))
        self.holders: dict[str, int] = {}
        self.reached: dict[int, dict[str, str]] = {}
        """Root → split → a sample of it there."""
        self._join_fixed(near_distance)

    def _join_fixed(self, near_distance: int | None) -> None:
        rows = {light.id: row for row, light in enumerate(self.fixed)}
        for name, group in group_ids(self.fixed, near_distance=near_distance).items():
            self.sets.unite(rows[group], rows[name])
        for row, light in enumerate(self.fixed):
            self.holders |= dict.fromkeys(filter(links, light.keys), row)
            if light.id in self.earlier:
                self.reached.setdefault(self.sets.root(row), {}).setdefault(self.earlier[light.id], light.id)

    def torn_apart(self) -> list[str]:
        """A sentence for each set of earlier samples that is in several splits by itself."""
        web = Web(self.fixed, self.web.near_distance)
        sentences = []
        for reached in self.reached.values():
            first, *others = sorted(reached)
            for other in others:
                chain = spoken(web.chain(reached[first], reached[other]))
                sentences.append(
                    f"{reached[first]} is in {first} and {reached[other]} in {other} since earlier versions, yet "
                    f"{chain}; neither is moved: leave one of them out, or start anew without the ledger"
                )
        return sentences

    def left_out(self, salt: str) -> dict[str, str]:
        """Sample id → why: each new sample that, when its turn comes, would join sets that reached different splits."""
        why: dict[str, str] = {}
        kept = set(range(len(self.fixed)))
        rows = range(len(self.fixed), len(self.web.lights))
        for row in sorted(rows, key=lambda row: drawn(salt, self.web.lights[row].id)):
            touched = self._touched(row, kept)
            reached: dict[str, tuple[str, str]] = {}
            for root, key in touched.items():
                for split, witness in self.reached.get(root, {}).items():
                    reached.setdefault(split, (witness, key))
            if len(reached) > 1:
                why[self.web.lights[row].id] = _sentence(reached)
                continue
            kept.add(row)
            for root in touched:
                self.sets.unite(root, row)
            self.holders |= dict.fromkeys(filter(links, self.web.lights[row].keys), row)
            self.reached[self.sets.root(row)] = {split: witness for split, (witness, _) in reached.items()}
        return why

    def _touched(self, row: int, kept: set[int]) -> dict[int, str]:
        """Root of each set that a new sample would join → the key that does it."""
        touched: dict[int, str] = {}
        for key in filter(links, self.web.lights[row].keys):
            if key in self.holders:
                touched.setdefault(self.sets.root(self.holders[key]), key)
        for other in self.web.near(row):
            if other in kept:
                touched.setdefault(self.sets.root(other), NEAR)
        return touched


def _sentence(reached: Mapping[str, tuple[str, str]]) -> str:
    where = ", ".join(f"{witness} in {split} by {key}" for split, (witness, key) in sorted(reached.items()))
    return f"links samples already in {'+'.join(sorted(reached))}: {where}"
