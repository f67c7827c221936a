"""The texts of WebP, AVI and WAVE (RIFF; RFC 9649 for WebP)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnover.core.carrier import Carrier
from turnover.media.animation import Bytes
from turnover.media.boxes import Block
from turnover.media.walkers.bounds import Steps, content
from turnover.media.walkers.c2pa import c2pa_texts
from turnover.media.walkers.decoding import text
from turnover.media.walkers.exif import exif_texts

if TYPE_CHECKING:
    from turnover.media.opening import Source

_INFO = b"INFO"
_XMP = frozenset((b"XMP ", b"_PMX"))
_KINDS = frozenset((b"EXIF", b"C2PA", *_XMP))


def is_riff(head: bytes) -> bool:
    """Whether a file that starts so is WebP, AVI or WAVE."""
    return head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"AVI ", b"WAVE")


def riff_texts(source: Source, steps: Steps) -> Iterator[Carrier]:
    """The texts in the order of the file. Chunks that were put behind the length in the header count as well."""
    with source.buffered() as file:
        yield from _Walk(steps).chunks(Bytes(file, source.size), source.size, b"")


@dataclass(frozen=True, slots=True)
class _Walk:
    steps: Steps

    def chunks(self, data: Bytes, stop: int, around: bytes) -> Iterator[Carrier]:
        """The texts of the chunks up to a place; `around` is the type of the list around them.

        RIFF itself and the lists are entered and not returned from, except `INFO`: what follows it is no tag.
        """
        for _ in self.steps:
            if data.position + 8 > stop:
                return
            kind, length = data.take(4), data.number(4)
            behind = data.position + length
            if kind in (b"RIFF", b"LIST") and length >= 4:
                type_ = data.take(4)
                if type_ == _INFO and not around:
                    yield from self.chunks(data, min(behind, stop), _INFO)
                elif kind == b"RIFF" or type_ == b"hdrl":
                    continue
            elif around or kind in _KINDS:
                found = content(data, length)
                if found is not None:
                    yield from _chunk(kind, found, self.steps)
            # Each chunk starts at an even place.
            data.skip(behind + length % 2 - data.position)


def _chunk(kind: bytes, found: bytes, steps: Steps) -> Iterator[Carrier]:
    if kind == b"EXIF":
        yield from exif_texts(found, steps)
    elif kind == b"C2PA":
        yield from c2pa_texts(Block(found), steps)
    elif kind in _XMP:
        yield Carrier("XMP", kind.decode().strip(), text(found))
    else:
        yield Carrier("LIST INFO", text(kind), text(found.removesuffix(b"\0")))
