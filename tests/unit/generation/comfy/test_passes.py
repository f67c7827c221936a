"""Sampler runs: which nodes they are, in which order they ran, what they were set to."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.unit.generation.comfy.graphs import Node, drawing, executed, sampler
from turnover.core.generation import Pass


def _advanced(**changes: object) -> dict[str, object]:
    inputs = {name: value for name, value in sampler().items() if name not in {"seed", "denoise"}}
    return {"add_noise": "enable", "noise_seed": 11, "start_at_step": 0, "end_at_step": 10, **inputs, **changes}


def test_one_sampler() -> None:
    """All that a sampler was set to is told, with where it stands."""
    generation = executed(drawing())
    assert generation.passes == (Pass(42, 20, 5.5, None, "uni_pc", "simple", 1.0, "draws.safetensors"),)
    assert (generation.tool, generation.seed, generation.steps, generation.cfg) == ("ComfyUI", 42, 20, 5.5)
    assert (generation.sampler, generation.scheduler) == ("uni_pc", "simple")
    assert dict(generation.sources)["seed"] == "node 3 (KSampler).seed"
    assert generation.unresolved == ()


def test_two_passes_of_one_picture() -> None:
    """The first run that makes noise is the primary one; the seed of a run that goes on means nothing."""
    nodes: dict[str, Node] = {
        "3": ("KSamplerAdvanced", _advanced(noise_seed=623604505552286)),
        "2": ("UNETLoader", {"unet_name": "low.safetensors"}),
        "1": (
            "KSamplerAdvanced",
            _advanced(add_noise="disable", noise_seed=0, model=["2", 0], latent_image=["3", 0]),
        ),
        "8": ("VAEDecode", {"samples": ["1", 0], "vae": ["4", 2]}),
    }
    generation = executed(drawing(nodes))
    assert generation.seed == 623604505552286
    assert [(one.seed, one.model) for one in generation.passes] == [
        (623604505552286, "draws.safetensors"),
        (0, "low.safetensors"),
    ]


def test_first_pass_makes_no_noise() -> None:
    """A run that only adds the noise of another counts after it, wherever it stands."""
    nodes: dict[str, Node] = {
        "3": ("KSamplerAdvanced", _advanced(add_noise="disable", noise_seed=0)),
        "30": ("KSamplerAdvanced", _advanced(noise_seed=9, latent_image=["3", 0])),
        "8": ("VAEDecode", {"samples": ["30", 0], "vae": ["4", 2]}),
    }
    generation = executed(drawing(nodes))
    assert (generation.seed, [one.seed for one in generation.passes]) == (9, [0, 9])


def _custom(**changes: Node) -> Mapping[str, Node]:
    nodes: dict[str, Node] = {
        "3": (
            "SamplerCustomAdvanced",
            {
                "noise": ["20", 0],
                "guider": ["21", 0],
                "sampler": ["22", 0],
                "sigmas": ["23", 0],
                "latent_image": ["5", 0],
            },
        ),
        "20": ("RandomNoise", {"noise_seed": 72275780843998}),
        "21": ("BasicGuider", {"model": ["4", 0], "conditioning": ["24", 0]}),
        "22": ("KSamplerSelect", {"sampler_name": "euler"}),
        "23": ("BasicScheduler", {"scheduler": "beta", "steps": 25, "denoise": 0.9, "model": ["4", 0]}),
        "24": ("FluxGuidance", {"guidance": 3.5, "conditioning": ["6", 0]}),
    }
    return drawing({**nodes, **{key.removeprefix("n"): node for key, node in changes.items()}})


def test_sampler_in_parts() -> None:
    """Noise, guider, sampler and noise levels may each be a node; guidance is not cfg."""
    generation = executed(_custom())
    assert generation.passes == (Pass(72275780843998, 25, None, 3.5, "euler", "beta", 0.9, "draws.safetensors"),)
    assert (generation.prompt, generation.negative_prompt) == ("a fox", None)
    assert (generation.cfg, generation.guidance) == (None, 3.5)


def test_guider_with_cfg() -> None:
    """A guider's cfg is the cfg, and its sides are the prompts."""
    guider: Node = ("CFGGuider", {"cfg": 3.0, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0]})
    generation = executed(_custom(n21=guider))
    assert (generation.cfg, generation.guidance) == (3.0, None)
    assert (generation.prompt, generation.negative_prompt) == ("a fox", "blurry")


def test_guider_of_three_sides() -> None:
    """A guider with two texts and a negative one has both in its prompt."""
    inputs: dict[str, object] = {
        "model": ["4", 0], "cond1": ["6", 0], "cond2": ["30", 0], "negative": ["7", 0], "cfg_conds": 8, "cfg_cond2": 1,
    }  # fmt: skip
    second: Node = ("CLIPTextEncode", {"text": "in snow", "clip": ["4", 1]})
    generation = executed(_custom(n21=("DualCFGGuider", inputs), n30=second))
    assert (generation.prompt, generation.negative_prompt, generation.cfg) == ("a fox\nin snow", "blurry", 8.0)


