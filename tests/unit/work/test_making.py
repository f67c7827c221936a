"""How a clip was made, from its own texts, from what stands beside it, and from what a person gave."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.comfy import comfy_tags
from tests.unit.cli.running import turnover
from tests.videos import make
from turnover.core.clip import Clip
from turnover.core.generation import Conflict, Generation
from turnover.files.finding import Found
from turnover.work.look import Looking, look
from turnover.work.making import workflow_of

SEED = 2**63 + 7
TAGS = comfy_tags("a red kite", SEED, loras=[("kite_style", 0.8)])


def looked_at(path: Path) -> Clip:
    (clip,) = look([Found(path, path.parent)], Looking(lambda path: False), workers=1)
    assert isinstance(clip, Clip)
    return clip


def made(clip: Clip) -> Generation:
    assert clip.generation is not None
    return clip.generation


def test_comfyui_recipe_inside(tmp_path: Path) -> None:
    """Prompt, seed and LoRAs of the graph inside a video are the clip's, each with where it came from."""
    generation = made(looked_at(make(tmp_path, tags=TAGS, use_metadata_tags=True)))
    assert (generation.tool, generation.prompt, generation.seed) == ("ComfyUI", "a red kite", SEED)
    assert [(x.name, x.weight) for x in generation.loras] == [("kite_style", 0.8)]
    assert "prompt" in dict(generation.sources)["seed"]


def test_nothing_inside(tmp_path: Path) -> None:
    """A clip without any trace has no generation, and says so."""
    clip = looked_at(make(tmp_path))
    assert clip.generation is None
    assert clip.no_generation_reason == "nothing about its making"


def test_picture_of_the_counter(tmp_path: Path) -> None:
    """A clip with sound that lost its recipe has that of the first picture beside it."""
    make(tmp_path, "take_00001.png", tags=TAGS)
    video = make(tmp_path, "take_00001-audio.mp4", audio=True)
    generation = made(looked_at(video))
    assert generation.seed == SEED
    assert "take_00001.png" in dict(generation.sources)["seed"]


def test_generators_json_beside(tmp_path: Path) -> None:
    """A graph that a generator wrote beside the video is the recipe, not values that a person gave."""
    video = make(tmp_path)
    video.with_suffix(".json").write_text(TAGS["prompt"], encoding="utf-8")
    clip = looked_at(video)
    assert (made(clip).seed, clip.extra) == (SEED, {})


def test_generators_text_beside(tmp_path: Path) -> None:
    """An infotext beside the video is the recipe; a person's text is the caption."""
    video = make(tmp_path)
    text = (
        "a red kite\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 4294967297, Size: 64x48"
    )
    video.with_suffix(".txt").write_text(text, encoding="utf-8")
    clip = looked_at(video)
    assert (made(clip).prompt, made(clip).seed, clip.caption) == ("a red kite", 4294967297, None)


def test_what_a_person_gave_wins(tmp_path: Path) -> None:
    """A given seed wins over the found one, and both are told with where they came from."""
    video = make(tmp_path, tags=TAGS, use_metadata_tags=True)
    video.with_suffix(".json").write_text('{"seed": 5}', encoding="utf-8")
    generation = made(looked_at(video))
    found_from = dict(made(looked_at(make(tmp_path, "bare.mp4", tags=TAGS, use_metadata_tags=True))).sources)
    assert generation.seed == 5
    assert generation.conflicts == (Conflict("seed", "5", "clip.json", str(SEED), found_from["seed"]),)
    assert dict(generation.sources)["seed"] == "clip.json"
    assert dict(generation.sources)["prompt"] == found_from["prompt"]


def test_given_model_leaves_the_helpers(tmp_path: Path) -> None:
    """A person's model stands for the one that drew; the VAE and text encoder that were found stay."""
    video = make(tmp_path, tags=TAGS, use_metadata_tags=True)
    video.with_suffix(".json").write_text('{"model": "mine"}', encoding="utf-8")
    generation = made(looked_at(video))
    assert generation.model == "mine"
    assert {m.role for m in generation.models} == {None, "vae", "text_encoder"}


def test_recipes_that_disagree(tmp_path: Path) -> None:
    """Where the graph that ran and the canvas disagree, the clip warns of it and the graph that ran is taken."""
    other = comfy_tags("a red kite", SEED + 1, loras=[("kite_style", 0.8)])
    tags = {"prompt": TAGS["prompt"], "workflow": other["workflow"]}
    clip = looked_at(make(tmp_path, tags=tags, use_metadata_tags=True))
    assert made(clip).seed == SEED
    assert "seed" in {conflict.field for conflict in made(clip).conflicts}
    assert "recipe_conflict" in {warning.code for warning in clip.probe.warnings}


def test_workflow_comes_back(tmp_path: Path) -> None:
    """The workflow inside a clip is given back as it was."""
    video = make(tmp_path, tags=TAGS, use_metadata_tags=True)
    assert workflow_of(video, is_own=lambda path: False) == json.loads(TAGS["workflow"])
    assert turnover("workflow", video).json == json.loads(TAGS["workflow"])


@pytest.mark.parametrize("name", ["clip.mp4", "no such file.mp4"])
def test_no_workflow(tmp_path: Path, name: str) -> None:
    """A file without a workflow, or that is not there, is named with status 1."""
    make(tmp_path)
    ended = turnover("workflow", tmp_path / name)
    assert (ended.status, ended.out) == (1, "")
    assert name in ended.err


def test_unknown_text_is_kept_raw(tmp_path: Path) -> None:
    """A text that no grammar takes is kept as it is, and nothing is guessed from it."""
    clip = looked_at(make(tmp_path, tags={"comment": "made with love, seed 5"}))
    assert clip.generation is None
    assert "made with love, seed 5" in [one.text for one in clip.unread]


def test_redacted_sidecar_holds_nothing_of_the_recipe(tmp_path: Path) -> None:
    """What is withheld is nowhere in a sidecar, though the file carries it in tags, graph and canvas."""
    video = make(tmp_path, tags=TAGS, use_metadata_tags=True)
    shutil.copy(video, tmp_path / "again.mp4")
    words = "prompt,negative_prompt,seed,models,loras,workflow"
    ended = turnover("sidecar", tmp_path, "-t", "clip-json", "-t", "nuke-xml", "-t", "otio", "--redact", words)
    assert ended.status == 0
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir() if path.suffix != ".mp4")
    assert [
        secret for secret in ("red kite", str(SEED), "kite_style", "safetensors", "KSampler") if secret in written
    ] == []


def test_own_name_pattern(tmp_path: Path) -> None:
    """A person's pattern says what the file's name tells; a pattern that is not understood is wrong usage."""
    make(tmp_path, "take_77_a red car.mp4")
    (told,) = turnover("probe", tmp_path, "--name-pattern", "take_{seed}_{prompt}", "--json").json
    assert (told["generation"]["seed"], told["generation"]["prompt"]) == (77, "a red car")
    wrong = turnover("probe", tmp_path, "--name-pattern", "{bogus}")
    assert wrong.status == 2
    assert "bogus" in wrong.err
