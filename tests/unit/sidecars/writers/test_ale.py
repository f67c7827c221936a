"""Avid logs come back through OpenTimelineIO and pandas."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clips import GENERATED, PQ, clip, job, sheet, view, written
from tests.conftest import Golden
from tests.readers.edl_reader import frame_of
from turnover.core.probe import AudioStream
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.errors import RefusedError
from turnover.sidecars.builtin import builtin_template
from turnover.sidecars.paths import PathRule
from turnover.sidecars.template import render
from turnover.sidecars.text import single_line
from turnover.sidecars.writer import Sheet
from turnover.sidecars.writers.ale import FIXED_COLUMNS, MOST_HEADINGS, WRITER

NTSC_24, NTSC_30, NTSC_60 = (Rate(n * 1000, 1001) for n in (24, 30, 60))

GRID = [
    (Rate(8), ":", "8"), (Rate(16), ":", "16"), (NTSC_24, ":", "23.976"), (Rate(24), ":", "24"), (Rate(25), ":", "25"),
    (NTSC_30, ":", "29.97"), (NTSC_30, ";", "29.97"), (Rate(30), ":", "30"), (Rate(48000, 1001), ":", "47.952"),
    (Rate(48), ":", "48"), (Rate(50), ":", "50"), (NTSC_60, ":", "59.94"), (NTSC_60, ";", "59.94"),
    (Rate(60), ":", "60"),
]  # fmt: skip
OTIO_NOMINALS = (24, 25, 30, 48, 50, 60)
STARTS = (None, "00:00:00{}00", "01:00:00{}00", "00:59:59{}07")


def sections(content: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Heading and rows, by the form of the format alone; any other line is an error."""
    text = content.decode()
    assert text.splitlines() == text.removesuffix("\r\n").split("\r\n")
    lines = text.splitlines()
    blank = lines.index("")
    assert (lines[0], lines[blank + 1], lines[blank + 3 : blank + 5]) == ("Heading", "Column", ["", "Data"])
    heading = dict(line.split("\t") for line in lines[1:blank])
    columns = lines[blank + 2].split("\t")
    rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines[blank + 5 :]]
    return heading, rows


def by_pandas(content: bytes) -> Any:
    """The table alone, as a script would read it."""
    lines = content.decode().split("\r\n")
    table = "\n".join([lines[lines.index("Column") + 1], *lines[lines.index("Data") + 1 :]])
    return pd.read_csv(io.StringIO(table), sep="\t", dtype=str, keep_default_na=False, quoting=csv.QUOTE_NONE)


def by_otio(content: bytes, rate: Rate) -> Any:
    return otio.adapters.read_from_string(content.decode(), "ale", fps=float(rate.fraction))


@pytest.mark.parametrize(("rate", "separator", "fps"), GRID)
@pytest.mark.parametrize("start", STARTS)
def test_timecodes_over_the_rates(rate: Rate, separator: str, fps: str, start: str | None) -> None:
    """Start is the clip's timecode, End the label after its last frame, Duration their distance."""
    label = start and start.format(separator)
    heading, (row,) = sections(written(WRITER, sheet(clip(rate=rate, frames=2000, start=label))))
    nominal = rate.nominal or 0
    first = frame_of(label, nominal) if label else 0
    found = [frame_of(row[name], nominal) for name in ("Start", "End", "Duration")]
    assert (heading["FPS"], row["FPS"], found) == (fps, fps, [first, first + 2000, 2000])


