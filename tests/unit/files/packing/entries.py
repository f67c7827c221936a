"""Entries of every kind, and what must come out of them."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from turnover.core.entry import ArchiveSource, BytesSource, ChunksSource, Entry, FileSource, TableSource
from turnover.files.descriptors import open_to_write
from turnover.files.ingest import read_once
from turnover.files.packing.making import Terms
from turnover.files.packing.out import Out
from turnover.files.packing.watching import Watch

DATE = datetime(2026, 11, 22, 10, 0, 1, tzinfo=UTC)
SIZES = (0, 1, 1000, (256 << 10) - 1, 256 << 10, (1 << 20) + 1, 5_000_000)
"""Around the bounds of the writers: gathered, copied apart, copied by threads."""


def noise(size: int, seed: int = 0) -> bytes:
    """Bytes that look like a clip's: the same for one size and seed."""
    return hashlib.shake_128(f"{size} {seed}".encode()).digest(size)


def source(path: Path, content: bytes) -> FileSource:
    """A file with these bytes, as it is known from reading it once."""
    path.write_bytes(content)
    return read_once(path)


def part(path: Path, offset: int, content: bytes) -> FileSource:
    """A part of a pack file, which has no stamp."""
    digest = hashlib.sha256(content).hexdigest()
    return FileSource(path, len(content), digest, zlib.crc32(content), offset=offset)


def clips(folder: Path) -> dict[str, bytes]:
    """Name → bytes of a clip of every size."""
    folder.mkdir(exist_ok=True)
    return {f"data/train/videos/v{number:016x}.mp4": noise(size, number) for number, size in enumerate(SIZES)}


def clip_entries(folder: Path) -> list[Entry]:
    """These clips as files of a folder."""
    contents = clips(folder)
    return [Entry(name, source(folder / name.rpartition("/")[2], content)) for name, content in contents.items()]


def manifest(contents: Mapping[str, bytes]) -> bytes:
    """A manifest with a row for each clip."""
    rows = [{"path": name, "sha256": hashlib.sha256(content).hexdigest()} for name, content in contents.items()]
    value = {"version": "1.0", "total_samples": len(rows), "splits": {"train": rows, "test": []}, "metadata": {}}
    return json.dumps(value, indent=1).encode()


def dataset(folder: Path, *, has_table: bool = True) -> list[Entry]:
    """A small dataset with a source of every kind; without the table for programs that must start quickly."""
    contents, files = clips(folder), clip_entries(folder)
    long = b"one line of many\n" * 100_000

    def pieces() -> Iterator[bytes]:
        yield from (long[start : start + 70_000] for start in range(0, len(long), 70_000))

    table = Entry("data/train/metadata.parquet", TableSource({"caption": "text"}, lambda: [{"caption": "a fox"}]))
    return [
        Entry("manifest.json", ChunksSource(lambda: iter([manifest(contents)]))),
        Entry("README.md", BytesSource(b"# clips\n")),
        Entry("samples.jsonl", ChunksSource(pieces)),
        *([table] if has_table else []),
        *files,
        Entry("empty.txt", ChunksSource(lambda: iter(()))),
        Entry("shard-000000.tar", ArchiveSource("tar", lambda: files[:3])),
        Entry("shard.zip", ArchiveSource("zip", lambda: files[3:6])),
    ]


def terms(folder: Path, *, threads: int = 1) -> Terms:
    return Terms(DATE, folder, Watch(), threads)


def out(path: Path, *, threads: int = 1) -> Out:
    """The growing end of a new file; its descriptor stays open until the process ends its test."""
    return Out(open_to_write(path), watch=Watch(), threads=threads)
