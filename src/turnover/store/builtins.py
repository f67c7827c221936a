"""The templates that come with the program, brought up to what this version brings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Protocol

from sqlalchemy import Connection, Row, insert, or_, select, update

from turnover.core.clip import JsonValue
from turnover.store.dialect import now
from turnover.store.engine import Store
from turnover.store.refusals import keeping
from turnover.store.schema_specified import sidecar_templates as table
from turnover.store.templates import free_name, free_slug

_COMPARED = ("name", "description", "format", "target_tool", "source_text")


class Builtin(Protocol):
    """What is kept of a template that comes with the program."""

    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str | None: ...
    @property
    def format(self) -> str: ...
    @property
    def target_tool(self) -> str | None: ...
    @property
    def source(self) -> JsonValue:
        """The body, its keys in order."""
        ...


def refresh_builtins(store: Store, templates: Iterable[Builtin]) -> None:
    """Bring the built-in templates up to these; does nothing where they are. Called at every start.

    One of a person's own that has a name or slug which a new built-in brings gets another one, and stays as it is
    otherwise. A built-in that the program no longer brings stays, for exports name it.
    """
    with store.writing() as connection, keeping("template"):
        for template in templates:
            _refresh(connection, template)


def _refresh(connection: Connection, template: Builtin) -> None:
    row = connection.execute(select(table).where(table.c.slug == template.slug).with_for_update()).one_or_none()
    values: dict[str, object] = {name: getattr(template, name) for name in _COMPARED if name != "source_text"}
    if row is not None and row.is_builtin:
        if json.dumps(json.loads(row.source_text)) != json.dumps(template.source):
            values |= _body(template)
        changes = {name: value for name, value in values.items() if getattr(row, name) != value}
        if changes:
            _make_way(connection, template, row.id)
            changes |= {"version": table.c.version + 1, "updated_at": now()}
            connection.execute(update(table).where(table.c.id == row.id).values(changes))
        return
    _make_way(connection, template, None)
    connection.execute(insert(table).values(slug=template.slug, is_builtin=True, **values, **_body(template)))


def _body(template: Builtin) -> dict[str, object]:
    text = json.dumps(template.source, indent=2, ensure_ascii=False)
    return {"template_json": template.source, "source_text": text}


def _make_way(connection: Connection, template: Builtin, own_id: int | None) -> None:
    """Give other names to those that have this one's; a built-in that lost its name gets its new one in its turn."""
    same = or_(table.c.slug == template.slug, table.c.name == template.name)
    for other in connection.execute(select(table).where(same)).all():
        if other.id != own_id:
            connection.execute(
                update(table).where(table.c.id == other.id).values(_renamed(connection, other, template))
            )


def _renamed(connection: Connection, other: Row[Any], template: Builtin) -> dict[str, object]:
    values: dict[str, object] = {"version": table.c.version + 1, "updated_at": now()}
    if other.slug == template.slug:
        values["slug"] = free_slug(connection, f"{other.slug[:60]}-own")
    if other.name == template.name:
        values["name"] = free_name(connection, f"{other.name} (own")
    return values
