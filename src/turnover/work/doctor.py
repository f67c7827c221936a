"""Loads a dataset with everything installed that loads datasets, and says what came of it.

Each loader has a process and caches of its own, without the network: one that is broken, as torchcodec often is, takes
nothing with it. What a loader gives is compared with what the dataset says of itself, sample by sample.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from turnover.core.clip import JsonValue
from turnover.datasets.croissant import file_name
from turnover.datasets.layout import Trainer
from turnover.datasets.layouts import parquet, tree, webdataset, zip_per_split
from turnover.datasets.layouts import zip as one_zip
from turnover.datasets.readiness import Readiness
from turnover.errors import ProbeError
from turnover.files.packing.reading import StoredZip
from turnover.work.doctor_dataset import Reference, Standing, reference_of
from turnover.work.doctor_loading import LOADERS, Asked
from turnover.work.doctor_trainers import missing_lists, readiness
from turnover.work.doctor_trial import Trial, trial_of

State: TypeAlias = Literal["ok", "failed", "skipped"]

STALL_SECONDS = 600.0
"""A loader that gives nothing for so long is given up."""

_TORCHCODEC = (
    "torchcodec is installed and does not work, which breaks loading itself: it needs FFmpeg's shared libraries, and"
    ' wheels from 0.14 on need CUDA. Without CUDA: pip install "torchcodec==0.13.*"; or uninstall it.'
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    """`dataset`, a loader such as `datasets, streaming`, or `trainer musubi-tuner`."""
    state: State
    """failed: the dataset or the loader is broken; skipped: it was not tried, or has no use for this dataset."""
    sentence: str
    detail: tuple[str, ...] = ()
    """More sentences."""

    def as_dict(self) -> dict[str, JsonValue]:
        return {"name": self.name, "state": self.state, "sentence": self.sentence, "detail": list(self.detail)}


def doctor(
    path: Path,
    *,
    loaders: Sequence[str] = tuple(LOADERS),
    stall_seconds: float = STALL_SECONDS,
    scratch: Path | None = None,
) -> Iterator[Check]:
    """One check after the other, as they are made; nothing is written beside the dataset.

    loaders: which of them to try.
    scratch: a folder for caches, which needs room where a loader unpacks; None for the system's.
    Raises ProbeError `not_found` where nothing stands there. What is no whole dataset gives one failed check.
    """
    path = path.absolute()
    if not path.exists():
        raise ProbeError(f"{path}: no such file or folder", hint="check the spelling", code="not_found")
    try:
        standing = Standing(path)
        reference = reference_of(standing)
    except ProbeError as error:
        yield Check("dataset", "failed", error.message, (error.hint,) if error.hint else ())
        return
    layout = standing.layout(reference.counts)
    told = ", ".join(f"{split} {count}" for split, count in reference.counts.items())
    yield Check("dataset", "ok", f"layout {layout}, {_samples(reference.total)}: {told or 'no split'}")
    if not reference.total:
        return
    for loader in loaders:
        yield _loaded(loader, standing, reference, layout, stall_seconds, scratch)
    for trainer, found in readiness(standing):
        yield _trained(trainer, found, standing, reference, layout)


# ------------------------------------------------------------------------------------------------------------- loaders


def _loaded(
    loader: str, standing: Standing, reference: Reference, layout: str, stall_seconds: float, scratch: Path | None
) -> Check:
    with _folder(scratch) as folder:
        asked = Asked(
            loader=loader,
            path=str(standing.path),
            layout=layout,
            splits=reference.splits,
            face_splits=tuple(split for split in reference.splits if reference.faces[split]),
            is_frames=reference.is_frames,
            size_bytes=reference.size_bytes,
            croissant=_croissant(standing.path),
        )
        reason = _no_use(asked) or _no_room(asked, folder)
        if reason is not None:
            return Check(loader, "skipped", reason)
        trial = trial_of(asked, standing, reference, scratch=folder, stall_seconds=stall_seconds)
    return _judged(loader, trial, reference)


def _judged(loader: str, trial: Trial, reference: Reference) -> Check:
    if trial.missing is not None:
        return Check(loader, "skipped", f"{trial.missing} is not installed")
    what = " with ".join(trial.versions) or loader
    if trial.error is not None:
        hint = (_TORCHCODEC,) if "torchcodec" in trial.output.lower() else ()
        return Check(loader, "failed", f"{what} cannot load it: {trial.error[:500]}", hint)
    if loader == "datasets, decoding":
        return Check(loader, "ok", f"the first clip of every split decodes with {what}")
    expected = reference.faces if loader == "datasets, faces" else reference.counts
    given = trial.faces if loader == "datasets, faces" else trial.counts
    wrong = [
        f"{split}: {given[split]} come, and there are {expected.get(split, 0)}"
        for split in sorted({*expected, *given})
        if given[split] != expected.get(split, 0)
    ]
    if wrong or trial.wrong:
        return Check(loader, "failed", f"{what} gives something else than the dataset says", (*wrong, *trial.wrong))
    things = "faces" if loader == "datasets, faces" else "samples"
    return Check(loader, "ok", f"{what} gives all {sum(given.values())} {things}, in their splits and as they are")


def _no_use(asked: Asked) -> str | None:
    """Why a loader has nothing to do here."""
    if asked.loader in ("pyarrow", "pandas") and asked.layout == webdataset.NAME:
        return "tars have no tables"
    if asked.loader == "datasets" and asked.layout == one_zip.NAME:
        return "a ZIP given by its name alone loads every split as train; it is streamed instead"
    if asked.loader == "datasets, faces" and not asked.face_splits:
        return "there are no faces"
    if asked.loader == "datasets, faces" and asked.layout in (one_zip.NAME, zip_per_split.NAME):
        return "faces load once the archive is unpacked"
    if asked.loader == "datasets, decoding" and asked.is_frames:
        return "frames need no video decoder"
    if asked.loader == "webdataset" and asked.layout != webdataset.NAME:
        return "it reads tars: --layout webdataset makes them"
    if asked.loader == "mlcroissant" and not asked.croissant:
        return f"there is no {file_name(Path(asked.path).name)}"
    return None


def _no_room(asked: Asked, folder: Path) -> str | None:
    """Why a loader cannot be tried that copies all media first."""
    copies = (asked.loader == "datasets" and asked.layout in (webdataset.NAME, parquet.NAME)) or (
        asked.loader == "mlcroissant" and asked.layout not in (tree.NAME, parquet.NAME)
    )
    free = shutil.disk_usage(folder).free
    if not copies or asked.size_bytes * 1.5 < free:
        return None
    return f"it copies {asked.size_bytes:,} bytes, and {folder.parent} has {free:,} left; TMPDIR names another place"


def _croissant(path: Path) -> str:
    """Where the description stands; empty where there is none."""
    name = file_name(path.name)
    found = path / name if path.is_dir() else path.with_name(name)
    return str(found) if found.is_file() else ""


@contextmanager
def _folder(scratch: Path | None) -> Iterator[Path]:
    # Libraries leave read-only files behind, and threads that still write.
    with tempfile.TemporaryDirectory(prefix="turnover-doctor-", dir=scratch, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


# ------------------------------------------------------------------------------------------------------------ trainers


def _trained(trainer: Trainer, found: Readiness, standing: Standing, reference: Reference, layout: str) -> Check:
    name = f"trainer {trainer.name}"
    if layout in (webdataset.NAME, parquet.NAME):
        return Check(name, "skipped", f"{trainer.title} reads folders: --layout tree makes one")
    reasons = tuple(f"{count}: {reason}" for reason, count in found.reasons.items())
    notes = tuple(f"{count}: {note}" for note, count in found.notes.items())
    if not found.ready:
        return Check(name, "skipped", f"{trainer.title} can use none of {_samples(found.total)} as they are", reasons)
    missing = missing_lists(trainer, standing, reference, _has(standing, layout))
    if missing:
        told = tuple(f"{one} is not there" for one in missing)
        return Check(name, "failed", f"{trainer.title} lacks what it reads: make the dataset again", told)
    after = "" if layout == tree.NAME else ", once it is unpacked"
    return Check(
        name, "ok", f"{trainer.title} can use {found.ready} of {_samples(found.total)}{after}", (*reasons, *notes)
    )


def _has(standing: Standing, layout: str) -> Callable[[str, str], bool]:
    """Whether a file of a split is there, by split and name."""
    if layout != zip_per_split.NAME:
        return lambda split, name: standing.has(name)

    @cache
    def names(split: str) -> StoredZip | tuple[str, ...]:
        try:
            return StoredZip(standing.path / f"{split}.zip")
        except ProbeError:
            return ()

    return lambda split, name: name in names(split)


def _samples(count: int) -> str:
    return f"{count} sample" + ("s" if count != 1 else "")
