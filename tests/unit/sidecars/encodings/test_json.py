"""JSON comes back with its types: numbers as numbers, integers to the last digit, no key twice, no NaN."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clips import GENERATED, clip, view
from turnover.core.clip import Clip, Marker, Segment
from turnover.core.generation import Generation
from turnover.core.ranges import FrameRange
from turnover.core.series import Series
from turnover.sidecars.template import Rendering, parse_template, render
from turnover.sidecars.text import clean
from turnover.sidecars.values import fixed
from turnover.sidecars.view import View

any_text = st.text(st.characters(codec=None))


def rendering(source: Any, seen: Clip | View) -> Rendering:
    return render(parse_template(source, slug="mine"), [seen if isinstance(seen, View) else view(seen)])


def read(content: bytes) -> Any:
    """The document as a reader sees it that takes no key twice, no NaN and nothing after the end."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name for name, _ in pairs}) == len(pairs), "a key stands twice"
        return dict(pairs)

    def no_constant(token: str) -> Any:
        raise AssertionError(f"{token} is no JSON")

    assert content.endswith(b"\n")
    return json.loads(content.decode(), object_pairs_hook=once, parse_constant=no_constant)


def made(source: Any, seen: Clip | View) -> Any:
    return read(rendering(source, seen).content())


def body(*members: Any, **more: Any) -> dict[str, Any]:
    return {"object": list(members), **more}


EVERYTHING = replace(
    clip(audio=True, frames=3, generation=GENERATED, series={"motion_score": [0.5, None], "zz": [1.0]}),
    markers=(Marker(FrameRange(1, 2), "m"), Marker(FrameRange(0, 3), "all")),
    segments=(Segment(FrameRange(0, 2), 0, "one", Generation(seed=2**63)), Segment(FrameRange(2, 3), 1)),
    failure_tags=("flicker",),
    quality_score=0.1234567,
)


