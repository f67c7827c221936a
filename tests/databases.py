"""A PostgreSQL database of one's own, for as long as a test wants it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import OperationalError

DEFAULT = "postgresql://postgres@127.0.0.1:5432/test"


@contextmanager
def postgres_database() -> Iterator[str]:
    """The address of a new, empty database; it is dropped afterwards. Skips where there is no server."""
    server = make_url(os.environ.get("TURNOVER_TEST_POSTGRES") or DEFAULT).set(drivername="postgresql+psycopg")
    name = f"turnover_test_{os.getpid()}_{secrets.token_hex(4)}"
    _run(server, f"CREATE DATABASE {name}")
    try:
        yield server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    finally:
        _run(server, f"DROP DATABASE {name} WITH (FORCE)")


def _run(server: URL, statement: str) -> None:
    engine: Engine = create_engine(server, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
    except OperationalError as error:
        reason = str(error.orig).splitlines()[0]
        pytest.skip(f"no PostgreSQL server answers (TURNOVER_TEST_POSTGRES names another one): {reason}")
    finally:
        engine.dispose()
