"""Packs until it is killed: a program of its own for `test_killed_while_packing.py`.

    python -m tests.crash.packer FOLDER KIND LINK VERSION

It packs a dataset from FOLDER/in to FOLDER/out/demo over whatever stands there, and ends. Each version has its own
captions; the clips are the same.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from turnover.core.entry import ArchiveSource, BytesSource, ChunksSource, Entry
from turnover.files.ingest import read_once
from turnover.files.packing.folder import Link
from turnover.files.packing.pack import pack

DATE = datetime(2026, 11, 22, tzinfo=UTC)


def entries(folder: Path, version: str) -> Iterator[Entry]:
    """The dataset of one version."""
    clips = [(path.name, read_once(path)) for path in sorted((folder / "in").iterdir())]
    yield Entry("manifest.json", ChunksSource(lambda: iter([b'{"version": "1.0", "splits": {}}'])))
    yield Entry("README.md", BytesSource(version.encode()))
    for name, clip in clips:
        yield Entry(f"data/train/videos/{name}", clip)
        yield Entry(f"data/train/videos/{name}.txt", BytesSource(f"{name} of {version}".encode()))
    yield Entry("shard.tar", ArchiveSource("tar", lambda: [Entry(name, clip) for name, clip in clips]))
    yield Entry(f"only in {version}.txt", BytesSource(b""))


def main(folder: str, kind: str, link: str, version: str) -> None:
    """Say that it begins, and pack."""
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    pack(
        entries(Path(folder), version),
        Path(folder, "out", "demo"),
        kind=cast(Literal["folder", "zip"], kind),
        link=cast(Link, link),
        date=DATE,
        overwrites=True,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
