"""Datasets as values, with real media behind them: `dataset`, `nasty`, and `written`, which puts one on the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests import videos
from tests.recipes import Recipe
from turnover.core.clip import Place, Rights
from turnover.core.entry import FileSource
from turnover.core.generation import Generation, Lora, ModelUse, Pass
from turnover.core.measurement import Box, Face, Summary
from turnover.core.rate import Rate
from turnover.datasets.dataset import Dataset, LedgerLine
from turnover.datasets.layout import Layout, LayoutOptions
from turnover.datasets.sample import Companion, FaceCrop, Sample
from turnover.files.ingest import read_once
from turnover.files.packing.pack import pack

DATE = datetime(2026, 11, 22, 10, tzinfo=UTC)
FRAMES, WIDTH, HEIGHT = 9, 64, 48
RATE = Rate(24000, 1001)

NASTY: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "train": (
        {"prompt": "NA", "scene_type": "test lab", "character": "val", "seed": 2**64 - 1, "loras": {"a": 1.0}},
        {"prompt": "null", "scene_type": "train station", "character": "Dev", "loras": {"b": 0.8, "c.d": 1.0}},
        {"prompt": 'she said "no",\n\tthen\r\nleft', "suffix": ".mov", "quality": 1.0, "faces": 2, "seed": 7},
        {"prompt": "狐狸 跳过 🦊\u2028雪", "suffix": ".webm", "quality": 0.5, "tags": ("flicker",), "seed": 0},
        {"prompt": None, "caption": "a fallback", "suffix": ".gif", "made": False},
        {"prompt": "[1, 2]", "character": "2026-11-22", "faces": 1, "companions": ("start_image", "control")},
    ),
    "validation": ({"prompt": "2026-11-22", "suffix": ".webm", "seed": 12345678901234567890},),
    "test": (),
    "holdout": (
        {"prompt": "007", "character": None, "faces": 1, "loras": {"z": -0.5}},
        {"prompt": "1e5", "suffix": ".mov", "quality": 0.0},
    ),
}
"""What loaders stumble over: texts that look like something else, words for splits, columns that are all unknown."""


def nasty(folder: Path) -> Dataset:
    """`NASTY` as a dataset."""
    return dataset(folder, NASTY)


def plain(folder: Path, counts: Mapping[str, int], **options: Any) -> Dataset:
    """So many `.mp4` clips a split, all facts known; `options` replace members of the Dataset."""
    rows = {
        split: [{"prompt": f"{split} clip {number}", "quality": number / 2, "seed": number} for number in range(count)]
        for split, count in counts.items()
    }
    return dataset(folder, rows, **options)


def dataset(folder: Path, splits: Mapping[str, Sequence[Mapping[str, Any]]], **options: Any) -> Dataset:
    """A dataset of the samples described; their media lie in that folder, under names nobody should see again."""
    samples = {
        split: sorted((sample(folder, split, n, **row) for n, row in enumerate(rows)), key=lambda one: one.id)
        for split, rows in splits.items()
    }

    def ledger() -> Iterator[LedgerLine]:
        everyone = sorted((one for some in samples.values() for one in some), key=lambda one: one.id)
        return (LedgerLine(one.id, one.group, one.split, "1.0.0", "ratio") for one in everyone)

    values: dict[str, Any] = {
        "name": "demo",
        "version": "1.0.0",
        "date": DATE,
        "counts": {split: len(some) for split, some in samples.items()},
        "samples": lambda split: iter(samples[split]),
        "ledger": ledger,
        "digest": "sha256:" + "0" * 64,
        "recipe": {"min_quality": 0.5, "scene_types": None, "characters": None},
        "policy": {"algorithm": "sticky-greedy-1", "salt": "demo"},
        "excluded": {"no_caption": 2},
    }
    return Dataset(**{**values, **options})


def sample(
    folder: Path,
    split: str,
    number: int,
    *,
    prompt: str | None = "a fox",
    caption: str | None = None,
    suffix: str = ".mp4",
    scene_type: str | None = None,
    character: str | None = None,
    seed: int | None = None,
    loras: Mapping[str, float] | None = None,
    quality: float | None = None,
    tags: tuple[str, ...] = (),
    faces: int = 0,
    companions: Sequence[str] = (),
    made: bool = True,
) -> Sample:
    """One sample with a file of its own."""
    media = _media(folder, f"{split} {number} clip{suffix}", split, number)
    uses = tuple(Lora(name, weight) for name, weight in (loras or {}).items())
    generation = Generation(
        tool="comfyui", prompt=prompt, seed=seed, steps=20, cfg=5.0, models=(ModelUse("wan2.2"),), loras=uses,
        passes=(Pass(seed=seed, steps=20),),
    )  # fmt: skip
    key = "v" + media.digest[:16]
    return Sample(
        id=key,
        media=media,
        suffix=suffix,
        source_name=f"secret folder/{split} {number}{suffix}",
        caption=caption or " ".join((prompt or "").split()),
        frame_count=1 if suffix in (".png", ".jpg") else FRAMES,
        frame_rate=None if suffix in (".gif", ".png", ".jpg") else RATE,
        width=WIDTH,
        height=HEIGHT,
        duration_seconds=float(RATE.seconds(FRAMES)),
        place=Place(character=character, scene_type=scene_type),
        prompt=prompt,
        generation=generation if made else None,
        quality_score=quality,
        metrics={"flicker": Summary(0.1, 0.0, 0.0, 0.3)} if made else {},
        failure_tags=tags,
        rights=Rights("allowed"),
        faces=tuple(_face(folder, split, number, index) for index in range(faces)),
        companions=tuple(_companion(folder, split, number, role) for role in companions),
        group=key,
        split=split,
    )


def layouts() -> dict[str, Layout]:
    """Every built-in layout by name."""
    modules = ("tree", "zip", "zip_per_split", "webdataset", "parquet")
    found = (import_module(f"turnover.datasets.layouts.{name}").LAYOUT for name in modules)
    return {layout.name: layout for layout in found}


def written(made: Dataset, layout: str, folder: Path, *, shard_bytes: int = 1 << 30) -> Path:
    """The dataset on the disk, in a folder or archive of its usual name."""
    arrangement = layouts()[layout]
    target = folder / (made.folder_name + (".zip" if arrangement.is_one_file else ""))
    entries = arrangement.entries(made, LayoutOptions(shard_bytes))
    return pack(entries, target, kind="zip" if arrangement.is_one_file else "folder", date=made.date).path


def everyone(made: Dataset) -> Iterator[Sample]:
    return (one for split in made.splits for one in made.samples(split))


# ------------------------------------------------------------------------------------------------------ the files


def _media(folder: Path, name: str, split: str, number: int) -> FileSource:
    path = folder / "sources" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    shade = int.from_bytes(hashlib.sha256(f"{split}{number}".encode()).digest()[:2])
    if path.suffix in (".png", ".jpg"):
        _picture(path, shade)
    else:
        path.write_bytes(_clip(path.suffix) + _tail(path.suffix, shade))
    return read_once(path)


@cache
def _clip(suffix: str) -> bytes:
    recipe = Recipe(
        f"made{suffix}", width=WIDTH, height=HEIGHT, frames=FRAMES, rate=RATE if suffix != ".gif" else Rate(25)
    )
    return videos.cached(recipe).read_bytes()


def _tail(suffix: str, shade: int) -> bytes:
    """What makes the bytes of two clips differ and no decoder minds."""
    if suffix in (".mp4", ".mov", ".m4v"):
        return b"\x00\x00\x00\x0afree" + shade.to_bytes(2)
    if suffix in (".webm", ".mkv"):
        return b"\xec\x82" + shade.to_bytes(2)  # an EBML Void of two bytes
    return shade.to_bytes(2)  # behind the trailer of a GIF


def _face(folder: Path, split: str, number: int, index: int) -> FaceCrop:
    path = folder / "sources" / f"{split} {number} face {index}.png"
    _picture(path, 1000 * number + index + len(split))
    box = Box(1.0 + index, 2.5, 20.0, 24.0)
    landmarks = ((3.0, 4.0), (13.0, 4.5)) if index == 0 else ()
    return FaceCrop(Face(index, box, 0.9, landmarks), 16, 16, ".png", read_once(path))


def _companion(folder: Path, split: str, number: int, role: str) -> Companion:
    suffix = ".png" if role.endswith("image") else ".mp4"
    path = folder / "sources" / f"{split} {number} {role}{suffix}"
    if suffix == ".png":
        _picture(path, number)
    else:
        path.write_bytes(_clip(suffix) + _tail(suffix, number + 5))
    return Companion(role, suffix, read_once(path))  # type: ignore[arg-type]  # the caller names a real role


def _picture(path: Path, shade: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(shade).integers(0, 255, (16, 16, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
