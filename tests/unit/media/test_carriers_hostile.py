"""Whatever a file holds, a walk for its texts ends soon, with what was found.

A hang ends the test process: no exception reaches code that goes round in circles.
"""

from __future__ import annotations

import faulthandler
import itertools
import random
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests import structures as made
from tests.videos import make
from turnover.core.carrier import Carrier
from turnover.errors import ProbeError
from turnover.media.boxes import Block, boxes, inner_boxes
from turnover.media.carriers import carriers
from turnover.media.elements import element
from turnover.media.walkers.bounds import MOST_CARRIERS, MOST_STEPS, MOST_TEXT, MOST_TEXTS

SECONDS_UNTIL_HUNG = 120
DAMAGES_OF_EACH = 150
TAGS = {"workflow": '{"nodes": []}', "prompt": '{"3": {"class_type": "KSampler"}}'}
PROMPT = TAGS["prompt"].encode()
STORE = made.manifest_store({"claim_generator": "fox/1.0"}, {"c2pa.actions": {"actions": [{"action": "c2pa.created"}]}})
EXIF = made.exif([(0x010E, 2, b"prompt:" + PROMPT)], [(0x9286, 7, b"UNICODE\0" + "a fox".encode("utf-16-be"))])
# Numbers that lengths, counts and offsets must survive.
EXTREMES = (0, 1, 7, 8, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


@pytest.fixture(autouse=True)
def _hard_bound() -> Iterator[None]:
    faulthandler.dump_traceback_later(SECONDS_UNTIL_HUNG, exit=True, file=sys.__stderr__ or 2)
    yield
    faulthandler.cancel_dump_traceback_later()


def outcome(path: Path) -> tuple[Carrier, ...]:
    """The texts, within their bounds; only a file without a byte is refused."""
    try:
        found = carriers(path)
    except ProbeError as error:
        refused = error
    else:
        return within_bounds(found)
    assert (refused.code, path.stat().st_size) == ("empty", 0)
    return ()


def within_bounds(found: tuple[Carrier, ...]) -> tuple[Carrier, ...]:
    assert len(found) <= MOST_CARRIERS
    assert sum(len(carrier.text) for carrier in found) <= MOST_TEXTS
    assert all(len(carrier.text) <= MOST_TEXT for carrier in found)
    return found


def written(folder: Path, data: bytes) -> Path:
    path = folder / "a.bin"
    path.write_bytes(data)
    return path


# ----------------------------------------------------------------------------------------------- one seed a family


def _by_recipe(name: str) -> Callable[[Path], bytes]:
    def seed(folder: Path) -> bytes:
        is_mp4 = name.endswith((".mp4", ".mov"))
        tags = {"comment": PROMPT.decode()} if name.endswith((".avi", ".gif")) else TAGS
        return make(folder, name, frames=2, tags=tags, use_metadata_tags=is_mp4).read_bytes()

    return seed


def _avif(folder: Path) -> bytes:
    path = folder / "a.avif"
    Image.new("RGB", (16, 16)).save(path, exif=b"Exif\0\0" + EXIF, xmp=b"<x:xmpmeta/>")
    return path.read_bytes()


def _user_data(_: Path) -> bytes:
    inner = (
        made.box(b"\xa9cmt", struct.pack(">HH", len(PROMPT), 0x55C4) + PROMPT),
        made.box(b"\xa9nam", made.value(PROMPT)),
        made.box(b"wflo", bytes(4) + PROMPT),
        made.box(b"XMP_", b"<x:xmpmeta/>"),
        made.keyed_meta(TAGS, is_quicktime=True),
    )
    stored = made.box(b"uuid", made.C2PA_UUID + bytes(4) + b"manifest\0" + bytes(8) + STORE)
    return made.mp4(stored, made.box(b"moov", made.box(b"udta", b"".join(inner))))


def _matroska(_: Path) -> bytes:
    seek = made.element(made.SEEK_HEAD, made.element(made.SEEK, made.element(made.SEEK_POSITION, bytes((0, 60)))))
    cluster = made.element(made.CLUSTER, made.element(made.SIMPLE_BLOCK, bytes(9)), is_open=True)
    tag = made.simple_tag("PROMPT", TAGS["prompt"], made.simple_tag("IN", b"{}"))
    file = made.element(made.FILE_NAME, b"a.json") + made.element(made.FILE_CONTENT, PROMPT)
    attached = made.element(made.ATTACHMENTS, made.element(made.FILE, file))
    return made.matroska(seek, cluster, made.tags(tag, track=1), attached, is_open=True)


def _png(_: Path) -> bytes:
    chunks = (
        made.chunk(b"zTXt", b"prompt\0\0" + zlib.compress(PROMPT)),
        made.chunk(b"iTXt", b"prompt\0\1\0\0\0" + zlib.compress(PROMPT)),
        made.chunk(b"eXIf", EXIF),
        made.chunk(b"caBX", STORE),
    )
    return made.png(*chunks, after=[made.chunk(b"comf", b"prompt\0" + PROMPT)])


def _webp(_: Path) -> bytes:
    return made.riff(
        b"WEBP", *(made.riff_chunk(*pair) for pair in ((b"EXIF", EXIF), (b"XMP ", PROMPT), (b"C2PA", STORE)))
    )


def _jpeg(_: Path) -> bytes:
    return made.jpeg(
        made.segment(0xE1, b"Exif\0\0" + EXIF),
        made.segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(40) + PROMPT),
        made.segment(0xEB, b"JP\0\1\0\0\0\1" + STORE),
        made.segment(0xFE, PROMPT),
    )


