"""Per-frame values as rows of bytes, a block of frames at a time.

Rows are made column by column as matrices of byte values, filled up to one width, then read out row by row without the
filler: the same bytes as joining texts, several times faster, and no more memory than one block.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from turnover.core.rate import Rate
from turnover.core.series import Series
from turnover.core.timecode import Timecode
from turnover.sidecars.cells import Cell
from turnover.sidecars.scope import Scope
from turnover.sidecars.values import DEFAULT_DECIMALS, fixed, text_of

BLOCK = 16_384
"""Frames of one block; about 3 MB of matrices for ten columns."""

FILLER = 0xFF
"""Stands where a row has no byte; UTF-8 never has this one (RFC 3629, section 3)."""

Bytes: TypeAlias = NDArray[np.uint8]
"""One column of one block: (rows, width) bytes of UTF-8, shorter rows filled up with FILLER."""
Mask: TypeAlias = NDArray[np.bool_]
Whole: TypeAlias = NDArray[np.int64]


Column: TypeAlias = "Callable[[int, int], Bytes]"
"""Gives the bytes of frames [start, stop)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A cell of a row with what stands around it."""

    cell: Cell
    before: bytes = b""
    after: bytes = b""
    null: bytes = b""
    """The whole part where the value is not known."""
    escape: Callable[[str], bytes] = str.encode


def read_out(columns: Sequence[Column], frame_count: int) -> Iterator[bytes]:
    """The rows of columns side by side, in blocks."""
    for start in range(0, frame_count, BLOCK):
        stop = min(start + BLOCK, frame_count)
        yield side_by_side([column(start, stop) for column in columns])


def side_by_side(pieces: Sequence[Bytes]) -> bytes:
    """The rows of one block, each the pieces of its columns without the filler."""
    return np.concatenate(pieces, axis=1).tobytes().translate(None, bytes([FILLER]))


# --------------------------------------------------------------------------------------------------------- columns


def part_column(part: Part, scope: Scope) -> Column:
    """The column of one cell: by arithmetic where that is possible, else text by text."""
    found = _calculated(part, scope)
    if found is not None:
        return found
    if not _walks_frames(part.cell):
        return constant(_text_part(part, scope))
    return lambda start, stop: _text_by_text(part, scope, start, stop)


def _calculated(part: Part, scope: Scope) -> Column | None:
    """The column of a number, a time or a timecode of every frame; None for all else."""
    cell, view = part.cell, scope.view
    if cell.field is None or cell.field.collection != "frames" or not _is_plain(cell):
        return None
    name, encoder = cell.field.name, cell.how.encoder
    if name in ("frame", "frame.index"):
        return _counted_column(part, 0)
    if name == "frame.host":
        return _counted_column(part, view.first_frame)
    if name == "frame.timecode" and view.start is not None and encoder in (None, "label", "semicolons"):
        return _timecode_column(part, view.start)
    if name == "frame.seconds" and view.rate is not None and encoder in (None, "seconds"):
        return _seconds_column(part, scope, view.rate)
    if cell.field.type == "number" and encoder in (None, "decimal"):
        default = cell.text_of_default()
        null = part.null if default is None else _around(part, default)
        return series_column(view.clip.series_named(name.removeprefix("series.")), cell.how.decimals, part, null=null)
    return None


def _is_plain(cell: Cell) -> bool:
    return not (cell.map or cell.prefix or cell.suffix or cell.max_length)


def _walks_frames(cell: Cell) -> bool:
    return (cell.field is not None and cell.field.collection == "frames") or any(map(_walks_frames, cell.parts))


def _text_by_text(part: Part, scope: Scope, start: int, stop: int) -> Bytes:
    return texts([_text_part(part, scope.inside("frames", i, i)) for i in range(start, stop)])


def _text_part(part: Part, scope: Scope) -> bytes:
    text = part.cell.text(scope)
    return part.null if text is None else _around(part, text)


def _around(part: Part, text: str) -> bytes:
    return part.before + part.escape(text) + part.after


def _counted_column(part: Part, first: int) -> Column:
    return lambda start, stop: _numbers(
        np.arange(start + first, stop + first, dtype=np.int64), 0, before=part.before, after=part.after
    )


def _seconds_column(part: Part, scope: Scope, rate: Rate) -> Column:
    """Exact times, rounded half to even."""
    decimals = part.cell.how.decimals
    step = rate.denominator * 10**decimals

    def column(start: int, stop: int) -> Bytes:
        if stop * step >= 2**63:
            return _text_by_text(part, scope, start, stop)
        units, rest = np.divmod(np.arange(start, stop, dtype=np.int64) * step, rate.numerator)
        # Up from above the half, and from the half itself where that makes the number even.
        units += 2 * rest + (units & 1) > rate.numerator
        head, tail = _escaped_around(part, fixed(0.0, decimals))
        return _numbers(units, decimals, before=head, after=tail)

    return column


def _timecode_column(part: Part, first: Timecode) -> Column:
    def column(start: int, stop: int) -> Bytes:
        text = text_of(first + start, "timecode", part.cell.how) or ""
        head, tail = _escaped_around(part, text)
        return _timecodes(first + start, stop - start, text, before=head, after=tail)

    return column


def _escaped_around(part: Part, text: str) -> tuple[bytes, bytes]:
    """What stands before and after each text of a column; one shows it for all that differ in their digits alone."""
    head, _, tail = part.escape(text).partition(text.encode())
    return part.before + head, tail + part.after


def series_column(series: Series | None, decimals: int, part: Part, *, null: bytes) -> Column:
    """A series' numbers with fixed decimals; frames it does not reach are null."""
    values = np.empty(0) if series is None else np.frombuffer(series.values, dtype=np.float64)

    def column(start: int, stop: int) -> Bytes:
        block = np.full(stop - start, np.nan)
        known = values[start:stop]
        block[: len(known)] = known
        return fixed_numbers(block, decimals, before=part.before, after=part.after, null=null)

    return column


