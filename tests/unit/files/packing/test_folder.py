"""Folders: links, what a run that was killed leaves, and what the next one makes of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.files.packing.entries import DATE, clip_entries, clips, dataset, noise, source
from turnover.core.entry import ArchiveSource, BytesSource, ChunksSource, Entry
from turnover.errors import WriteError
from turnover.files.packing.pack import pack
from turnover.files.packing.places import temporary_for

REPOSITORY = Path(__file__).resolve().parents[4]


def _files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _killed(folder: Path, *, after: int, mode: str = "copy") -> Path:
    """What is left of a run that was killed when so many files were written."""
    code = """
import os, sys
from pathlib import Path
from tests.unit.files.packing.entries import DATE, dataset
from turnover.files.packing.pack import pack
count = 0
def told(packed):
    global count
    count += 1
    if count == int(sys.argv[2]):
        os._exit(9)
folder = Path(sys.argv[1])
entries = dataset(folder / "in", has_table=False)
pack(entries, folder / "out" / "demo", kind="folder", date=DATE, link=sys.argv[3], told=told)
"""
    command = [sys.executable, "-c", code, str(folder), str(after), mode]
    assert subprocess.run(command, cwd=REPOSITORY, check=False).returncode == 9
    return temporary_for(folder / "out" / "demo")


def _identities(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_killed_and_started_again(tmp_path: Path) -> None:
    """Large files and archives that were whole are taken over; the result is the same as of one run."""
    entries = dataset(tmp_path / "in", has_table=False)
    temporary = _killed(tmp_path, after=len(entries) - 1)
    assert not (temporary / "manifest.json").exists()
    before = _identities(temporary)
    once = pack(entries, tmp_path / "once", kind="folder", date=DATE)
    again = pack(entries, tmp_path / "out" / "demo", kind="folder", date=DATE)
    assert once.digest == again.digest
    assert _files(once.path) == _files(again.path)
    after = _identities(again.path)
    kept = {name for name, identity in before.items() if after.get(name) == identity}
    assert {*clips(tmp_path / "in"), "shard-000000.tar"} <= kept
    assert _left(tmp_path / "out") == ["demo"]


def test_damage_between_two_runs(tmp_path: Path) -> None:
    """A file that lost a byte since, half a line in the journal and files of nobody do no harm."""
    entries = dataset(tmp_path / "in", has_table=False)
    temporary = _killed(tmp_path, after=8)
    damaged = temporary / "data/train/videos/v0000000000000002.mp4"
    damaged.write_bytes(noise(1000, seed=5))
    (temporary / "stale" / "deep").mkdir(parents=True)
    (temporary / "stale" / "deep" / "part.mp4").write_bytes(b"half")
    with temporary.with_name(temporary.name + ".journal").open("ab") as journal:
        journal.write(b"deadbeef half a line")
    again = pack(entries, tmp_path / "out" / "demo", kind="folder", date=DATE)
    once = pack(entries, tmp_path / "once", kind="folder", date=DATE)
    assert _files(once.path) == _files(again.path)
    assert not (again.path / "stale").exists()


@pytest.mark.parametrize("keep", ["folder", "journal"])
def test_only_one_half_is_left(tmp_path: Path, keep: str) -> None:
    """A folder without its journal, or a journal without its folder, is started anew."""
    entries = dataset(tmp_path / "in", has_table=False)
    temporary = _killed(tmp_path, after=6)
    if keep == "folder":
        temporary.with_name(temporary.name + ".journal").unlink()
    else:
        shutil.rmtree(temporary)
    again = pack(entries, tmp_path / "out" / "demo", kind="folder", date=DATE)
    once = pack(entries, tmp_path / "once", kind="folder", date=DATE)
    assert _files(once.path) == _files(again.path)
    assert _left(tmp_path / "out") == ["demo"]


def test_started_again_with_something_else(tmp_path: Path) -> None:
    """Other entries for the same place make their own dataset, without a trace of the first."""
    _killed(tmp_path, after=8)
    other = [
        Entry("README.md", BytesSource(b"other")),
        Entry("data/train/videos/v0000000000000003.mp4", source(tmp_path / "other.mp4", noise(500_000, seed=7))),
        Entry("shard-000000.tar", ArchiveSource("tar", lambda: [Entry("a.txt", BytesSource(b"a"))])),
    ]
    again = pack(other, tmp_path / "out" / "demo", kind="folder", date=DATE)
    once = pack(other, tmp_path / "once", kind="folder", date=DATE)
    assert _files(once.path) == _files(again.path)


def test_started_again_after_hard_links(tmp_path: Path) -> None:
    """What is written anew is never written into a file that is also somebody's source."""
    _killed(tmp_path, after=9, mode="hard")
    before = _files(tmp_path / "in")
    other = [Entry(name, BytesSource(b"x")) for name in clips(tmp_path / "in")]
    pack(other, tmp_path / "out" / "demo", kind="folder", date=DATE)
    assert before == _files(tmp_path / "in")


