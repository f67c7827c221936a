"""Whether a file ends before its container says it does, told from a few bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from av.video.stream import VideoStream

from turnover.media.boxes import boxes
from turnover.media.elements import EBML_HEADER, SEGMENT, element
from turnover.media.opening import Source

# An index is in the order of time, so the frame at the end of the file is one of the last.
_LAST_FRAMES = 16


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
    header = element(source, 0)
    if header is None or header.id != EBML_HEADER or header.stop is None:
        return None
    segment = element(source, header.stop)
    return None if segment is None or segment.id != SEGMENT else segment.stop


_CHECKS: Mapping[str, Callable[[Source], int | None]] = {
    "mov": _boxes_end,
    "avi": _riff_end,
    "webp": _riff_end,
    "matroska": _segment_end,
}
