"""Switches: only what they choose counts."""

from __future__ import annotations

import pytest

from tests.unit.generation.comfy.graphs import Node, drawing, executed, sampler

A, B = ["31", 0], ["32", 0]


def _switched(switch: Node) -> str | None:
    """The model that a switch between two loaders brings to the sampler."""
    nodes: dict[str, Node] = {
        "30": switch,
        "31": ("UNETLoader", {"unet_name": "a.safetensors"}),
        "32": ("UNETLoader", {"unet_name": "b.safetensors"}),
        "33": ("PrimitiveBoolean", {"value": True}),
        "34": ("ComfyNotNode", {"value": ["33", 0]}),
    }
    generation = executed(drawing({**nodes, "3": ("KSampler", sampler(model=["30", 0]))}))
    assert [use.name for use in generation.models if use.role == "diffusion"] == [generation.model]
    return generation.model


@pytest.mark.parametrize(
    ("switch", "expected"),
    [
        (("ComfySwitchNode", {"switch": True, "on_false": A, "on_true": B}), "b.safetensors"),
        (("ComfySwitchNode", {"switch": False, "on_false": A, "on_true": B}), "a.safetensors"),
        (("ComfySwitchNode", {"switch": ["33", 0], "on_false": A, "on_true": B}), "b.safetensors"),
        (("ComfySwitchNode", {"switch": ["34", 0], "on_false": A, "on_true": B}), "a.safetensors"),
        (("ImpactConditionalBranch", {"cond": True, "tt_value": A, "ff_value": B}), "a.safetensors"),
        (("ImpactSwitch", {"select": 2, "sel_mode": False, "input1": A, "input2": B}), "b.safetensors"),
        (("CR Model Input Switch", {"Input": 1, "model1": A, "model2": B}), "a.safetensors"),
        (("easy anythingIndexSwitch", {"index": 1, "value0": A, "value1": B}), "b.safetensors"),
        (("Model Input Switch", {"model_a": A, "model_b": B, "boolean_number": 1}), "a.safetensors"),
        (("Any Switch (rgthree)", {"any_01": A, "any_02": B}), "a.safetensors"),
    ],
)
def test_choice_is_known(switch: Node, expected: str) -> None:
    """What is not chosen did not draw."""
    assert _switched(switch) == expected


def test_choice_is_unknown() -> None:
    """Where the choice is made while running, both branches are told."""
    switch: Node = ("ComfySwitchNode", {"switch": ["35", 0], "on_false": A, "on_true": B})
    nodes: dict[str, Node] = {
        "30": switch,
        "31": ("LoraLoaderModelOnly", {"lora_name": "x.safetensors", "strength_model": 1, "model": ["4", 0]}),
        "32": ("UNETLoader", {"unet_name": "b.safetensors"}),
        "35": ("Compare", {"a": 1, "b": 2}),
    }
    generation = executed(drawing({**nodes, "3": ("KSampler", sampler(model=["30", 0]))}))
    assert [lora.name for lora in generation.loras] == ["x.safetensors"]


def test_switch_between_numbers() -> None:
    """A switch may hold the values it chooses between."""
    switch: Node = ("ComfySwitchNode", {"switch": True, "on_false": 20, "on_true": 4})
    assert executed(drawing({"30": switch, "3": ("KSampler", sampler(steps=["30", 0]))})).steps == 4


def test_sampler_behind_a_switch() -> None:
    """A second sampler that a switch leaves out is no pass."""
    switch: Node = ("LazySwitchKJ", {"switch": False, "on_false": ["3", 0], "on_true": ["30", 0]})
    second: Node = ("KSampler", sampler(seed=7, latent_image=["3", 0], denoise=0.3))
    nodes = {"30": second, "31": switch, "8": ("VAEDecode", {"samples": ["31", 0], "vae": ["4", 2]})}
    assert [one.seed for one in executed(drawing(nodes)).passes] == [42]


def test_switches_in_a_circle() -> None:
    """Switches that lead to each other end somewhere."""
    nodes: dict[str, Node] = {
        "30": ("ComfySwitchNode", {"switch": True, "on_true": ["31", 0]}),
        "31": ("ComfySwitchNode", {"switch": True, "on_true": ["30", 0]}),
    }
    generation = executed(drawing({**nodes, "3": ("KSampler", sampler(steps=["30", 0]))}))
    assert generation.steps is None
