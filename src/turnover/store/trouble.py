"""What a database's error means to the person who meets it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from turnover.errors import StoreError

_PLACE = "make its folder writable, or name another with TURNOVER_DATA"
_DAMAGED = "move it away, or put one of the backups beside it in its place"
# By SQLite's primary result code, https://www.sqlite.org/rescode.html
_SQLITE_HINTS = {
    sqlite3.SQLITE_BUSY: "another turnover is writing; try again when it is done",
    sqlite3.SQLITE_LOCKED: "another turnover is writing; try again when it is done",
    sqlite3.SQLITE_PERM: _PLACE,
    sqlite3.SQLITE_READONLY: _PLACE,
    sqlite3.SQLITE_CANTOPEN: _PLACE,
    sqlite3.SQLITE_IOERR: "look after the disk it is on",
    sqlite3.SQLITE_FULL: "free some space on its disk",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}


@contextmanager
def told(name: str) -> Iterator[None]:
    """Errors of the database rise as StoreError, with the database's name and a next step."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        raise StoreError(f"{name}: {_reason(cause)}", hint=_hint(error, cause)) from error


def _reason(cause: BaseException) -> str:
    """The first line: what follows in PostgreSQL's messages is for its administrator."""
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__


def _hint(error: Exception, cause: BaseException) -> str:
    if isinstance(cause, sqlite3.Error):
        # Errors that Python's own sqlite3 makes, about a connection that is closed, say, have no code.
        code: int = getattr(cause, "sqlite_errorcode", 0)
        return _SQLITE_HINTS.get(code & 0xFF, "")
    if isinstance(error, OperationalError):
        return "look whether the server runs, and whether TURNOVER_DATABASE names it rightly"
    return ""
