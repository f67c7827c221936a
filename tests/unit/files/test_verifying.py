"""Datasets compared with their own lists."""

from __future__ import annotations

import os
import shutil
import struct
import threading
import zipfile
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.files.packing.entries import DATE, clip_entries, clips, dataset, manifest
from turnover.core.entry import BytesSource, Entry
from turnover.errors import ProbeError, WriteError
from turnover.files.packing.pack import pack
from turnover.files.verifying import Finding, Verification

Kind = Literal["folder", "zip"]
CLIP = "data/train/videos/v0000000000000003.mp4"
both_kinds = pytest.mark.parametrize("kind", ["folder", "zip"])


def _made(folder: Path, kind: Kind) -> Path:
    return pack(dataset(folder / "in", has_table=False), folder / "demo", kind=kind, date=DATE).path


def _found(path: Path, *, is_quick: bool = False) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in Verification(path, is_quick=is_quick).findings()]


def _sums(root: Path) -> Path:
    return root / "manifest-sha256.txt"


@both_kinds
def test_whole_dataset(tmp_path: Path, kind: Kind) -> None:
    """Nothing is found; every file but the list of sums itself was read."""
    path = _made(tmp_path, kind)
    done: list[int] = []
    look = Verification(path, progress=done.append)
    assert list(look.findings()) == []
    entries = dataset(tmp_path / "in", has_table=False)
    assert len(entries) == look.file_count
    assert sum(map(len, clips(tmp_path / "in").values())) < look.size_bytes == done[-1]


@pytest.mark.parametrize("is_quick", [True, False])
@pytest.mark.parametrize("at", [0, 1000, -1])
def test_one_byte_in_a_zip(tmp_path: Path, at: int, is_quick: bool) -> None:
    """A byte that changed in a member is found, by the digest and by the CRC alone."""
    path = _made(tmp_path, "zip")
    content = path.read_bytes()
    clip = clips(tmp_path / "in")[CLIP]
    place = content.index(clip) + at % len(clip)
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    assert _found(path, is_quick=is_quick) == [("changed", CLIP)]


def test_every_kind_of_finding_in_a_folder(tmp_path: Path) -> None:
    """What is missing, changed, unreadable or added is named once each; only what is added is no failure."""
    root = _made(tmp_path, "folder")
    (root / CLIP).write_bytes(b"x")
    (root / "README.md").unlink()
    (root / "empty.txt").unlink()
    (root / "empty.txt").mkdir()
    (root / "data" / "train" / "cache.npz").write_bytes(b"latents")
    os.mkfifo(root / "samples.pipe")
    found = list(Verification(root).findings())
    assert {
        ("changed", CLIP),
        ("missing", "README.md"),
        ("missing", "empty.txt"),
        ("extra", "data/train/cache.npz"),
        ("extra", "samples.pipe"),
    } == {(one.kind, one.name) for one in found}
    assert len(found) == 5
    assert {"extra"} == {one.kind for one in found if not one.is_failure}


def test_pipe_in_the_place_of_a_file(tmp_path: Path) -> None:
    """Nobody waits for a pipe: it is a file that cannot be read."""
    root = _made(tmp_path, "folder")
    (root / "README.md").unlink()
    os.mkfifo(root / "README.md")
    assert _found(root) == [("unreadable", "README.md")]


@both_kinds
def test_no_sums(tmp_path: Path, kind: Kind) -> None:
    """Without the list of sums nothing can be said, and that is said."""
    if kind == "folder":
        (tmp_path / "demo").mkdir()
    else:
        zipfile.ZipFile(tmp_path / "demo", "w").close()
    assert _found(tmp_path / "demo") == [("missing", "manifest-sha256.txt")]


def test_nothing_there(tmp_path: Path) -> None:
    """A path that leads nowhere is an error, a file that is no ZIP a finding."""
    with pytest.raises(ProbeError) as caught:
        _found(tmp_path / "none")
    assert caught.value.code == "not_found"
    (tmp_path / "text.zip").write_bytes(b"text" * 100)
    assert _found(tmp_path / "text.zip") == [("unreadable", "text.zip")]


def test_hostile_sums(tmp_path: Path) -> None:
    """Lines that lead out of the folder are not followed; lines that are none are told; so is a second opinion."""
    root = _made(tmp_path, "folder")
    (tmp_path / "secret").write_bytes(b"secret")
    good = _sums(root).read_bytes().splitlines(keepends=True)
    bad = [
        b"0" * 64 + b"  ../secret\n",
        b"0" * 64 + b"  /etc/passwd\n",
        b"not a line\n",
        b"\xff\xfe\n",
        b"x" * 1_000_000 + b"\n",
        b"0" * 64 + b"  README.md\n",
    ]
    _sums(root).write_bytes(b"".join([*good, *bad]))
    found = _found(root)
    assert found == [
        ("unsafe", "../secret"),
        ("unsafe", "/etc/passwd"),
        ("unreadable", "manifest-sha256.txt"),
        ("unreadable", "manifest-sha256.txt"),
        ("unreadable", "manifest-sha256.txt"),
        ("changed", "README.md"),
    ]


