"""Per-frame numbers from CSV, JSON and Parquet files."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from turnover.core.series import Series
from turnover.errors import ValuesError

MAX_BYTES = 512 << 20
MAX_FRAMES = 20_000_000
MAX_CELLS = 40_000_000
INDEX = "frame"
_NULLS = ["", "null", "NULL", "Null", "None", "none", "nan", "NaN", "-nan", "-NaN", "NA", "N/A", "n/a", "#N/A", "#NA"]

Column = Sequence[int | float | None]


def read_series(path: Path, *, name_pattern: re.Pattern[str]) -> tuple[Series, ...]:
    """Every numeric column of a table as a series, in the table's order; columns of text are passed over.

    A column `frame` (0-based whole numbers) says which frame a row is about; without it rows are frames in order.
    Raises ValuesError with what was found.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValuesError(
                f"{path.name}: larger than {MAX_BYTES >> 20} MiB", hint="keep one clip's frames in a file"
            )
        columns = _READERS[path.suffix](path)
    except OSError as error:
        raise ValuesError(f"{path.name}: {error.strerror or error}", hint="check its permissions") from error
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise ValuesError(f"{path.name}: {error}", hint="one row a frame, one column a series, UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ValuesError(f"{path.name}: not a table of numbers: {error}") from error
    frames = _frames(columns.pop(INDEX, None), path)
    longest = (
        max((len(column) for column in columns.values()), default=0) if frames is None else max(frames, default=-1) + 1
    )
    _check_size(path, longest, len(columns))
    bad = [
        name for name, column in columns.items() if not name_pattern.match(name) and any(v is not None for v in column)
    ]
    if bad:
        raise ValuesError(
            f"{path.name}: {bad[0]!r} cannot be the name of a series",
            hint="letters, digits and _ only, not starting with a digit",
        )
    return tuple(
        Series.of(name, _placed(column, frames), source=path.name)
        for name, column in columns.items()
        if name_pattern.match(name)
    )


def _check_size(path: Path, rows: int, columns: int) -> None:
    if rows > MAX_FRAMES or rows * columns > MAX_CELLS:
        raise ValuesError(
            f"{path.name}: {columns} columns for {rows} frames are more than one clip has",
            hint="keep one clip's frames in a file",
        )


def _frames(values: Column | None, path: Path) -> list[int] | None:
    if values is None:
        return None
    frames = []
    for value in values:
        if value is None or (isinstance(value, float) and not value.is_integer()) or not 0 <= value < MAX_FRAMES:
            raise ValuesError(f"{path.name}: {value!r} is no frame number", hint="whole numbers from 0, one a row")
        frames.append(int(value))
    if len(set(frames)) != len(frames):
        raise ValuesError(f"{path.name}: a frame stands twice", hint="one row a frame")
    return frames


def _placed(values: Column, frames: list[int] | None) -> Column:
    if frames is None:
        return values
    placed: list[int | float | None] = [None] * (max(frames, default=-1) + 1)
    for frame, value in zip(frames, values, strict=True):
        placed[frame] = value
    return placed


# -------------------------------------------------------------------------------------------------- CSV and Parquet


def _from_csv(path: Path) -> dict[str, Column]:
    # One block: with more, a column's type would be guessed from the first and the rest refused.
    read = pyarrow.csv.ReadOptions(block_size=max(path.stat().st_size + 1, 1 << 20))
    parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
    convert = pyarrow.csv.ConvertOptions(null_values=_NULLS, strings_can_be_null=True, quoted_strings_can_be_null=True)
    # A file, not its name: Arrow wants names in UTF-8.
    with path.open("rb") as source:
        table = pyarrow.csv.read_csv(source, read_options=read, parse_options=parse, convert_options=convert)
    if table.num_columns == 1 and any(separator in table.column_names[0] for separator in ";\t|"):
        raise ValuesError(f"{path.name}: {table.column_names[0]!r} is one column", hint="a comma parts columns")
    return _from_table(table, path)


def _from_parquet(path: Path) -> dict[str, Column]:
    with path.open("rb") as source:
        file = pyarrow.parquet.ParquetFile(source)
        _check_size(path, file.metadata.num_rows, file.metadata.num_columns)
        return _from_table(file.read(), path)


def _from_table(table: Any, path: Path) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    _check_size(path, table.num_rows, table.num_columns)
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type
        if pa.types.is_null(kind):
            values: Column = [None] * len(column)
        elif pa.types.is_integer(kind):
            values = column.to_pylist()
        elif pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            values = column.cast(pa.float64()).to_pylist()
        else:
            _check_passed_over(name, column, path)
            continue
        if name in columns:
            raise ValuesError(f"{path.name}: two columns are called {name!r}")
        columns[name] = values
    return columns


def _check_passed_over(name: str, column: Any, path: Path) -> None:
    """Raise where a column that is no column of numbers was meant as one: by its name, or by most of its cells."""
    if name == INDEX:
        raise ValuesError(f"{path.name}: the column {INDEX!r} has text", hint="whole numbers from 0, one a row")
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return
    cells = [cell for cell in column.to_pylist() if cell is not None]
    strange = [cell for cell in cells if not _NUMBER.match(cell)]
    if len(strange) * 2 < len(cells):
        raise ValuesError(
            f"{path.name}: {strange[0][:40]!r} in the column {name!r} is no number",
            hint="leave the cell empty where a number is not known",
        )


_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*\Z")


# ------------------------------------------------------------------------------------------------------------- JSON


def _from_json(path: Path) -> dict[str, Column]:
    value: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    if isinstance(value, Mapping) and isinstance(value.get("series"), Mapping):
        value = value["series"]
    if isinstance(value, list) and all(isinstance(row, Mapping) for row in value):
        names = dict.fromkeys(name for row in value for name in row)
        _check_size(path, len(value), len(names))
        value = {name: [row.get(name) for row in value] for name in names}
    if not isinstance(value, Mapping) or not all(isinstance(column, list) for column in value.values()):
        raise ValuesError(f"{path.name}: expected an object of lists, or a list of objects")
    if len({len(column) for column in value.values()}) > 1:
        raise ValuesError(f"{path.name}: the lists have different lengths")
    return {name: column for name, column in value.items() if _is_series(name, column, path)}


def _is_series(name: str, column: list[Any], path: Path) -> bool:
    """Whether a list has numbers and nulls; raises where it has numbers beside something else."""
    strange = [value for value in column if value is not None and not _is_number(value)]
    is_text = all(isinstance(value, str | bool) for value in strange)
    if strange and (name == INDEX or not is_text or any(map(_is_number, column))):
        raise ValuesError(f"{path.name}: {repr(strange[0])[:40]} in {name!r} is no number")
    return not strange


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return not math.isinf(value) if isinstance(value, float) else abs(value) <= sys.float_info.max


_READERS = {".csv": _from_csv, ".parquet": _from_parquet, ".json": _from_json}
