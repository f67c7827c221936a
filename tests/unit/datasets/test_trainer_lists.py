"""Every trainer's list gives back every clip with its caption, read as that trainer reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.readers import trainers as read
from tests.trainers_made import LINES, NASTY, companion, configuring, dataset, face, lists, put, sample
from turnover.datasets import names
from turnover.datasets.configuration import trainers
from turnover.datasets.dataset import Dataset
from turnover.datasets.sample import Sample
from turnover.errors import WriteError


def nasty(**told: object) -> Dataset:
    return dataset([sample(number, caption=caption, **told) for number, caption in enumerate(NASTY)])


def pairs(of: Dataset, root: Path, *, without: frozenset[str] = frozenset()) -> read.Pairs:
    """What went in."""
    lines = dict(zip(NASTY, LINES, strict=True))
    return {
        (root / names.media_name(of, one), lines[one.caption])
        for split in of.splits
        for one in of.samples(split)
        if one.suffix not in without
    }


def test_every_caption_comes_back_to_its_clip(tmp_path: Path) -> None:
    """No caption is bent, dropped or given to another clip, whatever it looks like."""
    of = nasty()
    put(of, tmp_path)
    data = tmp_path / "data/train"

    assert read.musubi_list(data / "musubi.jsonl", tmp_path) == pairs(of, tmp_path)
    assert {(row["video"], row["caption"]) for row in read.ltx(data / "ltx.json")} == pairs(of, tmp_path)
    assert read.diffsynth(data / "diffsynth.jsonl", data) == pairs(of, tmp_path)
    assert read.videox_fun(data / "videox_fun.json", data) == pairs(of, tmp_path)
    assert read.fastvideo(data) == pairs(of, tmp_path)
    assert read.open_sora(data / "opensora.csv", tmp_path) == pairs(of, tmp_path)
    assert read.cogvideox(data) == pairs(of, tmp_path)


def test_lists_are_ascii_but_for_the_one_that_says_utf8() -> None:
    """Some trainers open lists in whatever encoding their machine has; prompts and tables are opened as UTF-8."""
    beyond = {name for name, content in lists(nasty()).items() if not content.isascii()}

    assert {"data/train/prompts.txt", "data/train/opensora.csv"} == beyond


def test_clip_that_the_trainer_cannot_open_is_not_listed(tmp_path: Path) -> None:
    """One row too many would end its run."""
    of = dataset(
        [sample(1, caption="NA"), sample(2, caption="null", suffix=".gif"), sample(3, caption="007", suffix=".webm")]
    )
    put(of, tmp_path)
    data = tmp_path / "data/train"

    assert read.diffsynth(data / "diffsynth.jsonl", data) == pairs(of, tmp_path)
    assert read.cogvideox(data) == pairs(of, tmp_path, without=frozenset({".gif"}))
    assert read.open_sora(data / "opensora.csv", tmp_path) == pairs(of, tmp_path, without=frozenset({".gif", ".webm"}))


def test_many_clips_lie_in_sub_folders(tmp_path: Path) -> None:
    """Lists name the sub-folders that a large split has."""
    of = dataset([sample(number) for number in range(20)], counts={"train": 6_000})
    put(of, tmp_path)
    data = tmp_path / "data/train"
    expected = {(tmp_path / names.media_name(of, one), one.caption) for one in of.samples("train")}

    assert len({video.parent for video, _ in expected}) > 1
    assert read.musubi_list(data / "musubi.jsonl", tmp_path) == expected
    assert read.cogvideox(data) == expected
    assert read.fastvideo(data) == expected


def test_every_clip_has_its_control_and_reference(tmp_path: Path) -> None:
    """A companion that every clip has stands in the rows of the trainers that know it."""
    of = dataset([sample(n, companions=(companion("control"), companion("reference"))) for n in range(2)])
    put(of, tmp_path)
    data = tmp_path / "data/train"
    musubi = [json.loads(line) for line in (data / "musubi.jsonl").read_text().splitlines()]
    fun = json.loads((data / "videox_fun.json").read_text())

    assert all((tmp_path / row["control_path"]).is_file() for row in musubi)
    assert all((data / row["control_file_path"]).is_file() for row in fun)
    assert all("reference_video" in row for row in read.ltx(data / "ltx.json"))


def test_one_clip_has_no_control() -> None:
    """Trainers want a column of companions in all rows or in none."""
    of = dataset([sample(1, companions=(companion("control"),)), sample(2)])

    assert b"control" not in lists(of, only="musubi-tuner")["data/train/musubi.jsonl"]


def test_faces_have_the_caption_of_their_clip(tmp_path: Path) -> None:
    """The picture trainer finds each face by its name without the suffix."""
    of = dataset(
        [sample(1, caption="NA", faces=(face(), face())), sample(2), sample(3, caption="007", faces=(face(),))]
    )
    put(of, tmp_path)
    configuration = tmp_path / "kohya.toml"
    configuration.write_text(trainers()["kohya"].configuration(configuring(of, tmp_path))["kohya.toml"])

    found = read.kohya(configuration)

    assert {"NA", "007"} == {caption for _, caption in found}
    assert {tmp_path / name for one in of.samples("train") for name in _faces(one)} == {picture for picture, _ in found}


def _faces(one: Sample) -> list[str]:
    return [names.face_name(one, index, crop) for index, crop in enumerate(one.faces)]


def test_frames_have_no_lists_of_videos() -> None:
    """A dataset of single frames is for trainers that read a folder of pictures."""
    of = dataset([sample(1, suffix=".png", frame_count=1, frame_rate=None)], is_frames=True)

    assert lists(of) == {}


def test_caption_of_which_nothing_is_left() -> None:
    """An empty line would shift every later pair, so it is refused."""
    of = dataset([sample(1, caption="\u2028 \n")])

    with pytest.raises(WriteError, match="empty"):
        lists(of)


def test_twice_the_same_bytes() -> None:
    """Lists are read anew each time and do not change."""
    of = nasty()

    assert lists(of) == lists(of)
