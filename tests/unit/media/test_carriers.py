"""Every place where a file can carry a text about how it was made, whatever the file is called."""

from __future__ import annotations

import json
import os
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from tests import structures as made
from tests.videos import comfy_tags, make
from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue
from turnover.errors import ProbeError
from turnover.media.carriers import carriers

PROMPT = '{"3": {"inputs": {"seed": 18446744073709551615}, "class_type": "KSampler"}}'
WORKFLOW = '{"nodes": [{"id": 3, "type": "KSampler"}], "links": []}'
BOTH = {"workflow": WORKFLOW, "prompt": PROMPT}
INFOTEXT = "a fox, 狐\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 4294967296"
XMP = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta>fox</x:xmpmeta><?xpacket end="w"?>'
TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
ACTION: JsonValue = {"action": "c2pa.created", "digitalSourceType": TRAINED, "softwareAgent": "Fox Maker"}
STORE = made.manifest_store({"claim_generator": "fox/1.0", "signature": "x"}, {"c2pa.actions": {"actions": [ACTION]}})
REPORT = {
    "active_manifest": "urn:uuid:1",
    "manifests": {
        "urn:uuid:1": {
            "claim_generator": "fox/1.0",
            "assertions": [{"label": "c2pa.actions", "data": {"actions": [ACTION]}}],
        }
    },
}
STORED = Carrier("C2PA", "c2pa", json.dumps(REPORT))

DESCRIPTION, MODEL, SOFTWARE, COMMENT = 0x010E, 0x0110, 0x0131, 0x9286
ASCII = 2


def written(folder: Path, data: bytes, name: str = "a.bin") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def found_in(folder: Path, data: bytes) -> tuple[Carrier, ...]:
    return carriers(written(folder, data))


def without_writers(found: tuple[Carrier, ...]) -> tuple[Carrier, ...]:
    """Less what FFmpeg says of itself and of the streams."""
    own = {"encoder", "©too", "©swr", "handler_name", "vendor_id", "duration", "writingapp", "isft"}
    return tuple(carrier for carrier in found if carrier.key.lower() not in own)


# --------------------------------------------------------------------------------------- what real writers write


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
@pytest.mark.parametrize("muxer", [{}, {"movflags": "faststart"}, {"movflags": "frag_keyframe+empty_moov"}])
def test_comfy_video(tmp_path: Path, suffix: str, muxer: dict[str, str]) -> None:
    """SaveVideo's tags are read in their order, wherever the index stands."""
    graphs = comfy_tags("a fox", 2**64 - 1, loras=[("fur.safetensors", 0.8)])
    path = make(tmp_path, f"a{suffix}", tags=graphs, use_metadata_tags=True, muxer=muxer)
    found = without_writers(carriers(path))
    assert tuple(graphs.items()) == tuple((carrier.key, carrier.text) for carrier in found)
    assert {carrier.place for carrier in found} <= {"moov/meta", "moov/udta/meta"}


@pytest.mark.parametrize("name", ["a.mkv", "a.webm"])
@pytest.mark.parametrize("muxer", [{}, {"live": "1"}])
def test_comfy_matroska(tmp_path: Path, name: str, muxer: dict[str, str]) -> None:
    """Matroska's tags have names in capitals; a live recording leaves the lengths of its clusters open."""
    graphs = comfy_tags("a fox", 7)
    path = make(tmp_path, name, tags={**graphs, "title": "Fox"}, muxer=muxer)
    expected = [Carrier("Matroska tag", key.upper(), text) for key, text in graphs.items()]
    assert (Carrier("Matroska info", "Title", "Fox"), *expected) == without_writers(carriers(path))


def test_name_that_lies(tmp_path: Path) -> None:
    """The content decides: a WebM that is called MP4 has the same texts."""
    path = make(tmp_path, "a.webm", tags=BOTH)
    lying = written(tmp_path, path.read_bytes(), "a.mp4")
    assert carriers(path) == carriers(lying) != ()


def test_comment_of_video_helper_suite(tmp_path: Path) -> None:
    """A comment is an item of its own name in MP4."""
    path = make(tmp_path, "a.mp4", tags={"comment": PROMPT, "title": "fox.mp4"})
    expected = {Carrier("moov/udta/meta", "©cmt", PROMPT), Carrier("moov/udta/meta", "©nam", "fox.mp4")}
    assert expected == set(without_writers(carriers(path)))


