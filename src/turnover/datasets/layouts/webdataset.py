"""Tars of samples to be read from end to end: `train-000000.tar`.

Hugging Face guesses every column from the first five samples of one shard. So each sample has the same members (its
media, `.json`, `.txt`), and its JSON only what every sample has, always of one type; all the rest is JSON in the text
`metadata`. Media of one suffix keep it; where suffixes differ, members are called `.video`, or each suffix would be
a column that other samples lack. Faces and companions, which only some samples have, have tars of their own, whose
names keep the split out of sight of loaders that look for split names everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from turnover.core.clip import JsonValue
from turnover.core.entry import ArchiveSource, BytesSource, Entry
from turnover.datasets import ledger, names
from turnover.datasets.card import Config, Loading
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Layout, LayoutOptions
from turnover.datasets.layouts.parts import CROISSANT, face_crops, root_entries
from turnover.datasets.layouts.shards import Shards, counts, cut, located, shards_of
from turnover.datasets.plain import json_text
from turnover.datasets.rows import face_files, face_row, samples_row
from turnover.datasets.sample import FaceCrop, Sample
from turnover.datasets.survey import Survey, survey_of
from turnover.datasets.trainers.lists import one_line

NAME = "webdataset"

_ROW = {
    "sample_id": "string",
    "split": "string",
    "caption": "string",
    "suffix": "string",
    "width": "int64",
    "height": "int64",
    "bytes": "int64",
    "sha256": "string",
    "metadata": "string",
}
"""Members of a sample's JSON, and their types to Hugging Face."""
_FACE_ROW = {
    "sample_id": "string",
    "split": "string",
    "frame_index": "int64",
    "width": "int64",
    "height": "int64",
    "sha256": "string",
    "metadata": "string",
}


def member_suffix(dataset: Dataset, survey: Survey) -> str:
    """What the media's member ends with."""
    return _common(survey.suffixes, ".image" if dataset.is_frames else ".video")


def _entries(dataset: Dataset, options: LayoutOptions) -> Iterator[Entry]:
    survey = survey_of(dataset)
    suffix = member_suffix(dataset, survey)
    shards = shards_of(dataset, options)

    def path(sample: Sample, number: int) -> str:
        return f"{_shard(sample.split, number)}/{sample.id}{suffix}"

    places = located(dataset, shards, path)
    loading = _loading(dataset, survey, suffix, shards)
    media = "{shard}/{sample_id}" + suffix
    yield from root_entries(dataset, survey, loading, places, layout=NAME, media=media, face_crops=face_files)
    for split in dataset.splits:
        groups = cut(places(split), shards[split])
        for number, group in enumerate(groups):
            yield Entry(_shard(split, number), ArchiveSource("tar", partial(_members, dataset, group, suffix)))
    for split, row in survey.splits.items():
        if row.faces:
            yield from _face_tars(dataset, survey, split, options)
    if survey.companions:
        for split in dataset.splits:
            yield from _companion_tars(dataset, split, options)


def _members(dataset: Dataset, group: tuple[tuple[Sample, str], ...], suffix: str) -> Iterator[Entry]:
    for sample, path in group:
        row: dict[str, JsonValue] = {
            "sample_id": sample.id,
            "split": sample.split,
            "caption": sample.caption,
            "suffix": sample.suffix,
            "width": sample.width,
            "height": sample.height,
            "bytes": sample.media.size_bytes,
            "sha256": sample.media.digest,
            "metadata": json_text(samples_row(dataset, sample, path, face_crops=face_files(sample))),
        }
        yield Entry(f"{sample.id}.json", BytesSource(json_text(row).encode()))
        yield Entry(f"{sample.id}{suffix}", sample.media)
        yield Entry(f"{sample.id}.txt", BytesSource(one_line(sample.caption).encode()))


def _face_tars(dataset: Dataset, survey: Survey, split: str, options: LayoutOptions) -> Iterator[Entry]:
    suffix = _common(survey.face_suffixes, ".image")

    def walk() -> Iterator[tuple[Sample, int, FaceCrop]]:
        return face_crops(dataset.samples(split))

    sizes = counts((crop.source.size_bytes for _, _, crop in walk()), options.shard_bytes)
    for number, group in enumerate(cut(walk(), sizes)):
        yield Entry(_face_shard(split, f"{number:06d}"), ArchiveSource("tar", partial(_face_members, group, suffix)))


