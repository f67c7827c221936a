"""Where an output is built, whose turn it is there, and how it takes its place in one step."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from turnover.errors import WriteError
from turnover.files.descriptors import open_to_write, sync_folder

MANIFEST = "manifest.json"
SUMS = "manifest-sha256.txt"

_CURRENT_FOLDER = -100  # AT_FDCWD, fcntl.h
_EXCHANGE = 2  # RENAME_EXCHANGE, linux/fs.h


def temporary_for(target: Path) -> Path:
    """The hidden neighbour in which a target is built: the same for every run, so that one can go on from another."""
    return target.with_name(f".{target.name[:40]}.tmp-{_short(target)}")


def _away(target: Path) -> Path:
    """Where the old one waits between two renames, on systems that cannot swap names."""
    return target.with_name(f".{target.name[:40]}.old-{_short(target)}")


def _short(target: Path) -> str:
    return hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]


@contextmanager
def claimed(path: Path) -> Iterator[int]:
    """A descriptor of a file that is this run's alone; the claim ends with the run, however it ends.

    Raises WriteError `busy` where another run has it.
    """
    while True:
        descriptor = open_to_write(path)
        try:
            _lock(descriptor, path)
            # The run that had it before may have renamed or removed it: then the name leads elsewhere now.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), path.stat()):
                    break
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    if sys.platform == "win32":
        return  # what is open there cannot be opened by another to be replaced
    import fcntl  # noqa: PLC0415  # not on Windows

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Some network file systems know no locks; then nobody is kept out.
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            raise WriteError(
                f"{path}: another run is writing there", hint="wait until it is done", code="busy"
            ) from error


def check_folder(target: Path, *, overwrites: bool) -> None:
    """Raises WriteError where a folder may not be put: `exists`, or `not_ours` where it is no dataset."""
    _restore(target)
    if not os.path.lexists(target) or (_is_plain_folder(target) and not any(target.iterdir())):
        return
    if not _is_plain_folder(target) or not all((target / name).is_file() for name in (MANIFEST, SUMS)):
        raise WriteError(
            f"{target}: is there already and is no dataset", hint="choose another place with --out", code="not_ours"
        )
    if not overwrites:
        raise _exists(target)


def check_file(target: Path, *, overwrites: bool) -> None:
    """Raises WriteError where an archive may not be put: `exists`, or `not_ours` where it is no file."""
    if not os.path.lexists(target):
        return
    if not target.is_file():
        raise WriteError(
            f"{target}: is there already and is no file", hint="choose another place with --out", code="not_ours"
        )
    if not overwrites:
        raise _exists(target)


def _exists(target: Path) -> WriteError:
    return WriteError(
        f"{target}: is there already", hint="--overwrite replaces it, --out writes elsewhere", code="exists"
    )


def _is_plain_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _restore(target: Path) -> None:
    """Put back what a run that was killed between two renames left aside, or remove what it no longer needed."""
    away = _away(target)
    if not os.path.lexists(away):
        return
    if os.path.lexists(target):
        shutil.rmtree(away, ignore_errors=True)
    else:
        away.rename(target)


def publish_folder(temporary: Path, target: Path) -> None:
    """Give a finished folder its name, in one step where the system can; what stood there before is removed."""
    if not os.path.lexists(target) or not any(target.iterdir()):
        temporary.rename(target)
        sync_folder(target.parent)
        return
    old = temporary
    if not _swapped(temporary, target):
        old = _away(target)
        target.rename(old)
        try:
            temporary.rename(target)
        except OSError:
            old.rename(target)
            raise
    sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _swapped(one: Path, other: Path) -> bool:
    """Whether two names were swapped in one step, as Linux can on most file systems (renameat2(2))."""
    if sys.platform != "linux":
        return False
    import ctypes  # noqa: PLC0415  # only here

    try:
        rename = ctypes.CDLL(None).renameat2
    except AttributeError:
        return False  # a C library older than the call
    return bool(rename(_CURRENT_FOLDER, os.fsencode(one), _CURRENT_FOLDER, os.fsencode(other), _EXCHANGE) == 0)
