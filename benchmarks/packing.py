"""Datasets as one archive: large files and small ones beside cp, cat and other archivers, checking, and memory.

The writers are compared without fsync, which none of the peers does. Sources are in the page cache; every output is
checked once before the clock starts. Each contender removes its last output on its own time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

from benchmarks.measuring import Absent, Contender, Row, Table, compared
from turnover.core.entry import ArchiveSource, BytesSource, Entry
from turnover.files.descriptors import CHUNK_BYTES, open_to_read, open_to_write, read_into
from turnover.files.ingest import read_once
from turnover.files.packing.making import Terms, write_archive
from turnover.files.packing.pack import pack
from turnover.files.packing.watching import Watch
from turnover.files.verifying import Verification

REPOSITORY = Path(__file__).resolve().parent.parent
_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_DATE = datetime(2026, 11, 22, tzinfo=UTC)

Kind = Literal["zip", "tar"]


def tables(*, is_quick: bool) -> Iterator[Table]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        count, size, rounds = (4, 1 << 20, 1) if is_quick else (10, 50_000_000, 5)
        large = _files(folder / "large", count, size)
        title = f"{count} files of {size / 1e6:.0f} MB"
        yield Table(f"{title} into one archive", "seconds", _large(large, folder, rounds))
        yield Table(f"{title} checked in a ZIP", "seconds", _checked(large, folder, rounds))
        shutil.rmtree(folder / "large")
        count, size, rounds = (200, 20_000, 1) if is_quick else (20_000, 20_000, 3)
        small = _files(folder / "small", count, size)
        title = f"{count:,} files of {size / 1e3:.0f} kB into one archive"
        yield Table(title, "seconds", _small(small, folder, rounds))
    yield from _memory((10, 1_000) if is_quick else (10, 1_000, 100_000))


def _files(folder: Path, count: int, size: int) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"v{number:016x}.mp4" for number in range(count)]
    for path in paths:
        path.write_bytes(os.urandom(size))
    return paths


def _entries(paths: list[Path]) -> list[Entry]:
    return [Entry(f"data/train/videos/{path.name}", read_once(path)) for path in paths]


def _ours(kind: Kind, entries: list[Entry], out: Path, *, threads: int) -> None:
    out.unlink(missing_ok=True)
    descriptor = open_to_write(out)
    try:
        write_archive(ArchiveSource(kind, lambda: entries), descriptor, Terms(_DATE, out.parent, Watch(), threads))
    finally:
        os.close(descriptor)


def _large(paths: list[Path], folder: Path, rounds: int) -> tuple[Row, ...]:
    entries = _entries(paths)
    ours = Contender("turnover, ZIP, 1 thread", partial(_ours, "zip", entries, folder / "ours.zip", threads=1))
    ours.run()
    _check(folder / "ours.zip", paths)
    peers = [
        Contender("turnover, ZIP, 2 threads", partial(_ours, "zip", entries, folder / "two.zip", threads=2)),
        Contender("turnover, tar", partial(_ours, "tar", entries, folder / "ours.tar", threads=1)),
        Contender("cp, without archive", partial(_copy, paths, folder / "copies")),
        *_archivers(paths, folder),
    ]
    return compared(ours, peers, rounds=rounds)


def _small(paths: list[Path], folder: Path, rounds: int) -> tuple[Row, ...]:
    entries = _entries(paths)
    ours = Contender("turnover, ZIP", partial(_ours, "zip", entries, folder / "ours.zip", threads=1))
    ours.run()
    _check(folder / "ours.zip", paths)
    peers = [
        Contender("turnover, tar", partial(_ours, "tar", entries, folder / "ours.tar", threads=1)),
        _program("cat", 'rm -f "$2"; find "$1" -type f -print0 | xargs -0 cat > "$2"', paths, folder / "cat"),
        *_archivers(paths, folder),
    ]
    return compared(ours, peers, rounds=rounds)


def _archivers(paths: list[Path], folder: Path) -> list[Contender | Absent]:
    return [
        _program("tar", 'rm -f "$2"; tar cf "$2" "$1"', paths, folder / "gnu.tar"),
        _program("zip -0", 'rm -f "$2"; zip -q -0 -r "$2" "$1"', paths, folder / "info.zip"),
        Contender("zipfile (stdlib)", partial(_zipfile, paths, folder / "stdlib.zip")),
        Contender("tarfile (stdlib)", partial(_tarfile, paths, folder / "stdlib.tar")),
    ]


def _program(name: str, script: str, paths: list[Path], out: Path) -> Contender | Absent:
    """A line of shell that gets the folder of the sources and the output."""
    if shutil.which(name.split(maxsplit=1)[0]) is None:
        return Absent(name, "not installed")
    command = ["sh", "-ec", script, name, paths[0].parent.name, str(out)]
    return Contender(name, lambda: subprocess.run(command, cwd=paths[0].parent.parent, check=True, capture_output=True))


def _copy(paths: list[Path], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    subprocess.run(["cp", "--reflink=never", *map(str, paths), str(folder)], check=True)


def _zipfile(paths: list[Path], out: Path) -> None:
    out.unlink(missing_ok=True)
    with zipfile.ZipFile(out, "w") as archive:
        for path in paths:
            archive.write(path, path.name)


def _tarfile(paths: list[Path], out: Path) -> None:
    out.unlink(missing_ok=True)
    with tarfile.open(out, "w") as archive:
        for path in paths:
            archive.add(path, path.name)


def _check(archive: Path, paths: list[Path]) -> None:
    with zipfile.ZipFile(archive) as opened:
        if any(opened.read(info) != path.read_bytes() for info, path in zip(opened.infolist(), paths, strict=True)):
            raise ValueError("the archive has other bytes")


# ------------------------------------------------------------------------------------------------------- checking


def _checked(paths: list[Path], folder: Path, rounds: int) -> tuple[Row, ...]:
    archive = folder / "whole.zip"
    pack(_entries(paths), archive, kind="zip", date=_DATE)
    ours = Contender("turnover, SHA-256, 2 threads", partial(_verify, archive, is_quick=False))
    peers = [
        Contender("turnover, CRC-32, 1 thread", partial(_verify, archive, is_quick=True)),
        Contender("read, 1 MiB at a time", partial(_read, archive)),
        Contender("zipfile.testzip (stdlib)", partial(_testzip, archive)),
        _shell("sha256sum", f"sha256sum {archive}"),
        _shell("unzip -t", f"unzip -tq {archive}"),
        _shell("7z t", f"7z t {archive}"),
    ]
    return compared(ours, peers, rounds=rounds)


def _shell(name: str, command: str) -> Contender | Absent:
    if shutil.which(name.split(maxsplit=1)[0]) is None:
        return Absent(name, "not installed")
    return Contender(name, lambda: subprocess.run(command.split(), check=True, capture_output=True))


def _verify(archive: Path, *, is_quick: bool) -> None:
    findings = list(Verification(archive, threads=1 if is_quick else 2, is_quick=is_quick).findings())
    if findings:
        raise ValueError(f"the archive is damaged: {findings[0].sentence}")


def _read(archive: Path) -> None:
    descriptor = open_to_read(archive)
    view = memoryview(bytearray(CHUNK_BYTES))
    while read_into(descriptor, view):
        pass
    os.close(descriptor)


def _testzip(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        opened.testzip()


# --------------------------------------------------------------------------------------------------------- memory


def _memory(counts: tuple[int, ...]) -> Iterator[Table]:
    for kind in ("zip", "folder"):
        rows = tuple(Row(f"{count:,} files", *_grown(kind, count)) for count in counts)
        yield Table(f"peak memory while a {kind} is packed", "MB grown", rows)


def _grown(kind: str, count: int) -> tuple[float | None, None, str]:
    if not _RESET.exists():
        return None, None, "left out: the peak cannot be reset here"
    command = [sys.executable, "-m", "benchmarks.packing", kind, str(count)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return float(done.stdout), None, ""


def _kilobytes(key: str) -> int:
    line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith(key))
    return int(line.split()[1])


def _measure(kind: Literal["zip", "folder"], count: int) -> float:
    """Megabytes by which the peak grows, in a process of its own, when libraries are loaded."""
    with tempfile.TemporaryDirectory() as folder:
        pack(_texts(3), Path(folder, "warm"), kind=kind, date=_DATE)
        _RESET.write_text("5", encoding="ascii")
        before = _kilobytes("VmRSS:")
        pack(_texts(count), Path(folder, "measured"), kind=kind, date=_DATE)
        return (_kilobytes("VmHWM:") - before) / 1024


def _texts(count: int) -> Iterator[Entry]:
    for number in range(count):
        yield Entry(f"samples/{number % 256:02x}/v{number:016x}.json", BytesSource(str(number).encode()))


if __name__ == "__main__":
    print(_measure("zip" if sys.argv[1] == "zip" else "folder", int(sys.argv[2])))
