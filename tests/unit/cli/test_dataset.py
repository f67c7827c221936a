"""`turnover dataset` packages what the recipe keeps, and what it wrote verifies, compares and configures."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyarrow.parquet as parquet
import pytest

from tests import videos
from tests.comfy import comfy_tags
from tests.recipes import Recipe
from tests.unit.cli.running import turnover

FILMS = tuple(
    Recipe(
        f"film{n}.mp4",
        width=160,
        height=96,
        frames=9 + n,
        picture="landscape",
        tags=comfy_tags(f"a red kite, take {n}", 2**63 + n, loras=[("kite_style", 0.5 + n / 10)]),
        use_metadata_tags=True,
    )
    for n in range(6)
)


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """Six clips that ComfyUI made, of two scene types; none looks like another to a leakage key."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for n, film in enumerate(FILMS):
        shutil.copy(videos.cached(film), folder / f"clip_{n}.mp4")
        values = {"scene_type": "test lab" if n % 2 else "train station", "character": "val", "quality_score": n / 10}
        (folder / f"clip_{n}.json").write_text(json.dumps(values))
    return folder


RECIPE = {"leakage_keys": ["source_image", "batch"], "min_per_split": 0}
"""All these clips pan over one landscape; their looks are left out of it."""


def _recipe(folder: Path, **more: object) -> Path:
    path = folder / "recipe.json"
    path.write_text(json.dumps({**RECIPE, **more}))
    return path


def _manifest(path: Path) -> Any:
    if path.suffix == ".zip":
        with ZipFile(path) as archive:
            return json.loads(archive.read("manifest.json"))
    return json.loads((path / "manifest.json").read_bytes())


def test_tree(tmp_path: Path, clips: Path) -> None:
    """A folder has every clip under an opaque id with its bytes, and the manifest the keys of the specification."""
    out = tmp_path / "ds"
    words = ("--recipe", _recipe(tmp_path), "--splits", "train=50,validation=25,test=25")
    ended = turnover("dataset", clips, "--out", out, *words)
    assert (ended.status, ended.err) == (0, "")
    manifest = _manifest(out)
    assert (manifest["version"], manifest["total_samples"]) == ("1.0", 6)
    samples = [row for rows in manifest["splits"].values() for row in rows]
    assert {row["prompt"] for row in samples} == {f"a red kite, take {n}" for n in range(6)}
    for row in samples:
        assert {"path", "prompt", "lora_weights", "quality_score", "scene_type", "character_name", "split"} <= set(row)
        assert row["path"].startswith(f"data/{row['split']}/videos/v")
    packed = {hashlib.sha256((out / row["path"]).read_bytes()).hexdigest() for row in samples}
    assert packed == {hashlib.sha256(path.read_bytes()).hexdigest() for path in clips.glob("*.mp4")}


def test_bounds(tmp_path: Path, clips: Path) -> None:
    """`--min-quality` keeps what is equal, and what is below is left out, counted and no failure."""
    ended = turnover(
        "dataset", clips, "--out", tmp_path / "ds.zip", "--recipe", _recipe(tmp_path), "--min-quality", "0.3", "--json"
    )
    assert ended.status == 0
    assert ended.json["plan"]["total"] == 3
    (reason,) = ended.json["plan"]["excluded"]["reasons"]
    assert (reason["code"], reason["count"]) == ("quality_low", 3)


def test_dry_run(tmp_path: Path, clips: Path) -> None:
    """A dry run prints the plan and writes nothing anywhere near."""
    before = sorted(tmp_path.rglob("*"))
    ended = turnover("dataset", clips, "--out", tmp_path / "deep" / "ds", "--dry-run")
    assert ended.status == 0
    assert "samples" in ended.out
    assert sorted(tmp_path.rglob("*")) == before


