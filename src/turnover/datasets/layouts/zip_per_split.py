"""A stored ZIP a split: loaded in place, and together the tree once they are unpacked into one folder."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from turnover.core.entry import ArchiveSource, Entry
from turnover.datasets import ledger, names
from turnover.datasets.card import WITNESS, Config, Loading
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Layout, LayoutOptions
from turnover.datasets.layouts.parts import CROISSANT, builder, media_pattern, root_entries, split_entries
from turnover.datasets.manifest import in_tree
from turnover.datasets.survey import survey_of

NAME = "zip-per-split"


def _entries(dataset: Dataset, options: LayoutOptions) -> Iterator[Entry]:
    survey = survey_of(dataset)
    media = f"{{split}}.zip/{media_pattern(dataset)}"
    yield from root_entries(dataset, survey, _loading(dataset), in_tree(dataset), layout=NAME, media=media)
    for split in dataset.splits:
        yield Entry(f"{split}.zip", ArchiveSource("zip", partial(split_entries, dataset, survey, split)))


def _loading(dataset: Dataset) -> Loading:
    witness = WITNESS[dataset.is_frames]
    # Named twice it outvotes the archive: else the loader looks inside and takes the captions for the data.
    files = {split: (f"{split}.zip", witness, witness) for split in dataset.splits}
    return Loading(
        (Config("default", files, drop_labels=True),),
        (
            (
                "The archives as they are, with Hugging Face `datasets`",
                f"""
from datasets import load_dataset
files = {{split: f"{dataset.folder_name}/{{split}}.zip" for split in {list(dataset.splits)!r}}}
dataset = load_dataset("{builder(dataset)}", data_files=files)
""",
            ),
        ),
        (
            (names.MANIFEST, "every sample by split, with its path inside the split's archive"),
            (names.SAMPLES, "every sample with all it has, one JSON object a line"),
            (ledger.NAME, "which sample is in which split, since when and why; later versions keep to it"),
            ("manifest-sha256.txt", "the SHA-256 of every other file"),
            CROISSANT,
            ("<split>.zip", "all files of the split; unpacked into one folder, the archives are the layout `tree`"),
            (witness, f"empty; its name alone tells Hugging Face to load {builder(dataset)}"),
        ),
    )


LAYOUT = Layout(NAME, "a stored ZIP for each split, loaded in place", False, _entries)
