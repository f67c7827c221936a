"""Productions in the catalog: who and what there is, and where each clip belongs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from turnover.core.catalog import Character, MediaRoot, Placing, Project, Scene, SceneType, Segment, User
from turnover.store import checks, schema_catalog, schema_specified
from turnover.store.engine import Store
from turnover.store.placing import place
from turnover.store.refusals import keeping
from turnover.store.shelf import Check, Shelf

_TEXTS: dict[str, Check] = {
    "name": checks.name,
    "description": lambda value: checks.sound_text(value, "description"),
}


def _id_of(noun: str) -> Check:
    return lambda value: checks.row_id(value, noun)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The shelves of the catalog. A shelf's `create` and `update` take the names of its value's fields."""

    store: Store

    @property
    def users(self) -> Shelf[User]:
        """name, role, is_active"""
        columns: dict[str, Check] = {"name": checks.name, "role": checks.name, "is_active": bool}
        return Shelf(self.store, schema_specified.users, User, "user", columns)

    @property
    def media_roots(self) -> Shelf[MediaRoot]:
        """name, path"""
        columns: dict[str, Check] = {
            "name": checks.name,
            "path": lambda value: checks.sound_text(value, "path", most=checks.MOST_PATH),
        }
        return Shelf(self.store, schema_catalog.media_roots, MediaRoot, "media root", columns)

    @property
    def projects(self) -> Shelf[Project]:
        """name, description"""
        return Shelf(self.store, schema_specified.projects, Project, "project", _TEXTS)

    @property
    def characters(self) -> Shelf[Character]:
        """project_id, name, description"""
        columns = {**_TEXTS, "project_id": _id_of("project")}
        return Shelf(self.store, schema_catalog.characters, Character, "character", columns, "project_id")

    @property
    def scene_types(self) -> Shelf[SceneType]:
        """name, description"""
        return Shelf(self.store, schema_catalog.scene_types, SceneType, "scene type", _TEXTS)

    @property
    def scenes(self) -> Shelf[Scene]:
        """character_id, scene_type_id, name"""
        columns: dict[str, Check] = {
            "character_id": _id_of("character"),
            "scene_type_id": _id_of("scene type"),
            "name": checks.name,
        }
        return Shelf(self.store, schema_catalog.scenes, Scene, "scene", columns, "character_id")

    @property
    def segments(self) -> Shelf[Segment]:
        """status, clip_id; `place` makes them, `segments.Segments` finds them"""
        columns: dict[str, Check] = {"status": lambda value: checks.name(value, "status"), "clip_id": _id_of("clip")}
        return Shelf(self.store, schema_catalog.segments, Segment, "segment", columns, "scene_id")

    def place(self, placings: Iterable[Placing]) -> tuple[int, ...]:
        """Segment ids: each clip gets its place, all or none; what leads there is made where it is missing.

        Raises NotFoundError (of project or clip), BadValueError.
        """
        with self.store.writing() as connection, keeping("segment"):
            return place(connection, placings)
