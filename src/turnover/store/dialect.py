"""Where SQLite and PostgreSQL differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import REAL, BigInteger, ColumnElement, DateTime, Double, Insert, Integer, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

# SQLite's STRICT tables know INTEGER, REAL, TEXT and BLOB, and number rows only in a column that is called INTEGER.
Whole = BigInteger().with_variant(Integer, "sqlite")
Number: TypeEngine[float] = Double().with_variant(REAL, "sqlite")
Moment = DateTime(timezone=True).with_variant(Text, "sqlite")
"""In SQLite a text: UTC, to the millisecond, as `2026-02-18T09:30:00.000Z`."""

# What SQLite's own table options are; PostgreSQL does not hear of them.
STRICT: dict[str, Any] = {"sqlite_strict": True}
# Ids of rows that were deleted are never given again.
NUMBERED: dict[str, Any] = {**STRICT, "sqlite_autoincrement": True}


class now(ColumnElement[Any]):  # noqa: N801  # an SQL function, named as it is written
    """This moment, on the database's clock."""

    inherit_cache = True
    type = Moment


@compiles(now, "sqlite")
def _now_sqlite(element: now, compiler: SQLCompiler, **options: object) -> str:
    return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"


@compiles(now, "postgresql")
def _now_postgresql(element: now, compiler: SQLCompiler, **options: object) -> str:
    return "now()"


def upsert(table: Table, values: Mapping[str, object], *, key: Sequence[str], dialect: str) -> Insert:
    """Inserts a row, or brings the one with the same key up to these values."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).values(dict(values))
    changes = {name: statement.excluded[name] for name in values if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=changes)
