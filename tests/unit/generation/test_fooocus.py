"""Fooocus, by its own scheme, by A1111's, and by its log."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, Lora, ModelUse, Pass
from turnover.generation.grammar import Reading, Told
from turnover.generation.grammars import a1111
from turnover.generation.grammars.fooocus import GRAMMAR
from turnover.generation.sniff import found_in
from turnover.media.carriers import carriers

OWN: dict[str, JsonValue] = {
    "adm_guidance": "(1.5, 0.8, 0.3)",
    "base_model": "juggernautXL_v8",
    "base_model_hash": "aeb7e9e689",
    "full_negative_prompt": ["blurry", "ugly"],
    "full_prompt": ["cinematic still a fox", "a fox, sharp"],
    "guidance_scale": 4,
    "loras": [["offset_lora", 0.1, "abc1234567"], ["off", 0, "abc1234568"]],
    "lora_combined_1": "offset_lora : 0.1",
    "metadata_scheme": "fooocus",
    "negative_prompt": "",
    "prompt": "a fox",
    "refiner_model": "None",
    "resolution": "(1152, 896)",
    "sampler": "dpmpp_2m_sde_gpu",
    "scheduler": "karras",
    "seed": "6952411511246973023",
    "steps": 30,
    "vae": "Default (model)",
    "version": "Fooocus v2.5.5",
}


def _generation(value: JsonValue, text: str = "") -> Generation:
    told = GRAMMAR.read(Reading(text, value, "a.png"))
    assert told is not None
    assert told.generation is not None
    return told.generation


def test_own_scheme() -> None:
    """The seed is text; the person's own words are the prompt, even where they are none."""
    base = Pass(6952411511246973023, 30, 4.0, None, "dpmpp_2m_sde_gpu", "karras", None, "juggernautXL_v8")
    expected = Generation(
        tool="Fooocus",
        prompt="a fox",
        negative_prompt="",
        seed=6952411511246973023,
        steps=30,
        cfg=4.0,
        sampler="dpmpp_2m_sde_gpu",
        scheduler="karras",
        models=(ModelUse("juggernautXL_v8", "diffusion", "aeb7e9e689"),),
        loras=(
            Lora("offset_lora", 0.1, 0.1, hash="abc1234567"),
            Lora("off", 0.0, 0.0, is_enabled=False, hash="abc1234568"),
        ),
        passes=(base,),
        asked=Asked(1152, 896),
    )
    assert expected == _generation(OWN)


def test_without_the_persons_words() -> None:
    """Where only the expanded texts were kept, they are the prompt."""
    found = _generation({key: value for key, value in OWN.items() if key not in ("prompt", "negative_prompt")})
    assert (found.prompt, found.negative_prompt) == ("cinematic still a fox\na fox, sharp", "blurry\nugly")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("offset : 0.1", (Lora("offset", 0.1, 0.1),)),
        ("True : offset : 0.5", (Lora("offset", 0.5, 0.5),)),
        ("False : offset : 0.5", (Lora("offset", 0.5, 0.5, is_enabled=False),)),
        ("None : 1.0", ()),
        ("nonsense", ()),
    ],
)
def test_lora_in_a_line(row: str, expected: tuple[Lora, ...]) -> None:
    """The lines stand in for the list where there is none."""
    assert expected == _generation({**OWN, "loras": [], "lora_combined_1": row}).loras


def test_log() -> None:
    """The log has labels for keys."""
    log: JsonValue = {
        "Prompt": "a fox",
        "Base Model": "sdxl.safetensors",
        "Performance": "Speed",
        "Resolution": "(768, 1280)",
        "Seed": "5",
        "LoRA 1": "offset : 0.1",
    }
    found = _generation(log)
    assert ("a fox", 5, "sdxl.safetensors", Asked(768, 1280)) == (found.prompt, found.seed, found.model, found.asked)
    assert (Lora("offset", 0.1, 0.1),) == found.loras


A1111_SCHEME = (
    "cinematic still a fox, a fox, sharp\nNegative prompt: blurry, ugly\n"
    "Steps: 30, Sampler: DPM++ 2M SDE Karras, Seed: 123456789012345, Size: 1152x896, CFG scale: 4, Sharpness: 2, "
    'ADM Guidance: "(1.5, 0.8, 0.3)", Model: juggernautXL_v8, Model hash: aeb7e9e689, Performance: Speed, '
    'Scheduler: karras, VAE: Default (model), Raw prompt: "a fox\\nat night", Raw negative prompt: , '
    'Lora hashes: "offset_lora: abc1234567", Lora weights: "offset_lora: 0.1", Version: Fooocus v2.5.5'
)


def test_scheme_of_a1111() -> None:
    """Its version tells it from A1111's own text, which does not claim it."""
    found = _generation(None, A1111_SCHEME)
    assert (found.tool, found.prompt, found.scheduler, found.cfg) == ("Fooocus", "a fox\nat night", "karras", 4.0)
    assert (Lora("offset_lora", 0.1, hash="abc1234567"),) == found.loras
    assert a1111.GRAMMAR.read(Reading(A1111_SCHEME, None, "a.png")) is None


@given(value=st.dictionaries(st.sampled_from(sorted(OWN)), st.none() | st.integers() | st.text() | st.lists(st.text())))
def test_any_values(value: JsonValue) -> None:
    """Values of other kinds are not known, and make nothing fail."""
    assert isinstance(GRAMMAR.read(Reading("", {**OWN, **value}, "")), Told)  # type: ignore[dict-item]  # a dictionary


def test_real_pictures(shared_media: Path) -> None:
    """The PNG has it as text, the JPEG as a user comment."""
    names = ("other_tools/fooocus1_cropped.png", "derived/fooocus.jpg")
    found = [found_in(carriers(shared_media / name), file_name=name).generation for name in names]
    assert [(one.prompt, one.seed, one.steps) for one in found if one is not None] == [
        ("a smiling goldfish", 6952411511246973023, 30),
        ("fox", 123456789012345, 30),
    ]
