"""Sources copied byte by byte, and compared on the way with what was known of them."""

from __future__ import annotations

import hashlib
import os
import struct
import sys

from isal.isal_zlib import crc32

from turnover.core.entry import FileSource
from turnover.errors import WriteError
from turnover.files.descriptors import open_with_status, read_into, write_at
from turnover.files.packing.watching import Watch

BLOCK_BYTES = 4096
"""File systems share whole blocks between files: what lies at a multiple of this can be shared."""

_FICLONERANGE = 0x4020940D  # _IOW(0x94, 13, struct file_clone_range), linux/fs.h


def load(source: FileSource, view: memoryview) -> None:
    """Read a whole source into a view of its size.

    Raises WriteError `source_changed`, `source_missing`, `source_unreadable`; each names the file.
    """
    descriptor, status = _open(source)
    try:
        is_same = _is_same(source, status)
        got = read_into(descriptor, view)
    except OSError as error:
        raise _unreadable(source, error) from error
    finally:
        os.close(descriptor)
    if is_same and got == source.size_bytes and crc32(view) == source.crc32:
        return
    digest = None if is_same else hashlib.sha256(view[:got]).hexdigest()
    _check(source, got, crc32(view[:got]), digest)


def copy(source: FileSource, out: int, at: int, *, scratch: memoryview, watch: Watch, shares: bool = True) -> None:
    """Copy a source to a position of an open file, through the scratch; raises as `load`.

    Where `shares` and the file system can, the two files share the blocks on the disk; every byte is read all the same.
    """
    descriptor, status = _open(source)
    try:
        digest = None if _is_same(source, status) else hashlib.sha256()
        shared = _shared(descriptor, source, out, at) if shares else 0
        crc, done = 0, 0
        while done < source.size_bytes:
            part = scratch[: min(len(scratch), source.size_bytes - done)]
            part = part[: _read(descriptor, part, source)]
            if not part:
                break
            crc = crc32(part, crc)
            if digest is not None:
                digest.update(part)
            if done + len(part) > shared:
                known = max(shared - done, 0)
                write_at(out, part[known:], at + done + known)
            done += len(part)
            watch.passed(len(part))
    finally:
        os.close(descriptor)
    _check(source, done, crc, None if digest is None else digest.hexdigest())


def link(source: FileSource, target: str) -> bool:
    """Give a source's file a second name, where that can be; False where its bytes must be copied.

    What the stamp tells must be true to the last field: the bytes are not read.
    """
    if source.offset or source.stamp is None:
        return False
    descriptor, status = _open(source)
    os.close(descriptor)
    if not _is_same(source, status):
        return False
    try:
        os.link(os.path.realpath(source.path), target)
        status = os.stat(target)  # noqa: PTH116  # one of many thousand
    except OSError:
        return False
    is_linked = (status.st_ino, status.st_mtime_ns) == (source.stamp.inode, source.stamp.modified_ns)
    if not is_linked:
        os.unlink(target)  # noqa: PTH108
    return is_linked


def _open(source: FileSource) -> tuple[int, os.stat_result]:
    try:
        descriptor, status = open_with_status(source.path)
        if source.offset:
            os.lseek(descriptor, source.offset, os.SEEK_SET)
    except FileNotFoundError as error:
        raise WriteError(
            f"{source.path}: is no longer there", hint="bring it back, or run again without it", code="source_missing"
        ) from error
    except OSError as error:
        raise _unreadable(source, error) from error
    return descriptor, status


def _read(descriptor: int, view: memoryview, source: FileSource) -> int:
    try:
        return read_into(descriptor, view)
    except OSError as error:
        raise _unreadable(source, error) from error


def _is_same(source: FileSource, now: os.stat_result) -> bool:
    """Whether nothing tells that the file changed. Where something does, its bytes must prove that it did not.

    A part of a pack file has no stamp: its CRC alone speaks for it.
    """
    stamp = source.stamp
    if stamp is None:
        return True
    if now.st_size != stamp.size_bytes:
        raise _changed(source, f"it had {stamp.size_bytes} bytes and has {now.st_size}")
    return (now.st_mtime_ns, now.st_ctime_ns, now.st_ino) == (stamp.modified_ns, stamp.changed_ns, stamp.inode)


def _check(source: FileSource, size: int, crc: int, digest: str | None) -> None:
    if size != source.size_bytes:
        raise _changed(source, f"it had {source.size_bytes} bytes and ends after {size}")
    if crc != source.crc32 or (digest is not None and digest != source.digest):
        raise _changed(source, "it has other bytes")


def _changed(source: FileSource, how: str) -> WriteError:
    return WriteError(
        f"{source.path}: changed since it was looked at: {how}",
        hint="run again: it is read anew",
        code="source_changed",
    )


def _unreadable(source: FileSource, error: OSError) -> WriteError:
    reason = error.strerror or str(error)
    return WriteError(
        f"{source.path}: cannot be read: {reason}", hint="check the disk, and who may read it", code="source_unreadable"
    )


def _shared(descriptor: int, source: FileSource, out: int, at: int) -> int:
    """How many bytes from the start the two files share from now on (ioctl_ficlonerange(2)); 0 where they cannot."""
    size = source.size_bytes // BLOCK_BYTES * BLOCK_BYTES
    if sys.platform != "linux" or not size or at % BLOCK_BYTES or source.offset % BLOCK_BYTES:
        return 0
    import fcntl  # noqa: PLC0415  # not on Windows

    try:
        fcntl.ioctl(out, _FICLONERANGE, struct.pack("=qQQQ", descriptor, source.offset, size, at))
    except OSError:
        return 0  # another disk, or a file system that shares nothing
    return size
