"""Makes what a dataset needs and clips are not: parts encoded anew, single frames, faces cut out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import cv2
from isal.isal_zlib import crc32

from turnover.compute.local import run_each
from turnover.compute.outcomes import Done
from turnover.core.clip import JsonValue
from turnover.core.colour import Colour
from turnover.core.entry import FileSource
from turnover.core.measurement import Face
from turnover.datasets.recipe import Recipe
from turnover.datasets.recipe_parts import FaceCrops
from turnover.datasets.sample import FaceCrop, Sample
from turnover.files.ingest import read_once
from turnover.media.crops import CropStyle
from turnover.media.encoding import write_clip
from turnover.media.face_crops import face_crops
from turnover.media.faces import FaceFinder, finder
from turnover.media.probe import probe
from turnover.media.stills import stills
from turnover.work.look import Failed
from turnover.work.measure import STALL_SECONDS, Measuring

_CLOSE = 640
"""Longest side of the picture in which a face is looked for once more before it is cut out."""


@dataclass(frozen=True, slots=True)
class Deriving:
    """How to make it, and where it waits."""

    recipe: Recipe
    measuring: Measuring
    workspace: Path


@dataclass(frozen=True, slots=True)
class DeriveTask:
    """What a worker needs for the samples of one file."""

    samples: tuple[Sample, ...]
    faces: tuple[Face, ...]
    style: FaceCrops
    model: Path | None
    workspace: Path


def derived(samples: Iterable[Sample], how: Deriving) -> Iterator[Sample | Failed]:
    """Each sample with what is made for it; those that need nothing pass by. The order is not kept.

    What was made for a sample stays in the workspace under its id, and is not made again.
    """
    waiting: dict[str, list[Sample]] = {}
    for sample in samples:
        if sample.part is None and not _has_faces(sample, how):
            yield sample
        else:
            waiting.setdefault(sample.media.digest, []).append(sample)
    outcomes = run_each(
        derive,
        (_task(twins, how) for twins in waiting.values()),
        workers=how.measuring.workers,
        names="turnover dataset",
        timeout_seconds=STALL_SECONDS,
        order="given",
        stop=how.measuring.stop,
    )
    for outcome in outcomes:
        if isinstance(outcome, Done):
            yield from outcome.value
        else:
            yield Failed(outcome.task.samples[0].media.path, outcome.error)


def derive(task: DeriveTask, report: Callable[[float], None]) -> tuple[Sample, ...]:
    """Make what the samples of one file need. Raises ProbeError where the file cannot be read any more."""
    cv2.setNumThreads(1)
    if all(sample.suffix == ".png" for sample in task.samples):
        return tuple(_stills(task))
    return tuple(_made(sample, task, report) for sample in task.samples)


# --------------------------------------------------------------------------------------------------------- the task


def _task(samples: list[Sample], how: Deriving) -> DeriveTask:
    kept = how.measuring.keeping.load(samples[0].media.digest, how.measuring.method)
    faces = kept.faces if kept is not None and how.recipe.frames is None else ()
    return DeriveTask(tuple(samples), faces, how.recipe.faces, how.measuring.model, how.workspace)


def _has_faces(sample: Sample, how: Deriving) -> bool:
    if how.recipe.faces.most == 0 or how.recipe.frames is not None:
        return False
    kept = how.measuring.keeping.load(sample.media.digest, how.measuring.method)
    return kept is not None and bool(kept.faces)


# --------------------------------------------------------------------------------------------------------- in a worker


def _made(sample: Sample, task: DeriveTask, report: Callable[[float], None]) -> Sample:
    crops = _faces(sample, task)
    if sample.part is None:
        return replace(sample, faces=crops)
    place = task.workspace / f"{sample.id}.mp4"
    if not place.exists():
        write_clip(sample.media.path, place, start=sample.part.start, stop=sample.part.stop, progress=report)
    return replace(_taken(sample, place), faces=crops)


def _taken(sample: Sample, place: Path) -> Sample:
    """The sample with what was made of its part; where that came from stands in `extra`."""
    assert sample.part is not None
    origin: dict[str, JsonValue] = {"sha256": sample.media.digest, "frames": [sample.part.start, sample.part.stop]}
    return replace(sample, media=read_once(place), extra={**sample.extra, "made_from": origin})


def _stills(task: DeriveTask) -> Iterator[Sample]:
    by_frame = {sample.part.start: sample for sample in task.samples if sample.part is not None}
    source = task.samples[0].media.path
    places = {frame: task.workspace / f"{sample.id}.png" for frame, sample in by_frame.items()}
    missing = [frame for frame, place in places.items() if not place.exists()]
    for still in stills(source, missing, colour=_colour(source)) if missing else ():
        _write(places[still.frame], still.content)
    for frame, sample in by_frame.items():
        if places[frame].exists():
            yield _taken(sample, places[frame])


def _faces(sample: Sample, task: DeriveTask) -> tuple[FaceCrop, ...]:
    """The best faces of a sample, cut out of its source; all of them stand in one file."""
    part = sample.part
    faces = [face for face in task.faces if part is None or part.start <= face.frame < part.stop]
    if task.style.most == 0 or not faces:
        return ()
    found = face_crops(
        sample.media.path,
        faces,
        _style(task.style),
        most=task.style.most,
        finder=_close_finder(task.model),
        colour=_colour(sample.media.path),
    )
    kept = [one for one in found.crops if one.face.confidence >= (task.style.min_confidence or 0)]
    place = task.workspace / f"{sample.id}.faces"
    _write(place, b"".join(one.crop.content for one in kept))
    offsets = [0]
    for one in kept:
        offsets.append(offsets[-1] + len(one.crop.content))
    first = 0 if part is None else part.start
    return tuple(
        FaceCrop(
            replace(one.face, frame=one.face.frame - first),
            one.crop.width,
            one.crop.height,
            one.crop.suffix,
            _part_of(place, one.crop.content, offset),
        )
        for one, offset in zip(kept, offsets, strict=False)
    )


def _part_of(place: Path, content: bytes, offset: int) -> FileSource:
    digest = hashlib.sha256(content).hexdigest()
    return FileSource(place, len(content), digest, crc32(content), offset=offset)


def _style(crops: FaceCrops) -> CropStyle:
    suffix: Literal[".png", ".jpg"] = ".jpg" if crops.format == "jpg" else ".png"
    return CropStyle(
        size=None if crops.size == "frame" else crops.size,
        is_aligned=crops.aligned,
        margin=crops.margin,
        least_sharpness=crops.min_sharpness,
        suffix=suffix,
    )


def _colour(path: Path) -> Colour:
    """What the file says of its colours."""
    return probe(path).video.colour


@lru_cache(maxsize=1)
def _close_finder(model: Path | None) -> FaceFinder | None:
    """Looks once more at the pictures that faces are cut out of, for closer points; Haar has no points to tell."""
    return None if model is None else finder(model, max_side=_CLOSE)


def _write(place: Path, content: bytes) -> None:
    temporary = place.with_suffix(f"{place.suffix}.{os.getpid()}.part")
    temporary.write_bytes(content)
    temporary.replace(place)
