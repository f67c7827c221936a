"""What happened, in order, for those who watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, delete, func, insert, select

from turnover.core.catalog import Event
from turnover.core.clip import JsonValue
from turnover.store import checks
from turnover.store.dialect import in_order, later
from turnover.store.engine import Store
from turnover.store.schema_work import events as table


@dataclass(frozen=True, slots=True)
class Events:
    """Keeps what happened; ids are given in the order in which events become visible."""

    store: Store

    def tell(self, kind: str, payload: Mapping[str, JsonValue]) -> None:
        """Add one."""
        with self.store.writing() as connection:
            record(connection, kind, payload)

    def after(self, event_id: int, *, limit: int = 100) -> tuple[Event, ...]:
        """Those that came after one, the oldest first; after 0 all that are kept."""
        question = (
            select(table)
            .where(table.c.id > checks.cursor(event_id))
            .order_by(table.c.id)
            .limit(checks.page_size(limit))
        )
        with self.store.reading() as connection:
            return tuple(Event(**row._mapping) for row in connection.execute(question))

    def newest(self) -> int:
        """The id of the last one; 0 when there is none."""
        with self.store.reading() as connection:
            return int(connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())

    def forget(self, *, older_than_seconds: float) -> None:
        """Let go of old ones."""
        with self.store.writing() as connection:
            moment = later(-older_than_seconds, dialect=connection.dialect.name)
            connection.execute(delete(table).where(table.c.at < moment))


def record(connection: Connection, kind: str, payload: Mapping[str, JsonValue]) -> None:
    """Add one, in a transaction that writes what it tells of; the last thing that the transaction does."""
    in_order(connection)
    value = checks.json_value(cast(Any, dict(payload)), "event")
    connection.execute(insert(table).values(kind=checks.name(kind, "kind of event"), payload=value))
