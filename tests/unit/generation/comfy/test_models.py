"""Models and their roles."""

from __future__ import annotations

import pytest

from tests.unit.generation.comfy.graphs import Node, drawing, executed, sampler
from turnover.core.generation import ModelUse


def test_parts_that_are_loaded_apart() -> None:
    """Each loader's role is that of the inputs that use it."""
    nodes: dict[str, Node] = {
        "4": ("UnetLoaderGGUF", {"unet_name": "wan-Q4.gguf"}),
        "40": ("DualCLIPLoader", {"clip_name1": "l.safetensors", "clip_name2": "t5.safetensors", "type": "flux"}),
        "41": ("VAELoader", {"vae_name": "wan_vae.safetensors"}),
        "42": ("CLIPVisionLoader", {"clip_name": "h.safetensors"}),
        "43": ("CLIPVisionEncode", {"clip_vision": ["42", 0], "image": ["44", 0]}),
        "44": ("LoadImage", {"image": "a.png"}),
        "6": ("CLIPTextEncode", {"text": "a fox", "clip": ["40", 0]}),
        "7": ("CLIPTextEncode", {"text": "", "clip": ["40", 0]}),
        "8": ("VAEDecode", {"samples": ["3", 0], "vae": ["41", 0]}),
        "45": ("unCLIPConditioning", {"conditioning": ["6", 0], "clip_vision_output": ["43", 0]}),
        "46": ("ControlNetLoader", {"control_net_name": "canny.safetensors"}),
        "47": ("ControlNetApply", {"conditioning": ["45", 0], "control_net": ["46", 0], "image": ["44", 0]}),
        "3": ("KSampler", sampler(positive=["47", 0])),
    }
    assert executed(drawing(nodes)).models == (
        ModelUse("wan-Q4.gguf", "diffusion"),
        ModelUse("wan_vae.safetensors", "vae"),
        ModelUse("l.safetensors", "text_encoder"),
        ModelUse("t5.safetensors", "text_encoder"),
        ModelUse("h.safetensors", "clip_vision"),
        ModelUse("canny.safetensors", "controlnet"),
    )


def test_wrapper_loaders() -> None:
    """Loaders of another family call everything `model` or `model_name`; what uses them tells what they load."""
    nodes: dict[str, Node] = {
        "4": ("WanVideoModelLoader", {"model": "Wan\\A14B.safetensors", "base_precision": "bf16"}),
        "40": ("LoadWanVideoT5TextEncoder", {"model_name": "umt5.safetensors", "precision": "bf16"}),
        "41": ("WanVideoVAELoader", {"model_name": "vae.safetensors", "precision": "bf16"}),
        "6": ("WanVideoTextEncode", {"positive_prompt": "a fox", "negative_prompt": "", "t5": ["40", 0]}),
        "3": (
            "WanVideoSampler",
            {"seed": 1, "steps": 4, "cfg": 1, "model": ["4", 0], "text_embeds": ["6", 0], "image_embeds": ["5", 0]},
        ),
        "8": ("WanVideoDecode", {"samples": ["3", 0], "vae": ["41", 0]}),
    }
    assert executed(drawing(nodes)).models == (
        ModelUse("Wan\\A14B.safetensors", "diffusion"),
        ModelUse("vae.safetensors", "vae"),
        ModelUse("umt5.safetensors", "text_encoder"),
    )


def test_repository() -> None:
    """A model may be named by its repository."""
    inputs = {"model": "THUDM/CogVideoX-5b", "precision": "bf16", "quantization": "disabled"}
    assert executed(drawing({"4": ("DownloadAndLoadCogVideoModel", inputs)})).model == "THUDM/CogVideoX-5b"


def test_merged_models() -> None:
    """Of merged models all are told, in the order they are merged."""
    nodes: dict[str, Node] = {
        "40": ("CheckpointLoaderSimple", {"ckpt_name": "second.safetensors"}),
        "41": ("ModelMergeSimple", {"ratio": 0.5, "model1": ["4", 0], "model2": ["40", 0]}),
        "3": ("KSampler", sampler(model=["41", 0])),
    }
    names = [use.name for use in executed(drawing(nodes)).models]
    assert names == ["draws.safetensors", "second.safetensors"]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (
            (
                "ADE_AnimateDiffLoaderGen1",
                {"model_name": "mm_v3.ckpt", "beta_schedule": "autoselect", "model": ["4", 0]},
            ),
            "motion",
        ),
        (("IPAdapterModelLoader", {"ipadapter_file": "ip.safetensors"}), "ipadapter"),
        (("PulidModelLoader", {"pulid_file": "pulid.safetensors"}), "pulid"),
    ],
)
def test_models_beside_the_one_that_draws(node: Node, expected: str) -> None:
    """What is added to a model is not the model."""
    apply: dict[str, object] = {"model": ["4", 0], f"{expected}": ["40", 0]}
    is_loader = "model" not in node[1]
    nodes: dict[str, Node] = {
        "40": node,
        "41": ("Apply", apply),
        "3": ("KSampler", sampler(model=["41" if is_loader else "40", 0])),
    }
    generation = executed(drawing(nodes))
    assert generation.model == "draws.safetensors"
    assert [use.role for use in generation.models] == ["diffusion", expected]


def test_model_that_works_on_frames() -> None:
    """A model that is given frames draws none."""
    rife: Node = ("RIFE VFI", {"ckpt_name": "rife47.pth", "multiplier": 2, "frames": ["8", 0]})
    nodes: dict[str, Node] = {"20": rife, "10": ("CreateVideo", {"fps": 32, "images": ["20", 0]})}
    assert executed(drawing(nodes)).models == (
        ModelUse("draws.safetensors", "diffusion"),
        ModelUse("rife47.pth", "interpolation"),
    )


def test_checkpoint_that_only_encodes() -> None:
    """A checkpoint of which only the text encoder is used did not draw."""
    nodes: dict[str, Node] = {
        "40": ("UNETLoader", {"unet_name": "draws.safetensors"}),
        "4": ("CheckpointLoaderSimple", {"ckpt_name": "old.safetensors"}),
        "41": ("VAELoader", {"vae_name": "vae.safetensors"}),
        "3": ("KSampler", sampler(model=["40", 0])),
        "8": ("VAEDecode", {"samples": ["3", 0], "vae": ["41", 0]}),
    }
    assert ModelUse("old.safetensors", "text_encoder") in executed(drawing(nodes)).models


def test_no_model_in_the_graph() -> None:
    """Where no loader is seen, that is said."""
    generation = executed(drawing({"4": ("Mystery", {})}))
    assert (generation.models, generation.model) == ((), None)
    assert "models" in dict(generation.unresolved)


def test_encoder_that_loads_its_own_model() -> None:
    """What is read as encoded text was made by a text encoder."""
    texts = {"model_name": "umt5.safetensors", "positive_prompt": "a fox", "negative_prompt": ""}
    own: dict[str, object] = {"seed": 1, "steps": 4, "cfg": 1, "model": ["4", 0], "text_embeds": ["6", 0]}
    nodes: dict[str, Node] = {
        "6": ("WanVideoTextEncodeCached", texts),
        "3": ("WanVideoSampler", {**own, "image_embeds": ["5", 0]}),
    }
    assert ModelUse("umt5.safetensors", "text_encoder") in executed(drawing(nodes)).models
