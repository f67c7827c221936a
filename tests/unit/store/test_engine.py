"""The open database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Insert, func, insert, select, text

from tests.unit.store.measured import digest
from turnover.errors import StoreError
from turnover.store.dialect import now
from turnover.store.engine import Store, open_store
from turnover.store.schema import boundaries
from turnover.store.upgrade import upgrade


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    with open_store(place) as store:
        upgrade(store)
        yield store


def _new(name: str, *, numbers: str | None = "{}") -> Insert:
    key = {"first_digest": digest(name), "second_digest": digest("b"), "method": "m"}
    return insert(boundaries).values(**key, measured_at=now(), numbers=numbers)


def _count(store: Store) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(boundaries)).scalar_one()


def test_settings_of_sqlite(tmp_path: Path) -> None:
    """Every connection syncs whole, looks at foreign keys and waits; the file has a write-ahead log."""
    with open_store(tmp_path / "turnover.db") as store, store.reading() as one, store.reading() as other:
        for connection in (one, other):
            names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            settings = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in names}
            assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_odd_path(tmp_path: Path) -> None:
    """A path may hold what means something in an address."""
    for name in ("100% ä?#&=.db", "file:memory", ":memory:"):
        with open_store(tmp_path / name) as store:
            upgrade(store)
        assert (tmp_path / name).stat().st_size > 0


def test_undone(store: Store) -> None:
    """A block that raises leaves nothing, and its own error rises."""

    def fail() -> None:
        with store.writing() as connection:
            connection.execute(_new("a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert _count(store) == 0


def test_reader_beside_writer(store: Store) -> None:
    """Who reads sees what was before, and nobody waits."""
    with store.reading() as reader:
        before = reader.execute(select(func.count()).select_from(boundaries)).scalar_one()
        with store.writing() as connection:
            connection.execute(_new("a"))
            assert _count(store) == before
    assert _count(store) == 1


def test_writers_wait(store: Store) -> None:
    """Of two who count and then write, the second sees what the first wrote on SQLite, and neither is turned away."""
    both = Barrier(2)
    counted = []

    def write(name: str) -> None:
        both.wait()
        with store.writing() as connection:
            counted.append(connection.execute(select(func.count()).select_from(boundaries)).scalar_one())
            connection.execute(_new(name))

    threads = [Thread(target=write, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _count(store) == 2
    assert store.is_server or sorted(counted) == [0, 1]


def test_clock_of_the_database(store: Store) -> None:
    """What is written carries the time, in UTC; SQLite has no type for it and holds a text."""
    before = datetime.now(UTC) - timedelta(seconds=1)
    with store.writing() as connection:
        connection.execute(_new("a"))
        written = connection.execute(text("SELECT measured_at FROM boundaries")).scalar_one()
    moment = written if store.is_server else datetime.fromisoformat(written)
    assert before <= moment <= datetime.now(UTC)


def test_ids_are_not_given_again(store: Store) -> None:
    """The id of a row that was deleted names nothing else later."""
    with store.writing() as connection:
        first = connection.execute(_new("a").returning(boundaries.c.id)).scalar_one()
        connection.execute(boundaries.delete())
        second = connection.execute(_new("b").returning(boundaries.c.id)).scalar_one()
    assert second > first


def test_mistake_in_a_row(store: Store) -> None:
    """What the database refuses rises as our own error, with its name."""
    with pytest.raises(StoreError) as raised, store.writing() as connection:
        connection.execute(_new("a", numbers=None))
    assert store.name in raised.value.message
    assert "numbers" in raised.value.message


def test_no_database(tmp_path: Path) -> None:
    """A file that is something else is left as it is, and what to do is told."""
    path = tmp_path / "turnover.db"
    path.write_bytes(b"not a database, but long enough to be asked whether it is one" * 20)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"turnover\.db: file is not a database \(move it away"):
        open_store(path)
    assert before == path.read_bytes()


def test_damaged_database(tmp_path: Path) -> None:
    """A database whose pages were overwritten is told of when it is read."""
    path = tmp_path / "turnover.db"
    with open_store(path) as store:
        upgrade(store)
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xff" * 3996
    path.write_bytes(content)
    with pytest.raises(StoreError, match="move it away"), open_store(path) as store:
        upgrade(store)


def test_somebody_else_writes(tmp_path: Path) -> None:
    """Who waited in vain is told that another one writes."""
    path = tmp_path / "turnover.db"
    with open_store(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with store.reading() as connection:
            connection.execute(text("PRAGMA busy_timeout=1"))
        with pytest.raises(StoreError, match="another turnover is writing"), store.writing():
            pass


@pytest.mark.parametrize(
    "address", ["postgresql://nobody:s3cret@127.0.0.1:1/none", "postgresql://nobody:s3cret@no.such.host.invalid/none"]
)
def test_no_server(address: str) -> None:
    """A server that does not answer is told of, by its address without the password."""
    with pytest.raises(StoreError, match="look whether the server runs") as raised:
        open_store(address)
    assert "s3cret" not in str(raised.value)
    assert "postgresql://" in raised.value.message
