"""A dataset compared with its own lists: every byte with `manifest-sha256.txt`, every row of `manifest.json` with both.

Everything is untrusted: nothing is extracted or unpacked, and memory does not grow with the files beyond 64 bytes each.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal, TypeAlias

from turnover.core.clip import JsonValue
from turnover.errors import ProbeError
from turnover.files.descriptors import open_to_read
from turnover.files.manifest_rows import BadManifestError, manifest_rows
from turnover.files.packing.directory import BadArchiveError
from turnover.files.packing.names import MAX_NAME_BYTES, fault_of
from turnover.files.packing.places import MANIFEST, SUMS
from turnover.files.packing.seen import Seen
from turnover.files.packing.watching import Progress, Stop, Watch
from turnover.files.volumes import ArchiveVolume, FolderVolume, Read, Unsafe

FindingKind: TypeAlias = Literal["missing", "changed", "unreadable", "unsafe", "extra"]

_LINE = re.compile(r"([0-9a-fA-F]{64}) [ *](.+)")
_LONGEST_LINE = 64 + 2 + MAX_NAME_BYTES


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one file that its dataset does not tell, or tells otherwise."""

    kind: FindingKind
    """missing: it is not there; changed: it has other bytes; unreadable: the disk or the archive does not give it;
    unsafe: its name, or where it lies, could do harm, so it was not read; extra: nobody lists it, which is no failure:
    trainers put their files beside."""
    name: str
    sentence: str

    @property
    def is_failure(self) -> bool:
        return self.kind != "extra"


@dataclass(slots=True)
class Verification:
    """One look at a dataset: a folder or a ZIP."""

    path: Path
    threads: int = 2
    progress: Progress | None = None
    stop: Stop | None = None
    is_quick: bool = False
    """Whether the members of a ZIP are compared by CRC-32 alone: as fast as reading, and enough against accidents."""
    file_count: int = field(default=0, init=False)
    """Files that were read and are as they should be, without `manifest-sha256.txt` itself."""
    size_bytes: int = field(default=0, init=False)
    """Of these."""

    def findings(self) -> Iterator[Finding]:
        """What is wrong, as it is found; none where all is well but for `extra`.

        Raises ProbeError `not_found` where nothing stands there, WriteError `cancelled` when told to stop.
        """
        self.file_count = self.size_bytes = 0
        watch = Watch(self.progress, self.stop)
        if self.path.is_dir():
            yield from self._compare(FolderVolume(self.path), watch)
            return
        try:
            descriptor = open_to_read(self.path)
        except FileNotFoundError as error:
            raise ProbeError(
                f"{self.path}: no such file or folder", hint="check the spelling", code="not_found"
            ) from error
        except OSError as error:
            raise ProbeError(f"{self.path}: {error.strerror or error}", hint="check who may read it") from error
        try:
            yield from self._compare(ArchiveVolume(descriptor, is_quick=self.is_quick), watch)
        except BadArchiveError as error:
            yield Finding("unreadable", self.path.name, f"{self.path.name} is no whole ZIP: {error}")
        finally:
            os.close(descriptor)

    def _compare(self, volume: FolderVolume | ArchiveVolume, watch: Watch) -> Iterator[Finding]:
        listed, present = _Listed(), Seen()
        try:
            yield from listed.read(volume.chunks(SUMS))
        except (OSError, KeyError):
            yield Finding("missing", SUMS, f"{SUMS} is not there or cannot be read: nothing can be compared with it")
            return
        yield from self._compare_all(volume, listed, present, watch)
        for _, name in _lines(volume.chunks(SUMS)):
            if name and name in listed.names and name not in present:
                yield Finding("missing", name, f"{name} is listed and not there")
        if MANIFEST in present:
            yield from _rows(volume, listed)

    def _compare_all(
        self, volume: FolderVolume | ArchiveVolume, listed: _Listed, present: Seen, watch: Watch
    ) -> Iterator[Finding]:
        """Every file that is there and listed is read, several at a time; findings come in their order."""
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="turnover verify")
        waiting: deque[tuple[str, Future[Read]]] = deque()
        try:
            for name, reader in volume.files():
                present.add(name)
                if isinstance(reader, Unsafe):
                    yield Finding("unsafe", name, f"{name} was not read: {reader.reason}")
                elif name in listed.names:
                    waiting.append((name, pool.submit(reader, watch)))
                elif name != SUMS:
                    yield Finding("extra", name, f"{name} is not listed: somebody added it")
                if len(waiting) > 4 * self.threads:
                    yield from self._judged(*waiting.popleft(), listed)
            while waiting:
                yield from self._judged(*waiting.popleft(), listed)
        finally:
            watch.is_over = True
            pool.shutdown(wait=True, cancel_futures=True)

    def _judged(self, name: str, future: Future[Read], listed: _Listed) -> Iterator[Finding]:
        try:
            read = future.result()
        except OSError as error:
            yield Finding("unreadable", name, f"{name} cannot be read: {error.strerror or error}")
            return
        except BadArchiveError as error:
            yield Finding("unreadable", name, str(error))
            return
        if not read.is_right or (read.digest is not None and _pair(read.digest, name) not in listed.pairs):
            yield Finding("changed", name, f"{name} has other bytes than are listed")
            return
        self.file_count += 1
        self.size_bytes += read.size_bytes


