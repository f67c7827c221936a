"""PNG and animated PNG by their own chunks (W3C PNG, third edition, https://www.w3.org/TR/png-3/)."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from turnover.media.animation import MOST_PARTS, Animation, Bytes, CutOffError
from turnover.media.exif import ENOUGH, UPRIGHT, turn
from turnover.media.opening import Source

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_PICTURE_DATA = (b"IDAT", b"fdAT")
# Colour types with alpha (11.2.1).
_WITH_ALPHA = (4, 6)
# 11.3.5.2: a denominator of 0 is hundredths; a delay of 0 is "as fast as possible", which browsers show for 1/10 s.
_HUNDREDTHS = 100
_INSTEAD = Fraction(1, 10)


@dataclass(slots=True)
class _Chunks:
    width: int = 0
    height: int = 0
    has_alpha: bool = False
    claimed: int | None = None
    pending: Fraction | None = None
    """The duration of a frame whose data are still to come."""
    durations: list[Fraction] = field(default_factory=list)
    is_whole: bool = False
    turn: tuple[int, bool] = UPRIGHT


def read_png(source: Source) -> Animation | None:
    """What the chunks say; None when the file does not start as a PNG. The picture data are skipped, not decoded."""
    chunks = _Chunks()
    with source.buffered() as file:
        data = Bytes(file, source.size)
        try:
            if data.take(8) != SIGNATURE:
                return None
            for _ in range(MOST_PARTS):
                if chunks.is_whole:
                    break
                length = int.from_bytes(data.take(4), "big")
                end = data.position + 4 + length + 4
                kind = data.take(4)
                _take_chunk(chunks, data, kind, length)
                data.skip(end - data.position)
                if kind in _PICTURE_DATA and chunks.pending is not None:
                    chunks.durations.append(chunks.pending)
                    chunks.pending = None
        except CutOffError:
            pass
    if not chunks.width or not chunks.height:
        return None
    is_animated = chunks.claimed is not None
    return Animation(
        width=chunks.width,
        height=chunks.height,
        durations=tuple(chunks.durations) if is_animated else (Fraction(0),),
        is_animated=is_animated,
        has_alpha=chunks.has_alpha,
        is_whole=chunks.is_whole,
        claimed=chunks.claimed,
        turn=chunks.turn,
    )


def _take_chunk(chunks: _Chunks, data: Bytes, kind: bytes, length: int) -> None:
    if kind == b"IHDR" and length >= 13:
        header = data.take(13)
        chunks.width, chunks.height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
        chunks.has_alpha = header[9] in _WITH_ALPHA
    elif kind == b"tRNS":
        chunks.has_alpha = True
    elif kind == b"acTL" and length >= 8:
        chunks.claimed = int.from_bytes(data.take(4), "big")
    elif kind == b"fcTL" and length >= 26:
        control = data.take(26)
        delay, over = int.from_bytes(control[20:22], "big"), int.from_bytes(control[22:24], "big")
        chunks.pending = Fraction(delay, over or _HUNDREDTHS) or _INSTEAD
    elif kind == b"eXIf":
        chunks.turn = turn(data.take(min(length, ENOUGH)))
    elif kind == b"IEND":
        chunks.is_whole = True
