"""What stands beside a video: `clip.json`, `clip.txt`, `clip.frames.*`."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from turnover.core.clip import Clip, JsonValue
from turnover.core.probe import Warning
from turnover.errors import ValuesError
from turnover.sidecars.fields import SERIES_NAME
from turnover.work.given import is_generators_own, noted, with_given

MAX_BYTES = 32 << 20
MAX_DEPTH = 100
FRAME_SUFFIXES = (".frames.csv", ".frames.json", ".frames.parquet")

AUDIO_MARK = "-audio"
"""How the copy with sound is called where a clip was written twice; what stands beside the silent one is about both."""

REMARKS_ON_VALUES: Mapping[str, str] = MappingProxyType(
    {
        "near_key": "A key is not known but nearly is one that is; it is kept as it stands.",
        "frames_beyond_end": "Markers, segments or numbers per frame reach past the last frame.",
    }
)
"""Code → sentence of each warning about what stands beside a video."""

# A1111's lines; other generators write JSON.
_GENERATORS_LINES = re.compile(r"^(?:Steps: \d+, |Negative prompt: )", re.MULTILINE)

IsOwn = Callable[[Path], bool]
"""Whether this program wrote a file itself; such a file is never read as input."""


def with_values_beside(clip: Clip, *, is_own: IsOwn, metadata: Mapping[str, JsonValue] | None = None) -> Clip:
    """The clip with everything that stands beside it, and over that its entry of a metadata file.

    Raises ValuesError for a file that is meant for this program and cannot be used.
    """
    text = file_beside(clip.path, (".txt",), is_own)
    caption = None if text is None else _caption(text)
    if caption is not None:
        clip = replace(clip, caption=caption)
    own_values = file_beside(clip.path, (".json",), is_own)
    if own_values is not None:
        values = read_json(own_values)
        if isinstance(values, dict) and not is_generators_own(values):
            clip = with_given(clip, values, where=own_values.name)
    table = file_beside(clip.path, FRAME_SUFFIXES, is_own)
    if table is not None:
        clip = _with_series(clip, table)
    entry = (metadata or {}).get(entry_key(clip, metadata or {}) or "")
    return with_given(clip, entry, where="--metadata") if isinstance(entry, dict) else clip


def entry_key(clip: Clip, metadata: Mapping[str, JsonValue]) -> str | None:
    """Under which key a metadata file speaks of a clip; None where it does not."""
    path = clip.path
    relative = path.relative_to(clip.root) if path.is_relative_to(clip.root) else Path(path.name)
    names = (relative.parent / f"{stem}{path.suffix}" for stem in _stems(path))
    return next((name.as_posix() for name in names if name.as_posix() in metadata), None)


def file_beside(path: Path, suffixes: tuple[str, ...], is_own: IsOwn) -> Path | None:
    """The first file of that stem and one of these suffixes that stands there and that this program did not write."""
    files = (Path(path.parent, stem + suffix) for stem in _stems(path) for suffix in suffixes)
    # Not Path.is_file, which raises where the longer name is longer than names can be.
    there = (file for file in files if os.path.isfile(file) and file != path)  # noqa: PTH113
    return next((file for file in there if not is_own(file)), None)


def _stems(path: Path) -> tuple[str, ...]:
    silent = path.stem.removesuffix(AUDIO_MARK)
    return (path.stem, silent) if silent and silent != path.stem else (path.stem,)


def read_json(path: Path) -> JsonValue:
    """The JSON of a file, bounded in size; NaN becomes null. Raises ValuesError."""
    text = read_text(path)
    try:
        value: Any = json.loads(text, parse_constant=lambda token: None, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise ValuesError(
            f"{path.name}: not JSON: {error.msg} at line {error.lineno}, column {error.colno}", hint="mend or remove it"
        ) from error
    except (RecursionError, ValueError) as error:
        raise ValuesError(f"{path.name}: {error}", hint="mend or remove it") from error
    if _is_deep(value):
        raise ValuesError(f"{path.name}: nested deeper than {MAX_DEPTH} levels", hint="mend or remove it")
    return value  # type: ignore[no-any-return]  # json.loads gives nothing else


def _is_deep(value: JsonValue) -> bool:
    level: list[JsonValue] = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent if isinstance(parent, list) else ())
        ]
        if not level:
            return False
    return True


def read_metadata(path: Path) -> dict[str, JsonValue]:
    """A metadata file: an object of relative path → values. Raises ValuesError."""
    value = read_json(path)
    if not isinstance(value, dict) or not all(isinstance(entry, dict) for entry in value.values()):
        raise ValuesError(
            f"{path.name}: expected an object of relative path to values", hint='{"a/clip.mp4": {"seed": 42}}'
        )
    return value


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _caption(path: Path) -> str | None:
    try:
        if path.stat().st_size > 1 << 20:
            raise ValuesError(f"{path.name}: larger than 1 MiB", hint="a caption is a few sentences")
    except OSError as error:
        raise ValuesError(f"{path.name}: {error.strerror}", hint="check its permissions") from error
    text = read_text(path).strip()
    return text if text and is_caption(text) else None


def is_caption(text: str) -> bool:
    """Whether a text beside a video was written by a person, not by a generator: told by its content."""
    return not (_GENERATORS_LINES.search(text) or _is_json(text.strip()))


def read_text(path: Path) -> str:
    """The text of a small UTF-8 file. Raises ValuesError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValuesError(f"{path.name}: larger than {MAX_BYTES >> 20} MiB")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValuesError(f"{path.name}: {error.strerror}", hint="check its permissions") from error
    except UnicodeDecodeError as error:
        raise ValuesError(f"{path.name}: not UTF-8 at byte {error.start}", hint="save it as UTF-8") from error


def _is_json(text: str) -> bool:
    """Whether a text is a JSON object or list; a caption may well begin with a bracket."""
    if not text.startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _with_series(clip: Clip, table: Path) -> Clip:
    # Arrow is the larger part of all that the program would load to start, and few clips have a table.
    from turnover.files.tables import read_series  # noqa: PLC0415

    clip = replace(clip, series=read_series(table, name_pattern=SERIES_NAME))
    count = clip.probe.video.frame_count
    longest = max((len(series.values) for series in clip.series), default=0)
    if count is None or longest <= count:
        return clip
    sentence = f"{table.name}: numbers for {longest} frames, but the clip has {count}; frames count from 0"
    return noted(clip, Warning("frames_beyond_end", sentence))
