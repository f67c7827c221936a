"""What was measured of clips and of the boundaries between them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, LargeBinary, PrimaryKeyConstraint, Text
from sqlalchemy import UniqueConstraint as Unique

from turnover.store.dialect import NUMBERED, STRICT, Moment, Number, Whole

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "measurements",
        Column("id", Whole, nullable=False),
        Column("digest", Text, nullable=False),
        Column("method", Text, nullable=False),
        Column("frame_count", Whole, nullable=False),
        Column("quality_score", Number),
        Column("measured_at", Moment, nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_measurements")),
        Unique("digest", "method", name=op.f("uq_measurements_digest")),
        CheckConstraint("frame_count >= 0", name=op.f("ck_measurements_frame_count")),
        **NUMBERED,
    )
    op.create_table(
        "measurement_series",
        Column("measurement_id", Whole, nullable=False),
        Column("header", Text, nullable=False),
        Column("series", LargeBinary, nullable=False),
        ForeignKeyConstraint(
            ["measurement_id"],
            ["measurements.id"],
            name=op.f("fk_measurement_series_measurement_id"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("measurement_id", name=op.f("pk_measurement_series")),
        **STRICT,
    )
    op.create_table(
        "measurement_summaries",
        Column("measurement_id", Whole, nullable=False),
        Column("metric", Text, nullable=False),
        Column("mean", Number, nullable=False),
        Column("p10", Number, nullable=False),
        Column("low", Number, nullable=False),
        Column("high", Number, nullable=False),
        ForeignKeyConstraint(
            ["measurement_id"],
            ["measurements.id"],
            name=op.f("fk_measurement_summaries_measurement_id"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("measurement_id", "metric", name=op.f("pk_measurement_summaries")),
        **STRICT,
    )
    op.create_index(
        "ix_measurement_summaries_metric",
        "measurement_summaries",
        ["metric", "mean", "p10", "low", "high", "measurement_id"],
    )
    op.create_table(
        "boundaries",
        Column("id", Whole, nullable=False),
        Column("first_digest", Text, nullable=False),
        Column("second_digest", Text, nullable=False),
        Column("method", Text, nullable=False),
        Column("measured_at", Moment, nullable=False),
        Column("numbers", Text, nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_boundaries")),
        Unique("first_digest", "second_digest", "method", name=op.f("uq_boundaries_first_digest")),
        **NUMBERED,
    )
    op.create_index(op.f("ix_boundaries_second_digest"), "boundaries", ["second_digest"])
