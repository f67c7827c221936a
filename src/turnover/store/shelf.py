"""Rows of one table as values: made, read, listed by page, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, Table, delete, insert, select, update

from turnover.core.catalog import Page
from turnover.store import checks
from turnover.store.dialect import now
from turnover.store.engine import Store
from turnover.store.refusals import BadValueError, deleting, keeping, not_found

T = TypeVar("T")
Check = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Shelf(Generic[T]):
    """One table whose columns are the fields of one value."""

    store: Store
    table: Table
    value: Callable[..., T]
    noun: str
    columns: Mapping[str, Check]
    """What a caller may set, and what looks at it first; None is not looked at."""
    parent: str | None = None
    """The column of what it belongs to, which never changes."""

    def create(self, **values: object) -> T:
        """A new row. Raises NotFoundError, TakenError, BadValueError."""
        with self.store.writing() as connection, keeping(self.noun):
            row = connection.execute(insert(self.table).values(self._checked(values)).returning(self.table)).one()
        return self._read(row)

    def get(self, row_id: int) -> T:
        """The row of that id. Raises NotFoundError."""
        with self.store.reading() as connection:
            return self.find(connection, row_id)

    def find(self, connection: Connection, row_id: int) -> T:
        """As `get`, in a transaction that is open."""
        if not checks.is_id(row_id):
            raise not_found(self.noun, row_id)
        row = connection.execute(select(self.table).where(self.table.c.id == row_id)).one_or_none()
        if row is None:
            raise not_found(self.noun, row_id)
        return self._read(row)

    def named(self, name: str, *, parent: int | None = None) -> T | None:
        """The row of that name, of one parent where it has one; None when there is none."""
        question = select(self.table).where(self.table.c.name == checks.name(name))
        if self.parent is not None:
            question = question.where(self.table.c[self.parent] == checks.cursor(parent or 0))
        with self.store.reading() as connection:
            row = connection.execute(question).one_or_none()
        return None if row is None else self._read(row)

    def list(self, *, parent: int | None = None, after: int = 0, limit: int = 100) -> Page[T]:
        """A page of rows by id, of one parent where one is named."""
        question = select(self.table).where(self.table.c.id > checks.cursor(after)).order_by(self.table.c.id)
        if parent is not None and self.parent is not None:
            question = question.where(self.table.c[self.parent] == checks.cursor(parent))
        with self.store.reading() as connection:
            rows = connection.execute(question.limit(checks.page_size(limit) + 1)).all()
        more = rows[limit - 1].id if len(rows) > limit else None
        return Page(tuple(map(self._read, rows[:limit])), more)

    def update(self, row_id: int, **values: object) -> T:
        """The row with these values changed. Raises NotFoundError, TakenError, BadValueError."""
        changed = {**self._checked(values), "updated_at": now()}
        if self.parent in changed:
            raise BadValueError(f"a {self.noun} stays where it is", hint="make a new one there")
        if not checks.is_id(row_id):
            raise not_found(self.noun, row_id)
        statement = update(self.table).where(self.table.c.id == row_id).values(changed).returning(self.table)
        with self.store.writing() as connection, keeping(self.noun):
            row = connection.execute(statement).one_or_none()
            if row is None:
                raise not_found(self.noun, row_id)
        return self._read(row)

    def delete(self, row_id: int) -> None:
        """Delete the row and all that belongs to it. Raises NotFoundError, InUseError."""
        if not checks.is_id(row_id):
            raise not_found(self.noun, row_id)
        with self.store.writing() as connection, deleting(self.noun):
            if not connection.execute(delete(self.table).where(self.table.c.id == row_id)).rowcount:
                raise not_found(self.noun, row_id)

    def _checked(self, values: Mapping[str, object]) -> dict[str, object]:
        unknown = values.keys() - self.columns.keys()
        if unknown:
            raise BadValueError(f"a {self.noun} has no {', '.join(sorted(unknown))} to set")
        return {name: None if value is None else self.columns[name](value) for name, value in values.items()}

    def _read(self, row: Row[Any]) -> T:
        return self.value(**row._mapping)
