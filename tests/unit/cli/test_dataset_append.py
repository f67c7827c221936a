"""A dataset goes on from the version before: nothing old moves or is lost, and a delta is what is new."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests import videos
from tests.comfy import comfy_tags
from tests.recipes import Recipe
from tests.unit.cli.running import Ended, turnover

RECIPE = {"leakage_keys": ["source_image", "batch"], "min_per_split": 0, "splits": "train=50,test=50"}


def _clip(folder: Path, number: int) -> Path:
    film = Recipe(
        f"film{number}.mp4",
        width=160,
        height=96,
        frames=9 + number,
        picture="landscape",
        tags=comfy_tags(f"a red kite, take {number}", 2**63 + number, loras=[("kite_style", 0.5)]),
        use_metadata_tags=True,
    )
    folder.mkdir(exist_ok=True)
    path = folder / f"clip_{number}.mp4"
    shutil.copy(videos.cached(film), path)
    path.with_suffix(".json").write_text(json.dumps({"scene_type": "walk", "quality_score": number / 10}))
    return path


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The clips of the first version, which will be gone from their folder when the second is made."""
    for number in range(4):
        _clip(tmp_path / "old", number)
    (tmp_path / "recipe.json").write_text(json.dumps(RECIPE))
    return tmp_path / "old"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """One clip that was there before with another caption, and one that is new."""
    changed = _clip(tmp_path / "new", 1)
    changed.with_suffix(".json").write_text(json.dumps({"scene_type": "walk", "caption": "a kite, told anew"}))
    _clip(tmp_path / "new", 4)
    return tmp_path / "new"


def _dataset(clips: Path, out: Path, *words: str | Path) -> Ended:
    return turnover("dataset", clips, "--out", out, "--recipe", clips.parent / "recipe.json", *words)


def _files(path: Path) -> dict[str, bytes]:
    if path.is_file():
        with ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    return {one.relative_to(path).as_posix(): one.read_bytes() for one in path.rglob("*") if one.is_file()}


def _rows(files: dict[str, bytes]) -> dict[str, Any]:
    return {row["sample_id"]: row for row in map(json.loads, files["samples.jsonl"].splitlines())}


def _applied(delta: Path, before: Path, folder: Path) -> dict[str, bytes]:
    """As the documentation says: unpack over a copy, remove what is named."""
    if before.is_file():
        subprocess.run(["unzip", "-q", before, "-d", folder], check=True)
    else:
        shutil.copytree(before, folder)
    if delta.is_file():
        subprocess.run(["unzip", "-qo", delta, "-d", folder], check=True)
    else:
        shutil.copytree(delta, folder, dirs_exist_ok=True)
    if (folder / "removed.txt").exists():
        subprocess.run("xargs -d '\\n' rm -f -- < removed.txt", shell=True, cwd=folder, check=True)
    return _files(folder)


@pytest.mark.parametrize("suffix", ["", ".zip"])
def test_clips_that_are_gone(tmp_path: Path, old: Path, new: Path, suffix: str) -> None:
    """Samples whose clips are not given again stay as they were, from a folder or a ZIP; the delta makes the same."""
    first, second = tmp_path / f"kites-1.0.0{suffix}", tmp_path / f"kites-1.1.0{suffix}"
    assert _dataset(old, first).status == 0
    shutil.rmtree(old)
    ended = _dataset(new, second, "--append", first)
    assert (ended.status, ended.err) == (0, "")
    assert turnover("verify", second, "--json").json["ok"]
    found = turnover("diff", first, second, "--json").json
    assert (len(found["added"]), len(found["metadata_changed"]), found["same"]) == (1, 1, 3)
    assert (found["removed"], found["media_changed"], found["split_changed"]) == ([], [], [])

    before, after = _files(first), _files(second)
    was, now = _rows(before), _rows(after)
    kept = was.keys() - set(found["metadata_changed"])
    assert {name: now[name] for name in kept} == {name: was[name] for name in kept}
    assert {name: row["path"] for name, row in was.items()} == {name: now[name]["path"] for name in was}
    media = {name for name in before if name.endswith(".mp4")}
    assert {name: after[name] for name in media} == {name: before[name] for name in media}
    manifest = json.loads(after["manifest.json"])["metadata"]
    assert (manifest["name"], manifest["dataset_version"]) == ("kites", "1.1.0")
    assert manifest["parent"] == json.loads(before["manifest.json"])["metadata"]["digest"]

    delta = tmp_path / f"kites-1.1.0.delta{suffix}"
    assert _dataset(new, delta, "--append", first, "--delta").status == 0
    (came,) = {name for name in _files(delta) if name.endswith(".mp4")}
    assert came not in before
    assert _applied(delta, first, tmp_path / "applied") == after


