"""Stored ZIPs: other programs open them, and the same entries give the same bytes."""

from __future__ import annotations

import io
import os
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Tool
from tests.unit.files.packing.entries import DATE, clip_entries, clips, dataset, out, source, terms
from turnover.core.entry import ArchiveSource, BytesSource, ChunksSource, Entry
from turnover.errors import WriteError
from turnover.files.descriptors import open_to_write
from turnover.files.packing.directory import members
from turnover.files.packing.made import Made
from turnover.files.packing.making import made, write_archive
from turnover.files.packing.zip import ZipWriter


def _zip(path: Path, entries: list[Entry], *, threads: int = 1, date: datetime = DATE) -> Path:
    path.unlink(missing_ok=True)
    descriptor = open_to_write(path)
    try:
        holding = replace(terms(path.parent, threads=threads), date=date)
        write_archive(ArchiveSource("zip", lambda: entries), descriptor, holding)
    finally:
        os.close(descriptor)
    return path


def _zip64(path: Path, contents: Mapping[str, bytes], *, max_32: int, max_entries: int = 0xFFFF) -> Path:
    """A ZIP in which the larger form begins at a few bytes."""
    with out(path) as end:
        writer = ZipWriter(end, date=DATE, folder=path.parent, max_32=max_32, max_entries=max_entries)
        with closing(writer):
            for name, content in contents.items():
                writer.add(name, made(BytesSource(content), terms(path.parent)))
            writer.finish()
    return path


def _read(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_every_size(tmp_path: Path) -> None:
    """Every byte of every member is there, in the order of the entries."""
    archive = _zip(tmp_path / "clips.zip", clip_entries(tmp_path / "in"))
    assert list(clips(tmp_path / "in").items()) == list(_read(archive).items())


def test_any_number_of_threads(tmp_path: Path) -> None:
    """One thread and three give the same bytes."""
    one = _zip(tmp_path / "one.zip", dataset(tmp_path / "in"))
    three = _zip(tmp_path / "three.zip", dataset(tmp_path / "in"), threads=3)
    assert one.read_bytes() == three.read_bytes()


def test_built_again_from_copies(tmp_path: Path) -> None:
    """Other files with the same bytes, at another time, give the same archive."""
    one = _zip(tmp_path / "one.zip", clip_entries(tmp_path / "in"))
    again = _zip(tmp_path / "again.zip", clip_entries(tmp_path / "other"))
    assert one.read_bytes() == again.read_bytes()


def test_members_as_other_programs_see_them(tmp_path: Path) -> None:
    """Stored, regular files with mode 644 made on Unix, the given date in even seconds, UTF-8, sizes in the header."""
    archive = _zip(tmp_path / "clips.zip", clip_entries(tmp_path / "in"))
    with zipfile.ZipFile(archive) as opened:
        seen = {
            (i.compress_type, i.create_system, i.external_attr, i.date_time, i.flag_bits) for i in opened.infolist()
        }
    assert {(zipfile.ZIP_STORED, 3, 0o100644 << 16, (2026, 11, 22, 10, 0, 0), 0x800)} == seen


@pytest.mark.parametrize(
    ("date", "shown"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), (1980, 1, 1, 0, 0, 0)),
        (datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC), (2026, 11, 22, 23, 59, 58)),
        (datetime(2200, 5, 5, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),
    ],
)
def test_date(tmp_path: Path, date: datetime, shown: tuple[int, ...]) -> None:
    """A date outside of what the format can say becomes the nearest that it can."""
    archive = _zip(tmp_path / "a.zip", [Entry("a.txt", BytesSource(b"a"))], date=date)
    with zipfile.ZipFile(archive) as opened:
        assert shown == opened.infolist()[0].date_time


