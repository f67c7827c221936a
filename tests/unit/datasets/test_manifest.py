"""The manifest says who is in which split, in the form that its schema publishes."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests import datasets_made
from turnover.core.clip import JsonValue
from turnover.datasets.dataset import Dataset
from turnover.datasets.manifest import coalesced, in_tree, ledger_jsonl, manifest, samples_jsonl

SCHEMA: dict[str, Any] = json.loads((files("turnover") / "schemas" / "manifest.schema.json").read_text("utf-8"))


@pytest.fixture
def nasty(tmp_path: Path) -> Dataset:
    return datasets_made.nasty(tmp_path)


def _text(made: Dataset) -> str:
    return b"".join(manifest(made, in_tree(made), layout="tree", media="x").chunks()).decode()


def test_shape(nasty: Dataset) -> None:
    """The four members of the specification, empty splits as empty lists, a row a line."""
    text = _text(nasty)
    found = json.loads(text)
    assert list(found) == ["version", "total_samples", "splits", "metadata"]
    assert (found["version"], found["total_samples"]) == ("1.0", 9)
    assert {split: len(rows) for split, rows in found["splits"].items()} == dict(nasty.counts)
    assert {(split, row["split"]) for split, rows in found["splits"].items() for row in rows} == {
        (split, split) for split in nasty.splits
    }
    assert sum(line.startswith('{"path"') for line in text.splitlines()) == 9


def test_row(nasty: Dataset) -> None:
    """A row has the members of the specification, and each is what the sample has."""
    row = next(row for row in json.loads(_text(nasty))["splits"]["train"] if row["prompt"] == "null")
    one = next(one for one in nasty.samples("train") if one.prompt == "null")
    expected: dict[str, JsonValue] = {
        "path": f"data/train/videos/{one.id}.mp4",
        "prompt": "null",
        "lora_weights": {"b": 0.8, "c.d": 1.0},
        "quality_score": None,
        "scene_type": "train station",
        "character_name": "Dev",
        "split": "train",
        "sample_id": one.id,
        "caption": "null",
        "sha256": one.media.digest,
        "bytes": one.media.size_bytes,
        "width": 64,
        "height": 48,
        "num_frames": 9,
        "frame_rate": "24000/1001",
    }
    assert expected == row


def test_schema(nasty: Dataset, tmp_path: Path) -> None:
    """The published schema is one, takes what is written, and describes every member of it."""
    Draft202012Validator.check_schema(SCHEMA)
    validator = Draft202012Validator(SCHEMA)
    for made in (nasty, datasets_made.dataset(tmp_path, {})):
        assert not list(validator.iter_errors(json.loads(_text(made))))
    found = json.loads(_text(nasty))
    assert list(SCHEMA["$defs"]["sample"]["properties"]) == list(found["splits"]["train"][0])
    assert list(SCHEMA["$defs"]["metadata"]["properties"]) == list(found["metadata"])


@pytest.mark.parametrize("change", [
    {"version": "2.0"}, {"total_samples": -1}, {"splits": {"all": []}}, {"splits": {"train": [{"path": "x"}]}},
    {"metadata": {}},
])  # fmt: skip
def test_schema_refuses(nasty: Dataset, change: dict[str, JsonValue]) -> None:
    """What is no manifest is none to the schema either."""
    assert list(Draft202012Validator(SCHEMA).iter_errors(json.loads(_text(nasty)) | change))


def test_lists_beside_it(nasty: Dataset) -> None:
    """`samples.jsonl` and the ledger have a line for every sample."""
    samples = b"".join(samples_jsonl(nasty, in_tree(nasty)).chunks()).decode().splitlines()
    ledger = b"".join(ledger_jsonl(nasty).chunks()).decode().splitlines()
    ids = [one.id for one in datasets_made.everyone(nasty)]
    assert ids == [json.loads(line)["sample_id"] for line in samples]
    assert sorted(ids) == [json.loads(line)["sample_id"] for line in ledger]


def test_pieces_worth_writing() -> None:
    """Many short texts become few pieces, and nothing is lost."""
    pieces = list(coalesced("x" * 100 for _ in range(2000)))
    assert sum(map(len, pieces)) == 200_000
    assert 2 <= len(pieces) <= 4
