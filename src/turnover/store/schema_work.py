"""The tables of work in the background, of who may ask for it, and of what happened."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Table, Text, UniqueConstraint, false, text

from turnover.store.dialect import NUMBERED, Flag, Json, Moment, Whole, keep_updated, now, sound_flag, sound_json
from turnover.store.schema_base import created, index, metadata, row_id, to, updated

deliveries = Table(
    "deliveries",
    metadata,
    row_id(),
    to("project_id", "projects", when_gone="CASCADE"),
    Column("name", Text, nullable=False),
    Column("config_json", Json, nullable=False),
    Column("manifest_json", Json),
    Column("file_path", Text),
    Column("file_size_bytes", Whole),
    to("status_id", "job_statuses", when_gone="RESTRICT"),
    to("delivered_by", "users", when_gone="RESTRICT"),
    created(),
    updated(),
    *sound_json("config_json", "manifest_json"),
    index("deliveries", "project_id"),
    index("deliveries", "status_id"),
    index("deliveries", "delivered_by"),
    **NUMBERED,
)

jobs = Table(
    "jobs",
    metadata,
    row_id(),
    Column("kind", Text, nullable=False),
    to("project_id", "projects", when_gone="CASCADE", is_needed=False),
    # What the job fills, where it fills something; it shows the job's status.
    to("dataset_export_id", "dataset_exports", when_gone="CASCADE", is_needed=False),
    to("delivery_id", "deliveries", when_gone="CASCADE", is_needed=False),
    to("created_by", "users", when_gone="SET NULL", is_needed=False),
    Column("request_json", Json, nullable=False),
    Column("idempotency_key", Text),
    to("status_id", "job_statuses", when_gone="RESTRICT"),
    Column("is_cancel_asked", Flag, nullable=False, server_default=false()),
    # The right to do it: whose it is, until when, and how often it was given.
    Column("holder", Text),
    Column("lease_until", Moment),
    Column("fence", Whole, nullable=False, server_default=text("0")),
    Column("attempt", Whole, nullable=False, server_default=text("0")),
    Column("tries", Whole, nullable=False),
    Column("done", Whole, nullable=False, server_default=text("0")),
    Column("total", Whole),
    Column("unit", Text),
    Column("failures_json", Json, nullable=False, server_default=text("'[]'")),
    Column("result_json", Json),
    Column("error_json", Json),
    Column("file_path", Text),
    created(),
    updated(),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    UniqueConstraint("kind", "idempotency_key"),
    CheckConstraint("tries >= 1", name="tries"),
    sound_flag("is_cancel_asked"),
    *sound_json("request_json", "failures_json", "result_json", "error_json"),
    # What is waiting, and whose lease ran out.
    index("jobs", "status_id", "lease_until"),
    index("jobs", "project_id"),
    index("jobs", "dataset_export_id"),
    index("jobs", "delivery_id"),
    index("jobs", "created_by"),
    **NUMBERED,
)

api_tokens = Table(
    "api_tokens",
    metadata,
    row_id(),
    to("user_id", "users", when_gone="CASCADE"),
    Column("name", Text, nullable=False),
    # SHA-256 of the token; the token itself is shown once and kept nowhere.
    Column("token_hash", Text, nullable=False),
    created(),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
    CheckConstraint("length(token_hash) = 64", name="token_hash"),
    index("api_tokens", "user_id"),
    Index("uq_api_tokens_token_hash", "token_hash", unique=True),
    **NUMBERED,
)

events = Table(
    "events",
    metadata,
    row_id(),
    Column("at", Moment, nullable=False, server_default=now()),
    Column("kind", Text, nullable=False),
    Column("payload", Json, nullable=False),
    *sound_json("payload"),
    index("events", "at"),
    **NUMBERED,
)

keep_updated(metadata, deliveries, jobs)
