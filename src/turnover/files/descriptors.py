"""Reading and writing by file descriptor and position, without buffers in between."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

CHUNK_BYTES = 1 << 20
"""What is read at once: larger pieces fall out of the processor's cache and are slower."""

_READ = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
_WRITE = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_HAS_POSITIONS = hasattr(os, "preadv") and hasattr(os, "pwrite")
# Where the system cannot read at a position, the file's own position is moved, one thread at a time.
_position = threading.Lock()


def open_to_read(path: Path | str) -> int:
    """A descriptor of a file; OSError where there is none, or what stands there is no regular file."""
    return open_with_status(path)[0]


def open_with_status(path: Path | str) -> tuple[int, os.stat_result]:
    """As `open_to_read`, with the status of what was opened. Nothing blocks on a pipe."""
    descriptor = os.open(path, _READ)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file", str(path))
    except OSError:
        os.close(descriptor)
        raise
    return descriptor, status


def open_to_write(path: Path | str) -> int:
    """A descriptor to read and write by, of a file that is made where there is none; what it holds stays."""
    return os.open(path, _WRITE, 0o666)


def read_into(descriptor: int, view: memoryview) -> int:
    """Fill the view from where the descriptor stands; how many bytes came, fewer only at the end of the file."""
    done = _read_some(descriptor, view)
    while 0 < done < len(view):
        got = _read_some(descriptor, view[done:])
        if not got:
            break
        done += got
    return done


def read_at(descriptor: int, view: memoryview, position: int) -> int:
    """As `read_into`, from a position; the descriptor's own is not used, so that any thread may read."""
    done = 0
    while done < len(view):
        if _HAS_POSITIONS:
            got = os.preadv(descriptor, [view[done:]], position + done)
        else:
            with _position:
                os.lseek(descriptor, position + done, os.SEEK_SET)
                got = _read_some(descriptor, view[done:])
        if not got:
            break
        done += got
    return done


def bytes_at(descriptor: int, size_bytes: int, position: int) -> bytes:
    """Up to so many bytes from a position; fewer only at the end of the file."""
    content = bytearray(size_bytes)
    return bytes(memoryview(content)[: read_at(descriptor, memoryview(content), position)])


def write_at(descriptor: int, content: bytes | memoryview, position: int) -> None:
    """Write all of it at a position; any thread may."""
    rest = memoryview(content)
    while rest:
        if _HAS_POSITIONS:
            done = os.pwrite(descriptor, rest, position)
        else:
            with _position:
                os.lseek(descriptor, position, os.SEEK_SET)
                done = os.write(descriptor, rest)
        rest = rest[done:]
        position += done


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder through to the disk, where the system knows how."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # Windows opens no folders
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_some(descriptor: int, view: memoryview) -> int:
    if _HAS_POSITIONS:
        return os.readv(descriptor, (view,))
    content = os.read(descriptor, len(view))
    view[: len(content)] = content
    return len(content)
