"""Every name of the catalogue gives a value of its type, for clips that say everything and that say nothing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clips import GENERATED, PQ, clip, view
from turnover.core.clip import Clip, JsonValue, Marker, Place, Rights, Segment
from turnover.core.colour import Colour
from turnover.core.generation import (
    Asked,
    Conflict,
    Generation,
    InputMedia,
    Lora,
    Pass,
    Processing,
    UntaggedColour,
)
from turnover.core.probe import AudioStream, Hdr, Warning
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.settings import SETTINGS, sidecar_settings
from turnover.sidecars.cells import field_named
from turnover.sidecars.fields import FIELDS, KNOWN_SERIES, every_field
from turnover.sidecars.generation_fields import generation_params
from turnover.sidecars.item_fields import ITEMS
from turnover.sidecars.paths import PathRule
from turnover.sidecars.scope import Field, FieldType, Scope, Value
from turnover.sidecars.values import ENCODERS, How, is_null, json_text, text_of
from turnover.sidecars.view import View, view_of

TYPES: dict[FieldType, Any] = {
    "text": str, "integer": int, "number": (int, float), "boolean": bool, "rate": Rate, "time": (int, Fraction),
    "timecode": Timecode, "path": str, "colour": Colour, "list": tuple, "tree": (dict, list, str, int, float),
}  # fmt: skip

NOTHING = clip(rate=None, frames=None, codec_tag=None, profile=None, pixel_format=None, bit_depth=None, chroma=None,
               field_order=None)  # fmt: skip
EVERYTHING = replace(
    clip(
        audio=True, reel="A001", start="01:00:00:00", colour=PQ, aspect=Fraction(4, 3), rotation=90, level="3.1",
        bit_rate=1000, has_alpha=True, frame_count_counted=47,
        hdr=Hdr(1000.0, 0.005, max_content_light=1000, max_frame_average_light=400),
        series={name: [0.5] for name in KNOWN_SERIES},
        generation=replace(
            GENERATED, guidance=3.5, passes=(Pass(1, 2, 3.0, 4.0, "euler", "simple", 1.0, "m"),),
            inputs=(InputMedia("start.png", "start_image"),), sources=(("seed", "clip.json"),),
            loras=(Lora("detail", 0.8, 1.0, True, "ab" * 32), Lora("off", 0.5, None, False)),
            asked=Asked(832, 480, 81, Rate(12)), processing=(Processing("interpolation", 2.0, "RIFE"),),
            source_type="trainedAlgorithmicMedia", conflicts=(Conflict("seed", "1", "prompt", "2", "workflow"),),
        ),
    ),
    markers=(Marker(FrameRange(1, 2), "m", "note", "red"),),
    segments=(Segment(FrameRange(0, 2), 0, "one", GENERATED),),
    failure_tags=("flicker",), quality_score=0.5, caption="c", status="s", split="train", group="g",
    rights=Rights("allowed", "CC0"), is_ai_generated=True, digest="ab" * 32, extra={"a": 1},
    generation_params={"a": 1}, place=Place("p", "c", "t", "s", 3),
)  # fmt: skip
EVERYTHING = replace(
    EVERYTHING,
    root=Path("/show"),
    probe=replace(
        EVERYTHING.probe, tags=(("encoder", "Lavf"),), warnings=(Warning("w", "told"),),
        audio=(AudioStream("aac", 48000, 2, "stereo", 16, Fraction(2), 128000, "eng"),),
    ),
)  # fmt: skip
REC_601 = UntaggedColour("Rec. 601 matrix", Colour(matrix=6, range="limited"), ("h264",), "its writer tags nothing")
UNTAGGED = clip(generation=Generation(untagged_colour=REC_601))
EXAMPLES = {setting.name: setting.value for setting in SETTINGS}


def values_of(field: Field, seen: View) -> list[Value]:
    """The field's value wherever it stands: once, on frame 0, or for each item."""
    if field.collection in (None, "frames"):
        return [field.get(Scope(seen).inside("frames", 0, 0))]
    items = ITEMS[field.collection](seen)
    return [field.get(Scope(seen).inside(field.collection, index, item)) for index, item in enumerate(items)]


@pytest.mark.parametrize("field", every_field(), ids=lambda field: str(field.name))
def test_every_field(field: Field) -> None:
    """A field has a value of its type where a clip says everything, and none or a value where it says nothing."""
    full = values_of(field, view_of(EVERYTHING, sidecar_settings(EXAMPLES)))
    assert full
    if field.name.startswith("video.color_inferred"):  # A clip that claims a colour has none that is inferred.
        assert all(map(is_null, full))
        full = values_of(field, view(UNTAGGED))
    assert not all(map(is_null, full))
    for value in [*full, *values_of(field, view(NOTHING)), *values_of(field, view(EVERYTHING))]:
        if value is None:
            continue
        assert isinstance(value, TYPES[field.type])
        assert isinstance(value, bool) == (field.type == "boolean") or field.type == "tree"
        for encoder in ENCODERS[field.type]:
            text = text_of(value, field.type, How(encoder))
            assert text is None or isinstance(text, str)


@pytest.mark.parametrize("field", every_field(), ids=lambda field: str(field.name))
def test_what_is_said_of_a_field(field: Field) -> None:
    """A field has a sentence and an example, and is found by its name."""
    found = field_named(field.name)
    assert found is not None
    assert (found.name, found.type, found.collection) == (field.name, field.type, field.collection)
    assert field.sentence
    assert field.example


