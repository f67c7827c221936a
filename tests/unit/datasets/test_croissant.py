"""What a Croissant description says; that it loads is tested with mlcroissant itself, in `tests/acceptance`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests import datasets_made
from turnover.core.clip import Rights
from turnover.core.entry import Packed
from turnover.core.generation import Generation, Lora, ModelFile, ModelUse
from turnover.datasets.croissant import croissant, file_name, is_described
from turnover.datasets.dataset import Dataset
from turnover.datasets.sample import Sample

ARCHIVE = Packed("demo-1.0.0.zip", 1234, "a" * 64, 0)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return datasets_made.plain(tmp_path_factory.mktemp("croissant"), {"train": 2, "test": 0})


def test_whole_head(two: Dataset) -> None:
    """What everybody may know of the dataset stands at the top, and what is not known is left out."""
    head = _said(replace(two, licence="cc-by-4.0", description="Foxes.", parent="sha256:1"))
    assert head["conformsTo"] == ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
    assert (head["name"], head["version"], head["description"]) == ("demo", "1.0.0", "Foxes.")
    assert head["license"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert head["dateCreated"] == head["datePublished"] == "2026-11-22"
    assert head["prov:wasDerivedFrom"]["identifier"] == "sha256:1"
    assert not {"url", "creator", "digitalSourceType"} & set(head)
    assert "license" not in _said(two)


def test_archive_is_vouched_for(two: Dataset) -> None:
    """The archive has its size and digest; what lies in it has its place."""
    archive, manifest, table, media = _said(two)["distribution"]
    assert (archive["contentUrl"], archive["contentSize"], archive["sha256"]) == (ARCHIVE.name, "1234 B", "a" * 64)
    assert manifest["containedIn"] == table["containedIn"] == {"@id": archive["@id"]}
    assert (table["contentUrl"], media["includes"]) == ("data/train/metadata.parquet", ["data/*/videos/*.mp4"])


def test_splits(two: Dataset) -> None:
    """Splits that have samples are told, with what each is for."""
    samples = list(two.samples("train"))
    made = replace(two, counts={"train": 2, "val": 2, "extra": 2, "test": 0}, samples=lambda split: iter(samples))
    (splits,) = [one for one in _said(made)["recordSet"] if one["@id"] == "splits"]
    assert splits["data"] == [
        {"splits/name": "train", "splits/url": "cr:TrainingSplit"},
        {"splits/name": "val", "splits/url": "cr:ValidationSplit"},
        {"splits/name": "extra", "splits/url": "cr:Split"},
    ]


def test_same_every_time(two: Dataset) -> None:
    """The same dataset gives the same text."""
    assert _text(two) == _text(two)


def test_origin_of_all(two: Dataset) -> None:
    """What all samples have in common which say how they were made is named, with digests; the rest is not."""
    file = ModelFile("loras/fox.safetensors", 10, "f" * 64)
    shared = (ModelUse("wan2.2", "diffusion"), Lora("fox", 1.0, file=file))
    first = Generation("comfyui", models=(shared[0], ModelUse("vae")), loras=(shared[1], Lora("night", 0.5)))
    second = Generation("comfyui", models=(shared[0],), loras=(shared[1], Lora("off", is_enabled=False)))
    activity = _said(_with(two, [{"generation": first}, {"generation": second}]))["prov:wasGeneratedBy"]
    assert [one["name"] for one in activity["prov:used"]] == ["model wan2.2 (diffusion)", "LoRA fox"]
    assert activity["prov:used"][1]["identifier"] == "sha256:" + "f" * 64
    assert [one["name"] for one in activity["prov:wasAssociatedWith"]] == ["comfyui"]


def test_origin_of_none(two: Dataset) -> None:
    """Nothing is said of how clips were made that do not say so."""
    assert "prov:wasGeneratedBy" not in _said(_with(two, [{"generation": None}, {"generation": None}]))


@pytest.mark.parametrize(
    ("kinds", "called", "expected"),
    [
        (["trainedAlgorithmicMedia"] * 2, [None, None], "trainedAlgorithmicMedia"),
        (["compositeWithTrainedAlgorithmicMedia"] * 2, [True, True], "compositeWithTrainedAlgorithmicMedia"),
        (["trainedAlgorithmicMedia", None], [None, None], None),
        (["trainedAlgorithmicMedia", "digitalCapture"], [True, True], None),
        ([None, None], [True, True], "trainedAlgorithmicMedia"),
        ([None, None], [True, None], None),
    ],
)
def test_source_type(two: Dataset, kinds: list[str | None], called: list[bool | None], expected: str | None) -> None:
    """The IPTC source type stands only where it holds for all: as the files tell, else as a person does."""
    rows = [
        {"generation": Generation(source_type=kind), "is_ai_generated": one}
        for kind, one in zip(kinds, called, strict=True)
    ]
    found = _said(_with(two, rows)).get("digitalSourceType")
    assert found == (None if expected is None else f"http://cv.iptc.org/newscodes/digitalsourcetype/{expected}")


def test_rights(two: Dataset) -> None:
    """What the rights of samples say of training is summed up."""
    rows = [{"rights": Rights("constrained", "house rules")}, {"rights": Rights()}]
    said = _said(_with(two, rows))["usageInfo"]["description"]
    assert said == "Training on these samples: constrained for 1, not said for 1. Licences of samples: house rules (1)."
    assert "usageInfo" not in _said(_with(two, [{"rights": Rights()}] * 2))


def test_days(two: Dataset) -> None:
    """The first and last day that the files tell, whatever else stands there."""
    rows = [{"created_at": "2026-11-20T23:00:00+02:00"}, {"created_at": "yesterday"}]
    assert _said(_with(two, rows))["rai:dataCollectionTimeframe"] == ["2026-11-20", "2026-11-20"]
    rows[1] = {"created_at": "2026-02-01"}
    assert _said(_with(two, rows))["rai:dataCollectionTimeframe"] == ["2026-02-01", "2026-11-20"]


def test_hostile_words(two: Dataset) -> None:
    """Names and descriptions of any kind give JSON that every reader takes."""
    made = replace(two, description="half \ud800 \u2028 end", licence="<b>\n")
    said = _said(_with(made, [{"generation": Generation(models=(ModelUse('m"\\\n'),))}] * 2))
    assert said["description"] == "half ? \u2028 end"
    assert said["prov:wasGeneratedBy"]["prov:used"][0]["name"] == 'model m"\\\n'


def test_without_samples(two: Dataset) -> None:
    """An empty dataset has a description, and nothing to read."""
    said = _said(replace(two, counts={"train": 0}))
    assert [one["@id"] for one in said["distribution"]] == ["archive", "manifest.json"]
    assert "recordSet" not in said


def test_file_not_given(two: Dataset) -> None:
    """A digest that is missing is the caller's mistake, and never left out quietly."""
    for layout, name in (("zip", "demo-1.0.0.zip"), ("tree", "manifest.json"), ("zip-per-split", "manifest.json")):
        with pytest.raises(ValueError, match=name):
            croissant(two, layout=layout, target="demo-1.0.0" + (".zip" if layout == "zip" else ""), files=[])


def test_names() -> None:
    """A description lies in the folder, or beside the archive."""
    assert (file_name("a-1.0.0"), file_name("a-1.0.0.zip")) == ("croissant.json", "a-1.0.0.croissant.json")
    described = ["manifest.json", "train.zip", "data/train/metadata.parquet", "faces/facestrain-000000.tar"]
    others = ["README.md", "data/train/videos/v1.mp4", "samples/13/v13.json", "samples.jsonl"]
    assert [name for name in (*described, *others) if is_described(name)] == described


def _with(made: Dataset, rows: Sequence[dict[str, Any]]) -> Dataset:
    """The samples of `train`, each with these members."""
    samples: list[Sample] = [replace(one, **row) for one, row in zip(made.samples("train"), rows, strict=True)]
    return replace(made, samples=lambda split: iter(samples))


def _text(made: Dataset) -> str:
    return croissant(made, layout="zip", target=ARCHIVE.name, files=[ARCHIVE])


def _said(made: Dataset) -> dict[str, Any]:
    said = json.loads(_text(made))
    assert isinstance(said, dict)
    return said
