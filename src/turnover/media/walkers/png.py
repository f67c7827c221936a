"""The texts of PNG and animated PNG, before and after the pictures (W3C PNG, third edition)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnover.core.carrier import Carrier
from turnover.media.animation import Bytes
from turnover.media.boxes import Block
from turnover.media.png import SIGNATURE
from turnover.media.walkers.bounds import MOST_TEXT, MOST_TEXTS, Steps, content
from turnover.media.walkers.c2pa import c2pa_texts
from turnover.media.walkers.decoding import text
from turnover.media.walkers.exif import exif_texts

if TYPE_CHECKING:
    from turnover.media.opening import Source

# `comf` is ComfyUI's own: a keyword, NUL, JSON.
_KINDS = frozenset((b"tEXt", b"zTXt", b"iTXt", b"comf", b"eXIf", b"caBX"))
_XMP = "XML:com.adobe.xmp"
# ImageMagick's way of keeping EXIF and XMP in a text: name, length, then hexadecimal digits in lines.
_PROFILE = "Raw profile type "


def is_png(head: bytes) -> bool:
    return head.startswith(SIGNATURE)


def png_texts(source: Source, steps: Steps) -> Iterator[Carrier]:
    """The texts in the order of the file; those behind the first picture data are placed there."""
    with source.buffered() as file:
        data = Bytes(file, source.size)
        data.take(len(SIGNATURE))
        yield from _Walk(steps).chunks(data)


@dataclass(slots=True)
class _Walk:
    steps: Steps
    left: int = MOST_TEXTS
    """Bytes that compressed texts may still become: a few KiB can claim to be gigabytes."""

    def chunks(self, data: Bytes) -> Iterator[Carrier]:
        where = ""
        for _ in self.steps:
            length, kind = int.from_bytes(data.take(4), "big"), data.take(4)
            behind = data.position + length + 4
            found = content(data, length) if kind in _KINDS else None
            if found is not None:
                yield from self._chunk(kind, found, where)
            if kind == b"IEND":
                return
            if kind == b"IDAT":
                where = " after IDAT"
            data.skip(behind - data.position)

    def _chunk(self, kind: bytes, found: bytes, where: str) -> Iterator[Carrier]:
        if kind == b"eXIf":
            yield from exif_texts(found, self.steps)
        elif kind == b"caBX":
            yield from c2pa_texts(Block(found), self.steps)
        else:
            keyword, _, rest = found.partition(b"\0")
            key, value = text(keyword), self._value(kind, rest)
            if value is None:
                return
            if key.startswith(_PROFILE):
                yield from _profile(key, value, self.steps)
            elif key == _XMP:
                yield Carrier("XMP", key, text(value))
            else:
                yield Carrier(kind.decode() + where, key, text(value))

    def _value(self, kind: bytes, rest: bytes) -> bytes | None:
        """What stands behind the keyword; None where it does not unpack."""
        if kind == b"zTXt":
            return self._unpacked(rest[1:])
        if kind != b"iTXt":
            return rest
        # 11.3.3.4: flag and method of compression, then language and translated keyword.
        pieces = rest[2:].split(b"\0", 2)
        if len(pieces) < 3:
            return None
        return self._unpacked(pieces[2]) if rest[:1] == b"\1" else pieces[2]

    def _unpacked(self, packed: bytes) -> bytes | None:
        most = min(MOST_TEXT, self.left)
        try:
            unpacked = zlib.decompressobj().decompress(packed, most + 1)
        except zlib.error:
            return None
        self.left -= min(len(unpacked), most)
        return unpacked if len(unpacked) <= most else None


def _profile(key: str, value: bytes, steps: Steps) -> Iterator[Carrier]:
    kind = key.removeprefix(_PROFILE)
    try:
        block = bytes.fromhex(b"".join(value.split()[2:]).decode("ascii"))
    except ValueError:
        return
    if kind.lower() == "xmp":
        yield Carrier("XMP", key, text(block))
    elif kind.lower() in ("exif", "app1"):
        yield from exif_texts(block, steps)