def _with(path: Path, entries: list[Entry]) -> Path:
    return pack(entries, path, kind="folder", date=DATE).path


def test_manifest_that_disagrees(tmp_path: Path) -> None:
    """A row with another digest than the list, one that no file is listed for, and a wrong total are named."""
    contents = clips(tmp_path / "in")
    wrong = {**contents, CLIP: b"other"} | {"data/train/videos/none.mp4": b""}
    listed = manifest(wrong).replace(b'"total_samples": 8', b'"total_samples": 9')
    root = _with(tmp_path / "demo", [Entry("manifest.json", BytesSource(listed)), *clip_entries(tmp_path / "in")])
    assert _found(root) == [("changed", CLIP), ("missing", "data/train/videos/none.mp4"), ("changed", "manifest.json")]


def test_manifest_of_members_in_shards(tmp_path: Path) -> None:
    """A row may name a member of an archive that is listed."""
    listed = manifest({"train-000000.tar/v0.mp4": b"inside"})
    entries = [Entry("manifest.json", BytesSource(listed)), Entry("train-000000.tar", BytesSource(b"tar"))]
    assert _found(_with(tmp_path / "demo", entries)) == []


@pytest.mark.parametrize("content", [b"", b"[]", b'{"splits": {"train": [{"path": 1}]}}', b"[" * 200_000])
def test_manifest_that_is_none(tmp_path: Path, content: bytes) -> None:
    """What was packed as a manifest and is none is told."""
    root = _with(tmp_path / "demo", [Entry("manifest.json", BytesSource(content))])
    assert _found(root) == [("unreadable", "manifest.json")]


def test_hostile_zip(tmp_path: Path) -> None:
    """Members that lead out, and bombs, are named and neither extracted nor unpacked."""
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("../escape", "/etc/cron.d/x", "nul.txt", "sub/"):
            archive.writestr(name, b"")
        archive.writestr("bomb.bin", bytes(50_000_000), zipfile.ZIP_DEFLATED)
        archive.writestr("manifest-sha256.txt", b"")
    names = ["../escape", "/etc/cron.d/x", "nul.txt", "bomb.bin"]
    assert [("unsafe", name) for name in names] == _found(path)
    assert [one.name for one in tmp_path.iterdir()] == ["evil.zip"]


def test_members_that_overlap(tmp_path: Path) -> None:
    """A bomb whose members lie over each other (David Fifield, 2019) is named, and its bytes are read once."""
    path = tmp_path / "overlap.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a", "b"):
            archive.writestr(name, bytes(1000))
        archive.writestr("manifest-sha256.txt", b"")
    content = bytearray(path.read_bytes())
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    content[second + 42 : second + 46] = struct.pack("<I", 0)  # b where a lies
    content[second + 46 : second + 47] = b"c"
    path.write_bytes(bytes(content))
    assert ("unsafe", "c") in _found(path)


def test_member_twice(tmp_path: Path) -> None:
    """Two members of one name are named: programs differ in which they take."""
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", b"2")
        archive.writestr("manifest-sha256.txt", b"")
    assert _found(path) == [("extra", "a.txt"), ("unsafe", "a.txt")]


@pytest.mark.parametrize("kind", ["local", "directory"])
def test_two_stories_of_one_member(tmp_path: Path, kind: str) -> None:
    """Where header and directory tell different sizes or sums, the member is not read."""
    path = _made(tmp_path, "zip")
    content = bytearray(path.read_bytes())
    at = content.index(b"README.md") - 30 if kind == "local" else content.rindex(b"README.md") - 46
    crc_at = at + (14 if kind == "local" else 16)
    content[crc_at] ^= 0xFF
    path.write_bytes(bytes(content))
    assert _found(path) == [("unsafe", "README.md")]


def test_stop(tmp_path: Path) -> None:
    """Told to stop, it stops."""
    stop = threading.Event()
    stop.set()
    with pytest.raises(WriteError) as caught:
        list(Verification(_made(tmp_path, "folder"), stop=stop).findings())
    assert caught.value.code == "cancelled"


def test_left_early(tmp_path: Path) -> None:
    """Who has seen enough may leave after the first finding."""
    root = _made(tmp_path, "folder")
    shutil.rmtree(root / "data")
    first = next(iter(Verification(root).findings()))
    assert isinstance(first, Finding)


@given(data=st.data())
def test_any_damage(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever bytes of a ZIP change, the change is found, or lay between what counts; and nothing else is raised."""
    base = tmp_path_factory.getbasetemp() / "any.zip"
    if not base.exists():
        entries = [
            Entry("manifest.json", BytesSource(manifest({"a.mp4": b"abc"}))),
            Entry("a.mp4", BytesSource(b"abc")),
        ]
        pack(entries, base, kind="zip", date=DATE)
    content = bytearray(base.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path = base.with_name("damaged.zip")
    path.write_bytes(bytes(content))
    found = _found(path)
    with zipfile.ZipFile(base) as archive:
        spans = [(i.header_offset + 30 + len(i.filename), i.file_size) for i in archive.infolist()]
    if any(start <= at < start + size for start, size in spans):
        assert found
