"""`manifest.json`: every sample by split, and how the dataset came to be; written last, so its presence means complete.

Its JSON Schema is published as `turnover/schemas/manifest.schema.json`. A row stands on one line; a manifest of any
length is made a few rows at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from typing import TypeAlias

from turnover.core.clip import JsonValue
from turnover.core.entry import ChunksSource
from turnover.datasets import ledger, names
from turnover.datasets.dataset import Dataset
from turnover.datasets.plain import json_text, plain
from turnover.datasets.rows import face_names, manifest_row, samples_row
from turnover.datasets.sample import Sample

VERSION = "1.0"

Located: TypeAlias = Callable[[str], Iterator[tuple[Sample, str]]]
"""The samples of a split, each with where it lies from the root; `<archive>/<member>` inside a tar or table."""

_CHUNK = 1 << 16


def manifest(dataset: Dataset, located: Located, *, layout: str, media: str) -> ChunksSource:
    """The whole file; `layout` is the layout's name, `media` the pattern of its paths."""
    return ChunksSource(lambda: coalesced(_lines(dataset, located, layout, media)))


def samples_jsonl(
    dataset: Dataset, located: Located, face_crops: Callable[[Sample], tuple[str, ...]] = face_names
) -> ChunksSource:
    """`samples.jsonl`: a line for each sample, split by split, every line with the same keys."""

    def lines() -> Iterator[str]:
        for split in dataset.splits:
            for sample, path in located(split):
                yield json_text(samples_row(dataset, sample, path, face_crops=face_crops(sample))) + "\n"

    return ChunksSource(lambda: coalesced(lines()))


def ledger_jsonl(dataset: Dataset) -> ChunksSource:
    """`splits.lock.jsonl`: who is in which split, since when and why."""
    return ChunksSource(lambda: coalesced(map(ledger.json_line, dataset.ledger())))


def coalesced(texts: Iterable[str]) -> Iterator[bytes]:
    """UTF-8 in pieces worth writing."""
    held: list[bytes] = []
    size = 0
    for text in texts:
        held.append(text.encode())
        size += len(held[-1])
        if size >= _CHUNK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def in_tree(dataset: Dataset) -> Located:
    """Where samples lie in a tree: `data/<split>/videos/<id>.mp4`."""
    return lambda split: ((sample, names.media_name(dataset, sample)) for sample in dataset.samples(split))


def _lines(dataset: Dataset, located: Located, layout: str, media: str) -> Iterator[str]:
    yield f'{{\n"version": "{VERSION}",\n"total_samples": {dataset.total},\n"splits": {{'
    for number, (split, count) in enumerate(dataset.counts.items()):
        yield f"{',' if number else ''}\n{json_text(split)}: ["
        for place, (sample, path) in enumerate(located(split) if count else ()):
            yield f"{',' if place else ''}\n{json_text(manifest_row(dataset, sample, path))}"
        yield "\n]" if count else "]"
    yield f'\n}},\n"metadata": {{{_members(_metadata(dataset, layout, media))}\n}}\n}}\n'


def _members(metadata: dict[str, JsonValue]) -> str:
    return ",".join(f"\n{json_text(name)}: {json_text(value)}" for name, value in metadata.items())


def _metadata(dataset: Dataset, layout: str, media: str) -> dict[str, JsonValue]:
    return {
        "name": dataset.name,
        "dataset_version": dataset.version,
        "parent": dataset.parent,
        "digest": dataset.digest or None,
        "created_at": dataset.date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "description": dataset.description,
        "licence": dataset.licence,
        "trigger": dataset.trigger,
        "media": names.kind_folder(dataset),
        "filters": {name: plain(dataset.recipe.get(name)) for name in ("min_quality", "scene_types", "characters")},
        "recipe": plain(dataset.recipe),
        "excluded": plain(dataset.excluded),
        "split_policy": plain(dataset.policy),
        "layout": {"name": layout, "media": media},
    }
