"""Wan2GP's settings, in a video or beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, InputMedia, Lora, ModelUse, Pass, Processing
from turnover.core.rate import Rate
from turnover.generation.grammar import Reading, Told
from turnover.generation.grammars.wan2gp import GRAMMAR
from turnover.generation.sniff import Found, found_in
from turnover.media.carriers import carriers

SETTINGS: dict[str, JsonValue] = {
    "type": "WanGP v9.1 by DeepBeepMeep - Wan2.2 Image2video 14B",
    "settings_version": 2.38,
    "model_type": "i2v_2_2",
    "prompt": "a fox\nruns",
    "negative_prompt": "blurry",
    "resolution": "1280x720",
    "video_length": 81,
    "num_inference_steps": 6,
    "seed": 18446744073709551615,
    "guidance_phases": 2,
    "guidance_scale": 3.5,
    "guidance2_scale": 1,
    "sample_solver": "unipc",
    "flow_shift": 5,
    "image_start": "C:\\pictures\\fox.png",
    "image_refs": ["a.png", "b.png"],
    "activated_loras": ["https://host/loras/high.safetensors", "low.safetensors", "plain.safetensors", "rest"],
    "loras_multipliers": "1;0 0;0.9,0.8\n0.5",
    "temporal_upsampling": "rife2",
    "spatial_upsampling": "lanczos1.5",
    "force_fps": "16",
    "generation_time": "312",
}


def _generation(value: JsonValue) -> Generation:
    told = GRAMMAR.read(Reading("", value, "a.mp4"))
    assert told is not None
    assert told.generation is not None
    return told.generation


def test_settings_of_two_phases() -> None:
    """Each phase is a pass with its own guidance; strengths that change on the way give the strongest, and say so."""
    model = "Wan2.2 Image2video 14B"
    note = "the strongest is given where it changes by phase or step: high.safetensors 1;0, low.safetensors 0;0.9,0.8"
    expected = Generation(
        tool="Wan2GP",
        prompt="a fox\nruns",
        negative_prompt="blurry",
        seed=2**64 - 1,
        steps=6,
        cfg=3.5,
        sampler="unipc",
        models=(ModelUse(model, "diffusion"),),
        loras=(
            Lora("high.safetensors", 1.0),
            Lora("low.safetensors", 0.9),
            Lora("plain.safetensors", 0.5),
            Lora("rest", 1.0),
        ),
        passes=(
            Pass(2**64 - 1, None, 3.5, sampler="unipc", model=model),
            Pass(2**64 - 1, None, 1.0, sampler="unipc", model=model),
        ),
        inputs=(
            InputMedia("fox.png", "start_image"),
            InputMedia("a.png", "reference"),
            InputMedia("b.png", "reference"),
        ),
        asked=Asked(1280, 720, 81, Rate(16)),
        processing=(Processing("interpolation", 2.0, "rife"), Processing("upscaling", 1.5, "lanczos")),
        unresolved=(("loras", note),),
    )
    assert expected == _generation(SETTINGS)


def test_one_phase() -> None:
    """With one phase the steps are the pass's own."""
    found = _generation({**SETTINGS, "guidance_phases": 1, "embedded_guidance_scale": 6})
    assert (Pass(2**64 - 1, 6, 3.5, 6.0, "unipc", None, None, "Wan2.2 Image2video 14B"),) == found.passes


def test_settings_file() -> None:
    """A file beside the video need not tell its type; the model's file is more than its name."""
    file = {key: value for key, value in SETTINGS.items() if key != "type"}
    assert _generation(file).model == "i2v_2_2"
    assert (
        _generation({**file, "model_filename": "ckpts/wan_high_int8.safetensors"}).model == "wan_high_int8.safetensors"
    )


@pytest.mark.parametrize(
    ("multipliers", "expected"),
    [
        ("", [1.0, 1.0]),
        ("0.8", [0.8, 1.0]),
        ("0.8 0", [0.8, 0.0]),
        ("-1;0.5 2|3", [-1.0, 2.0]),
        ("# a note\n0.7\n0.6", [0.7, 0.6]),
        ("much 0.5", [None, 0.5]),
    ],
)
def test_strengths(multipliers: str, expected: list[float | None]) -> None:
    """One text has the strengths of all; a LoRA without one has 1, and 0 turns it off."""
    loras = _generation({**SETTINGS, "activated_loras": ["a", "b"], "loras_multipliers": multipliers}).loras
    assert expected == [lora.weight for lora in loras]
    assert [weight != 0 for weight in expected] == [lora.is_enabled for lora in loras]


def test_any_seed() -> None:
    """-1 asks for a new seed each time, which is not told."""
    found = _generation({**SETTINGS, "seed": -1, "activated_loras": []})
    assert (found.seed, found.unresolved) == (None, (("seed", "a new one was drawn each time: -1"),))


RESERVED = json.dumps({"_wangp_metadata_reserved": True}).ljust(4096)


def test_room_kept_and_not_used() -> None:
    """The placeholder is read, and says that nothing was said."""
    found = found_in([Carrier("moov/udta/meta", "©cmt", RESERVED)], file_name="a.mp4")
    assert Found(None, "placeholder only: Wan2GP kept room for settings and wrote none") == found


def test_room_kept_in_a_named_file() -> None:
    """Where the comment is empty, the file's name still tells something."""
    name = "2025-06-15-12h30m45s_seed123_A fox runs.mp4"
    found = found_in([Carrier("moov/udta/meta", "©cmt", RESERVED)], file_name=name).generation
    assert found is not None
    assert (found.tool, found.seed, found.prompt) == ("Wan2GP", 123, "A fox runs")
    assert ("seed", "file name") in found.sources


@given(
    value=st.dictionaries(st.sampled_from(sorted(SETTINGS)), st.none() | st.text() | st.floats() | st.lists(st.text()))
)
def test_any_values(value: dict[str, JsonValue]) -> None:
    """Values of other kinds are not known, and make nothing fail."""
    assert isinstance(
        GRAMMAR.read(Reading("", {**SETTINGS, "type": "WanGP", **value, "settings_version": 1, "model_type": ""}, "")),
        Told,
    )


def test_real_placeholder(shared_media: Path) -> None:
    """A real video with room and no settings."""
    path = shared_media / "derived" / "wangp_reserved.mp4"
    found = found_in(carriers(path), file_name=path.name)
    assert (found.generation, found.reason) == (None, "placeholder only: Wan2GP kept room for settings and wrote none")
