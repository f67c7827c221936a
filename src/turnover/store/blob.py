"""The series of one clip as one run of bytes, and back.

All whole numbers and floats are little-endian:

    4 bytes   `TSER`
    uint16    version, 1
    uint16    count of series
    uint32    size of the names in bytes
    uint32    of each series, how many numbers it has
    names     UTF-8, a NUL between two
    float32   the numbers, one series after the other; NaN is "not known"
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence

import numpy as np

from turnover.core.series import Series
from turnover.errors import StoreError

Column = tuple[str, "array[float]"]
"""Name and numbers of one series."""

_HEAD = struct.Struct("<4sHHI")
_MAGIC = b"TSER"
_VERSION = 1
_MOST = 0xFFFF


def encode(series: Sequence[Series]) -> bytes:
    """The bytes of these series; every number becomes the nearest float32.

    Raises StoreError for what does not fit: an infinite number, one beyond float32, a name with NUL, too many series.
    """
    names = _names(series)
    lengths = [len(one.values) for one in series]
    doubles = np.frombuffer(b"".join(_doubles(one) for one in series), np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        floats = doubles.astype("<f4")
    if np.isinf(floats).any():
        worst = doubles[np.isinf(floats)][0]
        raise StoreError(f"a series holds {worst}, which is no number to keep", hint="not known is NaN")
    head = _HEAD.pack(_MAGIC, _VERSION, len(series), len(names))
    return b"".join((head, struct.pack(f"<{len(lengths)}I", *lengths), names, floats.tobytes()))


def decode(blob: bytes) -> tuple[Column, ...]:
    """Names and numbers of the series; StoreError for bytes that `encode` did not write."""
    try:
        magic, version, count, names_size = _HEAD.unpack_from(blob)
        if (magic, version) != (_MAGIC, _VERSION):
            raise ValueError(f"it begins with {magic!r}, version {version}")
        lengths = struct.unpack_from(f"<{count}I", blob, _HEAD.size)
        names_start = _HEAD.size + 4 * count
        start = names_start + names_size
        # Before anything is made: the sizes that it states are those it has.
        if len(blob) != start + 4 * sum(lengths):
            raise ValueError(f"it states {start + 4 * sum(lengths)} bytes and has {len(blob)}")
        names = blob[names_start:start].decode().split("\0") if count else []
        if len(names) != count or (not count and names_size):
            raise ValueError(f"it states {count} series and names {len(names)}")
    except (struct.error, ValueError) as error:
        raise StoreError(f"the stored series cannot be read: {error}", hint="measure the clip again") from error
    doubles = memoryview(np.frombuffer(blob, "<f4", offset=start).astype(np.float64).tobytes())
    columns = []
    at = 0
    for name, length in zip(names, lengths, strict=True):
        values = array("d")
        values.frombytes(doubles[at : at + 8 * length])
        at += 8 * length
        columns.append((name, values))
    return tuple(columns)


def _names(series: Sequence[Series]) -> bytes:
    names = [one.name for one in series]
    if len(names) > _MOST:
        raise StoreError(f"{len(names)} series are more than the {_MOST} that are kept of one clip")
    for name in names:
        if "\0" in name:
            raise StoreError(f"the series name {name!r} holds a NUL", hint="name it otherwise")
    try:
        return "\0".join(names).encode()
    except UnicodeEncodeError as error:
        raise StoreError(f"the series name {error.object!r} is no Unicode text", hint="name it otherwise") from error


def _doubles(series: Series) -> array[float]:
    return series.values if series.values.typecode == "d" else array("d", series.values)
