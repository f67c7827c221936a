"""Files read once."""

from __future__ import annotations

import hashlib
import os
import zlib
from pathlib import Path

import pytest

from turnover.errors import ProbeError
from turnover.files.ingest import read_once, stamp_of


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])
def test_file_of_any_size(tmp_path: Path, size: int) -> None:
    """Size, SHA-256 and CRC-32 are those of its bytes, the stamp is what the system says."""
    content = os.urandom(size)
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    found = read_once(path)
    assert (path, size, 0) == (found.path, found.size_bytes, found.offset)
    assert (hashlib.sha256(content).hexdigest(), zlib.crc32(content)) == (found.digest, found.crc32)
    assert stamp_of(path.stat()) == found.stamp


@pytest.mark.parametrize(
    ("name", "code"),
    [("none.mp4", "not_found"), ("folder", "unreadable"), ("pipe", "unreadable"), ("a\0b", "unreadable")],
)
def test_what_is_no_file(tmp_path: Path, name: str, code: str) -> None:
    """A folder, a pipe, which nobody may wait for, and a name that cannot be are told as errors that name them."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ProbeError) as caught:
        read_once(tmp_path / name)
    assert code == caught.value.code
    assert name in caught.value.message
