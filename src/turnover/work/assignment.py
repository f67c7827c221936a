"""Which clip a person wants in which split: a table or a JSON object."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from turnover.core.clip import Clip
from turnover.datasets.ratios import name_mistake
from turnover.errors import UsageError, ValuesError
from turnover.work.beside import read_json, read_text

_FILE_COLUMNS = ("file", "path", "file_name", "filename", "name")
_MOST_TOLD = 10


def read_assignment(path: Path, *, key: str = "split") -> dict[str, str]:
    """Path from the folder, file name or stem → split, from `.json` (an object) or CSV with a header.

    Raises UsageError with every mistake.
    """
    try:
        pairs = _from_json(path, key) if path.suffix.lower() == ".json" else _from_csv(path, key)
    except ValuesError as error:
        raise UsageError(error.message, hint=error.hint) from error
    mistakes = [f"{name!r}: {mistake}" for name, split in pairs if (mistake := name_mistake(split))]
    found: dict[str, str] = {}
    for name, split in pairs:
        if found.setdefault(_plain(name), split) != split:
            mistakes.append(f"{name!r} is in {found[_plain(name)]} and {split}")
    if mistakes:
        more = f"; and {len(mistakes) - _MOST_TOLD} more" if len(mistakes) > _MOST_TOLD else ""
        raise UsageError(f"{path.name}: {'; '.join(mistakes[:_MOST_TOLD])}{more}", hint="file,split per line")
    return found


def assigned(clip: Clip, source_name: str, assignment: Mapping[str, str], *, beside: str | None) -> str | None:
    """The split that a file assigns to a clip, else the one that stands beside it; None where neither does."""
    names = (source_name, clip.name, PurePosixPath(source_name).with_suffix("").as_posix(), clip.stem)
    return next((assignment[name] for name in names if name in assignment), beside)


def unused(assignment: Mapping[str, str], seen: set[str]) -> list[str]:
    """Names in the file that no clip has, sorted."""
    return sorted(set(assignment) - seen)


def _from_json(path: Path, key: str) -> list[tuple[str, str]]:
    value = read_json(path)
    if isinstance(value, dict):
        entries = [(name, entry.get(key) if isinstance(entry, dict) else entry) for name, entry in value.items()]
    elif isinstance(value, list):
        rows = [entry for entry in value if isinstance(entry, dict)]
        entries = [(str(_first(row) or ""), row.get(key)) for row in rows]
    else:
        raise UsageError(f"{path.name}: no object of file and split", hint='{"clip.mp4": "test"}')
    return [(name, str(split)) for name, split in entries if split is not None]


def _from_csv(path: Path, key: str) -> list[tuple[str, str]]:
    reader = csv.DictReader(io.StringIO(read_text(path)))
    columns = reader.fieldnames or []
    file_column = next((name for name in _FILE_COLUMNS if name in columns), None)
    if file_column is None or key not in columns:
        raise UsageError(
            f"{path.name}: the columns are {', '.join(columns) or 'none'}; {_FILE_COLUMNS[0]} and {key} are expected",
            hint="file,split",
        )
    return [(row[file_column] or "", row[key] or "") for row in reader if row.get(file_column) and row.get(key)]


def _first(row: Mapping[str, object]) -> object:
    return next((row[name] for name in _FILE_COLUMNS if name in row), None)


def _plain(name: str) -> str:
    return name.replace("\\", "/").removeprefix("./")
