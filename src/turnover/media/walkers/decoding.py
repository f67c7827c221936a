"""What bytes are as text, where their format leaves it open or writers do otherwise."""

from __future__ import annotations

import codecs
import re

_BROKEN = "\ufffd"
_PAST_ASCII = bytes(range(0x80, 0x100))
_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f]")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Kana, the common ideographs, Hangul: what UTF-16 has in plenty where it has no ASCII.
_EAST_ASIAN = ((0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3))


def text(data: bytes, *, otherwise: str = "latin-1") -> str:
    """UTF-8, as nearly every writer has it, whatever its format says; UTF-16 after its mark; else the old encoding.

    UTF-8 stays UTF-8 where a few signs of it are broken, as where a text was cut at a number of bytes.

    >>> text("Füchse".encode()), text("Füchse".encode("latin-1")), text("狐が走る".encode()[:-1])
    ('Füchse', 'Füchse', '狐が走\ufffd')
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        decoded = data.decode(errors="replace")
    broken = decoded.count(_BROKEN)
    past_ascii = len(decoded) - len(data.translate(None, delete=_PAST_ASCII))
    return decoded if past_ascii >= 2 * broken else data.decode(otherwise, "replace")


def plain(data: bytes, *, most_controls: int = 0) -> str | None:
    """UTF-8 without control signs but those of lines, NUL around it aside; None for any other bytes.

    Text that was damaged may have some control signs; `most_controls` says how many.

    >>> plain(b"fooocus\\0"), plain(b"\\0\\0\\0\\1\\0\\2")
    ('fooocus\\x00', None)
    """
    if not data.strip(b"\0"):
        return None
    try:
        decoded = data.decode()
    except UnicodeDecodeError:
        return None
    controls = zip(range(most_controls + 1), _CONTROL.finditer(decoded.strip("\0")), strict=False)
    return None if sum(1 for _ in controls) > most_controls else decoded


def holds_json(data: bytes) -> bool:
    """Whether bytes that start so, after NULs, may be a JSON object or list, or an XML document.

    >>> holds_json(b"\\0\\0\\0\\0{"), holds_json(b"PENTAX")
    (True, False)
    """
    return data.lstrip(b"\0\t\n\r ")[:1] in (b"{", b"[", b"<")


def utf16(data: bytes, *, is_little: bool) -> str:
    """UTF-16 in the order of bytes that gives readable text; `is_little` decides where both do.

    Exif names no order, and writers have both in files of either order; some even put UTF-8 there.

    >>> utf16("a fox".encode("utf-16-be"), is_little=True), utf16("狐が走る".encode("utf-16-le"), is_little=False)
    ('a fox', '狐が走る')
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    orders = ("utf-16-le", "utf-16-be") if is_little else ("utf-16-be", "utf-16-le")
    readings = [data.decode(order, "replace") for order in orders]
    in_utf8 = plain(data)
    return max(readings if in_utf8 is None else [*readings, in_utf8], key=_readable)


def _readable(reading: str) -> tuple[int, int]:
    """How much a reader can make of it: signs of ASCII first, then those of East Asian scripts, less broken ones."""
    head = reading[:4096]
    ascii_signs = sum(" " <= sign <= "~" or sign in "\t\n\r" for sign in head)
    east_asian = sum(any(first <= ord(sign) <= last for first, last in _EAST_ASIAN) for sign in head)
    return ascii_signs, east_asian - head.count(_BROKEN)
