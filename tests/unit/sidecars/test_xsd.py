"""The XML of the specification's two templates is valid by the schema that comes with the program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.clips import GENERATED, PQ, REC709, clip, view
from turnover.core.clip import Clip
from turnover.core.rate import Rate
from turnover.sidecars.builtin import builtin_template
from turnover.sidecars.template import render

XSD = (files("turnover.sidecars") / "schemas" / "turnover-sidecar.xsd").read_text(encoding="utf-8")
LXML = etree.XMLSchema(etree.fromstring(XSD.encode()))
PYTHON = xmlschema.XMLSchema(XSD)
SLUGS = ("nuke-xml", "resolve-xml")

any_text = st.text(st.characters(codec=None), max_size=20)
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=10,
)


def made(slug: str, one: Clip) -> bytes:
    return render(builtin_template(slug), [view(one)]).content()


def verdicts(content: bytes) -> tuple[bool, bool]:
    """What the two validators say."""
    return LXML.validate(etree.fromstring(content)), PYTHON.is_valid(content.decode())


CLIPS = {
    "plain": clip(),
    "with generation": clip(generation=GENERATED),
    "with a tree of parameters": replace(
        clip(), generation_params={"a b": [1, None, {"": "<x>"}], "xml": {"deep": []}}
    ),
    "parameters that are a text": replace(clip(), generation_params="all in one"),
    "no rate": clip(rate=None),
    "no frames": clip(frames=None),
    "NTSC": clip(rate=Rate(24000, 1001), start="01:00:00:00"),
    "12.5": clip(rate=Rate(25, 2)),
    "vertical, tagged": clip(size=(720, 1280), rotation=90, colour=REC709, aspect=Fraction(1)),
    "PQ": clip(colour=PQ, pixel_format="yuv420p10le", codec="hevc"),
    "no pixel format": clip(pixel_format=None),
    "very long": clip(frames=10**9),
}


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("situation", CLIPS)
def test_clips_of_all_kinds(slug: str, situation: str) -> None:
    """Whatever a clip is, both validators take the document."""
    assert verdicts(made(slug, CLIPS[situation])) == (True, True)


@given(tree=trees, prompt=any_text)
def test_any_parameters(tree: Any, prompt: str) -> None:
    """Whatever the parameters of a generation are, the document is valid."""
    one = replace(clip(generation=replace(GENERATED, prompt=prompt)), generation_params=tree)
    assert verdicts(made("nuke-xml", one)) == (True, True)


def wrong_documents() -> Iterator[tuple[str, str, str]]:
    yield "another root", "clip>", "movie>"
    yield "no resolution", "  <resolution>1280x720</resolution>\n", ""
    yield "a resolution in words", "1280x720", "720p"
    yield "a rate in decimals", "<framerate>24<", "<framerate>23.976<"
    yield "a rate of zero", "<framerate>24<", "<framerate>0/1<"
    yield "a duration with a unit", "2.000000", "2s"
    yield "a duration below zero", "2.000000", "-2.000000"
    yield "a duration with seven decimals", "2.000000", "2.0000001"
    yield "two codecs", "<codec>h264</codec>", "<codec>h264</codec><codec>h265</codec>"
    yield "another order", "<codec>h264</codec>", "<color_space>Rec. 709</color_space><codec>h264</codec>"
    yield "an element nobody knows", "<codec>", "<bitrate>1</bitrate><codec>"


@pytest.mark.parametrize(("what", "old", "new"), list(wrong_documents()))
def test_wrong_documents(what: str, old: str, new: str) -> None:
    """A document with one thing wrong is not valid."""
    good = made("nuke-xml", clip(generation=GENERATED, colour=REC709)).decode()
    wrong = good.replace(old, new)
    assert wrong != good, what
    assert verdicts(wrong.encode()) == (False, False)


def test_wrong_root_for_the_other() -> None:
    """Pixel format is an element of the one document, colour space of the other."""
    resolve = made("resolve-xml", clip()).decode()
    assert verdicts(resolve.replace("media>", "clip>").encode()) == (False, False)
