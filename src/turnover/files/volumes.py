"""The files of a dataset as they lie there, in a folder or in a ZIP: read, never extracted."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from isal.isal_zlib import crc32

from turnover.files.descriptors import CHUNK_BYTES, open_to_read, read_at
from turnover.files.packing.directory import BadArchiveError, Member, content_at, members
from turnover.files.packing.names import fault_of
from turnover.files.packing.seen import Seen
from turnover.files.packing.watching import Watch


@dataclass(frozen=True, slots=True)
class Unsafe:
    """Why a file is not read."""

    reason: str


@dataclass(frozen=True, slots=True)
class Read:
    """What reading a file gave."""

    size_bytes: int
    digest: str | None
    """None where only the CRC was asked for."""
    is_right: bool = True
    """Whether the archive's own CRC says the same."""


Reader: TypeAlias = Callable[[Watch], Read]
_scratch = threading.local()


def _read(descriptor: int, start: int, size: int | None, watch: Watch, *, crc: int | None, is_quick: bool) -> Read:
    """Sums of a part of a file; size: None is "to its end"."""
    if not hasattr(_scratch, "view"):
        _scratch.view = memoryview(bytearray(CHUNK_BYTES))
    digest = None if is_quick else hashlib.sha256()
    seen_crc, done = 0, 0
    while size is None or done < size:
        part = _scratch.view if size is None else _scratch.view[: size - done]
        part = part[: read_at(descriptor, part, start + done)]
        if not part:
            break
        if crc is not None:
            seen_crc = crc32(part, seen_crc)
        if digest is not None:
            digest.update(part)
        done += len(part)
        watch.passed(len(part))
    is_right = (size is None or done == size) and crc in (None, seen_crc)
    return Read(done, None if digest is None else digest.hexdigest(), is_right)


@dataclass(frozen=True, slots=True)
class FolderVolume:
    """The files below a folder. Links are followed to files, not to folders: caches of hubs are made of them."""

    root: Path

    def files(self) -> Iterator[tuple[str, Reader | Unsafe]]:
        """Each file with what reads it, sorted within its folder."""
        for folder, folders, names in os.walk(self.root):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(folder, name)  # noqa: PTH118  # many thousand
                yield _shown(os.path.relpath(path, self.root).replace(os.sep, "/")), partial(self._read, path)

    def _read(self, path: str, watch: Watch) -> Read:
        descriptor = open_to_read(path)
        try:
            return _read(descriptor, 0, None, watch, crc=None, is_quick=False)
        finally:
            os.close(descriptor)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file; OSError as it comes."""
        with os.fdopen(open_to_read(self.root / name), "rb") as file:
            while piece := file.read(CHUNK_BYTES):
                yield piece


@dataclass(frozen=True, slots=True)
class ArchiveVolume:
    """The members of a ZIP, read in place."""

    descriptor: int
    is_quick: bool

    def files(self) -> Iterator[tuple[str, Reader | Unsafe]]:
        """Each member with what reads it. A whole archive has its members one after the other, each once."""
        names, stop = Seen(), 0
        for member in members(self.descriptor):
            shown = _shown(member.name)
            reason = _fault(member, stop)
            if reason is None and not names.add(member.name):
                reason = "it is there twice, and programs differ in which they take"
            if reason is not None:
                yield shown, Unsafe(reason)
                continue
            try:
                stop = content_at(self.descriptor, member) + member.size_bytes
            except BadArchiveError as error:
                yield shown, Unsafe(str(error))
            else:
                yield shown, partial(self._read, member)

    def _read(self, member: Member, watch: Watch) -> Read:
        start = content_at(self.descriptor, member)
        return _read(self.descriptor, start, member.size_bytes, watch, crc=member.crc32, is_quick=self.is_quick)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file; KeyError where there is no such member."""
        member = next((one for one in members(self.descriptor) if one.name == name and one.is_stored), None)
        if member is None:
            raise KeyError(name)
        start, done = content_at(self.descriptor, member), 0
        while done < member.size_bytes:
            piece = bytearray(min(CHUNK_BYTES, member.size_bytes - done))
            got = read_at(self.descriptor, memoryview(piece), start + done)
            if not got:
                return
            yield bytes(piece[:got])
            done += got


def _fault(member: Member, stop: int) -> str | None:
    """Why a member must not be read; None where it may."""
    if (reason := fault_of(member.name)) is not None:
        return reason
    if not member.is_stored or member.packed_bytes != member.size_bytes:
        return "it is compressed or encrypted, as no dataset of this program is"
    if member.header_at < stop:
        return "it lies over another member"
    return None


def _shown(name: str) -> str:
    """A name that can be written anywhere."""
    return name.encode("utf-8", "backslashreplace").decode()
