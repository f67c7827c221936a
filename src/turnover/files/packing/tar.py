"""Tar archives (POSIX.1-2001, pax): the same entries and date give the same bytes.

Headers are plain ustar; records of pax stand only where ustar has no room.
"""

from __future__ import annotations

from datetime import datetime

from turnover.files.packing.made import Made
from turnover.files.packing.out import Out

_BLOCK = 512
_RECORD = 20 * _BLOCK
_MAX_SIZE = 8**11 - 1
_ZEROS = bytes(_BLOCK)
_OWNER = b"0000644\x000000000\x000000000\0"
_MIDDLE = bytes(100) + b"ustar\x0000" + bytes(80)


class TarWriter:
    """Writes members one after the other."""

    def __init__(self, out: Out, *, date: datetime, max_size: int = _MAX_SIZE) -> None:
        """max_size: up to where a size stands in the header itself; less than the format's own only to try it."""
        self._out = out
        self._max_size = max_size
        self._date = b"\0%011o\0" % min(max(int(date.timestamp()), 0), _MAX_SIZE)
        # The sum counts its own field as eight spaces.
        self._sum_of_rest = sum(_OWNER) + sum(self._date) + sum(_MIDDLE) + 8 * 32

    def add(self, name: str, made: Made) -> None:
        """Append a member."""
        size = made.size_bytes
        encoded = name.encode()
        parts = _parts(encoded) if name.isascii() else None
        records = b"" if parts else _pax("path", encoded)
        if size > self._max_size:
            records += _pax("size", str(size).encode())
        if records:
            self._out.put(self._header(b"PaxHeaders/member", b"", len(records), b"x") + _padded(records))
        head, tail = parts or (b"", encoded.decode("ascii", "replace").replace("\ufffd", "_").encode()[-100:])
        self._out.put(self._header(tail, head, 0 if size > self._max_size else size, b"0"))
        self._out.put_content(made)
        self._out.put(_ZEROS[: -size % _BLOCK])

    def _header(self, name: bytes, prefix: bytes, size: int, kind: bytes) -> bytes:
        """A block of 512 bytes; owner, group and device are nobody's."""
        size_field = b"%011o" % size
        # A byte counts wherever it stands, and zeros count nothing: so the fields that stay were summed before.
        total = self._sum_of_rest + sum(name) + sum(prefix) + sum(size_field) + sum(kind)
        return b"".join(
            (
                name.ljust(100, b"\0"),
                _OWNER,
                size_field,
                self._date,
                b"%06o\0 " % total,
                kind,
                _MIDDLE,
                prefix.ljust(167, b"\0"),
            )
        )

    def finish(self) -> int:
        """Append the end; how many bytes the archive has."""
        end = self._out.at + 2 * _BLOCK
        self._out.put(bytes(2 * _BLOCK + -end % _RECORD))
        return self._out.finish()

    def close(self) -> None:
        """Nothing is kept open."""


def _parts(name: bytes) -> tuple[bytes, bytes] | None:
    """Prefix and name as ustar parts a path at a `/`; None where it has no room for it."""
    if len(name) <= 100:
        return b"", name
    cut = name.rfind(b"/", 0, 156)
    return (name[:cut], name[cut + 1 :]) if cut > 0 and len(name) - cut - 1 <= 100 else None


def _pax(key: str, value: bytes) -> bytes:
    """A record of an extended header: its own length in decimal, then `key=value` and a line feed."""
    rest = b" " + key.encode() + b"=" + value + b"\n"
    length = len(rest) + 1
    while len(str(length)) + len(rest) != length:
        length = len(str(length)) + len(rest)
    return str(length).encode() + rest


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % _BLOCK)