@pytest.mark.parametrize("length", [10, 65_535, 65_536, 200_000])
def test_long_comment_in_quicktime(tmp_path: Path, length: int) -> None:
    """QuickTime's length has 16 bits, too few for a graph: FFmpeg writes the low ones, and the box tells the rest."""
    text = json.dumps({"prompt": "狐" * (length // 6)}).ljust(length)
    path = make(tmp_path, "a.mov", tags={"comment": text})
    expected = {Carrier("moov/udta", key, text) for key in ("©cmt", "©des")}
    assert expected == set(without_writers(carriers(path)))


@pytest.mark.parametrize(
    ("is_private", "place"), [(False, "tEXt"), (True, "comf after IDAT")], ids=["SaveImage", "SaveAnimatedPNG"]
)
def test_comfy_png(tmp_path: Path, is_private: bool, place: str) -> None:
    """ComfyUI's private chunks stand behind the pictures, where Pillow shows none."""
    path = make(tmp_path, "a.png", tags=BOTH, use_metadata_tags=is_private)
    assert tuple(Carrier(place, key, text) for key, text in BOTH.items()) == carriers(path)


def test_comfy_webp(tmp_path: Path) -> None:
    """SaveAnimatedWEBP writes the graphs as make and model of a camera."""
    expected = (
        Carrier("EXIF Make", "Make", f"workflow:{WORKFLOW}"),
        Carrier("EXIF Model", "Model", f"prompt:{PROMPT}"),
    )
    assert expected == carriers(make(tmp_path, "a.webp", tags=BOTH))


def test_comment_of_a_gif(tmp_path: Path) -> None:
    """A comment is put together from its blocks of 255 bytes."""
    path = make(tmp_path, "a.gif", tags={"comment": INFOTEXT * 10})
    assert (Carrier("GIF comment", "", INFOTEXT * 10),) == carriers(path)


def test_avi(tmp_path: Path) -> None:
    """The list of texts is found among those of the streams."""
    path = make(tmp_path, "a.avi", tags={"comment": INFOTEXT, "title": "Fox"}, audio=True)
    expected = {Carrier("LIST INFO", "ICMT", INFOTEXT), Carrier("LIST INFO", "INAM", "Fox")}
    assert expected == set(without_writers(carriers(path)))


def test_avif(tmp_path: Path) -> None:
    """HEIF keeps EXIF and XMP as items, whose places the file lists."""
    exif = Image.Exif()
    exif[MODEL] = f"prompt:{PROMPT}"
    path = tmp_path / "a.avif"
    Image.new("RGB", (16, 16)).save(path, exif=exif, xmp=XMP.encode())
    expected = {Carrier("EXIF Model", "Model", f"prompt:{PROMPT}"), Carrier("XMP", "application/rdf+xml", XMP)}
    assert expected == set(carriers(path))


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".avif", ".png"])
def test_infotext_in_a_picture(tmp_path: Path, suffix: str) -> None:
    """A user comment in UTF-16 is read from every kind of picture that has EXIF."""
    exif = Image.Exif()
    exif[SOFTWARE] = "Fox Maker"
    exif.get_ifd(0x8769)[COMMENT] = b"UNICODE\0" + INFOTEXT.encode("utf-16-be")
    path = tmp_path / f"a{suffix}"
    Image.new("RGB", (16, 16)).save(path, exif=exif)
    expected = (Carrier("EXIF Software", "Software", "Fox Maker"), Carrier("EXIF UserComment", "UserComment", INFOTEXT))
    assert expected == carriers(path)


@given(st.dictionaries(st.text("abcdef", min_size=1), st.text(st.characters(codec="utf-8"), min_size=1), max_size=4))
def test_any_text_by_pillow(tmp_path_factory: pytest.TempPathFactory, texts: dict[str, str]) -> None:
    """What Pillow writes into a PNG is read back exactly, in all three kinds of chunks."""
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_itxt(key, text, zip=len(text) % 2 == 0)
        info.add_itxt(f"{key}2", text)
    path = tmp_path_factory.mktemp("png") / "a.png"
    Image.new("1", (1, 1)).save(path, pnginfo=info)
    kept = {key: text for key, text in texts.items() if text.strip("\0\t\n\r ")}
    pairs = [pair for key, text in kept.items() for pair in ((key, text), (f"{key}2", text))]
    # A mark of the byte order at the start belongs to the encoding.
    assert [(key, text.removeprefix("\ufeff")) for key, text in pairs if text != "\ufeff"] == [
        (carrier.key, carrier.text) for carrier in carriers(path)
    ]


# ------------------------------------------------------------------------------------------------------ MP4 by hand


def test_two_lists_of_keys(tmp_path: Path) -> None:
    """Items count the keys of their own `meta`, with version or without, in the film, its user data and its tracks."""
    data = made.mp4(
        made.box(
            b"moov",
            made.keyed_meta({"com.apple.quicktime.artwork": "{}"}, is_quicktime=True)
            + made.box(b"udta", made.keyed_meta({"workflow": WORKFLOW}))
            + made.box(b"trak", made.keyed_meta({"prompt": PROMPT}) + made.box(b"mdia", made.keyed_meta({"a": "b"}))),
        )
    )
    expected = (
        Carrier("moov/meta", "com.apple.quicktime.artwork", "{}"),
        Carrier("moov/udta/meta", "workflow", WORKFLOW),
        Carrier("moov/trak/meta", "prompt", PROMPT),
        Carrier("moov/trak/mdia/meta", "a", "b"),
    )
    assert expected == found_in(tmp_path, data)


def test_free_form_item(tmp_path: Path) -> None:
    """An item called `----` has its name inside."""
    mean, name = made.box(b"mean", bytes(4) + b"com.apple.iTunes"), made.box(b"name", bytes(4) + b"prompt")
    items = [(b"----", mean + name + made.value(PROMPT.encode())), (b"desc", made.value(b"fox"))]
    data = made.mp4(made.box(b"moov", made.box(b"udta", made.box(b"meta", bytes(4) + made.item_list(items)))))
    expected = (Carrier("moov/udta/meta", "prompt", PROMPT), Carrier("moov/udta/meta", "desc", "fox"))
    assert expected == found_in(tmp_path, data)


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        (1, "狐".encode(), "狐"),
        (1, "Füchse".encode("latin-1"), "Füchse"),
        (2, "狐".encode("utf-16-be"), "狐"),
        (3, "狐".encode("shift_jis"), "狐"),
        (0, b"fox", "fox"),
        (0, b"\0\0\0\1\0\2\0\0", None),
        (21, b"\0\x80", None),
        (13, b"\xff\xd8\xff\xe0", None),
    ],
)
def test_kinds_of_values(tmp_path: Path, kind: int, data: bytes, text: str | None) -> None:
    """Values that are texts are read by their encoding; numbers and pictures are none."""
    items = made.item_list([(b"desc", made.value(data, kind))])
    found = found_in(tmp_path, made.mp4(made.box(b"moov", made.box(b"meta", bytes(4) + items))))
    assert (() if text is None else (Carrier("moov/meta", "desc", text),)) == found


