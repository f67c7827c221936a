"""One file of a dataset or delivery before it is written: its name there, and where its bytes come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells cheaply that a file is still the one that was read before."""

    size_bytes: int
    modified_ns: int
    changed_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class FileSource:
    """Bytes of a file on disk, known before from reading them once; a part of a pack file where `offset` says so."""

    path: Path
    size_bytes: int
    digest: str
    """SHA-256, lower-case hex."""
    crc32: int
    stamp: Stamp | None = None
    """Of the whole file; None for a part of a pack file, whose bytes only the CRC vouches for."""
    offset: int = 0
    name: str | None = None
    """What it is called inside a table, as `path` of its struct; None leaves it to the writer."""


@dataclass(frozen=True, slots=True)
class BytesSource:
    """Bytes at hand."""

    content: bytes


@dataclass(frozen=True, slots=True)
class ChunksSource:
    """Bytes made piece by piece; each call starts anew and gives the same."""

    chunks: Callable[[], Iterator[bytes]]


ColumnType: TypeAlias = Literal["text", "texts", "number", "whole", "big_whole", "flag", "loras", "bytes", "pictures"]
"""text, list of text, float64, int32, int64, bool, list<struct<name, weight, weight_clip, sha256>>,
struct<bytes, path> of one file, list<struct<bytes, path>>."""

Cell: TypeAlias = (
    "str | float | int | bool | None | tuple[str, ...] | tuple[Mapping[str, object], ...]"
    " | FileSource | tuple[FileSource, ...]"
)


@dataclass(frozen=True, slots=True)
class TableSource:
    """A Parquet file of plain Arrow types, made row group by row group."""

    columns: Mapping[str, ColumnType]
    """In order; every row has a value for each, None for unknown."""
    rows: Callable[[], Iterable[Mapping[str, Cell]]]
    features: Mapping[str, str] | None = None
    """Column → the Hugging Face feature (`Video`, `Image`, `List(Image)`) that its schema metadata names; None for
    a schema without such metadata, which every version loads."""


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """An archive made of further entries, in their order."""

    kind: Literal["zip", "tar"]
    entries: Callable[[], Iterable[Entry]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file before it is written."""

    name: str
    """Its path from the root, with `/`; safe on every system, unique without regard to case."""
    source: FileSource | BytesSource | ChunksSource | TableSource | ArchiveSource


@dataclass(frozen=True, slots=True)
class Packed:
    """One file after it was written."""

    name: str
    size_bytes: int
    digest: str
    """SHA-256, lower-case hex."""
    crc32: int
