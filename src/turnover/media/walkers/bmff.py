"""The texts of MP4, QuickTime, HEIF and what else is made of boxes (ISO/IEC 14496-12; QuickTime File Format)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnover.core.carrier import Carrier
from turnover.media.boxes import Block, Box, inner_boxes
from turnover.media.walkers.bounds import MOST_DEPTH, MOST_TEXT, Steps
from turnover.media.walkers.c2pa import c2pa_texts
from turnover.media.walkers.decoding import holds_json, text
from turnover.media.walkers.exif import exif_texts
from turnover.media.walkers.items import item_places
from turnover.media.walkers.values import keys_of, quicktime_texts, three_gpp_text, value_texts

if TYPE_CHECKING:
    from turnover.media.opening import Source

# What stands at the start of such a file. QuickTime's old ones have no `ftyp`.
_FIRST = frozenset(
    (b"ftyp", b"styp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid", b"meta", b"udta", b"JXL ")
)
_FOLDERS = frozenset((b"moov", b"trak", b"mdia", b"udta"))
_TEXTLESS = frozenset((b"free", b"skip", b"mdat"))
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
# Version, flags and a word about the purpose stand before a manifest store (C2PA 2.2, A.5).
_BEFORE_STORE = 64
_THREE_GPP = frozenset((b"titl", b"dscp", b"cprt", b"auth", b"perf", b"albm"))
_FREE_FORM = b"----"


def is_bmff(head: bytes) -> bool:
    """Whether a file that starts so is made of boxes."""
    return head[4:8] in _FIRST


def bmff_texts(source: Source, steps: Steps) -> Iterator[Carrier]:
    """The texts of metadata boxes, in the order of the file; sample tables and pictures are passed over unread."""
    return _Walk(source, steps).texts(0, source.size, "", 0)


@dataclass(frozen=True, slots=True)
class _Walk:
    source: Source
    steps: Steps

    def texts(self, start: int, stop: int, path: str, depth: int) -> Iterator[Carrier]:
        """The texts of the boxes in a range; the path is of the boxes around them, empty at the top."""
        for box in inner_boxes(self.source, start, stop, steps=self.steps):
            if box.kind in _FOLDERS:
                if depth < MOST_DEPTH:
                    yield from self.texts(box.content, box.stop, _joined(path, box), depth + 1)
            elif box.kind == b"meta":
                yield from self._meta(box, _joined(path, box))
            elif box.kind == b"uuid":
                yield from self._uuid(box, path)
            elif box.kind in (b"XMP_", b"xml "):
                yield from self._packet(box, _joined(path, box))
            elif path.endswith("udta"):
                yield from self._user_text(box, path)
            elif box.kind == b"Exif" and not path:
                yield from exif_texts(self._content(box), self.steps)

    def _content(self, box: Box) -> bytes:
        """All of a box; nothing where it is too long, or cut."""
        length = box.stop - box.content
        return self.source.at(box.content, length) if length <= MOST_TEXT and not box.is_cut else b""

    def _packet(self, box: Box, place: str) -> Iterator[Carrier]:
        data = self._content(box)
        # In `meta` four bytes of version and flags come first.
        decoded = text(data.lstrip(b"\0"))
        is_xmp = box.kind == b"XMP_" or "<x:xmpmeta" in decoded or "<rdf:RDF" in decoded
        yield Carrier("XMP" if is_xmp else place, place if is_xmp else box.kind.decode("latin-1"), decoded)

    def _uuid(self, box: Box, path: str) -> Iterator[Carrier]:
        name, start = self.source.at(box.content, min(16, box.stop - box.content)), box.content + 16
        if name == _C2PA_UUID:
            at = self.source.at(start, min(_BEFORE_STORE, max(0, box.stop - start))).find(b"jumb")
            if at >= 4 and not box.is_cut:
                yield from c2pa_texts(self.source, self.steps, start + at - 4, box.stop)
        elif name == _XMP_UUID:
            yield Carrier("XMP", _joined(path, box), text(self._content(box)[16:]))
        elif holds_json(self.source.at(start, min(16, max(0, box.stop - start)))):
            yield Carrier(_joined(path, box), name.hex(), text(self._content(box)[16:]))

    def _user_text(self, box: Box, place: str) -> Iterator[Carrier]:
        """What a child of `udta` says: its own text, or the JSON that a generator put into a box of its own."""
        key = box.kind.decode("latin-1")
        if box.kind.startswith(b"\xa9"):
            texts = quicktime_texts(self._content(box), self.steps)
        elif box.kind in _THREE_GPP:
            texts = three_gpp_text(self._content(box), self.steps)
        elif box.kind not in _TEXTLESS and holds_json(self.source.at(box.content, min(16, box.stop - box.content))):
            # `wflo` has four zero bytes before its JSON.
            texts = iter((text(self._content(box).lstrip(b"\0")),))
        else:
            return
        for found in texts:
            yield Carrier(place, key, found)

    def _meta(self, box: Box, place: str) -> Iterator[Carrier]:
        # QuickTime's own `meta` has no version and flags, which are zero; its first child has a length.
        is_full = self.source.at(box.content, 4) == bytes(4)
        inner = tuple(inner_boxes(self.source, box.content + 4 * is_full, box.stop, steps=self.steps))
        keys = next((keys_of(self._content(child), self.steps) for child in inner if child.kind == b"keys"), ())
        for child in inner:
            if child.kind == b"ilst":
                for item in inner_boxes(self.source, child.content, child.stop, steps=self.steps, any_kind=True):
                    yield from self._item(item, keys, place)
            elif child.kind == b"xml ":
                yield from self._packet(child, _joined(place, child))
            elif child.kind == b"uuid":
                yield from self._uuid(child, place)
        yield from self._pictures(inner)

    def _item(self, item: Box, keys: tuple[str, ...], place: str) -> Iterator[Carrier]:
        number = int.from_bytes(item.kind, "big")
        key = keys[number - 1] if 0 < number <= len(keys) else _kind_name(item.kind)
        name, texts = value_texts(Block(self._content(item)), self.steps)
        for found in texts:
            yield Carrier(place, name if item.kind == _FREE_FORM and name else key, found)

    def _pictures(self, inner: tuple[Box, ...]) -> Iterator[Carrier]:
        """The EXIF blocks and XMP packets that HEIF keeps as items of their own (ISO/IEC 23008-12, annex A)."""
        contents = {child.kind: child for child in inner if child.kind in (b"iinf", b"iloc", b"idat")}
        if b"iinf" not in contents or b"iloc" not in contents:
            return
        data_start = contents[b"idat"].content if b"idat" in contents else None
        information, locations = self._content(contents[b"iinf"]), self._content(contents[b"iloc"])
        for kind, start, length in item_places(information, locations, data_start, self.steps):
            if length > MOST_TEXT or start + length > self.source.size:
                continue
            data = self.source.at(start, length)
            if kind == "Exif":
                yield from exif_texts(data, self.steps)
            else:
                yield Carrier("XMP", kind, text(data))


def _joined(path: str, box: Box) -> str:
    name = box.kind.decode("latin-1").strip()
    return f"{path}/{name}" if path else name


def _kind_name(kind: bytes) -> str:
    """Four signs, or the number that a key would have."""
    return kind.decode("latin-1") if kind[0] else str(int.from_bytes(kind, "big"))
