"""Configurations say what the clips are, on the machine that trains."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.readers import trainers as read
from tests.trainers_made import NASTY, configuring, dataset, example, face, put, rows, sample
from turnover.core.rate import Rate
from turnover.datasets import names
from turnover.datasets.configuration import configuring_from, trainer_named, trainers
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import FrameRule
from turnover.datasets.trainers.fitting import fitted
from turnover.datasets.trainers.machine import Root
from turnover.datasets.trainers.writing import Tree, Value, quoted, toml
from turnover.datasets.trainers.writing import yaml as yaml_text
from turnover.errors import RefusedError, UsageError, ValuesError, WriteError

WINDOWS = "D:\\sets\\new 'demo'-1.0.0"
CLIPS = sorted(set(trainers()) - {"kohya"})


def written(of: Dataset, trainer: str, root: Path, folder: Path, **options: Any) -> Path:
    """The configuration's files in a folder; gives the first."""
    files = trainers()[trainer].configuration(configuring(of, root, **options))
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder / next(iter(files))


def one_rate() -> Dataset:
    return dataset([sample(number, caption=caption) for number, caption in enumerate(NASTY[:20])])


def expected(of: Dataset, root: Path) -> read.Pairs:
    return {(root / names.media_name(of, one), one.caption) for one in of.samples("train")}


def test_trainers_are_found_by_name() -> None:
    """Every module of the folder offers one, under the name that the command takes."""
    assert sorted(trainers()) == [
        "ai-toolkit", "cogvideox", "diffsynth", "diffusers", "diffusion-pipe", "fastvideo", "kohya", "ltx-2",
        "musubi-tuner", "open-sora", "simpletuner", "videox-fun",
    ]  # fmt: skip


def test_name_nearly_right() -> None:
    """A wrong name is answered with the near one."""
    with pytest.raises(UsageError, match="'musubi-tuner'"):
        trainer_named("musubi_tuner")


def test_folder_trainers_find_every_clip(tmp_path: Path) -> None:
    """What reads the folder finds each clip with its caption, and nothing else."""
    of, root, here = one_rate(), tmp_path / "demo-1.0.0", tmp_path / "config"
    put(of, root)

    assert read.musubi(written(of, "musubi-tuner", root, here)) == expected(of, root)
    pipe = written(of, "diffusion-pipe", root, here)
    assert read.diffusion_pipe(here / tomllib.loads(pipe.read_text())["dataset"]) == expected(of, root)
    assert read.ai_toolkit(written(of, "ai-toolkit", root, here)) == expected(of, root)
    tuner = json.loads(written(of, "simpletuner", root, here).read_text())
    assert read.simpletuner(here / tuner["data_backend_config"]) == expected(of, root)
    assert read.open_sora(written(of, "open-sora", root, here), here) == expected(of, root)


def test_clips_in_sub_folders_are_found(tmp_path: Path) -> None:
    """Trainers that do not look below a folder get a list, or every folder."""
    of = dataset([sample(number) for number in range(20)], counts={"train": 6_000})
    root, here = tmp_path / "demo-1.0.0", tmp_path / "config"
    put(of, root)

    assert read.musubi(written(of, "musubi-tuner", root, here)) == expected(of, root)
    written(of, "diffusion-pipe", root, here)
    assert read.diffusion_pipe(here / "diffusion-pipe-train.toml") == expected(of, root)
    assert read.ai_toolkit(written(of, "ai-toolkit", root, here)) == expected(of, root)