def held(series: Series, frame_count: int) -> tuple[Series, Series]:
    """The series with every gap filled by the number before it (at the start: after it), and 1 or 0 for known or not.

    Raises ValueError when there is no number at all.
    """
    values = np.full(frame_count, np.nan)
    given = np.frombuffer(series.values, dtype=np.float64)[:frame_count]
    values[: len(given)] = given
    known = np.isfinite(values)
    if not known.any():
        raise ValueError(f"the series {series.name} has no number")
    last_known = np.maximum.accumulate(np.where(known, np.arange(frame_count), -1))
    filled = values[np.where(last_known < 0, np.argmax(known), last_known)]
    return _as_series(series.name, filled), _as_series(f"{series.name}_valid", known.astype(np.float64))


def _as_series(name: str, values: NDArray[np.float64]) -> Series:
    return Series(name, array("d", values.tobytes()))


def is_unknown_throughout(cell: Cell, scope: Scope) -> bool:
    """Whether no frame of the clip has a value for the cell.

    A series is looked through; what else stands per frame is known for all frames or for none.
    """
    view, found = scope.view, cell.field
    if found is None or found.collection != "frames" or found.type != "number":
        return cell.text(scope.inside("frames", 0, 0)) is None
    series = view.clip.series_named(found.name.removeprefix("series."))
    return cell.default is None and (series is None or series.within(view.frames()).is_empty)


# ---------------------------------------------------------------------------------------------------------- pieces


def constant(text: bytes) -> Column:
    """The same bytes on every row."""
    row = np.frombuffer(text, dtype=np.uint8)
    return lambda start, stop: np.broadcast_to(row, (stop - start, len(row)))


def texts(rows_of_bytes: Sequence[bytes]) -> Bytes:
    """UTF-8 of any length, one text a row."""
    width = max(map(len, rows_of_bytes), default=0)
    packed = b"".join(row.ljust(width, bytes([FILLER])) for row in rows_of_bytes)
    return np.frombuffer(packed, dtype=np.uint8).reshape(len(rows_of_bytes), width)


def integers(values: Whole) -> Bytes:
    """Whole numbers in decimal, with a minus where below zero."""
    return _numbers(values, 0)


