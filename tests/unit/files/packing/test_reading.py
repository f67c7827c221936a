"""Stored ZIPs read in place, ours and those of others, whole and hostile."""

from __future__ import annotations

import io
import multiprocessing
import pickle
import struct
import threading
import zipfile
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.files.packing.entries import DATE, clips, dataset, noise
from turnover.errors import ProbeError
from turnover.files.packing.pack import pack
from turnover.files.packing.reading import StoredZip


def _archive(folder: Path) -> Path:
    return pack(dataset(folder / "in", has_table=False), folder / "demo.zip", kind="zip", date=DATE).path


def _foreign(path: Path, contents: dict[str, bytes], *, comment: bytes = b"", method: int = zipfile.ZIP_STORED) -> Path:
    """A ZIP that Python's library wrote."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
        archive.comment = comment
    return path


def _damaged(path: Path, at: int, content: bytes) -> Path:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)
    return path


def test_own_archive(tmp_path: Path) -> None:
    """Names, sizes, bytes and places are those that Python's zipfile finds."""
    path = _archive(tmp_path)
    archive = StoredZip(path)
    with zipfile.ZipFile(path) as expected:
        assert expected.namelist() == list(archive)
        assert len(archive) == len(expected.namelist())
        for info in expected.infolist():
            assert info.file_size == archive.size_of(info.filename)
            content = expected.read(info)
            assert content == archive.read(info.filename)
            start, size = archive.place_of(info.filename)
            assert content == path.read_bytes()[start : start + size]
    archive.close()


@given(st.integers(-5, 1200), st.integers(0, 1200))
def test_parts(tmp_path_factory: pytest.TempPathFactory, size: int, position: int) -> None:
    """A part is what a slice would give, never a byte of a neighbour."""
    path = tmp_path_factory.getbasetemp() / "parts.zip"
    if not path.exists():
        _foreign(path, {"before": b"b" * 50, "clip": noise(1000), "after": b"a" * 50})
    archive = StoredZip(path)
    assert noise(1000)[position : position + max(size, 0)] == archive.read_part("clip", size, position)
    archive.close()


def test_foreign_archives(tmp_path: Path) -> None:
    """Archives with folders, a comment that looks like an end, sizes of 64 bits, and sizes that follow are read too."""
    contents = {"a.txt": b"a", "data/狐.txt": b"b" * 100}
    lookalike = b"PK\x05\x06" + bytes(30)
    path = _foreign(tmp_path / "a.zip", {"data/": b"", **contents}, comment=lookalike)
    wide, stream = tmp_path / "b.zip", io.BytesIO()
    with zipfile.ZipFile(wide, "w") as archive:
        for name, content in contents.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(content)
    stream.seekable = lambda: False  # type: ignore[method-assign]
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    (tmp_path / "c.zip").write_bytes(stream.getvalue())
    for one in (path, wide, tmp_path / "c.zip"):
        opened = StoredZip(one)
        assert contents == {name: opened.read(name) for name in opened}, one.name
        opened.close()


