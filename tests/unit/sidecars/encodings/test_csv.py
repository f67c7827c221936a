"""CSV comes back through a strict reader, Python's own and pandas, in every dialect."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from typing import Any

import pandas
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.clips import GENERATED, clip, view
from tests.readers.rfc4180 import Cell, read_cells, read_rows
from turnover.core.clip import Clip, Marker, Segment
from turnover.core.generation import Generation, InputMedia, Pass
from turnover.core.probe import Warning
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.core.series import Series
from turnover.errors import RefusedError
from turnover.sidecars.encodings.csv import CsvEncoding
from turnover.sidecars.template import Rendering, parse_template, render
from turnover.sidecars.text import clean
from turnover.sidecars.values import fixed
from turnover.sidecars.view import View

any_text = st.text(st.characters(codec=None))
hostile = st.sampled_from(
    ['"', '""', ",", ";", "\t", "|", "\r\n", "\n", "\r", " x", "x ", "", "null", "=1+1", "+1", "-1", "@SUM(A1)", "'",
     "\x00", "\ud800", "\u2028", "\u0085", "\ufeff", "日本語", "🎬", "NaN", "\\", '\\"']
)  # fmt: skip
texts = st.lists(any_text | hostile, max_size=3).map("".join)
delimiters = st.sampled_from([",", ";", "\t", "|"])
quotings = st.sampled_from(["minimal", "all"])
line_endings = st.sampled_from(["crlf", "lf"])
encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
dialects = st.fixed_dictionaries(
    {}, optional={"delimiter": delimiters, "quoting": quotings, "line_ending": line_endings, "encoding": encodings}
)


def rendering(source: Any, *seen: Clip | View) -> Rendering:
    template = parse_template(source, slug="mine")
    return render(template, [one if isinstance(one, View) else view(one) for one in seen])


def made(source: Any, *seen: Clip | View) -> bytes:
    return rendering(source, *seen).content()


def decoded(content: bytes, dialect: dict[str, Any]) -> str:
    """The text of a file, which has a byte order mark where its dialect says so and only there."""
    encoding = dialect.get("encoding", "utf-8")
    if encoding == "utf-16":
        assert content[:2] == b"\xff\xfe"
        return content[2:].decode("utf-16-le")
    assert (content[:3] == b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    return content.decode("utf-8-sig" if encoding == "utf-8-sig" else "utf-8")


def cells(content: bytes, **dialect: Any) -> list[list[Cell]]:
    line_end = "\n" if dialect.get("line_ending") == "lf" else "\r\n"
    return read_cells(decoded(content, dialect), delimiter=dialect.get("delimiter", ","), line_end=line_end)


def rows(content: bytes, **dialect: Any) -> list[list[str]]:
    return [[cell.text for cell in record] for record in cells(content, **dialect)]


def by_python(content: bytes, **dialect: Any) -> list[list[str]]:
    text = decoded(content, dialect)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=dialect.get("delimiter", ","), strict=True))


def with_prompt(text: str) -> Clip:
    return clip(generation=replace(GENERATED, prompt=text))


# ---------------------------------------------------------------------------------------------------- any text


@given(text=texts, more=texts, dialect=dialects)
@example(text="", more="", dialect={})
@example(text="null", more="\x00", dialect={})
@example(text="\ufeff", more=" ", dialect={"encoding": "utf-8-sig"})
def test_text_comes_back(text: str, more: str, dialect: dict[str, Any]) -> None:
    """Any text comes back clean through both readers, in every dialect, whatever stands beside it."""
    source = {
        "columns": ["generation.prompt", {"header": 'a,"b"', "field": "generation.negative_prompt"}, "codec"],
        "dialect": dialect,
    }
    content = made(source, clip(generation=Generation(prompt=text, negative_prompt=more)))

    expected = [["generation.prompt", 'a,"b"', "codec"], [clean(text), clean(more), "h264"]]
    assert rows(content, **dialect) == expected
    assert by_python(content, **dialect) == expected


@given(text=texts, dialect=dialects)
def test_text_on_every_frame(text: str, dialect: dict[str, Any]) -> None:
    """A text beside per-frame numbers comes back on every row."""
    source = {"columns": ["frame", "generation.prompt", "motion_score"], "dialect": dialect}
    one = replace(with_prompt(text), series=(Series.of("motion_score", [0.5, None]),))
    one = replace(one, probe=replace(one.probe, video=replace(one.probe.video, frame_count_claimed=3)))

    content = made(source, one)

    expected = [["frame", "generation.prompt", "motion_score"]]
    expected += [[str(n), clean(text), number] for n, number in enumerate(["0.500000", "null", "null"])]
    assert rows(content, **dialect) == expected == by_python(content, **dialect)


@given(text=texts)
def test_pandas_reads_it(text: str) -> None:
    """pandas reads the same text, and takes `null` as missing."""
    content = made({"columns": ["generation.prompt", "clip.caption", "codec"]}, with_prompt(text))
    table = pandas.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, na_values={"clip.caption": ["null"]})
    assert table.to_dict("records") == [
        {"generation.prompt": clean(text), "clip.caption": pytest.approx(math.nan, nan_ok=True), "codec": "h264"}
    ]


# ------------------------------------------------------------------------------------------------- not known


def test_a_text_that_reads_like_null() -> None:
    """A text that is the token, or is empty, is quoted; what is not known is bare."""
    one = replace(clip(), caption="null", status="", group="x")
    content = made({"columns": ["clip.caption", "clip.status", "clip.group", "clip.split"]}, one)
    assert content.decode().splitlines()[1] == '"null","",x,null'


def test_text_that_is_the_token_on_every_frame() -> None:
    """On rows over frames as well."""
    one = replace(clip(frames=2), caption="null", status="")
    content = made({"columns": ["frame", "clip.caption", "clip.status", "clip.split", "motion_score"]}, one)
    assert content.decode().splitlines()[1:] == ['0,"null","",null,null', '1,"null","",null,null']


@pytest.mark.parametrize("token", ["", "null", "NaN", "-", "n/a", "a,b", 'say "no"', "=NA()", " ", "\n"])
@pytest.mark.parametrize("rows_over", ["clips", "frames"])
@pytest.mark.parametrize("quoting", ["minimal", "all"])
def test_any_token(token: str, rows_over: str, quoting: str) -> None:
    """Whatever the token, each row has every cell, and rows over clips and frames write it alike."""
    dialect = {"quoting": quoting, "formula_guard": True}
    source = {"columns": ["clip.caption", "codec", "clip.status"], "rows": rows_over, "null": token, "dialect": dialect}
    (_, *records) = cells(made(source, clip(frames=1)), **dialect)
    is_quoted = quoting == "all" or token in ("a,b", 'say "no"', " ", "\n")
    null = Cell(token, is_quoted)
    assert records == [[null, Cell("h264", quoting == "all"), null]]


@pytest.mark.parametrize("rows_over", ["clips", "frames"])
def test_one_column_and_an_empty_token(rows_over: str) -> None:
    """A row of one empty cell is no empty line: readers would pass it over."""
    source = {"columns": ["clip.caption"], "rows": rows_over, "null": ""}
    content = made(source, clip(frames=3))
    count = 3 if rows_over == "frames" else 1
    assert content == b"clip.caption\r\n" + b'""\r\n' * count
    assert len(pandas.read_csv(io.BytesIO(content))) == count


def test_nulls_are_told() -> None:
    """What is not known is told by its header, each once."""
    columns = ["clip.caption", {"header": "who", "field": "shot.artist"}, "codec"]
    found = rendering({"columns": columns}, clip(), clip())
    found.content()
    assert list(found.findings.nulls) == ["clip.caption", "who"]


def test_nulls_of_frames_are_told() -> None:
    """On rows over frames that is what no frame has: a gap in a series is no news."""
    columns = ["frame", "motion_score", "face_confidence", "frame.timecode", "clip.caption", "codec",
               {"header": "gap", "field": "quality_metric", "default": 0}]  # fmt: skip
    found = rendering({"columns": columns}, clip(series={"motion_score": [None, 1.0]}))
    found.content()
    assert list(found.findings.nulls) == ["face_confidence", "frame.timecode", "clip.caption"]


# ------------------------------------------------------------------------------------------------------- frames


@given(
    values=st.lists(st.none() | st.floats(), max_size=8), frame_count=st.integers(1, 12), decimals=st.integers(0, 12)
)
def test_a_row_for_every_frame(values: list[float | None], frame_count: int, decimals: int) -> None:
    """There are as many rows as frames, `null` where a number is missing, and numbers come back with their decimals."""
    one = clip(frames=frame_count, series={"motion_score": values})
    source = {"columns": ["frame", "motion_score", "face_confidence"], "decimals": decimals}

    (_, *records) = rows(made(source, one))

    known = (one.series[0].at(n) for n in range(frame_count))
    expected = ["null" if value is None else fixed(value, decimals) for value in known]
    assert records == [[str(n), number, "null"] for n, number in enumerate(expected)]


def test_no_per_frame_data_at_all() -> None:
    """The specification's own example: a clip that was never measured still has a row of nulls for each frame."""
    columns = ["frame", "face_confidence", "motion_score", "quality_metric", "boundary_ssim"]
    assert made({"columns": columns}, clip(frames=3)) == (
        b"frame,face_confidence,motion_score,quality_metric,boundary_ssim\r\n"
        b"0,null,null,null,null\r\n1,null,null,null,null\r\n2,null,null,null,null\r\n"
    )


