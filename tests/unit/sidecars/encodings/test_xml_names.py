"""Names, namespaces and what stands around a document are XML's own, or are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.clips import clip
from tests.unit.sidecars.encodings.xml_documents import (
    body,
    made,
    read,
    texts,
)
from turnover.errors import TemplateError
from turnover.sidecars.template import parse_template


@pytest.mark.parametrize("name", ["a", "_", "é", "a-b.c", "日本", "a1", "clip", "A", "a·b", "series.x", "𐀀"])
def test_names_that_are_right(name: str) -> None:
    """Every name of XML 1.0 is taken, for elements and for attributes."""
    source = {"root_element": name, "attributes": {name: {"value": "v"}}, "fields": [{"element": name, "value": 1}]}
    root = read(made(source, clip()))
    assert (root.tag, root.get(name), root[0].tag) == (name, "v", name)


@pytest.mark.parametrize(
    "name",
    ["1a", "a b", "-a", ".a", "a<b", "a>", "a/", "a&b", "a=b", 'a"', "a\n", "\u00d7", "\u037e", "a\u2028", "a:", ":a",
     "a:b:c", "xml", "XML", "xmlns", "Xml-stylesheet", "xmlfoo", "x:a", "xml:a", "xmlns:a", "\u0300a", "a\u00a0b"],
)  # fmt: skip
def test_names_that_are_wrong(name: str) -> None:
    """A name that is none, is reserved, or has a prefix nobody declared is refused wherever it stands."""
    sources: tuple[dict[str, Any], ...] = (
        {"root_element": name, "fields": []},
        body({"element": name}),
        body(doctype=name),
        body(attributes={name: {"value": 1}}),
    )
    for source in sources:
        with pytest.raises(TemplateError, match=r"is no XML name|is reserved|is not declared"):
            parse_template(source, slug="mine")


@given(name=texts)
def test_any_name(name: str) -> None:
    """Any text as a name is refused, or makes an element of that name."""
    try:
        content = made(body({"element": name, "attributes": {name: {"value": "v"}}}), clip())
    except TemplateError:
        return
    (element,) = read(content)
    assert (element.tag, element.get(name)) == (name, "v")


uris = texts | st.from_regex(r"[a-z]{1,3}:(//)?[-a-zA-Z0-9:@/?#%\[\]!$&'()*+,;=._~ ]{0,12}", fullmatch=True)


@settings(max_examples=200)
@given(uri=uris, other=uris)
@example(uri="adobe:ns:meta/", other="http://www.w3.org/1999/02/22-rdf-syntax-ns#")
@example(uri="\x80", other="urn:x")
@example(uri="http://a:b", other="urn:x")
@example(uri="relative", other="urn:x")
def test_any_namespace(uri: str, other: str) -> None:
    """Any address is refused, or its prefix stands for exactly that address."""
    source = body({"element": "p:a", "attributes": {"p:b": {"value": 1}}}, namespaces={"p": uri, "": other})
    try:
        content = made(source, clip())
    except TemplateError:
        return
    root = read(content)
    assert (root.tag, root[0].tag) == (f"{{{other}}}clip", f"{{{uri}}}a")
    assert root[0].get(f"{{{uri}}}b") == "1"


@pytest.mark.parametrize(
    ("namespaces", "message"),
    [
        ({"a": "urn:x", "b": "urn:x"}, "two prefixes stand for 'urn:x'"),
        ({"": "urn:x", "b": "urn:x"}, "two prefixes stand for 'urn:x'"),
        ({"a": ""}, "expected the address of a namespace|'' cannot be the address of a namespace"),
        ({"a": "relative/path"}, "'relative/path' cannot be the address of a namespace"),
        ({"a": "urn:a b"}, "'urn:a b' cannot be the address of a namespace"),
        ({"a": "urn:<b>"}, "'urn:<b>' cannot be the address of a namespace"),
        ({"a": "http://www.w3.org/XML/1998/namespace"}, "cannot be the address of a namespace"),
        ({"a": "http://www.w3.org/2000/xmlns/"}, "cannot be the address of a namespace"),
        ({"xml": "urn:x"}, "'xml' cannot be a prefix"),
        ({"xmlns": "urn:x"}, "'xmlns' cannot be a prefix"),
        ({"XmlA": "urn:x"}, "'XmlA' cannot be a prefix"),
        ({"a:b": "urn:x"}, "'a:b' cannot be a prefix"),
        ({"1": "urn:x"}, "'1' cannot be a prefix"),
    ],
)
def test_namespaces_that_are_wrong(namespaces: dict[str, str], message: str) -> None:
    """Two prefixes for one address could make one attribute stand twice; reserved ones are XML's own."""
    with pytest.raises(TemplateError, match=message):
        parse_template(body(namespaces=namespaces), slug="mine")


def test_xml_lang() -> None:
    """The prefix xml needs no declaration on an attribute."""
    root = read(made(body({"element": "li", "attributes": {"xml:lang": {"value": "x-default"}}}), clip()))
    assert root[0].get("{http://www.w3.org/XML/1998/namespace}lang") == "x-default"


@pytest.mark.parametrize("indent", [0, 1, 8])
def test_indent(indent: int) -> None:
    """Indents change white space between elements and nothing else."""
    source = body("codec", {"element": "a", "fields": ["resolution"]}, "generation_params", indent=indent)
    one = replace(clip(), generation_params={"a": {"b": 1}})
    depths = [(0, "<clip>"), (1, "<codec>h264</codec>"), (1, "<a>"), (2, "<resolution>1280x720</resolution>"),
              (1, "</a>"), (1, "<generation_params>"), (2, "<a>"), (3, "<b>1</b>"), (2, "</a>"),
              (1, "</generation_params>"), (0, "</clip>")]  # fmt: skip
    lines = [" " * (indent * depth) + line for depth, line in depths]
    expected = lines if indent else ["".join(lines)]
    assert made(source, one).decode().splitlines()[1:] == expected


@pytest.mark.parametrize(
    ("prolog", "head", "tail"),
    [
        ("xml", b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE clip>\n<clip/>', b"<clip/>\n"),
        ("none", b"<!DOCTYPE clip>\n<clip/>", b"<clip/>\n"),
        ("xpacket", b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n', b'<?xpacket end="w"?>\n'),
    ],
)
def test_prologs(prolog: str, head: bytes, tail: bytes) -> None:
    """What stands before and after the document is as its format wants it; a doctype is a name and nothing more."""
    content = made(body(prolog=prolog, doctype="clip"), clip())
    assert (content[: len(head)], content[-len(tail) :]) == (head, tail)
    assert etree.fromstring(content).tag == "clip"
