"""Datasets whose clips are only names, for trainers' lists and configurations: `dataset`, `put`, `configuring`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from turnover.core.clip import JsonValue
from turnover.core.entry import ChunksSource, FileSource
from turnover.core.measurement import Box, Face
from turnover.core.rate import Rate
from turnover.datasets import names
from turnover.datasets.configuration import configuring_from, trainers
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Configuring
from turnover.datasets.rows import samples_row
from turnover.datasets.sample import Companion, FaceCrop, Sample

NASTY = (
    "NA", "null", "None", "nan", "007", "1e5", "2026-11-22", "true", "[1, 2]", "{}", "#1", "a: b", "- c",
    'she said "no", \'yes\'', "back\\slash \\n", "狐狸 跳过 🦊", "ten  spaces", "x,y;z\tw", "=1+1",
    "<lora:x:1>", "%s {0} $HOME",
    "a\u2028b", "c\x85d", "e\nf", "\x0bg", "l\ud800ne",
)  # fmt: skip
"""Captions that readers stumble over; the last ones have what a caption must not, to be sure."""

LINES = tuple(
    caption.replace("\u2028", " ").replace("\x85", " ").replace("\n", " ").replace("\ud800", "\ufffd").strip()
    for caption in NASTY
)
"""What is to be read of each."""

NOWHERE = FileSource(Path("clip"), 0, "0" * 64, 0)


def sample(number: int, **told: Any) -> Sample:
    """81 frames of 832x480 at 16 a second; `told` replaces members."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    values: dict[str, Any] = {
        "id": f"v{digest[:16]}",
        "media": NOWHERE,
        "suffix": ".mp4",
        "source_name": f"shot {number}.mp4",
        "caption": f"clip {number}",
        "frame_count": 81,
        "frame_rate": Rate(16),
        "width": 832,
        "height": 480,
        "duration_seconds": None,
        "split": "train",
    }
    return Sample(**{**values, **told})


def face() -> FaceCrop:
    return FaceCrop(Face(0, Box(0, 0, 64, 64), 0.9), 64, 64, ".png", NOWHERE)


def companion(role: Any) -> Companion:
    return Companion(role, ".mp4", NOWHERE)


def dataset(samples: Sequence[Sample], **options: Any) -> Dataset:
    """A dataset of the samples; `options` replace members."""
    splits: dict[str, list[Sample]] = {}
    for one in sorted(samples, key=lambda one: one.id):
        splits.setdefault(one.split, []).append(one)
    values: dict[str, Any] = {
        "name": "demo",
        "version": "1.0.0",
        "date": datetime(2026, 11, 22, tzinfo=UTC),
        "counts": {split: len(some) for split, some in splits.items()},
        "samples": lambda split: iter(splits.get(split, [])),
        "ledger": lambda: iter(()),
    }
    return Dataset(**{**values, **options})


def lists(of: Dataset, *, only: str | None = None) -> Mapping[str, bytes]:
    """Name → content of every trainer's lists."""
    files: dict[str, bytes] = {}
    for name, trainer in trainers().items():
        for split in of.splits if only in (None, name) else ():
            for entry in trainer.lists(of, split):
                assert isinstance(entry.source, ChunksSource)
                assert entry.name not in files
                files[entry.name] = b"".join(entry.source.chunks())
    return files


def put(of: Dataset, root: Path) -> None:
    """The tree: empty media, captions, companions, faces and every trainer's lists."""
    for split in of.splits:
        for one in of.samples(split):
            caption = (one.caption + "\n").encode(errors="replace")
            files = {names.media_name(of, one): b"", names.caption_name(of, one): caption}
            files |= dict.fromkeys(names.companion_names(one), b"")
            files |= {names.face_name(one, index, crop): b"" for index, crop in enumerate(one.faces)}
            for name, content in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_bytes(content)
    for name, content in lists(of).items():
        (root / name).write_bytes(content)


def rows(of: Dataset) -> list[Mapping[str, JsonValue]]:
    """What `samples.jsonl` says."""

    def each() -> Iterator[Mapping[str, JsonValue]]:
        for split in of.splits:
            yield from (samples_row(of, one, names.media_name(of, one)) for one in of.samples(split))

    return list(each())


def configuring(of: Dataset, root: str | Path, **options: Any) -> Configuring:
    """What configurations of it are made from, as if it stood at that root."""
    of_rows = rows(of)
    return configuring_from(lambda: of_rows, name=of.folder_name, root=str(root), **options)


def example() -> Dataset:
    """The dataset that the documentation shows: sixteen clips of two rates, four of them held out."""
    clips = [sample(number, frame_count=81, frame_rate=Rate(16)) for number in range(12)]
    clips += [sample(number, frame_count=121, frame_rate=Rate(24), width=1280, height=720) for number in range(12, 16)]
    held = [sample(number, split="validation") for number in range(16, 20)]
    return dataset([*clips, *held])
