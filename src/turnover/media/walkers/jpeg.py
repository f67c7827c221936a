"""The texts of JPEG (ITU-T T.81, annex B; XMP part 3, 1.1.3; ISO/IEC 19566-5, annex D)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnover.core.carrier import Carrier
from turnover.media.animation import Bytes
from turnover.media.boxes import Block
from turnover.media.walkers.bounds import MOST_TEXT, Steps
from turnover.media.walkers.c2pa import c2pa_texts
from turnover.media.walkers.decoding import text
from turnover.media.walkers.exif import exif_texts

if TYPE_CHECKING:
    from turnover.media.opening import Source

_START_OF_SCAN, _END, _COMMENT, _APPLICATION_1, _APPLICATION_11 = 0xDA, 0xD9, 0xFE, 0xE1, 0xEB
_EXIF, _XMP = b"Exif\0", b"http://ns.adobe.com/xap/1.0/\0"
_MORE_XMP = b"http://ns.adobe.com/xmp/extension/\0"
# Behind the name: 32 digits that tell which packet, its whole length, where this piece belongs.
_MORE_XMP_HEADER = 40
# Of JUMBF in a segment: `JP`, the number of the box, the number of the piece; then each piece repeats the box's head.
_JUMBF_HEADER, _BOX_HEADER = 8, 8


def is_jpeg(head: bytes) -> bool:
    return head[:3] == b"\xff\xd8\xff"


def jpeg_texts(source: Source, steps: Steps) -> Iterator[Carrier]:
    """The texts of the segments before the picture data, those that are cut into several put together at the end."""
    with source.buffered() as file:
        data = Bytes(file, source.size)
        data.take(2)
        yield from _Walk(steps).segments(data)


@dataclass(slots=True)
class _Walk:
    steps: Steps
    packets: dict[bytes, dict[int, bytes]] = field(default_factory=dict)
    """Pieces of long XMP packets by their places, by the digits that tell which."""
    stores: dict[bytes, dict[int, bytes]] = field(default_factory=dict)
    """Pieces of JUMBF boxes by their numbers, by the number of the box."""
    left: int = MOST_TEXT
    """Bytes of pieces that may still be kept."""

    def segments(self, data: Bytes) -> Iterator[Carrier]:
        for _ in self.steps:
            if data.take(1) != b"\xff":
                break
            kind = data.number(1)
            while kind == 0xFF:
                kind = data.number(1)
            if kind in (_START_OF_SCAN, _END):
                break
            length = int.from_bytes(data.take(2), "big")
            behind = data.position + length - 2
            if kind in (_APPLICATION_1, _APPLICATION_11, _COMMENT) and length > 2:
                yield from self._segment(kind, data.take(length - 2))
            data.skip(max(0, behind - data.position))
        yield from self._put_together()

    def _segment(self, kind: int, body: bytes) -> Iterator[Carrier]:
        if kind == _COMMENT:
            yield Carrier("JPEG comment", "", text(body))
        elif kind == _APPLICATION_11:
            if body.startswith(b"JP"):
                self._keep(self.stores, body[2:4], body[4:_JUMBF_HEADER], body[_JUMBF_HEADER:])
        elif body.startswith(_EXIF):
            yield from exif_texts(body, self.steps)
        elif body.startswith(_XMP):
            yield Carrier("XMP", "APP1", text(body.removeprefix(_XMP)))
        elif body.startswith(_MORE_XMP):
            head, rest = body[len(_MORE_XMP) :][:_MORE_XMP_HEADER], body[len(_MORE_XMP) + _MORE_XMP_HEADER :]
            self._keep(self.packets, head[:32], head[36:], rest)

    def _keep(self, pieces: dict[bytes, dict[int, bytes]], which: bytes, place: bytes, piece: bytes) -> None:
        self.left -= len(piece)
        if self.left >= 0:
            pieces.setdefault(which, {})[int.from_bytes(place, "big")] = piece

    def _put_together(self) -> Iterator[Carrier]:
        for pieces in self.packets.values():
            yield Carrier("XMP", "APP1 extension", text(b"".join(_in_order(pieces))))
        for pieces in self.stores.values():
            first, *others = _in_order(pieces)
            # A length of 1 says that the true one follows, in eight bytes more.
            repeated = _BOX_HEADER + 8 * (first[:4] == b"\0\0\0\1")
            yield from c2pa_texts(Block(first + b"".join(piece[repeated:] for piece in others)), self.steps)


def _in_order(pieces: Mapping[int, bytes]) -> list[bytes]:
    return [piece for _, piece in sorted(pieces.items())]