def test_delta_as_zip_of_a_folder(tmp_path: Path, old: Path, new: Path) -> None:
    """A delta of a folder may be an archive; in it the manifest comes after all it speaks of, and then the sums."""
    first, second, delta = tmp_path / "kites-1.0.0", tmp_path / "kites-1.1.0", tmp_path / "kites-1.1.0.delta.zip"
    assert _dataset(old, first).status == 0
    shutil.rmtree(old)
    assert _dataset(new, second, "--append", first).status == 0
    assert _dataset(new, delta, "--append", first, "--delta").status == 0
    assert list(_files(delta))[-2:] == ["manifest.json", "manifest-sha256.txt"]
    assert _applied(delta, first, tmp_path / "applied") == _files(second)
    assert turnover("verify", tmp_path / "applied", "--json").json["ok"]


def test_clip_that_is_left_out_now(tmp_path: Path, old: Path, new: Path) -> None:
    """A clip that is given again and that the recipe now leaves out goes, and the delta names its files."""
    first, second, delta = tmp_path / "kites-1.0.0", tmp_path / "kites-1.1.0", tmp_path / "kites-1.1.0.delta"
    assert _dataset(old, first).status == 0
    (new / "clip_1.json").write_text('{"rights": {"training": "notAllowed"}}')
    assert _dataset(new, second, "--append", first).status == 0
    assert len(turnover("diff", first, second, "--json").json["removed"]) == 1
    assert _dataset(new, delta, "--append", first, "--delta").status == 0
    (gone,) = _rows(_files(first)).keys() - _rows(_files(second)).keys()
    removed = (delta / "removed.txt").read_text().splitlines()
    assert {name for name in removed if gone in name} == {name for name in _files(first) if gone in name}
    assert _applied(delta, first, tmp_path / "applied") == _files(second)


def test_caption_told_anew(tmp_path: Path, old: Path, new: Path) -> None:
    """A clip with another caption is the same sample in the same split, with the new caption in row and text."""
    first, second = tmp_path / "kites-1.0.0", tmp_path / "kites-1.1.0"
    assert _dataset(old, first).status == 0
    assert _dataset(new, second, "--append", first).status == 0
    was, now = _rows(_files(first)), _rows(_files(second))
    (name,) = {name for name, row in now.items() if row["caption"] == "a kite, told anew"}
    assert (was[name]["caption"], was[name]["split"]) == ("a red kite, take 1", now[name]["split"])
    assert (second / now[name]["path"]).with_suffix(".txt").read_text().strip() == "a kite, told anew"