def test_user_data(tmp_path: Path) -> None:
    """Texts by language, an item's value, bare text, 3GPP's form, boxes of a generator's own, in or out of the film."""

    def by_language(*texts: bytes) -> bytes:
        return b"".join(struct.pack(">HH", len(text), 0x55C4) + text for text in texts)

    inner = (
        made.box(b"\xa9nam", by_language(b"fox", "狐".encode()) + bytes(4)),
        made.box(b"\xa9ART", by_language("ü".encode("mac_roman"))),
        made.box(b"\xa9cmt", made.value(PROMPT.encode())),
        made.box(b"\xa9des", b"a bare description"),
        made.box(b"titl", bytes(4) + b"\x55\xc4" + "Füchse\0".encode()),
        made.box(b"wflo", bytes(4) + WORKFLOW.encode()),
        made.box(b"mine", PROMPT.encode()),
        made.box(b"TAGS", b"PENTAX\0\1"),
        made.box(b"skip", b"{}"),
    )
    expected = [
        ("©nam", "fox"),
        ("©nam", "狐"),
        ("©ART", "ü"),
        ("©cmt", PROMPT),
        ("©des", "a bare description"),
        ("titl", "Füchse"),
        ("wflo", WORKFLOW),
        ("mine", PROMPT),
    ]
    user_data = made.box(b"udta", b"".join(inner))
    found = found_in(tmp_path, made.mp4(made.box(b"moov", user_data), user_data))
    places = ("moov/udta", "udta")
    assert tuple(Carrier(place, key, text) for place in places for key, text in expected) == found


