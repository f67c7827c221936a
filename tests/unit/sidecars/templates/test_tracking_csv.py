"""The built-in tables for Resolve, After Effects, tracking systems and scripts, read back by other CSV readers."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clips import GENERATED, PQ, clip, view
from tests.conftest import Golden
from turnover.core.clip import Clip, Place
from turnover.core.generation import Generation
from turnover.core.rate import Rate
from turnover.settings import sidecar_settings
from turnover.sidecars.builtin import builtin_template
from turnover.sidecars.template import render
from turnover.sidecars.text import clean, single_line
from turnover.sidecars.view import View, view_of

NTSC_24, NTSC_30 = Rate(24000, 1001), Rate(30000, 1001)
RATES = (Rate(8), Rate(25, 2), Rate(16), NTSC_24, Rate(24), Rate(25), NTSC_30, Rate(60))

# Read in Resolve's metadata panel and exports; a column with another name would be passed over.
RESOLVE_COLUMNS = {
    "File Name", "Clip Directory", "Start TC", "End TC", "Reel Name", "Description", "Comments", "Keywords", "People",
    "Shot", "Scene", "Take", "VFX Notes", "VFX Shot #", "Reviewers Notes", "Color Space Notes", "Gamma Notes", "Aux 1",
    "Aux 2",
}  # fmt: skip

# What AYON checks a cell against, by its default settings of the CSV ingest.
AYON_PATTERNS = {
    "File Path": r"([a-zA-Z\:\ 0-9#\-\._\\\/]*)", "Folder Path": r"([a-zA-Z0-9_\/]*)", "Frame Start": r"\d{1,8}",
    "Frame End": r"\d{1,8}", "Handle Start": r"\d", "Handle End": r"\d", "FPS": r"[0-9]*\.[0-9]+|[0-9]+",
    "Slate Exists": "(True|False)", "Shot Height": r"\d*", "Shot Width": r"\d*", "Shot Pixel Aspect": r"\d*.?\d*",
}  # fmt: skip

HOSTILE = ("=1+1", "+cmd", "-2", "@sum", "a,b", 'say "hi"', "two\nlines", "夕日 🌅", "it's; a\tb", "\ud800\x0b", "")


def table(slug: str, *views: View) -> bytes:
    """The file of a built-in."""
    return render(builtin_template(slug), views).content()


def made(**changes: Any) -> Clip:
    """A clip with everything a table may show."""
    one = replace(
        clip(generation=GENERATED, start="01:00:00:00", colour=PQ, reel="A001"),
        digest="ab" * 32,
        status="review",
        quality_score=0.81234,
        failure_tags=("flicker", "blur"),
        is_ai_generated=True,
        place=Place(project="Harbour", character="Mara", scene_type="walk", scene="sc01"),
    )
    return replace(one, **changes)


def prompted(prompt: str) -> View:
    return view(made(generation=Generation(prompt=prompt)), sequence="sq010", shot="sh010", task="comp")


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def header(content: bytes, encoding: str = "utf-8") -> list[str]:
    return next(csv.reader(io.StringIO(content.decode(encoding), newline="")))


# ------------------------------------------------------------------------------------------------- Resolve


def resolve_rows(*views: View) -> list[dict[str, str]]:
    text = table("resolve-metadata-csv", *views).decode("utf-16")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_resolve_has_the_form_of_its_own_exports() -> None:
    """UTF-16 with a byte order mark, commas, CRLF, the five identity columns first, no column Resolve does not know."""
    content = table("resolve-metadata-csv", view(made()))
    columns = header(content, "utf-16")
    assert content[:2] == b"\xff\xfe"
    assert content.decode("utf-16").count("\r\n") == content.decode("utf-16").count("\n") == 2
    assert columns[:5] == ["File Name", "Clip Directory", "Start TC", "End TC", "Reel Name"]
    assert set(columns) == RESOLVE_COLUMNS
    assert len(columns) == len(set(columns))


def test_resolve_row() -> None:
    """Each value stands in the column whose panel shows it."""
    seen = view(made(), sequence="sq010", shot="sh010", take="3")
    (row,) = resolve_rows(seen)
    assert row == {
        "File Name": "shot_010.mp4",
        "Clip Directory": "/show/sq 010",
        "Start TC": "01:00:00:00",
        "End TC": "01:00:02:00",
        "Reel Name": "A001",
        "Description": 'a <red> car & "fast" [exec rm -rf /] $HOME {red} \\',
        "Comments": "ComfyUI; model wan2.2_t2v.safetensors; seed 18446744073709551615; steps 30; cfg 5.00; "
        "sampler uni_pc; scheduler simple; LoRAs detail:0.8",
        "Keywords": "ai-generated,ComfyUI,wan2.2_t2v.safetensors,walk,review,flicker,blur",
        "People": "Mara",
        "Scene": "sc01",
        "Shot": "sh010",
        "Take": "3",
        "VFX Notes": 'prompt: a <red> car & "fast" [exec rm -rf /] $HOME {red} \\ / not: blurry',
        "VFX Shot #": "sq010_sh010",
        "Reviewers Notes": "quality 0.812; failed flicker, blur; status review",
        "Color Space Notes": "Rec. 2020 PQ; range limited",
        "Gamma Notes": "smpte2084",
        "Aux 1": "sha256 " + "ab" * 32,
        "Aux 2": "rate 24; frames 48",
    }


@pytest.mark.parametrize(
    ("rate", "start", "expected"),
    [
        (NTSC_30, "01:00:00;00", ("01:00:00;00", "01:01:00;02")),
        (NTSC_30, "01:00:00:00", ("01:00:00:00", "01:01:00:00")),
        (Rate(25, 2), None, ("", "")),
    ],
)
def test_resolve_timecodes(rate: Rate, start: str | None, expected: tuple[str, str]) -> None:
    """Start and end are the clip's own labels, else count from zero; both are empty where the rate has no timecode."""
    (row,) = resolve_rows(view(clip(rate=rate, frames=1800, start=start)))
    assert (row["Start TC"], row["End TC"]) == expected


