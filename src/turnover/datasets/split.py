"""Who goes into which split: `sticky-greedy-1`.

1. Samples that share a leakage key or look alike form a group, which is never parted.
2. Whoever is in the ledger stays; their group follows. A new sample that would tie two splits together is quarantined.
3. What a person assigned goes there, with its group; a contradiction is an error, and all of them are told at once.
4. The rest is drawn by SHA-256(salt‖id), largest groups first, each to the split that lacks most of its stratum among
   those that lack at least a k-th of it. A first version of single samples is rounded exactly instead.

No order of arrival matters within one version; between versions the ledger is what makes it so that nothing moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

from turnover.core.clip import JsonValue
from turnover.datasets.dataset import LedgerLine
from turnover.datasets.filling import bound, fill_exactly, fill_greedily
from turnover.datasets.groups import Light, group_ids
from turnover.datasets.near import DISTANCE
from turnover.datasets.placing import Placing
from turnover.datasets.quarantine import clear
from turnover.datasets.ratios import ALL_TRAIN, Ratios, least_of, ordered_splits, targets
from turnover.datasets.remarks import remarks
from turnover.errors import UsageError

ALGORITHM = "sticky-greedy-1"

MAX_TOLD = 20
"""How many contradictions one error spells out; the rest are counted."""

_NO_LEDGER: Mapping[str, LedgerLine] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SplitResult:
    """Where each sample goes and why, and how near that comes to what was asked."""

    splits: Mapping[str, str]
    """Sample id → split, by id; without the quarantined."""
    reasons: Mapping[str, str]
    """Sample id → `assigned`, `pinned by …`, `with its group` or `ratio`; of ledgered ones, what the ledger says."""
    groups: Mapping[str, str]
    """Sample id → group id, the least sample id of the group."""
    counts: Mapping[str, int]
    """Split → samples, in order; empty splits too."""
    ideals: Mapping[str, Fraction]
    """Split → its exact part of the samples."""
    targets: Mapping[str, Fraction]
    """The ideals, raised where a split is to have samples at all."""
    bound: Fraction
    """No split that earlier versions and assignments left below its target is further above it than this."""
    mode: Literal["exact", "greedy"]
    quarantined: Mapping[str, str] = field(default_factory=dict)
    """Sample id → why it is left out, by id."""
    warnings: tuple[str, ...] = ()

    @property
    def deviations(self) -> dict[str, Fraction]:
        """Split → how many samples more (or fewer) than its exact part."""
        return {split: self.counts[split] - ideal for split, ideal in self.ideals.items()}

    def policy(self, ratios: Ratios, *, salt: str, near_distance: int | None = DISTANCE) -> dict[str, JsonValue]:
        """How splits were made, as it stands in the manifest."""
        return {
            "algorithm": ALGORITHM,
            "mode": self.mode,
            "salt": salt,
            "ratios": dict(ratios.asked),
            "ratios_form": ratios.form,
            "near_duplicate_distance": near_distance,
            "achieved": dict(self.counts),
            "deviations": {split: round(float(deviation), 4) for split, deviation in self.deviations.items()},
            "bound": round(float(self.bound), 4),
            "quarantined": [{"sample_id": name, "reason": reason} for name, reason in self.quarantined.items()],
            "warnings": list(self.warnings),
        }


def divide(
    lights: Iterable[Light],
    *,
    salt: str,
    ratios: Ratios = ALL_TRAIN,
    ledger: Mapping[str, LedgerLine] = _NO_LEDGER,
    near_distance: int | None = DISTANCE,
    min_per_split: int = 1,
) -> SplitResult:
    """The split of every sample. Raises UsageError with every contradiction there is.

    `salt` is the dataset's name; `near_distance` None leaves looks out of it.

    >>> rows = [Light(f"v{n}", keys=(f"take:{n // 2}",)) for n in range(6)]
    >>> divide(rows, salt="demo", ratios=Ratios({"train": "2", "test": "1"}, "weights")).counts
    {'train': 4, 'test': 2}
    """
    if min_per_split < 0:
        raise UsageError(f"at least {min_per_split} samples per split", hint="give 0 or more")
    rows = _by_id(lights)
    earlier = {light.id: ledger[light.id].split for light in rows if light.id in ledger}
    found = group_ids(rows, near_distance=near_distance)
    cleared = clear(rows, found, earlier, salt=salt, near_distance=near_distance)
    rows = [light for light in rows if light.id not in cleared.quarantined]
    splits = ordered_splits(ratios, {*earlier.values(), *(light.assigned for light in rows if light.assigned)})
    placing = Placing(rows, cleared.groups, earlier, near_distance)
    _raise_if_any(placing.contradictions(ratios, ledger))

    aims = dict.fromkeys(splits, Fraction()) | targets(ratios, len(rows), least=min_per_split)
    least = least_of(ratios, len(rows), least=min_per_split)
    is_exact = not placing.fixed and all(group.size == 1 for group in placing.free)
    if is_exact:
        drawn = fill_exactly(placing.free, aims, salt=salt)
    else:
        drawn = fill_greedily(placing.free, aims, fixed=placing.fixed_counts(), least=least, salt=salt)
    placed = {light.id: placing.split_of(light, drawn) for light in rows}
    counts = Counter(placed.values())
    told = remarks(
        {split: counts[split] for split in splits},
        aims,
        ratios=ratios,
        placing=placing,
        drawn=drawn,
        min_per_split=min_per_split,
    )
    return SplitResult(
        splits=placed,
        reasons={light.id: placing.reason(light, ledger) for light in rows},
        groups={light.id: cleared.groups[light.id] for light in rows},
        counts={split: counts[split] for split in splits},
        ideals={split: ratios.shares.get(split, Fraction()) * len(rows) for split in splits},
        targets=aims,
        bound=Fraction(1) if is_exact else bound(placing.free, aims),
        mode="exact" if is_exact else "greedy",
        quarantined=cleared.quarantined,
        warnings=(*cleared.torn, *told),
    )


def _by_id(lights: Iterable[Light]) -> list[Light]:
    rows = sorted(lights, key=lambda light: light.id)
    twice = [one.id for one, other in pairwise(rows) if one.id == other.id]
    _raise_if_any([f"sample {name} is there more than once" for name in dict.fromkeys(twice)])
    return rows


def _raise_if_any(contradictions: Sequence[str]) -> None:
    if not contradictions:
        return
    told = "; ".join(contradictions[:MAX_TOLD])
    more = f"; and {len(contradictions) - MAX_TOLD} more" if len(contradictions) > MAX_TOLD else ""
    count = f"{len(contradictions)} contradiction" + ("s" if len(contradictions) > 1 else "")
    raise UsageError(
        f"splits: {count}: {told}{more}", hint="change or remove the assignments named; nothing was written"
    )
