"""The version of a dataset that a new one goes on from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from turnover.core.clip import JsonValue
from turnover.datasets.dataset import LedgerLine
from turnover.datasets.ledger import NAME as LEDGER
from turnover.datasets.ledger import read_ledger
from turnover.datasets.names import MANIFEST
from turnover.errors import UsageError, ValuesError

_CHUNK = 1 << 20
_MOST_MANIFEST = 1 << 30


@dataclass(frozen=True, slots=True)
class Previous:
    """What a new version needs of the one before it."""

    name: str
    version: str
    digest: str | None
    ledger: Mapping[str, LedgerLine]

    @property
    def next_version(self) -> str:
        """MINOR goes up: samples are added."""
        parts = self.version.split(".")
        if len(parts) != 3 or not all(part.isdigit() for part in parts):
            return "1.1.0"
        return f"{parts[0]}.{int(parts[1]) + 1}.0"


def previous_version(path: Path) -> Previous:
    """The version at a path: a folder or a ZIP. Raises UsageError where there is none."""
    metadata = dataset_metadata(path)
    try:
        with opened(path, LEDGER) as source:
            ledger = read_ledger(iter(lambda: source.read(_CHUNK), b""))
    except (OSError, KeyError, ValuesError) as error:
        raise UsageError(f"{path}: its {LEDGER} cannot be read: {error}", hint="name a whole dataset") from error
    name, version, digest = (metadata.get(key) for key in ("name", "dataset_version", "digest"))
    return Previous(str(name or "dataset"), str(version or "1.0.0"), str(digest) if digest else None, ledger)


@contextmanager
def opened(path: Path, name: str) -> Iterator[IO[bytes]]:
    """One file of a dataset that is a folder or a ZIP; OSError or KeyError where it is not there."""
    if path.is_dir():
        with (path / name).open("rb") as source:
            yield source
        return
    try:
        with ZipFile(path) as archive, archive.open(name) as source:
            yield source
    except BadZipFile as error:
        raise OSError(f"no whole ZIP: {error}") from error


def dataset_metadata(path: Path) -> Mapping[str, JsonValue]:
    """What a manifest says of the whole. Raises UsageError where there is none."""
    try:
        with opened(path, MANIFEST) as source:
            manifest = json.loads(source.read(_MOST_MANIFEST))
    except (OSError, KeyError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: no dataset with a {MANIFEST}: {error}", hint="check the path") from error
    metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
    if not isinstance(metadata, dict):
        raise UsageError(f"{path}: its {MANIFEST} has no metadata", hint="it was not written by turnover")
    return metadata