def test_same_input_twice(tmp_path: Path, clips: Path) -> None:
    """The same clips give the same archive, byte for byte."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        assert (
            turnover("dataset", clips, "--out", tmp_path / name / "ds.zip", "--recipe", _recipe(tmp_path)).status == 0
        )
    assert (tmp_path / "one" / "ds.zip").read_bytes() == (tmp_path / "two" / "ds.zip").read_bytes()


def test_same_bytes_twice(tmp_path: Path, clips: Path) -> None:
    """Two files with the same bytes are one sample, and the second is named."""
    shutil.copy(clips / "clip_0.mp4", clips / "copy.mp4")
    ended = turnover("dataset", clips, "--out", tmp_path / "ds", "--recipe", _recipe(tmp_path), "--json")
    (reason,) = ended.json["plan"]["excluded"]["reasons"]
    assert (reason["code"], reason["examples"]) == ("duplicate", ["copy.mp4: the same bytes as clip_0.mp4"])


def test_broken_clip(tmp_path: Path, clips: Path) -> None:
    """A clip that cannot be read is named with exit status 1, and the others are packaged."""
    videos.broken(clips, "cut_off.mp4")
    ended = turnover("dataset", clips, "--out", tmp_path / "ds", "--recipe", _recipe(tmp_path))
    assert ended.status == 1
    assert "cut_off.mp4" in ended.err
    assert _manifest(tmp_path / "ds")["total_samples"] == 6


def test_assignment(tmp_path: Path, clips: Path) -> None:
    """A file says who is in which split; a name that is no split is an error before anything is written."""
    table = tmp_path / "splits.csv"
    table.write_text("file,split\nclip_0.mp4,test\nclip_1,train\n")
    assert (
        turnover("dataset", clips, "--out", tmp_path / "ds", "--recipe", _recipe(tmp_path), "--assign", table).status
        == 0
    )
    rows = _manifest(tmp_path / "ds")["splits"]["test"]
    assert [row["prompt"] for row in rows] == ["a red kite, take 0"]
    table.write_text("file,split\nclip_0.mp4,hold-out\n")
    ended = turnover("dataset", clips, "--out", tmp_path / "other", "--recipe", _recipe(tmp_path), "--assign", table)
    assert (ended.status, (tmp_path / "other").exists()) == (2, False)
    assert "hold-out" in ended.err


def test_groups_that_pins_part(tmp_path: Path, clips: Path) -> None:
    """Two clips that look alike and are assigned to two splits are refused, with what links them."""
    table = tmp_path / "splits.csv"
    table.write_text("file,split\nclip_0.mp4,train\nclip_1.mp4,test\n")
    ended = turnover("dataset", clips, "--out", tmp_path / "ds", "--assign", table)
    assert (ended.status, (tmp_path / "ds").exists()) == (2, False)
    assert "look alike" in ended.err


def test_splits_that_do_not_sum(tmp_path: Path, clips: Path) -> None:
    """Percentages that are not exactly 100 are refused with the next step."""
    ended = turnover("dataset", clips, "--out", tmp_path / "ds", "--splits", "train=33.33,validation=33.33,test=33.33")
    assert (ended.status, (tmp_path / "ds").exists()) == (2, False)
    assert "99.99" in ended.err


def test_every_mistake_at_once(tmp_path: Path, clips: Path) -> None:
    """A recipe's mistakes are all told, with their places and near matches."""
    recipe = _recipe(tmp_path, min_qality=0.5, splits="train=90", metrics={"motion_scor": {"min": 1}})
    ended = turnover("dataset", clips, "--out", tmp_path / "ds", "--recipe", recipe)
    assert ended.status == 2
    for word in ("min_quality", "motion_score", "$.splits"):
        assert word in ended.err


