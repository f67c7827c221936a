"""Series as mgJSON samples: a time and a padded number each, a block of samples at a time.

Every sample of a stream has the same width, so a block is one matrix of bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from turnover.core.rate import Rate
from turnover.core.series import Series
from turnover.sidecars.columns import BLOCK, Bytes, Mask
from turnover.sidecars.values import fixed

LARGEST = 2**31
"""After Effects reads no number further from zero."""

MAX_DECIMALS = 6
"""With these LARGEST is still exact in units of the last decimal, as a double (2^53)."""

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Samples:
    """The samples of one stream, earliest first; never none."""

    milliseconds: Whole
    units: Whole
    """The numbers in units of the last decimal."""
    decimals: int

    @property
    def digits(self) -> int:
        """Digits before the point, for the number furthest from zero."""
        return len(str(int(np.abs(self.units).max()) // 10**self.decimals))

    @property
    def extremes(self) -> tuple[str, str]:
        """The lowest and the highest number, as JSON."""
        scale = 10**self.decimals
        low, high = (Fraction(int(unit), scale) for unit in (self.units.min(), self.units.max()))
        return json_number(low, self.decimals), json_number(high, self.decimals)

    def lines(self) -> Iterator[bytes]:
        """The samples as JSON, a line each with commas between."""
        count = len(self.units)
        for start in range(0, count, BLOCK):
            stop = min(start + BLOCK, count)
            rows = _rows(_times(self.milliseconds[start:stop]), self._numbers(start, stop))
            yield rows if stop < count else rows.removesuffix(b",\n")

    def _numbers(self, start: int, stop: int) -> Bytes:
        """Sign, padded whole part, point, decimals."""
        units = self.units[start:stop]
        places = self.digits + self.decimals
        powers = 10 ** np.arange(places - 1, -1, -1, dtype=np.int64)
        signs = np.where(units < 0, np.uint8(ord("-")), np.uint8(ord("+")))[:, None]
        digits = (np.abs(units)[:, None] // powers % 10 + ord("0")).astype(np.uint8)
        point = np.full((len(units), 1 if self.decimals else 0), ord("."), dtype=np.uint8)
        return np.concatenate([signs, digits[:, : self.digits], point, digits[:, self.digits :]], axis=1)


def samples_of(series: Series, milliseconds: Whole, is_timed: Mask, decimals: int) -> tuple[Samples | None, int]:
    """The samples of a series and how many numbers were too large.

    A frame whose number or time is not known has no sample; None when there is none at all.
    """
    count = min(len(series.values), len(milliseconds))
    values = np.frombuffer(series.values, dtype=np.float64)[:count]
    known = np.isfinite(values) & is_timed[:count]
    fits = np.abs(np.where(known, values, 0.0)) <= LARGEST
    kept = known & fits
    if not kept.any():
        return None, int((known & ~fits).sum())
    units = np.rint(values[kept] * 10.0**decimals).astype(np.int64)
    return Samples(milliseconds[:count][kept], units, decimals), int((known & ~fits).sum())


def frame_times(rate: Rate, frame_count: int) -> Whole:
    """When each frame starts, floored to milliseconds: a sample never comes after its own frame.

    Rounded, about half of the frames of an NTSC rate would show the number before.
    """
    step = rate.denominator * 1000
    if frame_count * step < 2**63:
        return np.arange(frame_count, dtype=np.int64) * step // rate.numerator
    return np.fromiter((i * step // rate.numerator for i in range(frame_count)), dtype=np.int64, count=frame_count)


def read_times(series: Series) -> tuple[Whole, Mask]:
    """Times that were read from the file, in seconds, floored to milliseconds; and which of them are known.

    A time of a whole millisecond may sit just below it as a double, so a millionth of one is forgiven; no time base in
    use has steps that small.
    """
    seconds = np.frombuffer(series.values, dtype=np.float64)
    known = np.isfinite(seconds)
    return np.floor(np.where(known, seconds, 0.0) * 1000 + 1e-6).astype(np.int64), known


def json_number(value: float | Fraction, decimals: int) -> str:
    """A JSON number without exponent and without zeros at the end.

    >>> json_number(0.5, 6), json_number(-3.0, 6), json_number(Fraction(1, 3), 2)
    ('0.5', '-3', '0.33')
    """
    text = fixed(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _times(milliseconds: Whole) -> Bytes:
    """`1970-01-01T00:00:00.033`, on the clock that starts in 1970."""
    text = np.datetime_as_string(milliseconds.astype("datetime64[ms]"))
    # Four bytes a character, and all of them ASCII.
    return text.view(np.uint32).reshape(len(text), -1)[:, : len("1970-01-01T00:00:00.033")].astype(np.uint8)


def _rows(times: Bytes, numbers: Bytes) -> bytes:
    count = len(times)
    around = (b'{"time":"', times, b'Z","value":"', numbers, b'"},\n')
    columns = [_repeated(part, count) if isinstance(part, bytes) else part for part in around]
    rows: bytes = np.concatenate(columns, axis=1).tobytes()
    return rows


def _repeated(text: bytes, count: int) -> Bytes:
    return np.broadcast_to(np.frombuffer(text, dtype=np.uint8), (count, len(text)))
