"""Sources become contents: what has no bytes yet is made, once, into a file."""

from __future__ import annotations

import hashlib
import io
import tempfile
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Literal

from isal.isal_zlib import crc32

from turnover.core.entry import ArchiveSource, BytesSource, ChunksSource, Entry, FileSource, TableSource
from turnover.files.descriptors import CHUNK_BYTES, read_at
from turnover.files.packing.made import Made, Spool
from turnover.files.packing.names import Names
from turnover.files.packing.out import Out
from turnover.files.packing.tar import TarWriter
from turnover.files.packing.watching import Watch
from turnover.files.packing.zip import ZipWriter

_IN_MEMORY_BYTES = 1 << 20

Stream = ChunksSource | TableSource | ArchiveSource
"""A source whose size shows only when it is made."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for everything that is written in one go."""

    date: datetime
    folder: Path
    """Where temporary files without a name may lie."""
    watch: Watch
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Sums:
    """Size and sums of bytes that were written."""

    size_bytes: int
    digest: str
    crc32: int
    mark: str = "-"
    """Of an archive: what tells before it is made that it would be the same again."""


def made(source: FileSource | BytesSource | Stream, terms: Terms) -> Made:
    """The source as a content, to be closed; a stream waits in memory or, from 1 MiB on, in a file without a name."""
    if isinstance(source, FileSource):
        return Made(source, source.size_bytes, source.digest, source.crc32)
    if isinstance(source, BytesSource):
        content = source.content
        return Made(content, len(content), hashlib.sha256(content).hexdigest(), crc32(content))
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile(dir=terms.folder))
        sums = write_stream(source, file, terms)
        if sums.size_bytes > _IN_MEMORY_BYTES:
            stack.pop_all()  # it is closed with the content
            return Made(Spool(file), sums.size_bytes, sums.digest, sums.crc32)
        file.seek(0)
        return Made(file.read(), sums.size_bytes, sums.digest, sums.crc32)


def write_stream(source: Stream, file: IO[bytes], terms: Terms) -> Sums:
    """Make a stream into an empty file; its sums."""
    if isinstance(source, ArchiveSource):
        mark = write_archive(source, file.fileno(), terms)
        return replace(sums_of(file.fileno(), terms.watch), mark=mark)
    sink = Sink(file, terms.watch)
    if isinstance(source, ChunksSource):
        for chunk in source.chunks():
            sink.write(chunk)
    else:
        from turnover.files.packing.tables import write_table  # noqa: PLC0415  # Arrow takes its time to load

        write_table(source, sink)
    file.flush()
    return sink.sums()


def write_archive(source: ArchiveSource, descriptor: int, terms: Terms) -> str:
    """Write an archive into an empty file, from its first byte on; its mark."""
    names, mark = Names(), _first_mark(source, terms)
    with (
        Out(descriptor, watch=terms.watch, threads=terms.threads) as out,
        closing(archive_writer(source.kind, out, terms)) as writer,
    ):
        for entry in source.entries():
            names.check(entry.name)
            content = made(entry.source, terms)
            try:
                writer.add(entry.name, content)
            finally:
                content.close()
            mark.update(_marked(entry, content))
        writer.finish()
    return mark.hexdigest()


def mark_of(source: ArchiveSource, terms: Terms) -> str:
    """The mark of an archive, without writing it; the files that go into it are not read."""
    mark = _first_mark(source, terms)
    for entry in source.entries():
        with closing(made(entry.source, terms)) as content:
            mark.update(_marked(entry, content))
    return mark.hexdigest()


def _first_mark(source: ArchiveSource, terms: Terms) -> hashlib._Hash:
    return hashlib.sha256(f"{source.kind} {terms.date.timestamp()}\n".encode())


def _marked(entry: Entry, content: Made) -> bytes:
    return f"{content.digest} {content.size_bytes} {entry.name}\n".encode()


def archive_writer(kind: Literal["zip", "tar"], out: Out, terms: Terms) -> ZipWriter | TarWriter:
    """The writer of a kind of archive."""
    if kind == "zip":
        return ZipWriter(out, date=terms.date, folder=terms.folder)
    return TarWriter(out, date=terms.date)


def sums_of(descriptor: int, watch: Watch) -> Sums:
    """The sums of a file's bytes, from reading it; they do not count as work done."""
    scratch = memoryview(bytearray(CHUNK_BYTES))
    digest, crc, size = hashlib.sha256(), 0, 0
    while got := read_at(descriptor, scratch, size):
        digest.update(scratch[:got])
        crc = crc32(scratch[:got], crc)
        size += got
        watch.passed(0)
    return Sums(size, digest.hexdigest(), crc)


class Sink(io.RawIOBase):
    """A file that sums what is written to it."""

    def __init__(self, file: IO[bytes], watch: Watch) -> None:
        super().__init__()
        self._file = file
        self._watch = watch
        self._digest, self._crc, self._size = hashlib.sha256(), 0, 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, content: bytes) -> int:  # type: ignore[override]  # of all that has bytes, only these come
        self._file.write(content)
        self._digest.update(content)
        self._crc = crc32(content, self._crc)
        self._size += len(content)
        self._watch.passed(len(content))
        return len(content)

    def sums(self) -> Sums:
        return Sums(self._size, self._digest.hexdigest(), self._crc)
