"""A Croissant description is not only valid: mlcroissant reads every record and every byte through it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import datasets_made
from turnover.core.entry import Packed
from turnover.datasets.croissant import croissant, file_name, is_described
from turnover.datasets.dataset import Dataset
from turnover.datasets.sample import Sample

# Read when it is imported: what it unpacks goes where it may be thrown away.
_CACHE = tempfile.TemporaryDirectory(prefix="croissant-", ignore_cleanup_errors=True)
os.environ["CROISSANT_CACHE"] = _CACHE.name

mlc = pytest.importorskip("mlcroissant", reason="the loader is part of the dev group")

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning",
    "ignore::FutureWarning",
    "ignore::PendingDeprecationWarning",
    "ignore::ResourceWarning",  # it leaves the files open that it reads
    "ignore::pytest.PytestUnraisableExceptionWarning",
)

Records = list[dict[str, Any]]


@pytest.mark.parametrize("layout", ["tree", "zip", "zip-per-split", "parquet"])
def test_every_record(tmp_path: Path, layout: str) -> None:
    """Every sample with all that is known of it: seeds of 64 bits, prompts that look like dates, missing values."""
    made = datasets_made.dataset(tmp_path, datasets_made.NASTY, name=f"nasty-{layout}")
    loaded = _loaded(made, layout, tmp_path)
    for split in made.splits:
        records = _records(loaded, f"{split}_samples")
        assert [_expected(one) for one in made.samples(split)] == [
            {name: record[name] for name in _expected(one)}
            for one, record in zip(made.samples(split), records, strict=True)
        ]
        if layout == "parquet":
            videos = [hashlib.sha256(record["video"]).hexdigest() for record in records]
            assert [one.media.digest for one in made.samples(split)] == videos
    _compare_lists(loaded, made)


@pytest.mark.parametrize("layout", ["tree", "zip", "zip-per-split", "webdataset"])
def test_every_file(tmp_path: Path, layout: str) -> None:
    """The bytes of every clip, each with its sample and split; face pictures; where both lie."""
    made = datasets_made.dataset(tmp_path, datasets_made.NASTY, name=f"files-{layout}")
    loaded = _loaded(made, layout, tmp_path, shard_bytes=6000)
    found = {record["sample_id"]: record for record in _records(loaded, "videos")}
    assert {one.id: one.media.digest for one in datasets_made.everyone(made)} == {
        key: hashlib.sha256(record["content"]).hexdigest() for key, record in found.items()
    }
    for record in _records(loaded, "videos_paths"):
        assert Path(record["path"]).read_bytes() == found[record["sample_id"]]["content"]
    faces = _records(loaded, "faces_paths")
    digests = {hashlib.sha256(Path(record["path"]).read_bytes()).hexdigest() for record in faces}
    assert digests == {crop.source.digest for one in datasets_made.everyone(made) for crop in one.faces}
    assert {record["content"].size for record in _records(loaded, "faces")} == {(16, 16)}
    if layout == "webdataset":
        _compare_lists(loaded, made)
        return
    assert {one.id: one.split for one in datasets_made.everyone(made)} == {
        key: record["split"] for key, record in found.items()
    }
    (sample,) = [one for one in datasets_made.everyone(made) if one.companions]
    assert {(sample.id, role) for role in ("start_image", "control")} == {
        (record["sample_id"], record["role"]) for record in _records(loaded, "companions")
    }


@pytest.mark.parametrize("layout", ["tree", "zip", "zip-per-split"])
def test_one_split_alone(tmp_path: Path, layout: str) -> None:
    """A filter gives the clips of one split, without their captions."""
    made = datasets_made.dataset(tmp_path, datasets_made.NASTY, name=f"filter-{layout}")
    for split in made.splits:
        loaded = _loaded(made, layout, tmp_path / split)
        records = _records(loaded, "videos", filters={"videos/split": split})
        assert sorted(record["sample_id"] for record in records) == [one.id for one in made.samples(split)]


def test_frames(tmp_path: Path) -> None:
    """A dataset of pictures gives pictures."""
    rows = {"train": [{"suffix": ".png", "prompt": "NA"}, {"suffix": ".jpg"}]}
    for layout in ("zip", "parquet"):
        made = datasets_made.dataset(tmp_path, rows, name=f"frames-{layout}", is_frames=True)
        loaded = _loaded(made, layout, tmp_path / layout)
        name = ("images", "content") if layout == "zip" else ("train_samples", "image")
        assert [record[name[1]].size for record in _records(loaded, name[0])] == [(16, 16), (16, 16)]


def test_numbers_as_texts(tmp_path: Path) -> None:
    """Columns in which every text is a number stay texts."""
    rows = {"train": [{"prompt": f"00{n}", "character": f"{n}e5", "seed": 2**64 - 1 - n} for n in range(3)]}
    made = datasets_made.dataset(tmp_path, rows, name="numbers")
    loaded = _loaded(made, "zip", tmp_path)
    _compare_lists(loaded, made)
    found = {(record["prompt"], record["seed"]) for record in _records(loaded, "train_samples")}
    assert found == {(f"00{n}", str(2**64 - 1 - n)) for n in range(3)}


def test_changed_archive(tmp_path: Path) -> None:
    """An archive with other bytes than it was described with does not load."""
    made = datasets_made.plain(tmp_path, {"train": 1}, name="changed")
    loaded = _loaded(made, "zip", tmp_path)
    archive = tmp_path / "changed-1.0.0.zip"
    archive.write_bytes(archive.read_bytes() + b"\0")
    with pytest.raises(Exception, match="generation"):
        _records(loaded, "samples")


# -------------------------------------------------------------------------------------------------------- helpers


def _loaded(made: Dataset, layout: str, folder: Path, *, shard_bytes: int = 1 << 30) -> Any:
    """The dataset on the disk, opened by its description, which has no mistake and no warning but for the licence."""
    folder.mkdir(exist_ok=True)
    root = datasets_made.written(made, layout, folder, shard_bytes=shard_bytes)
    if root.is_dir():
        names = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        files = [_packed(root / name, name) for name in names if is_described(name)]
        place = root / file_name(root.name)
    else:
        files = [_packed(root, root.name)]
        place = root.with_name(file_name(root.name))
    place.write_text(croissant(made, layout=layout, target=root.name, files=files), "utf-8")
    loaded = mlc.Dataset(str(place))
    assert [warning for warning in loaded.metadata.issues.warnings if "license" not in warning] == []
    return loaded


def _packed(path: Path, name: str) -> Packed:
    content = path.read_bytes()
    return Packed(name, len(content), hashlib.sha256(content).hexdigest(), 0)


def _records(loaded: Any, name: str, **options: Any) -> Records:
    """Records by the last part of their fields' names, texts as texts."""
    return [_plain(record) for record in loaded.records(name, **options)]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.rpartition("/")[2]: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    try:
        return value.decode() if isinstance(value, bytes) and len(value) < 4096 else value
    except UnicodeDecodeError:
        return value


