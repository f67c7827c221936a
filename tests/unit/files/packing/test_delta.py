"""A delta has what is new or other; over the version before it is the whole."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnover.core.entry import BytesSource, ChunksSource, Entry, FileSource
from turnover.errors import WriteError
from turnover.files.packing.delta import REMOVED, Before, pack_delta
from turnover.files.packing.pack import pack

DATE = datetime(2026, 1, 2, tzinfo=UTC)
Kind = Literal["folder", "zip"]


def _entries(files: Mapping[str, bytes]) -> list[Entry]:
    """Contents of both kinds: at hand, and made piece by piece."""

    def pieces(content: bytes) -> ChunksSource:
        return ChunksSource(lambda: iter([content]))

    return [
        Entry(name, BytesSource(content) if len(content) % 2 else pieces(content)) for name, content in files.items()
    ]


def _before(folder: Path) -> Before:
    return Before(lambda: iter((folder / "manifest-sha256.txt").read_bytes().splitlines(keepends=True)))


def _read(path: Path) -> dict[str, bytes]:
    if path.is_file():
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    return {one.relative_to(path).as_posix(): one.read_bytes() for one in path.rglob("*") if one.is_file()}


FILES = st.dictionaries(st.sampled_from([f"data/v{n}.txt" for n in range(6)]), st.binary(max_size=4), max_size=6)


@settings(max_examples=25)
@given(FILES, FILES, st.sampled_from(["folder", "zip"]))
def test_any_two_versions(
    tmp_path_factory: pytest.TempPathFactory, old: dict[str, bytes], new: dict[str, bytes], kind: Kind
) -> None:
    """The version before with the delta over it, without what it names as removed, is the later version."""
    folder = tmp_path_factory.mktemp("delta")
    old, new = {"manifest.json": b"old", **old}, {"manifest.json": b"new", **new}
    pack(_entries(old), folder / "old", kind="folder", date=DATE)
    pack(_entries(new), folder / "new", kind="folder", date=DATE)
    told: list[str] = []
    target = folder / ("delta.zip" if kind == "zip" else "delta")
    result = pack_delta(
        _entries(new),
        target,
        kind=kind,
        date=DATE,
        before=_before(folder / "old"),
        told=lambda one: told.append(one.name),
    )
    delta = _read(target)
    applied = {**_read(folder / "old"), **delta}
    for name in applied.pop(REMOVED, b"").decode().splitlines():
        applied.pop(name, None)
    assert applied == _read(folder / "new")
    assert set(delta) - {REMOVED, "manifest-sha256.txt", "manifest.json"} == {
        name for name in new if old.get(name) != new[name] and name != "manifest.json"
    }
    assert (told, result.file_count) == (list(new), len(delta) - 1)
    assert result.digest == hashlib.sha256(delta["manifest-sha256.txt"]).hexdigest()


def test_what_stays_is_not_read(tmp_path: Path) -> None:
    """A file that both versions have is known by its digest alone: it need not even be there."""
    content = b"a clip"
    pack(_entries({"manifest.json": b"1", "a.mp4": content}), tmp_path / "old", kind="folder", date=DATE)
    gone = FileSource(tmp_path / "gone.mp4", len(content), hashlib.sha256(content).hexdigest(), 0)
    entries = [Entry("manifest.json", BytesSource(b"2")), Entry("a.mp4", gone)]
    pack_delta(entries, tmp_path / "delta", kind="folder", date=DATE, before=_before(tmp_path / "old"))
    assert "a.mp4" not in _read(tmp_path / "delta")


def test_unsafe_names_before(tmp_path: Path) -> None:
    """A list that names files elsewhere makes nobody remove them."""
    digest = "0" * 64
    lines = [f"{digest}  {name}\n".encode() for name in ("../../x", "/etc/passwd", "data/old.mp4")] + [b"nonsense\n"]
    entries = _entries({"manifest.json": b"2"})
    pack_delta(entries, tmp_path / "delta", kind="folder", date=DATE, before=Before(lambda: iter(lines)))
    assert (tmp_path / "delta" / REMOVED).read_text().splitlines() == ["data/old.mp4", REMOVED]


def test_failure_on_the_way(tmp_path: Path) -> None:
    """A file that is missing leaves nothing at the target, nor beside it."""
    gone = Entry("a.mp4", FileSource(tmp_path / "gone.mp4", 3, "0" * 64, 0))
    (tmp_path / "out").mkdir()
    kinds: tuple[Kind, ...] = ("folder", "zip")
    for kind in kinds:
        with pytest.raises(WriteError, match="no longer there"):
            pack_delta([gone], tmp_path / "out" / "d", kind=kind, date=DATE, before=Before(lambda: iter(())))
    assert list((tmp_path / "out").iterdir()) == []