@pytest.mark.parametrize(("rate", "separator", "fps"), [g for g in GRID if g[0].nominal in OTIO_NOMINALS])
@pytest.mark.parametrize("start", STARTS)
def test_opentimelineio_reads_the_same(rate: Rate, separator: str, fps: str, start: str | None) -> None:
    """OpenTimelineIO, told the rate, finds the same frames, names and columns, and no contradiction among them."""
    label = start and start.format(separator)
    one = clip(rate=rate, frames=2000, start=label, audio=True, reel="A001")
    content = written(WRITER, sheet(one, {"AI_Model": "wan 2.2", "AI_Seed": 2**64 - 1}))

    collection = by_otio(content, rate)

    (found,) = collection
    first = frame_of(label, rate.nominal or 0) if label else 0
    assert (found.source_range.start_time.to_frames(), found.source_range.duration.to_frames()) == (first, 2000)
    assert (found.name, found.media_reference.target_url) == ("shot_010", "shot_010.mp4")
    ale = found.metadata["ALE"]
    assert {name: ale[name] for name in ("Tape", "Tracks", "FPS", "Source Path", "AI_Model", "AI_Seed")} == {
        "Tape": "A001", "Tracks": "VA1A2", "FPS": fps, "Source Path": "/show/sq 010/", "AI_Model": "wan 2.2",
        "AI_Seed": "18446744073709551615",
    }  # fmt: skip
    assert dict(collection.metadata["ALE"]["header"]) == {
        "FIELD_DELIM": "TABS", "VIDEO_FORMAT": "720", "AUDIO_FORMAT": "48khz", "FPS": fps,
    }  # fmt: skip


def test_pandas_reads_a_batch() -> None:
    """A table of several clips: columns of any clip, in the template's order, empty where a clip has no value."""
    sheets = (
        sheet(clip("/a/one.mov", start="01:00:00:00"), {"Scene": "sc01", "AI_Seed": 1}),
        sheet(clip("/a/two.mov"), {"Scene": "sc02", "AI_Model": 'a "quoted" name', "AI_Seed": 2}),
        sheet(clip("/a/three.mov"), {"Comments": "= 1 + 1"}),
    )
    table = by_pandas(written(WRITER, *sheets))
    assert list(table.columns) == [*FIXED_COLUMNS, "Comments", "Scene", "AI_Model", "AI_Seed"]
    assert table[["Name", "Scene", "AI_Model", "AI_Seed", "Comments"]].to_numpy().tolist() == [
        ["one", "sc01", "", "1", ""], ["two", "sc02", 'a "quoted" name', "2", ""], ["three", "", "", "", "= 1 + 1"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("channels", "expected"), [((), "V"), ((1,), "VA1"), ((2,), "VA1A2"), ((2, 2), "VA1A2A3A4"), ((6,), "VA1A2A3A4")]
)
def test_tracks(channels: tuple[int, ...], expected: str) -> None:
    """Picture and as many sound tracks as there are channels, four at most."""
    silent = clip()
    one = replace(silent, probe=replace(silent.probe, audio=tuple(AudioStream("aac", 48000, c) for c in channels)))
    assert sections(written(WRITER, sheet(one)))[1][0]["Tracks"] == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [((1920, 1080), "1080"), ((1280, 720), "720"), ((720, 576), "PAL"), ((720, 486), "NTSC"), ((832, 480), "CUSTOM")],
)
def test_video_format(size: tuple[int, int], expected: str) -> None:
    """The heading has Avid's word for the picture's size, CUSTOM for all sizes it has no word for."""
    heading, (row,) = sections(written(WRITER, sheet(clip(size=size))))
    assert (heading["VIDEO_FORMAT"], row["Image Size"]) == (expected, f"{size[0]} x {size[1]}")


def test_video_format_of_mixed_sizes_and_as_set() -> None:
    """Clips of different sizes are CUSTOM; the option states any other."""
    sheets = (sheet(clip(size=(1920, 1080))), sheet(clip()))
    assert sections(written(WRITER, *sheets))[0]["VIDEO_FORMAT"] == "CUSTOM"
    assert sections(written(WRITER, *sheets, video_format="1080"))[0]["VIDEO_FORMAT"] == "1080"


