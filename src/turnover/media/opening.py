"""One regular file, opened for reading and for nothing else."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from turnover.media.refusals import refusal

# Without O_NONBLOCK a pipe that took the file's place would be waited for; Windows has neither it nor O_CLOEXEC.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class ReadLimitError(OSError):
    """More was asked of a file than an honest reader needs."""


class Source:
    """The bytes of an open file, given out up to a limit; seeks are free.

    FFmpeg gets this and no name, so nothing inside the file can be resolved into another one.
    """

    def __init__(self, raw: io.FileIO, size: int, limit: int) -> None:
        self._raw = raw
        self._left = limit
        self.size = size
        """Bytes of the file when it was opened."""

    def read(self, count: int = -1) -> bytes:
        """The next bytes, empty at the end; raises ReadLimitError past the limit."""
        if self._left <= 0:
            raise ReadLimitError(errno.EFBIG, "the file makes its reader go round in circles")
        data = self._raw.read(count) or b""
        self._left -= len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def at(self, offset: int, count: int) -> bytes:
        """Up to that many bytes from a place, fewer where the file ends; whoever reads on does not notice."""
        before = self.tell()
        try:
            self.seek(offset)
            return self.read(count)
        finally:
            self.seek(before)

    @contextmanager
    def buffered(self) -> Iterator[io.BufferedReader]:
        """The file from its start for readers that take a few bytes at a time; they have bounds of their own."""
        before = self.tell()
        self.seek(0)
        reader: io.BufferedReader = io.BufferedReader(self._raw, 1 << 16)
        try:
            yield reader
        finally:
            reader.detach()
            self.seek(before)


@contextmanager
def regular_file(path: Path, *, limit: int | None = None) -> Iterator[Source]:
    """A regular file that is not empty; links are followed.

    The limit is how many bytes may be read in all; None is what a scan of the whole needs.
    Raises ProbeError `not_found`, `no_permission`, `not_a_file`, `empty` or `unreadable`.
    """
    raw, size = _opened(path)
    with raw:
        yield Source(raw, size, _scan_limit(size) if limit is None else limit)


def _opened(path: Path) -> tuple[io.FileIO, int]:
    try:
        # What is no file is not opened at all: opening a device can already do something.
        _check_kind(path, path.stat())
        raw = io.FileIO(os.open(path, _FLAGS), "rb")
        try:
            status = os.fstat(raw.fileno())
            _check_kind(path, status)
            if status.st_size == 0:
                raise refusal("empty", f"{path.name} is empty")
        except BaseException:
            raw.close()
            raise
    except FileNotFoundError as error:
        raise refusal("not_found", f"there is no file {path}") from error
    except NotADirectoryError as error:
        raise refusal("not_found", f"a part of {path} is no folder") from error
    except PermissionError as error:
        raise refusal("no_permission", f"{path} may not be read") from error
    except OSError as error:
        raise refusal("unreadable", f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        # A NUL in the path.
        raise refusal("not_found", f"{str(path)!r} names no file: {error}") from error
    return raw, status.st_size


def _check_kind(path: Path, status: os.stat_result) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    kind = next((name for is_kind, name in _KINDS if is_kind(status.st_mode)), "something else")
    raise refusal("not_a_file", f"{path.name} is {kind}, not a regular file")


def _scan_limit(size: int) -> int:
    """Bad interleaving makes a reader go back and forth; four times the file is more than it ever needs."""
    return 4 * size + (1 << 30)