def test_boxes_with_a_uuid(tmp_path: Path) -> None:
    """XMP, a C2PA manifest store behind its purpose, and JSON of an unknown writer stand in boxes of one kind."""
    purpose = bytes(4) + b"manifest\0" + bytes(8)
    data = made.mp4(
        made.box(b"uuid", made.C2PA_UUID + purpose + STORE),
        made.box(b"moov", made.box(b"udta", made.box(b"XMP_", XMP.encode()))),
        made.box(b"uuid", made.XMP_UUID + XMP.encode()),
        made.box(b"uuid", bytes(range(16)) + PROMPT.encode()),
        made.box(b"uuid", bytes(range(16)) + b"\1\2\3"),
    )
    expected = (
        STORED,
        Carrier("XMP", "moov/udta/XMP_", XMP),
        Carrier("XMP", "uuid", XMP),
        Carrier("uuid", bytes(range(16)).hex(), PROMPT),
    )
    assert expected == found_in(tmp_path, data)


def test_pictures_are_passed_over(tmp_path: Path) -> None:
    """Four GiB of pictures before the index are more than may be read, and none of them is."""
    path = written(tmp_path, made.mp4(made.wide_box(b"mdat", b"", length=16 + (4 << 30))))
    size = path.stat().st_size + (4 << 30)
    os.truncate(path, size)
    with path.open("ab") as file:
        file.write(made.box(b"moov", made.keyed_meta({"prompt": PROMPT})))
    assert (Carrier("moov/meta", "prompt", PROMPT),) == carriers(path)


def test_last_box_without_an_end(tmp_path: Path) -> None:
    """A length of 0 is "to the end of the file"."""
    index = made.box(b"moov", made.keyed_meta({"prompt": PROMPT}))
    assert (Carrier("moov/meta", "prompt", PROMPT),) == found_in(tmp_path, made.mp4(bytes(4) + index[4:]))


# ------------------------------------------------------------------------------------------------- Matroska by hand


@pytest.mark.parametrize("length_bytes", range(1, 9))
def test_lengths_of_any_size(tmp_path: Path, length_bytes: int) -> None:
    """A length may take from one to eight bytes."""
    inner = made.element(made.TAG_NAME, b"PROMPT", length_bytes=length_bytes)
    inner += made.element(made.TAG_STRING, b"{}", length_bytes=length_bytes)
    for id_ in (made.SIMPLE_TAG, made.TAG, made.TAGS):
        inner = made.element(id_, inner, length_bytes=length_bytes)
    assert (Carrier("Matroska tag", "PROMPT", "{}"),) == found_in(tmp_path, made.matroska(inner))


def test_tags_behind_the_pictures(tmp_path: Path) -> None:
    """Voids and clusters are passed over, those of open length by what they hold."""
    block = made.element(made.TIMESTAMP, b"\0") + made.element(made.SIMPLE_BLOCK, bytes(50))
    data = made.matroska(
        made.element(made.VOID, bytes(30)),
        made.element(made.CLUSTER, block, is_open=True),
        made.element(made.CLUSTER, block),
        made.element(made.CLUSTER, block, is_open=True),
        made.tags(made.simple_tag("PROMPT", PROMPT)),
        made.tags(made.simple_tag("ENCODER", "Lavc"), track=1),
        is_open=True,
    )
    expected = (Carrier("Matroska tag", "PROMPT", PROMPT), Carrier("Matroska track tag", "ENCODER", "Lavc"))
    assert expected == found_in(tmp_path, data)


def test_damage_before_the_tags(tmp_path: Path) -> None:
    """Where the way is damaged, the index at the start leads to the tags; where it is not, they count once."""

    def film(before_tags: bytes) -> bytes:
        def index(position: int) -> bytes:
            seek = made.element(made.SEEK_ID, made.TAGS.to_bytes(4, "big"))
            seek += made.element(made.SEEK_POSITION, position.to_bytes(8, "big"))
            return made.element(made.SEEK_HEAD, made.element(made.SEEK, seek))

        position = len(index(0)) + len(before_tags)
        return made.matroska(index(position), before_tags, made.tags(made.simple_tag("PROMPT", PROMPT)))

    expected = (Carrier("Matroska tag", "PROMPT", PROMPT),)
    assert expected == found_in(tmp_path, film(bytes(40)))
    assert expected == found_in(tmp_path, film(made.element(made.VOID, b"")))