def _compare_lists(loaded: Any, made: Dataset) -> None:
    """The set of all samples, and which splits there are."""
    columns = ("sample_id", "split", "caption", "prompt", "sha256", "bytes", "width", "num_frames", "quality_score")
    expected = [
        {name: row[name] for name in columns}
        for row in ({**_expected(one), "split": one.split} for one in datasets_made.everyone(made))
    ]
    assert [{name: record[name] for name in columns} for record in _records(loaded, "samples")] == expected
    assert [record["name"] for record in _records(loaded, "splits")] == list(made.splits)


def _expected(one: Sample) -> Mapping[str, Any]:
    """What a record has to say of a sample, written down independently."""
    uses = one.generation.loras if one.generation else ()
    return {
        "sample_id": one.id,
        "caption": one.caption,
        "prompt": one.prompt,
        "loras": [{"name": use.name, "weight": use.weight, "weight_clip": None, "sha256": None} for use in uses],
        "quality_score": one.quality_score,
        "failure_tags": list(one.failure_tags),
        "scene_type": one.place.scene_type,
        "character_names": [one.place.character] if one.place.character else [],
        "seed": str(one.generation.seed) if one.generation and one.generation.seed is not None else None,
        "model": "wan2.2" if one.generation else None,
        "fps": 24000 / 1001 if one.frame_rate else None,
        "num_frames": one.frame_count,
        "width": 64,
        "sha256": one.media.digest,
        "bytes": one.media.size_bytes,
    }


@pytest.fixture(scope="module", autouse=True)
def _cache() -> Iterator[None]:
    yield
    _CACHE.cleanup()


def test_json_ld(tmp_path: Path) -> None:
    """The description is plain JSON with a context that names every prefix it uses."""
    made = datasets_made.plain(tmp_path, {"train": 1}, name="context")
    _loaded(made, "zip", tmp_path)
    said = json.loads((tmp_path / "context-1.0.0.croissant.json").read_text("utf-8"))
    prefixes = {key.partition(":")[0] for key in said if ":" in key}
    assert prefixes <= set(said["@context"])
