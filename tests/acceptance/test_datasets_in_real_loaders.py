"""What goes into a dataset comes out of the loaders that people use: every row of every layout, the media by digest."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests import datasets_made
from turnover.datasets.dataset import Dataset
from turnover.datasets.sample import Sample

# Read when `datasets` is imported: no network, no questions to the Hub.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")

hf = pytest.importorskip("datasets", reason="the loader is part of the dev group: make install")
fsspec = pytest.importorskip("fsspec", reason="it comes with datasets")

Rows = Mapping[str, list[dict[str, Any]]]

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("datasets")


@pytest.fixture(scope="module")
def nasty(folder: Path) -> Dataset:
    return datasets_made.nasty(folder / "nasty")


# ------------------------------------------------------------------------------------------------- Hugging Face


@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streaming"])
def test_tree_by_its_card(nasty: Dataset, folder: Path, tmp_path: Path, streaming: bool) -> None:
    """The folder by its path alone: mixed suffixes, a split of `.webm` alone, an empty one, one of an unusual name."""
    root = _standing(nasty, "tree", folder)
    loaded = hf.load_dataset(str(root), streaming=streaming, cache_dir=str(tmp_path))
    _compare(nasty, _rows(loaded))


def test_tree_as_a_folder_of_videos(folder: Path, tmp_path: Path) -> None:
    """`videofolder` with `data_dir`, which reads no card, finds the splits by the names of folders."""
    made = datasets_made.plain(folder / "three", {"train": 3, "validation": 1, "test": 1}, name="three")
    root = _standing(made, "tree", folder)
    for data_dir in (root, root / "data"):
        loaded = hf.load_dataset("videofolder", data_dir=str(data_dir), cache_dir=str(tmp_path))
        _compare(made, _rows(loaded))


def test_one_sample(folder: Path, tmp_path: Path) -> None:
    """A dataset of one clip, about which nearly nothing is known, has every column with its type."""
    made = datasets_made.dataset(folder / "one", {"train": [{"prompt": "x", "made": False}]}, name="one")
    loaded = hf.load_dataset(str(_standing(made, "tree", folder)), cache_dir=str(tmp_path))
    _compare(made, _rows(loaded))
    assert hf.Value("float64") == loaded["train"].features["quality_score"]
    assert hf.Value("string") == loaded["train"].features["scene_type"]
    assert hf.List(hf.Value("string")) == loaded["train"].features["failure_tags"]


def test_zip_streamed_in_place(nasty: Dataset, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One archive by the lines of its card: each split is its own, nothing is unpacked."""
    archive = _standing(nasty, "zip", folder)
    monkeypatch.chdir(archive.parent)
    loaded = _run(_example(zipfile.ZipFile(archive).read("README.md").decode(), 0), tmp_path)["dataset"]
    _compare(nasty, _rows(loaded))


def test_zip_unpacked(nasty: Dataset, folder: Path, tmp_path: Path) -> None:
    """The unpacked archive is the tree."""
    with zipfile.ZipFile(_standing(nasty, "zip", folder)) as archive:
        archive.extractall(tmp_path / "out")
    loaded = hf.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    _compare(nasty, _rows(loaded))


