"""What a person should know about how the splits came out, a sentence each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction

from turnover.datasets.placing import Placing
from turnover.datasets.ratios import CANONICAL, Ratios


def remarks(
    counts: Mapping[str, int],
    targets: Mapping[str, Fraction],
    *,
    ratios: Ratios,
    placing: Placing,
    drawn: Mapping[str, str],
    min_per_split: int,
) -> tuple[str, ...]:
    """`counts` and `targets`: split → samples, had and wanted; `drawn`: free group → split."""
    total = sum(counts.values())
    if not total:
        return ("no sample is left to split",)
    wanted = [split for split, share in ratios.shares.items() if share]
    return (
        *_near_names(counts, ratios),
        *_few(total, wanted, counts, min_per_split),
        *_overfull(wanted, counts, targets, placing),
        *_unfilled([split for split in wanted if targets[split]], counts, targets, placing, drawn, min_per_split),
    )


def _near_names(counts: Mapping[str, int], ratios: Ratios) -> Iterator[str]:
    for split in counts:
        near = get_close_matches(split, CANONICAL, n=1)
        if near and split not in (*ratios.asked, *CANONICAL):
            yield f"split {split} is known from assignments alone; {near[0]} was perhaps meant"


def _few(total: int, wanted: list[str], counts: Mapping[str, int], min_per_split: int) -> Iterator[str]:
    samples = f"{total} sample" + "s" * (total > 1)
    if total < len(wanted):
        empty = " and ".join(split for split in wanted if not counts[split])
        yield f"{samples} cannot fill {len(wanted)} splits; empty: {empty}"
    elif total < min_per_split * len(wanted):
        yield f"{samples} cannot give each of {len(wanted)} splits {min_per_split}"


def _overfull(
    wanted: list[str], counts: Mapping[str, int], targets: Mapping[str, Fraction], placing: Placing
) -> Iterator[str]:
    held = placing.fixed_counts()
    for split in wanted:
        fixed = held[split].total() if split in held else 0
        if fixed >= targets[split] + 1:
            part = _short(targets[split])
            yield f"{fixed} samples stay in {split} by assignment or earlier versions; its part is {part}"


def _unfilled(
    wanted: list[str],
    counts: Mapping[str, int],
    targets: Mapping[str, Fraction],
    placing: Placing,
    drawn: Mapping[str, str],
    min_per_split: int,
) -> Iterator[str]:
    largest = max(placing.members.values(), key=len)
    for split in wanted:
        aim, count = targets[split], counts[split]
        if count <= aim - 1 and len(largest) > 1 and len(largest) > aim:
            kinds = Counter(key.partition(":")[0] for light in largest for key in set(light.keys)).most_common(1)
            tied = f" tied by {kinds[0][0]}" if kinds else ""
            name, where = placing.groups[largest[0].id], placing.split_of(largest[0], drawn)
            yield (
                f"split {split} cannot be filled without breaking group {name} "
                f"({len(largest)} samples{tied} in {where}): it has {count} instead of {_short(aim)}"
            )
        elif count < min_per_split and count < aim:
            yield f"split {split} has {count} samples, fewer than the {min_per_split} it was to have at least"


def _short(number: Fraction) -> str:
    return f"{float(number):.1f}".removesuffix(".0")
