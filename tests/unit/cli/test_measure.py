"""`turnover measure` tells good from bad, keeps what it measured, and feeds the sidecars."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from tests import videos
from tests.recipes import Recipe
from tests.unit.cli.running import process, turnover

FILM = Recipe("film.mp4", width=320, height=240, frames=20, picture="landscape")
FACE = Recipe("face.mp4", width=320, height=240, frames=10, picture="face")


def _put(folder: Path, **recipes: Recipe) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, recipe in recipes.items():
        shutil.copy(videos.cached(recipe), folder / f"{name}.mp4")
    return folder


def test_json(tmp_path: Path) -> None:
    """One object a clip: digest, frames, the score, four numbers for each metric, tags and gates."""
    _put(tmp_path, a=FILM)
    (one,) = turnover("measure", tmp_path, "--json").json
    assert one["path"] == str(tmp_path / "a.mp4")
    assert (one["frame_count"], len(one["digest"])) == (20, 64)
    assert 0 <= one["summary"]["quality_score"] <= 1
    assert set(one["summary"]["motion_score"]) == {"mean", "p10", "min", "max"}
    assert isinstance(one["failure_tags"], list)
    assert {"tag", "level", "value", "threshold", "sentence", "ranges"} == set(one["gates"][0])
    assert "series" not in one


def test_series(tmp_path: Path) -> None:
    """`--series` adds a number or null for every frame, with the specification's four among them."""
    _put(tmp_path, a=FILM)
    (one,) = turnover("measure", tmp_path, "--json", "--series").json
    names = {"motion_score", "quality_metric", "face_confidence", "boundary_ssim"}
    assert names <= one["series"].keys()
    assert {len(series["values"]) for series in one["series"].values()} == {20}
    assert set(one["series"]["boundary_ssim"]["values"]) == {None}


def test_table(tmp_path: Path) -> None:
    """A person sees a line a clip with a verdict, and what failed is named on stderr with exit status 1."""
    _put(tmp_path, good=FILM)
    videos.broken(tmp_path, "cut_off.mp4")
    ended = turnover("measure", tmp_path)
    assert ended.status == 1
    assert "good.mp4" in ended.out
    assert "cut_off.mp4" in ended.err


def test_report(tmp_path: Path) -> None:
    """`--report` writes one page that names every clip, and replaces only a page of its own."""
    _put(tmp_path / "clips", good=FILM)
    page = tmp_path / "report.html"
    assert turnover("measure", tmp_path / "clips", "--report", page).status == 0
    assert "good.mp4" in page.read_text(encoding="utf-8")
    assert turnover("measure", tmp_path / "clips", "--report", page).status == 0
    page.write_text("mine", encoding="utf-8")
    ended = turnover("measure", tmp_path / "clips", "--report", page)
    assert (ended.status, page.read_text(encoding="utf-8")) == (2, "mine")


def test_processes_of_their_own(tmp_path: Path) -> None:
    """Each video is measured in a process, and a second command takes what the first one kept."""
    _put(tmp_path / "clips", a=FILM, b=FACE)
    environment = {"TURNOVER_PROCESSES": "2"}
    first = process("measure", tmp_path / "clips", "--json", environment=environment)
    second = process("measure", tmp_path / "clips", "--json", environment=environment)
    assert (first.status, first.err) == (0, "")
    assert first.json == second.json


def test_thresholds_of_a_folder(tmp_path: Path) -> None:
    """`[measure]` in a folder's `turnover.toml` decides what fails there."""
    _put(tmp_path, a=FILM)
    (tmp_path / "turnover.toml").write_text("[measure]\nblur_warn = 0\nblur_fail = 0\n")
    (one,) = turnover("measure", tmp_path, "--json").json
    assert "blurred" in one["failure_tags"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[measure]\nflicker_fial = 1\n", "did you mean 'flicker_fail'"),
        ("[measure]\nblack_pixels = 3\n", "black_pixels: 3 is no number of share, 0 to 1"),
        ("measure = 1\n", "no section 'measure'"),
    ],
)
def test_thresholds_that_are_wrong(tmp_path: Path, content: str, message: str) -> None:
    """A wrong threshold is named with its file before anything is measured."""
    _put(tmp_path, a=FILM)
    (tmp_path / "turnover.toml").write_text(content)
    ended = turnover("measure", tmp_path)
    assert (ended.status, ended.out) == (2, "")
    assert message in ended.err
    assert "turnover.toml" in ended.err


def test_sidecars_carry_what_was_measured(tmp_path: Path) -> None:
    """A template that asks for numbers per frame gets measured ones; those that a person gave stay."""
    _put(tmp_path, a=FILM)
    (tmp_path / "a.frames.csv").write_text("frame,motion_score\n0,0.125\n1,0.25\n")
    assert turnover("sidecar", tmp_path, "-t", "after-effects-csv", "-t", "clip-json").status == 0
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text().splitlines()))
    assert [row["motion_score"] for row in rows[:3]] == ["0.125000", "0.250000", "null"]
    assert all(row["quality_metric"] != "null" for row in rows)
    assert 0 <= json.loads((tmp_path / "a.turnover.json").read_bytes())["clip"]["quality_score"] <= 1


def test_no_measure(tmp_path: Path) -> None:
    """With `--no-measure` only what was given is in the sidecar."""
    _put(tmp_path, a=FILM)
    assert turnover("sidecar", tmp_path, "-t", "after-effects-csv", "--no-measure").status == 0
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text().splitlines()))
    assert {row["quality_metric"] for row in rows} == {"null"}


def test_database_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a database `measure` says what to do, and a sidecar is written with what is measured now."""
    _put(tmp_path / "clips", a=FILM)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TURNOVER_DATA", str(tmp_path / "file" / "data"))
    ended = turnover("measure", tmp_path / "clips")
    assert (ended.status, ended.out) == (2, "")
    assert "→" in ended.err
    assert turnover("sidecar", tmp_path / "clips", "-t", "after-effects-csv").status == 0
    assert "is not kept" in turnover("sidecar", tmp_path / "clips", "-t", "frames-csv").err


def test_face_detector(tmp_path: Path, shared_media: Path) -> None:
    """`models add face FILE` takes the known file alone, and from then on faces are found with it."""
    _put(tmp_path / "clips", a=FACE)
    wrong = tmp_path / "other.onnx"
    wrong.write_bytes(b"x")
    assert turnover("models", "add", "face", wrong).status == 2
    model = shared_media / "models" / "face_detection_yunet_2023mar.onnx"
    assert turnover("models", "add", "face", model).status == 0
    (one,) = turnover("measure", tmp_path / "clips", "--json").json
    assert one["faces"]["detector"].startswith("yunet")
    assert one["faces"]["count"] > 0


def test_database_upgrade() -> None:
    """`db upgrade` says which database it is, and that it is up to date afterwards."""
    assert "went from empty" in turnover("db", "upgrade").out
    assert "is up to date" in turnover("db", "upgrade").out
