"""Segments of a project, found by what a dataset asks of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select, tuple_

from turnover.core.catalog import Page, Segment, SegmentQuery, SegmentRow
from turnover.store import checks
from turnover.store.clip_rows import clip_of
from turnover.store.engine import Store
from turnover.store.refusals import BadValueError
from turnover.store.schema_catalog import characters, clips, failure_tags, scene_types, scenes, segments

_CLIP = (
    *("id", "media_root_id", "relative_path", "version", "digest", "size_bytes"),
    *("modified_ns", "changed_ns", "inode", "quality_score"),
)
_SEGMENT = tuple(column.name for column in segments.c)


@dataclass(frozen=True, slots=True)
class Segments:
    """Finds segments."""

    store: Store

    def page(self, query: SegmentQuery, *, after: int = 0, limit: int = 100) -> Page[SegmentRow]:
        """A page of segments by id, with the clip that each has now."""
        question = _question(query).where(segments.c.id > checks.cursor(after)).limit(checks.page_size(limit) + 1)
        with self.store.reading() as connection:
            rows = connection.execute(question).all()
        return Page(tuple(map(_read, rows[:limit])), rows[limit - 1].id if len(rows) > limit else None)

    def all(self, query: SegmentQuery) -> Iterator[SegmentRow]:
        """All of them, a page at a time."""
        after: int | None = 0
        while after is not None:
            page = self.page(query, after=after, limit=checks.MOST_PAGE)
            yield from page.items
            after = page.next


def _question(query: SegmentQuery) -> Select[Any]:
    return (
        select(
            *segments.c,
            scenes.c.name.label("scene"),
            scene_types.c.name.label("scene_type"),
            characters.c.id.label("character_id"),
            characters.c.name.label("character"),
            *(clips.c[name].label(f"clip__{name}") for name in _CLIP),
        )
        .join_from(segments, scenes)
        .join(characters, characters.c.id == scenes.c.character_id)
        .join(scene_types, scene_types.c.id == scenes.c.scene_type_id)
        .outerjoin(clips, clips.c.id == segments.c.clip_id)
        .where(segments.c.project_id == checks.cursor(query.project_id), *_conditions(query))
        .order_by(segments.c.id)
    )


def _conditions(query: SegmentQuery) -> Iterator[ColumnElement[bool]]:
    # Scenes are few: chosen first, they are looked up by number, and not once for each segment.
    if query.scene_types is not None:
        chosen = select(scene_types.c.id).where(scene_types.c.name.in_(checks.texts(query.scene_types)))
        yield segments.c.scene_id.in_(select(scenes.c.id).where(scenes.c.scene_type_id.in_(chosen)))
    if query.character_ids is not None:
        yield segments.c.scene_id.in_(
            select(scenes.c.id).where(scenes.c.character_id.in_(checks.ids(query.character_ids)))
        )
    if query.scene_ids is not None:
        yield segments.c.scene_id.in_(checks.ids(query.scene_ids))
    if query.segment_ids is not None:
        yield segments.c.id.in_(checks.ids(query.segment_ids))
    if query.statuses is not None:
        yield segments.c.status.in_(checks.texts(query.statuses))
    if query.quality_at_least is not None:
        if math.isnan(query.quality_at_least):
            raise BadValueError("NaN is no quality", hint="no bound is None")
        yield clips.c.quality_score >= query.quality_at_least
    if query.any_tags is not None:
        yield _is_tagged(query.any_tags)
    if query.without_tags:
        yield or_(segments.c.clip_id.is_(None), ~_is_tagged(query.without_tags))
    if query.has_clip is not None:
        yield segments.c.clip_id.is_not(None) if query.has_clip else segments.c.clip_id.is_(None)


def _is_tagged(tags: frozenset[str]) -> ColumnElement[bool]:
    """Whether the clip's present version has one of these."""
    tagged = select(failure_tags.c.clip_id, failure_tags.c.version).where(failure_tags.c.tag.in_(checks.texts(tags)))
    return tuple_(clips.c.id, clips.c.version).in_(tagged)


def _read(row: Row[Any]) -> SegmentRow:
    values = row._mapping
    return SegmentRow(
        segment=Segment(**{name: values[name] for name in _SEGMENT}),
        scene=row.scene,
        scene_type=row.scene_type,
        character_id=row.character_id,
        character=row.character,
        clip=None if row.clip_id is None else clip_of(row, "clip__"),
    )