def test_written_noise_levels() -> None:
    """A list of noise levels has one step fewer than levels, and no name."""
    generation = executed(_custom(n23=("ManualSigmas", {"sigmas": "1., 0.9875, .725, 0.421875, 0.0"})))
    assert (generation.steps, generation.scheduler) == (4, None)
    assert dict(generation.unresolved) == {"scheduler": "node 23 (ManualSigmas) makes it and gives it no name"}


def test_noise_levels_that_are_split() -> None:
    """Splitting and wrapping are walked through."""
    nodes = {
        "n23": ("SplitSigmas", {"step": 5, "sigmas": ["30", 0]}),
        "n30": ("BasicScheduler", {"scheduler": "beta", "steps": 25, "denoise": 1, "model": ["4", 0]}),
        "n22": ("DetailDaemonSamplerNode", {"detail_amount": 0.1, "sampler": ["31", 0]}),
        "n31": ("KSamplerSelect", {"sampler_name": "dpmpp_2m"}),
    }
    generation = executed(_custom(**nodes))  # type: ignore[arg-type]
    assert (generation.steps, generation.sampler) == (25, "dpmpp_2m")


def test_no_noise() -> None:
    """A run without noise of its own is not the primary one."""
    generation = executed(_custom(n20=("DisableNoise", {})))
    assert generation.seed is None
    assert "seed" in dict(generation.unresolved)


def test_wrapper_nodes() -> None:
    """A sampler of another family is one by what goes in, and a schedule of cfg is unknown rather than its first."""
    inputs: dict[str, object] = {
        "steps": 8, "cfg": ["30", 0], "shift": 5.0, "seed": 7, "scheduler": "dpm++_sde", "denoise_strength": 1,
        "add_noise_to_samples": False, "model": ["31", 0], "text_embeds": ["32", 0], "image_embeds": ["5", 0],
    }  # fmt: skip
    nodes: dict[str, Node] = {
        "3": ("WanVideoSampler", inputs),
        "30": ("CreateCFGScheduleFloatList", {"steps": 8, "cfg_scale_start": 2, "cfg_scale_end": 1}),
        "31": ("WanVideoModelLoader", {"model": "wan.safetensors", "quantization": "disabled"}),
        "32": ("WanVideoTextEncode", {"positive_prompt": "a fox", "negative_prompt": "blurry", "t5": ["33", 0]}),
        "33": ("LoadWanVideoT5TextEncoder", {"model_name": "umt5.safetensors"}),
    }
    generation = executed(drawing(nodes))
    assert generation.passes == (Pass(7, 8, None, None, None, "dpm++_sde", 1.0, "wan.safetensors"),)
    assert (generation.prompt, generation.negative_prompt) == ("a fox", "blurry")
    assert list(dict(generation.unresolved)) == ["cfg"]


def test_list_of_cfg() -> None:
    """A cfg that is a list is a schedule."""
    generation = executed(drawing({"3": ("MochiSampler", sampler(cfg=[4.5, 1.0, 1.0]))}))
    assert (generation.cfg, dict(generation.unresolved)) == (
        None,
        {"cfg": "node 3 (MochiSampler).cfg holds a list of values"},
    )


def test_two_kinds_of_guidance() -> None:
    """Beside a cfg, a guidance scale is the distilled one."""
    generation = executed(drawing({"3": ("FramePackSampler", sampler(cfg=1.0, guidance_scale=10.0))}))
    assert (generation.cfg, generation.guidance) == (1.0, 10.0)


@pytest.mark.parametrize(("seed", "expected"), [(-1, None), (2**64, None), (2**64 - 1, 2**64 - 1), ("42", 42), (0, 0)])
def test_seed_out_of_range(seed: object, expected: int | None) -> None:
    """What is no seed of 64 bits asked for one to be drawn, and the one drawn is not in the graph."""
    generation = executed(drawing({"3": ("KSampler", sampler(seed=seed))}))
    assert generation.seed == expected
    assert ("seed" in dict(generation.unresolved)) == (expected is None)


@pytest.mark.parametrize("value", [None, float("nan"), "", True, {}, []])
def test_what_was_no_number(value: object) -> None:
    """NaN and null are unknown, with a reason."""
    generation = executed(drawing({"3": ("KSampler", sampler(cfg=value))}))
    assert generation.cfg is None
    assert "cfg" in dict(generation.unresolved)


def test_bundle_is_no_sampler() -> None:
    """A node that only gathers what a sampler needs is none, though it has all of a sampler's inputs."""
    gathered: dict[str, object] = {
        "base_ctx": ["4", 0], "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent": ["5", 0],
        "seed": ["30", 0], "steps": ["31", 0], "cfg": ["31", 0],
    }  # fmt: skip
    nodes: dict[str, Node] = {
        "29": ("Context Big (rgthree)", gathered),
        "30": ("Seed (rgthree)", {"seed": 5}),
        "31": ("PrimitiveInt", {"value": 6}),
        "3": ("KSampler", sampler(model=["29", 1], positive=["29", 4], negative=["29", 5], seed=["29", 8])),
    }
    generation = executed(drawing(nodes))
    assert [one.seed for one in generation.passes] == [5]
    assert (generation.prompt, generation.negative_prompt) == ("a fox", "blurry")


