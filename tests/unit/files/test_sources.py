"""A file is read for its digest once, and again only where it changed."""

from __future__ import annotations

import hashlib
import os
import zlib
from pathlib import Path

import pytest

from turnover.errors import ProbeError
from turnover.files.sources import SourceCache


def test_source_of_a_file(tmp_path: Path) -> None:
    """Digest, CRC and size are those of the bytes, the first time and later."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"film" * 1000)
    cache = SourceCache(tmp_path / "data")
    for _ in range(2):
        source = cache.source(path)
        assert source.digest == hashlib.sha256(b"film" * 1000).hexdigest()
        assert (source.crc32, source.size_bytes, source.path) == (zlib.crc32(b"film" * 1000), 4000, path)


def test_entry_is_used(tmp_path: Path) -> None:
    """The second time the entry is believed, and the file is not read."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"film")
    cache = SourceCache(tmp_path / "data")
    cache.source(path)
    (entry,) = (path for path in (tmp_path / "data").rglob("*") if path.is_file())
    entry.write_text(entry.read_text().replace(hashlib.sha256(b"film").hexdigest(), "0" * 64))
    assert cache.source(path).digest == "0" * 64


def test_file_that_changed(tmp_path: Path) -> None:
    """A file with other bytes of the same length and time is read again: the system's own time of change tells it."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"film")
    before = path.stat()
    cache = SourceCache(tmp_path / "data")
    cache.source(path)
    path.write_bytes(b"mlif")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert cache.source(path).digest == hashlib.sha256(b"mlif").hexdigest()


@pytest.mark.parametrize("content", ["", "nonsense", "1 2 3"])
def test_damaged_entry(tmp_path: Path, content: str) -> None:
    """An entry that says nothing costs one more reading."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"film")
    cache = SourceCache(tmp_path / "data")
    cache.source(path)
    (entry,) = (path for path in (tmp_path / "data").rglob("*") if path.is_file())
    entry.write_text(content)
    assert cache.source(path).digest == hashlib.sha256(b"film").hexdigest()


def test_no_place_for_entries(tmp_path: Path) -> None:
    """A data folder that cannot be written costs nothing but time."""
    (tmp_path / "data").write_text("a file")
    path = tmp_path / "a.bin"
    path.write_bytes(b"film")
    assert SourceCache(tmp_path / "data").source(path).size_bytes == 4


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there is an error with its name."""
    with pytest.raises(ProbeError, match=r"gone\.bin"):
        SourceCache(tmp_path / "data").source(tmp_path / "gone.bin")
