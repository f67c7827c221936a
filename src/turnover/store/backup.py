"""Copies of SQLite's file, beside it."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from turnover.errors import StoreError

KEPT = 3
"""How many backups stay; older ones go when a new one is made."""


def back_up(path: Path, revision: str) -> Path:
    """Copy the database, whole and through to the disk, and let go of old copies; returns the copy's path.

    The caller is the only one who backs up: it has begun to write. Raises StoreError.
    """
    earlier = backups(path)
    number = 1 + max(earlier, default=0)
    copy = path.with_name(f"{path.stem}-backup-{number:04}-revision-{revision}{path.suffix}")
    part = path.with_name(f".{path.stem}-backup.part")
    try:
        # VACUUM INTO writes into an empty file, and so it is for its owner only from the start.
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (os.fspath(part),))
        # SQLite leaves the new file to the system: https://www.sqlite.org/lang_vacuum.html
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(copy)
        for old in sorted(earlier, reverse=True)[KEPT - 1 :]:
            earlier[old].unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            part.unlink()
        reason = error.strerror if isinstance(error, OSError) else error
        hint = "see that its folder can be written and has room for a copy"
        raise StoreError(f"{path}: no backup could be made before its upgrade: {reason}", hint=hint) from error
    return copy


def backups(path: Path) -> dict[int, Path]:
    """The backups of a database, by their number; the highest is the newest."""
    name = re.compile(rf"{re.escape(path.stem)}-backup-(\d+)-revision-.+{re.escape(path.suffix)}\Z", re.ASCII)
    return {int(match[1]): one for one in path.parent.iterdir() if (match := name.match(one.name))}
