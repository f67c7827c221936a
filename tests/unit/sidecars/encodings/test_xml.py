"""XML comes back through lxml, whatever the values are, and nothing in a value does anything."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from tests.clips import GENERATED, clip
from tests.unit.sidecars.encodings.xml_documents import (
    EVERYTHING,
    any_text,
    body,
    made,
    read,
    rendering,
    texts,
    texts_of,
)
from turnover.core.clip import Clip
from turnover.core.generation import Generation
from turnover.core.rate import Rate
from turnover.sidecars.text import clean

# ---------------------------------------------------------------------------------------------------- any text


def with_prompt(text: str) -> Clip:
    return clip(generation=replace(GENERATED, prompt=text))


@given(text=texts)
def test_text_comes_back(text: str) -> None:
    """Any text stands as text in an element and in an attribute, and comes back clean."""
    source = body({"element": "p", "field": "generation.prompt", "attributes": {"a": "generation.prompt"}})

    root = read(made(source, with_prompt(text)))

    assert root.tag == "clip"
    (element,) = root
    assert (element.text or "", element.get("a")) == (clean(text), clean(text))
    assert [child.tag for child in root.iter()] == ["clip", "p"]


@given(text=texts, more=texts)
def test_text_with_something_around_it(text: str, more: str) -> None:
    """Joined, prefixed, cut and defaulted text is text as well."""
    source = body(
        {"element": "j", "join": ["generation.prompt", "generation.negative_prompt"], "separator": "<&>"},
        {"element": "c", "field": "generation.prompt", "prefix": "<a>", "suffix": "&b;", "max_length": 7},
        {"element": "d", "field": "clip.caption", "default": "<none> & \"'"},
        {"element": "l", "field": "clip.failure_tags", "separator": "</l>"},
    )
    one = clip(generation=Generation(prompt=text, negative_prompt=more))

    root = read(made(source, replace(one, failure_tags=(text, more))))

    expected = [
        clean(text) + "<&>" + clean(more),
        f"<a>{clean(text)}&b;"[:7],
        "<none> & \"'",
        clean(text) + "</l>" + clean(more),
    ]
    assert [element.text or "" for element in root] == expected


def test_carriage_returns_and_tabs() -> None:
    """Breaks of every kind survive, in text and in attributes, where parsers would make them one kind."""
    root = read(
        made(
            body({"element": "p", "field": "generation.prompt", "attributes": {"a": "generation.prompt"}}),
            with_prompt("a\r\nb\rc\nd\te\u0085f\u2028g "),
        )
    )
    assert root[0].text == root[0].get("a") == "a\r\nb\rc\nd\te\u0085f\u2028g "


# --------------------------------------------------------------------------------------------------------- trees

keys = any_text | st.sampled_from(
    ["xml", "XmlLang", "a:b", "1a", "a b", "", "entry", "item", "name", "a.b-c", "é", "<"]
)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | texts
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=15
)


def pairs_of(value: Any) -> Any:
    """What a tree is to give: pairs of name and content in order, what is not known left out."""
    if isinstance(value, dict):
        return [(clean(k), pairs_of(v)) for k, v in value.items() if is_known(v)]
    if isinstance(value, list):
        return [("item", pairs_of(v)) for v in value if is_known(v)]
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(value) if isinstance(value, str) else str(value)


def is_known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def read_pairs(element: etree._Element, expected: Any) -> Any:
    """The same from the document; a text and an empty list look alike, so what is expected decides."""
    if isinstance(expected, list) and (len(element) or not (element.text or "").strip()):
        return [
            (child.get("name", child.tag), read_pairs(child, inner))
            for child, (_, inner) in zip(element, expected, strict=True)
        ]
    return element.text or ""


@given(tree=st.dictionaries(keys, trees, max_size=4))
@example(tree={"entry": 1, "a b": {"": [[], {}, [None, [1]]]}})
@example(tree={"\u9fa6": 1, "größe": 2, "大きさ": 3, "크기": 4, "x\u0300": 5, "a·b": 6})
@example(tree={"xmlns": "urn:x", "xml:lang": "en", "clip": {"clip": "x"}})
def test_trees_come_back(tree: dict[str, Any]) -> None:
    """Any tree stands as elements; keys that are no XML names stand in an attribute."""
    cleaned = {clean(key): value for key, value in tree.items()}
    if len(cleaned) < len(tree):
        return
    content = made(body("generation_params"), replace(clip(), generation_params=tree))

    expected = pairs_of(tree)

    found = read(content).find("generation_params")
    assert (found is None) == (tree == {})
    if found is not None:
        assert unique(expected) == unique(read_pairs(found, expected))
        # Python's own parser knows the names of XML 1.0's fourth edition only.
        ElementTree.fromstring(content)


def unique(value: Any) -> Any:
    """Pairs with a repeated name only once, the last, as keys that are one when cleaned are."""
    if not isinstance(value, list) or (value and value[0][0] == "item"):
        return [(name, unique(inner)) for name, inner in value] if isinstance(value, list) else value
    return list({name: (name, unique(inner)) for name, inner in value}.values())


def test_a_tree_as_a_person_reads_it() -> None:
    """Names become elements, other keys entries, lists items; what is not known is left out."""
    one = replace(clip(), generation_params={"steps": 30, "a b": [1, None, True], "cfg": None, "deep": {"x": {}}})
    assert made(body("generation_params"), one).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<clip>\n"
        "  <generation_params>\n"
        "    <steps>30</steps>\n"
        '    <entry name="a b">\n'
        "      <item>1</item>\n"
        "      <item>true</item>\n"
        "    </entry>\n"
        "    <deep>\n"
        "      <x></x>\n"
        "    </deep>\n"
        "  </generation_params>\n"
        "</clip>\n"
    )


# ------------------------------------------------------------------------------------------- each, when, null

EACH: list[tuple[str, str, list[str]]] = [
    ("audio", "audio.codec", ["aac"]),
    ("failure_tags", "failure_tag.name", ["flicker", "face_lost"]),
    ("frames", "frame", ["0", "1", "2", "3"]),
    ("frames", "frame.index", ["0", "1", "2", "3"]),
    ("frames", "frame.host", ["1001", "1002", "1003", "1004"]),
    ("frames", "frame.timecode", ["01:00:00:00", "01:00:00:01", "01:00:00:02", "01:00:00:03"]),
    ("frames", "frame.seconds", ["0.000000", "0.041667", "0.083333", "0.125000"]),
    ("frames", "motion_score", ["0.500000", "", "0.250000", ""]),
    ("inputs", "input.name", ["start.png"]),
    ("inputs", "input.role", ["start_image"]),
    ("loras", "lora.name", ["detail", "off"]),
    ("loras", "lora.weight", ["0.800000", "0.500000"]),
    ("loras", "lora.weight_clip", ["1.000000"]),
    ("loras", "lora.is_enabled", ["true", "false"]),
    ("loras", "lora.index", ["1", "2"]),
    ("markers", "marker.name", ["m & m", "all"]),
    ("markers", "marker.comment", ["note"]),
    ("markers", "marker.color", ["red", "blue"]),
    ("markers", "marker.start", ["1", "0"]),
    ("markers", "marker.stop", ["2", "4"]),
    ("markers", "marker.last", ["1", "3"]),
    ("markers", "marker.frame_count", ["1", "4"]),
    ("markers", "marker.host_first", ["1002", "1001"]),
    ("markers", "marker.host_last", ["1002", "1004"]),
    ("markers", "marker.timecode", ["01:00:00:01", "01:00:00:00"]),
    ("markers", "marker.seconds", ["0.041667", "0.000000"]),
    ("models", "model.name", ["wan2.2_t2v.safetensors", "umt5_xxl"]),
    ("models", "model.role", ["diffusion", "text_encoder"]),
    ("passes", "pass.seed", ["1", "18446744073709551615"]),
    ("passes", "pass.denoise", ["0.500000"]),
    ("passes", "pass.model", ["high"]),
    ("segments", "segment.index", ["0", "1"]),
    ("segments", "segment.prompt", ["p1"]),
    ("segments", "segment.host_first", ["1001", "1003"]),
    ("segments", "segment.timecode", ["01:00:00:00", "01:00:00:02"]),
    ("tags", "tag.name", ["encoder", "title"]),
    ("tags", "tag.value", ["Lavf", "<t>"]),
    ("warnings", "warning.message", ["told"]),
]


@pytest.mark.parametrize(("collection", "name", "expected"), EACH, ids=[f"{each}-{name}" for each, name, _ in EACH])
def test_each(collection: str, name: str, expected: list[str]) -> None:
    """An element stands once for each item, in order; an item whose value is not known has none, a frame always."""
    root = read(made(body({"element": "x", "each": collection, "field": name}), EVERYTHING))
    assert [text or "" for text in texts_of(root, "x")] == expected


@pytest.mark.parametrize("collection", sorted({each for each, _, _ in EACH} - {"frames", "audio"}))
def test_each_of_nothing(collection: str) -> None:
    """A clip that has none of a collection has no element for it."""
    assert len(read(made(body({"element": "x", "each": collection, "value": 1}), clip()))) == 0


def test_each_inside_each() -> None:
    """A collection inside another is walked anew for each item."""
    source = body(
        {"element": "m", "each": "markers", "attributes": {"n": "marker.name"}, "fields": [
            {"element": "t", "each": "failure_tags", "join": ["marker.index", "failure_tag.name"], "separator": "-"},
            {"element": "f", "each": "frames", "when": {"field": "motion_score"}, "field": "frame"}]}
    )  # fmt: skip
    root = read(made(source, EVERYTHING))
    assert [[child.text for child in marker] for marker in root] == [
        ["1-flicker", "1-face_lost", "0", "2"],
        ["2-flicker", "2-face_lost", "0", "2"],
    ]


@pytest.mark.parametrize(
    ("when", "is_there"),
    [
        ("codec", True),
        ("clip.caption", False),
        ({"field": "clip.caption", "not": True}, True),
        ({"field": "codec", "not": True}, False),
        ({"field": "codec", "not": False}, True),
        ({"field": "codec", "equals": "h264"}, True),
        ({"field": "codec", "equals": "hevc"}, False),
        ({"field": "codec", "equals": "hevc", "not": True}, True),
        ({"field": "clip.caption", "equals": "x", "not": True}, True),
        ({"field": "video.rotation", "equals": "0"}, True),
        ({"field": "video.frame_rate", "encoder": "decimal", "equals": "24"}, True),
        ({"join": ["codec", "resolution"], "separator": "@", "equals": "h264@1280x720"}, True),
        ({"value": True, "equals": "true"}, True),
        (["codec", "clip.caption"], False),
        (["codec", {"field": "clip.caption", "not": True}], True),
    ],
)
def test_when(when: Any, is_there: bool) -> None:
    """An element is there when all its conditions hold: a value is known, or is a text; `not` turns one round."""
    assert len(read(made(body({"element": "x", "when": when}), clip()))) == is_there


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"element": "x", "field": "clip.caption"}, []),
        ({"element": "x", "field": "clip.caption", "null": "empty"}, [(None, {})]),
        ({"element": "x", "field": "clip.caption", "attributes": {"a": "codec"}}, [(None, {"a": "h264"})]),
        ({"element": "x", "field": "codec", "attributes": {"a": "clip.caption"}}, [("h264", {})]),
        ({"element": "x"}, [(None, {})]),
        ({"element": "x", "fields": []}, [(None, {})]),
        ({"element": "x", "fields": ["clip.caption"]}, [("\n  ", {})]),
        ({"element": "x", "field": "clip.caption", "default": "none"}, [("none", {})]),
    ],
)
def test_not_known(element: Any, expected: list[tuple[str | None, dict[str, str]]]) -> None:
    """An element that is not known is left out or empty, as the template says; an attribute is left out."""
    root = read(made(body(element), clip()))
    assert [(child.text, dict(child.attrib)) for child in root] == expected


def test_nulls_are_told() -> None:
    """What came out as "not known" is told by name, each once, in order."""
    found = rendering(body("clip.caption", "codec", "generation.seed", "clip.caption"), clip())
    found.content()
    assert list(found.findings.nulls) == ["clip.caption", "generation.seed"]


def test_null_policy_of_the_whole() -> None:
    """The policy of the template holds for all elements that do not state their own."""
    source = body("clip.caption", {"element": "a", "field": "clip.caption", "null": "omit"}, null="empty")
    assert [child.tag for child in read(made(source, clip()))] == ["clip.caption"]


# -------------------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("field", "options", "expected"),
    [
        ("clip.quality_score", {"decimals": 2}, "0.12"),
        ("clip.quality_score", {"decimals": 0}, "0"),
        ("clip.quality_score", {}, "0.125000"),
        ("generation.seed", {}, "18446744073709551615"),
        ("video.duration", {"decimals": 3}, "2.002"),
        ("video.duration", {"encoder": "fraction"}, "1001/500"),
        ("video.has_alpha", {"encoder": "digit"}, "0"),
        ("generation.loras", {"separator": "; "}, "detail:0.8"),
    ],
)
def test_stated_precision(field: str, options: Mapping[str, Any], expected: str) -> None:
    """Numbers have the decimals that the template states, half to even, and integers all their digits."""
    one = replace(clip(frames=48, rate=Rate(24000, 1001), generation=GENERATED), quality_score=0.125)
    assert texts_of(read(made(body({"element": "x", "field": field, **options}), one)), "x") == [expected]
