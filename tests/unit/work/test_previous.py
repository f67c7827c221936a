"""The version before is read untrusted, a line at a time, and tells what the next one needs."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from turnover.core.clip import JsonValue
from turnover.errors import UsageError
from turnover.work.previous import Previous, dataset_metadata, previous_version

METADATA: dict[str, JsonValue] = {
    "name": "kites",
    "dataset_version": "1.4.2",
    "digest": "sha256:ab",
    "created_at": "2026-02-03T04:05:06Z",
    "media": "videos",
    "layout": {"name": "tree", "media": "x"},
}
LINE = {"sample_id": "v1", "group_id": "v1", "split": "train", "since": "1.0.0", "reason": "ratio"}


def _folder(path: Path, metadata: Any = METADATA, *, samples: str = "") -> Path:
    path.mkdir()
    members = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in metadata.items())
    text = f'{{\n"version": "1.0",\n"splits": {{\n"train": []\n}},\n"metadata": {{\n{members}\n}}\n}}\n'
    (path / "manifest.json").write_text(text)
    (path / "splits.lock.jsonl").write_text(json.dumps(LINE) + "\n")
    (path / "samples.jsonl").write_text(samples)
    return path


def test_what_it_tells(tmp_path: Path) -> None:
    """Name, version, digest, layout, kind, date and ledger; the next version has one MINOR more."""
    found = previous_version(_folder(tmp_path / "ds"))
    assert (found.name, found.next_version, found.digest) == ("kites", "1.5.0", "sha256:ab")
    assert (found.layout, found.media, found.has_sample_files) == ("tree", "videos", True)
    assert found.created_at == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert list(found.ledger) == ["v1"]


def test_manifest_written_otherwise(tmp_path: Path) -> None:
    """A manifest that another program wrote anew says the same."""
    folder = _folder(tmp_path / "ds")
    whole = json.loads((folder / "manifest.json").read_bytes())
    for spacing in (None, 2):
        (folder / "manifest.json").write_text(json.dumps(whole, indent=spacing))
        assert dataset_metadata(folder) == METADATA


@pytest.mark.parametrize("version", ["1", "one", "1.²", "9" * 5000 + ".0.0", "1.2.3.4"])
def test_versions_that_are_none(tmp_path: Path, version: str) -> None:
    """What is no version gives the second one there can be."""
    assert previous_version(_folder(tmp_path / "ds", {**METADATA, "dataset_version": version})).next_version == "1.1.0"


@pytest.mark.parametrize(
    "metadata", [{}, {"layout": []}, {"layout": {"name": 7}}, {"name": ["x"], "created_at": "soon", "media": 1}]
)
def test_untold(tmp_path: Path, metadata: dict[str, JsonValue]) -> None:
    """What a manifest does not tell, or tells as something else, is not known."""
    found = previous_version(_folder(tmp_path / "ds", metadata))
    assert (found.name, found.digest, found.layout, found.media) == ("dataset", None, None, None)
    assert not found.has_sample_files


@pytest.mark.parametrize("samples", ["{", "[]", '{"sample_id": 7}', "[" * 100_000, "\udcff"])
def test_samples_that_are_none(tmp_path: Path, samples: str) -> None:
    """A line that is no sample is an error with the next step."""
    folder = _folder(tmp_path / "ds")
    (folder / "samples.jsonl").write_bytes(samples.encode("utf-8", "surrogateescape") + b"\n")
    with pytest.raises(UsageError, match=r"samples\.jsonl cannot be read"):
        list(previous_version(folder).sample_ids())


@pytest.mark.parametrize("content", [b"", b"PK\5\6" + bytes(18), b"not a ZIP" * 99])
def test_no_archive(tmp_path: Path, content: bytes) -> None:
    """What is no ZIP, or has nothing in it, is an error."""
    path = tmp_path / "ds.zip"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"no dataset with a manifest\.json"):
        previous_version(path)


def test_encrypted_archive(tmp_path: Path) -> None:
    """Members that want a password are an error, no traceback."""
    path = tmp_path / "ds.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", "{}")
    content = path.read_bytes()
    for signature, at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        place = content.index(signature) + at
        content = content[:place] + b"\1" + content[place + 1 :]
    path.write_bytes(content)
    with pytest.raises(UsageError, match="password"):
        previous_version(path)


def test_no_sample_of_another_kind(tmp_path: Path) -> None:
    """Ids come in the order of the file, however they are called: whoever makes names of them checks them."""
    lines = "".join(json.dumps({"sample_id": name}) + "\n" for name in ("v2", "../v1"))
    found = previous_version(_folder(tmp_path / "ds", samples=lines))
    assert isinstance(found, Previous)
    assert list(found.sample_ids()) == ["v2", "../v1"]
