"""The samples of one split of a dataset, by number: their rows, their media, and what is known of their pictures.

Every layout has the file `samples.jsonl`, a line for each sample. Only where the lines start is kept, so that a
million samples take a few megabytes in every worker; a row is read again when it is asked for.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from turnover.core.clip import JsonValue
from turnover.core.rate import Rate
from turnover.errors import ProbeError, UsageError
from turnover.files.packing.reading import StoredZip
from turnover.torch.media_in import Folder, Media, Tables, Tars

Row: TypeAlias = dict[str, JsonValue]
Keep: TypeAlias = Callable[[Mapping[str, JsonValue]], bool]
"""Whether a sample is wanted, by its row."""

SAMPLES = "samples.jsonl"
MANIFEST = "manifest.json"

_CHUNK = 1 << 20
_LONGEST_LINE = 64 << 20


@dataclass(frozen=True, slots=True)
class Shape:
    """What a row says of the pictures; None is "not known"."""

    width: int | None
    height: int | None
    frame_count: int | None
    rate: Fraction | None
    """Frames per second; None where it varies too."""


class Contents:
    """Safe in any number of threads and processes."""

    def __init__(self, path: Path, split: str, *, keep: Keep | None = None) -> None:
        """path: the folder, or the ZIP that holds the whole dataset.

        Raises UsageError where there is no such dataset or split, ProbeError where it is damaged.
        """
        self.path = path
        self.split = split
        self._volume = _volume(path)
        self._lines = array("Q")  # start and length
        self._shapes: dict[Shape, int] = {}
        self._shape_of = array("L")
        archives: dict[str, None] = {}
        splits: dict[str, None] = {}
        is_kept = False
        for start, line in _lines(self._volume, path):
            row = _parsed(line, path, start)
            splits[str(row.get("split"))] = None
            if row.get("split") != split:
                continue
            is_kept = True
            if keep is not None and not keep(row):
                continue
            self._lines.extend((start, len(line)))
            self._shape_of.append(self._shapes.setdefault(_shape(row), len(self._shapes)))
            archives[str(row.get("path")).rpartition("/")[0]] = None
        if not is_kept:
            raise UsageError(
                f"{path} has no samples in a split {split!r}",
                hint=f"it has {', '.join(splits)}" if splits else "it has no samples at all",
            )
        self._media = _media(self._volume, path, split, tuple(archives))
        self._shape_list = tuple(self._shapes)

    def __len__(self) -> int:
        return len(self._shape_of)

    def shape(self, index: int) -> Shape:
        return self._shape_list[self._shape_of[index]]

    def row(self, index: int) -> Row:
        """Everything that is known of a sample, None where a value is not."""
        start, length = self._lines[2 * index : 2 * index + 2]
        return _parsed(self._volume.read_part(SAMPLES, length, start), self.path, start)

    def media(self, row: Row) -> bytes:
        """The clip as it was packed; raises ProbeError."""
        name = row.get("path")
        if not isinstance(name, str):
            raise ProbeError(f"{self.path}: a row of {SAMPLES} has the path {name!r}", hint="make the dataset again")
        try:
            content = self._media.read(name)
        except KeyError as error:
            raise ProbeError(f"{name}: not in {self.path}", hint="take a whole copy", code="not_found") from error
        except MemoryError as error:
            raise ProbeError(f"{name}: too large for this machine's memory", hint="leave it out with `keep`") from error
        told = row.get("bytes")
        if isinstance(told, int) and len(content) != told:
            raise ProbeError(
                f"{name}: has {len(content)} bytes, and {SAMPLES} says {told}", hint="`turnover verify` tells more"
            )
        return content


def _volume(path: Path) -> Folder | StoredZip:
    try:
        volume = Folder(path) if path.is_dir() else StoredZip(path)
    except ProbeError as error:
        raise UsageError(f"no dataset: {error.message}", hint="name the folder or the ZIP of a dataset") from error
    missing = [name for name in (SAMPLES, MANIFEST) if name not in volume]
    if missing:
        raise UsageError(
            f"{path} is no complete dataset: it has no {missing[0]}",
            hint="name the folder that `turnover dataset` made, not one inside it",
        )
    return volume


def _media(volume: Folder | StoredZip, path: Path, split: str, folders: tuple[str, ...]) -> Media:
    """Where the paths of the split's rows lead; folders: those that the paths are in."""
    if isinstance(volume, StoredZip):
        return volume
    if any(folder.endswith(".tar") for folder in folders):
        return Tars(path, folders)
    if any(folder.endswith(".parquet") for folder in folders):
        return Tables(path, folders)
    archive = path / f"{split}.zip"
    # Unpacked beside the archive, the files themselves are nearer.
    is_packed = archive.is_file() and not any((path / folder).is_dir() for folder in folders)
    return StoredZip(archive) if is_packed else volume


def _lines(volume: Folder | StoredZip, path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of `samples.jsonl`, each with where it starts; blank ones are left out."""
    waiting, start = b"", 0
    position = 0
    while piece := volume.read_part(SAMPLES, _CHUNK, position):
        position += len(piece)
        *whole, waiting = (waiting + piece).split(b"\n")
        for line in whole:
            if line.strip():
                yield start, line
            start += len(line) + 1
        if len(waiting) > _LONGEST_LINE:
            raise ProbeError(f"{path}: a line of {SAMPLES} is longer than {_LONGEST_LINE >> 20} MiB")
    if waiting.strip():
        yield start, waiting


def _parsed(line: bytes, path: Path, start: int) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProbeError(
            f"{path}: the line at byte {start} of {SAMPLES} is no JSON: {error}", hint="take a whole copy"
        ) from error
    if not isinstance(row, dict):
        raise ProbeError(f"{path}: the line at byte {start} of {SAMPLES} is no object", hint="take a whole copy")
    return row


def _shape(row: Row) -> Shape:
    told = row.get("frame_rate")
    rate = _rate(told) if isinstance(told, str) else None
    return Shape(_whole(row.get("width")), _whole(row.get("height")), _whole(row.get("num_frames")), rate)


def _whole(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


@lru_cache(maxsize=256)  # many rows, few rates
def _rate(told: str) -> Fraction | None:
    try:
        return Rate.parse(told).fraction
    except ValueError:
        return None
