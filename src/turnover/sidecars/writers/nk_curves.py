"""Series as keys of a Nuke curve, a block of frames at a time.

A curve is `{curve K x1001 0.5 0.6 x1005 0.4}`: `K` holds each key until the next, `x` names a frame, and a bare number
belongs to the frame after the one before it. Nuke reads no exponents and no NaN here, so numbers have fixed decimals
and a frame that is not known has no key.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from turnover.core.series import Series
from turnover.sidecars.columns import BLOCK, FILLER, Bytes, Mask, constant, fixed_numbers, integers, side_by_side

Doubles = NDArray[np.float64]


def doubles(series: Series) -> Doubles:
    """The numbers of a series, NaN where not known, without a copy."""
    return np.frombuffer(series.values, dtype=np.float64)


def curve(values: Doubles, first: int, decimals: int) -> Iterator[bytes]:
    """The whole value of a knob; the number of frame 0 stands at `first`."""
    yield b"{{curve K"
    is_known_before = False
    for start in range(0, len(values), BLOCK):
        block = values[start : start + BLOCK]
        known = np.isfinite(block)
        begins = known & ~np.concatenate([[is_known_before], known[:-1]])
        yield _keys(block, known, begins, first + start, decimals)
        is_known_before = bool(known[-1])
    yield b"}}"


def _keys(block: Doubles, known: Mask, begins: Mask, first: int, decimals: int) -> bytes:
    """` x1001 0.5` where a run of known frames begins, ` 0.6` inside it, nothing elsewhere."""
    frames = np.arange(first, first + len(block), dtype=np.int64)
    count = len(block)
    pieces = (
        _where(begins, constant(b" x")(0, count)),
        _where(begins, integers(frames)),
        _where(known, constant(b" ")(0, count)),
        _where(known, fixed_numbers(block, decimals)),
    )
    return side_by_side(pieces)


def _where(rows: Mask, piece: Bytes) -> Bytes:
    return np.where(rows[:, None], piece, np.uint8(FILLER))


def has_gaps(values: Doubles, frame_count: int) -> bool:
    """Whether some frame of the clip has no number."""
    return len(values) < frame_count or not np.isfinite(values[:frame_count]).all()


def validity(values: Doubles, frame_count: int) -> Doubles:
    """1 where the number becomes known, 0 where it becomes unknown, NaN in between, where the one before holds."""
    known = np.zeros(frame_count, dtype=np.bool_)
    given = values[:frame_count]
    known[: len(given)] = np.isfinite(given)
    changes = np.concatenate([[True], known[1:] != known[:-1]])
    return np.where(changes, known.astype(np.float64), np.nan)


def slider(values: Doubles) -> tuple[int, int]:
    """Where a knob's slider starts and ends: 0 to 1 where all numbers lie there, else the whole numbers around them."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low >= 0 and high <= 1:
        return 0, 1
    return math.floor(low), max(math.ceil(high), math.floor(low) + 1)
