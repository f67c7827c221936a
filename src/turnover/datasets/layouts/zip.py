"""The tree in one archive, stored, without a folder around it: read in place or unpacked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from turnover.core.entry import Entry
from turnover.datasets import names
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Layout, LayoutOptions
from turnover.datasets.layouts.parts import builder
from turnover.datasets.layouts.tree import loading_of, tree_entries
from turnover.datasets.survey import survey_of

NAME = "zip"


def _in_place(dataset: Dataset) -> tuple[str, str]:
    """Reading the archive as it is; named plainly it would load every split as `train`."""
    table = f"zip://data/{{split}}/{names.METADATA}::{dataset.folder_name}.zip"
    return (
        "The archive as it is, streamed (a ZIP given by its name alone loads every split as `train`)",
        f"""
from datasets import load_dataset
files = {{split: f"{table}" for split in {list(dataset.splits)!r}}}
dataset = load_dataset("{builder(dataset)}", data_files=files, streaming=True)
""",
    )


def _entries(dataset: Dataset, options: LayoutOptions) -> Iterator[Entry]:
    survey = survey_of(dataset)
    unpacked = loading_of(dataset, survey, what=f"Unpacked into a folder {dataset.folder_name}")
    loading = replace(unpacked, examples=(_in_place(dataset), *unpacked.examples))
    yield from tree_entries(dataset, survey, loading, layout=NAME)


LAYOUT = Layout(NAME, "the tree in one stored ZIP, read in place or unpacked", True, _entries)
