"""What is withheld leaves nothing behind, in no field and in no built-in."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clips import clip, view
from turnover.core.clip import Clip, JsonValue, Segment
from turnover.core.generation import Generation, InputMedia, Lora, ModelUse, Pass
from turnover.core.ranges import FrameRange
from turnover.errors import RefusedError
from turnover.sidecars.builtin import builtin_templates
from turnover.sidecars.fields import FIELDS
from turnover.sidecars.item_fields import ITEMS
from turnover.sidecars.scope import Scope
from turnover.sidecars.template import render
from turnover.sidecars.values import How, text_of
from turnover.sidecars.view import REDACTIONS, Redaction

MARK = "zq7mark"
SEED = 7_316_294_850_173


def with_mark(word: Redaction) -> Clip:
    """A clip in which a word that stands nowhere else is what that redaction withholds, wherever that may stand."""
    says = {name: MARK if word == name else f"some {name}" for name in ("prompt", "negative_prompt", "models", "loras")}
    seed = SEED if word == "seed" else 42
    prompt = says["prompt"] + (f" <lora:{MARK}:0.8>" if word == "loras" else "")
    folder = f"{MARK}/" if word == "paths" else "folder/"
    generation = Generation(
        tool="ComfyUI",
        prompt=prompt,
        negative_prompt=says["negative_prompt"],
        seed=seed,
        models=(ModelUse(folder + says["models"], "diffusion"), ModelUse(says["models"], "vae")),
        loras=(Lora(folder.replace("/", "\\") + says["loras"], 0.5, sha256="ab" * 32),),
        passes=(Pass(seed=seed, steps=4, model=folder + says["models"]),),
        inputs=(InputMedia(folder + "start.png", "start_image"),),
        sources=(("prompt", "clip.json"), ("seed", "clip.json")),
    )
    repeated: JsonValue = str(seed) if word == "seed" else f"{folder} {prompt} {MARK}"
    one = clip(
        f"/show/{folder}shot_010.mp4",
        generation=generation,
        start="01:00:00:00",
        audio=True,
        series={"face_confidence": [0.1] * 48},
        frames=48,
    )
    return replace(
        one,
        root=Path("/show"),
        probe=replace(
            one.probe, tags=(("comment", json.dumps(repeated)), ("encoder", "Lavf"), ("Prompt", str(repeated)))
        ),
        segments=(
            Segment(FrameRange(0, 24), 0, "one", generation),
            Segment(FrameRange(24, 48), 1, None, replace(generation, tool=None)),
        ),
        caption=prompt if word == "prompt" else "a caption",
        generation_params={"any": repeated, "deep": [{str(repeated): seed}]},
        extra={"note": repeated, str(repeated): [seed]},
    )


def told(one: Clip, word: Redaction) -> bool:
    """Whether any field of the catalogue still tells what is withheld."""
    seen = view(one, redact=(word,))
    texts: list[str | None] = []
    for field in FIELDS.values():
        if field.collection in (None, "frames"):
            scopes = [Scope(seen).inside("frames", 0, 0)]
        else:
            items = ITEMS[field.collection](seen)
            scopes = [Scope(seen).inside(field.collection, index, item) for index, item in enumerate(items)]
        texts += [text_of(field.get(scope), field.type, How()) for scope in scopes]
    return any(text is not None and (MARK in text or str(SEED) in text) for text in texts)


@pytest.mark.parametrize("word", REDACTIONS)
def test_no_field_tells_it(word: Redaction) -> None:
    """No field of the catalogue gives what is withheld, and without the redaction several do."""
    one = with_mark(word)
    assert not told(one, word)
    other: Redaction = "negative_prompt" if word != "negative_prompt" else "models"
    if word != "workflow":
        assert told(one, other)


@pytest.mark.parametrize("word", REDACTIONS)
@pytest.mark.parametrize("slug", builtin_templates())
def test_no_builtin_tells_it(slug: str, word: Redaction) -> None:
    """The bytes of no built-in hold what is withheld, however they are encoded."""
    one = with_mark(word)
    try:
        content = render(builtin_templates()[slug], [view(one, redact=(word,))]).content()
    except RefusedError:
        return
    for secret in (MARK, str(SEED)):
        for encoding in ("utf-8", "utf-16-le"):
            assert secret.encode(encoding).lower() not in content.lower()


def test_what_stays() -> None:
    """Only what is withheld goes; tags that say nothing about the making stay."""
    one = with_mark("prompt")
    seen = view(one, redact=("prompt",)).clip
    assert one.generation is not None
    assert seen.generation == replace(one.generation, prompt=None, sources=(("seed", "clip.json"),))
    assert (seen.probe.tags, seen.caption) == ((("encoder", "Lavf"),), None)
    assert view(one).clip == one


def test_several_words() -> None:
    """Words add up."""
    seen = view(with_mark("seed"), redact=("prompt", "negative_prompt", "seed", "models", "loras")).clip.generation
    assert seen == Generation(
        tool="ComfyUI", passes=(Pass(steps=4),), inputs=(InputMedia("folder/start.png", "start_image"),)
    )


def test_a_lora_called_for_in_the_prompt() -> None:
    """With LoRAs withheld, the prompt loses its calls for them and nothing else."""
    one = clip(generation=Generation(prompt="a <b> car <lora:style:0.8>, <LyCO:x:1> red", loras=(Lora("style"),)))
    seen = view(one, redact=("loras",)).clip.generation
    assert seen == Generation(prompt="a <b> car ,  red")


@pytest.mark.parametrize("word", REDACTIONS)
def test_builtins_tell_what_is_not_withheld(word: Redaction) -> None:
    """Without redaction the same clip's built-ins do hold the words that the tests above look for."""
    secret = (str(SEED) if word == "seed" else MARK).encode()
    contents = (render(template, [view(with_mark(word))]).content() for template in builtin_templates().values())
    assert sum(secret in content for content in contents) >= 2