@pytest.mark.parametrize(("sample_rate", "expected"), [(44100, "44khz"), (48000, "48khz"), (16000, "48khz")])
def test_audio_format(sample_rate: int, expected: str) -> None:
    """The heading has the sample rate where Avid has a word for it, else Avid's own default."""
    silent = clip()
    one = replace(silent, probe=replace(silent.probe, audio=(AudioStream("aac", sample_rate, 2),)))
    assert sections(written(WRITER, sheet(one)))[0]["AUDIO_FORMAT"] == expected


def test_windows_path() -> None:
    """A mapped Windows path is parted at its own separator."""
    seen = view(clip("/show/sq 010/a & b.mov"), paths=PathRule(maps=(("/show", "P:\\show"),)))
    row = sections(written(WRITER, sheet(seen)))[1][0]
    assert (row["Source File"], row["Source Path"]) == ("a & b.mov", "P:\\show\\sq 010\\")


def test_withheld_folders() -> None:
    """With folders withheld the name alone is left."""
    row = sections(written(WRITER, sheet(view(clip(), redact=("paths",)))))[1][0]
    assert (row["Source File"], row["Source Path"]) == ("shot_010.mp4", "")


@pytest.mark.parametrize(
    ("code", "sheets"),
    [
        ("variable_frame_rate", (sheet(clip(rate=None)),)),
        ("no_frame_count", (sheet(clip(frames=None)),)),
        ("rate", (sheet(clip(rate=Rate(25, 2))),)),
        ("rate", (sheet(clip(rate=Rate(120))),)),
        ("rate", (sheet(clip()), sheet(clip("/a/b.mov", rate=NTSC_24)))),
        ("timeline_rate", (sheet(clip(rate=Rate(16)), timeline_rate="24"),)),
    ],
)
def test_what_a_log_cannot_say(code: str, sheets: tuple[Sheet, ...]) -> None:
    """A clip, or a mixture, that one FPS cannot describe is refused before anything is written."""
    with pytest.raises(RefusedError) as caught:
        next(iter(WRITER.write(job(WRITER, *sheets))))
    assert (caught.value.code, bool(caught.value.hint)) == (code, True)


def test_a_timeline_of_the_clips_own_rate() -> None:
    """A timeline rate that is the clip's changes nothing."""
    assert written(WRITER, sheet(clip(), timeline_rate="24")) == written(WRITER, sheet(clip()))


def warnings(*sheets: Sheet) -> str:
    work = job(WRITER, *sheets)
    b"".join(WRITER.write(work))
    return "\n".join(work.findings.warnings)


def test_warnings() -> None:
    """Rates that Avid has no project for, missing timecode, equal tapes and too many columns are said in a sentence."""
    start = "01:00:00:00"
    many = {f"AI_{i}": "x" for i in range(60)}
    assert warnings(sheet(clip(start=start))) == ""
    assert "shot_010.mp4: Avid has no project of 16 frames per second" in warnings(
        sheet(clip(rate=Rate(16), start=start))
    )
    assert "one.mov and two.mov: no start timecode" in warnings(sheet(clip("/a/one.mov")), sheet(clip("/a/two.mov")))
    assert "a.mov: another clip" in warnings(sheet(clip("/a/a.mov")), sheet(clip("/b/a.mov")))
    assert "70 columns" in warnings(sheet(clip(start=start), many))


def test_timecode_that_counts_other_frames_than_the_picture() -> None:
    """A timecode of another count is no label of this rate, so it is left out and a warning says so."""
    plain = clip()
    odd = replace(plain, probe=replace(plain.probe, start_timecode=Timecode.parse("01:00:00:00", Rate(25))))
    _, (row,) = sections(written(WRITER, sheet(odd)))
    assert (row["Start"], row["End"]) == ("00:00:00:00", "00:00:02:00")
    assert "no start timecode at its rate" in warnings(sheet(odd))


