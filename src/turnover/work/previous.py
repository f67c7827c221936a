"""The version of a dataset that a new one goes on from."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from turnover.core.clip import JsonValue
from turnover.datasets.dataset import LedgerLine
from turnover.datasets.ledger import NAME as LEDGER
from turnover.datasets.ledger import read_ledger
from turnover.datasets.names import MANIFEST, SAMPLES
from turnover.errors import UsageError, ValuesError

SAMPLE_LAYOUTS = ("tree", "zip")
"""Those in which each sample has a file of its own with all that is known of it."""

_CHUNK = 1 << 20
_LONGEST_ROW = 64 << 20
_METADATA = b'"metadata": {'
_VERSION = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})\.[0-9]{1,9}", re.ASCII)
_WHOLE = "name a whole dataset; `turnover verify` tells what is wrong with it"


@dataclass(frozen=True, slots=True)
class Previous:
    """What a new version needs of the one before it."""

    path: Path
    name: str
    version: str
    digest: str | None
    ledger: Mapping[str, LedgerLine]
    layout: str | None = None
    """How it is arranged; None where it does not tell."""
    media: str | None = None
    """`videos` or `images`; None where it does not tell."""
    created_at: datetime | None = None
    """The date of its newest source; None where it does not tell."""

    @property
    def has_sample_files(self) -> bool:
        """Whether each sample stands there as a file with all that is known of it, so that it can be taken over."""
        return self.layout in SAMPLE_LAYOUTS

    @property
    def next_version(self) -> str:
        """MINOR goes up: samples are added."""
        match = _VERSION.fullmatch(self.version)
        return f"{match[1]}.{int(match[2]) + 1}.0" if match else "1.1.0"

    def sample_ids(self) -> Iterator[str]:
        """The id of each sample, one line at a time. Raises UsageError."""
        try:
            for line in lines_of(self.path, SAMPLES, longest=_LONGEST_ROW):
                row = json.loads(line)
                name = row.get("sample_id") if isinstance(row, dict) else None
                if not isinstance(name, str):
                    raise ValueError(f"no sample in {line[:60]!r}")
                yield name
        except (OSError, KeyError, ValueError, RecursionError) as error:
            raise UsageError(f"{self.path}: its {SAMPLES} cannot be read: {error}", hint=_WHOLE) from error


def previous_version(path: Path) -> Previous:
    """The version at a path: a folder or a ZIP. Raises UsageError where there is none."""
    metadata = dataset_metadata(path)
    try:
        with opened(path, LEDGER) as source:
            ledger = read_ledger(iter(lambda: source.read(_CHUNK), b""))
    except (OSError, KeyError, ValuesError) as error:
        raise UsageError(f"{path}: its {LEDGER} cannot be read: {error}", hint=_WHOLE) from error
    layout = metadata.get("layout")
    return Previous(
        path=path,
        name=_text(metadata, "name") or "dataset",
        version=_text(metadata, "dataset_version") or "1.0.0",
        digest=_text(metadata, "digest"),
        ledger=ledger,
        layout=_text(layout, "name") if isinstance(layout, dict) else None,
        media=_text(metadata, "media"),
        created_at=_date(_text(metadata, "created_at")),
    )


def _manifest_without_rows(path: Path) -> JsonValue:
    """As we write a manifest, a row is on one line and what is said of the whole stands behind: no row is kept.

    One that is written otherwise is read whole, where it is small.
    """
    with opened(path, MANIFEST) as source:
        while line := source.readline(_LONGEST_ROW):
            if line.rstrip() == _METADATA:
                told: JsonValue = json.loads(b"{" + line + source.read(_LONGEST_ROW))
                return told
    with opened(path, MANIFEST) as source:
        whole: JsonValue = json.loads(source.read(_LONGEST_ROW))
        return whole


def lines_of(path: Path, name: str, *, longest: int) -> Iterator[bytes]:
    """The lines of a file of a dataset, one at a time; OSError or KeyError where it is not there or one is longer."""
    with opened(path, name) as source:
        while line := source.readline(longest + 1):
            if len(line) > longest:
                raise OSError(f"a line of {name} is longer than {longest:,} bytes")
            yield line


def _text(members: Mapping[str, JsonValue], key: str) -> str | None:
    value = members.get(key)
    return value if isinstance(value, str) and value else None


def _date(text: str | None) -> datetime | None:
    try:
        date = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


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
    except (BadZipFile, EOFError, RuntimeError, zlib.error) as error:  # Encrypted, or packed in some other way, too.
        raise OSError(f"no whole ZIP: {error}") from error


def dataset_metadata(path: Path) -> Mapping[str, JsonValue]:
    """What a manifest says of the whole. Raises UsageError where there is none."""
    try:
        manifest = _manifest_without_rows(path)
    except (OSError, KeyError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: no dataset with a {MANIFEST}: {error}", hint="check the path") from error
    metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
    if not isinstance(metadata, dict):
        raise UsageError(f"{path}: its {MANIFEST} has no metadata", hint="it was not written by turnover")
    return metadata
