"""GIF by its own blocks (GIF89a specification, W3C copy at https://www.w3.org/Graphics/GIF/spec-gif89a.txt)."""

from __future__ import annotations

from fractions import Fraction

from turnover.media.animation import MOST_PARTS, Animation, Bytes, CutOffError
from turnover.media.opening import Source

TICK = Fraction(1, 100)

_EXTENSION, _PICTURE, _TRAILER = 0x21, 0x2C, 0x3B
_GRAPHIC_CONTROL = 0xF9
# Of a graphic control block (23): a transparent colour, and the way of disposal that restores the background.
_HAS_HOLES, _CLEARED = 1, 2
# Browsers and FFmpeg show a picture of 0 or 1 hundredths for 10 (libavformat/gifdec.c).
_SHORTEST, _INSTEAD = 2, 10


def read_gif(source: Source) -> Animation | None:
    """What the blocks say; None when the file has no GIF header. The picture data are skipped, not decoded."""
    with source.buffered() as file:
        data = Bytes(file, source.size)
        try:
            if data.take(6) not in (b"GIF87a", b"GIF89a"):
                return None
            width, height, flags = data.number(2), data.number(2), data.number(1)
            data.take(2)
            skip_colours(data, flags)
        except CutOffError:
            return None
        return _pictures(data, width, height)


def _pictures(data: Bytes, width: int, height: int) -> Animation:
    durations: list[Fraction] = []
    delay = flags = 0
    has_alpha = is_whole = False
    try:
        while len(durations) < MOST_PARTS:
            kind = data.number(1)
            if kind == _EXTENSION:
                if data.number(1) == _GRAPHIC_CONTROL and data.number(1) == 4:
                    flags, delay = data.number(1), data.number(2)
                    data.take(1)
                data.skip_blocks()
            elif kind == _PICTURE:
                place = tuple(data.number(2) for _ in range(4))
                skip_colours(data, data.number(1))
                data.take(1)
                data.skip_blocks()
                # Later pictures are drawn over the first, and their holes show it, unless it was cleared.
                is_over = bool(durations) or (place == (0, 0, width, height) and not flags & _HAS_HOLES)
                has_alpha = has_alpha or not is_over or flags >> 2 & 7 == _CLEARED
                durations.append((delay if delay >= _SHORTEST else _INSTEAD) * TICK)
                delay = flags = 0
            else:
                is_whole = kind == _TRAILER
                break
    except CutOffError:
        pass
    return Animation(width, height, tuple(durations), len(durations) > 1, has_alpha, is_whole)


def skip_colours(data: Bytes, flags: int) -> None:
    """Go on behind the colour table that the flags announce."""
    if flags & 0x80:
        data.skip(3 << ((flags & 7) + 1))
