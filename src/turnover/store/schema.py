"""The tables, as this version of the program wants them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint

from turnover.store import schema_base, schema_catalog, schema_specified, schema_work
from turnover.store.dialect import NUMBERED, STRICT, Moment, Number, Whole

metadata = schema_base.metadata

REVISION = "0004"
"""The newest revision of `migrations/`; it makes exactly the tables of `metadata`."""

PARTS = (schema_specified, schema_catalog, schema_work)
"""Where the other tables stand: loading them puts them into `metadata`."""

# Short rows, so that a filter goes through few pages; what is long of them stands in a table of its own.
measurements = Table(
    "measurements",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("frame_count", Whole, nullable=False),
    Column("quality_score", Number),
    Column("measured_at", Moment, nullable=False),
    UniqueConstraint("digest", "method"),
    CheckConstraint("frame_count >= 0", name="frame_count"),
    **NUMBERED,
)

measurement_series = Table(
    "measurement_series",
    metadata,
    Column("measurement_id", Whole, ForeignKey(measurements.c.id, ondelete="CASCADE"), primary_key=True),
    Column("header", Text, nullable=False),
    Column("series", LargeBinary, nullable=False),
    **STRICT,
)

# What a filter asks of a measurement; made anew from its header whenever it is saved.
measurement_summaries = Table(
    "measurement_summaries",
    metadata,
    Column("measurement_id", Whole, ForeignKey(measurements.c.id, ondelete="CASCADE"), primary_key=True),
    Column("metric", Text, primary_key=True),
    Column("mean", Number, nullable=False),
    Column("p10", Number, nullable=False),
    Column("low", Number, nullable=False),
    Column("high", Number, nullable=False),
    **STRICT,
)

boundaries = Table(
    "boundaries",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("first_digest", Text, nullable=False),
    Column("second_digest", Text, nullable=False, index=True),
    Column("method", Text, nullable=False),
    Column("measured_at", Moment, nullable=False),
    Column("numbers", Text, nullable=False),
    UniqueConstraint("first_digest", "second_digest", "method"),
    **NUMBERED,
)

# A filter is answered from it alone, whichever of the four numbers it is about.
Index(
    "ix_measurement_summaries_metric",
    *(measurement_summaries.c[name] for name in ("metric", "mean", "p10", "low", "high", "measurement_id")),
)
