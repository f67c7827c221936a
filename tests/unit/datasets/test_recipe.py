"""A recipe is read whole: right, or with every mistake at once."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from turnover.core.clip import JsonValue
from turnover.datasets.caption_format import FIELDS, CaptionFormat
from turnover.datasets.layout import FrameRule
from turnover.datasets.ratios import Ratios
from turnover.datasets.recipe import Recipe, recipe_from, recipe_from_export, recipe_schema
from turnover.datasets.recipe_fields import FACE_FIELDS, METRIC, RECIPE_FIELDS, STATISTICS, STILL_FIELDS
from turnover.datasets.recipe_parts import Bound, FaceCrops, Leak, Role, Stills, Trait
from turnover.errors import RecipeError
from turnover.frames.measure import metrics
from turnover.media.crops import CropStyle

EVERYTHING: dict[str, JsonValue] = {
    "name": "foxes",
    "version": "2.0.1",
    "description": "Foxes,\nat night.",
    "licence": "CC0-1.0",
    "min_quality": 0.5,
    "metrics": {"flicker": {"max": 2.5}, "sharpness.p10": {"min": 0.1, "max": 9}},
    "scene_types": ["walk", "test lab"],
    "characters": ["Ana"],
    "statuses": ["approved"],
    "required_tags": ["flicker"],
    "forbidden_tags": ["frozen"],
    "cuts": "split",
    "min_width": 320,
    "min_height": 240,
    "min_frames": 17,
    "min_seconds": 1.5,
    "include_not_allowed": True,
    "on_changed": "fail",
    "caption": "{trigger}, {caption} ({scene_type}) {{braces}}",
    "trigger": "zxcfox",
    "caption_fallback": "a fox",
    "clean_prompts": False,
    "max_caption_tokens": 77,
    "splits": "train=87.5,test=12.5",
    "assign_file": "who.csv",
    "assign_key": "fold",
    "leakage_keys": ["character", "near_duplicate"],
    "near_distance": 4,
    "stratify": [],
    "min_per_split": 0,
    "faces": {"most": 1, "size": "frame", "margin": 2, "min_confidence": 0.9, "min_sharpness": 0, "format": "jpg"},
    "pairs": ["start_image", "control"],
    "trim": "17n+5",
    "frames": None,
    "reencode": "auto",
}


def mistakes(value: Any, **known: Any) -> dict[str, str]:
    """JSON path → message and hint of each mistake."""
    with pytest.raises(RecipeError) as wrong:
        recipe_from(value, **known)
    return {mistake.path: f"{mistake.message} ({mistake.hint})" for mistake in wrong.value.mistakes}


def test_nothing_asked() -> None:
    """An empty recipe asks nothing, and null is the same as leaving out."""
    unset: dict[str, JsonValue] = {row.name: None for row in RECIPE_FIELDS}
    assert recipe_from({}) == recipe_from(unset) == Recipe()


def test_everything_asked() -> None:
    """Each member is read as what it says."""
    recipe = recipe_from(EVERYTHING)
    assert recipe == Recipe(
        name="foxes",
        version="2.0.1",
        description="Foxes,\nat night.",
        licence="CC0-1.0",
        min_quality=0.5,
        metrics=(Bound("flicker", most=2.5), Bound("sharpness", "p10", 0.1, 9.0)),
        scene_types=("walk", "test lab"),
        characters=("Ana",),
        statuses=("approved",),
        required_tags=("flicker",),
        forbidden_tags=("frozen",),
        cuts="split",
        min_width=320,
        min_height=240,
        min_frames=17,
        min_seconds=1.5,
        include_not_allowed=True,
        on_changed="fail",
        caption=CaptionFormat.parse("{trigger}, {caption} ({scene_type}) {{braces}}"),
        trigger="zxcfox",
        caption_fallback="a fox",
        clean_prompts=False,
        max_caption_tokens=77,
        splits=Ratios({"train": "87.5", "test": "12.5"}),
        assign_file="who.csv",
        assign_key="fold",
        leakage_keys=("character", "near_duplicate"),
        near_distance=4,
        stratify=(),
        min_per_split=0,
        faces=FaceCrops(1, "frame", False, 2.0, 0.9, 0.0, "jpg"),
        pairs=("start_image", "control"),
        trim=FrameRule(17, 5),
        reencode="auto",
    )
    assert recipe.near_bits == 4
    assert replace(recipe, leakage_keys=()).near_bits is None


@pytest.mark.parametrize(("trigger", "form"), [(None, "{caption}"), ("fox", "{trigger}, {caption}")])
def test_format_of_captions_not_asked(trigger: str | None, form: str) -> None:
    """Without a format a caption is the caption, behind the trigger where there is one."""
    assert Recipe(trigger=trigger).caption_format.text == form


def test_every_mistake_at_once() -> None:
    """Each mistake is told with its path, the value seen and a near match; what clashes beside what is wrong alone."""
    assert mistakes(
        {
            "min_qualty": 0.5,
            "min_quality": 2,
            "version": "1.0",
            "name": "a b",
            "scene_types": [],
            "characters": ["Ana", 3],
            "cuts": "spilt",
            "metrics": {"flicker.p1": {"min": 1}, "noise": {"min": 2, "max": 1}, "flow": {}},
            "caption": "{promt}, {",
            "splits": {"train": 80, "test": 10},
            "leakage_keys": ["charcter"],
            "faces": {"most": -1, "sise": 3},
            "trim": "4n+1",
            "required_tags": ["x"],
            "forbidden_tags": ["*"],
            "frames": {"every": 2, "best": 2},
        }
    ) == {
        "$.min_qualty": "no option 'min_qualty' here (did you mean 'min_quality'?)",
        "$.min_quality": "expected a number from 0 to 1, found 2 ()",
        "$.version": 'expected a version such as 1.0.0, found "1.0" ()',
        "$.name": 'expected a name of letters, digits, - _ ., found "a b" ()',
        "$.scene_types": "expected at least 1, found a list of 0 (leave it out where all are meant)",
        "$.characters[1]": "expected text, found 3 ()",
        "$.cuts": "expected one of keep, exclude, split, found \"spilt\" (did you mean 'split'?)",
        '$.metrics["flicker.p1"]': "'flicker.p1' is no metric (write a name, or name.mean|p10|low|high)",
        "$.metrics.noise": "min 2 is above max 1 ()",
        "$.metrics.flow": "neither min nor max is given ()",
        "$.caption": "'{' at 9 has no partner (write {{)",
        "$.splits": "80 + 10 make 90, not 100 (change one of them by 10, or write whole-number parts such as "
        "weights:train=1,test=1)",
        "$.leakage_keys[0]": "expected one of source_image, batch, near_duplicate, reference, control, prompt, seed, "
        "model, character, scene, scene_type, project, found \"charcter\" (did you mean 'character'?)",
        "$.faces.most": "expected a whole number from 0 to 100, found -1 ()",
        "$.faces.sise": "no option 'sise' here (did you mean 'size'?)",
        "$.trim": "single frames are asked for, which have no length (remove trim or frames)",
        "$.required_tags": "'x' is required and forbidden (remove it from one of them)",
        "$.frames": 'expected one of every and best (write {"every": 8} or {"best": 3})',
    }


@pytest.mark.parametrize(
    ("value", "path", "message"),
    [
        ([], "$", "expected an object, found a list of 0"),
        ("x", "$", 'expected an object, found "x"'),
        ({"trim": "4n+1"}, "$.trim", "needs re-encoding, and reencode is never"),
        ({"cuts": "split"}, "$.cuts", "needs re-encoding, and reencode is never"),
        ({"caption": "{trigger}"}, "$.caption", "no trigger is given"),
        ({"caption": " "}, "$.caption", "leave it out"),
        ({"trim": "4n-1", "reencode": "auto"}, "$.trim", "expected a rule such as 4n+1"),
        ({"metrics": {"a": {"min": 1}, "a.mean": {"min": 2}}}, "$.metrics", "are one number"),
        ({"min_frames": True}, "$.min_frames", "found true"),
        ({"min_frames": 1.5}, "$.min_frames", "found 1.5"),
        ({"min_quality": float("nan")}, "$.min_quality", "found NaN"),
        ({"min_seconds": 10**400}, "$.min_seconds", "a very large number"),
        ({"trigger": "a\ud800"}, "$.trigger", "half of a character"),
        ({"trigger": "x" * 101}, "$.trigger", "101 characters; at most 100"),
        ({"splits": {"train": True}}, "$.splits", "expected text such as train=80"),
        ({"splits": "train=33.33,validation=33.33,test=33.33"}, "$.splits", "weights:train=1,validation=1,test=1"),
        ({"faces": {"aligned": True, "size": 100}}, "$.faces.size", "choose one of 112, 224, 256, 512"),
        ({"assign_key": ""}, "$.assign_key", "expected text"),
    ],
)
def test_one_mistake(value: Any, path: str, message: str) -> None:
    """A mistake says where it is, what was seen and what to do."""
    assert message in mistakes(value)[path]


def test_metrics_that_there_are() -> None:
    """Where the metrics are known, another name is refused with a near match."""
    assert mistakes(
        {"metrics": {"fliker": {"max": 1}}, "frames": {"best": 2, "by": "x"}}, metrics=["flicker", "noise"]
    ) == {
        "$.metrics.fliker": "no metric 'fliker' (did you mean 'flicker'?)",
        "$.frames.by": "no metric 'x' (known: flicker, noise)",
    }


# ------------------------------------------------------------------------------------------------------ round trip

words = st.sampled_from(["walk", "test lab", "NA", "null", "2026-11-22", "狐狸", "🦊", 'a "b"', "*"])
names = st.lists(words, max_size=3, unique=True).map(tuple)
limits = st.tuples(st.none() | st.integers(-9, 0).map(float), st.integers(0, 9).map(float))
bounds = st.lists(
    st.tuples(st.from_regex(METRIC, fullmatch=True), st.sampled_from(STATISTICS), limits).map(
        lambda one: Bound(one[0], one[1], *one[2])
    ),
    max_size=3,
    unique_by=lambda bound: bound.name,
).map(tuple)
recipes = st.builds(
    Recipe,
    name=st.none() | st.sampled_from(["foxes", "a.b-c_1"]),
    description=st.none() | st.sampled_from(["x\ny", "狐狸"]),
    min_quality=st.none() | st.floats(0, 1),
    metrics=bounds,
    scene_types=st.none() | names.filter(bool),
    required_tags=names.filter(lambda tags: "*" not in tags),
    min_seconds=st.none() | st.floats(0, 1e6),
    include_not_allowed=st.booleans(),
    caption=st.none() | st.sampled_from(list(FIELDS)).map(lambda name: CaptionFormat.parse(f"{{{{ {{{name}}} é")),
    trigger=words,
    splits=st.sampled_from(
        [Recipe().splits, Ratios({"train": "50", "b_2": "50"}), Ratios({"a": "2", "b": "1"}, "weights")]
    ),
    leakage_keys=st.lists(st.sampled_from(Leak.__args__), unique=True).map(tuple),  # type: ignore[attr-defined]
    stratify=st.lists(st.sampled_from(Trait.__args__), unique=True).map(tuple),  # type: ignore[attr-defined]
    pairs=st.lists(st.sampled_from(Role.__args__), unique=True).map(tuple),  # type: ignore[attr-defined]
    faces=st.builds(
        FaceCrops,
        most=st.integers(0, 9),
        size=st.sampled_from([16, 2048, "frame"]),
        min_confidence=st.none() | st.floats(0, 1),
    ),
    frames=st.none() | st.builds(Stills, every=st.integers(1, 9)) | st.builds(Stills, best=st.integers(1, 9)),
    reencode=st.sampled_from(["never", "auto", "always"]),
)


@given(recipes)
@example(Recipe())
def test_there_and_back(recipe: Recipe) -> None:
    """A recipe written as JSON text and read again is the same."""
    assert recipe_from(json.loads(json.dumps(recipe.to_json()))) == recipe


# ---------------------------------------------------------------------------------------------------------- schema


def published() -> dict[str, Any]:
    text = (files("turnover") / "schemas" / "recipe.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


VALIDATOR = Draft202012Validator(published())
ONLY_PROGRAM = (
    "make ",
    "is above max",
    "needs re-encoding",
    "required and forbidden",
    "no trigger",
    "no length",
    "one of every",
    "aligned faces",
    "is no",
    "one number",
    "half of",
    "leave nothing",
    "'all'",
)


def test_published_schema() -> None:
    """The published schema is the one that the table gives, right by its own schema, and names every default."""
    assert published() == recipe_schema()
    Draft202012Validator.check_schema(published())
    for name, about in published()["properties"].items():
        assert about["description"], name
        assert about["default"] == Recipe().to_json()[name]


anything = st.sampled_from(
    [
        None,
        True,
        0,
        1,
        0.5,
        -1,
        "",
        " ",
        "x",
        "1.0.0",
        "4n+1",
        "auto",
        "train=100",
        [],
        ["x"],
        [1],
        {},
        {"min": 1},
        {"most": 1},
        {"x": {"min": 1}},
        10**20,
    ]
)


@given(st.dictionaries(st.sampled_from([row.name for row in RECIPE_FIELDS] + ["other"]), anything, max_size=4))
@example(EVERYTHING)
@example({"faces": {"size": "frame", "aligned": None}})
@example({"metrics": {"flicker.p10": {"min": None, "max": 1}, "noise": None}})
@example({"other": None})
@example({"metrics": {"a b": None}})
def test_schema_and_reader_agree(value: dict[str, JsonValue]) -> None:
    """What the schema refuses the program refuses; what it takes the program takes, but for what no schema can say."""
    try:
        recipe_from(value)
        told = []
    except RecipeError as error:
        told = [mistake.message for mistake in error.mistakes]
    if VALIDATOR.is_valid(value):
        assert [one for one in told if not any(words in one for words in ONLY_PROGRAM)] == []
    else:
        assert told


def test_table() -> None:
    """Every member of a recipe has a row that says what it is; no sentence stands twice."""
    for table, made in ((RECIPE_FIELDS, Recipe), (FACE_FIELDS, FaceCrops), (STILL_FIELDS, Stills)):
        assert [row.name for row in table] == [one.name for one in fields(made)]
    sentences = [row.sentence for table in (RECIPE_FIELDS, FACE_FIELDS, STILL_FIELDS) for row in table]
    assert len(set(sentences)) == len(sentences)
    assert all(sentences)


def test_defaults_of_other_rooms() -> None:
    """What a recipe leaves unsaid is what the makers of crops and of numbers do by themselves."""
    style, crops = CropStyle(), FaceCrops()
    assert (style.size, style.is_aligned, style.margin, style.least_sharpness, style.suffix) == (
        crops.size, crops.aligned, crops.margin, crops.min_sharpness, f".{crops.format}",
    )  # fmt: skip
    assert Stills().by in metrics()


# ---------------------------------------------------------------------------------------------------------- export


def test_request_for_an_export() -> None:
    """The short form with fractions of 1 gives exact percentages, and characters by the names of their ids."""
    asked: dict[str, JsonValue] = {
        "quality_threshold": 0.6,
        "scene_types": ["walk"],
        "character_ids": [7, "8"],
        "train_split": 0.7,
        "validation_split": 0.15,
        "test_split": 0.15,
    }
    recipe = recipe_from_export(asked, characters={"7": "Ana", "8": "Val"})
    expected = Recipe(
        min_quality=0.6,
        scene_types=("walk",),
        characters=("Ana", "Val"),
        splits=Ratios({"train": "70", "validation": "15", "test": "15"}),
    )
    assert recipe == expected
    assert recipe_from(recipe.to_json()) == expected


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_fractions_of_thousandths(first: int, second: int) -> None:
    """Three fractions that a person writes with three decimals sum to 1 exactly, whatever floats make of it."""
    rest = 1000 - first - second
    if rest < 0:
        return
    parts = {"train_split": first / 1000, "validation_split": second / 1000, "test_split": rest / 1000}
    shares = recipe_from_export({**parts}).splits.shares
    assert shares == {
        "train": Fraction(first, 1000),
        "validation": Fraction(second, 1000),
        "test": Fraction(rest, 1000),
    }


def test_whole_recipe_as_request() -> None:
    """A whole recipe is a request for an export too, alone or with one split left to the short form."""
    assert recipe_from_export(EVERYTHING) == recipe_from(EVERYTHING)
    assert recipe_from_export({"train_split": 1, "min_frames": 5}).to_json()["splits"] == "train=100"


def test_wrong_request() -> None:
    """Its mistakes are told by the names that were used."""
    with pytest.raises(RecipeError) as wrong:
        recipe_from_export(
            {
                "quality_threshold": 0.5,
                "min_quality": 0.5,
                "character_ids": [9],
                "train_split": 0.7,
                "validation_split": 0.7,
                "test_spilt": 0.1,
            },
            characters={},
        )
    assert [(mistake.path, mistake.message) for mistake in wrong.value.mistakes] == [
        ("$.test_spilt", "no option 'test_spilt' here"),
        ("$.character_ids", "no character has the id '9'"),
        ("$.train_split", "0.7 + 0.7 make 1.4, not 1"),
        ("$.quality_threshold", "quality_threshold and min_quality say the same"),
    ]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([row.name for row in RECIPE_FIELDS]) | st.text(), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_any_json(value: JsonValue) -> None:
    """Any JSON is a recipe, or has mistakes that can be told."""
    for read in (recipe_from, recipe_from_export):
        try:
            recipe = read(value)
        except RecipeError as error:
            told = str(error)
        else:
            told = str(recipe.to_json())
        assert told.encode()
