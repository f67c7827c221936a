"""How all tables name what belongs to them, and the columns that many share."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, MetaData

from turnover.store.dialect import Moment, Whole, now

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}

metadata = MetaData(naming_convention=NAMES)


def row_id() -> Column[int]:
    """The number of a row, never given again."""
    return Column("id", Whole, primary_key=True)


def created() -> Column[object]:
    """When the row was made."""
    return Column("created_at", Moment, nullable=False, server_default=now())


def updated() -> Column[object]:
    """When the row was last changed; `keep_updated` sees to it."""
    return Column("updated_at", Moment, nullable=False, server_default=now())


def to(name: str, table: str, *, when_gone: str, is_needed: bool = True) -> Column[int]:
    """A column that points to another table; `when_gone` is CASCADE, RESTRICT or SET NULL."""
    key = ForeignKey(f"{table}.id", ondelete=when_gone, onupdate="CASCADE")
    return Column(name, Whole, key, nullable=not is_needed)


def index(table: str, *columns: str) -> Index:
    """An index, named as the specification names its own."""
    return Index(f"idx_{table}_{'_'.join(columns)}", *columns)
