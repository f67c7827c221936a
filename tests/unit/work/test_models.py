"""A model's file is named where it is known for certain, and nothing is claimed where it is not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clips import clip
from tests.unit.files.test_model_files import DATA, safetensors
from turnover.core.clip import Clip, Segment
from turnover.core.generation import Generation, Lora, ModelFile, ModelUse
from turnover.core.ranges import FrameRange
from turnover.files.model_files import DigestCache
from turnover.work.models import REMARKS_ON_MODELS, Models, with_model_files

TENSORS = hashlib.sha256(DATA).hexdigest()


def linked(folder: Path, *uses: Lora | ModelUse) -> Clip:
    """A clip made with these, linked to the files under a folder."""
    made = Generation(
        models=tuple(use for use in uses if isinstance(use, ModelUse)),
        loras=tuple(use for use in uses if isinstance(use, Lora)),
    )
    return with_model_files(clip(generation=made), Models(folder, DigestCache(folder.parent / "data")))


def file_of(folder: Path, use: Lora | ModelUse) -> str | None:
    """Where its file lies; None where none was taken."""
    made = linked(folder, use).generation
    assert made is not None
    (file,) = [use.file for use in made.models] + [lora.file for lora in made.loras]
    return None if file is None else file.path


def warned(folder: Path, use: Lora | ModelUse) -> tuple[str, str]:
    """The one warning, where no file was taken."""
    assert file_of(folder, use) is None
    (warning,) = linked(folder, use).probe.warnings
    assert warning.code in REMARKS_ON_MODELS
    return warning.code, warning.message


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """`loras/wan/Kite_V1.0.safetensors` and a VAE."""
    folder = tmp_path / "models"
    safetensors(folder / "loras" / "wan" / "Kite_V1.0.safetensors", ss_output_name="kite")
    safetensors(folder / "vae" / "wan_vae.safetensors", b"vae")
    return folder


def test_file(models: Path) -> None:
    """A LoRA has its file with size, hash and what the header says; the rest of the recipe stays."""
    path = models / "loras" / "wan" / "Kite_V1.0.safetensors"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    expected = ModelFile("loras/wan/Kite_V1.0.safetensors", path.stat().st_size, digest, (("ss_output_name", "kite"),))
    one = linked(models, Lora("wan\\Kite_V1.0.safetensors", 0.8))
    assert one.generation == Generation(loras=(Lora("wan\\Kite_V1.0.safetensors", 0.8, file=expected),))
    assert (one.probe.warnings, expected.name) == ((), "Kite_V1.0.safetensors")


@pytest.mark.parametrize(
    "name",
    [
        "wan\\Kite_V1.0.safetensors", "wan/kite_v1.0.SAFETENSORS", "Kite_V1.0", "kite_v1.0.safetensors",
        "wan/kite_v1.0",
        "loras/wan/Kite_V1.0", "D:\\AI\\Lora\\Kite_V1.0.safetensors", "/opt/Kite_V1.0.safetensors",
        "https://host/get/Kite_V1.0.safetensors?download=1", "./wan/Kite_V1.0", "../other/Kite_V1.0",
    ],
)  # fmt: skip
def test_spellings(models: Path, name: str) -> None:
    """Either slash, letters of either case, with suffix or without, and a place on another machine are one name."""
    assert file_of(models, Lora(name)) == "loras/wan/Kite_V1.0.safetensors"


@pytest.mark.parametrize("name", ["Kite_V1", "Kite_V1.0.gguf", "kite", "wan", "", "..", "/", "wan/", "?", "\x00"])
def test_other_names(models: Path, name: str) -> None:
    """Part of a name, another suffix, and what is no name have no file."""
    assert warned(models, Lora(name))[0] == "model_file_missing"


def test_folder_given_as_the_category(models: Path) -> None:
    """The folder of one kind alone will do, and its own name counts as part of the path."""
    assert file_of(models / "loras", Lora("loras/wan/Kite_V1.0")) == "wan/Kite_V1.0.safetensors"


def test_another_folder(models: Path) -> None:
    """A file of that name in a folder that the recipe does not tell is named, not taken."""
    code, message = warned(models, Lora("hunyuan/Kite_V1.0.safetensors"))
    assert code == "model_file_missing"
    assert "loras/wan/Kite_V1.0.safetensors has that name" in message


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (Lora("same"), "loras/same.safetensors"),
        (ModelUse("same", "diffusion"), "checkpoints/same.safetensors"),
        (ModelUse("same", "refiner"), "checkpoints/same.safetensors"),
        (ModelUse("same", "vae"), None),
        (ModelUse("same"), None),
        (ModelUse("same", "motion"), None),
    ],
)
def test_kinds(models: Path, use: Lora | ModelUse, expected: str | None) -> None:
    """A loader looks in its own folder alone; where the kind is not known, two files of one name are too many."""
    safetensors(models / "loras" / "same.safetensors", b"one")
    safetensors(models / "checkpoints" / "same.safetensors", b"another one")
    assert file_of(models, use) == expected


@pytest.mark.parametrize("content", [b"other", DATA[::-1]], ids=["other-size", "same-size"])
def test_two_files_of_one_name(models: Path, content: bytes) -> None:
    """Both are named and none is taken."""
    safetensors(models / "loras" / "old" / "kite_v1.0.safetensors", content)
    code, message = warned(models, Lora("Kite_V1.0"))
    assert code == "model_file_ambiguous"
    assert "loras/old/kite_v1.0.safetensors and loras/wan/Kite_V1.0.safetensors have that name" in message


def test_copies_and_links(models: Path) -> None:
    """Copies of one file, and links to it, are one file."""
    original = models / "loras" / "wan" / "Kite_V1.0.safetensors"
    (models / "loras" / "a").mkdir()
    (models / "loras" / "a" / "Kite_V1.0.safetensors").write_bytes(original.read_bytes())
    (models / "loras" / "Kite_V1.0.safetensors").symlink_to(original)
    assert file_of(models, Lora("Kite_V1.0")) == "loras/Kite_V1.0.safetensors"


def _whole(models: Path) -> str:
    return hashlib.sha256((models / "loras" / "wan" / "Kite_V1.0.safetensors").read_bytes()).hexdigest()


def test_hash_decides(models: Path) -> None:
    """Of two files of one name the one with the recipe's hash is taken: AutoV2, AutoV3, or the whole."""
    safetensors(models / "loras" / "old" / "Kite_V1.0.safetensors", b"other")
    for told in (_whole(models)[:10], TENSORS[:12], TENSORS, _whole(models).upper()):
        assert file_of(models, Lora("Kite_V1.0", hash=told)) == "loras/wan/Kite_V1.0.safetensors"
    assert file_of(models, Lora("Kite_V1.0", sha256=_whole(models))) == "loras/wan/Kite_V1.0.safetensors"
    assert file_of(models, Lora("elsewhere/Kite_V1.0", hash=TENSORS)) == "loras/wan/Kite_V1.0.safetensors"


