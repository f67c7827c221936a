"""Files that are there whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from turnover.errors import WriteError


@dataclass(frozen=True, slots=True)
class Draft:
    """A finished file that waits beside its place for its name."""

    temporary: Path
    target: Path
    size_bytes: int
    digest: str
    """SHA-256, lower-case hex."""

    def publish(self) -> None:
        """Give the file its name, in one step, over whatever stood there."""
        try:
            self.temporary.replace(self.target)
        except OSError as error:
            self.discard()
            raise _failure(self.target, error) from error

    def discard(self) -> None:
        with suppress(FileNotFoundError):
            self.temporary.unlink()


def draft(target: Path, chunks: Iterable[bytes]) -> Draft:
    """Write the chunks to a neighbour of the target, through to the disk.

    Nothing is left behind when the chunks raise. Raises WriteError when the disk says no.
    """
    temporary = target.with_name(_temporary_name(target.name))
    digest = hashlib.sha256()
    size = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as out:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        _remove(temporary)
        raise _failure(target, error) from error
    except BaseException:
        _remove(temporary)
        raise
    return Draft(temporary, target, size, digest.hexdigest())


def _temporary_name(name: str) -> str:
    """Hidden, so that no tool takes it for a finished file; short, because the name may be as long as names can be.

    The process id keeps two runs on one folder apart.
    """
    whole = hashlib.sha256(os.fsencode(name)).hexdigest()[:12]
    return f".{name[:40]}.{whole}.{os.getpid()}.part"


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces; OSError as it comes."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _failure(target: Path, error: OSError) -> WriteError:
    reason = error.strerror or str(error)
    return WriteError(f"{target}: {reason}", hint="choose another place with --out, or free it", code="write_failed")
