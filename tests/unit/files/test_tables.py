"""Numbers per frame from CSV, JSON and Parquet."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.series import Series
from turnover.errors import ValuesError
from turnover.files.tables import read_series
from turnover.sidecars.fields import SERIES_NAME

Numbers = dict[str, list[float | None]]


def _read(path: Path) -> Numbers:
    return {series.name: _values(series) for series in read_series(path, name_pattern=SERIES_NAME)}


def _values(series: Series) -> list[float | None]:
    return [series.at(frame) for frame in range(len(series.values))]


def _csv(folder: Path, text: str) -> Path:
    path = folder / "clip.frames.csv"
    path.write_bytes(text.encode())
    return path


def _json(folder: Path, value: object) -> Path:
    path = folder / "clip.frames.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def _parquet(folder: Path, columns: dict[str, object]) -> Path:
    path = folder / "clip.frames.parquet"
    pyarrow.parquet.write_table(pa.table(columns), path)
    return path


def test_three_formats_say_the_same(tmp_path: Path) -> None:
    """Whole numbers, fractions and gaps come out alike from CSV, JSON (both forms) and Parquet."""
    columns = {"face_confidence": [0.5, None, 1.0], "count": [1, 2, None]}
    rows = [{"face_confidence": 0.5, "count": 1}, {"count": 2}, {"face_confidence": 1.0, "count": None}]
    expected = {"face_confidence": [0.5, None, 1.0], "count": [1.0, 2.0, None]}
    assert _read(_csv(tmp_path, "face_confidence,count\n0.5,1\nnull,2\n1.0,\n")) == expected
    assert _read(_json(tmp_path, columns)) == expected
    assert _read(_json(tmp_path, {"version": 1, "series": columns})) == expected
    assert _read(_json(tmp_path, rows)) == expected
    assert _read(_parquet(tmp_path, dict(columns))) == expected


def test_source_is_the_file(tmp_path: Path) -> None:
    """Each series knows the file it came from."""
    (series,) = read_series(_csv(tmp_path, "a\n1\n"), name_pattern=SERIES_NAME)
    assert series.source == "clip.frames.csv"


def test_sparse_frames(tmp_path: Path) -> None:
    """A column `frame` places the rows, in any order; frames without a row are not known."""
    expected: Numbers = {"a": [None, 0.1, None, None, 0.4]}
    assert _read(_csv(tmp_path, "frame,a\n4,0.4\n1,0.1\n")) == expected
    assert _read(_json(tmp_path, {"frame": [4, 1.0], "a": [0.4, 0.1]})) == expected
    assert _read(_json(tmp_path, [{"frame": 4, "a": 0.4}, {"frame": 1, "a": 0.1}])) == expected
    assert _read(_parquet(tmp_path, {"frame": [4.0, 1.0], "a": [0.4, 0.1]})) == expected


@pytest.mark.parametrize("word", ["", "null", "NULL", "None", "nan", "NaN", "NA", "N/A", "n/a", '""', '"null"'])
def test_words_for_not_known(tmp_path: Path, word: str) -> None:
    """What spreadsheets and libraries write for a gap is one."""
    assert _read(_csv(tmp_path, f"a,b\n0.5,1\n{word},2\n")) == {"a": [0.5, None], "b": [1.0, 2.0]}


def test_column_without_a_number(tmp_path: Path) -> None:
    """A column of gaps is a series that is empty, not a missing one."""
    assert _read(_csv(tmp_path, "a,b\n,1\n,2\n")) == {"a": [None, None], "b": [1.0, 2.0]}
    assert _read(_json(tmp_path, {"a": [None, None]})) == {"a": [None, None]}


def test_what_is_no_finite_number(tmp_path: Path) -> None:
    """NaN and infinity are "not known"."""
    assert _read(_csv(tmp_path, "a\n1\ninf\n-inf\n")) == {"a": [1.0, None, None]}
    assert _read(_parquet(tmp_path, {"a": [math.nan, math.inf, 1.0]})) == {"a": [None, None, 1.0]}
    assert _read(_json(tmp_path, '{"a": [NaN, 1]}')) == {"a": [None, 1.0]}


def test_columns_of_text_are_passed_over(tmp_path: Path) -> None:
    """Timecodes, names, notes of several lines, true and false are no series, whatever their column is called."""
    note = '"two\nlines, and ""quotes"""'
    text = f"frame,timecode,is sharp,note,a\n0,01:00:00:00,true,{note},0.5\n1,01:00:00:01,false,x,0.6\n"
    assert _read(_csv(tmp_path, text)) == {"a": [0.5, 0.6]}
    columns = {"frame": [0, 1], "time code": ["01:00:00:00", None], "is sharp": [True, False], "a": [0.5, 0.6]}
    assert _read(_json(tmp_path, columns)) == {"a": [0.5, 0.6]}
    assert _read(_parquet(tmp_path, {**columns, "boxes": [[1, 2], [3]]})) == {"a": [0.5, 0.6]}


