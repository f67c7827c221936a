"""What is settled before anything is drawn: where the ledger or an assignment fixes a group, and where they clash."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from turnover.datasets.dataset import LedgerLine
from turnover.datasets.filling import Group
from turnover.datasets.groups import Light, Web, spoken
from turnover.datasets.ratios import Ratios, name_mistake


class Placing:
    """The groups of one version: those whose split is fixed by the ledger or an assignment, and those free."""

    def __init__(
        self, rows: Sequence[Light], groups: Mapping[str, str], earlier: Mapping[str, str], near_distance: int | None
    ) -> None:
        self.groups = groups
        self.earlier = earlier
        self.near_distance = near_distance
        self.members: dict[str, list[Light]] = defaultdict(list)
        for light in rows:
            self.members[groups[light.id]].append(light)
        self.fixed: dict[str, Light] = {}
        """Group id → the first member that fixes it: one in the ledger before one assigned."""
        for light in rows:
            group = groups[light.id]
            if light.id in earlier and (group not in self.fixed or self.fixed[group].id not in earlier):
                self.fixed[group] = light
            elif light.assigned:
                self.fixed.setdefault(group, light)
        self.free = [
            Group(group, len(members), tuple(Counter(light.stratum for light in members).items()))
            for group, members in self.members.items()
            if group not in self.fixed
        ]

    def split_of(self, light: Light, drawn: Mapping[str, str]) -> str:
        """Its own where the ledger has it, else its group's."""
        group = self.groups[light.id]
        if light.id in self.earlier:
            return self.earlier[light.id]
        fixing = self.fixed.get(group)
        return drawn[group] if fixing is None else self.earlier.get(fixing.id) or fixing.assigned or ""

    def reason(self, light: Light, ledger: Mapping[str, LedgerLine]) -> str:
        if light.id in self.earlier:
            return ledger[light.id].reason
        if light.assigned:
            return "assigned"
        fixing = self.fixed.get(self.groups[light.id])
        if fixing is None:
            return "ratio"
        return "with its group" if fixing.id in self.earlier else f"pinned by {fixing.id}"

    def fixed_counts(self) -> dict[str, Counter[str]]:
        """Split → stratum → samples that are there whatever is drawn."""
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for group in self.fixed:
            for light in self.members[group]:
                counts[self.split_of(light, {})][light.stratum] += 1
        return counts

    def contradictions(self, ratios: Ratios, ledger: Mapping[str, LedgerLine]) -> list[str]:
        """Sentences on assignments that name no split that can be, or that the ledger or another one denies."""
        sentences = []
        for members in self.members.values():
            assigned = [light for light in members if light.assigned]
            for light in assigned:
                sentences += _unknown_split(light, ratios)
                if self.earlier.get(light.id, light.assigned) != light.assigned:
                    line = ledger[light.id]
                    sentences.append(
                        f"{light.id} is assigned to {light.assigned}, but in {line.split} since {line.since}"
                    )
            sentences += self._within(members, assigned)
        return sentences

    def _within(self, members: Sequence[Light], assigned: Sequence[Light]) -> list[str]:
        """Assignments of one group that differ from each other, or from where another member already is."""
        wanted: dict[str, Light] = {}
        for light in assigned:
            if light.id not in self.earlier:
                wanted.setdefault(light.assigned or "", light)
        if not wanted:
            return []
        standing = [light for light in members if light.id in self.earlier]
        holder, where = (
            (standing[0], self.earlier[standing[0].id]) if standing else next((p, s) for s, p in wanted.items())
        )
        web = Web(members, self.near_distance)
        return [
            f"{pinned.id} is assigned to {split} and {holder.id} {'is in' if standing else 'to'} {where}, "
            f"but {spoken(web.chain(pinned.id, holder.id))}"
            for split, pinned in wanted.items()
            if split != where
        ]


def _unknown_split(light: Light, ratios: Ratios) -> list[str]:
    split = light.assigned or ""
    if split in ratios.asked:
        return []
    if mistake := name_mistake(split):
        return [f"{light.id} is assigned to a split that cannot be: {mistake}"]
    if ratios.is_chosen:
        asked = ", ".join(ratios.asked)
        return [f"{light.id} is assigned to {split}, which is none of {asked}; ask for {split}=0 to have it"]
    return []
