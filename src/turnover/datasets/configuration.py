"""Trainers and what they need to know of a dataset that stands on disk; nothing here opens a file."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches

from turnover.core.clip import JsonValue
from turnover.core.rate import Rate
from turnover.datasets import names
from turnover.datasets import trainers as folder
from turnover.datasets.layout import Configuring, Listed, Shape, Trainer
from turnover.datasets.trainers.fitting import sizes_of
from turnover.datasets.trainers.lists import PICTURES
from turnover.discovery import offered
from turnover.errors import RefusedError, UsageError, ValuesError

Rows = Callable[[], Iterable[Mapping[str, JsonValue]]]
"""Rows of `samples.jsonl` or of `manifest.json`, from the start on each call."""


_ARCHIVES = (".zip", ".tar", ".parquet")


def trainers() -> Mapping[str, Trainer]:
    """Name → trainer, by name."""
    return offered(folder, "TRAINER", Trainer)


def trainer_named(name: str) -> Trainer:
    """One of them; raises UsageError with a near match."""
    known = trainers()
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
    raise UsageError(f"there is no trainer {name!r}", hint=hint)


def configuring_from(
    rows: Rows, *, name: str, root: str, trigger: str | None = None, model: str | None = None
) -> Configuring:
    """What configurations are made from; `root` is the dataset's folder on the machine that trains.

    Rows are read once now, and again where a configuration lists clips. Raises ValuesError for a row that is none,
    and RefusedError where clips lie inside an archive.
    """
    shapes: dict[str, Counter[Shape]] = {}
    faces: Counter[str] = Counter()
    for number, row in enumerate(rows(), 1):
        split, clip = _clip(row, number)
        shapes.setdefault(split, Counter())[clip.shape] += 1
        crops = row.get("face_crops")
        faces[split] += len(crops) if isinstance(crops, list) else 0
    every = [shape for counts in shapes.values() for shape in counts]

    def clips(split: str) -> Iterator[Listed]:
        for number, row in enumerate(rows(), 1):
            of, clip = _clip(row, number)
            if of == split:
                yield clip

    return Configuring(
        name=name,
        root=root,
        splits=tuple(shapes),
        rates={split: _rates(counts) for split, counts in shapes.items()},
        frame_counts={split: _frame_counts(counts) for split, counts in shapes.items()},
        sizes={split: tuple(sizes_of(counts)) for split, counts in shapes.items()},
        trigger=trigger,
        model=model,
        shapes=shapes,
        clips=clips,
        is_frames=bool(every) and all(shape.suffix in PICTURES for shape in every),
        faces=dict(faces),
    )


def _clip(row: Mapping[str, JsonValue], number: int) -> tuple[str, Listed]:
    path, split, caption = row.get("path"), row.get("split"), row.get("caption")
    width, height = _whole(row.get("width")), _whole(row.get("height"))
    if not (isinstance(path, str) and isinstance(split, str) and isinstance(caption, str) and width and height):
        raise ValuesError(
            f"row {number} of the dataset lacks one of path, split, caption, width, height",
            hint="`turnover verify` says whether the dataset is whole",
        )
    names.check_split(split)  # it becomes part of file names
    if not _is_inside(path):
        raise ValuesError(f"row {number} of the dataset has the path {path!r}, which leaves it", hint="do not use it")
    archive = next((part for part in path.split("/")[:-1] if part.endswith(_ARCHIVES)), None)
    if archive is not None:
        raise RefusedError(
            f"its clips lie inside {archive}, and trainers read files", hint="make the dataset with `--layout tree`"
        )
    frames = _whole(row.get("num_frames"))
    suffix = posixpath.splitext(path)[1].lower()
    shape = Shape(width, height, frames or None, _rate(row), suffix, posixpath.dirname(path))
    return split, Listed(path, caption, shape)


def _is_inside(path: str) -> bool:
    """Paths go into configurations, so one that leads elsewhere is not taken."""
    return bool(path) and not path.startswith("/") and not {"\\", ":", "\0"} & set(path) and ".." not in path.split("/")


def _whole(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _rate(row: Mapping[str, JsonValue]) -> Rate | None:
    """The exact rate, or what its decimals stand for; None where it varies or is not known."""
    for value in (row.get("frame_rate"), row.get("fps")):
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        text = value if isinstance(value, str) else f"{value:.6f}"
        try:
            return Rate.parse(text)
        except ValueError:
            continue
    return None


def _rates(counts: Mapping[Shape, int]) -> Mapping[Rate | None, int]:
    rates: Counter[Rate | None] = Counter()
    for shape, samples in counts.items():
        rates[shape.frame_rate] += samples
    return dict(sorted(rates.items(), key=lambda item: float(item[0]) if item[0] else 0.0))


def _frame_counts(counts: Mapping[Shape, int]) -> tuple[int, ...]:
    return tuple(sorted({shape.frame_count for shape in counts if shape.frame_count is not None}))