@given(
    quoting=quotings,
    delimiter=delimiters,
    start=st.sampled_from([None, "01:00:00:00", "01:00:00;00", "00:00:59;28"]),
    encoder=st.sampled_from(["label", "semicolons", "frames"]),
    host=st.sampled_from(["1001", "-1", "0"]),
)
def test_counting_columns_in_every_dialect(
    quoting: str, delimiter: str, start: str | None, encoder: str, host: str
) -> None:
    """Frames, times and timecodes stand in their own cells, quoted where the dialect or a sign asks for it."""
    dialect = {"quoting": quoting, "delimiter": delimiter}
    columns = ["frame", "frame.host", {"field": "frame.timecode", "encoder": encoder}, "frame.seconds", "motion_score"]
    one = clip(rate=Rate(30000, 1001), frames=4, start=start, series={"motion_score": [-0.5, None, 12.25]})
    seen = view(one, first_frame=host)

    (_, *records) = cells(made({"columns": columns, "dialect": dialect}, seen), **dialect)

    def label(frame: int) -> str:
        if seen.start is None:
            return "null"
        at = seen.start + frame
        separator = ";" if at.is_drop_frame and encoder == "semicolons" else ":"
        return (
            str(at.frame)
            if encoder == "frames"
            else at.with_separator(separator)
            if encoder == "semicolons"
            else str(at)
        )

    numbers = ["-0.500000", "null", "12.250000", "null"]
    assert [[cell.text for cell in record] for record in records] == [
        [str(n), str(int(host) + n), label(n), fixed(Rate(30000, 1001).seconds(n), 6), numbers[n]] for n in range(4)
    ]
    for record in records:
        for cell in record:
            assert cell.is_quoted == (quoting == "all" or delimiter in cell.text)


