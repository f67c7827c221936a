"""Measurements kept in this process, for tests and for runs that leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from turnover.core.measurement import Boundary, Measurement, Summary
from turnover.store.keeping import Bound, check_digests, check_name
from turnover.store.rows import MeasurementRow, boundary_of, boundary_text, measurement_of, row_of


@dataclass(slots=True)
class MemoryMeasurements:
    """Keeps the rows that the databases would keep, so that it rounds and refuses as they do."""

    _rows: dict[tuple[str, str], MeasurementRow] = field(default_factory=dict, init=False)
    _boundaries: dict[tuple[str, str, str], str] = field(default_factory=dict, init=False)

    def save(self, measurement: Measurement) -> None:
        self._rows[measurement.digest, measurement.method] = row_of(measurement)

    def load(self, digest: str, method: str) -> Measurement | None:
        _check(digest, method=method)
        row = self._rows.get((digest, method))
        return None if row is None else measurement_of(row)

    def load_many(self, digests: Iterable[str], method: str) -> Iterator[Measurement]:
        for digest in digests:
            measurement = self.load(digest, method)
            if measurement is not None:
                yield measurement

    def having(
        self, bounds: Iterable[Bound] = (), *, method: str, quality_at_least: float | None = None
    ) -> frozenset[str]:
        check_name(method, "method")
        asked = tuple(bounds)
        rows = (measurement_of(row) for (_, by), row in self._rows.items() if by == method)
        return frozenset(m.digest for m in rows if _is_good(m, quality_at_least) and _is_within(m, asked))

    def forget(self, digest: str) -> None:
        check_digests(digest)
        for key in [key for key in self._rows if key[0] == digest]:
            del self._rows[key]
        for seam in [seam for seam in self._boundaries if digest in seam[:2]]:
            del self._boundaries[seam]

    def save_boundary(self, first_digest: str, second_digest: str, method: str, boundary: Boundary) -> None:
        _check(first_digest, second_digest, method=method)
        self._boundaries[first_digest, second_digest, method] = boundary_text(boundary)

    def load_boundary(self, first_digest: str, second_digest: str, method: str) -> Boundary | None:
        _check(first_digest, second_digest, method=method)
        text = self._boundaries.get((first_digest, second_digest, method))
        return None if text is None else boundary_of(text)


def _check(*digests: str, method: str) -> None:
    check_digests(*digests)
    check_name(method, "method")


def _is_good(measurement: Measurement, at_least: float | None) -> bool:
    quality = measurement.quality_score
    return at_least is None or (quality is not None and quality >= at_least)


def _is_within(measurement: Measurement, bounds: Iterable[Bound]) -> bool:
    return all(_keeps_to(measurement.summaries.get(bound.metric), bound) for bound in bounds)


def _keeps_to(summary: Summary | None, bound: Bound) -> bool:
    if summary is None:
        return False
    number: float = getattr(summary, bound.statistic)
    is_high = bound.at_least is None or number >= bound.at_least
    is_low = bound.at_most is None or number <= bound.at_most
    return is_high and is_low
