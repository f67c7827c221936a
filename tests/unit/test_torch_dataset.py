"""Clips by number, from every layout, as PyTorch wants them."""

from __future__ import annotations

import json
import math
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests import datasets_made
from tests.datasets_made import nasty, written
from tests.unit.torch_datasets import LAYOUTS, MIXED, Pixels, many, mixed, of_recipes, sources
from turnover.datasets.dataset import Dataset
from turnover.errors import ProbeError, UsageError

torch = pytest.importorskip("torch", reason="PyTorch is not installed (pip install torch)")

from turnover.torch import ClipDataset  # noqa: E402  # it needs PyTorch

Made = tuple[Dataset, Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The mixed dataset, and the folder with its sources and layouts."""
    folder = tmp_path_factory.mktemp("mixed")
    dataset = mixed(folder)
    for layout in LAYOUTS:
        written(dataset, layout, folder / layout, shard_bytes=20_000)
    return dataset, folder


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small tree that may be damaged."""
    return written(of_recipes(tmp_path, {"train": MIXED["train"][:2]}), "tree", tmp_path)


def _path(made: Made, layout: str) -> Path:
    return next((made[1] / layout).iterdir())


def _pictures(sample: Any) -> Pixels:
    """(frames, height, width, 3)."""
    return np.asarray(sample["video"].permute(0, 2, 3, 1).numpy())


def _first_clip(tree: Path) -> Path:
    rows = (tree / "samples.jsonl").read_text().splitlines()
    return tree / str(json.loads(rows[0])["path"])


# -------------------------------------------------------------------------------------------------------- pixels


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("decoder", ["pyav", "torchcodec"])
def test_pixels_are_those_of_the_sources(made: Made, layout: str, decoder: Any) -> None:
    """Every layout and both decoders give the pictures of the files that went in: 8 and 10 bits, turned, GIF, VFR."""
    if decoder == "torchcodec":
        pytest.importorskip("torchcodec", reason="torchcodec is not installed (pip install torchcodec)")
    clips = ClipDataset(_path(made, layout), decoder=decoder)
    samples = {sample["sample_id"]: sample for sample in (clips[number] for number in range(len(clips)))}
    expected = dict(sources(*made))
    assert samples.keys() == expected.keys()
    for sample_id, pictures in expected.items():
        video = samples[sample_id]["video"]
        assert video.dtype == torch.uint8
        assert video.is_contiguous()
        np.testing.assert_array_equal(_pictures(samples[sample_id]), pictures)


def test_some_frames_are_those_of_all(made: Made) -> None:
    """Three frames spread over a clip are its first, middle and last; a random start gives neighbours."""
    whole = {sample["sample_id"]: _pictures(sample) for sample in _all(ClipDataset(_path(made, "zip")))}
    for sample in _all(ClipDataset(_path(made, "zip"), num_frames=3, sampling="uniform")):
        pictures = whole[sample["sample_id"]]
        np.testing.assert_array_equal(_pictures(sample), pictures[[0, len(pictures) // 2, len(pictures) - 1]])
    for sample in _all(ClipDataset(_path(made, "zip"), num_frames=3, sampling="random")):
        pictures = whole[sample["sample_id"]]
        windows = [pictures[start : start + 3] for start in range(len(pictures) - 2)]
        assert any(np.array_equal(_pictures(sample), window) for window in windows)


def test_frames_at_another_rate(made: Made) -> None:
    """At half its rate every second frame is left; of a variable rate each frame stays as long as it did."""
    dataset, folder = made
    expected = dict(sources(dataset, folder))
    names = {sample.id: sample.source_name for sample in dataset.samples("train")}
    halved = {names[s["sample_id"]]: s for s in _all(ClipDataset(_path(made, "zip"), fps=12))}
    steady, late = halved["train/a.mp4"], halved["train/late.mp4"]
    np.testing.assert_array_equal(_pictures(steady), expected[steady["sample_id"]][::2])
    assert (steady["fps"], steady["num_frames"]) == (12.0, 5)
    # Frames last 1, 3, 1, 2, 1, 1, 4 periods of 24; every second period shows these of them.
    np.testing.assert_array_equal(_pictures(late)[:7], expected[late["sample_id"]][[0, 1, 2, 3, 5, 6, 6]])


def _all(clips: ClipDataset) -> list[Any]:
    return [clips[number] for number in range(len(clips))]


# -------------------------------------------------------------------------------------------------------- values


def test_values_of_a_sample(tmp_path: Path) -> None:
    """Texts, numbers and everything else that is known, without None; what is not known is NaN or empty."""
    dataset = nasty(tmp_path)
    clips = ClipDataset(written(dataset, "tree", tmp_path), "train")
    given = {sample.id: sample for sample in dataset.samples("train")}
    for sample in _all(clips):
        known = given[sample["sample_id"]]
        assert sample["caption"] == known.caption
        assert sample["prompt"] == (known.prompt or "")
        assert sample["num_frames"] == len(sample["video"]) == 9
        assert _same(sample["fps"], None if known.frame_rate is None else float(known.frame_rate))
        assert _same(sample["quality_score"], known.quality_score)
        assert sample["metadata"].get("seed") == (None if known.seed is None else str(known.seed))
        assert None not in sample["metadata"].values()


def _same(number: float, known: float | None) -> bool:
    return math.isnan(number) if known is None else number == known


@pytest.mark.parametrize("layout", LAYOUTS)
def test_single_frames(tmp_path: Path, layout: str) -> None:
    """A dataset of pictures gives videos of one frame."""
    pictures = [{"prompt": "a fox", "suffix": suffix} for suffix in (".png", ".jpg")]
    dataset = datasets_made.dataset(tmp_path, {"train": pictures}, is_frames=True)
    expected = {one.id: np.asarray(Image.open(one.media.path)) for one in dataset.samples("train")}
    for sample in _all(ClipDataset(written(dataset, layout, tmp_path))):
        video = _pictures(sample)
        assert video.shape == (1, 16, 16, 3)
        picture = expected[sample["sample_id"]]
        if str(sample["metadata"]["path"]).endswith(".png"):
            np.testing.assert_array_equal(video[0], picture)
        # Two libraries enlarge the colours of a JPEG in two ways.
        np.testing.assert_allclose(video[0].mean(axis=(0, 1)), picture.mean(axis=(0, 1)), atol=2)


def test_only_what_is_wanted(made: Made) -> None:
    """`keep` chooses by rows, once; the split that is not named is left out."""
    asked: list[object] = []

    def is_short(row: Any) -> bool:
        asked.append(row["num_frames"])
        return bool(row["num_frames"] == 5)

    clips = ClipDataset(_path(made, "tree"), keep=is_short)
    assert (len(clips), sorted(map(str, asked))) == (3, ["4", "5", "5", "5", "8", "9", "9"])
    assert {sample["num_frames"] for sample in _all(clips)} == {5}
    assert len(ClipDataset(_path(made, "tree"), "validation")) == 1


def test_a_transform_stands_in_its_place(made: Made) -> None:
    """What the transform makes of the video is what comes."""
    clips = ClipDataset(_path(made, "tree"), transform=lambda video: video.float() / 255)
    assert clips[0]["video"].dtype == torch.float32


def test_numbers_from_the_end(made: Made) -> None:
    """As in a list, -1 is the last; past the end is IndexError, so that iteration ends."""
    clips = ClipDataset(_path(made, "tree"))
    assert clips[-1]["sample_id"] == clips[len(clips) - 1]["sample_id"]
    with pytest.raises(IndexError):
        clips[len(clips)]


def test_random_frames_change_with_the_epoch(made: Made) -> None:
    """Two passes draw different frames, and the same pass draws the same."""
    clips = ClipDataset(_path(made, "tree"), num_frames=1, sampling="random")
    first = [_pictures(sample) for sample in _all(clips)]
    clips.set_epoch(1)
    second = [_pictures(sample) for sample in _all(clips)]
    clips.set_epoch(0)
    again = [_pictures(sample) for sample in _all(clips)]
    assert all(map(np.array_equal, first, again))
    assert not all(map(np.array_equal, first, second))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_dataset_pickles(made: Made, layout: str) -> None:
    """A copy that went through pickle, after reading, reads the same."""
    clips = ClipDataset(_path(made, layout))
    before = clips[0]
    after = pickle.loads(pickle.dumps(clips))[0]
    assert torch.equal(before["video"], after["video"])


def test_a_big_dataset_is_small(tmp_path: Path) -> None:
    """What a worker gets grows by a few bytes a sample, not by its row."""
    path = written(many(tmp_path, 3), "tree", tmp_path)
    one = len(pickle.dumps(ClipDataset(path)))
    with (path / "samples.jsonl").open("a") as lines:
        row = (path / "samples.jsonl").read_text().splitlines()[0]
        lines.write(f"{row}\n" * 2000)
    assert len(pickle.dumps(ClipDataset(path))) - one < 40 * 2000


# ------------------------------------------------------------------------------------------------------- refusals


def test_a_broken_clip_names_itself(tree: Path) -> None:
    """A clip that was cut off is told by its path, whichever decoder is asked."""
    clip = _first_clip(tree)
    content = clip.read_bytes()
    clip.write_bytes(content[: len(content) // 2] + bytes(len(content) - len(content) // 2))
    with pytest.raises(ProbeError, match=clip.name):
        ClipDataset(tree)[0]
    clip.write_bytes(content[:-1])
    with pytest.raises(ProbeError, match=rf"{clip.name}: has \d+ bytes, and samples.jsonl says"):
        ClipDataset(tree)[0]
    clip.unlink()
    with pytest.raises(ProbeError, match=rf"{clip.name}: no such file"):
        ClipDataset(tree)[0]


def test_a_clip_that_decodes_to_fewer_frames(tree: Path) -> None:
    """Where the dataset promises more frames than there are, the clip is told, not shortened."""
    rows = (tree / "samples.jsonl").read_text().replace('"num_frames":9', '"num_frames":10')
    (tree / "samples.jsonl").write_text(rows)
    with pytest.raises(ProbeError, match=r"\.m.*: ends before frame 9, after 9"):
        ClipDataset(tree)[0]


def test_a_broken_clip_is_skipped(tree: Path) -> None:
    """With `skip` another clip of its size and length takes its place, with a warning that names it."""
    clip = _first_clip(tree)
    clip.write_bytes(bytes(clip.stat().st_size))
    clips = ClipDataset(tree, on_error="skip")
    with pytest.warns(RuntimeWarning, match=clip.name):
        taken = clips[0]
    assert taken["sample_id"] == clips[1]["sample_id"]


def test_nothing_is_left_to_take_the_place(tree: Path) -> None:
    """Where every clip like it is broken too, that is an error."""
    for clip in (tree / "data" / "train" / "videos").glob("*.m*"):
        clip.write_bytes(bytes(clip.stat().st_size))
    with pytest.warns(RuntimeWarning), pytest.raises(ProbeError, match="in place of sample 0"):
        ClipDataset(tree, on_error="skip")[0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no object"),
        ('{"split":"train","path":"../../etc/passwd"}', "cannot be in a dataset"),
        ('{"split":"train","path":"../other.tar/a.mp4"}', "cannot be in a dataset"),
        ('{"split":"train","path":"/tmp/a.parquet/a.mp4"}', "cannot be in a dataset"),
        ('{"split":"train","path":"none.tar/a.mp4"}', "no such file"),
        ('{"split":"train","path":"samples.jsonl/../README.md.tar/a.mp4"}', "cannot be in a dataset"),
        ('{"split":"train","path":null}', "has the path None"),
        (
            '{"split":"train","path":"data/none.mp4","num_frames":"nine","frame_rate":"0/0","width":1e999}',
            "no such file",
        ),
    ],
)
def test_rows_that_no_program_of_ours_wrote(tree: Path, line: str, message: str) -> None:
    """They are refused with what is wrong, and lead out of the dataset never."""
    (tree / "samples.jsonl").write_text(line + "\n")
    with pytest.raises(ProbeError, match=message):
        ClipDataset(tree)[0]


def test_a_clip_that_lists_other_files(tree: Path) -> None:
    """A playlist in the place of a clip is not followed, whichever decoder is asked."""
    clip = _first_clip(tree)
    other = next(path for path in clip.parent.glob("*.m*") if path != clip)
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{other}\n#EXT-X-ENDLIST\n".encode()
    clip.write_bytes(text.ljust(clip.stat().st_size, b"\n"))
    with pytest.raises(ProbeError, match=clip.name):
        ClipDataset(tree)[0]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_unknown_split(made: Made, layout: str) -> None:
    """It is told with the splits that are there."""
    with pytest.raises(UsageError, match=r"'test'.*\(it has train, validation\)"):
        ClipDataset(_path(made, layout), "test")


def test_what_is_no_dataset(tmp_path: Path, made: Made) -> None:
    """A missing path, a folder inside a dataset, a file that is no ZIP, a dataset that was never finished."""
    (tmp_path / "text.zip").write_text("no archive")
    shutil.copytree(_path(made, "tree"), tmp_path / "half")
    (tmp_path / "half" / "manifest.json").unlink()
    for path in (tmp_path / "none", _path(made, "tree") / "data", tmp_path / "text.zip", tmp_path / "half"):
        with pytest.raises(UsageError, match=path.name):
            ClipDataset(path)


def test_an_archive_that_was_replaced(made: Made, tmp_path: Path) -> None:
    """Places of the old archive are not read in the new one."""
    shutil.copy(_path(made, "zip"), tmp_path / "demo.zip")
    clips = ClipDataset(tmp_path / "demo.zip")
    (tmp_path / "demo.zip").unlink()
    shutil.copy(_path(made, "zip"), tmp_path / "demo.zip")
    with pytest.raises(ProbeError, match="changed since"):
        pickle.loads(pickle.dumps(clips))[0]


@pytest.mark.parametrize("options", [{"decoder": "vlc"}, {"on_error": "cry"}, {"num_frames": -1}])
def test_senseless_options(made: Made, options: dict[str, Any]) -> None:
    """They are told before anything is read."""
    with pytest.raises(UsageError):
        ClipDataset(_path(made, "tree"), **options)


def test_without_torch() -> None:
    """The package can be imported without PyTorch; what needs it says so, and what to do."""
    code = """
import sys
sys.modules["torch"] = None
import turnover.torch
try:
    turnover.torch.ClipDataset("x")
except Exception as error:
    assert type(error).__name__ == "UsageError" and "pip install torch" in str(error), error
else:
    raise AssertionError
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
