"""The texts of an EXIF block: what entries point at, then what none points at (Exif 3.0; TIFF 6.0)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from turnover.core.carrier import Carrier
from turnover.media.exif import Entry, Order, byte_order, directory
from turnover.media.walkers.bounds import Steps
from turnover.media.walkers.decoding import plain, text, utf16

_HEADERS = (b"II*\0", b"MM\0*")
# Writers put up to ten bytes before the TIFF header: a name, a length, or both.
_FARTHEST_HEADER = 16
_HEADER_LENGTH = 8
_SUBDIRECTORY = 0x8769
_BYTE, _ASCII, _UNDEFINED, _UTF8 = 1, 2, 7, 129
# Bytes of a value, by type (TIFF 6.0, section 2; Exif 3.0 for 129).
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
_USER_COMMENT, _MAKER_NOTE, _XMP = 0x9286, 0x927C, 0x02BC
_NAMES: Mapping[int, str] = {
    0x010D: "DocumentName",
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x0131: "Software",
    0x0132: "DateTime",
    0x013B: "Artist",
    0x013C: "HostComputer",
    0x8298: "Copyright",
    0x9003: "DateTimeOriginal",
    0x9004: "DateTimeDigitized",
    _MAKER_NOTE: "MakerNote",
    _USER_COMMENT: "UserComment",
    0x9C9B: "XPTitle",
    0x9C9C: "XPComment",
    0x9C9D: "XPAuthor",
    0x9C9E: "XPKeywords",
    0x9C9F: "XPSubject",
    0xA420: "ImageUniqueID",
}
_WINDOWS = range(0x9C9B, 0x9CA0)
# Exif 3.0, 4.6.6.4.2: eight bytes that name the encoding.
_UNICODE, _PLAIN, _JIS, _UNTOLD = b"UNICODE\0", b"ASCII\0\0\0", b"JIS\0\0\0\0\0", bytes(8)
# Shorter leftovers are padding, or ends of values that were cut.
_SHORTEST_LEFTOVER = 16


def exif_texts(block: bytes, steps: Steps) -> Iterator[Carrier]:
    """The texts of IFD0 and of its Exif directory, then text that stands in the block without a valid entry.

    The last is for writers that moved a value and left its offset behind: there the entry points into another value.
    """
    places = (block.find(header, 0, _FARTHEST_HEADER + len(header)) for header in _HEADERS)
    start = min((at for at in places if at >= 0), default=None)
    if start is not None:
        yield from _Walk(block[start:], steps).texts()


@dataclass(slots=True)
class _Walk:
    data: bytes
    """The TIFF file; all offsets count from its start."""
    steps: Steps
    order: Order = "big"
    used: list[tuple[int, int]] = field(default_factory=list)
    """Ranges that the header, directories and values take."""
    left: int = 0
    """Bytes that values may still have. Honest ones do not overlap, so that the block's length is enough for all."""

    def texts(self) -> Iterator[Carrier]:
        self.order, self.left = byte_order(self.data), 2 * len(self.data)
        self._use(0, _HEADER_LENGTH)
        first = self._number(self.data[4:8])
        deeper = None
        for entry in self._directory(first):
            if entry.tag == _SUBDIRECTORY:
                deeper = self._number(entry.field)
            else:
                yield from self._entry(entry)
        if deeper is not None and deeper != first:
            for entry in self._directory(deeper):
                yield from self._entry(entry)
        yield from self._leftovers()

    def _directory(self, start: int) -> Iterator[Entry]:
        if start < _HEADER_LENGTH:
            return
        count = 0
        for _, entry in zip(self.steps, directory(self.data, self.order, start), strict=False):
            count += 1
            yield entry
        # Behind the entries stands where the next directory starts.
        self._use(start, start + 2 + 12 * count + 4)

    def _entry(self, entry: Entry) -> Iterator[Carrier]:
        value = self._value(entry)
        decoded = None if value is None else _decoded(entry, value, is_little=self.order == "little")
        if decoded is None:
            return
        if entry.tag == _XMP:
            yield Carrier("XMP", "EXIF", decoded)
        else:
            name = _NAMES.get(entry.tag, f"0x{entry.tag:04x}")
            yield Carrier(f"EXIF {name}", name, decoded)

    def _value(self, entry: Entry) -> bytes | None:
        """The bytes of an entry's values; None where they are cut, or more than an honest block holds."""
        length = _SIZES.get(entry.kind, 0) * entry.count
        if length <= len(entry.field):
            return entry.field[:length]
        start = self._number(entry.field)
        if start + length > len(self.data) or length > self.left:
            return None
        self.left -= length
        self._use(start, start + length)
        return self.data[start : start + length] if _may_be_text(entry) else None

    def _leftovers(self) -> Iterator[Carrier]:
        """Text in what nothing takes; a value that starts inside another one does not count, its offset is stale."""
        free = 0
        for start, stop in [*sorted(self.used), (len(self.data), len(self.data))]:
            rest = self.data[free:start].strip(b"\0")
            decoded = plain(rest, most_controls=len(rest) // 64) if len(rest) >= _SHORTEST_LEFTOVER else None
            if decoded is not None:
                yield Carrier("EXIF without an entry", "", decoded)
            free = stop if start >= free else free

    def _use(self, start: int, stop: int) -> None:
        self.used.append((start, stop))

    def _number(self, data: bytes) -> int:
        return int.from_bytes(data, self.order)


def _may_be_text(entry: Entry) -> bool:
    return entry.kind in (_ASCII, _UTF8) or (entry.kind in (_BYTE, _UNDEFINED) and entry.tag in (*_NAMES, _XMP))


def _decoded(entry: Entry, value: bytes, *, is_little: bool) -> str | None:
    """The value as text; None where it is none."""
    if not _may_be_text(entry):
        return None
    is_string = entry.kind in (_ASCII, _UTF8)
    if is_string:
        # The one NUL at the end belongs to the type, not to the text.
        value = value.removesuffix(b"\0")
    if entry.tag == _USER_COMMENT:
        comment = _comment(value, is_little=is_little)
        return text(value) if comment is None and is_string else comment
    if entry.tag in _WINDOWS:
        # Always in Windows' own order, whatever the block's.
        return value.decode("utf-16-le", "replace")
    return text(value) if is_string or entry.tag == _XMP else plain(value)


def _comment(value: bytes, *, is_little: bool) -> str | None:
    """A comment without the eight bytes that name its encoding, which some writers leave out; None for no text."""
    named, rest = value[:8], value[8:]
    if named.upper() == _UNICODE:
        return utf16(rest, is_little=is_little)
    if named == _JIS:
        return rest.decode("iso2022_jp" if b"\x1b" in rest else "cp932", "replace")
    if named in (_PLAIN, _UNTOLD):
        return text(rest)
    return plain(value)
