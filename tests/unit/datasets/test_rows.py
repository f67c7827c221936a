"""Rows have the same columns and types whatever a sample holds."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import datasets_made
from turnover.core.clip import JsonValue, Place
from turnover.core.entry import FileSource
from turnover.core.generation import Generation, Lora, Pass
from turnover.core.measurement import Box, Face
from turnover.core.rate import Rate
from turnover.datasets import plain, rows
from turnover.datasets.sample import Sample

TEXTS = st.one_of(st.none(), st.text(), st.sampled_from(["NA", "null", "2026-11-22", "\ud800", "a\u2028b", '"', "🦊"]))
NUMBERS = st.one_of(st.none(), st.floats())
MEDIA = FileSource(Path("clip.mp4"), 10, "ab" * 32, 0)
EMPTY = datasets_made.dataset(Path(), {})
BARE = Sample("v0123456789abcdef", MEDIA, ".mp4", "clip.mp4", "a fox", None, None, 64, 48, None, split="train")

SAMPLES = st.builds(
    lambda prompt, scene, character, seed, weights, score, tags, extra: replace(
        BARE,
        prompt=prompt,
        place=Place(scene_type=scene, character=character),
        generation=Generation(seed=seed, loras=tuple(Lora(name, weight) for name, weight in weights)),
        quality_score=score,
        failure_tags=tuple(tags),
        extra=extra,
    ),
    TEXTS, TEXTS, TEXTS, st.one_of(st.none(), st.integers(0, 2**64 - 1)),
    st.lists(st.tuples(st.text(), NUMBERS), max_size=3), NUMBERS, st.lists(st.text(), max_size=2),
    st.dictionaries(st.text(), st.one_of(st.none(), st.text(), st.floats(), st.integers(), st.lists(st.floats()))),
)  # fmt: skip

PYTHON_TYPES: dict[str, Any] = {
    "text": (str,), "texts": (tuple,), "number": (float,), "whole": (int,), "big_whole": (int,), "loras": (tuple,),
}  # fmt: skip
NEVER_NONE = {"texts", "loras"}


@given(SAMPLES)
def test_any_sample(sample: Sample) -> None:
    """Every column is there, of its one type or unknown; lists are never unknown."""
    row = rows.typed_row(sample, face_crops=())
    assert list(rows.TYPED) == list(row)
    for name, kind in rows.TYPED.items():
        cell = row[name]
        assert isinstance(cell, PYTHON_TYPES[kind]) or (cell is None and kind not in NEVER_NONE)
        assert not isinstance(cell, float) or math.isfinite(cell)


def test_key_sets(tmp_path: Path) -> None:
    """Samples known well and hardly known have lines of the same keys, and so have face crops."""
    made = datasets_made.nasty(tmp_path)
    everyone = list(datasets_made.everyone(made))
    assert len({tuple(rows.samples_row(made, one, "x")) for one in everyone}) == 1
    assert len({tuple(json.loads(str(rows.typed_row(one, face_crops=())["extra_json"]))) for one in everyone}) == 1
    crops = [(one, crop) for one in everyone for crop in one.faces]
    assert len({tuple(rows.face_row(one, 0, crop)) for one, crop in crops}) == 1
    assert {tuple(rows.FACE_TYPED)} == {tuple(rows.face_typed_row(one, crop)) for one, crop in crops}


@given(SAMPLES)
def test_a_line_is_a_line(sample: Sample) -> None:
    """A row is UTF-8 on one line to every reader of lines, and comes back as it was."""
    text = plain.json_text(rows.manifest_row(EMPTY, sample, "x"))
    assert len(text.splitlines()) == 1
    back = json.loads(text.encode())
    assert back["prompt"] == (None if sample.prompt is None else sample.prompt.replace("\ud800", "\ufffd"))


def test_lora_weights() -> None:
    """Only what was switched on counts, whole weights are floats, and where nothing is known nothing is said."""
    uses = (Lora("a", 1), Lora("b", 0.5, is_enabled=False), Lora("c"), Lora("a", 0.3))
    sample = replace(BARE, generation=Generation(loras=uses))
    assert rows.lora_weights(sample) == {"a": 1.0, "c": None}
    assert '"a":1.0' in plain.json_text(rows.manifest_row(EMPTY, sample, "x"))
    assert rows.lora_weights(BARE) is None
    assert [use["name"] for use in rows.typed_row(sample, face_crops=())["loras"]] == ["a", "c", "a"]  # type: ignore[union-attr,index]


def test_lora_weights_only_where_names_may_be_keys(tmp_path: Path) -> None:
    """Lines and tables have a list of like objects: as an object, every LoRA's name would be a column."""
    made = datasets_made.nasty(tmp_path)
    one = next(made.samples("train"))
    assert "lora_weights" in rows.manifest_row(made, one, "x")
    assert "lora_weights" not in rows.samples_row(made, one, "x")
    assert "lora_weights" not in rows.typed_row(one, face_crops=())


def test_seed_is_text() -> None:
    """Seeds past 2^53 survive readers that know floats alone, wherever they stand."""
    seed = 2**64 - 1
    sample = replace(BARE, generation=Generation(seed=seed, passes=(Pass(seed=seed),)))
    assert rows.typed_row(sample, face_crops=())["seed"] == "18446744073709551615"
    document: Any = rows.sample_document(EMPTY, sample, "x")
    assert document["generation"]["seed"] == document["generation"]["passes"][0]["seed"] == "18446744073709551615"


@pytest.mark.parametrize(("value", "expected"), [
    (float("nan"), None),
    (Rate(24000, 1001), "24000/1001"),
    ({"b": (1, 2.0), "a": {"x"}}, {"a": ["x"], "b": [1, 2.0]}),
    (Face(3, Box(0, 1.5, 2, 2), 0.5), {
        "frame": 3, "box": {"x": 0, "y": 1.5, "width": 2, "height": 2}, "confidence": 0.5, "landmarks": [],
        "sharpness": None,
    }),
])  # fmt: skip
def test_plain(value: object, expected: JsonValue) -> None:
    """Any value of ours is JSON, in one order."""
    assert expected == plain.plain(value)


def test_content(tmp_path: Path) -> None:
    """What a dataset's digest is made over does not depend on where a sample lies or what its file was called."""
    one = next(datasets_made.nasty(tmp_path).samples("train"))
    same = replace(one, media=replace(one.media, path=Path("elsewhere.mp4")), source_name="other.mp4", prints=(1,))
    assert rows.content_of(one) == rows.content_of(same)
    assert rows.content_of(one) != rows.content_of(replace(one, caption="other"))
    assert rows.content_of(one) != rows.content_of(replace(one, media=replace(one.media, digest="0" * 64)))
