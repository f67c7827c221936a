"""Datasets whose clips differ in size, length, rate and container, for what PyTorch reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from tests import datasets_made, videos
from tests.recipes import Recipe
from turnover.core.rate import Rate
from turnover.datasets.dataset import Dataset
from turnover.datasets.sample import Sample
from turnover.files.ingest import read_once

Pixels = NDArray[np.uint8]

LAYOUTS = ("tree", "zip", "zip-per-split", "webdataset", "parquet")

MIXED = {
    "train": (
        Recipe("a.mp4", width=64, height=48, frames=9, picture="noise"),
        Recipe("b.mov", width=64, height=48, frames=9, picture="gradient", colour=(1, 1, 1), colour_range="limited"),
        Recipe("c.webm", width=48, height=64, frames=5, picture="noise", rate=Rate(30000, 1001)),
        Recipe("turned.mp4", width=64, height=48, frames=5, picture="noise", rotation=90),
        Recipe("deep.mp4", width=64, height=48, frames=5, picture="noise", codec="libx265", pixel_format="yuv420p10le"),
        Recipe("page.gif", width=64, height=48, frames=4, picture="gradient", rate=Rate(25)),
        Recipe("late.mp4", width=64, height=48, picture="noise", variable=(1, 3, 1, 2, 1, 1, 4, 1)),
    ),
    "validation": (Recipe("v.mp4", width=48, height=32, frames=5, picture="noise"),),
}
"""One of everything that decoders treat in their own way."""


def mixed(folder: Path) -> Dataset:
    return of_recipes(folder, MIXED)


def many(folder: Path, count: int, **options: Any) -> Dataset:
    """So many small clips in `train`, each with other bytes and one with the same pictures."""
    return datasets_made.plain(folder, {"train": count}, **options)


def of_recipes(folder: Path, splits: Mapping[str, Sequence[Recipe]]) -> Dataset:
    """A dataset of the videos of these recipes; `source_name` is where each lies below the folder."""
    samples = {
        split: sorted((_sample(folder, split, recipe) for recipe in recipes), key=lambda one: one.id)
        for split, recipes in splits.items()
    }
    return replace(
        datasets_made.plain(folder, {}),
        counts={split: len(some) for split, some in samples.items()},
        samples=lambda split: iter(samples[split]),
        ledger=lambda: iter(()),
    )


def source_pictures(path: Path, *, rotation: int = 0) -> Pixels:
    """Every frame by PyAV alone: (frames, height, width, 3), turned clockwise."""
    with av.open(str(path)) as container:
        pictures = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])
    return np.rot90(pictures, k=-rotation // 90, axes=(1, 2))


def sources(made: Dataset, folder: Path, split: str = "train") -> Iterator[tuple[str, Pixels]]:
    """Sample id and pictures, decoded from the files the dataset was made of."""
    for sample in made.samples(split):
        yield sample.id, source_pictures(folder / sample.source_name, rotation=90 * ("turned" in sample.source_name))


def _sample(folder: Path, split: str, recipe: Recipe) -> Sample:
    path = videos.write(recipe, folder / split)
    media = read_once(path)
    key = "v" + media.digest[:16]
    is_turned = recipe.rotation in (90, 270)
    is_steady = recipe.variable is None
    return Sample(
        id=key,
        media=media,
        suffix=path.suffix,
        source_name=f"{split}/{recipe.name}",
        caption=f"a caption of {recipe.name}",
        frame_count=recipe.frames if is_steady else len(tuple(recipe.variable or ())),
        frame_rate=recipe.rate if is_steady else None,
        width=recipe.height if is_turned else recipe.width,
        height=recipe.width if is_turned else recipe.height,
        duration_seconds=None,
        group=key,
        split=split,
    )
