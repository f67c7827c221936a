"""InvokeAI, by its three forms of metadata."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, InputMedia, Lora, ModelUse, Pass
from turnover.generation.grammar import Reading, Told
from turnover.generation.grammars.invokeai import GRAMMAR
from turnover.generation.sniff import found_in
from turnover.media.carriers import carriers

METADATA: dict[str, JsonValue] = {
    "app_version": "5.6.0",
    "generation_mode": "flux_txt2img",
    "positive_prompt": "a lighthouse",
    "negative_prompt": "",
    "width": 1024,
    "height": 768,
    "seed": 3293022630,
    "cfg_scale": 1.0,
    "guidance": 3.5,
    "steps": 35,
    "scheduler": "euler",
    "model": {"key": "k", "hash": "blake3:0", "name": "flux-dev", "base": "flux", "type": "main"},
    "t5_encoder": {"name": "t5_base"},
    "loras": [{"model": {"name": "fur"}, "weight": 0.75}, {"lora": {"model_name": "old"}, "weight": 0}],
    "ipAdapters": [{"image": {"image_name": "face.png"}, "ip_adapter_model": {"model_name": "ip-plus"}}],
    "strength": 0.6,
    "init_image": "start.png",
}


def _generation(value: JsonValue, text: str = "") -> Generation:
    told = GRAMMAR.read(Reading(text, value, "a.png"))
    assert told is not None
    assert told.generation is not None
    return told.generation


def test_metadata() -> None:
    """Models are objects with a name, LoRAs objects with a model; guidance is not cfg."""
    base = Pass(3293022630, 35, 1.0, 3.5, None, "euler", 0.6, "flux-dev")
    expected = Generation(
        tool="InvokeAI",
        prompt="a lighthouse",
        negative_prompt="",
        seed=3293022630,
        steps=35,
        cfg=1.0,
        guidance=3.5,
        scheduler="euler",
        models=(
            ModelUse("flux-dev", "diffusion"),
            ModelUse("t5_base", "text_encoder"),
            ModelUse("ip-plus", "ip_adapter"),
        ),
        loras=(Lora("fur", 0.75, 0.75), Lora("old", 0.0, 0.0, is_enabled=False)),
        passes=(base,),
        inputs=(InputMedia("start.png", "start_image"), InputMedia("face.png", "reference")),
        asked=Asked(1024, 768),
    )
    assert expected == _generation(METADATA)


def test_version_2() -> None:
    """The first JSON form has the values under `image`, and what is to be avoided in brackets."""
    found = _generation(
        {
            "model_weights": "stable-diffusion-1.4",
            "app_id": "invoke-ai/InvokeAI",
            "app_version": "2.2.4",
            "image": {
                "prompt": [{"prompt": "a lighthouse [fog] at night [rain, snow]", "weight": 1.0}],
                "steps": 50,
                "cfg_scale": 7.5,
                "height": 512,
                "width": 768,
                "seed": 2**32 - 1,
                "sampler": "k_lms",
            },
        }
    )
    assert (
        Generation(
            tool="InvokeAI",
            prompt="a lighthouse at night",
            negative_prompt="fog, rain, snow",
            seed=2**32 - 1,
            steps=50,
            cfg=7.5,
            sampler="k_lms",
            models=(ModelUse("stable-diffusion-1.4", "diffusion"),),
            passes=(Pass(2**32 - 1, 50, 7.5, None, "k_lms", None, None, "stable-diffusion-1.4"),),
            asked=Asked(768, 512),
        )
        == found
    )


@pytest.mark.parametrize("gap", [" ", ""])
def test_version_1(gap: str) -> None:
    """The command that made the picture, with or without blanks behind its letters."""
    command = f'"a "lighthouse" [fog] -v 2" -s{gap}50 -S{gap}2569157 -W{gap}512 -H{gap}640 -C{gap}7.5 -A{gap}k_lms'
    found = _generation(None, command)
    assert (found.prompt, found.negative_prompt) == ('a "lighthouse" -v 2', "fog")
    assert (found.seed, found.steps, found.cfg, found.sampler) == (2569157, 50, 7.5, "k_lms")
    assert Asked(512, 640) == found.asked


@pytest.mark.parametrize("text", ['"a quotation" - and a dash', '"', '" -s 50 -S 1', "-s 50 -S 1 -C 7", '"a" -s 50'])
def test_other_texts(text: str) -> None:
    """A quotation is no command."""
    assert GRAMMAR.read(Reading(text, None, "a.png")) is None


@given(text=st.text('" -sSCWHA0[]', max_size=60))
def test_any_command(text: str) -> None:
    """No text that looks like a command makes it fail."""
    assert isinstance(GRAMMAR.read(Reading(text, None, "")), Told | None)


@given(
    value=st.dictionaries(
        st.sampled_from(sorted(METADATA)), st.none() | st.text() | st.integers() | st.lists(st.none())
    )
)
def test_any_values(value: dict[str, JsonValue]) -> None:
    """Values of other kinds are not known, and make nothing fail."""
    assert isinstance(GRAMMAR.read(Reading("", {**METADATA, **value}, "")), Told)


def test_real_picture(shared_media: Path) -> None:
    """A picture of version 3.0, which did not tell its version yet."""
    path = shared_media / "other_tools" / "invokeai_imeta1.png"
    found = found_in(carriers(path), file_name=path.name).generation
    assert found is not None
    assert (
        found.tool,
        found.seed,
        found.steps,
        found.cfg,
        found.scheduler,
    ) == ("InvokeAI", 3293022630, 35, 8.0, "euler")
    assert found.model == "juggernautXL"
    assert (InputMedia("21b3ddb9-089b-49fd-b074-0b9fdac3ab3e.png", "reference"),) == found.inputs