# --------------------------------------------------------------------------------------------- what the lists say


@dataclass(frozen=True, slots=True)
class _Listed:
    """What `manifest-sha256.txt` says: of names, which may be many, only what is needed to know them again."""

    names: Seen = field(default_factory=Seen)
    pairs: Seen = field(default_factory=Seen)

    def read(self, chunks: Iterator[bytes]) -> Iterator[Finding]:
        for number, (digest, name) in enumerate(_lines(chunks), 1):
            if not name:
                yield Finding("unreadable", SUMS, f"line {number} of {SUMS} is no digest and name")
            elif (fault := fault_of(name)) is not None:
                yield Finding("unsafe", name, f"{name!r} is listed and was not read: {fault}")
            elif self.names.add(name):
                self.pairs.add(_pair(digest, name))
            elif _pair(digest, name) not in self.pairs:
                yield Finding("changed", name, f"{name} is listed twice, with two digests")


def _pair(digest: str, name: str) -> str:
    return f"{digest.lower()} {name}"


def _lines(chunks: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    """Digest and name of each line; both empty where it is none."""
    for line in _split(chunks):
        try:
            match = _LINE.fullmatch(line.decode())
        except UnicodeDecodeError:
            match = None
        yield (match[1], match[2]) if match else ("", "")


def _split(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Lines without their ends; of one that is too long, its start."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in lines)
        rest = rest[: _LONGEST_LINE + 1]
    if rest:
        yield rest


def _rows(volume: FolderVolume | ArchiveVolume, listed: _Listed) -> Iterator[Finding]:
    """Rows of `manifest.json` whose media is not listed, or listed with another digest."""
    count = 0
    try:
        for split, row in manifest_rows(volume.chunks(MANIFEST)):
            if split:
                count += 1
                yield from _row(split, row, listed)
            elif row != count:
                yield Finding("changed", MANIFEST, f"{MANIFEST} counts {row} samples in all and lists {count}")
    except BadManifestError as error:
        yield Finding("unreadable", MANIFEST, f"{MANIFEST} is not the list of a dataset: {error}")
    except (OSError, KeyError) as error:
        yield Finding("unreadable", MANIFEST, f"{MANIFEST} cannot be read: {error}")


def _row(split: str, row: JsonValue, listed: _Listed) -> Iterator[Finding]:
    path = row.get("path") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(path, str):
        yield Finding("unreadable", MANIFEST, f"a row of {MANIFEST} has no path: {str(row)[:60]}")
        return
    digest = row.get("sha256")
    if path in listed.names:
        if isinstance(digest, str) and _pair(digest, path) not in listed.pairs:
            yield Finding("changed", path, f"{path} has one digest in {MANIFEST} and another in {SUMS}")
    elif f"{split}.zip" not in listed.names and not any(
        parent.as_posix() in listed.names for parent in PurePosixPath(path).parents
    ):  # nor a member of a listed archive: of its split's, or of one that the path begins with
        yield Finding("missing", path, f"{path} stands in {MANIFEST} and not in {SUMS}")
