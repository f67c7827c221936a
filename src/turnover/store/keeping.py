"""The contract of what keeps measurements, and the questions it answers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from turnover.core.measurement import Boundary, Measurement
from turnover.errors import StoreError

Statistic = Literal["mean", "p10", "low", "high"]

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Bound:
    """What one number of a series' summary must keep to; a clip without the series does not."""

    metric: str
    statistic: Statistic = "mean"
    at_least: float | None = None
    at_most: float | None = None
    """Both inclusive; None is "no bound"."""

    def __post_init__(self) -> None:
        check_name(self.metric, "metric")
        for number in (self.at_least, self.at_most):
            # The databases do not agree on what is less than NaN.
            if number is not None and math.isnan(number):
                raise StoreError(f"{self.metric}: NaN is no bound", hint="no bound is None")


class Keeping(Protocol):
    """Keeps what was measured, by digest and method; every method may raise StoreError."""

    def save(self, measurement: Measurement) -> None:
        """Keep a measurement, in place of the one of the same digest and method; whole or not at all.

        Numbers of series become the nearest float32; all else comes back as it was.
        """
        ...

    def load(self, digest: str, method: str) -> Measurement | None:
        """What was measured of a file by this method; None when nothing was."""
        ...

    def load_many(self, digests: Iterable[str], method: str) -> Iterator[Measurement]:
        """The measurements that there are, in the order they are asked for."""
        ...

    def having(
        self, bounds: Iterable[Bound] = (), *, method: str, quality_at_least: float | None = None
    ) -> frozenset[str]:
        """Digests of the files that keep to all bounds; a quality that is not known is not enough."""
        ...

    def forget(self, digest: str) -> None:
        """Let go of all that was measured of a file, by whatever method, its seams included."""
        ...

    def save_boundary(self, first_digest: str, second_digest: str, method: str, boundary: Boundary) -> None:
        """Keep what was measured of the seam between two files, in place of what was known of it."""
        ...

    def load_boundary(self, first_digest: str, second_digest: str, method: str) -> Boundary | None:
        """What was measured of the seam between two files; None when nothing was."""
        ...


def check_digests(*digests: str) -> None:
    """Raise StoreError unless these are digests."""
    for digest in digests:
        if not _DIGEST.match(digest):
            raise StoreError(f"{digest!r} is no digest", hint="it is the SHA-256 of the bytes: 64 hexadecimal digits")


def check_name(name: str, what: str) -> None:
    """Raise StoreError unless every database can hold, and compare, the name of a method or a metric."""
    if not name or "\0" in name or not name.isascii():
        raise StoreError(f"{name!r} is no name of a {what}", hint="it is ASCII, and not empty")
