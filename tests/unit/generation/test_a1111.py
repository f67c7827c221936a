"""The text of AUTOMATIC1111's web interface, of Forge, of SD.Next, and of what writes as they do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.carrier import Carrier
from turnover.core.generation import Asked, Generation, Lora, ModelUse, Pass, Processing
from turnover.core.rate import Rate
from turnover.generation.grammar import Reading, Told
from turnover.generation.grammars.a1111 import GRAMMAR
from turnover.generation.infotext import infotext
from turnover.media.carriers import carriers


def _told(text: str) -> Told | None:
    return GRAMMAR.read(Reading(text, None, "a.png"))


def _generation(text: str) -> Generation:
    told = _told(text)
    assert told is not None
    assert told.confidence == "text"
    assert told.generation is not None
    return told.generation


PLAIN = """photo of a duck
Negative prompt: monochrome
Steps: 15, Sampler: UniPC, CFG scale: 5, Seed: 235284042, Size: 512x400, Model hash: c0d1994c73, Model: realistic"""


def test_plain() -> None:
    """Three lines give prompt, negative prompt, and one pass with the settings."""
    base = Pass(seed=235284042, steps=15, cfg=5.0, sampler="UniPC", model="realistic")
    assert Generation(
        tool="A1111",
        prompt="photo of a duck",
        negative_prompt="monochrome",
        seed=235284042,
        steps=15,
        cfg=5.0,
        sampler="UniPC",
        models=(ModelUse("realistic", "diffusion", "c0d1994c73"),),
        passes=(base,),
        asked=Asked(512, 400),
    ) == _generation(PLAIN)


def test_everything_at_once() -> None:
    """Several lines, quoted lists, LoRAs in the prompt and only in the hashes, a second pass, a seed past 2^31."""
    found = _generation(
        "a (cinematic:1.2) fox <lora:fur:0.8>, BREAK, <lora:snow:0.5:0.25>\nSteps: into the dark, with: colon\n"
        'Negative prompt: blurry, low "quality"\nugly\n'
        "Steps: 30, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 18446744073709551615, "
        "Size: 512x768, Model hash: abcd1234, Model: foo_v1.0, VAE: bar.pt, Denoising strength: 0.4, Clip skip: 2, "
        "Hires upscale: 2, Hires steps: 12, Hires upscaler: 4x-UltraSharp, Hires CFG Scale: 5, "
        'Lora hashes: "fur: 111122223333, detail: 444455556666", TI hashes: "easyneg: 7777", '
        'Hashes: {"model": "abcd, 1234"}, Version: v1.10.1\nTemplate: a fox'
    )
    base = Pass(2**64 - 1, 30, 6.5, None, "DPM++ 2M", "Karras", None, "foo_v1.0")
    second = Pass(2**64 - 1, 12, 5.0, None, "DPM++ 2M", "Karras", 0.4, "foo_v1.0")
    assert (
        Generation(
            tool="A1111",
            prompt="a (cinematic:1.2) fox <lora:fur:0.8>, BREAK, <lora:snow:0.5:0.25>\n"
            "Steps: into the dark, with: colon",
            negative_prompt='blurry, low "quality"\nugly',
            seed=2**64 - 1,
            steps=30,
            cfg=6.5,
            sampler="DPM++ 2M",
            scheduler="Karras",
            models=(ModelUse("foo_v1.0", "diffusion", "abcd1234"), ModelUse("bar.pt", "vae")),
            loras=(
                Lora("fur", 0.8, 0.8, hash="111122223333"),
                Lora("snow", 0.25, 0.5),
                Lora("detail", hash="444455556666"),
            ),
            passes=(base, second),
            asked=Asked(512, 768),
            processing=(Processing("upscaling", 2.0, "4x-UltraSharp"),),
        )
        == found
    )


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("<lora:fur>", Lora("fur", 1.0, 1.0)),
        ("<lora:fur:0.8>", Lora("fur", 0.8, 0.8)),
        ("<lora:fur:0.5:0.8>", Lora("fur", 0.8, 0.5)),
        ("<lora:fur:te=0.5:unet=-1>", Lora("fur", -1.0, 0.5)),
        ("<lyco:fur:0>", Lora("fur", 0.0, 0.0, is_enabled=False)),
        ("<lora:a b_c.v2:1>", Lora("a b_c.v2", 1.0, 1.0)),
        ("<lora:fur:much>", Lora("fur", None, None)),
    ],
)
def test_lora_in_the_prompt(tag: str, expected: Lora) -> None:
    """The first number is for the text encoder, the second for the picture; alone it is for both."""
    assert (expected,) == _generation(f"a fox {tag}\nSteps: 20, Sampler: Euler, Seed: 1").loras


@pytest.mark.parametrize(
    ("settings", "tool"),
    [
        ("Version: v1.6.0-RC", "A1111"),
        ("Version: f2.0.1v1.10.1-previous-659-gc055f2d4", "Forge"),
        ("Version: neo", "Forge"),
        ("App: SD.Next, Version: 3e7a1b2, Pipeline: WanPipeline", "SD.Next"),
        ("Version: stable-diffusion.cpp", "stable-diffusion.cpp"),
        ("Version: ComfyUI", "ComfyUI"),
        ("Model: foo", "A1111"),
    ],
)
def test_who_wrote_it(settings: str, tool: str) -> None:
    """The version tells the program."""
    assert tool == _generation(f"a fox\nSteps: 20, Sampler: Euler, Seed: 1, {settings}").tool


def test_forge_with_flux() -> None:
    """Distilled guidance is not cfg; further modules are models of no told role."""
    found = _generation(
        "a fox\nSteps: 20, Sampler: Euler, Schedule type: Simple, CFG scale: 1, Distilled CFG Scale: 3.5, Seed: 5, "
        "Size: 896x1152, Model: flux1-dev, Version: f2.0.1, Module 1: ae, Module 2: t5xxl_fp16"
    )
    assert (found.cfg, found.guidance, found.scheduler) == (1.0, 3.5, "Simple")
    assert (ModelUse("flux1-dev", "diffusion"), ModelUse("ae"), ModelUse("t5xxl_fp16")) == found.models


def test_sd_next_video_in_a_text_file() -> None:
    """SD.Next's text beside a video has all in one line."""
    found = _generation(
        "Prompt: a fox, at night, Negative prompt: blurry, ugly, Steps: 25, Sampler: UniPC, Seed: 7, "
        "Engine: WAN Video, Model: WAN 2.1 14B T2V, Frames: 81, Size: 832x480, FPS: 23.976"
    )
    assert (found.tool, found.prompt, found.negative_prompt) == ("SD.Next", "a fox, at night", "blurry, ugly")
    assert (found.steps, found.seed, found.model) == (25, 7, "WAN 2.1 14B T2V")
    assert Asked(832, 480, 81, Rate(24000, 1001)) == found.asked