def test_tags_in_tags(tmp_path: Path) -> None:
    """Inner tags say what they are in; bytes count where they are text."""
    inner = made.simple_tag("SEED", "7", made.simple_tag("HASH", b"\xff\xfe\1"))
    data = made.matroska(made.tags(made.simple_tag("GENERATION", b'{"steps": 20}', inner)))
    expected = (
        Carrier("Matroska tag", "GENERATION", '{"steps": 20}'),
        Carrier("Matroska tag in GENERATION", "SEED", "7"),
    )
    assert expected == found_in(tmp_path, data)


def test_attached_files(tmp_path: Path) -> None:
    """Texts are told by type or name; fonts and pictures are left."""

    def file(name: str, kind: str, content: bytes) -> bytes:
        parts = ((made.FILE_NAME, name.encode()), (made.FILE_TYPE, kind.encode()), (made.FILE_CONTENT, content))
        return made.element(made.FILE, b"".join(made.element(id_, part) for id_, part in parts))

    files = (
        file("graph", "application/json", WORKFLOW.encode()),
        file("prompt.TXT", "application/octet-stream", b"a fox"),
        file("cover.png", "image/png", b"\x89PNG"),
    )
    expected = (
        Carrier("Matroska attachment", "graph", WORKFLOW),
        Carrier("Matroska attachment", "prompt.TXT", "a fox"),
    )
    assert expected == found_in(tmp_path, made.matroska(made.element(made.ATTACHMENTS, b"".join(files))))


# ------------------------------------------------------------------------------------------------- pictures by hand


def test_all_chunks_of_a_png(tmp_path: Path) -> None:
    """Each kind of text is read before and behind the picture data."""
    texts = (
        made.chunk(b"tEXt", b"parameters\0" + INFOTEXT.encode()),
        made.chunk(b"tEXt", b"Title\0" + "Füchse".encode("latin-1")),
        made.chunk(b"zTXt", b"packed\0\0" + zlib.compress(PROMPT.encode())),
        made.chunk(b"iTXt", b"Comment\0\0\0de\0Kommentar\0" + "Füchse".encode()),
        made.chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress("Füchse".encode())),
        made.chunk(b"comf", b"prompt\0" + PROMPT.encode()),
    )
    others = (
        made.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP.encode()),
        made.chunk(b"eXIf", made.exif([(MODEL, ASCII, b"prompt:{}\0")])),
        made.chunk(b"caBX", STORE),
    )
    named = [
        ("tEXt", "parameters", INFOTEXT),
        ("tEXt", "Title", "Füchse"),
        ("zTXt", "packed", PROMPT),
        ("iTXt", "Comment", "Füchse"),
        ("iTXt", "Comment", "Füchse"),
        ("comf", "prompt", PROMPT),
    ]
    unplaced = (
        Carrier("XMP", "XML:com.adobe.xmp", XMP),
        Carrier("EXIF Model", "Model", "prompt:{}"),
        STORED,
    )
    before = tuple(Carrier(*carrier) for carrier in named)
    after = tuple(Carrier(f"{place} after IDAT", key, text) for place, key, text in named)
    found = found_in(tmp_path, made.png(*texts, *others, after=(*texts, *others)))
    assert (*before, *unplaced, *after, *unplaced) == found


def test_profiles_of_imagemagick(tmp_path: Path) -> None:
    """EXIF and XMP that stand in a text as hexadecimal digits are read; digits that are none are not."""

    def profile(name: str, content: str) -> bytes:
        text = f"\n{name}\n{len(content) // 2:8}\n{content}\n"
        return made.chunk(b"zTXt", f"Raw profile type {name}\0\0".encode() + zlib.compress(text.encode()))

    block = b"Exif\0\0" + made.exif([(SOFTWARE, ASCII, b"Fox Maker\0")])
    data = made.png(profile("exif", block.hex()), profile("xmp", XMP.encode().hex()), profile("exif", "no digits"))
    assert (
        Carrier("EXIF Software", "Software", "Fox Maker"),
        Carrier("XMP", "Raw profile type xmp", XMP),
    ) == found_in(tmp_path, data)