def test_each_series() -> None:
    """One column for each series of the clips, in their order; the times of varying rates are no series here."""
    one = clip("/show/a.mp4", frames=2, series={"b": [1, 2], "pts_seconds": [0, 1], "a": [3, 4]})
    two = clip("/show/b.mp4", frames=1, series={"a": [5], "c": [6]})
    source = {"columns": ["frame", {"each": "series", "decimals": 0}], "rows": "frames"}
    assert rows(made(source, one, two)) == [
        ["frame", "b", "a", "c"],
        ["0", "1", "3", "null"],
        ["1", "2", "4", "null"],
        ["0", "null", "5", "6"],
    ]


def test_held_series() -> None:
    """Gaps repeat the number before them, and a column beside it says which numbers were known."""
    one = clip(frames=5, series={"face": [None, 1, None, 2], "none": [None, None], "later": [None] * 5 + [9.0]})
    source = {"columns": ["frame", {"each": "series", "decimals": 1, "fill": "hold"}], "rows": "frames"}
    found = rendering(source, one)
    assert rows(found.content()) == [
        ["frame", "face", "face_valid"],
        ["0", "1.0", "0"],
        ["1", "1.0", "1"],
        ["2", "1.0", "0"],
        ["3", "2.0", "1"],
        ["4", "2.0", "0"],
    ]
    assert list(found.findings.nulls) == ["none", "later"]