def test_resolve_untagged_and_assumed_colour() -> None:
    """An untagged file is called so; an assumed colour is marked as assumed."""
    untagged, assumed = resolve_rows(view(clip()), view(clip(), assume_color="rec709"))
    assert untagged["Color Space Notes"] == "untagged"
    assert assumed["Color Space Notes"] == "Rec. 709; range limited; assumed, the file is untagged"
    assert assumed["Aux 2"] == "rate 24; frames 48; assumed color"


def test_pandas_reads_resolve() -> None:
    """pandas, told the encoding, finds the same table."""
    views = [view(made()), view(clip("/show/夕日 🌅.mov"))]
    found = pd.read_csv(
        io.BytesIO(table("resolve-metadata-csv", *views)), encoding="utf-16", dtype=str, keep_default_na=False
    )
    assert found.to_dict("records") == resolve_rows(*views)


@given(st.text(max_size=60) | st.sampled_from(HOSTILE))
def test_any_prompt_in_resolve(prompt: str) -> None:
    """Whatever was asked for comes back raw, on one line, in its own cell."""
    (row,) = resolve_rows(prompted(prompt))
    assert row["Description"] == single_line(prompt)
    assert row["VFX Notes"] == (f"prompt: {single_line(prompt)}")


# ---------------------------------------------------------------------------------------------------- AYON


def test_ayon_header() -> None:
    """The columns of AYON's CSV ingest, all that it requires among them."""
    assert header(table("ayon-csv", view(made()))) == [
        "File Path", "Folder Path", "Task Name", "Product Base Type", "Product Type", "Variant", "Version",
        "Version Comment", "Version Thumbnail", "Frame Start", "Frame End", "Handle Start", "Handle End", "FPS",
        "Slate Exists", "Representation", "Representation Colorspace", "Representation Tags", "Shot Height",
        "Shot Width", "Shot Pixel Aspect",
    ]  # fmt: skip


@pytest.mark.parametrize("rate", RATES)
def test_ayon_takes_every_cell(rate: Rate) -> None:
    """Each cell passes the check that AYON makes by default; those it requires are filled."""
    one = clip("/show/sq 010/shot-010.mp4", rate=rate, frames=81, sample_aspect_ratio=1)
    (row,) = rows(table("ayon-csv", view(one, sequence="sq010", shot="sh010", task="comp", handles="8")))
    required = (
        "File Path",
        "Folder Path",
        "Task Name",
        "Frame Start",
        "Frame End",
        "Handle Start",
        "Handle End",
        "FPS",
    )
    assert all(row[name] for name in required)
    assert {n: row[n] for n, p in AYON_PATTERNS.items() if not re.fullmatch(p, row[n])} == {}