def _gif(_: Path) -> bytes:
    return made.gif(made.xmp_extension(PROMPT), after=[made.comment_extension(PROMPT * 9)])


def _flash(_: Path) -> bytes:
    return made.flash("onMetaData", {"comment": PROMPT.decode(), "duration": 1.0, "stereo": True})


SEEDS: dict[str, Callable[[Path], bytes]] = {
    "mp4": _by_recipe("a.mp4"),
    "mov": _by_recipe("a.mov"),
    "mkv": _by_recipe("a.mkv"),
    "webm": _by_recipe("a.webm"),
    "avi": _by_recipe("a.avi"),
    "animated webp": _by_recipe("a.webp"),
    "animated gif": _by_recipe("a.gif"),
    "animated png": _by_recipe("a.png"),
    "avif": _avif,
    "user data": _user_data,
    "matroska": _matroska,
    "png": _png,
    "webp": _webp,
    "jpeg": _jpeg,
    "gif": _gif,
    "flash": _flash,
}


def damaged(data: bytes, dice: random.Random) -> bytes:
    """The file cut, with bytes changed, with a number made extreme, or with a piece left out or told twice."""
    at = dice.randrange(len(data))
    kind = dice.randrange(5)
    if kind == 0:
        return data[:at]
    if kind == 1:
        changed = bytearray(data)
        for _ in range(dice.randrange(1, 9)):
            changed[dice.randrange(len(data))] = dice.randrange(256)
        return bytes(changed)
    if kind == 2:
        size = dice.choice((1, 2, 4, 8))
        number = dice.choice(EXTREMES) & ((1 << 8 * size) - 1)
        return data[:at] + number.to_bytes(size, dice.choice(("big", "little"))) + data[at + size :]
    length = dice.randrange(1, 64)
    return data[:at] + (data[at : at + length] * 2 if kind == 3 else b"") + data[at + length :]


@pytest.mark.parametrize("family", SEEDS)
def test_damage(tmp_path: Path, family: str) -> None:
    """A hundred and fifty damages of one small file: texts, and nothing else."""
    data = SEEDS[family](tmp_path)
    dice = random.Random(family)
    assert outcome(written(tmp_path, data))
    for _ in range(DAMAGES_OF_EACH):
        outcome(written(tmp_path, damaged(data, dice)))


@pytest.mark.parametrize("family", ["user data", "matroska", "png", "webp", "jpeg", "gif", "flash"])
def test_cut_anywhere(tmp_path: Path, family: str) -> None:
    """The shorter the file, the fewer texts it gives, and each of them is whole."""
    data = SEEDS[family](tmp_path)
    whole = outcome(written(tmp_path, data))
    for stop in range(len(data) - 1, 0, -7):
        found = outcome(written(tmp_path, data[:stop]))
        assert set(found) <= set(whole)


# -------------------------------------------------------------------------------------------------------- any bytes

HEADS = (
    b"\0\0\0\x08ftyp",
    b"\0\0\0\x08ftyp\0\0\0\0moov\0\0\0\0udta",
    b"\0\0\0\x08ftyp\0\0\0\0meta\0\0\0\0",
    made.matroska(is_open=True),
    made.matroska(is_open=True) + made.TAGS.to_bytes(4, "big") + b"\xff",
    b"\x89PNG\r\n\x1a\n",
    b"\x89PNG\r\n\x1a\n\0\0\1\0eXIfII*\0\x08\0\0\0",
    b"RIFF\xff\xff\0\0WEBP",
    b"RIFF\xff\xff\0\0AVI LIST\xff\xff\0\0INFO",
    b"\xff\xd8\xff\xe1",
    b"GIF89a\1\0\1\0\0\0\0\x21\xfe",
    b"FLV\1\5\0\0\0\x09\0\0\0\0\x12\0\1\0" + bytes(7) + b"\2\0\1a\x08",
)


@given(st.sampled_from(HEADS), st.binary(max_size=300))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, head: bytes, data: bytes) -> None:
    """No bytes behind the start of a family raise anything."""
    outcome(written(tmp_path_factory.getbasetemp(), head + data))


@given(st.binary(max_size=300), st.booleans())
def test_any_boxes(data: bytes, any_kind: bool) -> None:
    """Boxes follow each other, and those inside a range stay inside it."""
    block = Block(data)
    inner = list(inner_boxes(block, 0, block.size, steps=iter(range(1_000)), any_kind=any_kind))
    for one, next_one in itertools.pairwise(inner):
        assert one.stop == next_one.start
    assert all(one.start < one.content <= one.stop <= block.size for one in inner)
    assert len(list(boxes(block))) <= len(data) // 8


