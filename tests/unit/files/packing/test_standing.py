"""Files of a dataset that stands become sources that are copied byte for byte, or refused."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from turnover.core.entry import BytesSource, Entry
from turnover.errors import ProbeError, WriteError
from turnover.files.ingest import read_once
from turnover.files.packing.pack import pack
from turnover.files.packing.standing import StandingFolder, StandingZip

DATE = datetime(2026, 1, 2, tzinfo=UTC)
SMALL, LARGE = b"a caption", bytes(range(256)) * 2000
FILES = {"manifest.json": b"{}", "a.txt": SMALL, "b.mp4": LARGE}
DIGESTS = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}


def _packed(target: Path) -> Path:
    entries = [Entry(name, BytesSource(content)) for name, content in FILES.items()]
    pack(entries, target, kind="zip" if target.suffix else "folder", date=DATE)
    return target


@pytest.mark.parametrize("name", ["old", "old.zip"])
def test_copied(tmp_path: Path, name: str) -> None:
    """What is taken from a folder or a ZIP is packed into the other as it was."""
    path = _packed(tmp_path / name)
    standing = StandingZip(path) if path.is_file() else StandingFolder(path, read_once)
    entries = [Entry(one, standing.source(one, digest)) for one, digest in DIGESTS.items()]
    pack(entries, tmp_path / "new", kind="folder", date=DATE)
    pack(entries, tmp_path / "new.zip", kind="zip", date=DATE)
    assert {one: (tmp_path / "new" / one).read_bytes() for one in FILES} == FILES
    again = StandingZip(tmp_path / "new.zip")
    assert {one: again.read(one) for one in FILES} == FILES
    assert standing.read("a.txt", 100) == SMALL
    standing.close()


@pytest.mark.parametrize("name", ["old", "old.zip"])
def test_too_large_to_read(tmp_path: Path, name: str) -> None:
    """A file that would fill the memory is not read."""
    path = _packed(tmp_path / name)
    standing = StandingZip(path) if path.is_file() else StandingFolder(path, read_once)
    with pytest.raises(OSError, match="larger than 100 bytes"):
        standing.read("b.mp4", 100)


def test_changed_since(tmp_path: Path) -> None:
    """A file of a folder with other bytes than listed is no source; an archive that changes is not copied from."""
    folder, archive = _packed(tmp_path / "old"), _packed(tmp_path / "old.zip")
    source = StandingZip(archive).source("b.mp4", DIGESTS["b.mp4"])
    content = bytearray(archive.read_bytes())
    content[source.offset + 5] ^= 1
    archive.write_bytes(content)
    with pytest.raises(WriteError, match="changed since it was looked at"):
        pack([Entry("b.mp4", source)], tmp_path / "new", kind="folder", date=DATE)
    (folder / "a.txt").write_bytes(b"a captioN")
    with pytest.raises(ProbeError, match="other bytes than its dataset lists"):
        StandingFolder(folder, read_once).source("a.txt", DIGESTS["a.txt"])
    assert StandingFolder(folder, None).source("a.txt", DIGESTS["a.txt"]).stamp is None
