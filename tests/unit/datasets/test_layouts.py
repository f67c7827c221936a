"""Every layout: which files it has, that names say nothing, and that the same samples give the same bytes."""

from __future__ import annotations

import io
import json
import re
import tarfile
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import datasets_made
from turnover.core.entry import ArchiveSource, BytesSource, ChunksSource, Entry
from turnover.datasets import names, trainers
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import LayoutOptions, Trainer
from turnover.datasets.layouts.shards import MOST_SAMPLES, counts, cut
from turnover.datasets.sample import Sample
from turnover.discovery import offered
from turnover.errors import WriteError

OPTIONS = LayoutOptions(shard_bytes=6000)
LAYOUTS = datasets_made.layouts()

every_layout = pytest.mark.parametrize("layout", list(LAYOUTS))


def _entries(made: Dataset, layout: str) -> list[Entry]:
    return list(LAYOUTS[layout].entries(made, OPTIONS))


def _flat(entries: Iterable[Entry], before: str = "") -> Iterator[tuple[str, Entry]]:
    """Every entry and, with the archive's name before theirs, those inside archives."""
    for entry in entries:
        yield before + entry.name, entry
        if isinstance(entry.source, ArchiveSource):
            yield from _flat(entry.source.entries(), f"{before}{entry.name}/")


def _content(entry: Entry) -> bytes:
    if isinstance(entry.source, ChunksSource):
        return b"".join(entry.source.chunks())
    assert isinstance(entry.source, BytesSource)
    return entry.source.content


def _listed(made: Dataset) -> set[str]:
    """What trainers add."""
    found = offered(trainers, "TRAINER", Trainer).values()
    return {entry.name for trainer in found for split in made.splits for entry in trainer.lists(made, split)}


def test_layouts_are_found() -> None:
    """The five layouts of the command line are offered under their names."""
    from turnover.datasets import layouts

    assert list(LAYOUTS) == ["tree", "zip", "zip-per-split", "webdataset", "parquet"]
    assert {name: offered(layouts, "LAYOUT")[name] for name in LAYOUTS} == LAYOUTS


def test_files_of_a_tree(tmp_path: Path) -> None:
    """A clip brings itself, its caption, its JSON, its faces and companions; an empty split brings nothing."""
    rows = {"train": [{"faces": 1, "companions": ("control",), "suffix": ".mov"}], "validation": []}
    made = datasets_made.dataset(tmp_path, rows)
    (one,) = made.samples("train")
    expected = {
        "manifest.json",
        "README.md",
        "samples.jsonl",
        "splits.lock.jsonl",
        "data/train/metadata.parquet",
        f"data/train/videos/{one.id}.mov",
        f"data/train/videos/{one.id}.txt",
        f"companions/train/{one.id}_control.mp4",
        "faces/train/faces.jsonl",
        "faces/train/faces.parquet",
        f"faces/train/{one.id}_f00.png",
        f"samples/{one.id[1:3]}/{one.id}.json",
    }
    assert expected | _listed(made) == {entry.name for entry in _entries(made, "tree")}


def test_lists_of_trainers(tmp_path: Path) -> None:
    """What every trainer wants beside the clips is in the tree, and never among the clips."""
    made = datasets_made.plain(tmp_path, {"train": 2, "test": 1})
    listed = _listed(made)
    assert listed <= {entry.name for entry in _entries(made, "tree")}
    assert not [name for name in listed if re.match("data/[a-z]+/videos/", name)]


def test_caption_beside_the_clip(tmp_path: Path) -> None:
    """One line without an end, in UTF-8: some trainers take each line for a caption of its own."""
    made = datasets_made.dataset(tmp_path, {"train": [{"caption": "狐狸\u2028a\nfox\n"}]})
    (found,) = [entry for entry in _entries(made, "tree") if re.match("data/train/videos/.*txt", entry.name)]
    assert _content(found).decode() == "狐狸 a fox"


def test_empty_caption(tmp_path: Path) -> None:
    """A caption of nothing is refused."""
    made = datasets_made.dataset(tmp_path, {"train": [{"caption": " \n"}]})
    with pytest.raises(WriteError) as caught:
        list(_flat(_entries(made, "webdataset")))
    assert caught.value.code == "empty_caption"


