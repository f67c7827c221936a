"""How what sources say of clips is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection, ScalarSelect, Table, bindparam, delete, func, insert, select, update

from turnover.core.catalog import Source, Told
from turnover.core.clip import JsonValue
from turnover.store import checks
from turnover.store.dialect import now
from turnover.store.refusals import BadValueError, not_found
from turnover.store.schema_catalog import clip_generation, clips, failure_tags, quality_scores

QUALITY = "quality_score"
"""The metric that filters ask; the others are shown."""

_BATCH = 500
"""Clips that are written at once."""


def tell(connection: Connection, told: Iterable[Told]) -> None:
    """As `clips.Clips.tell`, in a transaction that is open."""
    merged: dict[tuple[int, Source], Told] = {}
    for one in told:
        key = (checks.row_id(one.clip_id, "clip"), one.source)
        merged[key] = _over(merged.get(key), one)
    rest = iter(merged.values())
    while batch := list(islice(rest, _BATCH)):
        _tell_batch(connection, batch)


def _over(before: Told | None, after: Told) -> Told:
    """Both, as if one after the other."""
    if before is None:
        return after
    names = ("generation", "scores", "failure_tags")
    return replace(after, **{name: getattr(before, name) for name in names if getattr(after, name) is None})


def _tell_batch(connection: Connection, batch: list[Told]) -> None:
    ids = {one.clip_id for one in batch}
    question = select(clips.c.id, clips.c.version).where(clips.c.id.in_(ids))
    versions = {row.id: row.version for row in connection.execute(question)}
    for clip_id in ids - versions.keys():
        raise not_found("clip", clip_id)

    def keys(name: str) -> list[tuple[Told, dict[str, object]]]:
        """Of those that say something of it, with what its rows begin with."""
        said = (one for one in batch if getattr(one, name) is not None)
        return [(one, {"clip_id": one.clip_id, "version": versions[one.clip_id], "source": one.source}) for one in said]

    for name, table, rows_of in _KINDS:
        said = keys(name)
        _replace(
            connection, table, [key for _, key in said], [{**key, **row} for one, key in said for row in rows_of(one)]
        )
    _choose_quality(connection, [one.clip_id for one, _ in keys("scores")])


def _generation(told: Told) -> Iterator[dict[str, JsonValue]]:
    if not isinstance(told.generation, dict):
        raise BadValueError(f"a generation is {type(told.generation).__name__}, not an object")
    yield {"generation": checks.json_value(told.generation, "generation")}


def _scores(told: Told) -> Iterator[dict[str, JsonValue]]:
    for metric, score in (told.scores or {}).items():
        yield {"metric": checks.name(metric, "metric"), "score": checks.score(score, metric)}


def _tags(told: Told) -> Iterator[dict[str, JsonValue]]:
    for tag in sorted({checks.name(tag, "failure tag") for tag in told.failure_tags or ()}):
        yield {"tag": tag}


_KINDS = (
    ("generation", clip_generation, _generation),
    ("scores", quality_scores, _scores),
    ("failure_tags", failure_tags, _tags),
)


def _replace(
    connection: Connection, table: Table, keys: list[dict[str, object]], rows: list[dict[str, object]]
) -> None:
    """These rows, in place of all that have one of these keys."""
    if keys:
        old = (table.c[name] == bindparam(f"old_{name}") for name in ("clip_id", "version", "source"))
        connection.execute(
            delete(table).where(*old), [{f"old_{name}": value for name, value in key.items()} for key in keys]
        )
    if rows:
        connection.execute(insert(table), rows)


def _choose_quality(connection: Connection, clip_ids: list[int]) -> None:
    """What was given wins over what was measured."""
    if clip_ids:
        chosen = func.coalesce(_quality("given"), _quality("measured"))
        statement = update(clips).where(clips.c.id.in_(clip_ids)).values(quality_score=chosen, updated_at=now())
        connection.execute(statement)


def _quality(source: Source) -> ScalarSelect[Any]:
    """What a source says of a clip's present version."""
    table = quality_scores.c
    of_clip = (table.clip_id == clips.c.id, table.version == clips.c.version)
    return select(table.score).where(*of_clip, table.metric == QUALITY, table.source == source).scalar_subquery()