def test_the_built_in() -> None:
    """The built-in tells how the clip was made in columns of its own, inside Avid's limit of headings."""
    one = replace(clip(generation=GENERATED, start="01:00:00:00", colour=PQ), digest="ab" * 32, quality_score=0.81234)
    seen = view(one, scene="sc01", take="3", shot="sh010")
    heading, (row,) = sections(render(builtin_template("avid-ale"), [seen]).content())
    assert len(heading) + len(row) <= MOST_HEADINGS
    picked = (
        "Scene",
        "Take",
        "Shot",
        "AI_Model",
        "AI_Seed",
        "AI_LoRAs",
        "AI_Prompt",
        "Quality",
        "Color Space",
        "SHA-256",
    )
    assert [row[name] for name in picked] == [
        "sc01",
        "3",
        "sh010",
        "wan2.2_t2v.safetensors",
        "18446744073709551615",
        "detail:0.8",
        'a <red> car & "fast" [exec rm -rf /] $HOME {red} \\',
        "0.812",
        "Rec. 2020 PQ",
        "ab" * 32,
    ]


def test_keys_that_would_break_a_column() -> None:
    """A column's name is one line and not one that the log writes by itself."""
    assert [WRITER.key_problem(key) for key in ("AI_Model", "Scene", "夕日", "VFX Shot #")] == [None] * 4
    assert all(WRITER.key_problem(key) for key in ("", " a", "a\tb", "a\nb", "Name", "Source Path"))


TEXTS = st.text(max_size=80) | st.sampled_from(["a\tb\r\nc", "\x1c\x1d\x85\u2028", "Data", '"', '"a', " x "])


@given(
    metadata=st.dictionaries(st.from_regex(r"[A-Za-z][A-Za-z0-9_]{1,20}", fullmatch=True), TEXTS, max_size=4),
    name=st.text(st.characters(exclude_characters="/\\\0"), min_size=1, max_size=40),
    reel=TEXTS,
)
def test_any_text_stays_one_cell(metadata: dict[str, str], name: str, reel: str) -> None:
    """No text ends a cell or a line, and none is lost: it comes back on one line."""
    kept = {key: text for key, text in metadata.items() if key not in FIXED_COLUMNS}
    one = clip(f"/show/{name}", reel=reel)
    content = written(WRITER, sheet(one, kept))

    _, (row,) = sections(content)

    assert {key: row[key] for key in kept} == {key: single_line(text) for key, text in kept.items()}
    assert row["Name"] == (single_line(one.stem) or single_line(one.name))
    assert row["Tape"] == (single_line(reel) or row["Name"])
    (found,) = by_otio(content, Rate(24))
    assert (found.name, found.metadata["ALE"]["Tape"]) == (row["Name"], row["Tape"])
    assert by_pandas(content).to_dict("records") == [row]


def test_avids_own_log_has_the_same_form(shared_reference: Path) -> None:
    """A log that Avid wrote has the sections, headings and column names that ours has."""
    lines = (shared_reference / "ale" / "sample.ale").read_text().splitlines()
    columns = lines[lines.index("Column") + 1].split("\t")
    headings = {line.split("\t")[0] for line in lines[1 : lines.index("")]}
    ours, _ = sections(written(WRITER, sheet(clip())))
    assert set(FIXED_COLUMNS) <= set(columns)
    assert set(ours) == headings


def test_golden_batch(golden: Golden) -> None:
    """A log of two clips as a person reads it in review."""
    sheets = (
        sheet(clip("/show/sq 010/shot_010.mp4", rate=NTSC_30, start="00:59:59;28", size=(1920, 1080), audio=True),
              {"Scene": "sq010", "AI_Model": "wan2.2_t2v", "AI_Prompt": 'a <red> car & "fast"\n100 %'}),
        sheet(clip("/show/夕日 🌅.mov", rate=NTSC_30, frames=1800, size=(1920, 1080)), {"AI_Seed": 2**64 - 1}),
    )  # fmt: skip
    golden("avid_batch_drop_frame.ale", written(WRITER, *sheets))
