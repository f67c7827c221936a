"""Paired measurement: whoever is compared runs directly after ours, and the ratio of the two counts."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to do the job; calling it does it once."""

    name: str
    run: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Absent:
    """A peer that cannot take part here, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; None where it was not measured."""

    name: str
    value: float | None
    ratio: float | None = None
    """Of ours: 2 is twice as much as ours takes."""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What one benchmark found."""

    title: str
    unit: str
    rows: tuple[Row, ...]
    beside: str = "÷ ours"
    """What the ratio is of."""

    def markdown(self) -> str:
        lines = [f"### {self.title}", "", f"| | {self.unit} | {self.beside} |", "|---|---:|---:|"]
        for row in self.rows:
            value = row.words if row.value is None else f"{row.value:.4g}"
            lines.append(f"| {row.name} | {value} | {'' if row.ratio is None else f'{row.ratio:.2f}'} |")
        return "\n".join(lines) + "\n"


def seconds(run: Callable[[], object]) -> float:
    """How long one call takes; garbage of the call before is not on its bill."""
    gc.collect()
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def compared(
    ours: Contender, peers: Sequence[Contender | Absent], *, rounds: int, scale: float = 1.0
) -> tuple[Row, ...]:
    """Ours and each peer, after one warm-up each: medians times `scale`, and the median of the paired ratios."""
    present = [peer for peer in peers if isinstance(peer, Contender)]
    for contender in (ours, *present):
        contender.run()
    own: list[float] = []
    taken: dict[str, list[float]] = {peer.name: [] for peer in present}
    ratios: dict[str, list[float]] = {peer.name: [] for peer in present}
    for _ in range(rounds):
        if not present:
            own.append(seconds(ours.run))
        for peer in present:
            base = seconds(ours.run)
            spent = seconds(peer.run)
            own.append(base)
            taken[peer.name].append(spent)
            ratios[peer.name].append(spent / base)
    rows = [Row(ours.name, median(own) * scale, 1.0)]
    for one in peers:
        if isinstance(one, Absent):
            rows.append(Row(one.name, None, words=f"left out: {one.reason}"))
        else:
            rows.append(Row(one.name, median(taken[one.name]) * scale, median(ratios[one.name])))
    return tuple(rows)
