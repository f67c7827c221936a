"""Whether a file ends before its container says it does, told from a few bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from av.video.stream import VideoStream

from turnover.media.opening import Source

# An index is in the order of time, so the frame at the end of the file is one of the last.
_LAST_FRAMES = 16
# A fragmented film has a box for each second; this many are an hour and more.
_MOST_BOXES = 10_000


@dataclass(frozen=True, slots=True)
class Box:
    """A box at the top of an MP4 or QuickTime file (ISO/IEC 14496-12, 4.2)."""

    kind: bytes
    start: int
    stop: int
    """Where the box says it ends, which may be behind the end of the file."""


def boxes(source: Source) -> Iterator[Box]:
    """The boxes at the top, up to the first that makes no sense."""
    start = 0
    for _ in range(_MOST_BOXES):
        head = source.at(start, 16)
        if len(head) < 8:
            return
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        smallest = 8
        if length == 1 and len(head) == 16:
            length, smallest = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:
            length = source.size - start
        if length < smallest or not all(0x20 <= byte < 0x7F or byte == 0xA9 for byte in kind):
            return
        yield Box(kind, start, start + length)
        start += length
        if start >= source.size:
            return


def missing_end(container: str, source: Source) -> str | None:
    """What is missing at the end of a file of that container; None when nothing is, or the format does not tell."""
    check = _CHECKS.get(container)
    stop = None if check is None else check(source)
    if stop is None or stop <= source.size:
        return None
    return f"the container ends at byte {stop}, the file at byte {source.size}"


def missing_frames(stream: VideoStream, source: Source) -> str | None:
    """What is missing by the index of the frames; None when the last of them lie inside the file."""
    index = stream.index_entries
    last = (index[place] for place in range(max(0, len(index) - _LAST_FRAMES), len(index)))
    stop = max((entry.pos + entry.size for entry in last), default=0)
    return None if stop <= source.size else f"the index has frames up to byte {stop}, the file ends at {source.size}"


def _boxes_end(source: Source) -> int | None:
    return max((box.stop for box in boxes(source)), default=None)


def _riff_end(source: Source) -> int | None:
    """RIFF's first list says how long it is; OpenDML puts more of them behind it."""
    head = source.at(0, 8)
    return 8 + int.from_bytes(head[4:8], "little") if head[:4] == b"RIFF" else None


def _segment_end(source: Source) -> int | None:
    """Matroska's segment (RFC 9559) after the EBML header (RFC 8794); a live recording leaves its length open."""
    head = source.at(0, 4096)
    header = _element(head, 0)
    segment = None if header is None else _element(head, header[1])
    if segment is None or header is None or header[0] != 0x1A45DFA3 or segment[0] != 0x18538067:
        return None
    return segment[1]


def _element(data: bytes, at: int) -> tuple[int, int] | None:
    """An element's id and where it ends; None for one that is cut or of open length."""
    id_length = _length(data, at)
    size_at = at + id_length
    size_length = _length(data, size_at)
    field = data[size_at : size_at + size_length]
    if not id_length or not size_length or len(field) < size_length:
        return None
    # The first one bit only marks the length; all ones are "not known".
    size = int.from_bytes(field, "big") - (1 << 7 * size_length)
    if size == (1 << 7 * size_length) - 1:
        return None
    return int.from_bytes(data[at:size_at], "big"), size_at + size_length + size


def _length(data: bytes, at: int) -> int:
    """Bytes of the variable-length number that starts there; 0 where none can."""
    return 9 - data[at].bit_length() if at < len(data) and data[at] else 0


_CHECKS: Mapping[str, Callable[[Source], int | None]] = {
    "mov": _boxes_end,
    "avi": _riff_end,
    "webp": _riff_end,
    "matroska": _segment_end,
}