def test_sound_that_is_laid_under() -> None:
    """A sampler that only makes the sound is no pass of the picture."""
    sound: Node = ("MMAudioSampler", {**sampler(seed=99), "mmaudio_model": ["4", 0], "images": ["8", 0]})
    video: Node = ("CreateVideo", {"fps": 16, "images": ["8", 0], "audio": ["30", 0]})
    assert executed(drawing({"30": sound, "10": video})).seed == 42


def test_sampler_of_few_words() -> None:
    """Where nothing else draws, a node that has a model and text is the sampler."""
    nodes: dict[str, Node] = {
        "3": ("Animator", {"model": ["4", 0], "positive": ["6", 0], "steps": 9, "latents": ["5", 0]})
    }
    generation = executed(drawing(nodes))
    assert (generation.steps, generation.prompt, generation.model) == (9, "a fox", "draws.safetensors")
    assert dict(generation.unresolved) == {"seed": "node 3 (Animator) has no seed"}


def test_still_that_is_set_in_motion() -> None:
    """Where a still is drawn first and then set in motion, the clip is the moving run's."""
    nodes: dict[str, Node] = {
        "40": ("CheckpointLoaderSimple", {"ckpt_name": "stills.safetensors"}),
        "41": ("CLIPTextEncode", {"text": "a still fox", "clip": ["40", 1]}),
        "42": ("EmptyLatentImage", {"width": 64, "height": 64, "batch_size": 1}),
        "43": ("KSampler", sampler(seed=7, model=["40", 0], positive=["41", 0], latent_image=["42", 0])),
        "44": ("VAEDecode", {"samples": ["43", 0], "vae": ["40", 2]}),
        "5": ("ImageToVideo", {"width": 640, "height": 360, "length": 81, "image": ["44", 0], "vae": ["4", 2]}),
    }
    generation = executed(drawing(nodes))
    assert (generation.prompt, generation.seed, generation.model) == ("a fox", 42, "draws.safetensors")
    assert [one.seed for one in generation.passes] == [7, 42]
    assert (generation.asked.width, generation.asked.frame_count) == (640, 81)


def test_node_that_does_all_by_itself() -> None:
    """A node with model, text and seed in it is a sampler without any link to what it needs."""
    inputs: dict[str, object] = {
        "ckpt_name": "whole.ckpt", "prompt": "a fox", "seed": 123, "cfg_scale": 7.5, "steps": 50, "frame_count": 16,
        "fps": 8, "image": ["20", 0], "image2": ["21", 0],
    }  # fmt: skip
    nodes: dict[str, Node] = {
        "20": ("LoadImage", {"image": "first.png"}),
        "21": ("LoadImage", {"image": "second.png"}),
        "15": ("ToonCrafterNode", inputs),
        "13": ("SaveImage", {"filename_prefix": "ComfyUI", "images": ["15", 0]}),
    }
    generation = executed(nodes)
    assert generation.passes == (Pass(123, 50, 7.5, None, None, None, None, "whole.ckpt"),)
    assert (generation.prompt, generation.model, generation.asked.frame_count) == ("a fox", "whole.ckpt", 16)


def test_sampler_with_one_encoded_text_for_both_sides() -> None:
    """Text for both sides may come by one link, and sound by another that holds no text."""
    loader = {"diffusion_models": "longcat.safetensors", "vae": "v.safetensors", "lora": "dmd.safetensors"}
    own: dict[str, object] = {
        "model": ["1", 0], "te_cond": ["5", 0], "au_cond": ["22", 0], "seed": 9, "steps": 8, "text_guidance_scale": 1.0,
    }  # fmt: skip
    nodes: dict[str, Node] = {
        "1": ("LongCatModel", loader),
        "2": ("LongCatSampler", own),
        "5": ("LongCatEncode", {"clip": ["8", 0], "prompt": "she speaks", "negative_prompt": "blurry"}),
        "8": ("CLIPLoader", {"clip_name": "umt5.safetensors", "type": "wan"}),
        "22": ("LongCatAudio", {"audio_encoder": ["27", 0], "audio": ["23", 0]}),
        "23": ("LoadAudio", {"audio": "voice.wav"}),
        "27": ("LongCatWhisper", {"audio_encoder": "whisper.safetensors"}),
        "3": ("CreateVideo", {"images": ["2", 0], "audio": ["23", 0], "fps": 25.0}),
        "4": ("SaveVideo", {"video": ["3", 0], "filename_prefix": "video/x"}),
    }
    generation = executed(nodes)
    assert (generation.prompt, generation.negative_prompt, generation.cfg) == ("she speaks", "blurry", 1.0)
    assert [lora.name for lora in generation.loras] == ["dmd.safetensors"]
    assert [(use.role, use.name) for use in generation.models] == [
        ("diffusion", "longcat.safetensors"),
        ("vae", "v.safetensors"),
        ("text_encoder", "umt5.safetensors"),
        ("audio_encoder", "whisper.safetensors"),
    ]
