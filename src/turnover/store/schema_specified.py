"""The tables that the specification gives, and those that they point to."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, UniqueConstraint, false, text, true

from turnover.store.dialect import NUMBERED, Flag, Json, Whole, keep_updated, sound_flag, sound_json
from turnover.store.schema_base import created, index, metadata, row_id, to, updated

users = Table(
    "users",
    metadata,
    row_id(),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("is_active", Flag, nullable=False, server_default=true()),
    created(),
    updated(),
    UniqueConstraint("name"),
    CheckConstraint("role IN ('creator', 'admin')", name="role"),
    sound_flag("is_active"),
    **NUMBERED,
)

projects = Table(
    "projects",
    metadata,
    row_id(),
    Column("name", Text, nullable=False),
    Column("description", Text),
    created(),
    updated(),
    UniqueConstraint("name"),
    **NUMBERED,
)

job_statuses = Table(
    "job_statuses",
    metadata,
    row_id(),
    Column("name", Text, nullable=False),
    UniqueConstraint("name"),
    **NUMBERED,
)

sidecar_templates = Table(
    "sidecar_templates",
    metadata,
    row_id(),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("format", Text, nullable=False),
    Column("target_tool", Text),
    Column("template_json", Json, nullable=False),
    # JSONB loses the order of keys; this is what the author wrote.
    Column("source_text", Text, nullable=False),
    Column("is_builtin", Flag, nullable=False, server_default=false()),
    Column("version", Whole, nullable=False, server_default=text("1")),
    to("created_by", "users", when_gone="SET NULL", is_needed=False),
    created(),
    updated(),
    CheckConstraint("format IN ('xml', 'csv', 'json', 'text', 'timeline')", name="format"),
    *sound_json("template_json"),
    sound_flag("is_builtin"),
    index("sidecar_templates", "created_by"),
    Index("uq_sidecar_templates_name", "name", unique=True),
    Index("uq_sidecar_templates_slug", "slug", unique=True),
    **NUMBERED,
)

dataset_exports = Table(
    "dataset_exports",
    metadata,
    row_id(),
    to("project_id", "projects", when_gone="CASCADE"),
    Column("name", Text, nullable=False),
    Column("config_json", Json, nullable=False),
    Column("manifest_json", Json),
    Column("file_path", Text),
    Column("file_size_bytes", Whole),
    Column("sample_count", Integer),
    to("status_id", "job_statuses", when_gone="RESTRICT"),
    to("exported_by", "users", when_gone="RESTRICT"),
    created(),
    updated(),
    *sound_json("config_json", "manifest_json"),
    index("dataset_exports", "project_id"),
    index("dataset_exports", "status_id"),
    index("dataset_exports", "exported_by"),
    **NUMBERED,
)

keep_updated(metadata, users, projects, sidecar_templates, dataset_exports)