def test_musubi_has_a_block_for_each_rate(tmp_path: Path) -> None:
    """Only a block of its own can say at what rate clips were made, and the number must be a float."""
    of = dataset(
        [
            sample(1, frame_rate=Rate(24), frame_count=121),
            sample(2, frame_rate=Rate(30000, 1001), frame_count=200),
            sample(3),
            sample(4, frame_rate=None),
        ]
    )
    root = tmp_path / "demo-1.0.0"
    put(of, root)
    path = written(of, "musubi-tuner", root, tmp_path / "config")
    blocks = tomllib.loads(path.read_text())["datasets"]

    assert [None, None, 24.0, float(Rate(30000, 1001))] == [block.get("source_fps") for block in blocks]
    assert [block["target_frames"] for block in blocks] == [[81], [81], [81], [81]]
    assert read.musubi(path) == expected(of, root)


def test_rates_that_look_alike_in_decimals(tmp_path: Path) -> None:
    """Each rate has a list and a cache of its own, however near two of them are."""
    of = dataset(
        [sample(1, frame_rate=Rate(29833, 1000)), sample(2, frame_rate=Rate(179, 6)), sample(3, frame_rate=Rate(24))]
    )
    root = tmp_path / "demo-1.0.0"
    put(of, root)

    assert read.musubi(written(of, "musubi-tuner", root, tmp_path / "config")) == expected(of, root)


def test_rate_whose_clips_are_all_too_short() -> None:
    """Its block is left out, and the others stay."""
    of = dataset([sample(1), sample(2, frame_rate=Rate(24), frame_count=4)])
    text = trainers()["musubi-tuner"].configuration(configuring(of, "/sets/demo"))["musubi-tuner.toml"]

    assert [block.get("source_fps") for block in tomllib.loads(text)["datasets"]] == [None]


def test_clips_of_different_length_are_all_used() -> None:
    """Where lengths differ, each clip is taken as long as the rule lets it be."""
    of = dataset([sample(1, frame_count=50), sample(2, frame_count=33), sample(3, frame_count=300)])
    text = trainers()["musubi-tuner"].configuration(configuring(of, "/sets/demo"))["musubi-tuner.toml"]
    [block] = tomllib.loads(text)["datasets"]

    assert {key: block.get(key) for key in ("frame_extraction", "max_frames")} == {
        "frame_extraction": "full",
        "max_frames": 81,
    }


@pytest.mark.parametrize(
    ("frames", "rate", "buckets"),
    [(81, Rate(16), [1, 77, 81]), (121, Rate(24), [1, 73, 77]), (50, Rate(8), [1, 45, 49]), (8, Rate(16), [1, 5])],
)
def test_buckets_are_counted_at_the_models_rate(frames: int, rate: Rate, buckets: list[int]) -> None:
    """diffusion-pipe drops a clip that is a frame short of its bucket, so the next lower one is there too."""
    of = dataset([sample(1, frame_count=frames, frame_rate=rate)])
    files = trainers()["diffusion-pipe"].configuration(configuring(of, "/sets/demo"))

    assert buckets == tomllib.loads(files["diffusion-pipe-train.toml"])["frame_buckets"]


@pytest.mark.parametrize("trainer", sorted(trainers()))
def test_root_of_another_machine(trainer: str) -> None:
    """Paths have that machine's root and slashes, and survive the language they stand in."""
    of = dataset([sample(number, faces=(face(),)) for number in range(2)])
    files = trainers()[trainer].configuration(configuring(of, WINDOWS))

    assert (
        {text for name, content in files.items() for text in _texts(name, content) if "sets" in text}
        == {text for name, content in files.items() for text in _texts(name, content) if text.startswith(WINDOWS)}
        != set()
    )
    assert not any("/" in text for name, content in files.items() for text in _texts(name, content) if "sets" in text)


@pytest.mark.parametrize("trainer", sorted(trainers()))
def test_nothing_is_written_into_the_dataset(trainer: str) -> None:
    """Caches and results go beside it."""
    of = dataset([sample(number, faces=(face(),)) for number in range(2)])
    files = trainers()[trainer].configuration(configuring(of, "/sets/demo-1.0.0"))
    inside = {
        text
        for name, content in files.items()
        for text in _texts(name, content)
        if text.startswith("/sets/demo-1.0.0/")
    }

    assert [
        text for text in inside if not text.startswith(("/sets/demo-1.0.0/data/train", "/sets/demo-1.0.0/faces/train"))
    ] == []
    assert [text for text in inside if any(word in text for word in ("cache", "output", "latents"))] == []


