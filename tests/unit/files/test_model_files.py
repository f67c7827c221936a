"""Files of models are found once each, hashed once each, and never loaded."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from turnover.errors import UsageError
from turnover.files import model_files as module
from turnover.files.model_files import DigestCache, Digests, header_tags, model_files

DATA = bytes(range(256)) * 8


def safetensors(path: Path, data: bytes = DATA, /, **tags: object) -> Path:
    """A file as the format's page has it: length, header, tensors."""
    header = json.dumps(
        {"__metadata__": tags, "a": {"dtype": "U8", "shape": [len(data)], "data_offsets": [0, len(data)]}}
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(header).to_bytes(8, "little") + header.encode() + data)
    return path


def _names(folder: Path) -> list[str]:
    return [path.as_posix() for path in model_files(folder)]


# ----------------------------------------------------------------------------------------------------------- walk


def test_suffixes(tmp_path: Path) -> None:
    """Files with a model's suffix in any case count, at any depth; hidden folders, folders and other files do not."""
    names = ["a.safetensors", "sub/B.GGUF", "sub/c.pt", "d.txt", ".git/e.bin", "f.onnx"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "folder.ckpt").mkdir()
    assert _names(tmp_path) == ["a.safetensors", "sub/B.GGUF", "sub/c.pt"]


def test_links(tmp_path: Path) -> None:
    """Links are followed, each folder once and by its own name first; circles and broken links end nowhere."""
    models, store = tmp_path / "models", tmp_path / "store"
    for path in (models / "loras" / "a.pt", store / "b.pt", store / "blob"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (models / "again").symlink_to(models / "loras")
    (models / "elsewhere").symlink_to(store)
    (store / "circle").symlink_to(models)
    (models / "linked.bin").symlink_to(store / "blob")
    (models / "broken.bin").symlink_to(store / "none")
    (models / "broken").symlink_to(store / "none")
    assert _names(models) == ["elsewhere/b.pt", "linked.bin", "loras/a.pt"]


@pytest.mark.parametrize("name", ["none", "file", "x" * 5000])
def test_no_folder(tmp_path: Path, name: str) -> None:
    """A folder that is none is named."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match="no such folder of models"):
        model_files(tmp_path / name)


# --------------------------------------------------------------------------------------------------------- hashes


def test_hashes(tmp_path: Path) -> None:
    """The whole file has one hash; of a safetensors file what follows the header has another."""
    path = safetensors(tmp_path / "a.safetensors", ss_output_name="a")
    found = DigestCache(tmp_path / "data").digests(path)
    assert Digests(hashlib.sha256(path.read_bytes()).hexdigest(), hashlib.sha256(DATA).hexdigest()) == found


def test_tags_do_not_change_the_tensors(tmp_path: Path) -> None:
    """A file whose tags were edited has another hash, and the same of its tensors."""
    cache = DigestCache(tmp_path / "data")
    one, other = (cache.digests(safetensors(tmp_path / f"{n}.safetensors", ss_output_name=n)) for n in ("a", "b"))
    assert (one.sha256 == other.sha256, one.tensors == other.tensors) == (False, True)


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"\x00" * 8, b"\xff" * 8 + b"{}", (2).to_bytes(8, "little") + b"[]", (9).to_bytes(8, "little") + b"{}"],
)
def test_no_safetensors(tmp_path: Path, content: bytes) -> None:
    """What only has the name of a safetensors file has the hash of the whole, and no tags."""
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    found = DigestCache(tmp_path / "data").digests(path)
    assert (Digests(hashlib.sha256(content).hexdigest()), ()) == (found, header_tags(path))


def test_read_once(tmp_path: Path) -> None:
    """A file is read once, by any of its names; one that changed, or whose entry is damaged, is read again."""
    path, cache = safetensors(tmp_path / "a.safetensors"), DigestCache(tmp_path / "data")
    (tmp_path / "link.safetensors").symlink_to(path)
    read: list[str] = []

    def told(path: Path, done: int, size: int) -> None:
        read.append(path.name)

    cache.digests(path, progress=told)
    cache.digests(tmp_path / "link.safetensors", progress=told)
    assert (read, cache.known(path)) == (["a.safetensors"], cache.digests(path))
    safetensors(path, b"other")
    assert cache.known(path) is None
    assert cache.digests(path, progress=told).tensors == hashlib.sha256(b"other").hexdigest()
    (entry,) = (file for file in (tmp_path / "data").rglob("*") if file.is_file())
    entry.write_bytes(b"\xff damaged")
    cache.digests(path, progress=told)
    assert len(read) == 3


def test_same_size_and_another_time(tmp_path: Path) -> None:
    """A change that leaves the size is seen by its time."""
    path, cache = safetensors(tmp_path / "a.pt", b"one"), DigestCache(tmp_path / "data")
    cache.digests(path)
    safetensors(path, b"two")
    os.utime(path, ns=(1, 1))
    assert cache.digests(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is told a block at a time and ends at the size."""
    monkeypatch.setattr(module, "_BLOCK", 1000)
    path = tmp_path / "a.ckpt"
    path.write_bytes(bytes(2500))
    told: list[tuple[int, int]] = []
    found = DigestCache(tmp_path / "data").digests(path, progress=lambda _, done, size: told.append((done, size)))
    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]
    assert found.sha256 == hashlib.sha256(bytes(2500)).hexdigest()


def test_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """It costs reading the file again, no more."""
    (tmp_path / "data").write_bytes(b"a file")
    path = safetensors(tmp_path / "a.safetensors")
    assert DigestCache(tmp_path / "data").digests(path).tensors == hashlib.sha256(DATA).hexdigest()


# --------------------------------------------------------------------------------------------------------- header


def test_tags(tmp_path: Path) -> None:
    """The header's words on the model are kept; pictures, counts of words, and what is no text are not."""
    path = safetensors(
        tmp_path / "a.safetensors",
        ss_output_name="kite",
        ss_network_dim="16",
        ss_tag_frequency='{"kite": 3}',
        format="pt",
        sshs_model_hash="ab" * 32,
        ss_base_model_version="x" * 1001,
        **{
            "modelspec.title": "Kite",
            "modelspec.license": "CC0",
            "modelspec.thumbnail": "data:",
            "modelspec.author": 5,
        },
    )
    assert [name for name, _ in header_tags(path)] == [
        "modelspec.license", "modelspec.title", "ss_network_dim", "ss_output_name", "sshs_model_hash"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "header", ["{", '{"__metadata__": []}', "[]", "{" + '"a":{' * 5000, '{"a": ' + "9" * 9000 + "}"]
)
def test_header_that_is_none(tmp_path: Path, header: str) -> None:
    """A header that cannot be read says nothing."""
    path = tmp_path / "a.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header.encode())
    assert (header_tags(path), header_tags(tmp_path / "none.safetensors")) == ((), ())
