"""The doctor of datasets: what it finds, and that nothing a loader does reaches beyond its own process."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests import datasets_made
from turnover.errors import ProbeError
from turnover.work.doctor import Check, doctor

Change = Callable[[list[dict[str, Any]]], None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("doctor")


@pytest.fixture
def tree(folder: Path, tmp_path: Path) -> Path:
    """A dataset of its own for each test."""
    return datasets_made.written(datasets_made.nasty(folder), "tree", tmp_path)


# --------------------------------------------------------------------------------------------------- what is found


@pytest.mark.parametrize(
    ("layout", "loader"),
    [
        ("tree", "pyarrow"),
        ("zip", "pyarrow"),
        ("zip-per-split", "pyarrow"),
        ("parquet", "pyarrow"),
        ("webdataset", "webdataset"),
    ],
)
def test_healthy(folder: Path, tmp_path: Path, layout: str, loader: str) -> None:
    """A dataset of any layout gives its loader every sample; what has no use for it is skipped with a reason."""
    made = datasets_made.nasty(folder)
    checks = _checks(datasets_made.written(made, layout, tmp_path, shard_bytes=6000), loader)
    sentence = f"layout {layout}, 9 samples: train 6, validation 1, holdout 2"
    assert checks["dataset"] == Check("dataset", "ok", sentence)
    assert checks[loader].state == "ok", checks[loader]
    assert "gives all 9 samples" in checks[loader].sentence
    assert not [one for one in checks.values() if one.state == "failed"]


def test_frames(folder: Path, tmp_path: Path) -> None:
    """A dataset of pictures is one for trainers of pictures."""
    rows = {"train": [{"suffix": ".png", "prompt": "a"}, {"suffix": ".jpg", "prompt": "b"}]}
    made = datasets_made.dataset(folder / "frames", rows, is_frames=True)
    checks = _checks(datasets_made.written(made, "tree", tmp_path), "pyarrow")
    assert checks["pyarrow"].state == "ok"
    assert "2 of 2" in checks["trainer kohya"].sentence
    assert checks["trainer cogvideox"].state == "skipped"


def test_bent_seed(tree: Path) -> None:
    """A value that a loader gives otherwise than the dataset says is named, with both values."""

    def bend(rows: list[dict[str, Any]]) -> None:
        next(row for row in rows if row["seed"] == "7")["seed"] = "7.0"

    _rewrite(tree / "data" / "train" / "metadata.parquet", bend)
    check = _checks(tree, "pyarrow")["pyarrow"]
    assert check.state == "failed"
    (detail,) = check.detail
    assert detail.endswith('seed is "7.0", and should be "7"')


def test_lost_and_strange_rows(tree: Path) -> None:
    """A row too few, one twice and one nobody knows are told apart."""

    def change(rows: list[dict[str, Any]]) -> None:
        rows[0] = {**rows[0], "sample_id": "v0000000000000000"}
        rows[1] = rows[2]

    _rewrite(tree / "data" / "train" / "metadata.parquet", change)
    _rewrite(tree / "data" / "holdout" / "metadata.parquet", list.clear)
    check = _checks(tree, "pyarrow")["pyarrow"]
    assert check.state == "failed"
    assert check.detail[0] == "holdout: 0 come, and there are 2"
    assert "comes twice in train" in check.detail[1]
    assert check.detail[2:] == ("v0000000000000000 is none of its samples",)


def test_lists_of_trainers(tree: Path) -> None:
    """A trainer whose list is gone cannot be used; others can."""
    (tree / "data" / "train" / "musubi.jsonl").unlink()
    checks = _checks(tree)
    assert checks["trainer musubi-tuner"].state == "failed"
    assert checks["trainer musubi-tuner"].detail == ("data/train/musubi.jsonl is not there",)
    assert checks["trainer diffusion-pipe"].state == "ok"
    assert "8 of 9 samples" in checks["trainer diffusion-pipe"].sentence
    assert "1: it does not read .gif" in checks["trainer diffusion-pipe"].detail


def test_archive_of_a_split_is_gone(folder: Path, tmp_path: Path) -> None:
    """Loader and trainers fail, each by itself."""
    root = datasets_made.written(datasets_made.nasty(folder), "zip-per-split", tmp_path)
    (root / "holdout.zip").unlink()
    checks = _checks(root, "pyarrow")
    assert checks["pyarrow"].state == "failed"
    assert "no such file" in checks["pyarrow"].sentence
    assert "data/holdout/musubi.jsonl is not there" in checks["trainer musubi-tuner"].detail


def test_lists_disagree(tree: Path) -> None:
    """Where the dataset contradicts itself, that alone is told."""
    path = tree / "samples.jsonl"
    path.write_text(path.read_text("utf-8").replace('"caption":"007"', '"caption":"008"'), "utf-8")
    (check,) = doctor(tree, loaders=("pyarrow",))
    assert check.name == "dataset"
    assert check.state == "failed"
    assert "is not so in manifest.json" in check.sentence


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"splits": {"train": [1]}}', b"\xff", b'{"splits": 1}', b'{"splits": {"../x": [{}]}}'],
)
def test_no_manifest(tree: Path, content: bytes) -> None:
    """What is no whole dataset is one failed check, never a traceback."""
    (tree / "manifest.json").write_bytes(content)
    (check,) = doctor(tree)
    assert (check.name, check.state) == ("dataset", "failed")


@pytest.mark.parametrize("line", ["", "{", "[]", "null", '{"split": {}, "face_crops": 3}', "[" * 100_000])
def test_no_rows(tree: Path, line: str) -> None:
    """The same for the rows."""
    (tree / "samples.jsonl").write_text(line + "\n")
    (check,) = doctor(tree)
    assert (check.name, check.state) == ("dataset", "failed")


def test_nothing_there(tmp_path: Path) -> None:
    """A path that leads nowhere is the caller's mistake; an empty folder, or a file that is no ZIP, is no dataset."""
    with pytest.raises(ProbeError, match="no such file"):
        list(doctor(tmp_path / "nowhere"))
    (tmp_path / "text.zip").write_text("no archive")
    for path in (tmp_path, tmp_path / "text.zip"):
        (check,) = doctor(path)
        assert check.state == "failed"


