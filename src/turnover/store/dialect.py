"""Where SQLite and PostgreSQL differ."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Double,
    Insert,
    Integer,
    MetaData,
    Table,
    Text,
    event,
    func,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

from turnover.core.clip import JsonValue

# SQLite's STRICT tables know INTEGER, REAL, TEXT and BLOB, and number rows only in a column that is called INTEGER.
Whole = BigInteger().with_variant(Integer, "sqlite")
Number: TypeEngine[float] = Double().with_variant(REAL, "sqlite")

# What SQLite's own table options are; PostgreSQL does not hear of them.
STRICT: dict[str, Any] = {"sqlite_strict": True}
# Ids of rows that were deleted are never given again.
NUMBERED: dict[str, Any] = {**STRICT, "sqlite_autoincrement": True}

_SQLITE_MOMENT = "%Y-%m-%dT%H:%M:%fZ"
_SQLITE_NOW = f"strftime('{_SQLITE_MOMENT}', 'now')"
_FUNCTION = """\
CREATE OR REPLACE FUNCTION trigger_set_updated_at() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN NEW.updated_at = now(); RETURN NEW; END'"""
_SERVER_TRIGGER = """\
CREATE TRIGGER set_updated_at BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION trigger_set_updated_at()"""
# SQLite's triggers cannot change the row before it is written, and share their names among all tables.
_FILE_TRIGGER = """\
CREATE TRIGGER set_updated_at_{table} AFTER UPDATE ON {table} FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    BEGIN UPDATE {table} SET updated_at = {now} WHERE id = NEW.id; END"""
# Any number that no other program takes for a lock in the same database.
_EVENTS_LOCK = 0x7475726E65767473


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; in SQLite a text, to the millisecond, as `2026-02-18T09:30:00.000Z`."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text in SQLite, TIMESTAMPTZ in PostgreSQL."""
        return Text() if dialect.name == "sqlite" else DateTime(timezone=True)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        """As the database keeps it."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """In UTC."""
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return None if moment is None else moment.astimezone(UTC)


class Flag(TypeDecorator[bool]):
    """True or false; in SQLite 1 or 0."""

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INTEGER in SQLite, BOOLEAN in PostgreSQL."""
        return Integer() if dialect.name == "sqlite" else Boolean()

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """As Python has it."""
        return None if value is None else bool(value)


class Json(TypeDecorator[JsonValue]):
    """A JSON value; in SQLite a text, whose keys keep their order; JSONB in PostgreSQL, where they do not.

    What is bound has gone through `checks.json_text`. Python's None is SQL's NULL.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT in SQLite, JSONB in PostgreSQL."""
        return Text() if dialect.name == "sqlite" else postgresql.JSONB(none_as_null=True)

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> object:
        """As the database keeps it."""
        if value is None or dialect.name != "sqlite":
            return value
        return json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> JsonValue:
        """As Python has it."""
        read: JsonValue = json.loads(value) if isinstance(value, str) and dialect.name == "sqlite" else value
        return read


class now(ColumnElement[Any]):  # noqa: N801  # an SQL function, named as it is written
    """This moment, on the database's clock; in PostgreSQL the one at which the transaction began."""

    inherit_cache = True
    type = Moment()


@compiles(now, "sqlite")
def _now_sqlite(element: now, compiler: SQLCompiler, **options: object) -> str:
    return _SQLITE_NOW


@compiles(now, "postgresql")
def _now_postgresql(element: now, compiler: SQLCompiler, **options: object) -> str:
    return "now()"


def later(seconds: float, *, dialect: str) -> ColumnElement[Any]:
    """The moment some seconds after this one, on the database's clock."""
    if dialect == "postgresql":
        return func.now() + timedelta(seconds=seconds)
    return func.strftime(_SQLITE_MOMENT, "now", f"{seconds:+.3f} seconds", type_=Moment())


def upsert(table: Table, values: Mapping[str, object], *, key: Sequence[str], dialect: str) -> Insert:
    """Inserts a row, or brings the one with the same key up to these values."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).values(dict(values))
    changes = {name: statement.excluded[name] for name in values if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=changes)


def insert_new(table: Table, values: Mapping[str, object], *, key: Sequence[str], dialect: str) -> Insert:
    """Inserts a row, or does nothing where one with the same key is."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).values(dict(values)).on_conflict_do_nothing(index_elements=key)


def sound_json(*columns: str) -> list[CheckConstraint]:
    """That a column holds an object or a list, for SQLite's texts; JSONB sees to itself.

    Whole soundness is seen to by `Json`, the one door: SQLite up to 3.40 calls its own json_valid unsafe in a schema
    that is not trusted, and ours is not.
    """
    rule = "({0} GLOB '{{*}}' OR {0} GLOB '[[]*]')"
    return [CheckConstraint(rule.format(name), name=name).ddl_if(dialect="sqlite") for name in columns]


def sound_flag(column: str) -> CheckConstraint:
    """What BOOLEAN sees to by itself, for SQLite's whole numbers."""
    return CheckConstraint(f"{column} IN (0, 1)", name=column).ddl_if(dialect="sqlite")


def keep_updated(metadata: MetaData, *tables: Table) -> None:
    """Let `updated_at` of these tables follow every change, whoever makes it."""
    _after(metadata, "before_create", "postgresql", _FUNCTION)
    for table in tables:
        _after(table, "after_create", "postgresql", _SERVER_TRIGGER.format(table=table.name))
        _after(table, "after_create", "sqlite", _FILE_TRIGGER.format(table=table.name, now=_SQLITE_NOW))


def _after(target: MetaData | Table, moment: str, dialect: str, statement: str) -> None:
    def run(target: MetaData | Table, connection: Connection, **options: object) -> None:
        if connection.dialect.name == dialect:
            connection.exec_driver_sql(statement)

    event.listen(target, moment, run)


def in_order(connection: Connection) -> None:
    """Until this transaction ends, let no other one number events: who reads them by number misses none.

    PostgreSQL gives numbers when a row is written, and shows rows when they are committed; SQLite has one writer.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _EVENTS_LOCK})


def is_taken(error: IntegrityError) -> bool:
    """Whether what was refused has to be unique and is there already."""
    return _code(error) in ("23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")


def is_dangling(error: IntegrityError) -> bool:
    """Whether what was refused would leave a row that points to none."""
    return _code(error) in ("23001", "23503", "SQLITE_CONSTRAINT_FOREIGNKEY", "SQLITE_CONSTRAINT_TRIGGER")


def _code(error: IntegrityError) -> str | None:
    code: str | None = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    return code
