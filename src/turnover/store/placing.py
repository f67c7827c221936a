"""How clips get their places in scenes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import Connection, Table, insert, select, tuple_, update

from turnover.core.catalog import Placing
from turnover.store import checks
from turnover.store.dialect import insert_new, now
from turnover.store.schema_catalog import characters, scene_types, scenes, segments

_BATCH = 500
"""Segments that are asked about, and written, at once."""

Spot = tuple[int, int]
"""Scene and index."""


def place(connection: Connection, placings: Iterable[Placing]) -> tuple[int, ...]:
    """As `catalog.Catalog.place`, in a transaction that is open."""
    chain = _Chain(connection)
    rest = iter(placings)
    ids: list[int] = []
    while batch := list(islice(rest, _BATCH)):
        spots = [(chain.scene(one), checks.whole(one.segment_index, "segment index")) for one in batch]
        wanted: dict[Spot, dict[str, object]] = {}
        for spot, one in zip(spots, batch, strict=True):
            before = wanted.get(spot, {})
            wanted[spot] = {**before, "project_id": one.project_id, **_given(one)}
        placed = _placed(connection, wanted)
        ids += [placed[spot] for spot in spots]
    return tuple(ids)


def _given(placing: Placing) -> dict[str, object]:
    given: dict[str, object] = {}
    if placing.clip_id is not None:
        given["clip_id"] = checks.row_id(placing.clip_id, "clip")
    if placing.status is not None:
        given["status"] = checks.name(placing.status, "status")
    return given


def _placed(connection: Connection, wanted: Mapping[Spot, Mapping[str, object]]) -> dict[Spot, int]:
    spot = tuple_(segments.c.scene_id, segments.c.segment_index)
    question = select(segments).where(spot.in_(wanted)).order_by(segments.c.id).with_for_update()
    there = {(row.scene_id, row.segment_index): row for row in connection.execute(question)}
    for where, row in there.items():
        changes = {name: value for name, value in wanted[where].items() if getattr(row, name) != value}
        if changes:
            statement = update(segments).where(segments.c.id == row.id).values({**changes, "updated_at": now()})
            connection.execute(statement)
    new = [where for where in wanted if where not in there]
    placed: dict[Spot, int] = {where: row.id for where, row in there.items()}
    if new:
        nothing = {"clip_id": None, "status": None}
        rows = [{**nothing, **wanted[where], "scene_id": where[0], "segment_index": where[1]} for where in new]
        made = insert(segments).returning(segments.c.id, sort_by_parameter_order=True)
        placed |= dict(zip(new, connection.execute(made, rows).scalars(), strict=True))
    return placed


@dataclass(slots=True)
class _Chain:
    """Finds or makes what leads to a segment, each once in a transaction."""

    connection: Connection
    _ids: dict[tuple[object, ...], int] = field(default_factory=dict)

    def scene(self, placing: Placing) -> int:
        """The id of the placing's scene."""
        project_id = checks.row_id(placing.project_id, "project")
        scene_type = checks.name(placing.scene_type, "scene type")
        scene = scene_type if placing.scene is None else checks.name(placing.scene, "scene")
        character_id = self._id(characters, project_id=project_id, name=checks.name(placing.character, "character"))
        scene_type_id = self._id(scene_types, name=scene_type)
        return self._id(scenes, character_id=character_id, scene_type_id=scene_type_id, name=scene)

    def _id(self, table: Table, **key: object) -> int:
        known = (table.name, *key.values())
        if known not in self._ids:
            question = select(table.c.id).where(*(table.c[name] == value for name, value in key.items()))
            found = self.connection.execute(question).scalar()
            if found is None:
                new = insert_new(table, key, key=tuple(key), dialect=self.connection.dialect.name)
                self.connection.execute(new)
                found = self.connection.execute(question).scalar_one()
            self._ids[known] = int(found)
        return self._ids[known]