def test_large_members_start_at_a_block(tmp_path: Path) -> None:
    """Payloads from 256 KiB on start at a multiple of 4096, so that file systems can share their blocks."""
    archive = _zip(tmp_path / "clips.zip", clip_entries(tmp_path / "in"))
    starts = {}
    with zipfile.ZipFile(archive) as opened, archive.open("rb") as file:
        for info in opened.infolist():
            file.seek(info.header_offset + 26)
            starts[info.file_size] = info.header_offset + 30 + sum(struct.unpack("<HH", file.read(4)))
    assert [start % 4096 for size, start in starts.items() if size >= 256 << 10] == [0, 0, 0]


def test_programs_open_it(tmp_path: Path, tool: Tool) -> None:
    """unzip, 7z and bsdtar find nothing wrong and extract the same bytes."""
    archive = _zip(tmp_path / "all.zip", dataset(tmp_path / "in"))
    expected = _read(archive)
    for name, options in {"unzip": ["-q"], "7z": ["x", "-y"], "bsdtar": ["-xf"]}.items():
        folder = tmp_path / name
        folder.mkdir()
        subprocess.run([tool(name), *options, archive], cwd=folder, check=True, capture_output=True)
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert expected == files, name


def test_zip64_sizes_and_offsets(tmp_path: Path, tool: Tool) -> None:
    """Members and offsets beyond the bound, here 300,000 bytes, are told in 64 bits and read back everywhere."""
    contents = {
        f"v{number}.mp4": bytes([number]) * size for number, size in enumerate((10, 300_000, 299_999, 7, 400_000))
    }
    archive = _zip64(tmp_path / "wide.zip", contents, max_32=300_000)
    assert contents == _read(archive)
    for name, option in {"unzip": "-tq", "7z": "t", "bsdtar": "-tf"}.items():
        subprocess.run([tool(name), option, archive], check=True, capture_output=True)


def test_zip64_begins_nowhere_else(tmp_path: Path) -> None:
    """A large member has its bytes in the same place, whether its size stands in 32 bits or in 64."""
    contents = {"a.mp4": bytes(300_000)}
    narrow = _zip64(tmp_path / "narrow.zip", contents, max_32=0xFFFFFFFF).read_bytes()
    wide = _zip64(tmp_path / "wide.zip", contents, max_32=300_000).read_bytes()
    assert narrow[4096 : 4096 + 300_000] == wide[4096 : 4096 + 300_000]


def test_zip64_count(tmp_path: Path, tool: Tool) -> None:
    """70,000 members are all found."""
    entries = [Entry(f"samples/{n % 256:02x}/v{n:05}.txt", BytesSource(b"")) for n in range(70_000)]
    archive = _zip(tmp_path / "many.zip", entries)
    with zipfile.ZipFile(archive) as opened:
        assert [entry.name for entry in entries] == opened.namelist()
    subprocess.run([tool("unzip"), "-tq", archive], check=True, capture_output=True)


@pytest.mark.slow
def test_zip64_for_real(tmp_path: Path, tool: Tool) -> None:
    """A member of more than 4 GiB, and one behind it, are found; the large one is a hole in a sparse file."""
    size = (4 << 30) + 5
    archive = tmp_path / "large.zip"
    with out(archive) as end, closing(ZipWriter(end, date=DATE, folder=tmp_path)) as writer:
        # Every byte of the hole would be written, so the end moves on without them.
        content = BytesSource(b"")
        writer.add("before.txt", made(content, terms(tmp_path)))
        empty = made(content, terms(tmp_path))
        end.put_content = lambda made: _skip(end, made)  # type: ignore[method-assign]
        writer.add("large.mp4", empty._replace(size_bytes=size, crc32=0x12345678))
        del end.put_content
        writer.add("after.txt", made(BytesSource(b"after"), terms(tmp_path)))
        writer.finish()
    with zipfile.ZipFile(archive) as opened:
        assert opened.namelist() == ["before.txt", "large.mp4", "after.txt"]
        assert (size, b"after") == (opened.getinfo("large.mp4").file_size, opened.read("after.txt"))
    listed = subprocess.run([tool("7z"), "l", archive], check=True, capture_output=True, text=True).stdout
    assert str(size) in listed
    archive.unlink()


