"""A dataset is at its place whole, or not there at all."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from tests.unit.files.packing.entries import DATE, clips, dataset, manifest, noise, part, source
from turnover.core.entry import BytesSource, ChunksSource, Entry, FileSource, Packed
from turnover.errors import RefusedError, WriteError
from turnover.files.ingest import read_once
from turnover.files.packing.pack import PackResult, pack
from turnover.files.packing.places import claimed, temporary_for

Kind = Literal["folder", "zip"]
KINDS: tuple[Kind, ...] = ("folder", "zip")
both_kinds = pytest.mark.parametrize("kind", KINDS)


def _files(target: Path) -> dict[str, bytes]:
    """Every file of a folder or a ZIP."""
    if target.is_dir():
        return {p.relative_to(target).as_posix(): p.read_bytes() for p in target.rglob("*") if p.is_file()}
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _pack(entries: list[Entry], folder: Path, kind: Kind, **options: object) -> PackResult:
    return pack(entries, folder / "out" / "demo", kind=kind, date=DATE, **options)  # type: ignore[arg-type]


@both_kinds
def test_whole_dataset(tmp_path: Path, kind: Kind) -> None:
    """Every file is there with its bytes, and the sums of all others stand in the last."""
    told: list[Packed] = []
    result = _pack(dataset(tmp_path / "in"), tmp_path, kind, told=told.append)
    files = _files(tmp_path / "out" / "demo")
    sums = files.pop("manifest-sha256.txt")
    expected = {**clips(tmp_path / "in"), "manifest.json": manifest(clips(tmp_path / "in")), "README.md": b"# clips\n"}
    assert expected == {name: files[name] for name in expected}
    assert [entry.name for entry in dataset(tmp_path / "in")] == [one.name for one in told]
    assert {one.name: (one.size_bytes, one.digest) for one in told} == {
        name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in files.items()
    }
    assert "".join(f"{one.digest}  {one.name}\n" for one in told) == sums.decode()
    assert (len(files), hashlib.sha256(sums).hexdigest()) == (result.file_count, result.digest)
    assert _left(tmp_path / "out") == ["demo"]


def test_sums_are_those_of_coreutils(tmp_path: Path) -> None:
    """`sha256sum -c` reads our list of sums."""
    _pack(dataset(tmp_path / "in"), tmp_path, "folder")
    command = ["sha256sum", "--strict", "--quiet", "-c", "manifest-sha256.txt"]
    subprocess.run(command, cwd=tmp_path / "out" / "demo", check=True)


def test_one_digest_for_both_kinds(tmp_path: Path) -> None:
    """The folder and the ZIP of the same entries have one digest and the same files."""
    entries = dataset(tmp_path / "in")
    folder = pack(entries, tmp_path / "a", kind="folder", date=DATE)
    archive = pack(entries, tmp_path / "a.zip", kind="zip", date=DATE)
    assert folder.digest == archive.digest
    assert _files(folder.path) == _files(archive.path)
    assert folder.size_bytes == sum(map(len, _files(folder.path).values()))
    assert archive.size_bytes == archive.path.stat().st_size


@both_kinds
def test_what_is_there_already(tmp_path: Path, kind: Kind) -> None:
    """What stands there is left alone, and replaced when that is asked for."""
    _pack([Entry("manifest.json", BytesSource(b"1"))], tmp_path, kind)
    with pytest.raises(WriteError, match="is there already") as caught:
        _pack([Entry("manifest.json", BytesSource(b"2"))], tmp_path, kind)
    assert (caught.value.code, _files(tmp_path / "out" / "demo")["manifest.json"]) == ("exists", b"1")
    _pack([Entry("manifest.json", BytesSource(b"2")), Entry("b/c", BytesSource(b""))], tmp_path, kind, overwrites=True)
    assert sorted(_files(tmp_path / "out" / "demo")) == ["b/c", "manifest-sha256.txt", "manifest.json"]
    assert _left(tmp_path / "out") == ["demo"]


def test_folder_of_somebody_else(tmp_path: Path) -> None:
    """A folder that is no dataset is never replaced, a link neither; an empty folder is filled."""
    target = tmp_path / "out" / "demo"
    target.mkdir(parents=True)
    _pack([], tmp_path, "folder")
    (target / "manifest-sha256.txt").rename(target / "my work.txt")
    (tmp_path / "out" / "link").symlink_to(target)
    for place in (target, tmp_path / "out" / "link"):
        with pytest.raises(WriteError) as caught:
            pack([], place, kind="folder", date=DATE, overwrites=True)
        assert caught.value.code == "not_ours"
    assert _left(target) == ["my work.txt"]


@both_kinds
@pytest.mark.parametrize("code", ["source_changed", "source_missing", "source_unreadable"])
def test_source_that_is_no_longer_the_same(tmp_path: Path, kind: Kind, code: str) -> None:
    """The file is named, what stood there before still stands, and nothing new is left behind."""
    _pack([Entry("manifest.json", BytesSource(b"before"))], tmp_path, kind)
    before = _files(tmp_path / "out" / "demo")
    entries = dataset(tmp_path / "in")
    path = tmp_path / "in" / "v0000000000000002.mp4"
    if code == "source_changed":
        path.write_bytes(noise(1000, seed=99))
    else:
        path.unlink()
    if code == "source_unreadable":
        path.mkdir()
    with pytest.raises(WriteError, match=path.name) as caught:
        _pack(entries, tmp_path, kind, overwrites=True)
    assert (code, ["demo"], before) == (
        caught.value.code,
        _left(tmp_path / "out"),
        _files(tmp_path / "out" / "demo"),
    )


@pytest.mark.parametrize("size", [1000, 300_000])
@pytest.mark.parametrize("change", ["byte", "longer", "shorter"])
@both_kinds
def test_change_that_hides(tmp_path: Path, kind: Kind, change: str, size: int) -> None:
    """A change is seen in the bytes, though the times were set back as they were."""
    path = tmp_path / "clip.mp4"
    known = source(path, noise(size))
    content = {"byte": b"x" + noise(size)[1:], "longer": noise(size) + b"x", "shorter": noise(size)[:-1]}[change]
    path.write_bytes(content)
    assert known.stamp is not None
    os.utime(path, ns=(known.stamp.modified_ns, known.stamp.modified_ns))
    with pytest.raises(WriteError, match=r"clip\.mp4") as caught:
        _pack([Entry("v.mp4", known)], tmp_path, kind)
    assert caught.value.code == "source_changed"


@both_kinds
def test_touched_source(tmp_path: Path, kind: Kind) -> None:
    """A file with other times and the same bytes has not changed."""
    entries = [Entry(f"{size}.mp4", source(tmp_path / f"{size}.mp4", noise(size))) for size in (1000, 300_000)]
    for size in (1000, 300_000):
        os.utime(tmp_path / f"{size}.mp4", (0, 0))
    _pack(entries, tmp_path, kind)
    assert noise(300_000) == _files(tmp_path / "out" / "demo")["300000.mp4"]


@both_kinds
def test_digest_that_was_never_right(tmp_path: Path, kind: Kind) -> None:
    """Where only the CRC agrees, and the stamp does not, the file counts as changed."""
    known = source(tmp_path / "clip.mp4", noise(1000))
    os.utime(tmp_path / "clip.mp4", (0, 0))
    with pytest.raises(WriteError, match="it has other bytes"):
        _pack([Entry("v.mp4", replace(known, digest="0" * 64))], tmp_path, kind)


@both_kinds
def test_part_of_a_pack_file(tmp_path: Path, kind: Kind) -> None:
    """Parts of one file become files of their own; a part that reaches past its end is named."""
    path = tmp_path / "crops.pack"
    path.write_bytes(noise(700_000))
    pieces = {"a.png": (10, 300), "b.png": (310, 400_000), "c.png": (4096, 300_000)}
    content = noise(700_000)
    entries = [Entry(n, part(path, at, content[at : at + size])) for n, (at, size) in pieces.items()]
    _pack(entries, tmp_path, kind)
    files = _files(tmp_path / "out" / "demo")
    assert [content[at : at + size] for at, size in pieces.values()] == [files[name] for name in pieces]
    with pytest.raises(WriteError, match=r"crops\.pack"):
        pack([Entry("d", part(path, 699_999, b"xx"))], tmp_path / "short", kind=kind, date=DATE)


@both_kinds
@pytest.mark.parametrize("name", ["../escape", "/etc/x", "a\\b", "nul", "a/../../b", "x\n", "manifest-sha256.txt"])
def test_hostile_name(tmp_path: Path, kind: Kind, name: str) -> None:
    """A name that could leave the folder, that some system cannot hold, or that is ours, ends the work."""
    with pytest.raises(WriteError) as caught:
        _pack([Entry("a.txt", BytesSource(b"")), Entry(name, BytesSource(b""))], tmp_path, kind)
    assert caught.value.code in ("bad_name", "name_taken")
    assert _left(tmp_path / "out") == []
    assert _left(tmp_path) == ["out"]


@both_kinds
def test_entries_that_raise(tmp_path: Path, kind: Kind) -> None:
    """An error of whoever makes the entries, or a piece of one, passes through; nothing is left."""

    def pieces() -> Iterator[bytes]:
        yield b"x" * 2_000_000
        raise RefusedError("it cannot be described")

    with pytest.raises(RefusedError):
        _pack([*dataset(tmp_path / "in"), Entry("late.json", ChunksSource(pieces))], tmp_path, kind)
    assert _left(tmp_path / "out") == []


@both_kinds
def test_stop(tmp_path: Path, kind: Kind) -> None:
    """Once told to stop it ends with what it does, and leaves nothing."""
    stop = threading.Event()
    done: list[int] = []

    def progress(size: int) -> None:
        done.append(size)
        if size > 1_500_000:
            stop.set()

    with pytest.raises(WriteError) as caught:
        _pack(dataset(tmp_path / "in"), tmp_path, kind, progress=progress, stop=stop)
    assert (caught.value.code, _left(tmp_path / "out")) == ("cancelled", [])
    assert done == sorted(done)


@both_kinds
def test_progress_counts_every_byte(tmp_path: Path, kind: Kind) -> None:
    """The last word of progress is the size of all contents."""
    done: list[int] = []
    contents = clips(tmp_path / "in")
    entries = [Entry(name, source(tmp_path / "in" / Path(name).name, content)) for name, content in contents.items()]
    _pack(entries, tmp_path, kind, progress=done.append)
    sums = len(_files(tmp_path / "out" / "demo")["manifest-sha256.txt"])
    assert sum(map(len, contents.values())) <= done[-1] <= sum(map(len, contents.values())) + 2 * sums


@pytest.mark.platform("linux", "darwin")
@both_kinds
@pytest.mark.parametrize("limit", [4096, 400_000, 2_000_000])
def test_disk_that_is_full(tmp_path: Path, kind: Kind, limit: int) -> None:
    """Where the system takes no more bytes the reason is told, the old dataset stays, and nothing is left behind."""
    _pack([Entry("manifest.json", BytesSource(b"before"))], tmp_path, kind)
    code = """
