"""The catalog: productions and their segments, files and what is known of them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import CheckConstraint, Column, MetaData, PrimaryKeyConstraint, Table, Text, UniqueConstraint

from turnover.store.dialect import NUMBERED, STRICT, Json, Moment, Number, Whole, keep_updated, now, sound_json
from turnover.store.schema_base import NAMES, created, index, row_id, to, updated

revision = "0003"
down_revision = "0002"

metadata = MetaData(naming_convention=NAMES)
# They are there; foreign keys find them by name.
there = frozenset(Table(name, metadata, row_id()) for name in ("projects",))

media_roots = Table(
    "media_roots",
    metadata,
    row_id(),
    Column("name", Text, nullable=False),
    Column("path", Text, nullable=False),
    created(),
    updated(),
    UniqueConstraint("name"),
    UniqueConstraint("path"),
    **NUMBERED,
)

characters = Table(
    "characters",
    metadata,
    row_id(),
    to("project_id", "projects", when_gone="CASCADE"),
    Column("name", Text, nullable=False),
    Column("description", Text),
    created(),
    updated(),
    UniqueConstraint("project_id", "name"),
    **NUMBERED,
)

# Reusable recipes: they belong to no project.
scene_types = Table(
    "scene_types",
    metadata,
    row_id(),
    Column("name", Text, nullable=False),
    Column("description", Text),
    created(),
    updated(),
    UniqueConstraint("name"),
    **NUMBERED,
)

scenes = Table(
    "scenes",
    metadata,
    row_id(),
    to("character_id", "characters", when_gone="CASCADE"),
    to("scene_type_id", "scene_types", when_gone="RESTRICT"),
    Column("name", Text, nullable=False),
    created(),
    updated(),
    UniqueConstraint("character_id", "scene_type_id", "name"),
    index("scenes", "scene_type_id"),
    **NUMBERED,
)

# One row a file, wherever it stands now and whatever it holds now; what it held before is in clip_versions.
clips = Table(
    "clips",
    metadata,
    row_id(),
    to("media_root_id", "media_roots", when_gone="CASCADE"),
    Column("relative_path", Text, nullable=False),
    Column("version", Whole, nullable=False),
    Column("digest", Text, nullable=False),
    Column("size_bytes", Whole, nullable=False),
    Column("modified_ns", Whole, nullable=False),
    Column("changed_ns", Whole, nullable=False),
    Column("inode", Whole, nullable=False),
    # Of this version: what a person gave, else what was measured.
    Column("quality_score", Number),
    created(),
    updated(),
    UniqueConstraint("media_root_id", "relative_path"),
    CheckConstraint("length(digest) = 64", name="digest"),
    CheckConstraint("version >= 1", name="version"),
    index("clips", "digest"),
    **NUMBERED,
)

clip_versions = Table(
    "clip_versions",
    metadata,
    to("clip_id", "clips", when_gone="CASCADE"),
    Column("version", Whole, nullable=False),
    Column("digest", Text, nullable=False),
    Column("size_bytes", Whole, nullable=False),
    Column("registered_at", Moment, nullable=False, server_default=now()),
    PrimaryKeyConstraint("clip_id", "version"),
    **STRICT,
)

clip_generation = Table(
    "clip_generation",
    metadata,
    to("clip_id", "clips", when_gone="CASCADE"),
    Column("version", Whole, nullable=False),
    Column("source", Text, nullable=False),
    Column("generation", Json, nullable=False),
    PrimaryKeyConstraint("clip_id", "version", "source"),
    CheckConstraint("source IN ('given', 'found')", name="source"),
    *sound_json("generation"),
    **STRICT,
)

quality_scores = Table(
    "quality_scores",
    metadata,
    to("clip_id", "clips", when_gone="CASCADE"),
    Column("version", Whole, nullable=False),
    Column("metric", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("score", Number, nullable=False),
    PrimaryKeyConstraint("clip_id", "version", "metric", "source"),
    CheckConstraint("source IN ('given', 'measured')", name="source"),
    **STRICT,
)

failure_tags = Table(
    "failure_tags",
    metadata,
    to("clip_id", "clips", when_gone="CASCADE"),
    Column("version", Whole, nullable=False),
    Column("tag", Text, nullable=False),
    Column("source", Text, nullable=False),
    PrimaryKeyConstraint("clip_id", "version", "tag", "source"),
    index("failure_tags", "tag", "clip_id", "version"),
    CheckConstraint("source IN ('given', 'measured')", name="source"),
    **STRICT,
)

# The project stands in it, too, so that one index leads through a project in order.
segments = Table(
    "segments",
    metadata,
    row_id(),
    to("project_id", "projects", when_gone="CASCADE"),
    to("scene_id", "scenes", when_gone="CASCADE"),
    Column("segment_index", Whole, nullable=False),
    Column("status", Text),
    to("clip_id", "clips", when_gone="SET NULL", is_needed=False),
    created(),
    updated(),
    UniqueConstraint("scene_id", "segment_index"),
    CheckConstraint("segment_index >= 0", name="segment_index"),
    index("segments", "project_id"),
    index("segments", "clip_id"),
    **NUMBERED,
)

keep_updated(metadata, media_roots, characters, scene_types, scenes, clips, segments)


def upgrade() -> None:
    """Make the tables."""
    new = [one for one in metadata.sorted_tables if one not in there]
    metadata.create_all(op.get_bind(), new, checkfirst=False)