def _skip(end: object, content: Made) -> None:
    """Leave a hole as large as the content."""
    end._flush()  # type: ignore[attr-defined]
    end._start += content.size_bytes  # type: ignore[attr-defined]


def test_no_entries(tmp_path: Path) -> None:
    """An archive without members is an archive."""
    assert _read(_zip(tmp_path / "none.zip", [])) == {}


@pytest.mark.parametrize(
    "names",
    [
        ("a.txt", "a.txt"),
        ("a.txt", "A.TXT"),
        ("straße.txt", "STRASSE.txt"),
        ("data/a", "data"),
        ("data", "data/a"),
        ("data/a/b", "DATA/A"),
    ],
)
def test_name_that_is_taken(tmp_path: Path, names: tuple[str, ...]) -> None:
    """A name twice, letters compared without case, and a file in the place of a folder are refused."""
    with pytest.raises(WriteError, match="is there twice") as caught:
        _zip(tmp_path / "a.zip", [Entry(name, BytesSource(b"")) for name in names])
    assert caught.value.code == "name_taken"


def test_source_that_changed_in_a_thread(tmp_path: Path) -> None:
    """A large file that changed is named, though another thread copies it."""
    entries = clip_entries(tmp_path / "in")
    largest = max(entries, key=lambda entry: (tmp_path / "in" / Path(entry.name).name).stat().st_size)
    path = tmp_path / "in" / Path(largest.name).name
    path.write_bytes(b"x" + path.read_bytes()[1:])
    with pytest.raises(WriteError, match=path.name) as caught:
        _zip(tmp_path / "a.zip", entries, threads=2)
    assert caught.value.code == "source_changed"


def test_archive_in_an_archive(tmp_path: Path) -> None:
    """An archive made of entries becomes a member like any other, however deep."""
    inner = ArchiveSource("zip", lambda: [Entry("deep.txt", BytesSource(b"deep"))])
    middle = ArchiveSource("zip", lambda: [Entry("inner.zip", inner)])
    archive = _zip(tmp_path / "outer.zip", [Entry("middle.zip", middle)])
    content = _read(archive)["middle.zip"]
    content = zipfile.ZipFile(io.BytesIO(content)).read("inner.zip")
    assert zipfile.ZipFile(io.BytesIO(content)).read("deep.txt") == b"deep"


PLAIN_NAMES = st.lists(
    st.from_regex(r"[a-z0-9_]{1,8}(/[a-zé狐_]{1,8}){0,2}\.mp4", fullmatch=True), unique_by=str.casefold
)


@given(names=PLAIN_NAMES, data=st.data())
def test_any_contents(tmp_path_factory: pytest.TempPathFactory, names: list[str], data: st.DataObject) -> None:
    """What goes in by any kind of source comes out, by Python's zipfile and by our own reader of the directory."""
    folder = tmp_path_factory.mktemp("any")
    contents = {name: data.draw(st.binary(max_size=300)) for name in names}
    entries = []
    for number, (name, content) in enumerate(contents.items()):
        cut = data.draw(st.integers(0, len(content)))
        kind = data.draw(st.sampled_from(("file", "bytes", "chunks")))
        if kind == "file":
            entries.append(Entry(name, source(folder / f"{number}.bin", content)))
        elif kind == "bytes":
            entries.append(Entry(name, BytesSource(content)))
        else:
            entries.append(Entry(name, ChunksSource(partial(iter, (content[:cut], content[cut:])))))
    archive = _zip(folder / "any.zip", entries)
    assert contents == _read(archive)
    with archive.open("rb") as file:
        assert [(n, len(c)) for n, c in contents.items()] == [(m.name, m.size_bytes) for m in members(file.fileno())]
    shutil.rmtree(folder)
