"""Files read once: what is known of their bytes from then on."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from isal.isal_zlib import crc32

from turnover.core.entry import FileSource, Stamp
from turnover.errors import ProbeError
from turnover.files.descriptors import CHUNK_BYTES, open_to_read, read_into


def stamp_of(status: os.stat_result) -> Stamp:
    """The size, times and inode of a file as the system gives them."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def read_once(path: Path) -> FileSource:
    """The file as a source of bytes, with SHA-256 and CRC-32 from one reading.

    Raises ProbeError: `not_found`, `unreadable`, or `source_changed` where it changed while it was read.
    """
    try:
        descriptor = open_to_read(path)
        try:
            return _read(path, descriptor)
        finally:
            os.close(descriptor)
    except FileNotFoundError as error:
        raise ProbeError(f"{path}: no such file", hint="check the spelling", code="not_found") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProbeError(f"{path}: {reason}", hint="check the name, and who may read it") from error


def _read(path: Path, descriptor: int) -> FileSource:
    before = stamp_of(os.fstat(descriptor))
    digest, crc, size = hashlib.sha256(), 0, 0
    # One byte more than a small file has, so that its end shows in the first reading.
    scratch = memoryview(bytearray(min(CHUNK_BYTES, before.size_bytes + 1)))
    while got := read_into(descriptor, scratch):
        part = scratch[:got]
        digest.update(part)
        crc = crc32(part, crc)
        size += got
        if got < len(scratch):
            break
    if size != before.size_bytes or stamp_of(os.fstat(descriptor)) != before:
        raise ProbeError(
            f"{path}: changed while it was read", hint="wait until it is written, then run again", code="source_changed"
        )
    return FileSource(path, size, digest.hexdigest(), crc, before)