def test_ayon_row() -> None:
    """Folder path from sequence and shot, the file's own frame range, the exact rate as AYON's decimal."""
    one = made(probe=clip(rate=NTSC_24, frames=81).probe)
    (row,) = rows(table("ayon-csv", view(one, sequence="sq010", shot="sh010", task="comp", first_frame="993")))
    picked = ("File Path", "Folder Path", "Task Name", "Frame Start", "Frame End", "FPS", "Version Comment")
    assert [row[name] for name in picked] == [
        "/show/sq 010/shot_010.mp4",
        "/sq010/sh010",
        "comp",
        "993",
        "1073",
        "23.976",
        (
            'a <red> car & "fast" [exec rm -rf /] $HOME {red} \\; model wan2.2_t2v.safetensors; '
            "seed 18446744073709551615; LoRAs detail:0.8; quality 0.812; failed flicker, blur"
        ),
    ]


# --------------------------------------------------------------------------------------------------- Kitsu


def test_ayon_counts_the_cut_without_handles() -> None:
    """AYON's frame range is the cut; the handles stand beside it."""
    (row,) = rows(table("ayon-csv", view(clip(frames=48), handles="8")))
    assert [row[name] for name in ("Frame Start", "Frame End", "Handle Start", "Handle End")] == [
        "1009",
        "1040",
        "8",
        "8",
    ]


def test_resolve_clip_without_timecode_counts_from_zero() -> None:
    """Resolve gives a clip without timecode 00:00:00:00, and so does the table that is matched with it."""
    (row,) = resolve_rows(view(clip(rate=Rate(24), frames=48)))
    assert (row["Start TC"], row["End TC"]) == ("00:00:00:00", "00:00:02:00")


@pytest.mark.parametrize("name", ["shots.csv", "shots_frame_range.csv", "shots_no_metadata.csv"])
def test_kitsu_has_the_columns_of_its_fixtures(shared_reference: Path, name: str) -> None:
    """Every column that Kitsu itself reads is there, spelt as in its own test files (`In` is short for `Frame In`)."""
    text = (shared_reference / "kitsu" / name).read_text().splitlines()[0]
    long = {"In": "Frame In", "Out": "Frame Out"}
    own = {long.get(column, column) for column in text.split(",")} - {"Contractor"}
    assert own <= set(header(table("kitsu-csv", view(made()))))


def test_kitsu_row() -> None:
    """A shot with its frame range, count, rate and how it was made."""
    (row,) = rows(table("kitsu-csv", view(made(), sequence="sq010", shot="sh010", description="first pass")))
    assert row == {
        "Episode": "", "Sequence": "sq010", "Name": "sh010", "Description": "first pass", "FPS": "24",
        "Frame In": "1001", "Frame Out": "1048", "Nb Frames": "48", "Resolution": "1280x720", "File": "shot_010.mp4",
        "AI Model": "wan2.2_t2v.safetensors", "AI Seed": "18446744073709551615", "AI LoRAs": "detail:0.8",
        "Quality": "0.812", "Failures": "flicker, blur",
    }  # fmt: skip


@given(st.lists(st.text(max_size=40) | st.sampled_from(HOSTILE), min_size=1, max_size=3))
def test_kitsu_guesses_the_dialect(prompts: list[str]) -> None:
    """Kitsu guesses delimiter and quotes from the text; whatever a prompt says, it finds the same cells."""
    text = table("kitsu-csv", *(prompted(prompt) for prompt in prompts)).decode()
    dialect = csv.Sniffer().sniff(text)
    found = list(csv.DictReader(io.StringIO(text, newline=""), dialect=dialect))
    assert [row["Description"] for row in found] == [guarded(single_line(prompt)) for prompt in prompts]
    assert [row["Failures"] for row in found] == ["flicker, blur"] * len(prompts)


# ------------------------------------------------------------------------------------------------- Netflix


def test_netflix_header() -> None:
    """The manifest's columns, spelt as the requirements spell them."""
    assert header(table("netflix-csv", view(made()))) == [
        "Filename", "Relative Path", "Link", "Task", "Submitting For", "Description",
    ]  # fmt: skip


