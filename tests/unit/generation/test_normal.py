"""A carrier's text comes to the grammars without its wrapping, whatever was wrapped around it."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue
from turnover.generation import normal
from turnover.generation.normal import MOST_DEPTH, MOST_LAYERS, Part, parts

GRAPH: JsonValue = {"3": {"class_type": "KSampler", "inputs": {"seed": 2**64 - 1}}}
CANVAS: JsonValue = {"nodes": [], "links": []}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


def _parts(text: str, key: str = "comment", place: str = "tags") -> tuple[Part, ...]:
    return parts(Carrier(place, key, text), file_name="a.mp4")


def _values(text: str, key: str = "comment") -> list[tuple[str, JsonValue]]:
    return [(part.source, part.reading.value) for part in _parts(text, key)]


def _layered(value: JsonValue, layers: int) -> str:
    text = json.dumps(value)
    for _ in range(layers):
        text = json.dumps(text)
    return text


@given(layers=st.integers(0, MOST_LAYERS), before=st.text("\0\ufeff \n", max_size=4), after=st.text("\0 ", max_size=9))
def test_layers_and_padding(layers: int, before: str, after: str) -> None:
    """Up to four layers of JSON text, and padding on both sides, change nothing."""
    assert _values(before + _layered(GRAPH, layers) + after, "prompt") == [("tags prompt", GRAPH)]


def test_one_layer_too_many() -> None:
    """What is wrapped deeper is text, not a graph."""
    assert _values(_layered(GRAPH, MOST_LAYERS + 2), "prompt") == [("tags prompt", None)]


@given(value=json_values.filter(lambda value: isinstance(value, dict | list)))
def test_any_json(value: JsonValue) -> None:
    """JSON that wraps nothing comes as it is."""
    if not isinstance(value, dict) or not normal._WRAPPED & value.keys():
        assert [("tags comment", value)] == _values(json.dumps(value))


def test_names_in_exif() -> None:
    """ComfyUI writes a name and a colon before its JSON; the name becomes part of the source."""
    text = "\0prompt:" + json.dumps(GRAPH)
    (part,) = _parts(text, "Model", "EXIF Model")
    assert (part.source, part.key, part.reading.value) == ("EXIF Model prompt", "prompt", GRAPH)


def test_sentence_before_a_quotation() -> None:
    """A word before something that happens to be JSON is no prefix, as long as it is only a quotation."""
    (part,) = _parts('She said: "hello"')
    assert (part.reading.text, part.reading.value) == ('She said: "hello"', None)


def test_sentence_before_a_bracket() -> None:
    """JSON that does not go on to the end of the text is none."""
    (part,) = _parts('prompt: [a fox] at night {"a": 1} and more')
    assert (part.reading.text, part.reading.value) == ('prompt: [a fox] at night {"a": 1} and more', None)


def test_fragment_of_json() -> None:
    """Where an offset is stale, the value begins in the middle of another's text."""
    (part,) = _parts('e":3,"links":[206,211,223],"slot_index":0}],"properties":{"ver":"0.3.18"', "Model", "EXIF Model")
    assert (part.reading.value, part.reading.text[:12]) == (None, 'e":3,"links"')


def test_not_a_number() -> None:
    """NaN and infinities, which are no JSON and are written all the same, are null; so are numbers beyond floats."""
    assert _values('{"a": NaN, "b": [Infinity, -Infinity], "c": "NaN", "d": 1e999}') == [
        ("tags comment", {"a": None, "b": [None, None], "c": "NaN", "d": None})
    ]


def test_whole_numbers() -> None:
    """Whole numbers of any length are exact; one of thousands of digits is null."""
    text = '{"seed": 18446744073709551615, "more": 340282366920938463463374607431768211456, "long": ' + "9" * 5000 + "}"
    assert _values(text) == [("tags comment", {"seed": 2**64 - 1, "more": 2**128, "long": None})]


def test_one_comment_with_both_graphs() -> None:
    """The object of both graphs becomes two readings, whether a graph is JSON or the text of JSON."""
    both = {"prompt": json.dumps(GRAPH), "workflow": CANVAS, "CreationTime": "2026-03-11"}
    assert _values(json.dumps(both)) == [
        ("tags comment.prompt", GRAPH),
        ("tags comment.workflow", CANVAS),
        ("tags comment.CreationTime", None),
    ]


def test_page_and_programming_interface() -> None:
    """The page's export says output for prompt; a call to the interface has the canvas two levels down."""
    page = {"output": GRAPH, "workflow": CANVAS}
    call = {"prompt": GRAPH, "extra_data": {"extra_pnginfo": {"workflow": CANVAS}}, "client_id": "x"}
    assert _values(json.dumps(page)) == [("tags comment.output", GRAPH), ("tags comment.workflow", CANVAS)]
    assert _values(json.dumps(call)) == [
        ("tags comment.prompt", GRAPH),
        ("tags comment.extra_data.extra_pnginfo.workflow", CANVAS),
        ("tags comment.client_id", None),
    ]


def test_prompt_that_is_json() -> None:
    """Some models are asked in JSON; settings with such a prompt are no wrapper."""
    settings: JsonValue = {"type": "WanGP v9", "prompt": '{"scene": "a fox"}', "seed": 1}
    assert [("tags comment", settings)] == _values(json.dumps(settings))


