"""The card's head is YAML that says how to load; its text says what a person wants to know, whatever people wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import datasets_made
from turnover.core.entry import BytesSource
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import LayoutOptions


def _card(made: Dataset, layout: str = "tree") -> str:
    entries = datasets_made.layouts()[layout].entries(made, LayoutOptions())
    source = next(entry.source for entry in entries if entry.name == "README.md")
    assert isinstance(source, BytesSource)
    return source.content.decode()


def _head(text: str) -> dict[str, Any]:
    start, head, _ = text.split("---\n", 2)
    assert start == ""
    loaded: dict[str, Any] = yaml.safe_load(head)
    return loaded


def test_head_of_a_tree(tmp_path: Path) -> None:
    """Each split names its table and the suffixes it has, those alone by which the loader knows a video."""
    rows: dict[str, list[dict[str, Any]]] = {
        "train": [{"prompt": "a"}, {"prompt": "b", "suffix": ".mov"}, {"prompt": "c", "suffix": ".webm"}],
        "test": [{"suffix": ".gif"}],
        "validation": [],
    }
    assert _head(_card(datasets_made.dataset(tmp_path, rows, licence="CC-BY-4.0"))) == {
        "license": "cc-by-4.0",
        "pretty_name": "demo",
        "task_categories": ["text-to-video"],
        "size_categories": ["n<1K"],
        "configs": [{
            "config_name": "default",
            "drop_labels": True,
            "data_files": [
                {
                    "split": "train",
                    "path": ["data/train/metadata.parquet", "data/train/videos/*.mov", "data/train/videos/*.mp4"],
                },
                {"split": "test", "path": ["data/test/metadata.parquet", "as-video.mkv"]},
            ],
        }],
    }  # fmt: skip


def test_split_that_yaml_reads_otherwise(tmp_path: Path) -> None:
    """A split called `no` is a text."""
    head = _head(_card(datasets_made.plain(tmp_path, {"train": 1, "no": 1})))
    assert [one["split"] for one in head["configs"][0]["data_files"]] == ["train", "no"]


@pytest.mark.parametrize(("licence", "expected"), [(None, "unknown"), ("Studio only", "other"), ("MIT", "mit")])
def test_licence(tmp_path: Path, licence: str | None, expected: str) -> None:
    """What the Hub does not know is `other`, and stands in the text."""
    text = _card(datasets_made.plain(tmp_path, {"train": 1}, licence=licence))
    assert _head(text)["license"] == expected
    assert (licence or "Nobody said") in text


def test_hostile_texts(tmp_path: Path) -> None:
    """A description, model or reason cannot end the head, open a tag, a row or a heading."""
    hostile = "x\n---\nlicense: mit\n# Heading | <script>alert(1)</script> `code` [a](http://b) \x00\u202e"
    made = datasets_made.dataset(
        tmp_path,
        {"train": [{"loras": {hostile: 1.0}}]},
        description=hostile, licence=hostile, trigger=hostile, excluded={hostile: 1}, policy={"algorithm": hostile},
    )  # fmt: skip
    text = _card(made)
    assert _head(text)["license"] == "other"
    assert "<script" not in text.replace("\\<script", "")
    assert "\n# Heading" not in text
    assert text.count("\n---\n") == 1
    assert "\u202e" not in text
    assert "\x00" not in text


def test_counts(tmp_path: Path) -> None:
    """The table of splits adds up, and empty ones are named."""
    made = replace(datasets_made.nasty(tmp_path), excluded={"below min_quality": 3})
    text = _card(made)
    assert [line.split(" | ")[1] for line in text.splitlines() if line.startswith(("| train |", "| holdout |"))] == [
        "6",
        "2",
    ]
    assert "Empty, so left out: test." in text
    assert "3 left out: below min\\_quality" in text


@pytest.mark.parametrize("layout", list(datasets_made.layouts()))
def test_decoding_is_explained(tmp_path: Path, layout: str) -> None:
    """Whoever loads videos learns what decodes them; whoever loads pictures is not bothered with it."""
    clips = datasets_made.plain(tmp_path, {"train": 1})
    frames = datasets_made.dataset(tmp_path, {"train": [{"suffix": ".png"}]}, is_frames=True)
    assert "torchcodec" in _card(clips, layout)
    assert "torchcodec" not in _card(frames, layout)
