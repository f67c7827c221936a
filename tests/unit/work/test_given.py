"""Values that a person gives win, exactly, or are named with everything that is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clips import GENERATED, clip
from turnover.core.clip import MARKER_COLOURS, Clip, JsonValue, Marker, Place, Rights, Segment
from turnover.core.generation import Generation, Lora, ModelUse
from turnover.core.ranges import FrameRange
from turnover.errors import ValuesError
from turnover.work.given import KNOWN, is_generators_own, with_given

EVERYTHING: dict[str, JsonValue] = {
    "prompt": "a red kite",
    "negative_prompt": "blurry",
    "seed": 2**64 - 1,
    "model": "wan2.2",
    "loras": [
        {"name": "kite", "weight": 0.8, "weight_clip": 1, "sha256": "ab", "url": "kept by nobody"},
        {"name": "off", "enabled": False},
    ],
    "lora_weights": {"other": 0.5},
    "generation_params": {"shift": [8.0, None]},
    "project": "Harbour",
    "character": "Mara",
    "scene_type": "walk",
    "scene": "Mara walk",
    "segment_index": 3,
    "status": "approved",
    "quality_score": 0.82,
    "failure_tags": ["flicker"],
    "split": "train",
    "group": "kite_01",
    "caption": "a kite above boats",
    "ai_generated": True,
    "rights": {"training": "notAllowed", "licence": "CC-BY-4.0"},
    "markers": [
        {"name": "gust", "start": 20, "stop": 26, "color": "red", "comment": "it folds"},
        {"name": "point", "start": 3},
    ],
    "segments": [{"start": 0, "stop": 24, "name": "k1", "prompt": "up", "seed": "7", "model": "m", "loras": []}],
    "mood": {"calm": 1},
}


def _given(values: dict[str, JsonValue], found: Clip | None = None) -> Clip:
    return with_given(found or clip(), values, where="clip.json")


def _mistakes(values: dict[str, JsonValue]) -> list[str]:
    with pytest.raises(ValuesError) as caught:
        _given(values)
    where, _, rest = caught.value.message.partition(": ")
    assert where == "clip.json"
    return rest.split("; ")


def test_every_key_is_tried() -> None:
    """The example below holds every key there is, and one that is not known."""
    assert set(EVERYTHING) == {*KNOWN, "mood"}


def test_everything_at_once() -> None:
    """Each key lands where it belongs, with its source; a list of LoRAs wins over the short form."""
    one = _given(EVERYTHING)
    names = ("loras", "models", "negative_prompt", "prompt", "seed")
    assert one.generation == Generation(
        prompt="a red kite",
        negative_prompt="blurry",
        seed=2**64 - 1,
        models=(ModelUse("wan2.2"),),
        loras=(Lora("kite", 0.8, 1.0, True, "ab"), Lora("off", is_enabled=False)),
        sources=tuple((name, "clip.json") for name in names),
    )
    assert one.place == Place("Harbour", "Mara", "walk", "Mara walk", 3)
    assert (one.status, one.quality_score, one.failure_tags) == ("approved", 0.82, ("flicker",))
    assert (one.split, one.group, one.caption) == ("train", "kite_01", "a kite above boats")
    assert (one.is_ai_generated, one.rights) == (True, Rights("notAllowed", "CC-BY-4.0"))
    assert one.generation_params == {"shift": [8.0, None]}
    assert one.markers == (
        Marker(FrameRange(20, 26), "gust", "it folds", "red"),
        Marker(FrameRange(3, 4), "point"),
    )
    sources = tuple((name, "clip.json") for name in ("loras", "models", "prompt", "seed"))
    made = Generation(prompt="up", seed=7, models=(ModelUse("m"),), sources=sources)
    assert one.segments == (Segment(FrameRange(0, 24), 0, "k1", made),)
    assert one.extra == {"mood": {"calm": 1}}
    assert one.probe.warnings == ()


def test_short_form_of_loras() -> None:
    """An object of name to weight stands for a list of LoRAs; a weight may be unknown."""
    one = _given({"lora_weights": {"kite": 0.8, "wind": None}})
    assert one.generation is not None
    assert one.generation.loras == (Lora("kite", 0.8), Lora("wind"))


@pytest.mark.parametrize("nothing", [{}, dict.fromkeys(KNOWN)], ids=["empty", "every-key-null"])
def test_nothing_given(nothing: dict[str, JsonValue]) -> None:
    """No values, and values of null, change nothing."""
    found = _given(EVERYTHING)
    assert _given(nothing, found) == found


def test_empty_text_is_not_given() -> None:
    """A form that was left empty hides nothing that was found; an empty prompt did once."""
    found = _given(EVERYTHING)
    empty: dict[str, JsonValue] = {key: "" for key, value in EVERYTHING.items() if isinstance(value, str)}
    assert _given(empty, found) == found


def test_empty_list_is_given() -> None:
    """An empty list says that there is none, and wins over what was found."""
    one = _given({"failure_tags": [], "markers": [], "segments": [], "loras": []}, _given(EVERYTHING))
    assert one.generation is not None
    assert (one.failure_tags, one.markers, one.segments, one.generation.loras) == ((), (), (), ())


def test_given_wins_over_found() -> None:
    """What is given replaces what was found, key by key, and only its source changes."""
    found = clip(generation=GENERATED)
    one = _given({"seed": 7}, found)
    assert one.generation is not None
    assert (one.generation.seed, one.generation.prompt) == (7, GENERATED.prompt)
    assert dict(one.generation.sources) == {**dict(GENERATED.sources), "seed": "clip.json"}


@given(st.integers(0, 2**64 - 1))
def test_seed_is_exact(seed: int) -> None:
    """A seed of 64 bits is the same as a number and as text, through JSON."""
    for value in (seed, str(seed), f"{seed:020}"):
        one = _given(json.loads(json.dumps({"seed": value})))
        assert one.generation is not None
        assert one.generation.seed == seed


@pytest.mark.parametrize(
    "seed", [-1, 2**64, 1.5, True, "", "-1", "1e3", "٣", " 7", "7\n", "18446744073709551616", "0x10", [1], {}, 2.0**60]
)
def test_what_is_no_seed(seed: JsonValue) -> None:
    """A seed past 64 bits, below zero, or in another shape is a mistake."""
    (mistake,) = _mistakes({"seed": seed})
    assert mistake.startswith("seed: expected a whole number from 0 to 2^64-1, as a number or as text, found ")


def test_all_mistakes_at_once() -> None:
    """Every wrong value is named with what was expected and what was found."""
    wrong: dict[str, JsonValue] = {
        "prompt": 1,
        "negative_prompt": [],
        "seed": -1,
        "model": {},
        "loras": [{"weight": "strong"}, "kite", {"name": " ", "weight": 10**400, "enabled": 1, "sha256": 5}],
        "lora_weights": {"kite": True},
        "project": False,
        "character": 2,
        "scene_type": 3,
        "scene": 4,
        "segment_index": -1,
        "status": 5,
        "quality_score": 1.01,
        "failure_tags": ["flicker", None],
        "split": 6,
        "group": 7,
        "caption": 8,
        "ai_generated": "yes",
        "rights": {"training": "maybe", "licence": 9, "license": "MIT"},
        "markers": [{"name": "x", "start": 5, "stop": 5}, {"start": "a", "color": "mauve", "comment": 1}],
        "segments": [{"start": 0, "seed": "x"}, None],
    }
    assert sorted(_mistakes(wrong)) == sorted(
        [
            "prompt: expected text, found 1",
            "negative_prompt: expected text, found []",
            "seed: expected a whole number from 0 to 2^64-1, as a number or as text, found -1",
            "model: expected text, found {}",
            "loras[0].name: expected text, found nothing",
            "loras[0].weight: expected a number, found 'strong'",
            "loras[1]: expected {name, weight, weight_clip, sha256}, found 'kite'",
            "loras[2].name: expected text, found ' '",
            "loras[2].weight: expected a number, found 1" + "0" * 59,
            "loras[2].enabled: expected true or false, found 1",
            "loras[2].sha256: expected text, found 5",
            "lora_weights.kite: expected a number, found True",
            "project: expected text, found False",
            "character: expected text, found 2",
            "scene_type: expected text, found 3",
            "scene: expected text, found 4",
            "segment_index: expected a whole number from 0, found -1",
            "status: expected text, found 5",
            "quality_score: expected a number from 0 to 1, found 1.01",
            "failure_tags: expected a list of text, found ['flicker', None]",
            "split: expected text, found 6",
            "group: expected text, found 7",
            "caption: expected text, found 8",
            "ai_generated: expected true or false, found 'yes'",
            "rights.training: expected allowed, notAllowed or constrained, found 'maybe'",
            "rights.licence: expected text, found 9",
            "rights.license: expected training or licence alone",
            "markers[0].stop: expected a frame after start, which is 5, found 5",
            "markers[1].start: expected a frame from 0, found 'a'",
            "markers[1].name: expected text, found nothing",
            f"markers[1].color: expected one of {', '.join(MARKER_COLOURS)}, found 'mauve'",
            "markers[1].comment: expected text, found 1",
            "segments[0].seed: expected a whole number from 0 to 2^64-1, as a number or as text, found 'x'",
            "segments[1]: expected {start, stop, name, prompt, seed}, found None",
        ]
    )


@pytest.mark.parametrize("key", ["loras", "lora_weights", "rights", "markers", "segments", "failure_tags"])
@pytest.mark.parametrize("value", ["text", 5, True, "", [["a"]]])
def test_another_kind_of_value(key: str, value: JsonValue) -> None:
    """A list or object that is neither is a mistake, named by its key. A text for `rights` stopped the program once."""
    assert _mistakes({key: value})[0].startswith(key)


def test_key_that_is_nearly_known() -> None:
    """A misspelt key is kept, and the person is told what it is near to."""
    one = _given({"promt": "a kite", "mood": "calm"})
    assert one.extra == {"promt": "a kite", "mood": "calm"}
    assert [(w.code, w.message) for w in one.probe.warnings] == [
        ("near_key", "clip.json: 'promt' is kept as it is; did you mean 'prompt'?")
    ]


def test_markers_past_the_end() -> None:
    """Markers past the last frame are kept, and the person is told."""
    one = _given({"markers": [{"name": "a", "start": 47}, {"name": "b", "start": 48}]}, clip(frames=48))
    assert [w.message for w in one.probe.warnings] == [
        "clip.json: markers reach frame 48, but the clip has 48 frames, counted from 0"
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"3": {"class_type": "KSampler", "inputs": {}}, "4": {"class_type": "VAEDecode", "inputs": {}}},
        {"3": {"class_type": "KSampler", "inputs": {}}, "note": {"text": "a node without a class"}},
        {"nodes": [], "links": [], "version": 0.4},
        {"prompt": {"3": {"class_type": "KSampler"}}, "workflow": {"nodes": []}},
        {"prompt": '{"3": {"class_type": "KSampler", "inputs": {}}}', "workflow": "{}"},
        {"output": {}, "workflow": {"nodes": [], "links": []}},
        {"sui_image_params": {"prompt": "a fox"}},
        {"type": "WanGP v9.0 by DeepBeepMeep - Wan2.2", "prompt": "a fox", "seed": 1},
        {"settings_version": 2.3, "model_type": "t2v", "prompt": "a fox", "seed": 1},
        {"_wangp_metadata_reserved": True},
        {"full_prompt": ["a fox"], "base_model": "x", "prompt": "a fox"},
        {"positive_prompt": "a fox", "app_version": "5.0", "seed": 1},
        {"c": "a fox", "uc": "blurry", "seed": 1, "model": "x", "sampler": "Euler a"},
        {"Base Model": "x", "Full Prompt": "a fox", "Seed": "1"},
        {"Label": "1", "ContentProducer": "0011"},
        [{"prompt": "a fox"}],
        "a fox",
    ],
)
def test_generators_own_file(value: JsonValue) -> None:
    """What a generator wrote is told by its content."""
    assert is_generators_own(value)


@pytest.mark.parametrize(
    "value",
    [
        {},
        EVERYTHING,
        {"prompt": "a fox", "model_type": "t2v", "type": "clip", "nodes": 3},
        {"prompt": "{curly} words", "workflow": "approved"},
        {"mood": {"calm": 1}},
        {"prompt": "a fox", "Source": "Luma AI"},
        {"caption": "a fox", "AIGC": {"Label": "1", "ContentProducer": "0011"}},
        {"prompt": "a fox", "generation_params": {"3": {"class_type": "KSampler", "inputs": {}}}},
    ],
)
def test_a_persons_own_file(value: JsonValue) -> None:
    """Values for this program are taken, also with keys that a generator would use alone."""
    assert not is_generators_own(value)


def test_real_generators_files(shared_media: Path) -> None:
    """Every real ComfyUI graph, as it ran and as it was drawn, is a generator's own."""
    files = sorted((shared_media / "comfy_json").glob("*/*.json"))
    assert len(files) > 30
    assert [f.name for f in files if not is_generators_own(json.loads(f.read_text(encoding="utf-8")))] == []
