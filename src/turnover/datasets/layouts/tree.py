"""A folder that Hugging Face, PyTorch and the trainers read as it stands, with no clip in it twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from turnover.core.entry import Entry
from turnover.datasets import ledger, names
from turnover.datasets.card import WITNESS, Loading
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Layout, LayoutOptions
from turnover.datasets.layouts.parts import (
    CROISSANT,
    builder,
    folder_config,
    media_pattern,
    root_entries,
    split_entries,
)
from turnover.datasets.manifest import in_tree
from turnover.datasets.survey import Survey, survey_of

NAME = "tree"


def tree_entries(dataset: Dataset, survey: Survey, loading: Loading, *, layout: str) -> Iterator[Entry]:
    """What stands at the root, then split by split."""
    media = media_pattern(dataset)
    yield from root_entries(dataset, survey, loading, in_tree(dataset), layout=layout, media=media)
    for split in dataset.splits:
        yield from split_entries(dataset, survey, split)


def loading_of(dataset: Dataset, survey: Survey, *, what: str = "The folder") -> Loading:
    """How the folder is loaded; an archive of the same tree once it is unpacked, too."""
    lines = tuple(_examples(dataset, survey, what))
    return Loading((folder_config(dataset, survey),), lines, _files(dataset, survey))


def _examples(dataset: Dataset, survey: Survey, what: str) -> Iterator[tuple[str, str]]:
    """Title → Python, from the folder that holds the dataset's folder."""
    split = next(iter(survey.splits), "train")
    yield (
        f"{what}, with Hugging Face `datasets`",
        f"""
from datasets import load_dataset
dataset = load_dataset("{dataset.folder_name}")
print(dataset["{split}"]["caption"][0])
""",
    )
    with_faces = [split for split, row in survey.splits.items() if row.faces]
    if not with_faces:
        return
    yield (
        "Face crops",
        f"""
from datasets import load_dataset
files = {{split: f"{dataset.folder_name}/faces/{{split}}/**" for split in {with_faces!r}}}
faces = load_dataset("imagefolder", data_files=files, metadata_filenames=["{names.FACES_TABLE}"])
""",
    )


def _files(dataset: Dataset, survey: Survey) -> tuple[tuple[str, str], ...]:
    """What each file of a tree is, for a person."""
    kind = names.kind_folder(dataset)
    has_witness = any(
        WITNESS[dataset.is_frames] in patterns for patterns in folder_config(dataset, survey).files.values()
    )
    rows = [
        (names.MANIFEST, "every sample by split, and how the dataset came to be; its presence means complete"),
        (names.SAMPLES, "every sample with all it has, one JSON object a line"),
        (ledger.NAME, "which sample is in which split, since when and why; later versions keep to it"),
        ("manifest-sha256.txt", "the SHA-256 of every other file"),
        (f"data/<split>/{names.METADATA}", "the split's samples as a typed table"),
        (f"data/<split>/{kind}/", "each sample under its id, and its caption beside it as `.txt`; nothing else"),
        ("data/<split>/", "lists for trainers, named after them"),
        ("samples/", "one JSON file a sample: everything known about it"),
    ]
    if survey.companions:
        rows.append(("companions/<split>/", f"what belongs to samples: {', '.join(sorted(survey.companions))}"))
    if survey.faces:
        rows.append(("faces/<split>/", f"face crops, listed in {names.FACES} and, typed, in {names.FACES_TABLE}"))
    if has_witness:
        rows.append(
            (WITNESS[dataset.is_frames], f"empty; its name alone tells Hugging Face to load {builder(dataset)}")
        )
    return tuple(rows)


def _entries(dataset: Dataset, options: LayoutOptions) -> Iterator[Entry]:
    survey = survey_of(dataset)
    loading = loading_of(dataset, survey)
    yield from tree_entries(dataset, survey, replace(loading, files=(*loading.files, CROISSANT)), layout=NAME)


LAYOUT = Layout(NAME, "a folder that Hugging Face, PyTorch and trainers read as it stands", False, _entries)
