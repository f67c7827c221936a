"""LoRAs: every way of writing them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.unit.generation.comfy.graphs import drawing, executed, sampler
from turnover.core.generation import Lora

Inputs = Mapping[str, object]
BOTH: Inputs = {"model": ["4", 0], "clip": ["4", 1]}
MODEL: Inputs = {"model": ["4", 0]}


def _loras(kind: str, inputs: Inputs) -> tuple[Lora, ...]:
    """The LoRAs of a node (30) between the loader and the sampler."""
    nodes = {
        "30": (kind, inputs),
        "3": ("KSampler", sampler(model=["30", 0])),
        "6": ("CLIPTextEncode", {"text": "a fox <lora:no:1>", "clip": ["30", 1] if "clip" in inputs else ["4", 1]}),
    }
    return executed(drawing(nodes)).loras


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        ("LoraLoader", {"lora_name": "a.safetensors", "strength_model": 0.7, "strength_clip": 0.5, **BOTH},
         [Lora("a.safetensors", 0.7, 0.5)]),
        ("LoraLoaderModelOnly", {"lora_name": "a.safetensors", "strength_model": -1, **MODEL},
         [Lora("a.safetensors", -1.0)]),
        ("LoraLoaderModelOnly", {"lora_name": "a.safetensors", "strength_model": 0, **MODEL},
         [Lora("a.safetensors", 0.0, None, False)]),
        ("LoraLoader", {"lora_name": "None", "strength_model": 1, "strength_clip": 1, **BOTH}, []),
        ("WanVideoLoraSelect", {"lora": "a.safetensors", "strength": 0.8, **MODEL}, [Lora("a.safetensors", 0.8)]),
        ("WanVideoLoraSelectMulti",
         {"lora_0": "a.safetensors", "strength_0": 1.5, "lora_1": "none", "strength_1": 1, "lora_2": "b.safetensors",
          "strength_2": 0.2, **MODEL},
         [Lora("a.safetensors", 1.5), Lora("b.safetensors", 0.2)]),
        ("Efficient Loader",
         {"lora_name": "a.safetensors", "lora_model_strength": 0.7, "lora_clip_strength": 1, **BOTH},
         [Lora("a.safetensors", 0.7, 1.0)]),
        ("ttN pipeLoader", {"lora1_name": "a.safetensors", "lora1_model_strength": 0.3, "lora1_clip_strength": 0.4,
                            "lora2_name": "None", "lora2_model_strength": 1, "lora2_clip_strength": 1, **BOTH},
         [Lora("a.safetensors", 0.3, 0.4)]),
        ("CR LoRA Stack",
         {"switch_1": "On", "lora_name_1": "a.safetensors", "model_weight_1": 0.3, "clip_weight_1": 0.4,
          "switch_2": "Off", "lora_name_2": "b.safetensors", "model_weight_2": 1, "clip_weight_2": 1, **BOTH},
         [Lora("a.safetensors", 0.3, 0.4), Lora("b.safetensors", 1.0, 1.0, False)]),
        ("LoRA Stacker",
         {"input_mode": "simple", "lora_count": 1, "lora_name_1": "a.safetensors", "lora_wt_1": 0.6, "model_str_1": 1,
          "clip_str_1": 1, "lora_name_2": "hidden.safetensors", "lora_wt_2": 1, **BOTH},
         [Lora("a.safetensors", 0.6, 0.6)]),
        ("LoRA Stacker", {"input_mode": "advanced", "lora_count": 1, "lora_name_1": "a.safetensors", "lora_wt_1": 0.6,
                          "model_str_1": 0.9, "clip_str_1": 0.8, **BOTH},
         [Lora("a.safetensors", 0.9, 0.8)]),
        ("easy loraStack", {"toggle": False, "mode": "simple", "num_loras": 1, "lora_1_name": "a.safetensors",
                            "lora_1_strength": 0.5, "lora_1_model_strength": 1, "lora_1_clip_strength": 1, **BOTH},
         [Lora("a.safetensors", 0.5, 0.5, False)]),
        ("Power Lora Loader (rgthree)",
         {"PowerLoraLoaderHeaderWidget": {"type": "PowerLoraLoaderHeaderWidget"}, "➕ Add Lora": "",
          "lora_1": {"on": True, "lora": "a.safetensors", "strength": 0.95},
          "lora_2": {"on": False, "lora": "b.safetensors", "strength": 1, "strengthTwo": 0.5},
          "lora_3": {"on": True, "lora": "None", "strength": 1}, **BOTH},
         [Lora("a.safetensors", 0.95, 0.95), Lora("b.safetensors", 1.0, 0.5, False)]),
        ("Power Lora Loader (rgthree)", {"lora_1": {"on": True, "lora": "a.safetensors", "strength": 0.95}, **MODEL},
         [Lora("a.safetensors", 0.95)]),
        ("Lora Loader (LoraManager)",
         {"text": "<lora:a:0.5>",
          "loras": {"__value__": [{"name": "a", "strength": 0.5, "active": True, "clipStrength": 0.4},
                                  {"name": "b", "strength": "1.0", "active": False}]}, **BOTH},
         [Lora("a", 0.5, 0.4), Lora("b", 1.0, 1.0, False)]),
        ("LoraTagLoader", {"text": "a fox <lora:a:0.5:0.25> <lora:b>", **BOTH},
         [Lora("a", 0.5, 0.25), Lora("b", 1.0, 1.0)]),
        ("ImpactWildcardEncode", {"wildcard_text": "<lora:x:1>", "populated_text": "a fox <lora:a:0.5>", **BOTH},
         [Lora("a", 0.5, 0.5)]),
        ("LoadLoraModel", {"loras.0.lora_name": "a.safetensors", "loras.0.strength": 0.5,
                           "loras.1.lora_name": "b.safetensors", "loras.1.strength": 1, **MODEL},
         [Lora("a.safetensors", 0.5), Lora("b.safetensors", 1.0)]),
        ("LoadLoraTextEncoder", {"loras.0.lora_name": "a.safetensors", "loras.0.strength": 0.5, "clip": ["4", 1]},
         [Lora("a.safetensors", None, 0.5)]),
        ("NunchakuFluxLoraLoader", {"lora_name": "a.safetensors", "lora_strength": 0.5, **MODEL},
         [Lora("a.safetensors", 0.5)]),
    ],
)  # fmt: skip
def test_spellings(kind: str, inputs: Inputs, expected: list[Lora]) -> None:
    """Each loader has its own names for the file, the strengths and the switch; hidden rows are no LoRAs."""
    assert list(_loras(kind, inputs)) == expected


def test_order() -> None:
    """LoRAs come in the order of the passes, and within one the one nearest the model first."""
    nodes: dict[str, tuple[str, Inputs]] = {
        "30": ("LoraLoaderModelOnly", {"lora_name": "second.safetensors", "strength_model": 1, "model": ["31", 0]}),
        "31": ("LoraLoaderModelOnly", {"lora_name": "first.safetensors", "strength_model": 1, "model": ["4", 0]}),
        "32": ("LoraLoaderModelOnly", {"lora_name": "third.safetensors", "strength_model": 1, "model": ["4", 0]}),
        "33": ("KSampler", sampler(model=["32", 0], latent_image=["3", 0], denoise=0.5)),
        "3": ("KSampler", sampler(model=["30", 0])),
        "8": ("VAEDecode", {"samples": ["33", 0], "vae": ["4", 2]}),
    }
    names = [lora.name for lora in executed(drawing(nodes)).loras]
    assert names == ["first.safetensors", "second.safetensors", "third.safetensors"]


def test_linked_name_and_strength() -> None:
    """Name and strength may stand in other nodes."""
    nodes: dict[str, tuple[str, Inputs]] = {
        "30": ("LoraLoaderModelOnly", {"lora_name": ["31", 0], "strength_model": ["32", 0], "model": ["4", 0]}),
        "31": ("PrimitiveString", {"value": "a.safetensors"}),
        "32": ("PrimitiveFloat", {"value": 0.4}),
        "3": ("KSampler", sampler(model=["30", 0])),
    }
    assert executed(drawing(nodes)).loras == (Lora("a.safetensors", 0.4),)


def test_name_that_cannot_be_told() -> None:
    """A LoRA that was chosen while running is unknown, and that is said."""
    nodes: dict[str, tuple[str, Inputs]] = {
        "30": ("LoraLoaderModelOnly", {"lora_name": ["31", 0], "strength_model": 1, "model": ["4", 0]}),
        "31": ("RandomLora", {"folder": "x", "seed": 1}),
        "3": ("KSampler", sampler(model=["30", 0])),
    }
    generation = executed(drawing(nodes))
    assert generation.loras == ()
    assert "node 31 (RandomLora)" in dict(generation.unresolved)["loras"]
