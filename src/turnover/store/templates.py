"""Sidecar templates: those that came with the program, and people's own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from turnover.core.catalog import Page, SidecarTemplate
from turnover.store import checks
from turnover.store.dialect import now
from turnover.store.engine import Store
from turnover.store.refusals import BadValueError, BuiltinError, StaleError, TakenError, keeping, not_found
from turnover.store.schema_specified import sidecar_templates as table

FORMATS = ("xml", "csv", "json", "text", "timeline")

_NOUN = "template"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_LONGEST_SLUG = 80


@dataclass(frozen=True, slots=True)
class Templates:
    """Keeps templates; whether a body makes sense was looked at before."""

    store: Store

    def create(
        self,
        *,
        name: str,
        format: str,  # noqa: A002  # the specification's name for it
        source_text: str,
        description: str | None = None,
        target_tool: str | None = None,
        slug: str | None = None,
        created_by: int | None = None,
    ) -> SidecarTemplate:
        """A template of one's own; without a slug it gets one from its name.

        `source_text` is the body's JSON as its author ordered it. Raises TakenError, NotFoundError (of the user),
        BadValueError.
        """
        values = _checked(
            {
                "name": name,
                "format": format,
                "source_text": source_text,
                "description": description,
                "target_tool": target_tool,
            }
        )
        author = None if created_by is None else checks.row_id(created_by, "user")
        with self.store.writing() as connection:
            if slug is None:
                slug = free_slug(connection, slug_of(str(values["name"])))
            return _insert(connection, {**values, "slug": _slug(slug), "created_by": author})

    def get(self, template_id: int) -> SidecarTemplate:
        """The template of that id. Raises NotFoundError."""
        with self.store.reading() as connection:
            return _one(connection, template_id)

    def by_slug(self, slug: str) -> SidecarTemplate:
        """The template of that slug. Raises NotFoundError."""
        with self.store.reading() as connection:
            row = None if "\0" in slug else connection.execute(select(table).where(table.c.slug == slug)).one_or_none()
        if row is None:
            raise not_found(_NOUN, slug)
        return template_of(row)

    def list(self, *, after: int = 0, limit: int = 100) -> Page[SidecarTemplate]:
        """A page of templates, in the order they were made."""
        question = (
            select(table)
            .where(table.c.id > checks.cursor(after))
            .order_by(table.c.id)
            .limit(checks.page_size(limit) + 1)
        )
        with self.store.reading() as connection:
            rows = connection.execute(question).all()
        return Page(tuple(map(template_of, rows[:limit])), rows[limit - 1].id if len(rows) > limit else None)

    def update(self, template_id: int, *, if_version: int | None = None, **values: str | None) -> SidecarTemplate:
        """The template with these of name, description, format, target_tool and source_text changed.

        `if_version` is the one that was read; None takes any. Raises NotFoundError, BuiltinError, StaleError,
        TakenError, BadValueError.
        """
        changed: dict[str, object] = _checked(values)
        with self.store.writing() as connection, keeping(_NOUN):
            _one_to_change(connection, template_id, if_version)
            changed |= {"version": table.c.version + 1, "updated_at": now()}
            statement = update(table).where(table.c.id == template_id).values(changed).returning(table)
            return template_of(connection.execute(statement).one())

    def delete(self, template_id: int, *, if_version: int | None = None) -> None:
        """Delete a template of one's own. Raises NotFoundError, BuiltinError, StaleError."""
        with self.store.writing() as connection:
            _one_to_change(connection, template_id, if_version)
            connection.execute(delete(table).where(table.c.id == template_id))

    def clone(self, template_id: int, *, name: str | None = None, created_by: int | None = None) -> SidecarTemplate:
        """A template of one's own that begins as another; unnamed it is a copy. Raises NotFoundError, TakenError."""
        with self.store.writing() as connection:
            other = _one(connection, template_id)
            called = free_name(connection, f"{other.name} (copy") if name is None else checks.name(name)
            values = {
                "slug": free_slug(connection, slug_of(called)),
                "name": called,
                "description": other.description,
                "format": other.format,
                "target_tool": other.target_tool,
                "template_json": other.template_json,
                "source_text": other.source_text,
                "created_by": None if created_by is None else checks.row_id(created_by, "user"),
            }
            return _insert(connection, values)


