"""Tar archives: other programs open them, and the same entries give the same bytes."""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Tool
from tests.unit.files.packing.entries import DATE, clip_entries, clips, dataset, out, terms
from turnover.core.entry import ArchiveSource, BytesSource, Entry
from turnover.files.descriptors import open_to_write
from turnover.files.packing.making import made, write_archive
from turnover.files.packing.tar import TarWriter

LONG = "a" * 90 + "/" + "b" * 90 + ".mp4"
LONGER = "a" * 200 + "/" + "b" * 200 + ".mp4"
FOREIGN = "videos/狐é.mp4"


def _tar(path: Path, entries: list[Entry], *, threads: int = 1) -> Path:
    path.unlink(missing_ok=True)
    descriptor = open_to_write(path)
    try:
        write_archive(ArchiveSource("tar", lambda: entries), descriptor, terms(path.parent, threads=threads))
    finally:
        os.close(descriptor)
    return path


def _read(path: Path) -> dict[str, bytes]:
    found = {}
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member)
            assert file is not None
            found[member.name] = file.read()
    return found


def test_every_size(tmp_path: Path) -> None:
    """Every byte of every member is there, in the order of the entries."""
    archive = _tar(tmp_path / "clips.tar", clip_entries(tmp_path / "in"))
    assert list(clips(tmp_path / "in").items()) == list(_read(archive).items())


def test_built_again(tmp_path: Path) -> None:
    """Other files with the same bytes, by more threads, give the same archive."""
    one = _tar(tmp_path / "one.tar", dataset(tmp_path / "in"))
    again = _tar(tmp_path / "again.tar", dataset(tmp_path / "other"), threads=3)
    assert one.read_bytes() == again.read_bytes()


def test_members_belong_to_nobody(tmp_path: Path) -> None:
    """Regular files with mode 644 and the given date; owner and group are 0, and have no name."""
    archive = _tar(tmp_path / "clips.tar", clip_entries(tmp_path / "in"))
    with tarfile.open(archive) as opened:
        seen = {(m.mode, m.uid, m.gid, m.uname, m.gname, m.mtime, m.type) for m in opened}
    assert {(0o644, 0, 0, "", "", int(DATE.timestamp()), tarfile.REGTYPE)} == seen


def test_same_header_as_the_library(tmp_path: Path) -> None:
    """A plain member has the header that Python's tarfile would write, byte for byte."""
    archive = _tar(tmp_path / "a.tar", [Entry("data/v0.mp4", BytesSource(b"abc"))])
    expected = tarfile.TarInfo("data/v0.mp4")
    expected.size, expected.mtime = 3, int(DATE.timestamp())
    assert expected.tobuf(tarfile.USTAR_FORMAT) == archive.read_bytes()[:512]


def test_programs_open_it(tmp_path: Path, tool: Tool) -> None:
    """GNU tar and bsdtar extract the same bytes, also under long and foreign names."""
    entries = [*dataset(tmp_path / "in"), *(Entry(n, BytesSource(n.encode())) for n in (LONG, LONGER, FOREIGN))]
    archive = _tar(tmp_path / "all.tar", entries)
    expected = _read(archive)
    assert {LONG, LONGER, FOREIGN} < set(expected)
    for name in ("tar", "bsdtar"):
        folder = tmp_path / name
        folder.mkdir()
        subprocess.run([tool(name), "-xf", archive], cwd=folder, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert expected == files, name


def test_pax_only_where_it_must_be(tmp_path: Path) -> None:
    """A path that the header can part at a `/` needs no extended record; others have one."""
    plain = _tar(tmp_path / "plain.tar", [Entry("data/v0.mp4", BytesSource(b"")), Entry(LONG, BytesSource(b""))])
    extended = _tar(tmp_path / "pax.tar", [Entry(LONGER, BytesSource(b""))])
    assert tuple(b"PaxHeaders" in path.read_bytes() for path in (plain, extended)) == (False, True)


def test_member_beyond_8_gib(tmp_path: Path, tool: Tool) -> None:
    """A size beyond the header's own, here 100 bytes, is told in a record and read back everywhere."""
    archive = tmp_path / "large.tar"
    contents = {"v0.mp4": bytes(100), "v1.mp4": b"x" * 101, "v2.mp4": b"after"}
    with out(archive) as end:
        writer = TarWriter(end, date=DATE, max_size=100)
        for name, content in contents.items():
            writer.add(name, made(BytesSource(content), terms(tmp_path)))
        writer.finish()
    assert contents == _read(archive)
    for name in ("tar", "bsdtar"):
        listed = subprocess.run([tool(name), "-tf", archive], check=True, capture_output=True, text=True).stdout
        assert list(contents) == listed.split()


@given(name=st.from_regex(r"[a-zé狐_]{1,120}(/[a-z狐]{1,80}){0,2}", fullmatch=True), content=st.binary(max_size=2000))
def test_any_name(tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes) -> None:
    """Whatever its length and script, a name comes back."""
    archive = _tar(tmp_path_factory.getbasetemp() / "any.tar", [Entry(name, BytesSource(content))])
    assert {name: content} == _read(archive)