def _texts(name: str, content: str) -> set[str]:
    """Every string of a configuration, read by a parser of its language."""
    if name.endswith(".toml"):
        return set(_leaves(tomllib.loads(content)))
    if name.endswith(".yaml"):
        return set(_leaves(yaml.safe_load(content)))
    if name.endswith(".json"):
        return set(_leaves(json.loads(content)))
    if name.endswith(".jsonl"):
        return {text for line in content.splitlines() for text in _leaves(json.loads(line))}
    if name.endswith(".csv"):
        return {cell for row in csv.reader(io.StringIO(content)) for cell in row}
    return set(shlex.split("\n".join(line for line in content.splitlines() if not line.startswith("#"))))


def _leaves(tree: Any) -> list[str]:
    if isinstance(tree, Mapping):
        return [text for value in tree.values() for text in _leaves(value)]
    if isinstance(tree, list):
        return [text for value in tree for text in _leaves(value)]
    return [tree] if isinstance(tree, str) else []


@given(st.text(min_size=1), st.decimals(0, 10**6, places=6).map(float))
def test_any_text_survives_toml_and_yaml(text: str, number: float) -> None:
    """What is written is what a parser of the language reads."""
    table: dict[str, Value] = {"text": text, "number": 30.0, "list": [text, 1, True]}
    tree: dict[str, Tree] = {**table, "tree": {"none": None, "rows": [{"text": text, "x": 1e-05}, {"y": number}]}}

    assert table == tomllib.loads(toml([("", table)], comment=text))
    assert tree == yaml.safe_load(yaml_text(tree, comment=text))
    assert f'"{text}"' == quoted(text) or "\\" in quoted(text)


@given(st.integers(16, 5000), st.integers(16, 5000), st.sampled_from([16, 32, 64]))
def test_fitted_size_is_one_that_the_model_takes(width: int, height: int, multiple: int) -> None:
    """A multiple, never larger than the clip has multiples, and of about the pixels asked."""
    new = fitted((width, height), multiple)

    assert [edge % multiple for edge in new] == [0, 0]
    assert all(a <= max(b, multiple) for a, b in zip(new, (width, height), strict=True))
    assert new[0] * new[1] <= 832 * 480 * 1.2 + multiple * max(new)


@pytest.mark.platform("linux", "darwin")
@pytest.mark.parametrize("trainer", ["cogvideox", "diffsynth", "diffusers", "ltx-2", "videox-fun"])
def test_script_hands_paths_over_whole(trainer: str, tmp_path: Path) -> None:
    """A shell runs nothing that stands in a path, and hands each on as one argument."""
    root = '/sets/it\'s $(touch pwned) `x` & "y" \\z'
    files = trainers()[trainer].configuration(configuring(example(), root))
    [script] = [text for name, text in files.items() if name.endswith(".sh")]
    for name in ("accelerate", "uv"):
        (tmp_path / name).write_text("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
        (tmp_path / name).chmod(0o755)
    variables = {name: f"/with space/{name}" for name in re.findall(r": \"\$\{(\w+):\?", script)}
    run = subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", **variables},
        capture_output=True,
        check=False,
    )
    words = run.stdout.decode().split("\0")

    assert (run.returncode, run.stderr) == (0, b"")
    assert any(word.startswith(f"{root}/data/train") for word in words)
    assert all(any(word.startswith(value) for word in words) for value in variables.values())
    assert not (tmp_path / "pwned").exists()


def test_trigger_word_is_told() -> None:
    """Captions have it already, so it is named and not set again."""
    text = trainers()["ai-toolkit"].configuration(configuring(example(), "/s", trigger="kite\nx"))["ai-toolkit.yaml"]

    assert "kite" in text.splitlines()[1]
    assert "trigger_word" not in text