def test_netflix_batch() -> None:
    """One row a file, with its place below the folder that was given."""
    root = Path("/delivery")
    one = made(path=root / "comp" / "a_v001.mov", root=root, status="final")
    two = made(path=root / "b_v001.mov", root=root, status="in progress", generation=None)
    settings = sidecar_settings({"task": "cmp", "shot": "9400_0100", "description": "all notes"})
    found = rows(table("netflix-csv", *(view_of(c, settings) for c in (one, two))))
    assert [list(row.values()) for row in found] == [
        ["a_v001.mov", "./comp/a_v001.mov", "9400_0100", "cmp", "FINAL", "all notes"],
        ["b_v001.mov", "./b_v001.mov", "9400_0100", "cmp", "", "all notes"],
    ]


@pytest.mark.parametrize(
    "status", ["ref", "wip", "review", "approval", "final", "REVIEW", None, "seen by the director"]
)
def test_netflix_submitting_for(status: str | None) -> None:
    """Only words of Netflix's own list stand in the cell; any other status leaves it empty."""
    (row,) = rows(table("netflix-csv", view(made(status=status))))
    known = {"REF", "WIP", "REVIEW", "APPROVAL", "FINAL"}
    assert row["Submitting For"] == (status.upper() if status and status.upper() in known else "")


# ------------------------------------------------------------------------------------- spreadsheet formulas


def guarded(text: str) -> str:
    return "'" + text if text.startswith(("=", "+", "-", "@")) else text


@pytest.mark.parametrize(
    ("slug", "column"), [("kitsu-csv", "Description"), ("netflix-csv", "Description"), ("ayon-csv", "Version Comment")]
)
@pytest.mark.parametrize("prompt", ["=cmd|' /C calc'!A1", "+1", "-1", "@sum(A1)", "a = b"])
def test_prompts_do_not_run_as_formulas(slug: str, column: str, prompt: str) -> None:
    """Tables that people open in a spreadsheet get an apostrophe before what it would run."""
    (row,) = rows(table(slug, prompted(prompt)))
    assert row[column].split("; ")[0] == guarded(prompt)


# ------------------------------------------------------------------------------------------- After Effects

NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")


@given(
    rate=st.sampled_from([*RATES, None]),
    series=st.dictionaries(
        st.sampled_from(["face_confidence", "motion_score", "boundary_ssim"]),
        st.lists(st.none() | st.floats(allow_nan=True, width=32), max_size=14),
    ),
)
def test_after_effects_has_no_empty_cell(rate: Rate | None, series: dict[str, list[float | None]]) -> None:
    """Every cell is a plain decimal number and every row has as many as the header, whatever is not known."""
    lines = table("after-effects-data-csv", view(clip(rate=rate, frames=12, series=series))).decode().split("\r\n")
    head, *body = [line.split(",") for line in lines[:-1]]
    assert lines[-1] == ""
    assert [len(row) for row in body] == [len(head)] * 12
    assert [cell for row in body for cell in row if not NUMBER.match(cell)] == []
    assert head[:2] == ["frame", "time"]
    assert set(head[3::2]) == {f"{name}_valid" for name in head[2::2]}


def test_after_effects_holds_gaps() -> None:
    """A gap repeats the number before it, the first numbers hold backwards, and `_valid` tells which are real."""
    seen = view(clip(rate=Rate(25), frames=5, series={"face_confidence": [None, 0.5, None, 0.25], "empty": [None] * 5}))
    found = rows(table("after-effects-data-csv", seen))
    assert [list(row.values()) for row in found] == [
        ["0", "0.000000", "0.500000", "0"],
        ["1", "0.040000", "0.500000", "1"],
        ["2", "0.080000", "0.500000", "0"],
        ["3", "0.120000", "0.250000", "1"],
        ["4", "0.160000", "0.250000", "0"],
    ]
    assert list(found[0]) == ["frame", "time", "face_confidence", "face_confidence_valid"]


