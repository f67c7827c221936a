"""The central directory of a ZIP, read record by record from an untrusted file (APPNOTE.TXT 6.3.10, 4.3)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from turnover.files.descriptors import bytes_at

_CENTRAL = struct.Struct("<I2xHHHHHIIIHHHHHII")
_LOCAL = struct.Struct("<IHHHHHIIIHH")
_END = struct.Struct("<IHHHHIIH")
_LOCATOR = struct.Struct("<IIQI")
_END64 = struct.Struct("<IQHHIIQQQQ")
_MAX16, _MAX32 = 0xFFFF, 0xFFFFFFFF
_LONGEST_COMMENT = 0xFFFF
_PIECE_BYTES = 256 << 10
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 0x0001, 0x0008, 0x0800
_FOLDER_END = "/"


class BadArchiveError(ValueError):
    """A ZIP is damaged, or is none; whoever knows its path makes an error for a person of it."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a ZIP, as the central directory tells of it; nothing of it is proven yet."""

    name: str
    size_bytes: int
    packed_bytes: int
    """As it lies in the archive: the same as `size_bytes` where it is stored."""
    crc32: int
    header_at: int
    """Where its local header starts."""
    is_stored: bool
    """Neither compressed nor encrypted: it can be read in place."""


def members(descriptor: int) -> Iterator[Member]:
    """The files of a ZIP in the order of its directory, folders left out; the memory does not grow with their number.

    Raises BadArchiveError where the directory is damaged.
    """
    size = os.fstat(descriptor).st_size
    count, length, start = _end(descriptor, size)
    if start + length > size:
        raise BadArchiveError(f"the directory lies outside of the file, at {start}")
    at, stop, waiting = start, start + length, b""
    for number in range(count):
        # A record is at most its head and three fields of 64 KiB.
        while len(waiting) < _CENTRAL.size or len(waiting) < _record_size(waiting):
            piece = bytes_at(descriptor, min(_PIECE_BYTES, stop - at), at)
            if not piece:
                raise BadArchiveError(f"the directory ends after {number} of {count} members")
            waiting += piece
            at += len(piece)
        record_size = _record_size(waiting)
        member = _member(waiting[:record_size])
        waiting = waiting[record_size:]
        if not member.name.endswith(_FOLDER_END):
            yield member


def content_at(descriptor: int, member: Member) -> int:
    """Where the bytes of a member start. Raises BadArchiveError where its local header tells of another member."""
    encoded_size = len(member.name.encode("utf-8", "surrogateescape"))
    head = bytes_at(descriptor, _LOCAL.size + encoded_size, member.header_at)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
        raise BadArchiveError(f"{member.name!r} has no header of its own at {member.header_at}")
    _, _, flags, _, _, _, crc, _, size, name_size, extra_size = _LOCAL.unpack_from(head)
    is_same = _text(head[_LOCAL.size :][:name_size], flags) == member.name
    if not flags & _SIZES_FOLLOW:
        is_same = is_same and crc == member.crc32 and size in (member.size_bytes, _MAX32)
    if not is_same:
        raise BadArchiveError(f"the header at {member.header_at} is of another member than {member.name!r}")
    return member.header_at + _LOCAL.size + int(name_size) + int(extra_size)


def _end(descriptor: int, size: int) -> tuple[int, int, int]:
    """How many members, how many bytes of directory, and where it starts."""
    tail_at = max(0, size - _END.size - _LONGEST_COMMENT)
    tail = bytes_at(descriptor, size - tail_at, tail_at)
    found = tail.rfind(b"PK\x05\x06")
    # A comment may hold the same four bytes; the true end is the one after which the comment fills the file.
    while found >= 0 and found + _END.size + int.from_bytes(tail[found + 20 : found + 22], "little") != len(tail):
        found = tail.rfind(b"PK\x05\x06", 0, found)
    if found < 0:
        raise BadArchiveError("there is no directory at its end: it is cut off, or no ZIP")
    _, disk, _, _, count, length, start, _ = _END.unpack_from(tail, found)
    locator_at = tail_at + found - _LOCATOR.size
    locator = bytes_at(descriptor, _LOCATOR.size, locator_at) if locator_at >= 0 else b""
    if locator.startswith(b"PK\x06\x07"):
        _, disk, end_at, _ = _LOCATOR.unpack(locator)
        end = bytes_at(descriptor, _END64.size, end_at)
        if len(end) < _END64.size or not end.startswith(b"PK\x06\x06"):
            raise BadArchiveError(f"there is no ZIP64 directory at {end_at}")
        _, _, _, _, _, _, _, count, length, start = _END64.unpack(end)
    if disk not in (0, _MAX16):
        raise BadArchiveError("it is one of several volumes")
    return count, length, start


def _record_size(record: bytes) -> int:
    name, extra, comment = struct.unpack_from("<HHH", record, 28)
    return _CENTRAL.size + int(name) + int(extra) + int(comment)


def _member(record: bytes) -> Member:
    (
        signature, _, flags, method, _, _, crc, packed, size, name_size, extra_size, _, _, _, _, header_at,
    ) = _CENTRAL.unpack_from(record)  # fmt: skip
    if signature != 0x02014B50:
        raise BadArchiveError("the directory is damaged")
    name = _text(record[_CENTRAL.size : _CENTRAL.size + name_size], flags)
    if _MAX32 in (packed, size, header_at):
        extra = record[_CENTRAL.size + name_size : _CENTRAL.size + name_size + extra_size]
        size, packed, header_at = _wide(extra, (size, packed, header_at))
    return Member(name, size, packed, crc, header_at, is_stored=method == 0 and not flags & _ENCRYPTED)


def _wide(extra: bytes, narrow: tuple[int, int, int]) -> tuple[int, int, int]:
    """The numbers with those that have no room in 32 bits taken from the ZIP64 field, which holds only these."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            numbers = extra[at + 4 : at + 4 + length]
            wide = iter(struct.unpack(f"<{len(numbers) // 8}Q", numbers[: len(numbers) // 8 * 8]))
            size, packed, header_at = (next(wide, value) if value == _MAX32 else value for value in narrow)
            return size, packed, header_at
        at += 4 + length
    return narrow


def _text(name: bytes, flags: int) -> str:
    """A member's name; what is no UTF-8 keeps its bytes, and so is refused by whoever checks names."""
    return name.decode("utf-8" if flags & _UTF8 else "cp437", "surrogateescape")
