"""A folder of twenty real files of every kind, two of them broken, as a person would hand it over."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.videos import make

PROGRAM = Path(sys.executable).with_name("turnover")

GOOD = (
    "comfy_video/wan_2_2_14B_t2v.mp4",
    "comfy_video/control_video.mp4",
    "comfy_video/02-man's_eye.mp4",
    "comfy_image/text_to_video_wan.webp",
    "comfy_image/wan2.1_flf2v_720_f16.webp",
    "derived/prores4444_alpha_2997df.mov",
    "derived/AnimateDiff_00003-audio.mp4",
    "derived/swarmvid.mp4",
    "faces/again.mkv",
    "technical/bear-vp9-odd-dimensions.webm",
    "technical/transparent.webm",
    "technical/hdr10-av1.mp4",
    "technical/cursed-vfr.mp4",
    "technical/sample.flv",
    "technical/sample_scte35.ts",
    "technical/sample_fragmented.mp4",
    "technical/video_90.mov",
)
BROKEN = ("derived/truncated_no_moov.mp4", "derived/text.mp4")
MADE = "kite.gif"
SUFFIXES = (".turnover.json", ".xml", ".turnover.csv")
WORDS = ("-t", "clip-json", "-t", "nuke-xml", "-t", "frames-csv")


@dataclass(frozen=True)
class Run:
    status: int
    out: str
    err: str


def _run(folder: Path, *words: str | Path) -> Run:
    environment = {**os.environ, "TURNOVER_DATA": str(folder.parent / "data")}
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, env=environment, check=False)
    assert "Traceback" not in done.stderr
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def folder(shared_media: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The twenty files, some in a folder below."""
    clips = tmp_path_factory.mktemp("twenty") / "clips"
    (clips / "below").mkdir(parents=True)
    for place, name in enumerate((*GOOD, *BROKEN)):
        shutil.copy(shared_media / name, clips / ("below" if place % 5 == 4 else ".") / Path(name).name)
    make(clips, MADE, frames=5)
    assert len([path for path in clips.rglob("*") if path.is_file()]) == 20
    return clips


@pytest.fixture(scope="module")
def first(folder: Path) -> Run:
    """The first run over them."""
    return _run(folder, "sidecar", folder, *WORDS)


def _sidecars(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.name.endswith(SUFFIXES))


def test_eighteen_are_done(folder: Path, first: Run) -> None:
    """Each good file has its three sidecars beside it, and the run says how many."""
    videos = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(SUFFIXES)]
    good = [path for path in videos if path.name not in {Path(name).name for name in BROKEN}]
    assert len(good) == 18
    assert _sidecars(folder) == sorted(path.with_name(path.stem + suffix) for path in good for suffix in SUFFIXES)
    assert "54 sidecars written, 2 failed" in first.out


def test_two_are_named_with_the_reason(folder: Path, first: Run) -> None:
    """The broken ones are on stderr, each once and with its own reason, and the status is 1."""
    failures = [line for line in first.err.splitlines() if line.startswith("✗ ")]
    assert first.status == 1
    assert len(failures) == 2
    by_name = {name: next(line for line in failures if name in line) for name in ("text.mp4", "truncated_no_moov.mp4")}
    assert "is no video" in by_name["text.mp4"]
    assert "has no index" in by_name["truncated_no_moov.mp4"]


def test_sidecars_can_be_read(folder: Path, first: Run) -> None:
    """Every sidecar is whole: JSON with the digest and the path, XML that parses, a row for each frame."""
    for path in folder.rglob("*.turnover.json"):
        told = _json(path)
        assert len(told["clip"]["digest"]) == 64
        assert Path(told["clip"]["path"]).is_file()
        with path.with_name(path.name.replace(".json", ".csv")).open(newline="", encoding="utf-8") as table:
            rows = list(csv.DictReader(table))
        assert [int(row["frame"]) for row in rows] == list(range(told["video"]["frame_count"]))
        seconds = [float(row["seconds"]) for row in rows if row["seconds"] != "null"]
        assert seconds == sorted(seconds)
        assert len(seconds) == len(rows)
    for path in folder.rglob("*.xml"):
        assert etree.parse(path).getroot().tag == "clip"


def test_varying_rate_has_its_real_times(folder: Path, first: Run) -> None:
    """The seconds of a clip whose rate varies are those of its frames."""
    with next(folder.rglob("cursed-vfr.turnover.csv")).open(newline="", encoding="utf-8") as table:
        seconds = [float(row["seconds"]) for row in csv.DictReader(table)]
    assert (len(seconds), seconds[:3], seconds[-1]) == (63, [0.0, 1.115208, 1.156892], 7.155503)


def test_again_after_a_change_of_settings(folder: Path, first: Run) -> None:
    """A second run with other settings replaces everything that the program wrote; nothing of it is refused."""
    before = {path: path.read_bytes() for path in _sidecars(folder)}
    words = ("--set", "first_frame=1", "--set", "shot=sh010", "--set", "assume_color=rec709")
    again = _run(folder, "sidecar", folder, *WORDS, *words, "--json")
    report = json.loads(again.out)
    assert (again.status, len(report["written"])) == (1, 54)
    assert sorted(Path(one["path"]).name for one in report["failed"]) == ["text.mp4", "truncated_no_moov.mp4"]
    after = {path: path.read_bytes() for path in _sidecars(folder)}
    assert after.keys() == before.keys()
    changed = {path for path in after if after[path] != before[path]}
    assert {path for path in after if path.name.endswith((".json", ".csv"))} <= changed
    assert all(_json(path)["video"]["first_frame"] == 1 for path in changed if path.suffix == ".json")


def test_what_a_person_changed_is_left_alone(folder: Path, first: Run) -> None:
    """One sidecar that a person edited stays as it is and is named; all others are replaced."""
    mine = folder / "swarmvid.xml"
    mine.write_text(mine.read_text(encoding="utf-8") + "<!-- mine -->\n", encoding="utf-8")
    again = _run(folder, "sidecar", folder, "-t", "nuke-xml")
    failures = [line for line in again.err.splitlines() if line.startswith("✗ ")]
    assert (again.status, len(failures)) == (1, 3)
    assert sum(str(mine) in line for line in failures) == 1
    assert mine.read_text(encoding="utf-8").endswith("<!-- mine -->\n")


def test_scan_of_the_twenty(folder: Path, first: Run) -> None:
    """A look at the folder has a line for each of the eighteen and takes no sidecar for a clip or for values."""
    scan = _run(folder, folder)
    assert scan.status == 1
    assert "18 clips" in scan.out
    assert "2 unreadable" in scan.out
    report: Sequence[Any] = json.loads(_run(folder, "scan", folder, "--json").out)
    assert len(report) == 20
    assert [one["path"] for one in report] == sorted(one["path"] for one in report)
    assert {one["given"] and tuple(one["given"]) for one in report if "video" in one} == {None}


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
