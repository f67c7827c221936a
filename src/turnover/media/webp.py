"""WebP by its own chunks (RFC 9649): FFmpeg reads no animated ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from turnover.media.animation import MOST_PARTS, Animation, Bytes, CutOffError
from turnover.media.exif import ENOUGH, UPRIGHT, turn
from turnover.media.opening import Source

TICK = Fraction(1, 1000)

# 2.7.1.1: a frame of 0 ms is for the reader to interpret; browsers show it for 1/10 s.
_INSTEAD = Fraction(1, 10)
_ANIMATION_FLAG, _ALPHA_FLAG = 0x02, 0x10
_DISPOSE_FLAG, _REPLACE_FLAG = 0x01, 0x02
# Sixteen bytes, and the start of the first chunk in it.
_FRAME_HEADER = 16 + 8 + 5


@dataclass(slots=True)
class _Chunks:
    width: int = 0
    height: int = 0
    is_animated: bool = False
    has_alpha: bool = False
    is_lossless: bool | None = None
    is_opaque: bool = False
    """Of an animation: whether no frame lets the page show through."""
    durations: list[Fraction] = field(default_factory=list)
    turn: tuple[int, bool] = UPRIGHT


def is_webp(head: bytes) -> bool:
    """Whether a file that starts so is a WebP."""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def read_webp(source: Source) -> Animation | None:
    """What the chunks say; None when no picture is described. The picture data are skipped, not decoded."""
    chunks = _Chunks()
    is_whole = False
    with source.buffered() as file:
        data = Bytes(file, source.size)
        try:
            head = data.take(12)
            if not is_webp(head):
                return None
            end = 8 + int.from_bytes(head[4:8], "little")
            for _ in range(MOST_PARTS):
                if data.position + 8 > end:
                    break
                kind, length = data.take(4), data.number(4)
                behind = data.position + length
                duration = _take_chunk(chunks, data, kind, length)
                data.skip(behind - data.position)
                if duration is not None:
                    chunks.durations.append(duration)
                if length % 2 and data.position < source.size:
                    data.take(1)
            is_whole = end <= source.size
        except CutOffError:
            pass
    if not chunks.width or not chunks.height:
        return None
    return Animation(
        width=chunks.width,
        height=chunks.height,
        durations=tuple(chunks.durations) if chunks.is_animated else (Fraction(0),),
        is_animated=chunks.is_animated,
        # The flag speaks of single frames, and encoders cut them down to what changed.
        has_alpha=not chunks.is_opaque if chunks.is_animated else chunks.has_alpha,
        is_whole=is_whole,
        is_lossless=bool(chunks.is_lossless),
        turn=chunks.turn,
    )


def _take_chunk(chunks: _Chunks, data: Bytes, kind: bytes, length: int) -> Fraction | None:
    """Read what a chunk says; the seconds of a frame of an animation, None for any other chunk."""
    if kind == b"VP8X" and length >= 10:
        flags = data.number(1)
        chunks.is_animated, chunks.has_alpha = bool(flags & _ANIMATION_FLAG), bool(flags & _ALPHA_FLAG)
        data.take(3)
        chunks.width, chunks.height = data.number(3) + 1, data.number(3) + 1
    elif kind == b"ANMF" and length >= _FRAME_HEADER:
        return _take_frame(chunks, data)
    elif kind in (b"VP8 ", b"VP8L") and length >= 10:
        chunks.is_lossless = kind == b"VP8L"
        _take_still(chunks, data)
    elif kind == b"EXIF":
        chunks.turn = turn(data.take(min(length, ENOUGH)))
    return None


def _take_frame(chunks: _Chunks, data: Bytes) -> Fraction:
    """The seconds of a frame; whether the canvas shows through is kept in mind."""
    corner, size = data.take(6), (data.number(3) + 1, data.number(3) + 1)
    duration = data.number(3) * TICK or _INSTEAD
    flags = data.number(1)
    kind = data.take(4)
    # An alpha plane stands only before a lossy picture; a lossless one has a bit for it (3.4), after size and mark.
    has_alpha = bool(data.take(9)[8] >> 4 & 1) if kind == b"VP8L" else kind == b"ALPH"
    if chunks.is_lossless is None:
        chunks.is_lossless = kind == b"VP8L"
        chunks.is_opaque = not has_alpha and not any(corner) and size == (chunks.width, chunks.height)
    if flags & _DISPOSE_FLAG or (flags & _REPLACE_FLAG and has_alpha):
        chunks.is_opaque = False
    return duration


def _take_still(chunks: _Chunks, data: Bytes) -> None:
    """Size and alpha of a file without the extended header."""
    if chunks.width:
        return
    if chunks.is_lossless:
        # RFC 9649, 3.4: a signature byte, then 14 bits of width - 1, 14 of height - 1, one of alpha.
        data.take(1)
        bits = data.number(4)
        chunks.width, chunks.height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        chunks.has_alpha = bool(bits >> 28 & 1)
    else:
        # RFC 6386, 9.1: three bytes of tag, three of start code, then 14 bits each.
        data.take(6)
        chunks.width, chunks.height = data.number(2) & 0x3FFF, data.number(2) & 0x3FFF
