"""XML made from a template and read again, for the tests of the encoding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from lxml import etree

from tests.clips import GENERATED, clip, view
from turnover.core.clip import Clip, Marker, Segment
from turnover.core.generation import Generation, InputMedia, Pass
from turnover.core.probe import Warning
from turnover.core.ranges import FrameRange
from turnover.sidecars.template import Rendering, parse_template, render
from turnover.sidecars.view import View

any_text = st.text(st.characters(codec=None))
hostile = st.sampled_from(
    ["]]>", "<![CDATA[", "<!ENTITY x SYSTEM 'file:///etc/passwd'>&x;", "&x;", "&amp;", "&#0;", "&#x1F;", "<!--", "-->",
     "--", "<?php evil() ?>", "?>", "</clip>", "<clip>", '" onload="', "'", "\r\n\t", " \n ", "\u2028\u0085", "\ufeff",
     "%x;", "<!DOCTYPE a>", "\x00", "\x1b[31m", "\ud800", "\udfff", "\uffff", "日本語", "🎬"]
)  # fmt: skip
texts = st.lists(any_text | hostile, max_size=4).map("".join)


def rendering(source: Any, seen: Clip | View) -> Rendering:
    return render(parse_template(source, slug="mine"), [seen if isinstance(seen, View) else view(seen)])


def made(source: Any, seen: Clip | View) -> bytes:
    return rendering(source, seen).content()


def read(content: bytes) -> etree._Element:
    """The document as a parser sees it that opens nothing and stands for no mistake."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=False, huge_tree=True)
    root = etree.fromstring(content, parser)
    assert all(isinstance(node.tag, str) for node in root.iter()), "no comment, no instruction, no entity"
    return root


def body(*fields: Any, **more: Any) -> dict[str, Any]:
    return {"root_element": "clip", "fields": list(fields), **more}


def texts_of(root: etree._Element, name: str) -> list[str | None]:
    return [element.text for element in root.iter(name)]


EVERYTHING = replace(
    clip(audio=True, series={"motion_score": [0.5, None, 0.25]}, frames=4, start="01:00:00:00"),
    generation=replace(
        GENERATED,
        passes=(Pass(seed=1, steps=20, model="high"), Pass(seed=2**64 - 1, denoise=0.5)),
        inputs=(InputMedia("start.png", "start_image"),),
    ),
    markers=(Marker(FrameRange(1, 2), "m & m", "note", "red"), Marker(FrameRange(0, 4), "all")),
    segments=(Segment(FrameRange(0, 2), 0, "one", Generation(prompt="p1", seed=5)), Segment(FrameRange(2, 4), 1)),
    failure_tags=("flicker", "face_lost"),
)
EVERYTHING = replace(
    EVERYTHING,
    probe=replace(EVERYTHING.probe, tags=(("encoder", "Lavf"), ("title", "<t>")), warnings=(Warning("w", "told"),)),
)