def test_held_column() -> None:
    """A column that names its series is held in the same way, under its own header."""
    columns = ["frame", {"header": "Face", "field": "face_confidence", "fill": "hold", "decimals": 2}]
    one = clip(frames=2, series={"face_confidence": [0.125]})
    assert rows(made({"columns": columns}, one)) == [
        ["frame", "Face", "Face_valid"], ["0", "0.12", "1"], ["1", "0.12", "0"],
    ]  # fmt: skip
    without = made({"columns": columns}, clip(frames=2))
    assert rows(without) == [["frame"], ["0"], ["1"]]


def test_several_clips() -> None:
    """Clips follow each other under one header; a column may be for such files alone."""
    columns = [{"field": "clip.name", "only_combined": True}, "clip.position", "frame"]
    one, two = clip("/show/a.mp4", frames=1), clip("/show/b.mp4", frames=2)
    source = {"columns": columns, "rows": "frames"}
    assert rows(made(source, one, two)) == [
        ["clip.name", "clip.position", "frame"], ["a.mp4", "1", "0"], ["b.mp4", "2", "0"], ["b.mp4", "2", "1"],
    ]  # fmt: skip
    assert rows(made(source, one)) == [["clip.position", "frame"], ["1", "0"]]


def test_frames_of_one_clip_not_known() -> None:
    """One clip whose frames are not known refuses the file, before its first byte."""
    with pytest.raises(RefusedError):
        next(rendering({"columns": ["frame"]}, clip(), clip(frames=None)).chunks)


def test_a_million_frames_stream() -> None:
    """A million frames come in pieces of bounded size, text beside numbers."""
    one = clip(frames=1_000_000, series={"motion_score": [0.25] * 1_000_000}, start="01:00:00:00")
    columns = ["frame", "frame.host", "frame.timecode", "motion_score", "clip.name"]
    sizes = [len(chunk) for chunk in rendering({"columns": columns}, one).chunks]
    assert max(sizes) < 8 << 20
    assert sum(sizes) > 45_000_000


# --------------------------------------------------------------------------------------------------------- rows

EVERYTHING = replace(
    clip(audio=True, frames=4),
    generation=replace(GENERATED, passes=(Pass(seed=1), Pass(seed=2**64 - 1)), inputs=(InputMedia("start.png"),)),
    markers=(Marker(FrameRange(1, 2), "a, b"), Marker(FrameRange(0, 4), "all")),
    segments=(Segment(FrameRange(0, 2), 0, "one"), Segment(FrameRange(2, 4), 1)),
    failure_tags=("flicker", "face_lost"),
)
EVERYTHING = replace(
    EVERYTHING, probe=replace(EVERYTHING.probe, tags=(("encoder", "Lavf"),), warnings=(Warning("w", "told"),))
)


@pytest.mark.parametrize(
    ("rows_over", "column", "expected"),
    [
        ("clips", "clip.name", ["shot_010.mp4"]),
        ("audio", "audio.codec", ["aac"]),
        ("failure_tags", "failure_tag.name", ["flicker", "face_lost"]),
        ("frames", "frame.host", ["1001", "1002", "1003", "1004"]),
        ("inputs", "input.name", ["start.png"]),
        ("loras", "lora.weight", ["0.800000", "0.500000"]),
        ("markers", "marker.name", ["a, b", "all"]),
        ("models", "model.role", ["diffusion", "text_encoder"]),
        ("passes", "pass.seed", ["1", "18446744073709551615"]),
        ("segments", "segment.name", ["one", "null"]),
        ("tags", "tag.value", ["Lavf"]),
        ("warnings", "warning.code", ["w"]),
    ],
)
def test_rows_over(rows_over: str, column: str, expected: list[str]) -> None:
    """Rows go over clips or over any collection, whether the template says so or its columns do."""
    (_, *records) = rows(made({"columns": [column], "rows": rows_over}, EVERYTHING))
    assert records == [[text] for text in expected]
    if not column.startswith("audio"):
        assert made({"columns": [column]}, EVERYTHING) == made({"columns": [column], "rows": rows_over}, EVERYTHING)


# ------------------------------------------------------------------------------------------------------ dialects


def test_no_header() -> None:
    """Without a header the first line is the first row."""
    assert made({"columns": ["codec"], "dialect": {"header": False}}, clip()) == b"h264\r\n"