def template_of(row: Row[Any]) -> SidecarTemplate:
    """A row as a value; its body has the order that its author gave it."""
    return SidecarTemplate(**{**row._mapping, "template_json": json.loads(row.source_text)})


def slug_of(name: str) -> str:
    """A slug that reads as the name: small ASCII letters and digits, joined by hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))[: _LONGEST_SLUG - 9].strip("-") or "template"


def free_slug(connection: Connection, slug: str) -> str:
    """The slug, with a number where it is taken."""
    return _free(connection, table.c.slug, [slug, *(f"{slug}-{number}" for number in range(2, 10_000))])


def free_name(connection: Connection, opened: str) -> str:
    """A name that nobody has, made of one whose bracket is open: `Nuke XML (copy)`, `Nuke XML (copy 2)` …"""
    opened = opened[: checks.MOST_NAME - 8]
    return _free(connection, table.c.name, [f"{opened})", *(f"{opened} {number})" for number in range(2, 10_000))])


def _free(connection: Connection, column: ColumnElement[Any], names: list[str]) -> str:
    for name in names:
        if connection.execute(select(table.c.id).where(column == name)).first() is None:
            return name
    raise TakenError(f"{names[0]!r} and all that is like it are taken", hint="choose another name")


def _insert(connection: Connection, values: Mapping[str, object]) -> SidecarTemplate:
    with keeping(_NOUN):
        return template_of(connection.execute(insert(table).values(values).returning(table)).one())


def _one(connection: Connection, template_id: int) -> SidecarTemplate:
    row = None
    if checks.is_id(template_id):
        row = connection.execute(select(table).where(table.c.id == template_id)).one_or_none()
    if row is None:
        raise not_found(_NOUN, template_id)
    return template_of(row)


def _one_to_change(connection: Connection, template_id: int, if_version: int | None) -> None:
    """Hold the template, or say why it may not be changed."""
    if not checks.is_id(template_id):
        raise not_found(_NOUN, template_id)
    row = connection.execute(select(table).where(table.c.id == template_id).with_for_update()).one_or_none()
    if row is None:
        raise not_found(_NOUN, template_id)
    if row.is_builtin:
        raise BuiltinError(f"{row.name!r} came with the program and stays as it is", hint="clone it and change that")
    if if_version is not None and row.version != if_version:
        raise StaleError(
            f"{row.name!r} is of version {row.version} by now, not {if_version}", hint="read it again and change that"
        )


def _slug(value: str) -> str:
    if not _SLUG.match(value) or len(value) > _LONGEST_SLUG:
        raise BadValueError(f"{value[:100]!r} is no slug", hint="small letters, digits and single hyphens: nuke-xml")
    return value


def _checked(values: Mapping[str, str | None]) -> dict[str, object]:
    """The values as they are kept. Raises BadValueError."""
    unknown = values.keys() - {"name", "description", "format", "target_tool", "source_text"}
    if unknown:
        raise BadValueError(f"a template has no {', '.join(sorted(unknown))} to set")
    checked: dict[str, object] = dict(values)
    for one, value in values.items():
        if value is not None:
            checked[one] = checks.sound_text(value, one, most=10 * checks.MOST_TEXT)
        elif one not in ("description", "target_tool"):
            raise BadValueError(f"a template needs its {one}")
    if "name" in values:
        checked["name"] = checks.name(values["name"])
    if "format" in values and values["format"] not in FORMATS:
        raise BadValueError(f"{values['format']!r} is no format", hint=f"one of {', '.join(FORMATS)}")
    if values.get("source_text") is not None:
        checked["template_json"] = checks.json_object(str(values["source_text"]), "template")
    return checked