import resource, signal, sys
from pathlib import Path
from tests.unit.files.packing.entries import DATE, dataset
from turnover.errors import WriteError
from turnover.files.packing.pack import pack
entries = dataset(Path(sys.argv[1]) / "in", has_table=False)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
target = Path(sys.argv[1]) / "out" / "demo"
try:
    pack(entries, target, kind=sys.argv[2], date=DATE, overwrites=True)
except WriteError as error:
    print(error.code, error.message)
"""
    command = [sys.executable, "-c", code, str(tmp_path), kind, str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[4])
    target = tmp_path / "out" / "demo"
    assert f"write_failed {target}: File too large\n" == done.stdout
    assert (_left(tmp_path / "out"), _files(target)["manifest.json"]) == (["demo"], b"before")


@both_kinds
def test_two_runs_at_once(tmp_path: Path, kind: Kind) -> None:
    """A run that finds another at the same place says so and touches nothing."""
    target = tmp_path / "out" / "demo"
    target.parent.mkdir()
    place = temporary_for(target)
    lock = place if kind == "zip" else place.with_name(place.name + ".journal")
    with claimed(lock), pytest.raises(WriteError, match="another run") as caught:
        _pack([Entry("a.txt", BytesSource(b""))], tmp_path, kind)
    assert ("busy", [lock.name]) == (caught.value.code, _left(tmp_path / "out"))
    lock.unlink()
    _pack([Entry("a.txt", BytesSource(b""))], tmp_path, kind)


def test_source_and_target_are_one_file(tmp_path: Path) -> None:
    """A file may be both a source and what the archive replaces."""
    known = source(tmp_path / "demo.zip", noise(300_000))
    pack([Entry("old.zip", known)], tmp_path / "demo.zip", kind="zip", date=DATE, overwrites=True)
    assert noise(300_000) == _files(tmp_path / "demo.zip")["old.zip"]


def test_name_of_any_length(tmp_path: Path) -> None:
    """A target whose name is as long as names can be has room for its neighbours."""
    for name in ("x" * 255, "狐" * 85):
        for kind in KINDS:
            folder = tmp_path / f"{kind} {name[0]}"
            pack([], folder / name, kind=kind, date=DATE)
            assert [name] == _left(folder)


def test_known_file_read_once(tmp_path: Path) -> None:
    """What is known of a source is what an independent program says of it."""
    known = source(tmp_path / "clip.mp4", noise(3_000_000))
    said = subprocess.run(["sha256sum", tmp_path / "clip.mp4"], capture_output=True, text=True, check=True).stdout
    assert isinstance(known, FileSource)
    assert said.startswith(known.digest)
    assert known == read_once(tmp_path / "clip.mp4")