def test_line_ends_lost() -> None:
    """Where a service put all in one line, the last steps with settings behind them begin the settings."""
    found = _generation(PLAIN.replace("\n", " "))
    assert (found.prompt, found.negative_prompt, found.steps) == ("photo of a duck", "monochrome", 15)


def test_line_ends_of_windows() -> None:
    """The kind of line end makes no difference."""
    assert _told(PLAIN) == _told(PLAIN.replace("\n", "\r\n"))


def test_settings_alone() -> None:
    """A picture may be made of an empty prompt."""
    found = _generation("Steps: 20, Sampler: Euler, Seed: 1")
    assert (found.prompt, found.negative_prompt, found.steps) == (None, None, 20)


def test_picture_to_picture() -> None:
    """Without a second pass the denoising strength is the first one's."""
    found = _generation("a fox\nSteps: 20, Sampler: Euler, Seed: 1, Denoising strength: 0.75")
    assert (Pass(1, 20, sampler="Euler", denoise=0.75),) == found.passes


def test_hashes_of_the_extension_and_behind_names() -> None:
    """A hash is found in Civitai's list and behind a model's name; what is none is not taken for one."""
    found = _generation(
        "a fox <lora:Fur:1>\nSteps: 20, Sampler: Euler, Seed: 1, Model: m, VAE: v, Hires steps: 5, "
        "Hires checkpoint: h.safetensors [31e35c80fc], "
        'Hashes: {"vae": "7355608000", "model": "0xABCDEF0123", "lora:fur": "0123456789ab", "lora:snow": "no hash"}'
    )
    assert [(m.name, m.hash) for m in found.models] == [
        ("m", "abcdef0123"), ("h.safetensors", "31e35c80fc"), ("v", "7355608000")
    ]  # fmt: skip
    assert [(x.name, x.hash) for x in found.loras] == [("Fur", "0123456789ab")]


