"""Contents whose size and sums are known: what archives are written from."""

from __future__ import annotations

import io
from typing import IO, NamedTuple

from turnover.core.entry import FileSource
from turnover.errors import WriteError
from turnover.files.descriptors import read_at, write_at
from turnover.files.packing.watching import Watch


class Spool(NamedTuple):
    """Bytes that wait in a file without a name."""

    file: IO[bytes]


class Made(NamedTuple):
    """Bytes with everything a header says of them."""

    content: bytes | FileSource | Spool
    size_bytes: int
    digest: str
    """SHA-256, lower-case hex."""
    crc32: int

    def close(self) -> None:
        """Let go of what waits in a file."""
        if isinstance(self.content, Spool):
            self.content.file.close()


def copy_spool(spool: Spool, out: int, at: int, *, scratch: memoryview, watch: Watch) -> None:
    """Copy all of a spool to a position of an open file."""
    size = spool.file.seek(0, io.SEEK_END)
    done = 0
    while done < size:
        got = read_at(spool.file.fileno(), scratch[: size - done], done)
        if not got:
            raise WriteError("a temporary file became shorter", hint="run it again", code="write_failed")
        write_at(out, scratch[:got], at + done)
        done += got
        watch.passed(got)
