"""What a dataset has otherwise than the version before it: unpacked over that version it is the whole.

A delta holds every file that is new or has other bytes, `removed.txt` with the names of those that are gone, and the
lists of the whole: `manifest.json` after all files, `manifest-sha256.txt` last. Nothing of what stayed is read.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from turnover.core.entry import ChunksSource, Entry, FileSource, Packed
from turnover.errors import WriteError
from turnover.files.descriptors import sync_folder
from turnover.files.packing.folder import FolderWriter
from turnover.files.packing.journal import Journal
from turnover.files.packing.making import Terms, made
from turnover.files.packing.names import MAX_NAME_BYTES, Names, fault_of
from turnover.files.packing.out import Out
from turnover.files.packing.pack import Listing, PackResult, Told
from turnover.files.packing.places import (
    MANIFEST,
    SUMS,
    check_file,
    check_folder,
    claimed,
    publish_folder,
    temporary_for,
)
from turnover.files.packing.seen import Seen
from turnover.files.packing.watching import Progress, Stop, Watch
from turnover.files.packing.zip import ZipWriter

REMOVED = "removed.txt"
"""A name a line, its own the last: whoever unpacks a delta over a folder removes these files from it."""

LONGEST_LINE = 64 + 2 + MAX_NAME_BYTES + 2
_LINE = re.compile(r"([0-9a-f]{64})  (.+?)\r?\n?")


@dataclass(slots=True)
class Before:
    """The files of the version before, as its `manifest-sha256.txt` lists them: 16 bytes of each are kept."""

    lines: Callable[[], Iterator[bytes]]
    """The lines of that file, none longer than `LONGEST_LINE`; each call starts anew."""
    _pairs: Seen = field(default_factory=Seen)

    def __post_init__(self) -> None:
        for digest, name in self._listed():
            self._pairs.add(f"{digest} {name}")

    def has(self, name: str, digest: str) -> bool:
        return f"{digest} {name}" in self._pairs

    def names(self) -> Iterator[str]:
        """Those that are safe; what is not was not written by this program, and is let alone."""
        return (name for _, name in self._listed() if fault_of(name) is None)

    def _listed(self) -> Iterator[tuple[str, str]]:
        for line in self.lines():
            match = _LINE.fullmatch(line.decode("utf-8", "replace"))
            if match:
                yield match[1], match[2]


def pack_delta(
    entries: Iterable[Entry],
    target: Path,
    *,
    kind: Literal["folder", "zip"],
    date: datetime,
    before: Before,
    overwrites: bool = False,
    progress: Progress | None = None,
    stop: Stop | None = None,
    told: Told | None = None,
) -> PackResult:
    """Write the entries that the version before has not; all else as `pack` does, and raises.

    entries: of the whole. told: of each of them, written or not.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100  # a link in the target's own place is not followed
    terms = Terms(date, target.parent, Watch(progress, stop))
    adding = _Adding(before, terms, told)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if kind == "zip":
            check_file(target, overwrites=overwrites)
            return _pack_zip(entries, target, adding)
        check_folder(target, overwrites=overwrites)
        return _pack_folder(entries, target, adding)
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "choose another place with --out, or free it"
        raise WriteError(f"{target}: {reason}", hint=hint, code="write_failed") from error


def _pack_zip(entries: Iterable[Entry], target: Path, adding: _Adding) -> PackResult:
    temporary, terms = temporary_for(target), adding.terms
    with claimed(temporary) as descriptor:
        try:
            os.ftruncate(descriptor, 0)
            with ExitStack() as stack:
                out = stack.enter_context(Out(descriptor, watch=terms.watch, threads=terms.threads))
                writer = stack.enter_context(closing(ZipWriter(out, date=terms.date, folder=terms.folder)))

                def add(entry: Entry) -> Packed:
                    content = made(entry.source, terms)
                    try:
                        writer.add(entry.name, content)
                    finally:
                        content.close()
                    return Packed(entry.name, content.size_bytes, content.digest, content.crc32)

                sums = adding.all(entries, add)
                size = writer.finish()
            os.fsync(descriptor)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    sync_folder(target.parent)
    return PackResult(target, adding.file_count, size, sums.digest)


def _pack_folder(entries: Iterable[Entry], target: Path, adding: _Adding) -> PackResult:
    temporary = temporary_for(target)
    lines = temporary.with_name(temporary.name + ".journal")
    with claimed(lines) as descriptor:
        try:
            shutil.rmtree(temporary, ignore_errors=True)  # A delta is small: what a run before left is made anew.
            os.ftruncate(descriptor, 0)
            writer = FolderWriter(temporary, Journal(descriptor), how="copy", terms=adding.terms)
            sums = adding.all(entries, writer.add)
            writer.finish(adding.names)
            publish_folder(temporary, target)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            lines.unlink(missing_ok=True)
            raise
        lines.unlink(missing_ok=True)
    return PackResult(target, adding.file_count, adding.size_bytes, sums.digest)


@dataclass(slots=True)
class _Adding:
    """Lists every entry, and adds those that the version before has not."""

    before: Before
    terms: Terms
    told: Told | None
    names: Names = field(default_factory=Names)
    file_count: int = 0
    """Added, without `manifest-sha256.txt`."""
    size_bytes: int = 0

    def all(self, entries: Iterable[Entry], add: Callable[[Entry], Packed]) -> Packed:
        """What `manifest-sha256.txt` became."""
        self.names.check(SUMS)
        self.names.check(REMOVED)
        last: list[Entry] = []
        with closing(Listing(self.terms.folder)) as listing:
            for entry in entries:
                self.names.check(entry.name)
                packed = self._sums(entry)
                listing.add(packed)
                if self.told is not None:
                    self.told(packed)
                if entry.name == MANIFEST:
                    last.append(entry)  # Its presence means complete, and archives are unpacked in their order.
                elif not self.before.has(packed.name, packed.digest):
                    self._count(add(entry))
            if next(self._removed(), None) is not None:
                self._count(add(Entry(REMOVED, ChunksSource(self._removed_lines))))
            for entry in last:
                self._count(add(entry))
            sums = add(Entry(SUMS, ChunksSource(listing.chunks)))
        self.size_bytes += sums.size_bytes
        return sums

    def _sums(self, entry: Entry) -> Packed:
        source = entry.source
        if isinstance(source, FileSource):
            return Packed(entry.name, source.size_bytes, source.digest, source.crc32)
        with closing(made(source, self.terms)) as content:
            return Packed(entry.name, content.size_bytes, content.digest, content.crc32)

    def _count(self, packed: Packed) -> None:
        self.file_count += 1
        self.size_bytes += packed.size_bytes

    def _removed(self) -> Iterator[str]:
        return (name for name in self.before.names() if name not in self.names)

    def _removed_lines(self) -> Iterator[bytes]:
        yield from (f"{name}\n".encode() for name in self._removed())
        yield f"{REMOVED}\n".encode()
