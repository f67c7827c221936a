"""The elements of Matroska and WebM (EBML, RFC 8794)."""

from __future__ import annotations

from dataclasses import dataclass

from turnover.media.boxes import Readable

# Section 5: ids take four bytes at most; section 6: lengths take eight.
_LONGEST_ID, _LONGEST_LENGTH = 4, 8

EBML_HEADER, SEGMENT = 0x1A45DFA3, 0x18538067


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its id with the marker bits, and the range of its content."""

    id: int
    start: int
    stop: int | None
    """Where it says that it ends, which may be behind the end of the file; None where the length is left open."""


def element(source: Readable, at: int) -> Element | None:
    """The element that starts there; None where none can."""
    # A length may lead farther than any system can seek.
    head = source.at(at, _LONGEST_ID + _LONGEST_LENGTH) if at < source.size else b""
    id_length = _length(head, 0)
    size_length = _length(head, id_length)
    start = id_length + size_length
    if not id_length or id_length > _LONGEST_ID or not size_length or len(head) < start:
        return None
    # The first one bit only marks the length; all ones are "not known" (6.2).
    size = int.from_bytes(head[id_length:start], "big") - (1 << 7 * size_length)
    is_open = size == (1 << 7 * size_length) - 1
    return Element(int.from_bytes(head[:id_length], "big"), at + start, None if is_open else at + start + size)


def _length(data: bytes, at: int) -> int:
    """Bytes of the variable-length number that starts there; 0 where none can."""
    return 9 - data[at].bit_length() if at < len(data) and data[at] else 0