def test_spreadsheets_own_marks(tmp_path: Path) -> None:
    """A byte order mark and CRLF, as Excel writes them, do no harm."""
    assert _read(_csv(tmp_path, "\ufeffframe,a\r\n0,1\r\n")) == {"a": [1.0]}
    assert _read(_json(tmp_path, '\ufeff{"a": [1]}')) == {"a": [1.0]}


def test_kinds_of_numbers_in_parquet(tmp_path: Path) -> None:
    """Every width of whole, real and decimal numbers is taken."""
    columns = {
        "small": pa.array([1, 2], pa.int8()),
        "wide": pa.array([1, 2**63], pa.uint64()),
        "half": pa.array([0.5, 1.5], pa.float16()),
        "decimal": pa.array([Decimal("0.25"), None], pa.decimal128(5, 2)),
    }
    expected = {"small": [1.0, 2.0], "wide": [1.0, float(2**63)], "half": [0.5, 1.5], "decimal": [0.25, None]}
    assert _read(_parquet(tmp_path, dict(columns))) == expected


def test_long_table_of_whole_numbers_at_first(tmp_path: Path) -> None:
    """A column that is whole for a megabyte and then is not is read all the same; it was refused once."""
    rows = ["0,00000000"] * 150_000 + ["0.5,0.25"]
    read = _read(_csv(tmp_path, "a,b\n" + "\n".join(rows) + "\n"))
    assert (len(read["a"]), read["a"][-1], read["b"][-1]) == (150_001, 0.5, 0.25)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Empty CSV file"),
        ("a,b\n1\n", "Expected 2 columns, got 1"),
        ("a,a\n1,2\n", "two columns are called 'a'"),
        ("face confidence\n0.5\n", "'face confidence' cannot be the name of a series"),
        ("frame;a\n0;1\n", "'frame;a' is one column"),
        ("1st\n0.5\n", "'1st' cannot be"),
        (",a\n0,0.5\n", "'' cannot be the name"),
        ("frame,a\n0,1\n0,2\n", "a frame stands twice"),
        ("frame,a\n0,1\n,2\n", "None is no frame number"),
        ("frame,a\n-1,1\n", "-1 is no frame number"),
        ("frame,a\n0.5,1\n", "0.5 is no frame number"),
        ("frame,a\n99999999999,1\n", "99999999999 is no frame number"),
        ("frame,a\nfirst,1\n", "the column 'frame' has text"),
        ("a\n1\n2\noops\n", "'oops' in the column 'a' is no number"),
    ],
)
def test_wrong_csv(tmp_path: Path, text: str, reason: str) -> None:
    """A table that cannot be used says what was found in it and by which name."""
    with pytest.raises(ValuesError, match=re.escape(reason)) as caught:
        _read(_csv(tmp_path, text))
    assert caught.value.message.startswith("clip.frames.csv: ")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "not a table of numbers"),
        ("[" * 100_000, "not a table of numbers"),
        ("1", "expected an object of lists, or a list of objects"),
        ([1, 2], "expected an object of lists"),
        ({"a": 1}, "expected an object of lists"),
        ({"a": [1], "b": [1, 2]}, "the lists have different lengths"),
        ({"a": [1, "x"]}, "'x' in 'a' is no number"),
        ({"a": [[1], [2]]}, "[1] in 'a' is no number"),
        ({"frame": ["0"], "a": [1]}, "'0' in 'frame' is no number"),
        ('{"frame": [NaN], "a": [1]}', "nan is no frame number"),
        ([{"frame": 0, "a": 1}, {"a": 2}], "None is no frame number"),
        ('{"a": [1e999]}', "inf in 'a' is no number"),
        ({"a": [10**400]}, "in 'a' is no number"),
        ({"a b": [1]}, "'a b' cannot be the name of a series"),
    ],
)
def test_wrong_json(tmp_path: Path, value: object, reason: str) -> None:
    """The same for JSON. NaN for a frame, and numbers past all doubles, stopped the program once."""
    with pytest.raises(ValuesError, match=re.escape(reason)) as caught:
        _read(_json(tmp_path, value))
    assert caught.value.message.startswith("clip.frames.json: ")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(40) + b"PAR1", b"\xff" * 100])
