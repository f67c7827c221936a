"""Databases that a contract's tests share: SQLite, PostgreSQL, and the one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from tests.databases import postgres_database
from turnover.store import schema
from turnover.store.engine import Store, open_store
from turnover.store.seeds import LOCAL_USER, sow_templates
from turnover.store.transient import open_transient
from turnover.store.upgrade import upgrade


@pytest.fixture(scope="module", params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An open database of this program's revision, with whatever earlier tests left in it."""
    if request.param == "memory":
        with open_transient() as store:
            yield store
    elif request.param == "sqlite":
        yield from _upgraded(tmp_path_factory.mktemp("store") / "turnover.db")
    else:
        with postgres_database() as address:
            yield from _upgraded(address)


def _upgraded(place: str | Path) -> Iterator[Store]:
    with open_store(place) as store:
        upgrade(store)
        yield store


@pytest.fixture
def database(opened: Store) -> Store:
    """A database as a new one is."""
    with opened.writing() as connection:
        for table in reversed(schema.metadata.sorted_tables):
            if table.name == "users":
                connection.execute(delete(table).where(table.c.id != LOCAL_USER))
            elif table.name != "job_statuses":
                connection.execute(delete(table))
        sow_templates(connection)
    return opened
