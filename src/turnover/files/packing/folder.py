"""Entries written into a folder, file by file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Literal

from turnover.core.entry import ArchiveSource, BytesSource, Entry, FileSource, Packed
from turnover.files.descriptors import CHUNK_BYTES, open_to_read, sync_folder, write_at
from turnover.files.packing.copying import copy, link, load
from turnover.files.packing.journal import Journal
from turnover.files.packing.making import Terms, made, mark_of, sums_of, write_stream
from turnover.files.packing.names import Names
from turnover.files.packing.out import LARGE_BYTES
from turnover.files.packing.places import MANIFEST

Link = Literal["copy", "hard", "reflink"]
"""How a file of a source gets into a folder: with bytes of its own; as a second name of the same file, so that a
change to one is a change to both; sharing blocks on the disk until one of the two changes. Where the second or third
cannot be, it is copied."""

_PART = f".{MANIFEST}.part"
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class FolderWriter:
    """Writes files below a folder; goes on where a run that was killed stopped.

    A file that the run before finished is taken over when its bytes still have their digest. `manifest.json` gets its
    name at the very end.
    """

    def __init__(self, root: Path, journal: Journal, *, how: Link, terms: Terms) -> None:
        self._root = str(root)
        self._journal = journal
        self._how = how
        self._terms = terms
        self._is_new = not root.exists()
        self._scratch = memoryview(bytearray(CHUNK_BYTES))
        self._folder = ""
        self.linked_count = 0
        """Files that are second names of their sources."""
        root.mkdir(exist_ok=True)

    def add(self, entry: Entry) -> Packed:
        """Write a file, or find that it stands."""
        path = self._path(entry.name)
        coming = self._journal.coming()
        if coming is not None and coming[0].name == entry.name and self._stands(entry, path, *coming):
            self._journal.keep()
            self._terms.watch.passed(coming[0].size_bytes)
            return coming[0]
        packed, mark = self._written(entry, path)
        if coming == (packed, mark):
            self._journal.keep()
            return packed
        self._journal.add(packed, mark)
        return packed

    def finish(self, names: Names) -> None:
        """Remove what is left of a run before, bring all through to the disk, and name the manifest."""
        if not self._is_new:
            self._tidy(names)
        for folder, _, files in os.walk(self._root):
            for file in files:
                self._sync(os.path.join(folder, file))  # noqa: PTH118  # many thousand
            sync_folder(Path(folder))
        part = Path(self._root, _PART)
        if part.exists():
            part.rename(part.with_name(MANIFEST))
            sync_folder(part.parent)

    def _path(self, name: str) -> str:
        folder = name.rpartition("/")[0]
        if folder != self._folder:
            Path(self._root, folder).mkdir(parents=True, exist_ok=True)
            self._folder = folder
        return f"{self._root}/{_PART if name == MANIFEST else name}"

    def _stands(self, entry: Entry, path: str, known: Packed, mark: str) -> bool:
        """Whether a file of the run before is what this entry would become; what is small is made anew instead."""
        source = entry.source
        if isinstance(source, FileSource):
            is_wanted = (source.size_bytes, source.digest) == (known.size_bytes, known.digest)
        elif isinstance(source, ArchiveSource):
            is_wanted = mark_of(source, self._terms) == mark
        else:
            return False
        if not is_wanted:
            return False
        try:
            descriptor = open_to_read(path)
        except OSError:
            return False
        try:
            sums = sums_of(descriptor, self._terms.watch)
        finally:
            os.close(descriptor)
        return (sums.size_bytes, sums.digest) == (known.size_bytes, known.digest)

    def _written(self, entry: Entry, path: str) -> tuple[Packed, str]:
        source, watch = entry.source, self._terms.watch
        if not self._is_new:
            # Not written over: it may be a second name of somebody's source.
            with suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108
        if isinstance(source, FileSource) and self._how == "hard" and link(source, path):
            self.linked_count += 1
            watch.passed(source.size_bytes)
            return Packed(entry.name, source.size_bytes, source.digest, source.crc32), "-"
        descriptor = os.open(path, _NEW, 0o666)
        if not isinstance(source, FileSource | BytesSource):
            with os.fdopen(descriptor, "r+b") as file:
                sums = write_stream(source, file, self._terms)
            return Packed(entry.name, sums.size_bytes, sums.digest, sums.crc32), sums.mark
        content = made(source, self._terms)
        try:
            if isinstance(source, BytesSource):
                write_at(descriptor, source.content, 0)
                watch.passed(content.size_bytes)
            elif source.size_bytes < LARGE_BYTES:
                view = self._scratch[: source.size_bytes]
                load(source, view)
                write_at(descriptor, view, 0)
                watch.passed(content.size_bytes)
            else:
                shares = self._how == "reflink"
                copy(source, descriptor, 0, scratch=self._scratch, watch=watch, shares=shares)
        finally:
            os.close(descriptor)
        return Packed(entry.name, content.size_bytes, content.digest, content.crc32), "-"

    def _tidy(self, names: Names) -> None:
        for folder, folders, files in os.walk(self._root, topdown=False):
            for file in files:
                path = Path(folder, file)
                name = path.relative_to(self._root).as_posix()
                if (MANIFEST if name == _PART else name) not in names:
                    path.unlink()
            for one in folders:
                with suppress(OSError):  # what still holds files stays
                    Path(folder, one).rmdir()

    def _sync(self, path: str) -> None:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
