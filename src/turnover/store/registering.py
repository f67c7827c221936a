"""How files become clips: by their place, else by their bytes, else new."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, insert, select, tuple_, update

from turnover.core.catalog import CatalogClip, Change, Found, Registered
from turnover.store import checks
from turnover.store.clip_rows import clip_of, stamp_values
from turnover.store.dialect import now
from turnover.store.keeping import check_digests
from turnover.store.schema_catalog import clip_versions, clips

_BATCH = 500
"""Files that are asked about, and written, at once."""

Place = tuple[int, str]


def register(connection: Connection, found: Iterable[Found], gone: Collection[int]) -> tuple[Registered, ...]:
    """As `clips.Clips.register`, in a transaction that is open."""
    missing = _Missing.of(connection, gone)
    registered: list[Registered] = []
    for batch in _batches(found):
        registered += _register_batch(connection, batch, missing)
    return tuple(registered)


@dataclass(slots=True)
class _Missing:
    """Clips whose file is gone, by what it held."""

    by_digest: dict[str, list[int]]

    @classmethod
    def of(cls, connection: Connection, gone: Collection[int]) -> _Missing:
        by_digest: dict[str, list[int]] = {}
        rest = iter(sorted(one for one in gone if checks.is_id(one)))
        while some := list(islice(rest, _BATCH)):
            question = select(clips.c.id, clips.c.digest).where(clips.c.id.in_(some)).order_by(clips.c.id)
            for clip_id, digest in connection.execute(question):
                by_digest.setdefault(digest, []).append(clip_id)
        return cls(by_digest)

    def take(self, digest: str) -> int | None:
        """One that held these bytes; it is found only once."""
        same = self.by_digest.get(digest)
        return same.pop(0) if same else None

    def is_here(self, row: Row[Any]) -> None:
        """It is not gone after all."""
        same = self.by_digest.get(row.digest, [])
        if row.id in same:
            same.remove(row.id)


def _batches(found: Iterable[Found]) -> Iterator[dict[Place, Found]]:
    """Files by their place, none of which comes twice in a batch. Raises NotFoundError, BadValueError."""
    batch: dict[Place, Found] = {}
    for one in found:
        check_digests(one.digest)
        place = (checks.row_id(one.media_root_id, "media root"), checks.relative_path(one.relative_path))
        if place in batch or len(batch) == _BATCH:
            yield batch
            batch = {}
        batch[place] = one
    if batch:
        yield batch


def _register_batch(connection: Connection, batch: dict[Place, Found], missing: _Missing) -> list[Registered]:
    place = tuple_(clips.c.media_root_id, clips.c.relative_path)
    # In one order, so that two programs do not wait for each other.
    rows = connection.execute(select(clips).where(place.in_(batch)).order_by(clips.c.id).with_for_update())
    there = {(row.media_root_id, row.relative_path): row for row in rows}
    for row in there.values():
        missing.is_here(row)
    done: dict[Place, Registered] = {}
    new: dict[Place, dict[str, object]] = {}
    for where, one in batch.items():
        values: dict[str, object] = {
            "media_root_id": where[0],
            "relative_path": where[1],
            **stamp_values(one.stamp),
        }
        if where in there:
            done[where] = _seen_again(connection, there[where], one, values)
        elif (moved := missing.take(one.digest)) is not None:
            done[where] = Registered(_changed(connection, moved, values), "moved")
        else:
            new[where] = {**values, "version": 1, "digest": one.digest}
    if new:
        made = insert(clips).returning(clips, sort_by_parameter_order=True)
        rows = connection.execute(made, list(new.values()))
        done |= {where: Registered(clip_of(row), "new") for where, row in zip(new, rows, strict=True)}
    _note_versions(connection, [one.clip for one in done.values() if one.change in _OF_NEW_BYTES])
    return [done[where] for where in batch]


_OF_NEW_BYTES: tuple[Change, ...] = ("new", "changed")


def _seen_again(connection: Connection, row: Row[Any], found: Found, values: Mapping[str, object]) -> Registered:
    if row.digest != found.digest:
        content = {"digest": found.digest, "version": clips.c.version + 1, "quality_score": None}
        return Registered(_changed(connection, row.id, {**values, **content}), "changed")
    if any(getattr(row, name) != value for name, value in values.items()):
        return Registered(_changed(connection, row.id, values), "same")
    return Registered(clip_of(row), "same")


def _changed(connection: Connection, clip_id: int, values: Mapping[str, object]) -> CatalogClip:
    statement = update(clips).where(clips.c.id == clip_id).values({**values, "updated_at": now()}).returning(clips)
    return clip_of(connection.execute(statement).one())


def _note_versions(connection: Connection, changed: list[CatalogClip]) -> None:
    rows = [
        {"clip_id": one.id, "version": one.version, "digest": one.digest, "size_bytes": one.stamp.size_bytes}
        for one in changed
    ]
    if rows:
        connection.execute(insert(clip_versions), rows)