def test_another_hash(models: Path) -> None:
    """A file of the name with another hash is another file, and is not taken."""
    code, message = warned(models, Lora("Kite_V1.0", hash="0123456789"))
    assert code == "model_file_differs"
    assert "0123456789" in message


@pytest.mark.parametrize("told", ["c0d1994c", "blake3:0123456789ab", ""])
def test_hash_of_another_kind(models: Path, told: str) -> None:
    """A hash that cannot be compared decides nothing; the name does."""
    assert file_of(models, Lora("Kite_V1.0", hash=told)) == "loras/wan/Kite_V1.0.safetensors"


def test_claimed_hash(tmp_path: Path) -> None:
    """A1111 writes the hash that the header claims: it agrees with a file of that name, and alone proves nothing.

    A trainer claims the hash of nothing for every file it makes.
    """
    claim = hashlib.sha256(b"").hexdigest()
    folder = tmp_path / "models"
    for name in ("one", "two"):
        safetensors(folder / f"{name}.safetensors", name.encode(), sshs_model_hash=claim)
    assert file_of(folder, Lora("two", hash=claim[:12])) == "two.safetensors"
    read: list[str] = []
    shelf = Models(folder, DigestCache(tmp_path / "fresh"), lambda path, done, size: read.append(path.name))
    gone = with_model_files(clip(generation=Generation(loras=(Lora("gone", hash=claim[:12]),))), shelf)
    assert ([w.code for w in gone.probe.warnings], read) == (["model_file_missing"], [])


def test_renamed_file(tmp_path: Path) -> None:
    """A file that was renamed is known by its true hash, where header or cache tell it without reading every file."""
    folder = tmp_path / "models"
    safetensors(folder / "renamed.safetensors", sshs_model_hash=TENSORS)
    assert file_of(folder, Lora("Kite_V1.0", hash=TENSORS[:12])) == "renamed.safetensors"
    safetensors(folder / "seen.safetensors", b"seen")
    digest = DigestCache(tmp_path / "data").digests(folder / "seen.safetensors").sha256
    assert file_of(folder, ModelUse("gone", "diffusion", digest[:10])) == "seen.safetensors"


def test_segments_and_one_warning(models: Path) -> None:
    """Segments are linked too; what is asked for several times is warned of once."""
    made = Generation(loras=(Lora("Kite_V1.0", 1.0), Lora("gone", 1.0), Lora("gone", 0.5)))
    one = replace(clip(generation=made), segments=(Segment(FrameRange(0, 2), 0, None, made),))
    found = with_model_files(one, Models(models, DigestCache(models.parent / "data")))
    assert found.generation is not None
    assert [x.file is not None for x in found.generation.loras] == [True, False, False]
    assert found.segments[0].generation == found.generation
    assert [w.message for w in found.probe.warnings] == [f"LoRA gone: no file of that name under {models}"]


def test_file_that_went_away(models: Path) -> None:
    """A file that cannot be read any more is a warning, and stops nothing."""
    shelf = Models(models, DigestCache(models.parent / "data"))
    (models / "vae" / "wan_vae.safetensors").unlink()
    found = with_model_files(clip(generation=Generation(models=(ModelUse("wan_vae", "vae"),))), shelf)
    assert [w.code for w in found.probe.warnings] == ["model_file_unreadable"]


def test_no_recipe(models: Path) -> None:
    """A clip without a recipe stays as it is."""
    assert with_model_files(clip(), Models(models, DigestCache(models.parent / "data"))) == clip()