@every_layout
def test_names_say_nothing(tmp_path: Path, layout: str) -> None:
    """No word of a source's name, scene or character becomes part of a name."""
    made = datasets_made.nasty(tmp_path)
    found = [name for name, _ in _flat(_entries(made, layout))]
    assert not [name for name in found if re.search(r"secret|clip\.|lab|station|Dev|val\b|[^a-zA-Z0-9_./-]", name)]
    assert max(Counter(name.casefold() for name in found).values()) == 1


@every_layout
def test_same_bytes_twice(tmp_path: Path, layout: str) -> None:
    """The same samples make the same files, whenever and wherever they are written."""
    made = datasets_made.nasty(tmp_path)
    twice = [datasets_made.written(made, layout, tmp_path / place, shard_bytes=6000) for place in "ab"]
    if LAYOUTS[layout].is_one_file:
        assert twice[0].read_bytes() == twice[1].read_bytes()
    else:
        sums = [(root / "manifest-sha256.txt").read_bytes() for root in twice]
        assert sums[0] == sums[1]


@every_layout
def test_paths_of_the_manifest(tmp_path: Path, layout: str) -> None:
    """Each row's path is where its bytes are."""
    made = datasets_made.nasty(tmp_path)
    entries = _entries(made, layout)
    manifest = json.loads(_content(next(entry for entry in entries if entry.name == "manifest.json")))
    paths = [(split, row["path"]) for split, rows in manifest["splits"].items() for row in rows]
    there = {name for name, _ in _flat(entries)}
    if layout == "zip-per-split":
        paths = [(split, f"{split}.zip/{path}") for split, path in paths]
    if layout == "parquet":
        paths = [(split, path.rpartition("/")[0]) for split, path in paths]
    assert [path for _, path in paths if path not in there] == []
    assert manifest["splits"]["test"] == []


@every_layout
def test_nothing_to_package(tmp_path: Path, layout: str) -> None:
    """A dataset without samples is a manifest, a card and empty lists."""
    made = datasets_made.dataset(tmp_path, {"train": []})
    entries = _entries(made, layout)
    assert [entry.name for entry in entries] == ["manifest.json", "README.md", "samples.jsonl", "splits.lock.jsonl"]
    assert json.loads(_content(entries[0]))["splits"] == {"train": []}


def test_witness_only_where_needed(tmp_path: Path) -> None:
    """The empty file that names the kind stands only where a split has no suffix that Hugging Face knows."""
    known = datasets_made.dataset(tmp_path, {"train": [{}], "test": [{"suffix": ".mov"}]})
    unknown = datasets_made.dataset(tmp_path, {"train": [{}], "test": [{"suffix": ".webm"}]})
    found = [
        [entry.name for entry in _entries(made, "tree") if entry.name.startswith("as-")] for made in (known, unknown)
    ]
    assert found == [[], ["as-video.mkv"]]


@pytest.mark.parametrize(("change", "seen"), [
    ({"id": "../../etc/passwd"}, "passwd"),
    ({"id": "007"}, "007"),
    ({"id": "V13F"}, "V13F"),
    ({"suffix": ".mp4/x"}, "mp4/x"),
    ({"suffix": ""}, "suffix ''"),
])  # fmt: skip
@every_layout
def test_hostile_name(tmp_path: Path, layout: str, change: dict[str, str], seen: str) -> None:
    """An id or suffix that is no safe part of a name is refused before anything is written."""
    made = datasets_made.plain(tmp_path, {"train": 1})
    wrong = [replace(one, **change) for one in made.samples("train")]  # type: ignore[arg-type]  # they are texts
    with pytest.raises(WriteError, match=re.escape(seen)) as caught:
        _entries(replace(made, samples=lambda split: iter(wrong)), layout)
    assert caught.value.code == "bad_name"