@pytest.mark.parametrize(
    ("text", "guarded"),
    [("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\rx", "'\rx"), ("a=1", "a=1"),
     ("'=1", "'=1"), ("", ""), (" =1", " =1")],
)  # fmt: skip
@pytest.mark.parametrize("quoting", ["minimal", "all"])
@pytest.mark.parametrize("rows_over", ["clips", "frames"])
def test_formula_guard(text: str, guarded: str, quoting: str, rows_over: str) -> None:
    """With the guard, text that a spreadsheet would run has an apostrophe before it; numbers stay numbers."""
    columns = ["generation.prompt", "video.first_frame"]
    dialect = {"formula_guard": True, "quoting": quoting}
    seen = view(clip(generation=Generation(prompt=text), frames=1), first_frame="-5")
    source = {"columns": columns, "dialect": dialect, "rows": rows_over}
    assert rows(made(source, seen), **dialect)[1] == [guarded, "-5"]
    unguarded = {"columns": columns, "dialect": {"quoting": quoting}, "rows": rows_over}
    assert rows(made(unguarded, seen))[1] == [text, "-5"]


def test_utf_16_of_many_blocks() -> None:
    """A byte order mark stands once at the start, however many pieces there are."""
    one = replace(clip(frames=40_000), caption="日本🎬")
    content = made({"columns": ["frame", "clip.caption"], "dialect": {"encoding": "utf-16"}}, one)
    assert content.decode("utf-16").count("\ufeff") == 0
    table = pandas.read_csv(io.BytesIO(content), encoding="utf-16")
    assert (len(table), set(table["clip.caption"])) == (40_000, {"日本🎬"})


@given(values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_numbers_come_back_through_pandas(values: list[float]) -> None:
    """Numbers come back to the precision stated."""
    one = clip(frames=len(values), series={"motion_score": values})
    table = pandas.read_csv(io.BytesIO(made({"columns": ["frame", "motion_score"]}, one)))
    assert list(table["frame"]) == list(range(len(values)))
    assert all(math.isclose(a, b, abs_tol=6e-7) for a, b in zip(table["motion_score"], values, strict=True))


def test_defaults_maps_and_affixes_on_frames() -> None:
    """Cells on frames have all that cells have elsewhere."""
    one = clip(frames=2, series={"motion_score": [0.5]})
    columns = [
        "frame",
        {"header": "d", "field": "motion_score", "default": "a,b"},
        {"header": "n", "field": "motion_score", "default": 0},
        {"header": "m", "field": "motion_score", "decimals": 1, "map": {"0.5": 'h"h'}},
        {"header": "p", "field": "motion_score", "prefix": "<", "suffix": ">", "decimals": 0},
        {"header": "x", "field": "motion_score", "max_length": 3},
        {"header": "j", "join": ["frame", "motion_score"], "separator": ",", "decimals": 1},
        {"header": "c", "value": 7},
    ]
    assert rows(made({"columns": columns}, one)) == [
        ["frame", "d", "n", "m", "p", "x", "j", "c"],
        ["0", "0.500000", "0.500000", 'h"h', "<0>", "0.5", "0,0.500000", "7"],
        ["1", "a,b", "0", "null", "null", "null", "1", "7"],
    ]


def test_it_holds_many() -> None:
    """A table holds any number of clips."""
    body: Any = None
    assert CsvEncoding().holds_many(body)


@given(
    source=st.fixed_dictionaries(
        {"columns": st.lists(st.sampled_from(["codec", "clip.caption", "clip.size"]), min_size=1, max_size=3)}
    )
)
def test_headers_are_the_fields(source: dict[str, list[str]]) -> None:
    """Without a header of its own a column is called like its field."""
    assert read_rows(made(source, clip()).decode())[0] == source["columns"]


def test_held_column_with_a_default_and_no_number() -> None:
    """A default cannot be held: a series without any number gives no column, as without a default."""
    held = {"header": "f", "field": "face_confidence", "fill": "hold", "default": 0}
    one = clip(frames=2, series={"face_confidence": [None, None]})
    assert made({"columns": ["frame", held], "rows": "frames"}, one) == b"frame\r\n0\r\n1\r\n"
