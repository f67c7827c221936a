"""Pieces of media files by hand: boxes, elements, chunks, segments, blocks, as their formats write them.

Only what no recipe of `tests.videos` writes is made here. Nothing holds pictures.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Literal

from turnover.core.clip import JsonValue

Order = Literal["little", "big"]

XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")

# ---------------------------------------------------------------------------------------------- MP4 and QuickTime


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def wide_box(kind: bytes, content: bytes, *, length: int | None = None) -> bytes:
    """A box with a length of 64 bits; a length of one's own is for content that stands elsewhere."""
    return struct.pack(">I4sQ", 1, kind, 16 + len(content) if length is None else length) + content


def value(text: bytes, kind: int = 1) -> bytes:
    """The `data` box of an item; kind 1 is UTF-8."""
    return box(b"data", struct.pack(">II", kind, 0) + text)


def item_list(items: Sequence[tuple[bytes, bytes]]) -> bytes:
    """`ilst` with items of four signs and their content."""
    return box(b"ilst", b"".join(box(kind, content) for kind, content in items))


def keyed_meta(tags: Mapping[str, str], *, is_quicktime: bool = False) -> bytes:
    """`meta` with `keys` and their values, as ComfyUI's SaveVideo writes it; QuickTime's has no version."""
    names = b"".join(box(b"mdta", key.encode()) for key in tags)
    values = b"".join(
        box(struct.pack(">I", place), value(text.encode())) for place, text in enumerate(tags.values(), 1)
    )
    handler = box(b"hdlr", bytes(8) + b"mdta" + bytes(13))
    keys = box(b"keys", struct.pack(">II", 0, len(tags)) + names)
    return box(b"meta", (b"" if is_quicktime else bytes(4)) + handler + keys + box(b"ilst", values))


def mp4(*inner: bytes) -> bytes:
    """A file with these boxes behind its first."""
    return box(b"ftyp", b"isom\0\0\2\0isom") + b"".join(inner)


# ----------------------------------------------------------------------------------------------- Matroska and WebM

EBML, SEGMENT, CLUSTER, TAGS, TAG, SIMPLE_TAG = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0x1254C367, 0x7373, 0x67C8
SEEK_HEAD, SEEK, SEEK_ID, SEEK_POSITION, VOID = 0x114D9B74, 0x4DBB, 0x53AB, 0x53AC, 0xEC
TAG_NAME, TAG_STRING, TAG_BINARY, SIMPLE_BLOCK, TIMESTAMP = 0x45A3, 0x4487, 0x4485, 0xA3, 0xE7
TARGETS, TRACK_UID, INFO, TITLE = 0x63C0, 0x63C5, 0x1549A966, 0x7BA9
ATTACHMENTS, FILE, FILE_NAME, FILE_TYPE, FILE_CONTENT = 0x1941A469, 0x61A7, 0x466E, 0x4660, 0x465C


def element(id_: int, content: bytes, *, length_bytes: int = 8, is_open: bool = False) -> bytes:
    """An element whose length takes that many bytes, or is left open."""
    marker = 1 << 7 * length_bytes
    length = marker - 1 if is_open else len(content)
    head = id_.to_bytes((id_.bit_length() + 7) // 8, "big")
    return head + (marker | length).to_bytes(length_bytes, "big") + content


def simple_tag(name: str, text: str | bytes, *inner: bytes) -> bytes:
    """A tag with a string, or with bytes."""
    content = element(TAG_BINARY, text) if isinstance(text, bytes) else element(TAG_STRING, text.encode())
    return element(SIMPLE_TAG, element(TAG_NAME, name.encode()) + content + b"".join(inner))


def tags(*simple_tags: bytes, track: int | None = None) -> bytes:
    """`Tags` with one tag, for the file or for a track."""
    target = b"" if track is None else element(TRACK_UID, track.to_bytes(8, "big"))
    return element(TAGS, element(TAG, element(TARGETS, target) + b"".join(simple_tags)))


def matroska(*inner: bytes, is_open: bool = False) -> bytes:
    """A file whose segment has these elements."""
    return element(EBML, b"") + element(SEGMENT, b"".join(inner), is_open=is_open)


# ------------------------------------------------------------------------------------- PNG, RIFF, JPEG, GIF, Flash


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    """A chunk of a PNG; its sum is not made, as no reader of texts asks for it."""
    return struct.pack(">I", len(content)) + kind + content + bytes(4)


def png(*before: bytes, after: Sequence[bytes] = ()) -> bytes:
    """A PNG with chunks before and after its picture data."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + b"".join((header, *before, chunk(b"IDAT", b"x"), *after, chunk(b"IEND")))


def riff_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def riff(form: bytes, *chunks: bytes) -> bytes:
    return riff_chunk(b"RIFF", form + b"".join(chunks))


def segment(marker: int, content: bytes) -> bytes:
    """A segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, 2 + len(content)) + content


def jpeg(*segments: bytes) -> bytes:
    """A JPEG with these segments before its picture data."""
    return b"\xff\xd8" + b"".join(segments) + segment(0xDA, bytes(6)) + b"\0\xff\xd9"


