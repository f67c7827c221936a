"""Entries become a folder or a ZIP: whole at its place, or not there at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from turnover.core.entry import ChunksSource, Entry, Packed
from turnover.errors import WriteError
from turnover.files.descriptors import CHUNK_BYTES, sync_folder
from turnover.files.packing.folder import FolderWriter, Link
from turnover.files.packing.journal import Journal
from turnover.files.packing.making import Terms, made
from turnover.files.packing.names import Names
from turnover.files.packing.out import Out
from turnover.files.packing.places import (
    SUMS,
    check_file,
    check_folder,
    claimed,
    publish_folder,
    temporary_for,
)
from turnover.files.packing.watching import Progress, Stop, Watch
from turnover.files.packing.zip import ZipWriter

_LINES = 512

Told = Callable[[Packed], None]


@dataclass(frozen=True, slots=True)
class PackResult:
    """What stands there now."""

    path: Path
    file_count: int
    """Without `manifest-sha256.txt`."""
    size_bytes: int
    """Of all files together, or of the archive."""
    digest: str
    """SHA-256 of `manifest-sha256.txt`, which has the digest of every other file: the same for a folder and a ZIP."""
    linked_count: int = 0
    """Files that are second names of their sources."""


def pack(
    entries: Iterable[Entry],
    target: Path,
    *,
    kind: Literal["folder", "zip"],
    date: datetime,
    link: Link = "copy",
    overwrites: bool = False,
    threads: int = 2,
    progress: Progress | None = None,
    stop: Stop | None = None,
    told: Told | None = None,
) -> PackResult:
    """Write every entry, and `manifest-sha256.txt` after them.

    entries: read one at a time, none is kept.
    date: of every member of an archive.
    link: how files get into a folder; an archive shares blocks with its sources where the file system can.
    overwrites: whether a dataset, or a file in the place of an archive, that stands at the target is replaced.
    threads: for large files of an archive; the bytes are the same for any number.
    progress: told the bytes of contents done so far, by any of the threads.
    told: of each file when it is written, in the order of the entries.

    Nothing shows at the target before all is written, checked and on the disk, and a failure leaves nothing new. A run
    that was killed leaves a hidden neighbour: the next run to the same folder goes on from it.
    Raises WriteError: `exists`, `not_ours`, `busy`, `bad_name`, `name_taken`, `source_changed`, `source_missing`,
    `source_unreadable`, `cancelled`, `write_failed`.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100  # a link in the target's own place is not followed
    terms = Terms(date, target.parent, Watch(progress, stop), threads)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if kind == "zip":
            check_file(target, overwrites=overwrites)
            return _pack_zip(entries, target, terms, told)
        check_folder(target, overwrites=overwrites)
        return _pack_folder(entries, target, link, terms, told)
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "choose another place with --out, or free it"
        raise WriteError(f"{target}: {reason}", hint=hint, code="write_failed") from error


def _pack_zip(entries: Iterable[Entry], target: Path, terms: Terms, told: Told | None) -> PackResult:
    temporary = temporary_for(target)
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

                listed, sums, _ = _add_all(entries, add, terms, told)
                size = writer.finish()
            os.fsync(descriptor)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    sync_folder(target.parent)
    return PackResult(target, listed.file_count, size, sums.digest)


def _pack_folder(entries: Iterable[Entry], target: Path, how: Link, terms: Terms, told: Told | None) -> PackResult:
    temporary = temporary_for(target)
    lines = temporary.with_name(temporary.name + ".journal")
    with claimed(lines) as descriptor:
        try:
            if os.fstat(descriptor).st_size == 0 and temporary.exists():
                shutil.rmtree(temporary)  # nobody knows what of it is whole
            elif not temporary.exists():
                os.ftruncate(descriptor, 0)
            writer = FolderWriter(temporary, Journal(descriptor), how=how, terms=terms)
            listed, sums, names = _add_all(entries, writer.add, terms, told)
            writer.finish(names)
            publish_folder(temporary, target)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            lines.unlink(missing_ok=True)
            raise
        lines.unlink(missing_ok=True)
    return PackResult(target, listed.file_count, listed.size_bytes + sums.size_bytes, sums.digest, writer.linked_count)


def _add_all(
    entries: Iterable[Entry], add: Callable[[Entry], Packed], terms: Terms, told: Told | None
) -> tuple[Listing, Packed, Names]:
    names = Names()
    names.check(SUMS)
    with closing(Listing(terms.folder)) as listing:
        for entry in entries:
            names.check(entry.name)
            packed = add(entry)
            listing.add(packed)
            if told is not None:
                told(packed)
        sums = add(Entry(SUMS, ChunksSource(listing.chunks)))
    return listing, sums, names


class Listing:
    """The lines of `manifest-sha256.txt`, which wait on the disk: digest, two spaces, name (RFC 8493, 2.1.3)."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(CHUNK_BYTES, dir=str(folder))  # noqa: SIM115  # closed by close()
        self._lines: list[str] = []
        self.file_count = 0
        self.size_bytes = 0

    def add(self, packed: Packed) -> None:
        self._lines.append(f"{packed.digest}  {packed.name}\n")
        if len(self._lines) == _LINES:
            self._flush()
        self.file_count += 1
        self.size_bytes += packed.size_bytes

    def chunks(self) -> Iterator[bytes]:
        self._flush()
        self._file.seek(0)
        while piece := self._file.read(CHUNK_BYTES):
            yield piece

    def _flush(self) -> None:
        self._file.write("".join(self._lines).encode())
        self._lines.clear()

    def close(self) -> None:
        self._file.close()
