"""Where a test's database may be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import postgres_database

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new place for a database: a path where nothing is, and the address of a PostgreSQL database without tables."""
    if request.param == "sqlite":
        yield str(tmp_path / "data" / "turnover.db")
    else:
        with postgres_database() as address:
            yield address
