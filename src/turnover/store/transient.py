"""A database in memory: gone when it is closed, for tests and for runs that leave nothing behind."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import QueuePool, create_engine, event

from turnover.store import schema
from turnover.store.engine import BUSY_SECONDS, Store, begin_sqlite, set_up_sqlite
from turnover.store.seeds import sow


def open_transient() -> Store:
    """An open database of this program's revision, with the rows that a new one has.

    It has one connection: threads take turns, and who reads or writes within another reading waits in vain.
    """
    engine = create_engine(
        "sqlite://",
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        connect_args={"isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "connect", set_up_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    store = Store(engine, ":memory:", Path(":memory:"))
    with store.writing() as connection:
        schema.metadata.create_all(connection)
        sow(connection)
    return store