def test_hard_links(tmp_path: Path) -> None:
    """Files of a source get a second name; one that stands in the dataset twice has its bytes there too."""
    entries = clip_entries(tmp_path / "in")
    twice = Entry("again.mp4", entries[-1].source)
    result = pack([*entries, twice], tmp_path / "demo", kind="folder", date=DATE, link="hard")
    # To link a file changes its time of change: the second time its bytes are read, to be sure.
    assert len(entries) == result.linked_count
    for entry in entries:
        assert (tmp_path / "in" / Path(entry.name).name).samefile(tmp_path / "demo" / entry.name)
    assert noise(5_000_000, 6) == (tmp_path / "demo" / "again.mp4").read_bytes()


def test_hard_link_of_a_changed_file(tmp_path: Path) -> None:
    """A file that changed since it was read is not linked: its bytes are compared, and it is named."""
    entries = clip_entries(tmp_path / "in")
    (tmp_path / "in" / "v0000000000000006.mp4").write_bytes(noise(5_000_000, 8))
    with pytest.raises(WriteError, match=r"v0000000000000006\.mp4"):
        pack(entries, tmp_path / "demo", kind="folder", date=DATE, link="hard")
    assert _left(tmp_path) == ["in"]


def test_reflink_or_copy(tmp_path: Path) -> None:
    """Whether or not the file system shares blocks, the files have the bytes and are not those of the source."""
    entries = clip_entries(tmp_path / "in")
    result = pack(entries, tmp_path / "demo", kind="folder", date=DATE, link="reflink")
    contents = clips(tmp_path / "in")
    assert contents == {name: (tmp_path / "demo" / name).read_bytes() for name in contents}
    assert result.linked_count == 0


def test_killed_between_two_renames(tmp_path: Path) -> None:
    """Where a system cannot swap names, the old dataset that waits aside is put back, then replaced as asked."""
    target = tmp_path / "demo"
    pack([Entry("manifest.json", BytesSource(b"old"))], target, kind="folder", date=DATE)
    aside = target.with_name(temporary_for(target).name.replace(".tmp-", ".old-"))
    target.rename(aside)
    with pytest.raises(WriteError) as caught:
        pack([], target, kind="folder", date=DATE)
    assert (caught.value.code, (target / "manifest.json").read_bytes()) == ("exists", b"old")
    target.rename(aside)
    pack([Entry("manifest.json", BytesSource(b"new"))], target, kind="folder", date=DATE, overwrites=True)
    assert (_left(tmp_path), (target / "manifest.json").read_bytes()) == (["demo"], b"new")


@pytest.mark.platform("linux")
def test_old_dataset_while_it_is_replaced(tmp_path: Path) -> None:
    """The name leads to the whole old dataset until it leads to the whole new one."""
    target = tmp_path / "demo"
    pack([Entry("manifest.json", BytesSource(b"old"))], target, kind="folder", date=DATE)
    descriptor = os.open(target, os.O_RDONLY)
    seen: list[bool] = []

    def pieces() -> list[bytes]:
        seen.append((target / "manifest.json").read_bytes() == b"old")
        return [b"new"]

    entries = [Entry("manifest.json", ChunksSource(lambda: iter(pieces())))]
    pack(entries, target, kind="folder", date=DATE, overwrites=True)
    assert seen == [True]
    assert not os.path.samestat(os.fstat(descriptor), target.stat())
    os.close(descriptor)