def fixed_numbers(
    values: NDArray[np.float64],
    decimals: int = DEFAULT_DECIMALS,
    *,
    before: bytes = b"",
    after: bytes = b"",
    null: bytes = b"",
) -> Bytes:
    """Numbers with fixed decimals, as `values.fixed` gives them, and what stands around each.

    Rows that are not finite hold `null` alone.
    """
    known = np.isfinite(values)
    with np.errstate(over="ignore"):  # what becomes infinite is written as text below
        scaled = np.where(known, values, 0.0) * 10.0**decimals
    if np.abs(scaled).max(initial=0.0) >= 2**53:
        pairs = zip(values.tolist(), known.tolist(), strict=True)
        return texts([before + fixed(v, decimals).encode() + after if is_known else null for v, is_known in pairs])
    units = np.rint(scaled).astype(np.int64)
    return _numbers(units, decimals, before=before, after=after, null=null, is_null=~known)


def _numbers(
    units: Whole,
    decimals: int,
    *,
    before: bytes = b"",
    after: bytes = b"",
    null: bytes = b"",
    is_null: Mask | None = None,
) -> Bytes:
    """Numbers in units of the last decimal; rows that are null hold `null` alone."""
    magnitude = np.abs(units).astype(np.uint64)  # the least of 64 bits has no opposite among them
    digits = max(len(str(int(magnitude.max(initial=0)))), decimals + 1)
    whole_digits = digits - decimals
    sign = b"-" if (units < 0).any() else b""
    number = sign + b"0" * whole_digits + (b"." + b"0" * decimals if decimals else b"")
    matrix = _repeated((before + number + after).ljust(len(null), bytes([FILLER])), len(units))
    first = len(before) + len(sign)
    point = first + whole_digits
    _put_digits(matrix, [*range(first, point), *range(point + 1, point + 1 + decimals)], magnitude)
    if sign:
        matrix[units >= 0, first - 1] = FILLER
    for place in range(first, point - 1):
        matrix[magnitude < 10 ** (digits - 1 - (place - first)), place] = FILLER
    if is_null is not None and is_null.any():
        matrix[is_null] = np.frombuffer(null.ljust(matrix.shape[1], bytes([FILLER])), dtype=np.uint8)
    return matrix


def _timecodes(first: Timecode, count: int, text: str, *, before: bytes, after: bytes) -> Bytes:
    """Labels of frames that follow each other; `text` is the first one's, its other signs stand in all."""
    nominal = first.nominal
    done = 0
    hours, minutes, since_minute = (np.empty(count, dtype=np.int64) for _ in range(3))
    # Drop-frame skips labels between minutes, never inside one: there frames are counted on.
    while done < count:
        hour, minute, second, frame = (first + done).parts
        at = second * nominal + frame
        stop = min(count, done + 60 * nominal - at)
        hours[done:stop], minutes[done:stop] = hour, minute
        since_minute[done:stop] = np.arange(at, at + stop - done)
        done = stop
    seconds, frames = np.divmod(since_minute, nominal)
    matrix = _repeated(before + text.encode() + after, count)
    places = [len(before) + place for place, sign in enumerate(text) if sign.isdigit()]
    for where, values in ((places[:2], hours), (places[2:4], minutes), (places[4:6], seconds), (places[6:], frames)):
        _put_digits(matrix, where, values)
    return matrix


def _repeated(row: bytes, count: int) -> Bytes:
    """The same bytes on every row, to be written over."""
    matrix = np.empty((count, len(row)), dtype=np.uint8)
    matrix[:] = np.frombuffer(row, dtype=np.uint8)
    return matrix


def _put_digits(matrix: Bytes, places: Sequence[int], values: Whole | NDArray[np.uint64]) -> None:
    """Write the values' decimal digits into those places, zeros in front."""
    # Half the width is more than twice the speed.
    rest = values.astype(np.uint32) if 10 ** len(places) <= 2**32 else values.astype(np.uint64)
    for place in reversed(places):
        quotient = rest // 10
        matrix[:, place] = rest - quotient * 10 + ord("0")
        rest = quotient
