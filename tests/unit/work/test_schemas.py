"""The published JSON Schemas and the program take and refuse the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.clips import clip
from tests.unit.work.test_given import EVERYTHING
from turnover.core.clip import MARKER_COLOURS, JsonValue
from turnover.errors import ValuesError
from turnover.files.tables import read_series
from turnover.sidecars.fields import SERIES_NAME
from turnover.work.beside import read_metadata
from turnover.work.given import KNOWN, TRAINING, with_given

NAMES = ("clip", "metadata", "frames")


def _schema(name: str) -> dict[str, Any]:
    text = (files("turnover") / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _validator(name: str) -> Draft202012Validator:
    schemas = [_schema(one) for one in NAMES]
    resources = [(schema["$id"], Resource.from_contents(schema)) for schema in schemas]
    return Draft202012Validator(_schema(name), registry=Registry().with_resources(resources))


VALIDATORS = {name: _validator(name) for name in NAMES}


def _accepts(read: Callable[[], object]) -> bool:
    try:
        read()
    except ValuesError:
        return False
    return True


def _takes_clip(value: dict[str, JsonValue]) -> bool:
    return _accepts(lambda: with_given(clip(frames=2**31), value, where="clip.json"))


def _takes_frames(value: object, folder: Path) -> bool:
    path = folder / "clip.frames.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return _accepts(lambda: read_series(path, name_pattern=SERIES_NAME))


@pytest.mark.parametrize("name", NAMES)
def test_schema_is_one(name: str) -> None:
    """Each schema is right by its own schema, its examples are right by it, and every property says what it is."""
    schema = _schema(name)
    Draft202012Validator.check_schema(schema)
    assert [e for e in schema.get("examples", []) if not VALIDATORS[name].is_valid(e)] == []
    assert schema["description"]
    for key, about in schema.get("properties", {}).items():
        assert "description" in about or "description" in schema["$defs"][key], key


def test_clip_schema_lists_every_key() -> None:
    """The schema has the keys, the colours and the rights that the program reads, and no other."""
    schema = _schema("clip")
    assert tuple(schema["properties"]) == KNOWN
    assert schema["$defs"]["marker"]["properties"]["color"]["enum"] == [*MARKER_COLOURS, None]
    assert schema["properties"]["rights"]["properties"]["training"]["enum"] == [*TRAINING, None]


# ------------------------------------------------------------------------------------------------------ clip.json

texts = st.sampled_from(["", " ", "a fox", "42", "\U0001f98a", "é\n", "allowed", "red"])
scalars = st.none() | st.booleans() | st.integers(-3, 2**65) | st.floats(-2, 2) | texts
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2), max_leaves=4
)
starts = st.integers(0, 5)
ranges = st.fixed_dictionaries({"start": starts | scalars}, optional={"stop": st.none() | st.integers(6, 9) | texts})
seeds = st.integers(-1, 2**64 + 1) | st.integers(0, 2**64 + 10**6).map(str) | scalars
weights = scalars | st.floats(-1e7, 1e7)
loras = st.lists(
    st.fixed_dictionaries(
        {"name": texts | scalars},
        optional={"weight": weights, "weight_clip": weights, "enabled": scalars, "sha256": scalars, "other": scalars},
    )
    | scalars,
    max_size=2,
)
made = {
    "prompt": texts | scalars,
    "negative_prompt": texts | scalars,
    "seed": seeds,
    "model": texts | scalars,
    "loras": loras,
    "lora_weights": st.dictionaries(texts, weights, max_size=2),
}
markers = st.tuples(
    ranges,
    st.fixed_dictionaries(
        {"name": texts}, optional={"color": st.sampled_from([*MARKER_COLOURS, None, "mauve", 1]), "comment": scalars}
    ),
).map(lambda two: two[0] | two[1])
segments = st.tuples(ranges, st.fixed_dictionaries({}, optional={"name": scalars, **made})).map(lambda t: t[0] | t[1])
rights = st.fixed_dictionaries(
    {}, optional={"training": st.sampled_from([*TRAINING, None, "maybe", 1]), "licence": scalars, "license": texts}
)
typed: dict[str, st.SearchStrategy[Any]] = {
    **made,
    "quality_score": scalars,
    "segment_index": scalars,
    "failure_tags": st.lists(scalars, max_size=2),
    "ai_generated": scalars,
    "rights": rights,
    "markers": st.lists(markers | scalars, max_size=2),
    "segments": st.lists(segments | scalars, max_size=2),
}
clips = st.fixed_dictionaries({}, optional={key: typed.get(key, texts) | anything for key in (*KNOWN, "mood")})


def _is_exact(value: object) -> bool:
    """Whether no whole number stands there as a float too large to be exact, which a schema cannot tell."""
    if isinstance(value, dict | list):
        return all(map(_is_exact, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, float) or abs(value) < 2**53


@given(clips.filter(_is_exact))
@example(EVERYTHING)
@example({"seed": str(2**64 - 1)})
@example({"seed": str(2**64)})
@example({"seed": "0" * 20})
@example({"seed": "0" * 21})
@example({"seed": 42.0})
@example({"rights": "all"})
def test_clip_schema_and_reader_agree(value: dict[str, JsonValue]) -> None:
    """What the schema takes the program takes, and the other way round."""
    assert VALIDATORS["clip"].is_valid(value) == _takes_clip(value), [
        error.message for error in VALIDATORS["clip"].iter_errors(value)
    ]


@pytest.mark.parametrize("limit", ["1844674407370955161", "18446744073709551615"])
def test_seed_as_text_around_its_limit(limit: str) -> None:
    """Next to every step of the pattern, schema and reader draw the same line."""
    whole = int(limit)
    near = {whole + sign * 10**power + more for power in range(20) for sign in (-1, 1) for more in (-1, 0, 1)}
    for seed in near:
        value: dict[str, JsonValue] = {"seed": str(seed)}
        assert VALIDATORS["clip"].is_valid(value) == _takes_clip(value) == (0 <= seed < 2**64), seed


@pytest.mark.parametrize(
    "value",
    [
        {"markers": [{"name": "x", "start": 5, "stop": 5}]},
        {"segments": [{"start": 5, "stop": 4}]},
        {"seed": 2.0**60},
    ],
)
def test_what_only_the_program_refuses(value: dict[str, JsonValue]) -> None:
    """What a schema cannot say, it says in words: ranges that end before they start, inexact whole numbers."""
    assert VALIDATORS["clip"].is_valid(value)
    assert not _takes_clip(value)
    assert "The program also refuses" in _schema("clip")["description"]


# ------------------------------------------------------------------------------------------------------- metadata


@given(st.dictionaries(texts, clips.filter(_is_exact) | anything.filter(_is_exact), max_size=2) | anything)
def test_metadata_schema_and_reader_agree(tmp_path_factory: pytest.TempPathFactory, value: JsonValue) -> None:
    """A metadata file is right when it is an object and each entry is right by itself."""
    path = tmp_path_factory.getbasetemp() / "metadata.json"
    path.write_text(json.dumps(value), encoding="utf-8")

    def read() -> None:
        for entry in read_metadata(path).values():
            assert isinstance(entry, dict)
            with_given(clip(frames=2**31), entry, where="--metadata")

    assert VALIDATORS["metadata"].is_valid(value) == _accepts(read)


# --------------------------------------------------------------------------------------------------------- frames

numbers = st.none() | st.integers(-3, 9) | st.floats(-2, 2)
cells = numbers | st.booleans() | st.sampled_from(["", "01:00:00:00"])
series_names = st.sampled_from(["a", "motion_score", "_1", "frame", "a b", "1st", "", "series"])
frame_lists = st.permutations([0, 1, 2.0]) | st.just([0, 0, 1]) | st.just([0, None, 1]) | st.just([-1, 0, 1])
columns = st.dictionaries(
    series_names,
    st.lists(numbers, min_size=3, max_size=3) | st.just(["x", None, True]) | st.just([None] * 3),
    max_size=4,
)
with_frame = st.tuples(columns, frame_lists).map(lambda two: {**two[0], "frame": two[1]})
rows = st.lists(st.dictionaries(st.sampled_from(["frame", "a", "note", "a b"]), cells, max_size=3), max_size=3)


def _is_told_by_a_schema(value: Any) -> bool:
    """Whether lists are equally long, no column of rows has numbers and text, and no frame stands in two rows."""
    inner = value.get("series") if isinstance(value, dict) else None
    lists = inner if isinstance(inner, dict) else value
    if isinstance(lists, dict):
        return len({len(column) for column in lists.values() if isinstance(column, list)}) <= 1
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return True
    for name in {name for row in value for name in row}:
        column = [row[name] for row in value if row.get(name) is not None]
        kinds = {isinstance(cell, int | float) and not isinstance(cell, bool) for cell in column}
        if len(kinds) > 1 or (name == "frame" and len(set(column)) < len(column)):
            return False
    return True


@given(columns | with_frame | columns.map(lambda c: {"series": c, "version": 1}) | rows | anything)
@example({"series": [1, 2]})
@example({"series": {"series": [1]}})
@example([])
@example({"frame": [], "a": []})
@example({"a": [1, "x"]})
@example({"a": [[1]]})
@example([{"frame": 19_999_999, "a": 1}])
@example([{"frame": 20_000_000, "a": 1}])
@example({"a": [10**309]})
@example([{"frame": 0, "a": 1}, {"a": 2}])
def test_frames_schema_and_reader_agree(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    """The same for numbers per frame, but for what a schema cannot say about columns of rows."""
    if _is_told_by_a_schema(value):
        assert VALIDATORS["frames"].is_valid(value) == _takes_frames(value, tmp_path_factory.getbasetemp()), [
            error.message for error in VALIDATORS["frames"].iter_errors(value)
        ]


@pytest.mark.parametrize("value", [{"a": [1], "b": [1, 2]}, [{"a": 1}, {"a": "x"}]])
def test_frames_that_only_the_program_refuses(tmp_path: Path, value: object) -> None:
    """What a schema cannot say, it says in words: lists of different lengths, columns of mixed rows."""
    assert VALIDATORS["frames"].is_valid(value)
    assert not _takes_frames(value, tmp_path)
    assert "The program also refuses" in _schema("frames")["description"]