def test_as_json() -> None:
    """A check as it stands in a report."""
    told = Check("torch", "skipped", "torch is not installed").as_dict()
    assert told == {"name": "torch", "state": "skipped", "sentence": "torch is not installed", "detail": []}


# ------------------------------------------------------------------------------------------- loaders that misbehave


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("raise RuntimeError('no libthing.so')", "RuntimeError: no libthing.so"),
        ("import os; os._exit(3)", "it ended with 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "it ended with -11"),
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "is refused"),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen is refused"),
        ("print('noise')\nraise ImportError('too old')", "ImportError: too old"),
    ],
    ids=["breaks", "leaves", "crashes", "calls out", "starts programs", "prints"],
)
def test_loader_that_misbehaves(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, sentence: str
) -> None:
    """A loader that breaks or reaches out fails by itself, and the next one is tried."""
    _stub(tmp_path / "stubs", "pandas", code)
    monkeypatch.syspath_prepend(str(tmp_path / "stubs"))
    found = _checks(tree, "pandas", "pyarrow")
    assert found["pandas"].state == "failed"
    assert sentence in found["pandas"].sentence
    assert found["pyarrow"].state == "ok"


def test_loader_that_hangs(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loader that gives nothing for too long is given up."""
    _stub(tmp_path / "stubs", "pandas", "import time; time.sleep(600)")
    monkeypatch.syspath_prepend(str(tmp_path / "stubs"))
    found = {one.name: one for one in doctor(tree, loaders=("pandas",), stall_seconds=1)}
    assert (found["pandas"].state, found["pandas"].sentence) == (
        "failed",
        "pandas cannot load it: nothing came for 1 seconds",
    )


def test_not_installed(tree: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A loader that is not there is skipped."""
    _stub(tmp_path, "sitecustomize", "import sys; sys.modules['pandas'] = None")
    monkeypatch.syspath_prepend(str(tmp_path))
    check = _checks(tree, "pandas")["pandas"]
    assert (check.state, check.sentence) == ("skipped", "pandas is not installed")


@pytest.mark.slow
def test_broken_torchcodec(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A torchcodec that does not import breaks loading itself; what to do about it is said."""
    pytest.importorskip("datasets", reason="the loader is part of the dev group")
    _stub(tmp_path, "torchcodec", "raise RuntimeError('Could not load libtorchcodec')")
    (tmp_path / "torchcodec-0.14.0.dist-info").mkdir()
    (tmp_path / "torchcodec-0.14.0.dist-info" / "METADATA").write_text("Name: torchcodec\nVersion: 0.14.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    check = _checks(tree, "datasets, streaming")["datasets, streaming"]
    assert check.state == "failed"
    assert "Could not load libtorchcodec" in check.sentence
    assert "torchcodec==0.13" in check.detail[0]


@pytest.mark.slow
def test_card_that_calls_out(tree: Path) -> None:
    """A card that names files on the network reaches nobody."""
    pytest.importorskip("datasets", reason="the loader is part of the dev group")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/metadata.parquet"
        head = {"configs": [{"config_name": "default", "data_files": [{"split": "train", "path": address}]}]}
        (tree / "README.md").write_text(f"---\n{json.dumps(head)}\n---\n")
        assert _checks(tree, "datasets, streaming")["datasets, streaming"].state == "failed"
        with pytest.raises(TimeoutError):
            server.accept()


# -------------------------------------------------------------------------------------------------- everything at once


@pytest.mark.slow
@pytest.mark.parametrize("layout", list(datasets_made.layouts()))
def test_every_loader(folder: Path, tmp_path: Path, layout: str) -> None:
    """Nothing that is installed finds fault with a dataset as it was written."""
    made = datasets_made.nasty(folder)
    checks = _checks(datasets_made.written(made, layout, tmp_path, shard_bytes=6000), *_LOADERS)
    assert not [one for one in checks.values() if one.state == "failed"]
    assert checks["datasets, streaming"].state == "ok"


_LOADERS = ("pyarrow", "pandas", "datasets", "datasets, streaming", "datasets, faces", "torch", "webdataset")


def _checks(path: Path, *loaders: str) -> Mapping[str, Check]:
    found = list(doctor(path, loaders=loaders, stall_seconds=120))
    assert len(found) == len({one.name for one in found})
    return {one.name: one for one in found}


def _rewrite(path: Path, change: Change) -> None:
    table = pq.read_table(path)
    rows = table.to_pylist()
    change(rows)
    pq.write_table(type(table).from_pylist(rows, schema=table.schema), path)


def _stub(folder: Path, name: str, code: str) -> None:
    """A package of that name that does this when it is imported."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(code + "\n")
