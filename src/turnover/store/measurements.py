"""What was measured, kept in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select

from turnover.core.measurement import Boundary, Measurement, Summary
from turnover.store.dialect import now, upsert
from turnover.store.engine import Store
from turnover.store.keeping import Bound, check_digests, check_name
from turnover.store.rows import MeasurementRow, boundary_of, boundary_text, measurement_of, row_of
from turnover.store.schema import boundaries, measurement_series, measurement_summaries, measurements

_BATCH = 500
"""Clips that are asked for at once: enough that a question costs little, and few enough to hold in memory."""

_SHORT = ("digest", "method", "frame_count", "quality_score")
_LONG = ("header", "series")
_ROW = select(*(measurements.c[name] for name in _SHORT), *(measurement_series.c[name] for name in _LONG)).join_from(
    measurements, measurement_series
)


@dataclass(frozen=True, slots=True)
class Measurements:
    """Keeps measurements as `keeping.Keeping` says."""

    store: Store

    def save(self, measurement: Measurement) -> None:
        values = asdict(row_of(measurement))
        short = {**{name: values[name] for name in _SHORT}, "measured_at": now()}
        long = {name: values[name] for name in _LONG}
        with self.store.writing() as connection:
            dialect = connection.dialect.name
            kept = upsert(measurements, short, key=("digest", "method"), dialect=dialect).returning(measurements.c.id)
            key = {"measurement_id": connection.execute(kept).scalar_one()}
            connection.execute(upsert(measurement_series, {**key, **long}, key=tuple(key), dialect=dialect))
            _summarise(connection, key, measurement.summaries)

    def load(self, digest: str, method: str) -> Measurement | None:
        return next(self.load_many((digest,), method), None)

    def load_many(self, digests: Iterable[str], method: str) -> Iterator[Measurement]:
        check_name(method, "method")
        rest = iter(digests)
        while batch := tuple(islice(rest, _BATCH)):
            check_digests(*batch)
            rows = self._rows(batch, method)
            yield from (measurement_of(rows[digest]) for digest in batch if digest in rows)

    def _rows(self, digests: tuple[str, ...], method: str) -> dict[str, MeasurementRow]:
        question = _ROW.where(measurements.c.digest.in_(digests), measurements.c.method == method)
        with self.store.reading() as connection:
            rows = [MeasurementRow(*row) for row in connection.execute(question)]
        return {row.digest: row for row in rows}

    def having(
        self, bounds: Iterable[Bound] = (), *, method: str, quality_at_least: float | None = None
    ) -> frozenset[str]:
        check_name(method, "method")
        question = select(measurements.c.digest).where(measurements.c.method == method, *map(_keeps_to, bounds))
        if quality_at_least is not None:
            question = question.where(measurements.c.quality_score >= quality_at_least)
        with self.store.reading() as connection:
            return frozenset(connection.execute(question).scalars())

    def forget(self, digest: str) -> None:
        check_digests(digest)
        with self.store.writing() as connection:
            connection.execute(delete(measurements).where(measurements.c.digest == digest))
            either = or_(boundaries.c.first_digest == digest, boundaries.c.second_digest == digest)
            connection.execute(delete(boundaries).where(either))

    def save_boundary(self, first_digest: str, second_digest: str, method: str, boundary: Boundary) -> None:
        check_digests(first_digest, second_digest)
        check_name(method, "method")
        key = {"first_digest": first_digest, "second_digest": second_digest, "method": method}
        values = {**key, "measured_at": now(), "numbers": boundary_text(boundary)}
        with self.store.writing() as connection:
            connection.execute(upsert(boundaries, values, key=tuple(key), dialect=connection.dialect.name))

    def load_boundary(self, first_digest: str, second_digest: str, method: str) -> Boundary | None:
        check_digests(first_digest, second_digest)
        check_name(method, "method")
        question = select(boundaries.c.numbers).where(
            boundaries.c.first_digest == first_digest,
            boundaries.c.second_digest == second_digest,
            boundaries.c.method == method,
        )
        with self.store.reading() as connection:
            text = connection.execute(question).scalar_one_or_none()
        return None if text is None else boundary_of(text)


def _keeps_to(bound: Bound) -> ColumnElement[bool]:
    number = measurement_summaries.c[bound.statistic]
    within = select(measurement_summaries.c.measurement_id).where(measurement_summaries.c.metric == bound.metric)
    if bound.at_least is not None:
        within = within.where(number >= bound.at_least)
    if bound.at_most is not None:
        within = within.where(number <= bound.at_most)
    return measurements.c.id.in_(within)


def _summarise(connection: Connection, key: Mapping[str, int], summaries: Mapping[str, Summary]) -> None:
    """Make anew what filters ask."""
    old = measurement_summaries.c.measurement_id == key["measurement_id"]
    connection.execute(delete(measurement_summaries).where(old))
    rows = [{**key, "metric": metric, **asdict(summary)} for metric, summary in summaries.items()]
    if rows:
        connection.execute(insert(measurement_summaries), rows)
