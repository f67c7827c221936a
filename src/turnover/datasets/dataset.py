"""A planned dataset: every decision made, nothing written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from turnover.core.clip import JsonValue
from turnover.datasets.sample import Sample


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """Who is in which split, since when and why: the lasting record that later versions keep to."""

    sample_id: str
    group_id: str
    split: str
    since: str
    """The dataset version that first had it."""
    reason: str
    """`assigned`, `pinned by …`, `with its group`, `ratio`."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything a layout needs; samples are read anew on each call, so nothing of them is held."""

    name: str
    """A slug: letters, digits, `-`, `_`, `.`."""
    version: str
    """MAJOR.MINOR.PATCH."""
    date: datetime
    """From SOURCE_DATE_EPOCH or the newest source, never from the clock; UTC."""
    counts: Mapping[str, int]
    """Split → samples, in order; empty splits are here with 0, and left out on disk."""
    samples: Callable[[str], Iterator[Sample]]
    """The samples of a split, by id."""
    ledger: Callable[[], Iterator[LedgerLine]]
    """Every line, by sample id; of earlier versions too."""
    digest: str = ""
    """`sha256:…` over canonical JSON of every sample's row and media digest."""
    parent: str | None = None
    """The digest of the version before it."""
    licence: str | None = None
    description: str | None = None
    recipe: Mapping[str, JsonValue] = field(default_factory=dict)
    """What the person asked, as it stands in the manifest."""
    policy: Mapping[str, JsonValue] = field(default_factory=dict)
    """How splits were made: algorithm, salt, ratios, leakage keys, achieved, quarantined, deviations."""
    excluded: Mapping[str, int] = field(default_factory=dict)
    """Reason → how many were left out."""
    trigger: str | None = None
    is_frames: bool = False
    """Whether samples are single frames, not videos."""
    called: str | None = None
    """What its folder or archive is called, without suffix; None for the name with the version."""

    @property
    def splits(self) -> tuple[str, ...]:
        """Those that have samples, in order."""
        return tuple(split for split, count in self.counts.items() if count)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def folder_name(self) -> str:
        """What its folder is called; the name with the version, unless a person chose another."""
        return self.called or f"{self.name}-{self.version}"