def test_zip_per_split(nasty: Dataset, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive a split, by the path alone and by the card's lines: captions inside do not make it a text dataset."""
    root = _standing(nasty, "zip-per-split", folder)
    _compare(nasty, _rows(hf.load_dataset(str(root), cache_dir=str(tmp_path / "a"))))
    monkeypatch.chdir(root.parent)
    loaded = _run(_example((root / "README.md").read_text("utf-8"), 0), tmp_path / "b")["dataset"]
    _compare(nasty, _rows(loaded))


def test_zips_unpacked_into_one_folder(nasty: Dataset, folder: Path, tmp_path: Path) -> None:
    """Together the archives of the splits hold the files of the tree, byte for byte."""
    tree = _standing(nasty, "tree", folder)
    for one in _standing(nasty, "zip-per-split", folder).glob("*.zip"):
        with zipfile.ZipFile(one) as archive:
            archive.extractall(tmp_path)
    below = ("data/", "faces/", "samples/", "companions/")
    assert {name: content for name, content in _files(tree).items() if name.startswith(below)} == _files(tmp_path)


def test_faces_as_a_folder_of_images(
    nasty: Dataset, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Face crops of a tree: typed by the table whatever is unknown in a split, and never mixed with the clips."""
    root = _standing(nasty, "tree", folder)
    monkeypatch.chdir(root.parent)
    loaded = _run(_example((root / "README.md").read_text("utf-8"), 1), tmp_path)["faces"]
    _compare_faces(nasty, _rows(loaded))


def test_faces_by_their_lines(folder: Path, tmp_path: Path) -> None:
    """`faces.jsonl` serves as metadata too."""
    rows = {split: [{"prompt": split, "character": "Ana", "faces": 1}] for split in ("train", "test")}
    made = datasets_made.dataset(folder / "faces", rows, name="faces")
    root = _standing(made, "tree", folder)
    loaded = hf.load_dataset(
        "imagefolder", data_dir=str(root / "faces"), metadata_filenames=["faces.jsonl"], cache_dir=str(tmp_path)
    )
    _compare_faces(made, _rows(loaded))


@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streaming"])
def test_tars_by_their_card(nasty: Dataset, folder: Path, tmp_path: Path, streaming: bool) -> None:
    """Shards of mixed suffixes load as videos, because the card says every column's type."""
    root = _standing(nasty, "webdataset", folder)
    loaded = hf.load_dataset(str(root), streaming=streaming, cache_dir=str(tmp_path))
    _compare(nasty, _from_tars(_rows(loaded), "video"), crops_in_tree=False)
    faces = hf.load_dataset(str(root), "faces", streaming=streaming, cache_dir=str(tmp_path))
    _compare_faces(
        nasty, {split: [row["json"] | {"image": row["png"]} for row in rows] for split, rows in _rows(faces).items()}
    )


def test_tars_by_the_builder(folder: Path, tmp_path: Path) -> None:
    """Without the card, types are guessed from five samples: no number bends and nothing unknown breaks it."""
    rows: dict[str, list[dict[str, Any]]] = {
        "train": [{"prompt": f"p{n}", "quality": None if n < 6 else 0.7, "seed": 2**64 - 1 - n} for n in range(8)],
        "test": [{"prompt": "2026-11-22", "quality": 1.0, "loras": {"a": 1.0}, "faces": 1}],
    }
    made = datasets_made.dataset(folder / "tars", rows, name="tars")
    root = _standing(made, "webdataset", folder, shard_bytes=9000)
    assert len(list(root.glob("train-*.tar"))) > 1
    loaded = hf.load_dataset("webdataset", data_dir=str(root), cache_dir=str(tmp_path))
    _compare(made, _from_tars(_rows(loaded), "mp4"), crops_in_tree=False)


def test_parquet(nasty: Dataset, folder: Path, tmp_path: Path) -> None:
    """Clips and faces are two configurations, with their media inside; columns can be read without them."""
    root = _standing(nasty, "parquet", folder)
    loaded = hf.load_dataset(str(root), cache_dir=str(tmp_path))
    assert isinstance(loaded["train"].features["video"], hf.Video)
    _compare(nasty, _rows(loaded), crops_in_tree=False)
    _compare_faces(nasty, _rows(hf.load_dataset(str(root), "faces", cache_dir=str(tmp_path))))
    (start,) = [row["start_image"] for row in _rows(loaded)["train"] if row["start_image"]]
    (expected,) = [c for one in datasets_made.everyone(nasty) for c in one.companions if c.role == "start_image"]
    assert _sha256(start) == expected.source.digest
    streamed = hf.load_dataset(str(root), streaming=True, columns=["sample_id", "seed"], cache_dir=str(tmp_path))
    assert [{"sample_id": one.id, "seed": _seed(one)} for one in nasty.samples("train")] == list(streamed["train"])


@pytest.mark.parametrize("layout", ["tree", "zip-per-split", "parquet", "webdataset"])
def test_frames(folder: Path, tmp_path: Path, layout: str) -> None:
    """A dataset of single frames loads as pictures."""
    rows: dict[str, list[dict[str, Any]]] = {
        "train": [{"suffix": ".png", "prompt": "NA"}, {"suffix": ".jpg"}],
        "test": [{"suffix": ".png", "prompt": "b"}],
    }
    made = datasets_made.dataset(folder / "frames", rows, name=f"frames_{layout.replace('-', '_')}", is_frames=True)
    loaded = hf.load_dataset(str(_standing(made, layout, folder)), cache_dir=str(tmp_path))
    assert isinstance(loaded["train"].features["image"], hf.Image)
    found = _rows(loaded)
    _compare(made, _from_tars(found, "image") if layout == "webdataset" else found)


@pytest.mark.parametrize("layout", list(datasets_made.layouts()))
def test_lines_of_every_card(
    nasty: Dataset, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    """Every piece of Python in a card runs as it stands, in the folder that holds the dataset."""
    root = _standing(nasty, layout, folder)
    card = root / "README.md"
    monkeypatch.chdir(root.parent)
    if root.suffix == ".zip":
        with zipfile.ZipFile(root) as archive:
            archive.extractall(tmp_path / nasty.folder_name)
        shutil.copy(root, tmp_path)
        monkeypatch.chdir(tmp_path)
        card = tmp_path / nasty.folder_name / "README.md"
    text = card.read_text("utf-8")
    for number in range(text.count("```python")):
        assert _run(_example(text, number), tmp_path / "cache")


# ---------------------------------------------------------------------------------------------------- the others


def test_tars_in_webdataset(nasty: Dataset, folder: Path) -> None:
    """The library of that name gives every sample with its media, its caption and all that is known."""
    webdataset = pytest.importorskip("webdataset", reason="the loader is part of the dev group: make install")
    root = _standing(nasty, "webdataset", folder)
    loaded = {
        split: list(webdataset.WebDataset(list(map(str, sorted(root.glob(f"{split}-*.tar")))), shardshuffle=False))
        for split in nasty.splits
    }
    rows = {
        split: [{**one, "json": json.loads(one["json"]), "txt": one["txt"].decode()} for one in some]
        for split, some in loaded.items()
    }
    _compare(nasty, _from_tars(rows, "video"), crops_in_tree=False)


def test_table_in_pandas(nasty: Dataset, folder: Path) -> None:
    """Prompts that look like missing values, dates and numbers are texts; missing ones are missing."""
    pandas = pytest.importorskip("pandas", reason="the loader is part of the dev group: make install")
    root = _standing(nasty, "tree", folder)
    for split in nasty.splits:
        table = pandas.read_parquet(root / "data" / split / "metadata.parquet")
        prompts = [None if pandas.isna(prompt) else prompt for prompt in table["prompt"]]
        assert [one.prompt for one in nasty.samples(split)] == prompts


# -------------------------------------------------------------------------------------------------------- helpers


def _standing(made: Dataset, layout: str, folder: Path, *, shard_bytes: int = 6000) -> Path:
    """The dataset on the disk, written once for all tests."""
    place = folder / "written" / layout
    place.mkdir(parents=True, exist_ok=True)
    for suffix in ("", ".zip"):
        if (place / (made.folder_name + suffix)).exists():
            return place / (made.folder_name + suffix)
    return datasets_made.written(made, layout, place, shard_bytes=shard_bytes)


def _files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _example(card: str, number: int) -> str:
    """One of the pieces of Python in a card."""
    return card.split("```python\n")[number + 1].split("```", maxsplit=1)[0]


def _run(code: str, cache: Path) -> dict[str, Any]:
    """What the lines of a card leave behind, run in the folder that holds the dataset."""
    names: dict[str, Any] = {}
    # The lines import it themselves; only the place of the cache is the test's.
    whole = hf.load_dataset
    hf.load_dataset = partial(whole, cache_dir=str(cache))
    try:
        exec(compile(code, "card", "exec"), names)
    finally:
        hf.load_dataset = whole
    return names


def _rows(loaded: Any) -> Rows:
    """Split → rows, nothing decoded."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for split in loaded:
        one = loaded[split]
        for name, feature in one.features.items():
            if isinstance(feature, hf.Video | hf.Image):
                one = one.cast_column(name, type(feature)(decode=False))
        rows[split] = list(one)
    return rows


def _from_tars(rows: Rows, member: str) -> Rows:
    """Rows as the other layouts give them; what stands beside the whole row in the JSON agrees with it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for split, some in rows.items():
        found[split] = []
        for one in some:
            whole = json.loads(one["json"]["metadata"])
            for name in ("sample_id", "caption", "split", "width", "height", "bytes", "sha256"):
                assert whole[name] == one["json"][name]
            assert one["txt"] == whole["caption"]
            assert one["__key__"] == whole["sample_id"]
            found[split].append({**whole, "media": one[member]})
    return found


def _compare(made: Dataset, rows: Rows, *, crops_in_tree: bool = True) -> None:
    """Every sample is there once, in its split and in order, and is what it was."""
    assert set(made.splits) == set(rows)
    for split in made.splits:
        expected = [_expected(one) for one in made.samples(split)]
        assert expected == [{name: row[name] for name in expected[0]} for row in rows[split]]
        for one, row in zip(made.samples(split), rows[split], strict=True):
            assert _sha256(row.get("media") or row.get("video") or row["image"]) == one.media.digest
            assert json.loads(row["extra_json"])["tool"] == one.tool
            folder = f"faces/{split}/" if crops_in_tree else ""
            assert [f"{folder}{one.id}_f{n:02d}.png" for n in range(len(one.faces))] == row["face_crops"]
            assert not {"lora_weights", "label"} & set(row)


def _expected(one: Sample) -> dict[str, Any]:
    """What a row has to say of a sample, written down independently."""
    uses = one.generation.loras if one.generation else ()
    return {
        "sample_id": one.id,
        "caption": one.caption,
        "prompt": one.prompt,
        "negative_prompt": None,
        "loras": [{"name": use.name, "weight": use.weight, "weight_clip": None, "sha256": None} for use in uses],
        "quality_score": one.quality_score,
        "failure_tags": list(one.failure_tags),
        "scene_type": one.place.scene_type,
        "character_names": [one.place.character] if one.place.character else [],
        "seed": _seed(one),
        "model": "wan2.2" if one.generation else None,
        "created_at": None,
        "split": one.split,
        "group_id": one.id,
        "fps": None if one.frame_rate is None else 24000 / 1001,
        "num_frames": one.frame_count,
        "width": 64,
        "height": 48,
        "duration_s": 9 * 1001 / 24000,
        "sha256": one.media.digest,
        "bytes": one.media.size_bytes,
    }


def _compare_faces(made: Dataset, rows: Rows) -> None:
    expected = {
        split: [
            (one.id, one.place.character, crop.source.digest, crop.face.frame)
            for one in made.samples(split)
            for crop in one.faces
        ]
        for split in made.splits
    }
    found = {
        split: [(row["sample_id"], _character(row), _sha256(row["image"]), row["frame_index"]) for row in some]
        for split, some in rows.items()
    }
    assert {split: some for split, some in expected.items() if some} == found


def _character(row: Mapping[str, Any]) -> object:
    return row["character_name"] if "character_name" in row else json.loads(row["metadata"])["character_name"]


def _seed(one: Sample) -> str | None:
    return None if one.seed is None else str(one.seed)


def _sha256(media: Any) -> str:
    """Of media that a loader gives as bytes, or as the path of a file, also of one inside an archive."""
    content = media if isinstance(media, bytes) else media["bytes"]
    if content is None:
        with fsspec.open(media["path"], "rb") as file:
            content = file.read()
    return hashlib.sha256(content).hexdigest()
