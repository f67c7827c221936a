"""Every trainer against a dataset that stands on disk: are its lists there, and which samples can it use?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from turnover.core.clip import JsonValue
from turnover.core.entry import FileSource
from turnover.core.measurement import Box, Face
from turnover.core.rate import Rate
from turnover.datasets.configuration import trainers
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Trainer
from turnover.datasets.readiness import Counting, Readiness
from turnover.datasets.sample import Companion, FaceCrop, Sample
from turnover.work.doctor_dataset import Reference, Row, Standing

_ROLES = ("start_image", "end_image", "control", "reference")


def readiness(standing: Standing) -> Iterator[tuple[Trainer, Readiness]]:
    """What each trainer can do with the samples, which are read once."""
    counting = [Counting(trainer) for trainer in trainers().values()]
    for row in standing.rows():
        sample = sample_of(row)
        for one in counting:
            one.add(sample)
    return ((one.trainer, one.result()) for one in counting)


def missing_lists(
    trainer: Trainer, standing: Standing, reference: Reference, has: Callable[[str, str], bool]
) -> tuple[str, ...]:
    """The names of its list files that are not there; `has` says so by split and name."""
    dataset = Dataset(
        name="",
        version="",
        date=datetime(1980, 1, 1, tzinfo=UTC),
        counts=reference.counts,
        samples=lambda split: (sample_of(row) for row in standing.rows() if row.get("split") == split),
        ledger=lambda: iter(()),
        is_frames=reference.is_frames,
    )
    return tuple(
        entry.name for split in dataset.splits for entry in trainer.lists(dataset, split) if not has(split, entry.name)
    )


def sample_of(row: Row) -> Sample:
    """As much of a sample as its row tells; its media lie where the row says, and are not looked at."""
    path, crops, extra = row.get("path"), row.get("face_crops"), _extra(row)
    name = path if isinstance(path, str) else ""
    companions = extra.get("companions")
    return Sample(
        id=_text(row, "sample_id"),
        media=_source(name, row),
        suffix=PurePosixPath(name).suffix.lower(),
        source_name=name,
        caption=_text(row, "caption"),
        frame_count=_whole(row.get("num_frames")),
        frame_rate=_rate(row.get("frame_rate")),
        width=_whole(row.get("width")) or 0,
        height=_whole(row.get("height")) or 0,
        duration_seconds=None,
        has_sound=extra.get("has_sound") is True,
        faces=tuple(_face(str(one)) for one in (crops if isinstance(crops, list) else ())),
        companions=tuple(filter(None, map(_companion, companions if isinstance(companions, list) else ()))),
        split=_text(row, "split"),
    )


def _extra(row: Row) -> Mapping[str, JsonValue]:
    try:
        extra = json.loads(_text(row, "extra_json"))
    except (ValueError, RecursionError):
        return {}
    return extra if isinstance(extra, dict) else {}


def _face(name: str) -> FaceCrop:
    face = Face(0, Box(0.0, 0.0, 0.0, 0.0), 0.0)
    return FaceCrop(face, 0, 0, PurePosixPath(name).suffix.lower(), _source(name, {}))


def _companion(told: JsonValue) -> Companion | None:
    if not isinstance(told, dict):
        return None
    role, path = told.get("role"), told.get("path")
    found = next((one for one in _ROLES if one == role), None)
    if found is None or not isinstance(path, str):
        return None
    # The cast that mypy cannot do by itself: `found` is one of the literals.
    return Companion(found, PurePosixPath(path).suffix.lower(), _source(path, told))  # type: ignore[arg-type]


def _source(name: str, row: Mapping[str, JsonValue]) -> FileSource:
    return FileSource(Path(name), _whole(row.get("bytes")) or 0, _text(row, "sha256"), 0)


def _text(row: Mapping[str, JsonValue], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _whole(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _rate(value: JsonValue) -> Rate | None:
    try:
        return Rate.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None
