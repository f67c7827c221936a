"""Frames in XML: one element each, the same bytes in blocks as one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.clips import clip
from tests.unit.sidecars.encodings.xml_documents import (
    EVERYTHING,
    body,
    made,
    read,
    rendering,
    texts_of,
)
from turnover.core.clip import Clip
from turnover.sidecars.values import fixed

ALWAYS = {"value": "x"}
CELLS: list[dict[str, Any]] = [
    {"field": "frame"},
    {"field": "frame.host"},
    {"field": "frame.timecode"},
    {"field": "frame.timecode", "encoder": "semicolons"},
    {"field": "frame.timecode", "encoder": "frames"},
    {"field": "frame.seconds", "decimals": 3},
    {"field": "frame.seconds", "encoder": "milliseconds"},
    {"field": "motion_score"},
    {"field": "motion_score", "decimals": 0},
    {"field": "motion_score", "default": "<?>"},
    {"field": "motion_score", "prefix": "<", "suffix": "&"},
    {"field": "motion_score", "max_length": 3},
    {"field": "motion_score", "decimals": 1, "map": {"0.5": "half"}},
    {"field": "series.none"},
    {"field": "codec"},
    {"field": "clip.caption"},
    {"field": "clip.caption", "default": "none"},
    {"field": "generation_params"},
    {"field": "generation.prompt"},
    {"value": "a < b"},
    {"join": ["frame", "motion_score", "codec"], "separator": "&"},
    {"join": ["motion_score", "clip.caption"]},
]
conditions = st.sampled_from(
    ["motion_score", "codec", "clip.caption", {"field": "frame", "equals": "1"}, ["codec", "motion_score"],
     {"field": "motion_score", "not": True}]
)  # fmt: skip
cells = st.sampled_from(CELLS)
attributes = st.dictionaries(st.sampled_from(["a", "b", "c"]), cells, max_size=3)
policies = st.sampled_from([{}, {"null": "empty"}, {"null": "omit"}])


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> dict[str, Any]:
    """An element that stands inside frames, or walks them."""
    element: dict[str, Any] = {"element": f"e{depth}", **draw(policies)}
    if draw(st.booleans()):
        element["attributes"] = draw(attributes)
    if depth and draw(st.integers(0, 3)) == 0:
        element["when"] = draw(conditions)
    if depth < 2 and draw(st.booleans()):
        element["fields"] = draw(st.lists(elements(depth + 1), max_size=3))
    elif draw(st.booleans()):
        element |= draw(cells)
    return element


@given(element=elements(), indent=st.integers(0, 2))
@example(element={"element": "f", "fields": [{"element": "v", "when": "motion_score", "field": "frame"}]}, indent=2)
@example(element={"element": "f", "fields": [{"element": "v", "field": "generation_params"}]}, indent=2)
@example(element={"element": "f", "field": "generation_params"}, indent=2)
@example(element={"element": "f", "field": "motion_score"}, indent=2)
@example(element={"element": "f", "field": "motion_score", "null": "empty"}, indent=2)
@example(element={"element": "f", "fields": [{"element": "v", "attributes": {}, "field": "motion_score"}]}, indent=2)
@example(element={"element": "f", "fields": [{"element": "v", "fields": [{"element": "w"}]}]}, indent=2)
def test_blocks_of_frames_are_as_one_by_one(element: dict[str, Any], indent: int) -> None:
    """Frames written in blocks are the same bytes as frames written one after another, which a condition brings."""
    in_blocks = body({**element, "each": "frames"}, indent=indent)
    one_by_one = body({**element, "each": "frames", "when": ALWAYS}, indent=indent)

    content = made(in_blocks, EVERYTHING)

    read(content)
    assert content == made(one_by_one, EVERYTHING)


@given(values=st.lists(st.none() | st.floats(), max_size=8), frame_count=st.integers(1, 12))
def test_every_frame_has_an_element(values: list[float | None], frame_count: int) -> None:
    """There are as many elements as frames, whatever is known; a number comes back with its decimals."""
    one = clip(frames=frame_count, series={"motion_score": values})
    source = body({"element": "f", "each": "frames", "field": "motion_score", "attributes": {"n": "frame"}})
    bare = body({"element": "f", "each": "frames", "field": "motion_score"})

    expected = [None if (v := one.series[0].at(n)) is None else fixed(v, 6) for n in range(frame_count)]

    assert [(e.get("n"), e.text) for e in read(made(source, one))] == list(
        zip(map(str, range(frame_count)), expected, strict=True)
    )
    assert texts_of(read(made(bare, one)), "f") == expected


def test_frames_that_are_not_known_are_told() -> None:
    """A series that no frame has, and a value that the clip has not, are told once."""
    source = body({"element": "f", "each": "frames", "fields": ["face_confidence", "motion_score", "clip.caption"]})
    found = rendering(source, EVERYTHING)
    found.content()
    assert list(found.findings.nulls) == ["face_confidence", "clip.caption"]


def chunks_of(source: Any, one: Clip) -> Iterator[bytes]:
    return rendering(source, one).chunks


def test_a_million_frames_stream() -> None:
    """A million frames come in pieces of bounded size."""
    one = clip(frames=1_000_000, series={"motion_score": [0.25] * 1_000_000})
    source = body({"element": "f", "each": "frames", "attributes": {"n": "frame"}, "field": "motion_score"})
    sizes = [len(chunk) for chunk in chunks_of(source, one)]
    assert max(sizes) < 1 << 20
    assert sum(sizes) > 25_000_000
