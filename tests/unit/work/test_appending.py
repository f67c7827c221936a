"""What stands in a dataset is found again by the names that its samples' files tell."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from tests.datasets_made import everyone, layouts, nasty
from turnover.core.entry import FileSource
from turnover.datasets.layout import LayoutOptions
from turnover.datasets.restoring import document_name, sample_from
from turnover.datasets.sample import Sample
from turnover.files.ingest import read_once
from turnover.files.packing.pack import pack
from turnover.files.packing.standing import StandingFolder, StandingZip


def _sources(sample: Sample) -> list[FileSource]:
    """All files of a sample, in order."""
    return [sample.media, *(one.source for one in sample.faces), *(one.source for one in sample.companions)]


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_every_file_of_a_sample(tmp_path: Path, kind: Literal["folder", "zip"]) -> None:
    """Media, faces and companions are taken from where the layout put them, with the bytes that went in."""
    made = nasty(tmp_path / "clips")
    layout = layouts()["tree" if kind == "folder" else "zip"]
    target = tmp_path / ("ds.zip" if kind == "zip" else "ds")
    pack(layout.entries(made, LayoutOptions()), target, kind=kind, date=datetime(2026, 1, 2, tzinfo=UTC))
    standing = StandingZip(target) if kind == "zip" else StandingFolder(target, read_once)
    samples = list(everyone(made))
    assert any(sample.faces for sample in samples)
    assert any(sample.companions for sample in samples)
    for sample in samples:
        document = json.loads(standing.read(document_name(sample.id), 1 << 20))
        again = sample_from(document, standing.source)
        assert [one.digest for one in _sources(again)] == [one.digest for one in _sources(sample)]
        for one in _sources(again):
            with one.path.open("rb") as file:
                file.seek(one.offset)
                content = file.read(one.size_bytes)
            copy = tmp_path / "copy"
            copy.write_bytes(content)
            assert (read_once(copy).digest, read_once(copy).crc32) == (one.digest, one.crc32)
