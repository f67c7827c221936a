"""Parquet files that hold the media themselves: what the Hugging Face Hub shows and streams best.

Two configurations, clips and face crops: both are of the one builder that a dataset may have. Columns are typed in the
files, so nothing is guessed; reading some columns alone leaves the media unread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from turnover.core.entry import Cell, ColumnType, Entry, TableSource
from turnover.datasets import ledger, names
from turnover.datasets.card import LOADABLE, Config, Loading
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Layout, LayoutOptions
from turnover.datasets.layouts.parts import CROISSANT, face_crops, root_entries
from turnover.datasets.layouts.shards import counts, cut, located, shards_of
from turnover.datasets.rows import FACE_TYPED, TYPED, face_files, face_typed_row, typed_row
from turnover.datasets.sample import FaceCrop, Sample
from turnover.datasets.survey import Survey, survey_of

NAME = "parquet"


def _entries(dataset: Dataset, options: LayoutOptions) -> Iterator[Entry]:
    survey = survey_of(dataset)
    shards = shards_of(dataset, options)

    def path(sample: Sample, number: int) -> str:
        return f"{_file('clips', sample.split, number, len(shards[sample.split]))}/{sample.id}{sample.suffix}"

    loading = _loading(dataset, survey)
    media = "{file}/{sample_id}{suffix}"
    places = located(dataset, shards, path)
    yield from root_entries(dataset, survey, loading, places, layout=NAME, media=media, face_crops=face_files)
    column = "image" if dataset.is_frames else "video"
    columns: dict[str, ColumnType] = {**TYPED, column: "bytes", **dict.fromkeys(sorted(survey.companions), "bytes")}
    features = {column: column.title(), **_companion_features(survey)}
    for split, sizes in shards.items():
        for number, group in enumerate(cut(dataset.samples(split), sizes)):
            rows = partial(_rows, group, column, tuple(survey.companions))
            yield Entry(_file("clips", split, number, len(sizes)), TableSource(columns, rows, features))
    for split, row in survey.splits.items():
        if row.faces:
            yield from _face_tables(dataset, split, options)


def _rows(group: tuple[Sample, ...], column: str, fields: tuple[str, ...]) -> Iterator[Mapping[str, Cell]]:
    for sample in group:
        row = typed_row(sample, face_crops=face_files(sample))
        row[column] = replace(sample.media, name=f"{sample.id}{sample.suffix}")
        row |= dict.fromkeys(fields)
        for field, companion in zip(names.companion_fields(sample), sample.companions, strict=True):
            row[field] = replace(companion.source, name=f"{sample.id}_{field}{companion.suffix}")
        yield row


def _face_tables(dataset: Dataset, split: str, options: LayoutOptions) -> Iterator[Entry]:
    def walk() -> Iterator[tuple[Sample, int, FaceCrop]]:
        return face_crops(dataset.samples(split))

    sizes = counts((crop.source.size_bytes for _, _, crop in walk()), options.shard_bytes)
    columns: dict[str, ColumnType] = {**FACE_TYPED, "image": "bytes"}
    for number, group in enumerate(cut(walk(), sizes)):
        source = TableSource(columns, partial(_face_rows, group), {"image": "Image"})
        yield Entry(_file("faces", split, number, len(sizes)), source)


def _face_rows(group: tuple[tuple[Sample, int, FaceCrop], ...]) -> Iterator[Mapping[str, Cell]]:
    for sample, index, crop in group:
        row = face_typed_row(sample, crop)
        row["image"] = replace(crop.source, name=names.face_file(sample, index, crop))
        yield row


def _companion_features(survey: Survey) -> dict[str, str]:
    """Pictures where all are pictures, else videos."""
    return {
        field: "Image" if set(suffixes) <= LOADABLE[True] else "Video" for field, suffixes in survey.companions.items()
    }


def _file(folder: str, split: str, number: int, count: int) -> str:
    return f"{folder}/{split}-{number:05d}-of-{count:05d}.parquet"


def _loading(dataset: Dataset, survey: Survey) -> Loading:
    clips = {split: (f"clips/{split}-*.parquet",) for split in dataset.splits}
    faces = {split: (f"faces/{split}-*.parquet",) for split, row in survey.splits.items() if row.faces}
    split = next(iter(dataset.splits), "train")
    lines = f"""
from datasets import load_dataset
dataset = load_dataset("{dataset.folder_name}")
print(dataset["{split}"]["caption"][0])
"""
    table = f"""
import pandas
table = pandas.read_parquet("{dataset.folder_name}/clips", columns=["sample_id", "caption", "quality_score"])
"""
    examples = [("With Hugging Face `datasets`", lines), ("The table without the media, with pandas", table)]
    if faces:
        crops = f'\nfrom datasets import load_dataset\nfaces = load_dataset("{dataset.folder_name}", "faces")\n'
        examples.insert(1, ("Face crops", crops))
    return Loading(
        (Config("default", clips), Config("faces", faces)),
        tuple(examples),
        (
            (names.MANIFEST, "every sample by split, its path as `<file>/<name>`"),
            (names.SAMPLES, "every sample with all it has, one JSON object a line"),
            (ledger.NAME, "which sample is in which split, since when and why; later versions keep to it"),
            ("manifest-sha256.txt", "the SHA-256 of every other file"),
            CROISSANT,
            ("clips/", "samples as typed tables, with their media inside"),
            *((("faces/", "face crops as typed tables, with the pictures inside"),) if faces else ()),
        ),
    )


LAYOUT = Layout(NAME, "Parquet files with the media inside; for the Hugging Face Hub", False, _entries)
