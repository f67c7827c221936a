"""A sample read back from its JSON file is the one that was written."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.datasets_made import everyone, nasty, plain
from turnover.core.entry import FileSource
from turnover.datasets.dataset import Dataset
from turnover.datasets.names import media_name
from turnover.datasets.restoring import Standing, document_name, restored, sample_from
from turnover.datasets.rows import content_of, sample_document
from turnover.datasets.sample import Sample
from turnover.errors import ValuesError


def _document(made: Dataset, sample: Sample) -> Any:
    return json.loads(json.dumps(sample_document(made, sample, media_name(made, sample))))


def _standing(sample: Sample) -> Standing:
    """Files of these names and digests, as if they stood in a folder."""
    sources = (sample.media, *(one.source for one in sample.faces), *(one.source for one in sample.companions))
    sizes = {one.digest: one.size_bytes for one in sources}
    return lambda name, digest: FileSource(Path("/ds") / name, sizes[digest], digest, 0)


def test_there_and_back(tmp_path: Path) -> None:
    """Whatever is known of samples, with faces, companions and odd texts, is written the same once more."""
    made = nasty(tmp_path)
    for sample in everyone(made):
        document = _document(made, sample)
        again = sample_from(document, _standing(sample))
        assert content_of(sample) == content_of(replace(again, group=sample.group))
        assert document == _document(made, again)
        assert again.media.path == Path("/ds") / document["path"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("path", "../../etc/passwd"),
        ("path", "data/train/videos/../../../v1.mp4"),
        ("path", "/data/train/videos/v1.mp4"),
        ("sample_id", "../v1"),
        ("split", "../train"),
        ("sha256", "x"),
        ("bytes", -1),
        ("width", "wide"),
        ("caption", None),
        ("generation", []),
        ("companions", [{"role": "thief", "file_name": "a.png", "sha256": "0" * 64}]),
        ("faces", [{}]),
        ("frame_rate", "1/0"),
        ("metrics", {"flicker": {"mean": "much"}}),
        ("rights", {"training": "perhaps", "licence": None}),
    ],
)
def test_what_was_never_written(tmp_path: Path, key: str, value: Any) -> None:
    """A name that leads elsewhere, and a value of another type, are refused in one sentence."""
    made = plain(tmp_path, {"train": 1})
    (sample,) = everyone(made)
    with pytest.raises(ValuesError, match="not as it was written"):
        sample_from({**_document(made, sample), key: value}, _standing(sample))


def test_names_of_files() -> None:
    """An id that could lead out of the folder of samples has no file."""
    assert document_name("v13f244b3545cab53") == "samples/13/v13f244b3545cab53.json"
    for name in ("../../x", "V1", "v/1", "", "v" * 80):
        with pytest.raises(ValuesError, match="no id"):
            document_name(name)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_anything_instead(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Any JSON in the place of any value gives a sample or a ValuesError, nothing else."""
    made = plain(tmp_path_factory.mktemp("ds"), {"train": 1})
    (sample,) = everyone(made)
    document = _document(made, sample)
    key = data.draw(st.sampled_from(sorted(document)))
    with suppress(ValuesError):
        sample_from({**document, key: data.draw(JSON)}, _standing(sample))


def test_types() -> None:
    """Numbers stay what they were: a flag is no number, a seed may be text, what is no number is null."""
    assert restored(tuple[int | None, ...], ["18446744073709551615", None, 3]) == (2**64 - 1, None, 3)
    assert str(restored(float, None)) == "nan"
    wrong: tuple[tuple[Any, Any], ...] = ((int, True), (bool, 1), (str, 1), (tuple[int, int], [1]))
    for kind, value in wrong:
        with pytest.raises(ValueError, match="it is"):
            restored(kind, value)