def test_model_of_the_trainers_own() -> None:
    """Rates and rules follow the model named; an unknown one is answered with the near one."""
    of = dataset([sample(1, frame_rate=Rate(30), frame_count=121)])
    text = trainers()["musubi-tuner"].configuration(configuring(of, "/sets/demo", model="framepack"))[
        "musubi-tuner.toml"
    ]
    [block] = tomllib.loads(text)["datasets"]

    assert (block["frame_extraction"], block["max_frames"], block.get("source_fps")) == ("full", 109, None)
    with pytest.raises(UsageError, match="'hunyuan-video'"):
        trainers()["musubi-tuner"].configuration(configuring(of, "/sets/demo", model="hunyuanvideo"))


@pytest.mark.parametrize("trainer", CLIPS)
def test_no_clip_is_long_enough(trainer: str) -> None:
    """A configuration that would train on nothing is refused with the rule."""
    of = dataset([sample(1, frame_count=3)])

    with pytest.raises(RefusedError, match="enough frames"):
        trainers()[trainer].configuration(configuring(of, "/sets/demo"))


@pytest.mark.parametrize("trainer", [name for name in CLIPS if name != "diffsynth"])
def test_nothing_that_it_can_open(trainer: str) -> None:
    """A dataset of GIFs is refused by name where the trainer's reader cannot open them."""
    of = dataset([sample(1, suffix=".gif")])

    with pytest.raises(RefusedError, match=r"\.gif"):
        trainers()[trainer].configuration(configuring(of, "/sets/demo"))


@pytest.mark.parametrize("trainer", ["musubi-tuner", "diffusion-pipe", "ai-toolkit", "simpletuner", "kohya"])
def test_single_frames(trainer: str) -> None:
    """Trainers of pictures too get a dataset of frames as pictures."""
    of = dataset([sample(1, suffix=".png", frame_count=1, frame_rate=None)], is_frames=True)
    files = trainers()[trainer].configuration(configuring(of, "/sets/demo"))

    assert "/sets/demo/data/train/images" in {t for name, content in files.items() for t in _texts(name, content)}


@pytest.mark.parametrize(
    "row", [{"path": "../x.mp4"}, {"path": "/x.mp4"}, {"path": "C:x.mp4"}, {"width": None}, {"caption": 1}]
)
def test_dataset_that_was_tampered_with(row: dict[str, Any]) -> None:
    """A row that leads out of the dataset, or lacks what it must have, is named."""
    of_rows = [{**rows(example())[0], **row}]

    with pytest.raises(ValuesError, match="row 1"):
        configuring_from(lambda: of_rows, name="demo", root="/sets/demo")


@pytest.mark.parametrize("path", ["train.zip/data/train/videos/v1.mp4", "train-000000.tar/v1.mp4"])
def test_clips_inside_an_archive(path: str) -> None:
    """No trainer looks into an archive of ours, so none is configured for it."""
    of_rows = [{**rows(example())[0], "path": path}]

    with pytest.raises(RefusedError, match=path.split("/", maxsplit=1)[0]):
        configuring_from(lambda: of_rows, name="demo", root="/sets/demo")


def test_split_that_is_no_file_name() -> None:
    """A split becomes part of file names, so it is checked before."""
    of_rows = [{**rows(example())[0], "split": "../../etc"}]

    with pytest.raises(WriteError):
        configuring_from(lambda: of_rows, name="demo", root="/sets/demo")


def test_what_the_rows_say() -> None:
    """Rates, lengths and sizes are counted by split, and the commonest size comes first."""
    made = configuring(example(), "/sets/demo")

    assert made.splits == ("train", "validation")
    assert {Rate(16): 12, Rate(24): 4} == made.rates["train"]
    assert made.frame_counts["train"] == (81, 121)
    assert made.sizes["train"] == ((832, 480), (1280, 720))
    assert not made.is_frames