def test_only_a_hash_of_the_model() -> None:
    """The hash is no name; it is told why none is given."""
    found = _generation("a fox\nSteps: 20, Sampler: Euler, Seed: 1, Model hash: c0d1994c73")
    assert (found.models, found.unresolved) == ((), (("models", "only the hash of the model is told: c0d1994c73"),))


def test_any_seed() -> None:
    """A seed of -1 was drawn anew, and is not known."""
    assert None is _generation("a fox\nSteps: 20, Sampler: Euler, Seed: -1, Size: 64x64").seed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a fox at night",
        "Steps: 3",
        "How to dance. Steps: 3, then turn: left",
        "Steps: 20, and so on\nSeed of doubt: sown",
        "Postprocess upscale by: 2, Postprocess upscaler: 4x",
        'Model: e":3,"links":[206],"slot_index":0}]',
        "prompt: a fox, Steps: 20",
    ],
)
def test_other_texts(text: str) -> None:
    """A text about steps is no settings line."""
    assert None is _told(text)


def test_quoted_in_a_graph() -> None:
    """A note in a graph may quote a whole text; the graph is no such text."""
    note = {"nodes": [{"type": "Note", "widgets_values": [PLAIN.replace("\n", " ")]}]}
    assert GRAMMAR.read(Reading(json.dumps(note), {"nodes": []}, "a.png")) is None


@given(text=st.text(max_size=200))
def test_any_text(text: str) -> None:
    """No text makes it fail, alone or in place of any piece."""
    for place in (
        text,
        f"a fox\nSteps: 20, Sampler: Euler, Seed: 1, {text}",
        f"{text}\nSteps: 20, Seed: 1, Size: {text}",
    ):
        assert isinstance(_told(place), Told | None)


@given(
    prompt=st.text(st.characters(exclude_characters="\r"), max_size=40).filter(
        lambda text: "Negative prompt:" not in text
    )
)
def test_any_prompt(prompt: str) -> None:
    """The prompt comes out as it went in, without the blanks around it."""
    found = infotext(f"{prompt}\nNegative prompt: no\nSteps: 20, Sampler: Euler, Seed: 1")
    assert found is not None
    assert (prompt.strip() or None) == found.prompt


@pytest.mark.parametrize(
    "text",
    [
        "a" * 2_000_000,
        "Steps: 1, Seed: 1, Size: 1, " + 'a: "' * 200_000,
        "Steps: 1, Seed: 1, Size: 1, " + "a: {" * 200_000,
        "Steps: 1, Seed: 1, Size: 1, " + "," * 1_000_000,
        "Steps: 1, Seed: 1, Size: 1, " + "a" * 1_000_000,
        "Steps: 1, Seed: 1, Size: 1, " + "[" * 300_000,
        "Steps: 1, " * 200_000,
        "<lora:" * 200_000 + "\nSteps: 1, Seed: 1, Size: 1",
        ("<lora:" + "a" * 300 + ":1") * 3_000 + "\nSteps: 1, Seed: 1, Size: 1",
        "Negative prompt:" * 100_000 + "Steps: 1, Seed: 1, Size: 1",
    ],
    ids=lambda text: text[:40],
)
def test_text_made_to_take_long(text: str) -> None:
    """Time grows with the length alone: each of these would take minutes with a pattern that tries again."""
    assert isinstance(_told(text), Told | None)


@pytest.mark.parametrize("name", ["other_tools/automatic1111_cropped.png", "other_tools/text_after_idat.png"])
def test_real_pictures(shared_media: Path, name: str) -> None:
    """The text is found before and after the picture's data, packed or not."""
    texts = [carrier.text for carrier in carriers(shared_media / name) if carrier.key == "parameters"]
    (found,) = [_generation(text) for text in texts]
    assert ("photo of a duck", 235284042, 15, "UniPC", Asked(512, 400)) == (
        found.prompt,
        found.seed,
        found.steps,
        found.sampler,
        found.asked,
    )


def test_real_picture_of_two_passes(shared_media: Path) -> None:
    """Lists in quotation marks do not end at their first comma."""
    (carrier,) = carriers(shared_media / "derived" / "a1111_tricky.png")
    assert Carrier("tEXt", "parameters", carrier.text) == carrier
    found = _generation(carrier.text)
    assert (found.negative_prompt, found.seed) == ('blurry, low "quality"\nugly', 3000000001)
    assert [lora.name for lora in found.loras] == ["styleA", "detail"]
    assert [one.denoise for one in found.passes] == [None, 0.4]
