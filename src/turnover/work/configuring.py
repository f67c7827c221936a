"""What a trainer needs to be told about a dataset that stands on disk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from turnover.core.clip import JsonValue
from turnover.datasets.configuration import configuring_from, trainer_named
from turnover.datasets.layout import Configuring, Trainer
from turnover.datasets.names import SAMPLES
from turnover.errors import UsageError
from turnover.work.previous import dataset_metadata, opened

_LONGEST_LINE = 64 << 20


def configuration(
    trainer_name: str, dataset: Path, *, root: str | None, model: str | None
) -> tuple[Trainer, Configuring, Mapping[str, str]]:
    """The trainer, what it was told, and its files: name → text.

    `root` is where the dataset lies on the machine that trains; None for where it lies here.
    Raises UsageError for an unknown trainer or model, and for what is no dataset.
    """
    trainer = trainer_named(trainer_name)
    if not dataset.is_dir():
        raise UsageError(f"{dataset}: trainers read a folder", hint="unpack the archive, and name the folder")
    metadata = dataset_metadata(dataset)
    trigger = metadata.get("trigger")

    def rows() -> Iterator[Mapping[str, JsonValue]]:
        return _rows(dataset)

    told = configuring_from(
        rows,
        name=str(metadata.get("name") or "dataset"),
        root=root or str(dataset.resolve()),
        trigger=trigger if isinstance(trigger, str) else None,
        model=model,
    )
    return trainer, told, trainer.configuration(told)


def _rows(dataset: Path) -> Iterator[Mapping[str, JsonValue]]:
    try:
        with opened(dataset, SAMPLES) as source:
            for line in iter(lambda: source.readline(_LONGEST_LINE), b""):
                row = json.loads(line)
                if isinstance(row, dict):
                    yield row
    except (OSError, KeyError, ValueError, RecursionError) as error:
        raise UsageError(f"{dataset}: its {SAMPLES} cannot be read: {error}", hint="name a whole dataset") from error
