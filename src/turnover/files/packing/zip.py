"""ZIP archives of stored members (APPNOTE.TXT 6.3.10): the same entries and date give the same bytes.

Local headers come first with size and CRC, so there is no data descriptor and a member can be read in place.
"""

from __future__ import annotations

import struct
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from turnover.files.descriptors import CHUNK_BYTES
from turnover.files.packing.copying import BLOCK_BYTES
from turnover.files.packing.made import Made
from turnover.files.packing.out import LARGE_BYTES, Out

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IBBHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_END64 = struct.Struct("<IQBBHIIQQQQ")
_LOCATOR = struct.Struct("<IIQI")
_MAX16, _MAX32 = 0xFFFF, 0xFFFFFFFF

_UNIX = 3
_UTF8 = 0x0800
_STORED = 0
_REGULAR_FILE = 0o100644 << 16
_VERSION, _VERSION64 = 20, 45
_ZIP64 = 1
# The field by which zipalign (Android) moves a member's bytes to a multiple: the multiple, then zeros.
_PADDING = 0xD935
# Room for the padding's own head and for sizes of 64 bits, so that both have one length.
_LEAST_EXTRA = 6 + 20


class ZipWriter:
    """Writes members one after the other; nothing of them is kept in memory."""

    def __init__(
        self, out: Out, *, date: datetime, folder: Path, max_32: int = _MAX32, max_entries: int = _MAX16
    ) -> None:
        """folder: where the central directory waits, in a file without a name.

        max_32, max_entries: from where on ZIP64 is used; less than the format's own only to try it with small archives.
        """
        self._out = out
        self._date, self._time = _dos(date)
        self._max_32, self._max_entries = max_32, max_entries
        self._directory = tempfile.SpooledTemporaryFile(CHUNK_BYTES, dir=str(folder))  # noqa: SIM115  # closed by close()
        self._count = 0

    def add(self, name: str, made: Made) -> None:
        """Append a member."""
        encoded = name.encode()
        size, at = made.size_bytes, self._out.at
        is_large = size >= self._max_32
        extra = struct.pack("<HHQQ", _ZIP64, 16, size, size) if is_large else b""
        if size >= LARGE_BYTES:
            extra += _padding(at + _LOCAL.size + len(encoded), len(extra))
        self._out.put(
            _LOCAL.pack(
                0x04034B50,
                _VERSION64 if is_large else _VERSION,
                _UTF8,
                _STORED,
                self._time,
                self._date,
                made.crc32,
                _MAX32 if is_large else size,
                _MAX32 if is_large else size,
                len(encoded),
                len(extra),
            )
            + encoded
            + extra
        )
        self._out.put_content(made)
        self._directory.write(self._record(encoded, made.crc32, size, at))
        self._count += 1

    def _record(self, name: bytes, crc: int, size: int, at: int) -> bytes:
        """A member's record of the central directory."""
        wide = b""
        shown_size, shown_at = size, at
        if size >= self._max_32:
            wide += struct.pack("<QQ", size, size)
            shown_size = _MAX32
        if at >= self._max_32:
            wide += struct.pack("<Q", at)
            shown_at = _MAX32
        extra = struct.pack("<HH", _ZIP64, len(wide)) + wide if wide else b""
        version = _VERSION64 if wide else _VERSION
        head = _CENTRAL.pack(
            0x02014B50, version, _UNIX, version, _UTF8, _STORED, self._time, self._date, crc,
            shown_size, shown_size, len(name), len(extra), 0, 0, 0, _REGULAR_FILE, shown_at,
        )  # fmt: skip
        return head + name + extra

    def finish(self) -> int:
        """Append the central directory; how many bytes the archive has."""
        at, count = self._out.at, self._count
        size = self._directory.tell()
        self._directory.seek(0)
        while piece := self._directory.read(CHUNK_BYTES):
            self._out.put(piece)
        if count >= self._max_entries or size >= self._max_32 or at >= self._max_32:
            end = self._out.at
            version = _VERSION64
            self._out.put(_END64.pack(0x06064B50, 44, version, _UNIX, version, 0, 0, count, count, size, at))
            self._out.put(_LOCATOR.pack(0x07064B50, 0, end, 1))
            count = _MAX16 if count >= self._max_entries else count
            size, at = (_MAX32 if value >= self._max_32 else value for value in (size, at))
        self._out.put(_END.pack(0x06054B50, 0, 0, count, count, size, at, 0))
        return self._out.finish()

    def close(self) -> None:
        self._directory.close()


def _padding(end: int, others: int) -> bytes:
    """An extra field after which, with the others, a header that would end there ends at a whole block."""
    least = end + max(_LEAST_EXTRA, others + 6)
    length = -(-least // BLOCK_BYTES) * BLOCK_BYTES - end - others
    return struct.pack("<HHH", _PADDING, length - 4, BLOCK_BYTES) + bytes(length - 6)


def _dos(date: datetime) -> tuple[int, int]:
    """Date and time of MS-DOS, in UTC: even seconds of the years 1980 to 2107."""
    moment = date.astimezone(UTC)
    if moment.year < 1980:
        moment = datetime(1980, 1, 1, tzinfo=UTC)
    elif moment.year > 2107:
        moment = datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC)
    day = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return day, moment.hour << 11 | moment.minute << 5 | moment.second // 2