@pytest.mark.parametrize(
    ("trainer", "told", "reason"),
    [
        ("musubi-tuner", {}, None),
        ("musubi-tuner", {"frame_count": 6, "frame_rate": Rate(30)}, "fewer than 5 frames at 16 a second"),
        ("musubi-tuner", {"frame_rate": None}, "varies"),
        ("diffusion-pipe", {"frame_count": 7, "frame_rate": Rate(24)}, "at 16"),
        ("ai-toolkit", {"frame_count": 6, "frame_rate": Rate(25)}, "at 16"),
        ("open-sora", {"caption": "007"}, "number"),
        ("open-sora", {"frame_rate": None}, "varies"),
        ("fastvideo", {"width": 480, "height": 832}, "upright"),
        ("kohya", {}, "no face"),
        ("kohya", {"faces": (face(),)}, None),
        ("musubi-tuner", {"suffix": ".png", "frame_count": 1, "frame_rate": None}, None),
    ],
)
def test_what_else_a_trainer_cannot_use(trainer: str, told: dict[str, Any], reason: str | None) -> None:
    """Beside suffix, frames and size, a person is told what a trainer would drop, and why."""
    reasons = trainers()[trainer].not_ready(sample(1, **told))

    assert bool(reasons) == (reason is not None)
    assert reason is None or any(reason in one for one in reasons)


@pytest.mark.parametrize(
    ("trainer", "suffixes", "frames", "multiple"),
    [
        ("musubi-tuner", {".webm", ".m4v"}, (5, 9, 81), 16),
        ("ltx-2", {".mkv"}, (9, 17, 97), 32),
        ("open-sora", {".avi"}, (33, 65, 129), 16),
        ("diffsynth", {".gif"}, (5, 49), 16),
    ],
)
def test_rules_of_trainers(trainer: str, suffixes: set[str], frames: tuple[int, ...], multiple: int) -> None:
    """What is said of each is what its loader asks."""
    one = trainers()[trainer]

    assert one.frame_rule is not None
    assert suffixes <= one.suffixes
    assert [one.frame_rule.usable(count) for count in frames] == [*frames]
    assert one.frame_rule.usable(frames[0] - 1) is None
    assert one.size_multiple == multiple


@given(
    st.integers(0, 500),
    st.sampled_from([FrameRule(4, 1, least=5), FrameRule(8, 1), FrameRule(17, 5), FrameRule(36, 1)]),
)
def test_usable_frames_keep_the_rule(frames: int, rule: FrameRule) -> None:
    """What is usable is the largest number that fits, found by trying every one."""
    fitting = [n for n in range(frames + 1) if n >= max(rule.least, rule.plus) and (n - rule.plus) % rule.step == 0]

    assert (max(fitting) if fitting else None) == rule.usable(frames)


@pytest.mark.parametrize(
    ("root", "inside", "beside"),
    [
        ("/sets/demo/", "/sets/demo/data/train", "/sets/demo-training/x"),
        ("C:\\sets\\demo", "C:\\sets\\demo\\data\\train", "C:\\sets\\demo-training\\x"),
        ("C:/sets/demo", "C:/sets/demo/data/train", "C:/sets/demo-training/x"),
        ("\\\\nas\\sets\\demo\\", "\\\\nas\\sets\\demo\\data\\train", "\\\\nas\\sets\\demo-training\\x"),
        ("/", "/data/train", "/../turnover-training/x"),
        ("sets/de\\mo", "sets/de\\mo/data/train", "sets/de\\mo-training/x"),
        (".", "./data/train", "./../turnover-training/x"),
    ],
)
def test_paths_of_any_machine(root: str, inside: str, beside: str) -> None:
    """Slashes are those of the root that was given."""
    assert (inside, beside) == (Root(root).path("data/train"), Root(root).beside("x"))
