"""The files of a dataset that stands, a folder or a stored ZIP, as sources for the next one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from turnover.core.entry import FileSource
from turnover.errors import ProbeError
from turnover.files.descriptors import bytes_at, open_to_read, open_with_status
from turnover.files.packing.reading import StoredZip


class Standing(Protocol):
    """Files by their names; KeyError, OSError or ProbeError where one is not there or cannot be read."""

    def read(self, name: str, most_bytes: int) -> bytes:
        """All of a small file; OSError where it is larger."""
        ...

    def source(self, name: str, digest: str) -> FileSource:
        """A file whose digest the dataset's own list tells."""
        ...

    def close(self) -> None: ...


class StandingZip(StoredZip):
    """Members are copied from where they lie in the archive; their CRC and the archive's stamp vouch for them."""

    def read(self, name: str, most_bytes: int | None = None) -> bytes:
        if most_bytes is not None and self.size_of(name) > most_bytes:
            raise OSError(0, f"larger than {most_bytes:,} bytes", name)
        return super().read(name)

    def source(self, name: str, digest: str) -> FileSource:
        start, size = self.place_of(name)
        return FileSource(self._path, size, digest, self._member(name).crc32, self._stamp, start)


class StandingFolder:
    """Files below a folder; a name must be safe, as those of `names` are."""

    def __init__(self, root: Path, read: Callable[[Path], FileSource] | None) -> None:
        """read: gives a file's sums, from one reading at most; None where files are only compared by their digests,
        so that none is opened: such a source has no stamp, and must be read before it is copied."""
        self._root = Path(os.path.abspath(root))  # noqa: PTH100  # links are not resolved
        self._read = read

    def read(self, name: str, most_bytes: int) -> bytes:
        descriptor, status = open_with_status(self._root / name)
        try:
            if status.st_size > most_bytes:
                raise OSError(0, f"larger than {most_bytes:,} bytes", name)
            return bytes_at(descriptor, status.st_size, 0)
        finally:
            os.close(descriptor)

    def source(self, name: str, digest: str) -> FileSource:
        path = self._root / name
        if self._read is None:
            descriptor = open_to_read(path)
            try:
                return FileSource(path, os.fstat(descriptor).st_size, digest, 0)
            finally:
                os.close(descriptor)
        source = self._read(path)
        if source.digest != digest:
            hint = "`turnover verify` names every file that changed"
            raise ProbeError(f"{path}: has other bytes than its dataset lists", hint=hint, code="source_changed")
        return source

    def close(self) -> None:
        """Nothing stays open."""
