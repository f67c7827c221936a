"""Two versions of a dataset, sample by sample."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from turnover.core.clip import JsonValue
from turnover.datasets.names import SAMPLES
from turnover.errors import UsageError
from turnover.work.previous import opened

_LONGEST_LINE = 64 << 20


@dataclass(frozen=True, slots=True)
class Differences:
    """Ids of the samples that differ, each list sorted."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    media_changed: tuple[str, ...]
    metadata_changed: tuple[str, ...]
    split_changed: tuple[str, ...]
    """Samples that moved between splits: none, where a version goes on from the other."""
    same: int

    @property
    def is_none(self) -> bool:
        return not (self.added or self.removed or self.media_changed or self.metadata_changed or self.split_changed)


@dataclass(frozen=True, slots=True)
class _Row:
    """A few bytes of each sample are enough."""

    split: str
    media: str
    metadata: bytes


def differences(before: Path, after: Path) -> Differences:
    """What the later version has otherwise; raises UsageError where one is no dataset."""
    old, new = _rows(before), _rows(after)
    both = sorted(old.keys() & new.keys())
    return Differences(
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        media_changed=tuple(name for name in both if old[name].media != new[name].media),
        metadata_changed=tuple(name for name in both if old[name].metadata != new[name].metadata),
        split_changed=tuple(name for name in both if old[name].split != new[name].split),
        same=sum(old[name] == new[name] for name in both),
    )


def differences_report(found: Differences) -> dict[str, JsonValue]:
    """The same as JSON."""
    lists = ("added", "removed", "media_changed", "metadata_changed", "split_changed")
    return {**{name: list(getattr(found, name)) for name in lists}, "same": found.same}


def _rows(path: Path) -> Mapping[str, _Row]:
    found: dict[str, _Row] = {}
    try:
        with opened(path, SAMPLES) as source:
            for number, line in enumerate(iter(lambda: source.readline(_LONGEST_LINE), b""), 1):
                row = json.loads(line)
                if not isinstance(row, dict) or not isinstance(row.get("sample_id"), str):
                    raise ValueError(f"line {number} is no sample")
                found[row["sample_id"]] = _row(row)
    except (OSError, KeyError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: its {SAMPLES} cannot be read: {error}", hint="name a whole dataset") from error
    return found


def _row(row: Mapping[str, JsonValue]) -> _Row:
    """Where a sample lies is no part of it: it moves with its split, or into a folder of a larger version."""
    about = {
        name: value
        for name, value in row.items()
        if name not in ("split", "path", "file_name", "group_id", "face_crops")
    }
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).digest()[:16]
    return _Row(str(row.get("split")), str(row.get("sha256")), digest)