@given(
    text=any_text,
    name=st.text(st.characters(codec=None, exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")),
)
def test_text_comes_back(text: str, name: str) -> None:
    """Any text comes back clean, under any name that a template may give it."""
    one = clip(generation=Generation(prompt=text))
    assert made(body({"name": name, "field": "generation.prompt"}), one) == {name: clean(text)}


def test_types() -> None:
    """Numbers stay numbers, integers keep every digit, lists are lists, trees are trees."""
    one = replace(EVERYTHING, generation_params={"a": [1, {"b": None}], "big": 2**70})
    source = body(
        {"name": "seed", "field": "generation.seed"},
        {"name": "score", "field": "clip.quality_score", "decimals": 3},
        {"name": "alpha", "field": "video.has_alpha"},
        {"name": "tags", "field": "clip.failure_tags"},
        {"name": "none", "field": "clip.caption"},
        {"name": "constant", "value": 1.5},
        {"name": "text", "field": "generation.seed", "encoder": "plain"},
        {"name": "cut", "value": "abcdef", "max_length": 3},
        {"name": "mapped", "field": "video.has_alpha", "map": {"false": "no"}},
        {"name": "unmapped", "field": "video.has_alpha", "map": {"true": "yes"}},
        {"name": "joined", "join": ["codec", {"value": 1}], "separator": "/"},
        {"name": "default", "field": "clip.caption", "default": 0},
        {"name": "rate", "field": "video.frame_rate"},
    )
    assert made(source, one) == {
        "seed": 2**64 - 1,
        "score": 0.123,
        "alpha": False,
        "tags": ["flicker"],
        "none": None,
        "constant": 1.5,
        "text": "18446744073709551615",
        "cut": "abc",
        "mapped": "no",
        "unmapped": None,
        "joined": "h264/1",
        "default": 0,
        "rate": "24",
    }
    assert made(body("generation_params"), one)["generation_params"]["big"] == 2**70


@given(
    values=st.lists(st.none() | st.floats(), max_size=8), frame_count=st.integers(1, 10), decimals=st.integers(0, 12)
)
def test_series(values: list[float | None], frame_count: int, decimals: int) -> None:
    """A series is a list with one number or null for every frame."""
    one = clip(frames=frame_count, series={"motion_score": values})
    source = body({"name": "series", "each": "series", "decimals": decimals})

    known = (one.series[0].at(n) for n in range(frame_count))
    expected = [None if value is None else float(fixed(value, decimals)) for value in known]

    assert made(source, one) == {"series": {"motion_score": expected}}


@pytest.mark.parametrize("frame_count", [1, 16_384, 16_385, 40_000])
def test_series_of_many_blocks(frame_count: int) -> None:
    """Lists have no seam where blocks meet."""
    one = clip(frames=frame_count, series={"n": map(float, range(frame_count)), "none": []})
    found = made(body({"name": "s", "each": "series", "decimals": 0}), one)["s"]
    assert found == {"n": list(range(frame_count)), "none": [None] * frame_count}


def test_no_series() -> None:
    """A clip without series has an empty object."""
    assert made(body({"name": "s", "each": "series"}), clip()) == {"s": {}}


@given(names=st.lists(any_text, max_size=4))
def test_series_of_any_name(names: list[str]) -> None:
    """Names of series are keys like any other text, each once."""
    one = replace(clip(frames=1), series=tuple(Series.of(name, [1.0]) for name in names))
    assert set(made(body({"name": "s", "each": "series"}), one)["s"]) == {clean(name) for name in names}


def test_when_a_series_is_asked_for() -> None:
    """A condition holds for a member that is an object of series as for any other."""
    source = body({"name": "s", "each": "series", "when": "clip.caption"}, "codec")
    assert made(source, EVERYTHING) == {"codec": "h264"}


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ({"each": "audio", "field": "audio.codec"}, ["aac"]),
        ({"each": "failure_tags", "field": "failure_tag.name"}, ["flicker"]),
        ({"each": "frames", "field": "motion_score"}, [0.5, None, None]),
        ({"each": "frames", "when": "motion_score", "field": "frame"}, [0]),
        ({"each": "loras", "object": [{"name": "n", "field": "lora.name"}, {"name": "w", "field": "lora.weight"}]},
         [{"n": "detail", "w": 0.8}, {"n": "off", "w": 0.5}]),
        ({"each": "markers", "object": [{"name": "a", "field": "marker.start"}]}, [{"a": 1}, {"a": 0}]),
        ({"each": "markers", "when": {"field": "marker.name", "equals": "all"}, "field": "marker.index"}, [2]),
        ({"each": "models", "field": "model.role"}, ["diffusion", "text_encoder"]),
        ({"each": "segments", "object": [{"name": "s", "field": "segment.seed"}]}, [{"s": 2**63}, {"s": None}]),
        ({"each": "passes", "field": "pass.seed"}, []),
        ({"each": "warnings", "object": []}, []),
        ({"each": "markers", "object": []}, [{}, {}]),
        ({"each": "markers", "object": [{"name": "f", "each": "frames", "field": "frame"}]},
         [{"f": [0, 1, 2]}, {"f": [0, 1, 2]}]),
        ({"object": []}, {}),
        ({"object": ["codec"]}, {"codec": "h264"}),
    ],
)  # fmt: skip
def test_lists_and_objects(member: dict[str, Any], expected: Any) -> None:
    """`each` makes a list of values or of objects; without it an object stands alone."""
    assert made(body({"name": "x", **member}), EVERYTHING) == {"x": expected}


@pytest.mark.parametrize(
    ("policy", "expected"), [("null", {"clip.caption": None, "codec": "h264"}), ("omit", {"codec": "h264"})]
)
def test_null_policy(policy: str, expected: Any) -> None:
    """What is not known is null, or left out where the template says so; it is told either way."""
    found = rendering(body("clip.caption", "codec", null=policy), clip())
    assert read(found.content()) == expected
    assert list(found.findings.nulls) == ["clip.caption"]


def test_an_empty_object() -> None:
    """A template without members makes an empty object."""
    assert rendering(body(), clip()).content() == b"{}\n"


def test_a_million_frames_stream() -> None:
    """A million frames come in pieces of bounded size."""
    one = clip(frames=1_000_000, series={"motion_score": [0.25] * 1_000_000})
    sizes = [len(chunk) for chunk in rendering(body({"name": "s", "each": "series"}), one).chunks]
    assert max(sizes) < 1 << 20
    assert sum(sizes) > 8_000_000


def test_as_a_person_reads_it() -> None:
    """Two spaces a level, one line a value, one line a list of numbers."""
    source = body("codec", {"name": "l", "each": "loras", "object": [{"name": "n", "field": "lora.name"}]},
                  {"name": "s", "each": "series", "decimals": 1})  # fmt: skip
    assert rendering(source, EVERYTHING).content().decode() == (
        '{\n  "codec": "h264",\n  "l": [\n    {\n      "n": "detail"\n    },\n    {\n      "n": "off"\n    }\n  ],\n'
        '  "s": {\n    "motion_score": [0.5,null,null],\n    "zz": [1.0,null,null]\n  }\n}\n'
    )