def test_new_clip_that_looks_like_an_old_one(
    tmp_path: Path, old: Path, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looks of old samples travel with the dataset: on another machine too a new clip joins the group it looks like."""
    first, second = tmp_path / "kites-1.0.0", tmp_path / "kites-1.1.0"
    (tmp_path / "recipe.json").write_text(
        json.dumps({**RECIPE, "leakage_keys": ["near_duplicate"], "splits": "train=100"})
    )
    assert _dataset(old, first).status == 0
    shutil.rmtree(old)
    monkeypatch.setenv("TURNOVER_DATA", str(tmp_path / "another machine"))
    assert _dataset(new, second, "--append", first).status == 0
    assert len({row["group_id"] for row in _rows(_files(second)).values()}) == 1


def test_nothing_new(tmp_path: Path, old: Path) -> None:
    """Of the same clips again the next version differs by nothing, and the delta has no clip."""
    first, delta = tmp_path / "kites-1.0.0", tmp_path / "kites-1.1.0.delta"
    assert _dataset(old, first).status == 0
    assert _dataset(old, delta, "--append", first, "--delta").status == 0
    assert not [name for name in _files(delta) if name.endswith((".mp4", ".txt")) and name != "manifest-sha256.txt"]


def test_new_clip_of_an_old_source(tmp_path: Path, old: Path, new: Path) -> None:
    """A new clip of a seed that is in an old split goes there, though the old clip is given no more."""
    first, second = tmp_path / "kites-1.0.0", tmp_path / "kites-1.1.0"
    assert _dataset(old, first).status == 0
    rows = {row["seed"]: row["split"] for row in _rows(_files(first)).values()}
    shutil.rmtree(old)
    for seed in (2**63, 2**63 + 3):
        path = new / f"again_{seed % 8}.mp4"
        film = Recipe(f"again{seed % 8}.mp4", frames=20 + seed % 8, picture="landscape")
        tags = comfy_tags(f"a red kite, take {seed - 2**63}", seed, loras=[("other", 1.0)])
        shutil.copy(videos.cached(replace(film, tags=tags, use_metadata_tags=True)), path)
    assert _dataset(new, second, "--append", first).status == 0
    for row in _rows(_files(second)).values():
        if row["seed"] in rows:
            assert row["split"] == rows[row["seed"]]


def test_what_gives_nothing_back(tmp_path: Path, old: Path, new: Path) -> None:
    """From tables samples cannot be taken: that is said before anything is written, and no delta is made of them."""
    first, second = tmp_path / "kites-1.0.0", tmp_path / "kites-1.1.0"
    assert _dataset(old, first, "--layout", "parquet").status == 0
    ended = _dataset(new, second, "--append", first, "--layout", "parquet")
    assert (ended.status, second.exists()) == (2, False)
    assert "3 of its samples are not among the clips" in ended.err
    shutil.copytree(new, old, dirs_exist_ok=True)
    assert _dataset(old, second, "--append", first, "--layout", "parquet").status == 0
    assert "deltas are for tree and zip" in _dataset(old, tmp_path / "d", "--append", first, "--delta").err
    assert "--append" in _dataset(old, tmp_path / "d", "--delta").err


def _id_that_leads_away(folder: Path) -> None:
    text = (folder / "samples.jsonl").read_text()
    row = json.loads(text.splitlines()[0])
    (folder / "samples.jsonl").write_text(text.replace(row["sample_id"], "../../../../etc/passwd"))


def _path_that_leads_away(folder: Path) -> None:
    for path in (folder / "samples").rglob("*.json"):
        path.write_text(json.dumps({**json.loads(path.read_bytes()), "path": "../../../etc/passwd.mp4"}))


def _other_bytes(folder: Path) -> None:
    for path in (folder / "data").rglob("*.mp4"):
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)


def _deep(folder: Path) -> None:
    for path in (folder / "samples").rglob("*.json"):
        document = path.read_text().rstrip().removesuffix("}")
        path.write_text(f'{document}, "extra": {{"a": {"[" * 5000}{"]" * 5000}}}}}')


def _no_samples(folder: Path) -> None:
    shutil.rmtree(folder / "samples")


def _no_ledger_line(folder: Path) -> None:
    (folder / "splits.lock.jsonl").write_text("")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_id_that_leads_away, "no id of a sample"),
        (_path_that_leads_away, "not where a sample lies"),
        (_other_bytes, "other bytes than its dataset lists"),
        (_deep, "cannot be taken over"),
        (_no_samples, "cannot be taken over"),
        (_no_ledger_line, "cannot be taken over"),
    ],
)
def test_damaged_version(tmp_path: Path, old: Path, new: Path, damage: Callable[[Path], None], told: str) -> None:
    """A version before that is damaged, or made to lead elsewhere, is an error with its reason; nothing is written."""
    first, second = tmp_path / "kites-1.0.0", tmp_path / "kites-1.1.0"
    assert _dataset(old, first).status == 0
    damage(first)
    ended = _dataset(new, second, "--append", first)
    assert (ended.status, second.exists()) == (2, False)
    assert told in " ".join(ended.err.split())


def test_damaged_archive(tmp_path: Path, old: Path, new: Path) -> None:
    """An archive that is cut, or none, is an error."""
    first = tmp_path / "kites-1.0.0.zip"
    assert _dataset(old, first).status == 0
    first.write_bytes(first.read_bytes()[:-40])
    assert _dataset(new, tmp_path / "next.zip", "--append", first).status == 2


def test_changed_archive_media(tmp_path: Path, old: Path, new: Path) -> None:
    """A clip in the archive that has other bytes than the archive's own CRC is not copied."""
    first, second = tmp_path / "kites-1.0.0.zip", tmp_path / "kites-1.1.0.zip"
    assert _dataset(old, first).status == 0
    with ZipFile(first) as archive:
        names = [one for one in archive.infolist() if one.filename.endswith(".mp4")]
    content = bytearray(first.read_bytes())
    for one in names:
        content[one.header_offset + 30 + len(one.filename) + one.file_size // 2] ^= 1
    first.write_bytes(content)
    ended = _dataset(new, second, "--append", first)
    assert (ended.status, second.exists()) == (2, False)
