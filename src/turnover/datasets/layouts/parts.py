"""The files that layouts share: one split's clips with all that goes with them, and what stands at the root."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from turnover.core.entry import BytesSource, Cell, ChunksSource, Entry, TableSource
from turnover.datasets import ledger, names, trainers
from turnover.datasets.card import LOADABLE, WITNESS, Config, Loading, card
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Trainer
from turnover.datasets.manifest import Located, coalesced, ledger_jsonl, manifest, samples_jsonl
from turnover.datasets.plain import json_document, json_text
from turnover.datasets.rows import FACE_TYPED, TYPED, face_names, face_row, face_typed_row, sample_document, typed_row
from turnover.datasets.sample import FaceCrop, Sample
from turnover.datasets.survey import Survey
from turnover.datasets.trainers.lists import one_line
from turnover.discovery import offered

CROISSANT = (
    "croissant.json",
    "what mlcroissant loads it by, with what is known of its making, its limits and its rights",
)
"""How the description is told of where it lies inside; whoever writes the files adds it last."""


def root_entries(
    dataset: Dataset,
    survey: Survey,
    loading: Loading,
    located: Located,
    *,
    layout: str,
    media: str,
    face_crops: Callable[[Sample], tuple[str, ...]] = face_names,
) -> Iterator[Entry]:
    """Manifest, card, samples and ledger.

    media: the pattern of the paths of media. face_crops: what rows call the face pictures.
    """
    yield Entry(names.MANIFEST, manifest(dataset, located, layout=layout, media=media))
    yield Entry(names.CARD, BytesSource(card(dataset, survey, loading).encode()))
    yield Entry(names.SAMPLES, samples_jsonl(dataset, located, face_crops))
    yield Entry(ledger.NAME, ledger_jsonl(dataset))
    if any(WITNESS[dataset.is_frames] in patterns for one in loading.configs for patterns in one.files.values()):
        yield Entry(WITNESS[dataset.is_frames], BytesSource(b""))


def media_pattern(dataset: Dataset) -> str:
    """`data/{split}/videos/{sample_id}{suffix}`, with the sub-folder where there are any."""
    is_shelved = any(names.shelf_digits(count) for count in dataset.counts.values())
    shelf = "{shelf}/" if is_shelved else ""
    return f"data/{{split}}/{names.kind_folder(dataset)}/{shelf}{{sample_id}}{{suffix}}"


def split_entries(dataset: Dataset, survey: Survey, split: str) -> Iterator[Entry]:
    """Everything of one split, from the root of the tree: `data/`, `companions/`, `faces/`, `samples/`."""
    folder = names.split_folder(split)
    yield Entry(f"{folder}/{names.METADATA}", _metadata_table(dataset, split))
    for trainer in offered(trainers, "TRAINER", Trainer).values():
        yield from trainer.lists(dataset, split)
    for sample in dataset.samples(split):
        yield Entry(names.media_name(dataset, sample), sample.media)
        yield Entry(names.caption_name(dataset, sample), BytesSource(one_line(sample.caption).encode()))
    for sample in dataset.samples(split):
        for name, companion in zip(names.companion_names(sample), sample.companions, strict=True):
            yield Entry(name, companion.source)
    if survey.splits[split].faces:
        yield from _face_entries(dataset, split)
    for sample in dataset.samples(split):
        yield Entry(names.sample_name(sample), BytesSource(_document(dataset, sample)))


def folder_config(dataset: Dataset, survey: Survey) -> Config:
    """What the head of the card says of a tree."""
    files: dict[str, tuple[str, ...]] = {}
    for split, row in survey.splits.items():
        folder = names.split_folder(split)
        below = "*/" if names.shelf_digits(dataset.counts[split]) else ""
        suffixes = sorted(set(row.suffixes) & LOADABLE[dataset.is_frames])
        media = [f"{folder}/{names.kind_folder(dataset)}/{below}*{suffix}" for suffix in suffixes]
        files[split] = (f"{folder}/{names.METADATA}", *(media or [WITNESS[dataset.is_frames]]))
    return Config("default", files, drop_labels=True)


def builder(dataset: Dataset) -> str:
    """Which of the builders of `datasets` loads a folder of these."""
    return "imagefolder" if dataset.is_frames else "videofolder"


def face_crops(samples: Iterable[Sample]) -> Iterator[tuple[Sample, int, FaceCrop]]:
    return ((sample, index, crop) for sample in samples for index, crop in enumerate(sample.faces))


def _metadata_table(dataset: Dataset, split: str) -> TableSource:
    def rows() -> Iterator[dict[str, Cell]]:
        for sample in dataset.samples(split):
            yield {
                "file_name": names.media_in_split(dataset, sample),
                **typed_row(sample, face_crops=face_names(sample)),
            }

    return TableSource({"file_name": "text", **TYPED}, rows)


def _face_entries(dataset: Dataset, split: str) -> Iterator[Entry]:
    def lines() -> Iterator[bytes]:
        return coalesced(
            json_text(face_row(sample, index, crop)) + "\n"
            for sample, index, crop in face_crops(dataset.samples(split))
        )

    def rows() -> Iterator[dict[str, Cell]]:
        for sample, index, crop in face_crops(dataset.samples(split)):
            yield {"file_name": names.face_file(sample, index, crop), **face_typed_row(sample, crop)}

    yield Entry(f"faces/{split}/{names.FACES}", ChunksSource(lines))
    yield Entry(f"faces/{split}/{names.FACES_TABLE}", TableSource({"file_name": "text", **FACE_TYPED}, rows))
    for sample, index, crop in face_crops(dataset.samples(split)):
        yield Entry(names.face_name(sample, index, crop), crop.source)


def _document(dataset: Dataset, sample: Sample) -> bytes:
    return json_document(sample_document(dataset, sample, names.media_name(dataset, sample))).encode()