def sub_blocks(content: bytes) -> bytes:
    pieces = [content[at : at + 255] for at in range(0, len(content), 255)]
    return b"".join(bytes((len(piece),)) + piece for piece in pieces) + b"\0"


def gif(*extensions: bytes, after: Sequence[bytes] = ()) -> bytes:
    """A GIF of one pixel with extensions before and after its picture."""
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2" + sub_blocks(b"\x44\1")
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    return head + b"".join((*extensions, picture, *after)) + b"\x3b"


def comment_extension(text: bytes) -> bytes:
    return b"\x21\xfe" + sub_blocks(text)


def xmp_extension(packet: bytes) -> bytes:
    """XMP in a GIF: bare bytes, then a run that leads any reader of sub-blocks to the end."""
    return b"\x21\xff\x0bXMP DataXMP" + packet + bytes((1, *range(255, -1, -1), 0))


def flash(name: str, members: Mapping[str, str | float | bool]) -> bytes:
    """Flash video with one script tag: a name, then a map of strings, numbers and booleans."""
    body = _amf(name) + b"\x08" + struct.pack(">I", len(members))
    for key, member in members.items():
        body += _amf(key)[1:] + _amf(member)
    body += b"\0\0\x09"
    head = b"FLV\1\5" + struct.pack(">I", 9) + bytes(4)
    return head + b"\x12" + len(body).to_bytes(3, "big") + bytes(7) + body + struct.pack(">I", 11 + len(body))


def _amf(member: str | float | bool) -> bytes:
    if isinstance(member, bool):
        return b"\1" + bytes((member,))
    if isinstance(member, str):
        return b"\2" + struct.pack(">H", len(member.encode())) + member.encode()
    return b"\0" + struct.pack(">d", member)


# ------------------------------------------------------------------------------------------------- EXIF, C2PA, CBOR


def exif(
    entries: Sequence[tuple[int, int, bytes]], deeper: Sequence[tuple[int, int, bytes]] = (), *, order: Order = "big"
) -> bytes:
    """A TIFF file: tag, type and value of its entries, whose types take one byte a value.

    `deeper` are the entries of the Exif directory.
    """
    head = (b"MM" if order == "big" else b"II") + (42).to_bytes(2, order) + (8).to_bytes(4, order)
    if not deeper:
        return head + _directory(entries, 8, order)
    first = _directory([*entries, (0x8769, 4, bytes(4))], 8, order)
    start = 8 + len(first)
    pointed = _directory([*entries, (0x8769, 4, start.to_bytes(4, order))], 8, order)
    return head + pointed + _directory(deeper, start, order)


def _directory(entries: Sequence[tuple[int, int, bytes]], start: int, order: Order) -> bytes:
    behind = start + 2 + 12 * len(entries) + 4
    fields = values = b""
    for tag, kind, data in entries:
        count = 1 if kind == 4 else len(data)
        fields += tag.to_bytes(2, order) + kind.to_bytes(2, order) + count.to_bytes(4, order)
        if len(data) <= 4:
            fields += data.ljust(4, b"\0")
        else:
            fields += (behind + len(values)).to_bytes(4, order)
            values += data + bytes(len(data) % 2)
    return len(entries).to_bytes(2, order) + fields + bytes(4) + values


def cbor(item: JsonValue) -> bytes:
    """CBOR of what JSON holds."""
    if item is None or isinstance(item, bool):
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[item]
    if isinstance(item, float):
        return b"\xfb" + struct.pack(">d", item)
    if isinstance(item, int):
        return _cbor_head(0, item) if item >= 0 else _cbor_head(1, -1 - item)
    if isinstance(item, str):
        return _cbor_head(3, len(item.encode())) + item.encode()
    if isinstance(item, list):
        return _cbor_head(4, len(item)) + b"".join(map(cbor, item))
    return _cbor_head(5, len(item)) + b"".join(cbor(key) + cbor(member) for key, member in item.items())


def _cbor_head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes((kind << 5 | number,))
    size = next(size for size in (1, 2, 4, 8) if number < 1 << 8 * size)
    return bytes((kind << 5 | 23 + size.bit_length(),)) + number.to_bytes(size, "big")


def superbox(label: str, *inner: bytes) -> bytes:
    """A JUMBF superbox; the type of its content is left out."""
    return box(b"jumb", box(b"jumd", bytes(16) + b"\3" + label.encode() + b"\0") + b"".join(inner))


def manifest_store(
    claim: dict[str, JsonValue], assertions: Mapping[str, JsonValue], *, name: str = "urn:uuid:1"
) -> bytes:
    """A C2PA manifest store with one manifest, unsigned."""
    made = (superbox(label, box(b"cbor", cbor(content))) for label, content in assertions.items())
    parts = superbox("c2pa.assertions", *made) + superbox("c2pa.claim", box(b"cbor", cbor(claim)))
    return superbox("c2pa", superbox(name, parts))