@pytest.mark.parametrize("split", ["all", "Train", "aux", "a b", "../x", ""])
def test_hostile_split(tmp_path: Path, split: str) -> None:
    """A split that cannot be a folder everywhere is refused."""
    made = datasets_made.plain(tmp_path, {"train": 1})
    wrong = [replace(one, split=split) for one in made.samples("train")]
    with pytest.raises(WriteError) as caught:
        _entries(replace(made, counts={split: 1}, samples=lambda _: iter(wrong)), "tree")
    assert caught.value.code == "bad_name"


def test_tar_members(tmp_path: Path) -> None:
    """Every sample has the same members in a row, its media under its own suffix where all have one."""
    made = datasets_made.dataset(
        tmp_path, {"train": [{"prompt": "a", "faces": 1, "suffix": ".mov"}, {"prompt": "b", "suffix": ".mov"}]}
    )
    root = datasets_made.written(made, "webdataset", tmp_path)
    with tarfile.open(root / "train-000000.tar") as archive:
        found = archive.getnames()
    assert [f"{one.id}{end}" for one in made.samples("train") for end in (".json", ".mov", ".txt")] == found


def test_zip_has_no_folder_around_it(tmp_path: Path) -> None:
    """The archive holds the files of the tree under the same names, stored, the manifest first."""
    made = datasets_made.nasty(tmp_path)
    archive = zipfile.ZipFile(io.BytesIO(datasets_made.written(made, "zip", tmp_path).read_bytes()))
    found = archive.namelist()
    tree = [entry.name for entry in _entries(made, "tree")]
    assert [*tree, "manifest-sha256.txt"] == found
    assert found[0] == "manifest.json"
    assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_second_reference(tmp_path: Path) -> None:
    """Two companions of one role have names of their own."""
    made = datasets_made.dataset(tmp_path, {"train": [{"companions": ("reference", "start_image", "reference")}]})
    (one,) = made.samples("train")
    assert names.companion_names(one) == (
        f"companions/train/{one.id}_reference.mp4",
        f"companions/train/{one.id}_start_image.png",
        f"companions/train/{one.id}_reference_1.mp4",
    )


def test_many_clips_have_sub_folders(tmp_path: Path) -> None:
    """No folder holds more than the Hub takes, and a clip's place does not hang on the others."""
    made = _many(tmp_path, 20_000)
    places = [names.media_name(made, one) for one in made.samples("train")]
    folders = Counter(place.rpartition("/")[0] for place in places)
    assert 2 * max(folders.values()) < names.MOST_ENTRIES
    assert all(re.fullmatch(r"data/train/videos/([0-9a-f])/v\1[0-9a-f]{15}\.mp4", place) for place in places)
    assert names.media_name(replace(made, counts={"train": 5_000}), next(made.samples("train"))).count("/") == 3


def test_memory_is_flat(tmp_path: Path) -> None:
    """A manifest of many samples is made a few rows at a time."""
    made = _many(tmp_path, 3_000)
    manifest = next(iter(LAYOUTS["tree"].entries(made, OPTIONS)))
    assert isinstance(manifest.source, ChunksSource)
    tracemalloc.start()
    size = sum(map(len, manifest.source.chunks()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 1_000_000
    assert peak < 500_000


@given(st.lists(st.integers(0, 50)), st.integers(1, 60))
def test_shards(sizes: list[int], most: int) -> None:
    """Each thing is in one shard, in order; a shard of several is no larger than asked, and no two could be one."""
    groups = list(cut(sizes, counts(sizes, most)))
    assert sizes == [size for group in groups for size in group]
    assert all(len(group) == 1 or sum(group) <= most for group in groups)
    assert all(sum(one) + other[0] > most for one, other in pairwise(groups))


def test_shard_of_tiny_files() -> None:
    """A shard ends after ten thousand samples however small they are."""
    assert counts([0] * (MOST_SAMPLES + 1), 1 << 30) == (MOST_SAMPLES, 1)


def _many(tmp_path: Path, count: int) -> Dataset:
    made = datasets_made.plain(tmp_path, {"train": 1})
    (one,) = made.samples("train")

    def samples(split: str) -> Iterator[Sample]:
        keys = (f"v{number * 0x9E3779B97F4A7C15 % 2**64:016x}" for number in range(1, count + 1))
        return (replace(one, id=key) for key in islice(keys, count))

    return replace(made, counts={"train": count}, samples=samples)