def test_what_is_no_parquet(tmp_path: Path, content: bytes) -> None:
    """A damaged Parquet file is told by name."""
    path = tmp_path / "clip.frames.parquet"
    path.write_bytes(content)
    with pytest.raises(ValuesError, match=r"^clip\.frames\.parquet: "):
        _read(path)


def test_csv_that_is_no_text(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 do no harm but to the columns they stand in."""
    path = tmp_path / "clip.frames.csv"
    path.write_bytes(b"a,name\n1,\xff\xfe\n2,ok\n")
    assert _read(path) == {"a": [1.0, 2.0]}
    path.write_bytes("a\n1\n".encode("utf-16"))
    with pytest.raises(ValuesError):
        _read(path)


def test_far_frame(tmp_path: Path) -> None:
    """A frame number that would fill the memory with gaps is refused: many columns, one row."""
    names = [f"s{number}" for number in range(100)]
    text = ",".join(["frame", *names]) + "\n" + ",".join(["9999999"] + ["1"] * 100) + "\n"
    with pytest.raises(ValuesError, match="100 columns for 10000000 frames are more than one clip has"):
        _read(_csv(tmp_path, text))


def test_folder_that_looks_like_a_partition(tmp_path: Path) -> None:
    """A folder called `take=2` adds no column, and a name that is no UTF-8 is no hindrance. Both were once."""
    folder = tmp_path / "take=2"
    folder.mkdir()
    assert _read(_parquet(folder, {"take": [1]})) == {"take": [1.0]}
    for path in (_parquet(folder, {"a": [1]}), _csv(folder, "a\n1\n")):
        assert _read(path.rename(folder / f"\udcff{path.name}")) == {"a": [1.0]}


def test_folder_in_the_place_of_a_table(tmp_path: Path) -> None:
    """What cannot be opened is told by name."""
    (tmp_path / "clip.frames.csv").mkdir()
    with pytest.raises(ValuesError, match=r"^clip\.frames\.csv: "):
        _read(tmp_path / "clip.frames.csv")


names = st.from_regex(SERIES_NAME, fullmatch=True).filter(lambda name: name not in ("frame", "series"))
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)


@given(st.dictionaries(names, st.lists(numbers, min_size=5, max_size=5), max_size=4), st.permutations(range(5)))
def test_placed_and_in_order_are_one(
    tmp_path_factory: pytest.TempPathFactory, columns: dict[str, list[float | None]], order: list[int]
) -> None:
    """Rows in any order, with a column `frame`, give what the rows in order give; every format agrees."""
    folder = tmp_path_factory.mktemp("tables")
    expected = {name: [None if v is None else float(v) for v in column] for name, column in columns.items()}
    shuffled = {name: [column[frame] for frame in order] for name, column in columns.items()}
    table = {name: pa.array([None if v is None else float(v) for v in c], pa.float64()) for name, c in shuffled.items()}
    lines = [["frame", *shuffled]] + [
        [str(frame), *("" if c[row] is None else repr(c[row]) for c in shuffled.values())]
        for row, frame in enumerate(order)
    ]
    assert _read(_json(folder, columns)) == expected
    assert _read(_json(folder, {"frame": order, **shuffled})) == expected
    assert _read(_parquet(folder, {"frame": order, **table})) == expected
    assert _read(_csv(folder, "\n".join(map(",".join, lines)) + "\n")) == expected