def test_node_named_prompt() -> None:
    """A graph whose node has the id `prompt` is a graph."""
    graph: JsonValue = {"prompt": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox"}}}
    assert [("tags comment", graph)] == _values(json.dumps(graph))


def test_escaped_for_html() -> None:
    """Quotation marks as entities are quotation marks."""
    assert _values("{&quot;Label&quot;:&quot;1&quot;}", "AIGC") == [("tags AIGC", {"Label": "1"})]


def test_too_deep() -> None:
    """Deeper nesting than any generator's is text that no grammar will read."""
    deep = "[" * (MOST_DEPTH + 1) + "]" * (MOST_DEPTH + 1)
    deepest = "[" * 100_000 + "]" * 100_000
    assert [_values(deep), _values(deepest)] == [[("tags comment", None)]] * 2


def test_too_large() -> None:
    """A text over the limit is not looked at, nor is JSON of more values than fit in memory well."""
    assert _parts("x" * (normal.MOST_SIGNS + 1)) == ()
    assert _values("[" + "0," * normal.MOST_VALUES + "0]") == [("tags comment", None)]


def test_nothing_but_padding() -> None:
    """Room that was kept and not used says nothing."""
    assert _parts("\0\0 \ufeff\n\0") == ()


PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
   xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"
   xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmp:CreatorTool="Draw Things"
   Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
   TC260:AIGC="{&quot;Label&quot;:&quot;1&quot;}">
  <dc:description><rdf:Alt><rdf:li xml:lang="x-default">a fox &amp; a hare</rdf:li></rdf:Alt></dc:description>
  <exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">{"c":"a fox","uc":""}</rdf:li></rdf:Alt></exif:UserComment>
 </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def test_xmp() -> None:
    """Of an XMP packet come the properties that can tell something, together and one by one."""
    address = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    together = {
        "CreatorTool": "Draw Things",
        "DigitalSourceType": address,
        "AIGC": '{"Label":"1"}',
        "Description": "a fox & a hare",
        "UserComment": '{"c":"a fox","uc":""}',
    }
    first, *others = _parts(PACKET, "XML:com.adobe.xmp", "XMP")
    assert together == first.reading.value
    assert [
        ("XMP XML:com.adobe.xmp CreatorTool", "Draw Things", None),
        ("XMP XML:com.adobe.xmp DigitalSourceType", address, None),
        ("XMP XML:com.adobe.xmp AIGC", '{"Label":"1"}', {"Label": "1"}),
        ("XMP XML:com.adobe.xmp Description", "a fox & a hare", None),
        ("XMP XML:com.adobe.xmp UserComment", '{"c":"a fox","uc":""}', {"c": "a fox", "uc": ""}),
    ] == [(part.source, part.reading.text, part.reading.value) for part in others]


def test_xmp_cut_off() -> None:
    """A packet without its end gives what stands before the cut."""
    first, *_ = _parts(PACKET[: PACKET.index("<dc:description>")], "", "XMP")
    assert isinstance(first.reading.value, dict)
    assert first.reading.value["CreatorTool"] == "Draw Things"


def test_xmp_with_entities() -> None:
    """A packet that defines entities is not read: a few of them can stand for gigabytes."""
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + PACKET.replace("a fox", "&b;")
    assert [(part.source, part.reading.value) for part in _parts(bomb, "", "XMP")] == [("XMP", None)]


def test_xmp_of_another_writer() -> None:
    """A property of any name is given on when its text is of a generator's form."""
    packet = PACKET.replace("dc:description", "sd:anything").replace("a fox &amp; a hare", "Steps: 20, Seed: 1")
    assert ("XMP anything", "Steps: 20, Seed: 1") in [
        (part.source, part.reading.text) for part in _parts(packet.replace("xmlns:dc", "xmlns:sd"), "", "XMP")
    ]


def test_xmp_of_very_many() -> None:
    """A packet of a hundred thousand attributes, or as many elements in each other, is walked once."""
    attributes = "".join(f' a{place}="{{}}"' for place in range(100_000))
    wide = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"{attributes}/>'
    deep = "<rdf:RDF>" + "<a>" * 100_000
    assert [len(_parts(text, "", "XMP")) for text in (wide, deep)] == [normal.MOST_PARTS, 1]


def test_prompt_about_xmp() -> None:
    """JSON that speaks of RDF is JSON."""
    assert _values('{"text": "what is <rdf:RDF>?"}') == [("tags comment", {"text": "what is <rdf:RDF>?"})]


def test_wrapper_of_very_many() -> None:
    """A wrapper gives no more texts than a bound."""
    many = {"workflow": CANVAS, **{str(place): "x" for place in range(1000)}}
    assert len(_parts(json.dumps(many))) == normal.MOST_PARTS


@given(text=st.text(max_size=60), key=st.text(max_size=10), place=st.text(max_size=10))
def test_any_text(text: str, key: str, place: str) -> None:
    """No text makes it fail, and what is left is part of what was there."""
    for part in parts(Carrier(place, key, text), file_name=""):
        assert part.reading.value is not None or not part.reading.text.startswith("\0")


@given(cut=st.integers(0, len(PACKET)), other=st.characters())
def test_any_damage_to_xmp(cut: int, other: str) -> None:
    """Nor does damage at any place of a packet."""
    assert isinstance(_parts(PACKET[:cut] + other + PACKET[cut + 1 :], "", "XMP"), tuple)