def test_after_effects_with_times_of_a_varying_rate() -> None:
    """Where the rate varies and the frames' times were read, these are the times."""
    times = {"pts_seconds": [0.0, 0.1, 0.15], "motion_score": [1.0, 2.0, 3.0]}
    found = rows(table("after-effects-data-csv", view(clip(rate=None, frames=3, series=times))))
    assert [row["time"] for row in found] == ["0.000000", "0.100000", "0.150000"]
    assert list(found[0]) == ["frame", "time", "motion_score", "motion_score_valid"]


def test_golden_after_effects(golden: Golden) -> None:
    """The table as a person reads it in review."""
    series = {"face_confidence": [None, 0.41, 0.9, None], "boundary_ssim": [None, None, 0.71, 0.72, None, None]}
    golden(
        "after_effects_gaps_held.ae.csv",
        table("after-effects-data-csv", view(clip(rate=Rate(16), frames=6, series=series))),
    )


# -------------------------------------------------------------------------------------------------- frames


@pytest.mark.parametrize(
    ("rate", "start", "expected"),
    [
        (NTSC_30, "00:00:59;29", ["00:00:59;29", "00:01:00;02", "00:01:00;03"]),
        (Rate(24), "01:00:00:00", ["01:00:00:00", "01:00:00:01", "01:00:00:02"]),
        (Rate(16), None, ["null"] * 3),
        (Rate(25, 2), None, ["null"] * 3),
    ],
)
def test_frames_columns(rate: Rate, start: str | None, expected: list[str]) -> None:
    """Frame from 0, the host's number, timecode, exact seconds, then every series; what is not known is null."""
    seen = view(clip(rate=rate, frames=3, start=start, series={"face_confidence": [0.5, None]}), first_frame="1")
    found = rows(table("frames-csv", seen))
    assert list(found[0]) == ["frame", "host_frame", "timecode", "seconds", "face_confidence"]
    assert [row["timecode"] for row in found] == expected
    assert [(row["frame"], row["host_frame"]) for row in found] == [("0", "1"), ("1", "2"), ("2", "3")]
    assert [row["seconds"] for row in found] == [f"{float(rate.seconds(i)):.6f}" for i in range(3)]
    assert [row["face_confidence"] for row in found] == ["0.500000", "null", "null"]


def test_pandas_reads_frames_of_a_batch() -> None:
    """pandas takes null for missing; several clips share one table, with the clip's name in front."""
    one = view(clip("/a/one, two.mp4", frames=2, series={"motion_score": [1.5, None]}))
    two = view(clip("/a/two.mp4", frames=1, series={"face_confidence": [0.25]}))
    found = pd.read_csv(io.BytesIO(table("frames-csv", one, two)))
    assert list(found.columns) == [
        "clip",
        "frame",
        "host_frame",
        "timecode",
        "seconds",
        "motion_score",
        "face_confidence",
    ]
    assert found["clip"].tolist() == ["one, two.mp4", "one, two.mp4", "two.mp4"]
    assert found["frame"].tolist() == [0, 1, 0]
    assert found["motion_score"].tolist()[0] == 1.5
    assert [math.isnan(value) for value in found["motion_score"]] == [False, True, True]
    assert [math.isnan(value) for value in found["face_confidence"]] == [True, True, False]


def test_one_clip_has_no_clip_column() -> None:
    """A file beside its clip does not repeat the clip's name in every row."""
    assert header(table("frames-csv", view(clip(frames=1))))[0] == "frame"


# ------------------------------------------------------------------------------------------------ any value


@pytest.mark.parametrize("slug", ["resolve-metadata-csv", "ayon-csv", "kitsu-csv", "netflix-csv"])
@given(name=st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=30))
def test_any_file_name_is_one_cell(slug: str, name: str) -> None:
    """Whatever a file is called, the table has one row for it with as many cells as the header."""
    content = table(slug, view(clip(f"/show/{name}")))
    text = content.decode("utf-16" if slug.startswith("resolve") else "utf-8")
    head, *body = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert [len(row) for row in body] == [len(head)]
    column, shown = {
        "resolve-metadata-csv": ("File Name", single_line(clip(f"/show/{name}").name)),
        "ayon-csv": ("File Path", clean(str(clip(f"/show/{name}").path))),
        "kitsu-csv": ("File", guarded(single_line(clip(f"/show/{name}").name))),
        "netflix-csv": ("Filename", guarded(single_line(clip(f"/show/{name}").name))),
    }[slug]
    assert body[0][head.index(column)] == shown