@given(st.binary(max_size=20), st.integers(0, 20))
def test_any_element(data: bytes, at: int) -> None:
    """An element starts where it was looked for, and its content behind that."""
    found = element(Block(data), at)
    if found is not None:
        assert at < found.start <= len(data)
        assert found.stop is None or found.start <= found.stop


# ----------------------------------------------------------------------------------------------------- known attacks


def test_a_text_too_long(tmp_path: Path) -> None:
    """A text past the bound is passed over; those around it count."""
    huge = made.box(b"wflo", b"{" + bytes(MOST_TEXT))
    small = made.box(b"wflo", PROMPT)
    path = written(tmp_path, made.mp4(made.box(b"moov", made.box(b"udta", small + huge + small))))
    assert (Carrier("moov/udta", "wflo", PROMPT.decode()),) * 2 == outcome(path)


@pytest.mark.slow
def test_texts_too_long_together(tmp_path: Path) -> None:
    """What comes after the bound for all texts is left out."""
    large = made.box(b"wflo", b"{" + b" " * (MOST_TEXT - 100))
    path = written(tmp_path, made.mp4(made.box(b"moov", made.box(b"udta", large * 3))))
    assert len(outcome(path)) == 2


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_bomb(tmp_path: Path, kind: bytes) -> None:
    """Kilobytes that become gigabytes are given up at the bound, all of them together."""
    packed = zlib.compress(bytes(MOST_TEXT + 1))
    bomb = made.chunk(kind, (b"k\0\0" if kind == b"zTXt" else b"k\0\1\0\0\0") + packed)
    path = written(tmp_path, made.png(*[bomb] * 100, after=[made.chunk(b"comf", b"prompt\0" + PROMPT)]))
    assert (Carrier("comf after IDAT", "prompt", PROMPT.decode()),) == outcome(path)


def test_boxes_in_boxes(tmp_path: Path) -> None:
    """Nesting without end is not followed."""
    inner = made.box(b"udta", made.box(b"wflo", PROMPT))
    shallow, deep = inner, inner
    for _ in range(5):
        shallow = made.box(b"moov", shallow)
    for _ in range(5_000):
        deep = made.box(b"moov", deep)
    expected = (Carrier("moov/moov/moov/moov/moov/udta", "wflo", PROMPT.decode()),)
    assert expected == outcome(written(tmp_path, made.mp4(deep, shallow)))


def test_tags_in_tags(tmp_path: Path) -> None:
    """Nesting without end is not followed."""
    tag = made.simple_tag("a", "b")
    for _ in range(2_000):
        tag = made.simple_tag("a", "b", tag)
    assert len(outcome(written(tmp_path, made.matroska(made.tags(tag))))) < 20


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "piece"),
    [
        (made.mp4(), made.box(b"free")),
        (made.matroska(is_open=True), made.element(made.VOID, b"", length_bytes=1)),
        (made.riff(b"AVI "), made.riff_chunk(b"LIST", b"hdrl")),
    ],
    ids=["mp4", "matroska", "avi"],
)
def test_more_pieces_than_a_film_has(tmp_path: Path, before: bytes, piece: bytes) -> None:
    """A walk ends after its steps."""
    assert outcome(written(tmp_path, before + piece * (2 * MOST_STEPS))) == ()


def test_lengths_and_places_past_any_file(tmp_path: Path) -> None:
    """What was found before a length of 2**56, or beside an index into 2**64, counts."""
    pointer = made.element(made.SEEK, made.element(made.SEEK_POSITION, b"\xff" * 8))
    endless = made.VOID.to_bytes(1, "big") + b"\1" + b"\xff" * 6 + b"\xfe"
    tags = made.tags(made.simple_tag("PROMPT", "{}"))
    path = written(tmp_path, made.matroska(made.element(made.SEEK_HEAD, pointer), tags, endless, is_open=True))
    assert outcome(path) == (Carrier("Matroska tag", "PROMPT", "{}"),)
    boxes_too = made.mp4(made.box(b"udta", made.box(b"wflo", b"{}")), made.wide_box(b"free", b"", length=(1 << 64) - 1))
    assert outcome(written(tmp_path, boxes_too)) == (Carrier("udta", "wflo", "{}"),)


def test_index_that_points_everywhere(tmp_path: Path) -> None:
    """A thousand ways into one long text are given up when enough was read."""
    long_tag = made.tags(made.simple_tag("a", "b" * (1 << 20)))
    pointers = (
        made.element(made.SEEK, made.element(made.SEEK_POSITION, (at + 9).to_bytes(4, "big"))) for at in range(999)
    )
    path = written(tmp_path, made.matroska(made.element(made.SEEK_HEAD, b"".join(pointers)), bytes(40), long_tag))
    outcome(path)


def test_as_many_texts_as_there_is_room_for(tmp_path: Path) -> None:
    """Past ten thousand texts no more are taken."""
    item = made.item_list([(b"desc", made.value(b"fox"))] * (MOST_CARRIERS + 5))
    path = written(tmp_path, made.mp4(made.box(b"moov", made.box(b"meta", bytes(4) + item))))
    assert len(outcome(path)) == MOST_CARRIERS
