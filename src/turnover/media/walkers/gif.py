"""The texts of GIF: comments, XMP, C2PA (GIF89a specification; XMP part 3, 1.1.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from turnover.core.carrier import Carrier
from turnover.media.animation import Bytes, CutOffError
from turnover.media.boxes import Block
from turnover.media.gif import skip_colours
from turnover.media.walkers.bounds import MOST_TEXT, Steps
from turnover.media.walkers.c2pa import c2pa_texts
from turnover.media.walkers.decoding import text

if TYPE_CHECKING:
    from turnover.media.opening import Source

# Sub-blocks are counted one by one even to skip them, and may have one byte each.
_MOST_BYTES = 1 << 27
_EXTENSION, _PICTURE = 0x21, 0x2C
_COMMENT, _APPLICATION = 0xFE, 0xFF
_XMP, _C2PA = b"XMP DataXMP", b"C2PA_GIF"
# An XMP packet stands there bare. Read as sub-blocks it ends with these bytes, which lead to the end from anywhere.
_TRAILER = bytes((1, *range(0xFF, -1, -1)))


def is_gif(head: bytes) -> bool:
    return head[:6] in (b"GIF87a", b"GIF89a")


def gif_texts(source: Source, steps: Steps) -> Iterator[Carrier]:
    """The texts in the order of the file; the pictures are skipped, not decoded."""
    with source.buffered() as file:
        data = Bytes(file, source.size)
        data.take(10)
        flags = data.number(1)
        data.take(2)
        skip_colours(data, flags)
        for _ in steps:
            kind = data.number(1) if data.position < _MOST_BYTES else None
            if kind == _EXTENSION:
                yield from _extension(data, steps)
            elif kind == _PICTURE:
                data.take(8)
                skip_colours(data, data.number(1))
                data.take(1)
                data.skip_blocks()
            else:
                return


def _extension(data: Bytes, steps: Steps) -> Iterator[Carrier]:
    label = data.number(1)
    if label == _COMMENT:
        yield Carrier("GIF comment", "", text(_joined(data, steps)))
    elif label != _APPLICATION:
        data.skip_blocks()
    else:
        name = data.take(data.number(1))
        if name == _XMP:
            yield Carrier("XMP", "GIF", text(_bare(data)))
        elif name.startswith(_C2PA):
            yield from c2pa_texts(Block(_joined(data, steps)), steps)
        elif name:
            data.skip_blocks()


def _joined(data: Bytes, steps: Steps) -> bytes:
    """The content of a run of sub-blocks; raises CutOffError where there is no end of it."""
    pieces: list[bytes] = []
    for _ in steps:
        size = data.number(1)
        if not size:
            return b"".join(pieces)
        pieces.append(data.take(size))
    raise CutOffError


def _bare(data: Bytes) -> bytes:
    """All bytes that a run of sub-blocks takes, lengths included, less the trailer; nothing where they are too many."""
    start = data.position
    data.skip_blocks()
    length = data.position - start
    if length > MOST_TEXT:
        return b""
    data.skip(-length)
    return data.take(length).removesuffix(b"\0").removesuffix(_TRAILER)