@pytest.mark.parametrize("name", ["frame", "face_confidence", "series.face_confidence", "series.mine", "codec"])
def test_names(name: str) -> None:
    """The short forms, the series known by name and `series.NAME` are fields."""
    found = field_named(name)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "name", ["", "series.", "series.a b", "series.1a", "series." + "a" * 65, "mine", "Frame", "video", "series.é"]
)
def test_no_names(name: str) -> None:
    """Anything else is none."""
    assert field_named(name) is None


# -------------------------------------------------------------------------------------------------- single fields


def value(name: str, one: Clip, **settings: str) -> Value:
    return FIELDS[name].get(Scope(view_of(one, sidecar_settings(settings))))


@pytest.mark.parametrize(
    ("path", "rule", "folder"),
    [
        ("/show/a/b.mp4", PathRule(), "/show/a"),
        ("/b.mp4", PathRule(), "/"),
        ("/show/a\\b.mp4", PathRule(), "/show"),
        ("/show/a/b.mp4", PathRule((("/show", "Z:\\show"),)), "Z:\\show\\a"),
        ("/show/b.mp4", PathRule((("/show", "Z:\\"),)), "Z:\\"),
        ("/show/a/b.mp4", PathRule(relative_to=Path("/show")), "a"),
        ("/show/b.mp4", PathRule(relative_to=Path("/show")), None),
        ("/show/b.mp4", PathRule(name_only=True), None),
    ],
)
def test_folder(path: str, rule: PathRule, folder: str | None) -> None:
    """The folder is what stands before the name, in the path's own spelling; None where nothing does."""
    assert FIELDS["clip.folder"].get(Scope(view(clip(path), paths=rule))) == folder


@pytest.mark.parametrize(("root", "relative"), [("/show", "a/b.mp4"), ("/other", "b.mp4"), ("/", "show/a/b.mp4")])
def test_relative_path(root: str, relative: str) -> None:
    """The path below the folder that was given, else the name."""
    assert value("clip.relative_path", replace(clip("/show/a/b.mp4"), root=Path(root))) == relative


def test_descriptions() -> None:
    """The description that was set, else the caption, else the prompt."""
    one = clip(generation=Generation(prompt="p"))
    captioned = replace(one, caption="c")
    name = "shot.description"
    assert value(name, captioned, description="d") == "d"
    assert (value(name, captioned), value(name, one), value(name, clip())) == ("c", "p", None)


def test_end_timecode() -> None:
    """The end is the label after the last frame, and needs a start and a count."""
    name = "video.end_timecode"
    assert str(value(name, clip(start="01:00:00:00", frames=25))) == "01:00:01:01"
    assert (value(name, clip()), value(name, replace(clip(frames=None, start="01:00:00:00")))) == (None, None)


def test_loras() -> None:
    """Enabled LoRAs with their weights; a weight that is none is not told."""
    loras = (Lora("a", 0.8), Lora("b", None), Lora("c", 1.0, is_enabled=False), Lora("d", float("nan")), Lora("e", 2))
    one = clip(generation=Generation(loras=loras))
    assert value("generation.loras", one) == ("a:0.8", "b", "d", "e:2")


def test_inferred_colour_claims_nothing() -> None:
    """What is inferred of colour stands beside the claim, which stays unknown."""
    names = ("video.color_inferred", "video.color_inferred_matrix", "video.color_space", "video.color_source")
    assert [value(name, UNTAGGED) for name in names] == ["Rec. 601 matrix", "smpte170m", None, None]


def test_native_rate() -> None:
    """The rate before interpolation, exact, and how it is known."""
    made = Generation(processing=(Processing("interpolation", 2.0, "RIFE"),))
    one = clip(rate=Rate(48000, 1001), generation=made)
    assert value("video.native_rate", one) == Rate(24000, 1001)
    assert value("video.native_rate_source", one) == "frame rate of the file ÷ interpolation ×2"
    assert value("video.native_rate", clip(generation=Generation())) is None


def test_audio_of_the_first_stream() -> None:
    """Outside of `each` an audio field is the first stream's; without sound there is none."""
    assert (value("audio.codec", clip(audio=True)), value("audio.codec", clip())) == ("aac", None)


@pytest.mark.parametrize(
    ("given_params", "generation", "expected"),
    [
        (None, None, None),
        ({}, None, None),
        ([], None, {"given": []}),
        ("text", None, {"given": "text"}),
        (0, None, {"given": 0}),
        ({"a": 1, "seed": 5}, Generation(seed=7), {"a": 1, "seed": 7}),
        ("text", Generation(seed=7), {"given": "text", "seed": 7}),
        (None, Generation(seed=0, steps=0), {"seed": 0, "steps": 0}),
        (None, Generation(), None),
    ],
)
def test_generation_params(given_params: JsonValue, generation: Generation | None, expected: JsonValue) -> None:
    """What the platform gave, with what was found laid over it; what is not known is left out, zero is known."""
    one = replace(clip(generation=generation), generation_params=given_params)
    assert generation_params(Scope(view(one))) == expected


@given(
    text=st.text(st.characters(codec=None)),
    seed=st.integers(0, 2**64 - 1),
    number=st.none() | st.floats(),
    times=st.integers(0, 2),
)
def test_any_generation_is_a_tree(text: str, seed: int, number: float | None, times: int) -> None:
    """Whatever a generation holds, it is one tree of JSON with the seed exact."""
    generation = Generation(
        prompt=text,
        seed=seed,
        cfg=number,
        loras=(Lora(text, number, number),) * times,
        passes=(Pass(seed=seed, cfg=number, model=text),) * times,
        inputs=(InputMedia(text),) * times,
    )
    tree = generation_params(Scope(view(clip(generation=generation))))
    assert isinstance(tree, dict)
    assert tree["seed"] == seed
    assert str(seed) in json_text(tree)