def test_append(tmp_path: Path, clips: Path) -> None:
    """A later version keeps every sample's split, names its parent, and says what was added."""
    recipe = _recipe(tmp_path)
    words = ("--recipe", recipe, "--splits", "train=50,test=50", "--name", "kites")
    late = clips.rename(tmp_path / "all") / "clip_5.mp4"
    kept = late.read_bytes()
    late.unlink()
    (tmp_path / "all" / "clip_5.json").unlink()
    first, second = tmp_path / "kites-1.0.0", tmp_path / "kites-1.1.0"
    assert turnover("dataset", tmp_path / "all", "--out", first, *words).status == 0
    late.write_bytes(kept)
    assert turnover("dataset", tmp_path / "all", "--out", second, *words, "--append", first).status == 0
    found = turnover("diff", first, second, "--json").json
    assert (len(found["added"]), found["removed"], found["split_changed"], found["same"]) == (1, [], [], 5)
    metadata = _manifest(second)["metadata"]
    assert metadata["parent"] == _manifest(first)["metadata"]["digest"]
    assert metadata["dataset_version"] == "1.1.0"


@pytest.mark.parametrize("layout", ["tree", "zip", "zip-per-split", "webdataset", "parquet"])
def test_what_was_written_verifies(tmp_path: Path, clips: Path, layout: str) -> None:
    """Every layout verifies; one changed byte does not."""
    out = tmp_path / ("ds.zip" if layout == "zip" else "ds")
    words = ("--layout", layout, "--recipe", _recipe(tmp_path), "--splits", "train=50,test=50")
    assert turnover("dataset", clips, "--out", out, *words).status == 0
    assert turnover("verify", out, "--json").json["ok"]
    largest = out if out.is_file() else max((p for p in out.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 1
    largest.write_bytes(content)
    ended = turnover("verify", out, "--json")
    assert (ended.status, ended.json["ok"]) == (1, False)


def test_existing_target(tmp_path: Path, clips: Path) -> None:
    """What stands at the target stays, unless told otherwise; a folder that is no dataset stays in any case."""
    out, recipe = tmp_path / "ds", _recipe(tmp_path)
    assert turnover("dataset", clips, "--out", out, "--recipe", recipe).status == 0
    assert turnover("dataset", clips, "--out", out, "--recipe", recipe).status == 2
    assert turnover("dataset", clips, "--out", out, "--recipe", recipe, "--overwrite").status == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    assert turnover("dataset", clips, "--out", tmp_path / "mine", "--recipe", recipe, "--overwrite").status == 2
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


def test_hard_links(tmp_path: Path, clips: Path) -> None:
    """`--link hard` gives the clips a second name instead of a copy."""
    out = tmp_path / "ds"
    assert turnover("dataset", clips, "--out", out, "--recipe", _recipe(tmp_path), "--link", "hard").status == 0
    inodes = {path.stat().st_ino for path in clips.glob("*.mp4")}
    assert {path.stat().st_ino for path in (out / "data").rglob("*.mp4")} == inodes


def test_configuration(tmp_path: Path, clips: Path) -> None:
    """`config` writes a trainer's files for another machine, and an unknown trainer has a near match."""
    out = tmp_path / "ds"
    assert turnover("dataset", clips, "--out", out, "--recipe", _recipe(tmp_path)).status == 0
    report = turnover("config", "musubi-tuner", out, "--root", "/data/ds", "--json").json
    assert "/data/ds/data/train" in "".join(report["files"].values())
    assert turnover("config", "musubi", out).status == 2
    assert "musubi-tuner" in turnover("config", "musubi", out).err


def test_table_of_metadata(tmp_path: Path, clips: Path) -> None:
    """Seeds of 64 bits, LoRAs and rates stand typed in the table, as pandas and others read it."""
    out = tmp_path / "ds"
    assert turnover("dataset", clips, "--out", out, "--recipe", _recipe(tmp_path)).status == 0
    rows = parquet.read_table(out / "data" / "train" / "metadata.parquet").to_pylist()
    assert {row["seed"] for row in rows} == {str(2**63 + n) for n in range(6)}
    assert {row["loras"][0]["name"] for row in rows} == {"kite_style"}
    assert {row["scene_type"] for row in rows} == {"test lab", "train station"}


def test_nothing_left(tmp_path: Path, clips: Path) -> None:
    """Where nothing is kept nothing is written, and that is said."""
    ended = turnover("dataset", clips, "--out", tmp_path / "ds", "--scene-type", "moon")
    assert (ended.status, (tmp_path / "ds").exists()) == (1, False)
    assert "No sample is left" in ended.err


def test_lists_of_trainers(tmp_path: Path, clips: Path) -> None:
    """A list names each clip with its caption, from where its trainer looks."""
    out = tmp_path / "ds"
    assert turnover("dataset", clips, "--out", out, "--recipe", _recipe(tmp_path)).status == 0
    table = list(csv.DictReader((out / "data" / "train" / "opensora.csv").read_text().splitlines()))
    assert {row["text"] for row in table} == {f"a red kite, take {n}" for n in range(6)}


def test_frames(tmp_path: Path, clips: Path) -> None:
    """`--frames` gives every eighth frame as a lossless picture, listed as clips are; those of a clip stay together."""
    out = tmp_path / "ds"
    words = ("--recipe", _recipe(tmp_path), "--frames", "--splits", "train=50,test=50")
    assert turnover("dataset", clips, "--out", out, *words).status == 0
    manifest = _manifest(out)
    rows = [row for rows in manifest["splits"].values() for row in rows]
    assert len(rows) == sum(len(range(0, film.frames, 8)) for film in FILMS)
    assert all((out / row["path"]).read_bytes().startswith(b"\x89PNG") for row in rows)
    splits = {
        prompt: {row["split"] for row in rows if row["prompt"] == prompt} for prompt in {r["prompt"] for r in rows}
    }
    assert all(len(found) == 1 for found in splits.values())
    assert turnover("verify", out).status == 0


def test_trimmed(tmp_path: Path, clips: Path) -> None:
    """With a frame rule and re-encoding every clip has a length that the rule takes; what fits stays as it was."""
    out = tmp_path / "ds"
    assert (
        turnover("dataset", clips, "--out", out, "--recipe", _recipe(tmp_path, trim="4n+1", reencode="auto")).status
        == 0
    )
    rows = parquet.read_table(out / "data" / "train" / "metadata.parquet").to_pylist()
    assert {row["num_frames"] for row in rows} == {9, 13}
    sources = {hashlib.sha256(path.read_bytes()).hexdigest() for path in clips.glob("*.mp4")}
    assert len({row["sha256"] for row in rows} & sources) == 2


def test_face_crops(tmp_path: Path) -> None:
    """Faces are cut out and listed with their clip; a recipe that wants none gets none."""
    folder = tmp_path / "clips"
    folder.mkdir()
    film = Recipe("face.mp4", width=640, height=480, frames=10, picture="face")
    shutil.copy(videos.cached(film), folder / "face.mp4")
    (folder / "face.txt").write_text("a face")
    recipe = _recipe(tmp_path, faces={"min_sharpness": 0})
    assert turnover("dataset", folder, "--out", tmp_path / "ds", "--recipe", recipe).status == 0
    lines = (tmp_path / "ds" / "faces" / "train" / "faces.jsonl").read_text().splitlines()
    assert 1 <= len(lines) <= 3
    for line in map(json.loads, lines):
        assert (tmp_path / "ds" / "faces" / "train" / line["file_name"]).read_bytes().startswith(b"\x89PNG")
    recipe = _recipe(tmp_path, faces={"most": 0})
    assert turnover("dataset", folder, "--out", tmp_path / "none", "--recipe", recipe).status == 0
    assert not (tmp_path / "none" / "faces").exists()


def test_nothing_is_left_behind(tmp_path: Path, clips: Path) -> None:
    """After a run nothing stands beside the dataset, hidden or not, but the description of an archive."""
    (tmp_path / "out").mkdir()
    words = ("--recipe", _recipe(tmp_path, trim="4n+1", reencode="auto"))
    assert turnover("dataset", clips, "--out", tmp_path / "out" / "ds.zip", *words).status == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["ds.croissant.json", "ds.zip"]
