"""FFmpeg on an open file: with a list of allowed containers, and with nothing else within its reach."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import av
from av.container import InputContainer

from turnover.errors import ProbeError
from turnover.media.boxes import boxes
from turnover.media.containers import WHITELIST
from turnover.media.index_guard import check_index
from turnover.media.opening import ReadLimitError, Source
from turnover.media.refusals import refusal

# Seconds; PyAV asks the clock between packets, so this bounds a reader that goes on for ever without reading.
_TIMEOUT = 30.0
# FFmpeg's AVFMT_FLAG_GENPTS, which PyAV sets.
_GENERATE_TIMES = 0x0001
# 16K x 8K; a larger size in a header is a way to take memory.
MOST_PIXELS = 1 << 27

_CONTAINER_OPTIONS = {"format_whitelist": WHITELIST, "protocol_whitelist": "none"}
_CODEC_OPTIONS = {"max_pixels": str(MOST_PIXELS)}

DAMAGE = (av.FFmpegError, OSError, EOFError, MemoryError, ValueError, ArithmeticError, LookupError, RuntimeError)
"""What readers of hostile bytes raise: FFmpeg's own errors, and Python's for numbers that cannot be."""

# How lists of other files, and pages that may name some, begin.
_LISTS = (
    b"#EXTM3U",
    b"ffconcat",
    b"[playlist]",
    b"v=0",
    b"<MPD",
    b"<smil",
    b"<asx",
    b"<ASX",
    b"RTSPtext",
    b"[Reference]",
)
_SIGNATURES = (
    (4, b"ftyp", "MP4 or QuickTime"),
    (4, b"moov", "QuickTime"),
    (4, b"mdat", "QuickTime"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska or WebM"),
    (8, b"AVI ", "AVI"),
    (8, b"WEBP", "WebP"),
    (0, b"GIF8", "GIF"),
    (0, b"\x89PNG", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"FLV\x01", "Flash video"),
    (0, b"OggS", "Ogg"),
    (0, b"\x06\x0e\x2b\x34", "MXF"),
)


@contextmanager
def demuxer(source: Source, name: str) -> Iterator[InputContainer]:
    """FFmpeg's reader of the file; the name is for messages alone.

    Raises ProbeError `not_media`, `playlist`, `truncated` or `unreadable`.
    """
    check_index(source, name)
    source.seek(0)
    try:
        container = av.open(
            source,
            "r",
            options=_CODEC_OPTIONS,
            container_options=_CONTAINER_OPTIONS,
            metadata_errors="replace",
            timeout=(_TIMEOUT, _TIMEOUT),
            io_open=_no_other_file,
        )
    except DAMAGE as error:
        raise _diagnosis(source, name, error) from error
    with container:
        # It would hold packets back without a bound, until a missing time can be computed from later ones.
        container.flags &= ~_GENERATE_TIMES
        yield container


def _no_other_file(url: str, flags: int, options: object) -> NoReturn:
    """What FFmpeg calls when the content names another file or address."""
    raise PermissionError(errno.EACCES, f"the content names another file, which is not opened: {url[:200]!r}")


def _diagnosis(source: Source, name: str, error: BaseException) -> ProbeError:
    """Why FFmpeg did not take the file, as a person would say it."""
    if isinstance(error, ReadLimitError):
        return refusal("unreadable", f"{name} makes its reader go round in circles")
    if isinstance(error, PermissionError):
        return refusal("playlist", f"{name}: {error.strerror or error}")
    head = source.at(0, 1024) if not isinstance(error, OSError) or isinstance(error, av.FFmpegError) else b""
    text = head.lstrip(b"\xef\xbb\xbf\r\n\t ")
    if text.startswith(_LISTS) or (text.startswith(b"<") and b"<MPD" in text):
        return refusal("playlist", f"{name} is a list that points at other files ({_start(text)})")
    kind = next((title for at, magic, title in _SIGNATURES if head[at : at + len(magic)] == magic), None)
    said = getattr(error, "strerror", None) or str(error)
    if kind is None:
        return refusal(
            "not_media", f"{name} is no video, animation or picture that is read; it starts with {_start(head)}"
        )
    missing = _missing_index(source) if head[4:8] in (b"ftyp", b"moov", b"mdat") else None
    if missing is not None:
        return refusal("truncated", f"{name} {missing}")
    return refusal("unreadable", f"{name} starts as {kind}, but cannot be read: {said}")


def _missing_index(source: Source) -> str | None:
    """What an MP4 without a usable `moov` box lacks."""
    found = tuple(boxes(source))
    index = next((box for box in found if box.kind == b"moov"), None)
    if index is None:
        return f"has no index (a 'moov' box), so it was cut off at byte {source.size} or never finished"
    if index.stop > source.size:
        return f"is cut off inside its index: that ends at byte {index.stop}, the file at byte {source.size}"
    return None


def _start(data: bytes) -> str:
    """The first bytes for a message: as text where they are one."""
    first = data[:24]
    is_text = bool(first) and all(0x20 <= byte < 0x7F or byte in b"\r\n\t" for byte in first)
    return repr(first.decode("ascii")) if is_text else f"the bytes {first[:12].hex(' ')}"