def _face_members(group: tuple[tuple[Sample, int, FaceCrop], ...], suffix: str) -> Iterator[Entry]:
    for sample, index, crop in group:
        stem = names.face_file(sample, index, crop).removesuffix(crop.suffix)
        row: dict[str, JsonValue] = {
            "sample_id": sample.id,
            "split": sample.split,
            "frame_index": crop.face.frame,
            "width": crop.width,
            "height": crop.height,
            "sha256": crop.source.digest,
            "metadata": json_text(face_row(sample, index, crop)),
        }
        yield Entry(f"{stem}.json", BytesSource(json_text(row).encode()))
        yield Entry(f"{stem}{suffix}", crop.source)


def _companion_tars(dataset: Dataset, split: str, options: LayoutOptions) -> Iterator[Entry]:
    def walk() -> Iterator[Sample]:
        return (sample for sample in dataset.samples(split) if sample.companions)

    sizes = counts((sum(one.source.size_bytes for one in s.companions) for s in walk()), options.shard_bytes)
    for number, group in enumerate(cut(walk(), sizes)):
        yield Entry(f"companions/companions{split}-{number:06d}.tar", ArchiveSource("tar", partial(_companions, group)))


def _companions(group: tuple[Sample, ...]) -> Iterator[Entry]:
    for sample in group:
        for field, companion in zip(names.companion_fields(sample), sample.companions, strict=True):
            yield Entry(f"{sample.id}.{field}{companion.suffix}", companion.source)


def _common(suffixes: tuple[str, ...], otherwise: str) -> str:
    return suffixes[0] if len(suffixes) == 1 else otherwise


def _shard(split: str, number: int) -> str:
    return f"{split}-{number:06d}.tar"


def _face_shard(split: str, number: str) -> str:
    # `faces/train-…` would be a shard of `train` to a loader that is given the root.
    return f"faces/faces{split}-{number}.tar"


def _loading(dataset: Dataset, survey: Survey, suffix: str, shards: Shards) -> Loading:
    files = {split: (f"{split}-*.tar",) for split in dataset.splits}
    faces = {split: (_face_shard(split, "*"),) for split, row in survey.splits.items() if row.faces}
    face_suffix = _common(survey.face_suffixes, ".image")
    kind = "image" if dataset.is_frames else "video"
    split = next(iter(dataset.splits), "train")
    last = max(0, len(shards.get(split, ())) - 1)
    member = suffix[1:]
    return Loading(
        (
            Config("default", files, _features(_ROW, member, kind, has_text=True)),
            Config("faces", faces, _features(_FACE_ROW, face_suffix[1:], "image", has_text=False)),
        ),
        (
            (
                "With Hugging Face `datasets`; `faces` as a second argument loads the face crops, where there are any",
                f"""
from datasets import load_dataset
dataset = load_dataset("{dataset.folder_name}", streaming=True)
print(next(iter(dataset["{split}"].select_columns("txt"))))
""",
            ),
            (
                "With `webdataset`",
                f"""
import json, webdataset
for sample in webdataset.WebDataset("{dataset.folder_name}/{split}-{{000000..{last:06d}}}.tar", shardshuffle=False):
    media, row = sample["{member}"], json.loads(json.loads(sample["json"])["metadata"])
""",
            ),
        ),
        (
            (names.MANIFEST, "every sample by split, its path as `<shard>/<member>`"),
            (names.SAMPLES, "every sample with all it has, one JSON object a line"),
            (ledger.NAME, "which sample is in which split, since when and why; later versions keep to it"),
            ("manifest-sha256.txt", "the SHA-256 of every other file"),
            CROISSANT,
            ("<split>-000000.tar", f"samples: `<id>.json`, `<id>{suffix}`, `<id>.txt` (the caption)"),
            *((("faces/", "face crops in tars of their own, `<id>_f00`"),) if faces else ()),
            *((("companions/", "what belongs to samples: `<id>.<role>.<suffix>`"),) if survey.companions else ()),
        ),
    )


def _features(row: dict[str, str], member: str, kind: str, *, has_text: bool) -> tuple[str, ...]:
    """YAML of the columns, so that nothing is guessed."""
    texts = ["__key__", "__url__", *(["txt"] if has_text else [])]
    return (
        *(line for name in texts for line in (f"- name: {name}", "  dtype: string")),
        f"- name: {member}",
        f"  dtype: {kind}",
        "- name: json",
        "  struct:",
        *(line for name, kind in row.items() for line in (f"  - name: {name}", f"    dtype: {kind}")),
    )


LAYOUT = Layout(NAME, "tars of samples, read from end to end; for training from object storage", False, _entries)
