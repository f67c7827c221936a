"""Where a database is: a file on a disk of this machine, or a PostgreSQL server."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from turnover.errors import StoreError

FILE_NAME = "turnover.db"
"""The database's name in the data folder."""

_MOUNTS = Path("/proc/self/mounts")
_OCTAL = re.compile(r"\\([0-7]{3})")
# SQLite's write-ahead log lives in memory that all its readers share, which no network file system offers:
# https://www.sqlite.org/wal.html, "Overview", the disadvantages.
_NETWORK = frozenset(
    (
        *("afs", "beegfs", "ceph", "cifs", "coda", "davfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4"),
        *("pvfs2", "smb2", "smb3", "smbfs", "fuse.ceph", "fuse.gcsfuse", "fuse.glusterfs", "fuse.mfs", "fuse.rclone"),
        *("fuse.s3fs", "fuse.sshfs"),
    )
)


def server_url(text: str) -> URL:
    """The address of a PostgreSQL server, for psycopg; StoreError for an address of anything else."""
    hint = "write postgresql://user@host/database, or name a data folder with TURNOVER_DATA"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        # Its text is not shown: it may hold a password.
        raise StoreError("the database's address cannot be read", hint=hint) from error
    if url.drivername not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise StoreError(f"{url.drivername!r} is no database that is spoken here", hint=hint)
    return url.set(drivername="postgresql+psycopg")


def server_name(url: URL) -> str:
    """A server's address as it may be shown: without user, password and options."""
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{url.host or ''}{port}/{url.database or ''}"


def prepare_file(path: Path, mounts: Iterable[str]) -> None:
    """See that the database's file is there, for its owner only, on a disk of this machine.

    `mounts` are the lines that say what is mounted where. A folder that is made is for its owner only, too; one that
    is there stays as it is. Raises StoreError.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kind = file_system(path.parent, mounts)
        if kind in _NETWORK:
            raise StoreError(
                f"{path}: it is on a network file system ({kind}), where SQLite loses what it wrote",
                hint="name a folder on a local disk with TURNOVER_DATA, or a PostgreSQL server with TURNOVER_DATABASE",
            )
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        hint = "make its folder writable, or name another with TURNOVER_DATA"
        raise StoreError(f"{path}: {error.strerror or error}", hint=hint) from error


def file_system(folder: Path, mounts: Iterable[str]) -> str | None:
    """The kind of file system a folder is on, by the lines of /proc/self/mounts; None when they do not tell."""
    place = Path(os.path.realpath(folder))
    best: tuple[int, str] | None = None
    for line in mounts:
        words = line.split(" ")
        if len(words) < 3:
            continue
        # Spaces and the like are written as \040; of two mounts on one place the later one is seen.
        point = Path(_OCTAL.sub(lambda octal: chr(int(octal[1], 8)), words[1]))
        if (point == place or point in place.parents) and (best is None or len(point.parts) >= best[0]):
            best = (len(point.parts), words[2])
    return None if best is None else best[1]


def mounts() -> list[str]:
    """The lines of /proc/self/mounts; none on systems without."""
    if sys.platform != "linux":
        return []
    try:
        return os.fsdecode(_MOUNTS.read_bytes()).splitlines()
    except OSError:
        return []