def test_what_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, no ZIP, a cut one and a compressed member are told with the path of the archive."""
    (tmp_path / "text.zip").write_bytes(b"no zip" * 100)
    (tmp_path / "cut.zip").write_bytes(_archive(tmp_path).read_bytes()[:-100])
    (tmp_path / "empty.zip").write_bytes(b"")
    for name, code in {
        "none": "not_found",
        "text": "bad_archive",
        "cut": "bad_archive",
        "empty": "bad_archive",
    }.items():
        with pytest.raises(ProbeError, match=rf"{name}\.zip") as caught:
            StoredZip(tmp_path / f"{name}.zip")
        assert code == caught.value.code
    archive = StoredZip(_foreign(tmp_path / "small.zip", {"a": bytes(1000)}, method=zipfile.ZIP_DEFLATED))
    with pytest.raises(ProbeError, match="is compressed"):
        archive.read("a")
    with pytest.raises(KeyError):
        archive.read("b")
    archive.close()


def test_damaged_member(tmp_path: Path) -> None:
    """A byte that changed is found when its member is read whole."""
    path = _archive(tmp_path)
    archive = StoredZip(path)
    name = "data/train/videos/v0000000000000003.mp4"
    start, _ = archive.place_of(name)
    archive.close()
    _damaged(path, start + 1000, b"\0\0\0\0\0")
    archive = StoredZip(path)
    with pytest.raises(ProbeError, match="other bytes"):
        archive.read(name)
    assert clips(tmp_path / "in")["data/train/videos/v0000000000000002.mp4"] == archive.read(
        "data/train/videos/v0000000000000002.mp4"
    )
    archive.close()


@given(data=st.data())
def test_any_damage(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever bytes change, reading gives the true content or our own error."""
    folder = tmp_path_factory.mktemp("damage")
    contents = {"a.txt": b"a" * 10, "b/c.txt": b"c" * 300, "d": b""}
    path = _foreign(folder / "x.zip", contents, comment=b"end")
    size = path.stat().st_size
    for _ in range(data.draw(st.integers(1, 3))):
        junk = data.draw(st.binary(min_size=1, max_size=4) | st.just(b"\xff\xff\xff\xff"))
        _damaged(path, data.draw(st.integers(0, size - len(junk))), junk)
    try:
        archive = StoredZip(path)
    except ProbeError:
        return
    for name in archive:
        try:
            content = archive.read(name)
        except ProbeError:
            continue
        # A changed name, size or CRC is a claim that only the list of sums can refute.
        assert content in path.read_bytes()
    archive.close()


def test_record_that_claims_too_much(tmp_path: Path) -> None:
    """A member that claims 2⁶³ bytes is refused before anything is reserved for it."""
    path = _foreign(tmp_path / "a.zip", {"a": b"x"})
    content = path.read_bytes()
    at = content.index(b"PK\x01\x02")
    wide = struct.pack("<HHQQ", 1, 16, 1 << 62, 1 << 62)
    record = bytearray(content[at : content.index(b"PK\x05\x06")])
    record[20:28] = b"\xff" * 8
    record[30:32] = struct.pack("<H", len(wide))
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(record) + len(wide), at, 0)
    local = bytearray(content[:at])
    local[18:26] = b"\xff" * 8
    path.write_bytes(bytes(local) + bytes(record) + wide + end)
    archive = StoredZip(path)
    with pytest.raises(ProbeError, match="lies outside"):
        archive.read("a")
    archive.close()


def _check(archive: StoredZip, name: str, content: bytes) -> None:
    for _ in range(50):
        assert content == archive.read(name)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_many_processes(tmp_path: Path, method: Literal["fork", "spawn", "forkserver"]) -> None:
    """Processes that share an open archive, by whatever method they start, read only what is theirs."""
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system does not {method}")
    archive = StoredZip(_archive(tmp_path))
    contents = dict(list(clips(tmp_path / "in").items())[:4])
    for name, content in contents.items():
        assert content == archive.read(name)
    context: Any = multiprocessing.get_context(method)
    workers = [context.Process(target=_check, args=(archive, name, content)) for name, content in contents.items()]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [0] * len(workers) == [worker.exitcode for worker in workers]
    archive.close()


def test_many_threads(tmp_path: Path) -> None:
    """Threads share one descriptor and no position."""
    archive = StoredZip(_archive(tmp_path))
    wrong: list[str] = []

    def read(name: str, content: bytes) -> None:
        wrong.extend(name for _ in range(50) if archive.read(name) != content)

    threads = [threading.Thread(target=read, args=item) for item in clips(tmp_path / "in").items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    archive.close()


def test_another_file_in_its_place(tmp_path: Path) -> None:
    """A pickled archive whose file was replaced does not read bytes of the new one by the places of the old."""
    path = _archive(tmp_path)
    archive = StoredZip(path)
    sent = pickle.dumps(archive)
    archive.close()
    pack([], path, kind="zip", date=DATE, overwrites=True)
    arrived = pickle.loads(sent)
    with pytest.raises(ProbeError) as caught:
        arrived.read("README.md")
    assert caught.value.code == "source_changed"
