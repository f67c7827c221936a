"""SwarmUI, in a picture and in the file beside a video."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, InputMedia, Lora, ModelUse, Pass, Processing
from turnover.core.rate import Rate
from turnover.generation.grammar import Reading, Told
from turnover.generation.grammars.swarmui import GRAMMAR
from turnover.generation.sniff import found_in

DIGEST = "0123456789abcdef" * 4
PICTURE: dict[str, JsonValue] = {
    "prompt": "a cat <lora:fur:0.5>",
    "negativeprompt": "",
    "model": "Official/sd_xl_base_1.0",
    "seed": "18446744073709551615",
    "steps": "20",
    "cfgscale": "7.0",
    "width": 1024,
    "height": "768",
    "sampler": "euler",
    "scheduler": "normal",
    "loras": ["style/fur", "off"],
    "loraweights": ["0.65", "0"],
    "loratencweights": ["0.5"],
    "swarm_version": "0.9.7.0",
}


def _root(params: dict[str, JsonValue]) -> JsonValue:
    models: JsonValue = [
        {"name": "style/fur.safetensors", "param": "loras", "hash": f"0x{DIGEST}"},
        {"name": "off.safetensors", "param": "loras", "hash": "0xABC"},
    ]
    return {"sui_image_params": params, "sui_extra_data": {"date": "2026-01-25"}, "sui_models": models}


def _generation(params: dict[str, JsonValue]) -> Generation:
    told = GRAMMAR.read(Reading("", _root(params), "a.mp4"))
    assert told is not None
    assert told.generation is not None
    return told.generation


def test_picture() -> None:
    """Numbers come as text; LoRAs, their two strengths and their hashes stand in four lists."""
    base = Pass(2**64 - 1, 20, 7.0, None, "euler", "normal", None, "Official/sd_xl_base_1.0")
    expected = Generation(
        tool="SwarmUI",
        prompt="a cat <lora:fur:0.5>",
        negative_prompt="",
        seed=2**64 - 1,
        steps=20,
        cfg=7.0,
        sampler="euler",
        scheduler="normal",
        models=(ModelUse("Official/sd_xl_base_1.0", "diffusion"),),
        loras=(Lora("style/fur", 0.65, 0.5, hash=DIGEST), Lora("off", 0.0, is_enabled=False)),
        passes=(base,),
        asked=Asked(1024, 768),
    )
    assert expected == _generation(PICTURE)


def test_lists_as_text() -> None:
    """A list may be a text with commas."""
    found = _generation({**PICTURE, "loras": "style/fur,other", "loraweights": "0.65,1"})
    assert [(lora.name, lora.weight) for lora in found.loras] == [("style/fur", 0.65), ("other", 1.0)]


def test_video_of_a_picture() -> None:
    """The picture's pass comes first; two video models share their steps; interpolation is kept."""
    found = _generation(
        {
            "prompt": "a cat",
            "model": "flux",
            "seed": 5,
            "steps": 1,
            "cfgscale": 1,
            "fluxguidancescale": 3.5,
            "initimage": "cat.png",
            "initimagecreativity": 0,
            "videomodel": "wan_high.gguf",
            "videoswapmodel": "wan_low.gguf",
            "videoframes": 81,
            "videosteps": 6,
            "videocfg": "1",
            "videofps": 16,
            "videoframeinterpolationmultiplier": 2,
            "videoframeinterpolationmethod": "RIFE",
        }
    )
    assert (
        Pass(5, 1, 1.0, 3.5, denoise=0.0, model="flux"),
        Pass(5, None, 1.0, model="wan_high.gguf"),
        Pass(5, None, 1.0, model="wan_low.gguf"),
    ) == found.passes
    assert ("flux", 3.5, Asked(None, None, 81, Rate(16))) == (found.model, found.guidance, found.asked)
    assert (InputMedia("cat.png", "start_image"),) == found.inputs
    assert (Processing("interpolation", 2.0, "RIFE"),) == found.processing


def test_refined_picture() -> None:
    """A refinement is a second pass; its model is the first one's where it says so."""
    found = _generation(
        {
            **PICTURE,
            "refinermethod": "PostApply",
            "refinercontrolpercentage": 0.2,
            "refinermodel": "(Use Base)",
            "refinerupscale": "1.5",
            "refinerupscalemethod": "pixel-lanczos",
        }
    )
    assert [(one.denoise, one.model if one.denoise else None) for one in found.passes] == [
        (None, None),
        (0.2, "Official/sd_xl_base_1.0"),
    ]
    assert (Processing("upscaling", 1.5, "pixel-lanczos"),) == found.processing


def test_picture_as_text() -> None:
    """An input that is the picture itself, as text, has no name."""
    assert _generation({**PICTURE, "initimage": "data:image/png;base64,AAAA"}).inputs == ()


def test_file_beside_a_video() -> None:
    """`.swarm.json` says the same as the text in a picture."""
    beside = Carrier("clip.swarm.json", "", "\ufeff" + json.dumps(_root(PICTURE), indent=2))
    found = found_in([Carrier("moov/udta/meta", "©too", "Lavf62"), beside], file_name="clip.mp4")
    assert found.generation is not None
    assert found.generation.seed == 2**64 - 1
    assert ("seed", "clip.swarm.json") in found.generation.sources
    assert [carrier.key for carrier in found.unread] == ["©too"]


@given(
    value=st.dictionaries(
        st.sampled_from([*sorted(PICTURE), "videomodel", "initimage"]),
        st.none() | st.text() | st.floats() | st.lists(st.text() | st.none()),
    )
)
def test_any_values(value: JsonValue) -> None:
    """Values of other kinds are not known, and make nothing fail."""
    assert isinstance(GRAMMAR.read(Reading("", {"sui_image_params": value, "sui_models": value}, "")), Told)
