"""The program knows its own files from everybody else's."""

from __future__ import annotations

import hashlib
from pathlib import Path

from turnover.files.ledger import Ledger


def _written(path: Path, content: bytes, ledger: Ledger) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    ledger.record(path, hashlib.sha256(content).hexdigest())
    return path


def test_own_file(tmp_path: Path) -> None:
    """A recorded file is its own; a changed one, a moved one and one that was never recorded are not."""
    ledger = Ledger(tmp_path / "data")
    own = _written(tmp_path / "own.xml", b"<clip/>", ledger)
    changed = _written(tmp_path / "changed.xml", b"<clip/>", ledger)
    changed.write_bytes(b"<clip>mine now</clip>")
    moved = _written(tmp_path / "before.xml", b"<clip/>", ledger).rename(tmp_path / "moved.xml")
    foreign = tmp_path / "foreign.xml"
    foreign.write_bytes(b"<clip/>")
    known = [path.name for path in (own, changed, moved, foreign, tmp_path / "none.xml") if ledger.is_own(path)]
    assert known == ["own.xml"]


def test_another_ledger_knows_nothing(tmp_path: Path) -> None:
    """What was written under another data folder is not known here."""
    own = _written(tmp_path / "own.xml", b"<clip/>", Ledger(tmp_path / "one"))
    assert not Ledger(tmp_path / "two").is_own(own)


def test_folder_by_another_name(tmp_path: Path) -> None:
    """A file is the same one through a link to its folder."""
    ledger = Ledger(tmp_path / "data")
    _written(tmp_path / "show" / "own.xml", b"<clip/>", ledger)
    (tmp_path / "link").symlink_to(tmp_path / "show")
    assert ledger.is_own(tmp_path / "link" / "own.xml")


def test_link_in_the_place_of_a_file(tmp_path: Path) -> None:
    """A link that a person made to an own file is not an own file: replacing it would lose the link."""
    ledger = Ledger(tmp_path / "data")
    _written(tmp_path / "own.xml", b"<clip/>", ledger)
    (tmp_path / "link.xml").symlink_to(tmp_path / "own.xml")
    (tmp_path / "loop.xml").symlink_to(tmp_path / "loop.xml")
    assert not ledger.is_own(tmp_path / "link.xml")
    assert not ledger.is_own(tmp_path / "loop.xml")


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A data folder that is no folder costs the memory of what was written, no more."""
    (tmp_path / "data").write_bytes(b"a file")
    ledger = Ledger(tmp_path / "data")
    own = _written(tmp_path / "own.xml", b"<clip/>", ledger)
    assert not ledger.is_own(own)


def test_damaged_entry(tmp_path: Path) -> None:
    """An entry that holds no digest makes a file a stranger's. Bytes past ASCII stopped the program once."""
    ledger = Ledger(tmp_path / "data")
    own = _written(tmp_path / "own.xml", b"<clip/>", ledger)
    (entry,) = (path for path in (tmp_path / "data").rglob("*") if path.is_file())
    entry.write_bytes(b"\xff\xfe\x00")
    assert not ledger.is_own(own)
