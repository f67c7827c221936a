"""The open database: how it is connected to, read in and written in."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from turnover.errors import StoreError
from turnover.store.place import mounts, prepare_file, server_name, server_url
from turnover.store.trouble import told

BUSY_SECONDS = 30
"""How long a writer waits for another one."""

_OLDEST_SQLITE = (3, 37)
_OLDEST_POSTGRESQL = (15,)
_WRITES = "turnover_writes"


@dataclass(frozen=True, slots=True)
class Store:
    """An open database; threads may share it, processes open their own."""

    engine: Engine
    name: str
    """As errors show it: a path, or an address without user and password."""
    path: Path | None
    """SQLite's file; None for PostgreSQL."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that changes nothing; errors rise as StoreError."""
        with told(self.name), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, kept when the block ends and undone when it raises; errors rise as StoreError."""
        with told(self.name), self.engine.execution_options(**{_WRITES: True}).begin() as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """SQLite only: as `writing`, with foreign keys not looked at, so that a table can be made anew.

        With them, dropping the old table would delete every row that points into it.
        """
        with told(self.name), self.engine.connect() as connection:
            # This connection is not used again for anything else.
            connection.detach()
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
            with connection.execution_options(**{_WRITES: True}).begin():
                yield connection

    @property
    def is_server(self) -> bool:
        """Whether it is PostgreSQL."""
        return self.path is None

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(place: str | Path) -> Store:
    """The database at a path (SQLite, made where there is none) or at a `postgresql://` address.

    Its tables may be of any revision, or not there: `turnover.store.upgrade.start` sees to them. Raises StoreError.
    """
    if isinstance(place, str) and "://" in place:
        return _open_server(server_url(place))
    return _open_file(Path(place))


def _open_file(path: Path) -> Store:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreError(
            f"SQLite {sqlite3.sqlite_version} is too old: 3.37 or newer is needed",
            hint="use a Python that brings a newer one, or name a PostgreSQL server with TURNOVER_DATABASE",
        )
    path = path.absolute()
    prepare_file(path, mounts())
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
    )
    event.listen(engine, "connect", set_up_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    store = Store(engine, str(path), path)
    _try(store)
    return store


def set_up_sqlite(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    """What SQLite keeps per connection; the kind of journal it keeps in the file."""
    try:
        for pragma in ("foreign_keys=ON", "synchronous=FULL", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            _switch_to_wal(connection)
    except sqlite3.Error:
        connection.close()
        raise


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Of two that open a new file at once SQLite lets one wait, and sends the other away at once: it asks again."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


def begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and then writes fails at once where another one wrote between; so who means to
    # write says so at its start, and waits.
    is_writing = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _open_server(url: URL) -> Store:
    defaults: dict[str, Any] = {"application_name": "turnover", "connect_timeout": 10}
    options = {name: value for name, value in defaults.items() if name not in url.query}
    try:
        engine = create_engine(url, connect_args=options, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise StoreError(
            "PostgreSQL needs the package psycopg, and it is not installed",
            hint="install turnover with its extra `postgres`",
        ) from error
    store = Store(engine, server_name(url), None)
    _try(store)
    version = engine.dialect.server_version_info or ()
    if version < _OLDEST_POSTGRESQL:
        store.close()
        shown = ".".join(map(str, version))
        raise StoreError(
            f"{store.name}: PostgreSQL {shown} is too old: 15 or newer is needed", hint="upgrade the server"
        )
    return store


def _try(store: Store) -> None:
    """Connect once, so that what is wrong is said here."""
    try:
        with store.reading():
            pass
    except StoreError:
        store.close()
        raise
