"""EXIF blocks and C2PA manifest stores, which stand in files of several families."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import structures as made
from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue
from turnover.media.boxes import Block
from turnover.media.walkers.bounds import MOST_STEPS, Steps
from turnover.media.walkers.c2pa import c2pa_texts
from turnover.media.walkers.cbor import cbor_value
from turnover.media.walkers.exif import exif_texts

DESCRIPTION, MAKE, MODEL, COPYRIGHT, COMMENT, NOTE, XP_COMMENT = 0x010E, 0x010F, 0x0110, 0x8298, 0x9286, 0x927C, 0x9C9C
BYTE, ASCII, LONG, UNDEFINED, UTF8 = 1, 2, 4, 7, 129
ORDERS: tuple[made.Order, ...] = ("big", "little")

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def steps() -> Steps:
    return iter(range(MOST_STEPS))


def exif_of(block: bytes) -> tuple[Carrier, ...]:
    return tuple(exif_texts(block, steps()))


# -------------------------------------------------------------------------------------------------------------- EXIF


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("before", [b"", b"Exif\0\0", b"\0\0\0\6Exif\0\0"], ids=["bare", "named", "with a length"])
def test_both_orders(order: made.Order, before: bytes) -> None:
    """Texts of the first directory and of the Exif directory are read, wherever the TIFF header stands."""
    block = made.exif(
        [
            (DESCRIPTION, ASCII, b"fox\0"),
            (MAKE, ASCII, b"workflow:{}\0"),
            (0x010C, ASCII, b"extra:[1, 2]\0"),
            (COPYRIGHT, ASCII, "Füchse\0".encode()),
        ],
        [(COMMENT, UNDEFINED, b"ASCII\0\0\0a fox"), (NOTE, UNDEFINED, b"fooocus")],
        order=order,
    )
    expected = (
        Carrier("EXIF ImageDescription", "ImageDescription", "fox"),
        Carrier("EXIF Make", "Make", "workflow:{}"),
        Carrier("EXIF 0x010c", "0x010c", "extra:[1, 2]"),
        Carrier("EXIF Copyright", "Copyright", "Füchse"),
        Carrier("EXIF UserComment", "UserComment", "a fox"),
        Carrier("EXIF MakerNote", "MakerNote", "fooocus"),
    )
    assert expected == exif_of(before + block)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (UNDEFINED, b"UNICODE\0" + "a 狐, Steps: 20".encode("utf-16-be"), "a 狐, Steps: 20"),
        (UNDEFINED, b"UNICODE\0" + "a 狐, Steps: 20".encode("utf-16-le"), "a 狐, Steps: 20"),
        (UNDEFINED, b"UNICODE\0" + "走る狐と月の夜".encode("utf-16-be"), "走る狐と月の夜"),
        (UNDEFINED, b"UNICODE\0" + "走る狐と月の夜".encode("utf-16-le"), "走る狐と月の夜"),
        (UNDEFINED, b"UNICODE\0" + "\ufeffa fox".encode("utf-16-le"), "a fox"),
        (UNDEFINED, b"UNICODE\0" + b'{"prompt": "a fox"}', '{"prompt": "a fox"}'),
        (UNDEFINED, b"ASCII\0\0\0" + "a 狐".encode(), "a 狐"),
        (UNDEFINED, b"JIS\0\0\0\0\0" + "走る狐".encode("iso2022_jp"), "走る狐"),
        (UNDEFINED, b"JIS\0\0\0\0\0" + "走る狐".encode("shift_jis"), "走る狐"),
        (UNDEFINED, bytes(8) + b"a fox", "a fox"),
        (UNDEFINED, b'{"prompt": "a fox"}', '{"prompt": "a fox"}'),
        (ASCII, b'{"prompt": "a fox"}\0', '{"prompt": "a fox"}'),
        (UTF8, "a 狐\0".encode(), "a 狐"),
    ],
)
def test_user_comments(order: made.Order, kind: int, value: bytes, text: str) -> None:
    """The encoding is the one named, or none; the order of UTF-16 is the one that can be read."""
    block = made.exif([], [(COMMENT, kind, value)], order=order)
    assert (Carrier("EXIF UserComment", "UserComment", text),) == exif_of(block)


def test_windows_comment() -> None:
    """Windows writes UTF-16 in its own order, into bytes."""
    block = made.exif([(XP_COMMENT, BYTE, "a 狐".encode("utf-16-le"))])
    assert (Carrier("EXIF XPComment", "XPComment", "a 狐"),) == exif_of(block)


def test_notes_of_a_camera() -> None:
    """Bytes that are no text are left out."""
    note = b"Nikon\0\2\x10\0\0MM\0*" + bytes(range(30))
    assert exif_of(made.exif([], [(NOTE, UNDEFINED, note)])) == ()


def test_text_of_four_bytes() -> None:
    """What fits into the entry stands there."""
    assert (Carrier("EXIF Model", "Model", "fox"),) == exif_of(made.exif([(MODEL, ASCII, b"fox\0")]))


def test_offset_left_behind() -> None:
    """A writer moved the second value and left its offset behind: what it shows is given, and the text itself too."""
    workflow, prompt = b"workflow:" + b'{"nodes": []}' * 9 + b"\0\0", b'prompt:{"3": {}}'
    block = made.exif([(MAKE, ASCII, workflow), (MODEL, ASCII, prompt + b"\0")])
    right = block.index(prompt).to_bytes(4, "big")
    stale = (block.index(prompt) - 60).to_bytes(4, "big")
    found = exif_of(block.replace(right, stale))
    assert Carrier("EXIF Make", "Make", workflow[:-1].decode()) == found[0]
    assert ("EXIF Model", workflow[-60:-43].decode()[:-1]) == (found[1].place, found[1].text[:16])
    assert (Carrier("EXIF without an entry", "", prompt.decode()),) == found[2:]


def test_values_over_each_other() -> None:
    """A thousand entries for one text give no more than twice the block, and once more what no entry takes."""
    value = b"a fox " * 1_000
    block = made.exif([(DESCRIPTION, ASCII, value)])
    entry, count = block[10:22], 1_000
    block = block[:8] + count.to_bytes(2, "big") + entry * count + block[22:] + bytes(12 * count)
    assert sum(len(carrier.text) for carrier in exif_of(block)) <= 3 * len(block)


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"MM\0*\0\0\0\x08", b"II*\0\x08\0\0\0", b"Exif\0\0II*\0\x08\0\0\0\3\0"]),
)
def test_any_block(data: bytes, before: bytes) -> None:
    """No bytes raise anything, and none give more text than twice themselves and what stands in entries."""
    found = exif_of(before + data)
    assert sum(len(carrier.text) for carrier in found) <= 4 * len(before + data)


# ------------------------------------------------------------------------------------------------------ CBOR and C2PA


@given(JSON)
def test_round_trip(value: JsonValue) -> None:
    """What JSON can hold comes back from CBOR as it was, 64 bits of integers included."""
    assert value == cbor_value(made.cbor(value), steps())


@pytest.mark.parametrize(
    ("digits", "value"),
    [
        ("9f 01 6161 ff", [1, "a"]),
        ("bf 6161 f4 ff", {"a": False}),
        ("7f 6261 62 6163 ff", "abc"),
        ("5f 42cafe ff", None),
        ("c0 6a 323032362d30332d3236", "2026-03-26"),
        ("c2 49 010000000000000000", None),
        ("f93e00", 1.5),
        ("f97e00", None),
        ("fa3fc00000", 1.5),
        ("f7", None),
        ("f8ff", None),
        ("a2 01 6161 6162 02", {"1": "a", "b": 2}),
    ],
)
def test_forms_of_cbor(digits: str, value: JsonValue) -> None:
    """Open lengths, tags, half floats and what JSON has no word for."""
    assert value == cbor_value(bytes.fromhex(digits), steps())


@pytest.mark.parametrize(
    "data", [b"", b"\x82\1", b"\x9b" + b"\xff" * 8, b"\x81" * 5_000, b"\x1c", b"\xff", b"\x7f\1\xff"]
)
def test_no_cbor(data: bytes) -> None:
    """What is cut, too deep or without sense is refused."""
    with pytest.raises(ValueError, match="CBOR"):
        cbor_value(data, steps())


@given(st.binary(max_size=200))
def test_any_cbor(data: bytes) -> None:
    """Any bytes give what JSON can write, without NaN, or a ValueError."""
    try:
        value = cbor_value(data, steps())
    except ValueError:
        return
    assert json.loads(json.dumps(value, allow_nan=False)) == value or _has_huge_float(value)


def _has_huge_float(value: JsonValue) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def test_last_manifest_is_active() -> None:
    """Older manifests are ingredients; hashes and pictures have a label and nothing else."""
    old = made.superbox("urn:uuid:1", made.superbox("c2pa.claim", made.box(b"cbor", made.cbor({"dc:title": "old"}))))
    assertions = made.superbox(
        "c2pa.assertions",
        made.superbox(
            "c2pa.thumbnail.claim.jpeg", made.box(b"bfdb", b"\0image/jpeg\0"), made.box(b"bidb", b"\xff\xd8")
        ),
        made.superbox("stds.schema-org.CreativeWork", made.box(b"json", b'{"author": NaN}')),
        made.superbox("c2pa.hash.data", made.box(b"cbor", b"\xa1\x64hash\x42\1\2")),
        made.superbox("broken", made.box(b"cbor", b"\x82\1")),
    )
    claim = made.cbor({"claim_generator_info": {"name": "fox"}, "instanceID": "xmp:iid:2", "dc:format": "video/mp4"})
    new = made.superbox("urn:uuid:2", assertions, made.superbox("c2pa.claim.v2", made.box(b"cbor", claim)))
    (found,) = c2pa_texts(Block(made.superbox("c2pa", old, new)), steps())
    expected = {
        "active_manifest": "urn:uuid:2",
        "manifests": {
            "urn:uuid:1": {"title": "old", "assertions": []},
            "urn:uuid:2": {
                "claim_generator_info": {"name": "fox"},
                "format": "video/mp4",
                "instance_id": "xmp:iid:2",
                "assertions": [
                    {"label": "c2pa.thumbnail.claim.jpeg", "data": None},
                    {"label": "stds.schema-org.CreativeWork", "data": {"author": None}},
                    {"label": "c2pa.hash.data", "data": None},
                    {"label": "broken", "data": None},
                ],
            },
        },
    }
    assert ("C2PA", "c2pa", expected) == (found.place, found.key, json.loads(found.text))


def test_json_too_deep() -> None:
    """An assertion that nests without end has a label and nothing else."""
    deep = made.superbox("deep", made.box(b"json", b"[" * 100_000 + b"]" * 100_000))
    flat = made.superbox("seventy", made.box(b"json", b"[" * 70 + b"]" * 70))
    store = made.superbox("c2pa", made.superbox("urn:uuid:1", made.superbox("c2pa.assertions", deep, flat)))
    (found,) = c2pa_texts(Block(store), steps())
    expected = [{"label": "deep", "data": None}, {"label": "seventy", "data": None}]
    assert expected == json.loads(found.text)["manifests"]["urn:uuid:1"]["assertions"]


@given(st.binary(max_size=200))
def test_any_store(data: bytes) -> None:
    """Any bytes, bare or inside a store, raise nothing."""
    wrapped = made.superbox("c2pa", made.superbox("urn:uuid:1", made.superbox("c2pa.assertions", data)))
    for block in (data, wrapped):
        assert all(json.loads(found.text) for found in c2pa_texts(Block(block), steps()))