def test_chunks_of_a_webp(tmp_path: Path) -> None:
    """XMP and C2PA are read, even behind the length that the header tells."""
    exif = b"Exif\0\0" + made.exif([(DESCRIPTION, ASCII, b"extra:{}\0")], order="little")
    data = made.riff(
        b"WEBP",
        made.riff_chunk(b"VP8X", bytes(10)),
        made.riff_chunk(b"ANMF", bytes(31)),
        made.riff_chunk(b"EXIF", exif),
        made.riff_chunk(b"XMP ", XMP.encode()),
    ) + made.riff_chunk(b"C2PA", STORE)
    expected = (
        Carrier("EXIF ImageDescription", "ImageDescription", "extra:{}"),
        Carrier("XMP", "XMP", XMP),
        STORED,
    )
    assert expected == found_in(tmp_path, data)


def test_segments_of_a_jpeg(tmp_path: Path) -> None:
    """What is cut into several segments is put together, in whatever order they stand."""
    digits = b"0123456789ABCDEF0123456789ABCDEF"
    long_xmp = "<rdf:RDF>" + "fox " * 40 + "</rdf:RDF>"
    pieces = [(at, long_xmp.encode()[at : at + 100]) for at in range(0, len(long_xmp), 100)]
    more = [
        made.segment(
            0xE1,
            b"http://ns.adobe.com/xmp/extension/\0" + digits + struct.pack(">II", len(long_xmp), at) + piece,
        )
        for at, piece in pieces
    ]
    half = len(STORE) // 2
    stored = [
        made.segment(0xEB, b"JP\0\1" + struct.pack(">I", 1) + STORE[:half]),
        made.segment(0xEB, b"JP\0\1" + struct.pack(">I", 2) + STORE[:8] + STORE[half:]),
    ]
    data = made.jpeg(
        made.segment(0xE0, b"JFIF\0"),
        made.segment(0xE1, b"Exif\0\0" + made.exif([(SOFTWARE, ASCII, b"Fox Maker\0")])),
        made.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP.encode()),
        *reversed(more),
        *stored,
        made.segment(0xFE, INFOTEXT.encode()),
    )
    expected = (
        Carrier("EXIF Software", "Software", "Fox Maker"),
        Carrier("XMP", "APP1", XMP),
        Carrier("JPEG comment", "", INFOTEXT),
        Carrier("XMP", "APP1 extension", long_xmp),
        STORED,
    )
    assert expected == found_in(tmp_path, data)


def test_extensions_of_a_gif(tmp_path: Path) -> None:
    """Comments, XMP and C2PA are read before and behind the picture."""
    others = b"\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"
    store = b"\x21\xff\x0bC2PA_GIF\1\0\0" + made.sub_blocks(STORE)
    data = made.gif(others, made.xmp_extension(XMP.encode()), after=[made.comment_extension(INFOTEXT.encode()), store])
    assert (Carrier("XMP", "GIF", XMP), Carrier("GIF comment", "", INFOTEXT), STORED) == found_in(tmp_path, data)


def test_flash_video(tmp_path: Path) -> None:
    """Strings are texts; numbers are not."""
    data = made.flash("onMetaData", {"duration": 1.5, "AIGC": '{"Label":"1"}', "stereo": True, "comment": INFOTEXT})
    expected = (Carrier("onMetaData", "AIGC", '{"Label":"1"}'), Carrier("onMetaData", "comment", INFOTEXT))
    assert expected == found_in(tmp_path, data)


# --------------------------------------------------------------------------------------------------------- not media


@pytest.mark.parametrize("data", [b"a text that is no media", b"\0", b"RIFF\4\0\0\0rmid", b"\x7fELF" + bytes(60)])
def test_no_known_family(tmp_path: Path, data: bytes) -> None:
    """What is no media file carries nothing."""
    assert found_in(tmp_path, data) == ()


@pytest.mark.parametrize(("name", "code"), [("missing.mp4", "not_found"), (".", "not_a_file"), ("a.bin", "empty")])
def test_no_file(tmp_path: Path, name: str, code: str) -> None:
    """What cannot be opened is refused as by a probe."""
    written(tmp_path, b"")
    with pytest.raises(ProbeError) as refused:
        carriers(tmp_path / name)
    assert code == refused.value.code
