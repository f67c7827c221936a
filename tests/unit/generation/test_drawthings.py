"""Draw Things, whose JSON stands in the user comment and whose text in the description."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st

from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, Lora, ModelUse, Pass, Processing
from turnover.generation.grammar import Reading, Told
from turnover.generation.grammars import a1111
from turnover.generation.grammars.drawthings import GRAMMAR
from turnover.generation.sniff import found_in

COMMENT: dict[str, JsonValue] = {
    "c": "a fox",
    "uc": "blurry",
    "steps": 20,
    "sampler": "DPM++ 2M Karras",
    "scale": 4.5,
    "seed": 4294967295,
    "seed_mode": "Scale Alike",
    "size": "960x1280",
    "strength": 1,
    "model": "sd_xl_base_1.0_f16.ckpt",
    "lora": [{"model": "ignored.ckpt", "weight": 1}],
    "v2": {
        "loras": [{"file": "fur_lora_f16.ckpt", "weight": 0.6, "mode": "all"}],
        "upscaler": "realesrgan_x2plus_f16.ckpt",
        "refinerModel": None,
        "numFrames": 14,
    },
}
DESCRIPTION = (
    "a fox\nat night\n-blurry\nugly\nSteps: 20, Sampler: DPM++ 2M Karras, Guidance Scale: 4.5, Seed: 7, "
    "Size: 960x1280, Model: sd_xl_base_1.0_f16.ckpt, Strength: 1.0, Seed Mode: Scale Alike, "
    "LoRA 1 Model: fur_lora_f16.ckpt, LoRA 1 Weight: 0.6"
)


def test_comment() -> None:
    """The configuration's own list of LoRAs comes before the older one."""
    told = GRAMMAR.read(Reading("", COMMENT, "a.png"))
    base = Pass(4294967295, 20, 4.5, None, "DPM++ 2M Karras", None, 1.0, "sd_xl_base_1.0_f16.ckpt")
    expected = Generation(
        tool="Draw Things",
        prompt="a fox",
        negative_prompt="blurry",
        seed=4294967295,
        steps=20,
        cfg=4.5,
        sampler="DPM++ 2M Karras",
        models=(
            ModelUse("sd_xl_base_1.0_f16.ckpt", "diffusion"),
            ModelUse("realesrgan_x2plus_f16.ckpt", "upscaler"),
        ),
        loras=(Lora("fur_lora_f16.ckpt", 0.6),),
        passes=(base,),
        asked=Asked(960, 1280),
        processing=(Processing("upscaling", detail="realesrgan_x2plus_f16.ckpt"),),
    )
    assert Told(expected, "text") == told


def test_description() -> None:
    """What is to be avoided stands behind a minus; the text is not A1111's."""
    told = GRAMMAR.read(Reading(DESCRIPTION, None, "a.png"))
    assert told is not None
    found = told.generation
    assert found is not None
    assert (found.tool, found.prompt, found.negative_prompt) == ("Draw Things", "a fox\nat night", "blurry\nugly")
    assert (7, 20, 4.5, Asked(960, 1280)) == (found.seed, found.steps, found.cfg, found.asked)
    assert (Lora("fur_lora_f16.ckpt", 0.6),) == found.loras
    assert a1111.GRAMMAR.read(Reading(DESCRIPTION, None, "a.png")) is None


def test_both_in_a_packet() -> None:
    """In a PNG both stand in the XMP packet, and are of one run."""
    description = DESCRIPTION.replace("Seed: 7", "Seed: 4294967295")
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:description><rdf:Alt><rdf:li>{escape(description)}</rdf:li></rdf:Alt></dc:description>"
        f"<exif:UserComment><rdf:Alt><rdf:li>{escape(json.dumps(COMMENT))}</rdf:li></rdf:Alt></exif:UserComment>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    found = found_in([Carrier("XMP", "XML:com.adobe.xmp", packet)], file_name="a.png")
    assert found.generation is not None
    assert (found.generation.tool, found.generation.seed, found.unread) == ("Draw Things", 4294967295, ())
    assert {"prompt"} == {conflict.field for conflict in found.generation.conflicts}


@given(
    value=st.dictionaries(st.sampled_from(sorted(COMMENT)), st.none() | st.text() | st.floats() | st.lists(st.text()))
)
def test_any_values(value: dict[str, JsonValue]) -> None:
    """Values of other kinds are not known, and make nothing fail."""
    assert isinstance(GRAMMAR.read(Reading("", {**COMMENT, **value}, "")), Told)
