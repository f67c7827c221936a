"""What was done to the frames after sampling."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.unit.generation.comfy.graphs import Node, after, drawing, executed, sampler
from turnover.core.generation import Processing

Inputs = Mapping[str, object]
FRAMES: Inputs = {"images": ["8", 0]}
IMAGE: Inputs = {"image": ["8", 0]}


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        ("RIFE VFI", {"ckpt_name": "rife47.pth", "multiplier": 2, "scale_factor": 1, "frames": ["8", 0]},
         Processing("interpolation", 2.0, "rife47.pth")),
        ("FILM VFI", {"ckpt_name": "film.pt", "multiplier": 4, "frames": ["8", 0]},
         Processing("interpolation", 4.0, "film.pt")),
        ("GIMMVFI_interpolate", {"interpolation_factor": 2, "ds_factor": 1, "seed": 0, **FRAMES},
         Processing("interpolation", 2.0, "GIMMVFI_interpolate")),
        ("FrameInterpolate", {"multiplier": 3, **FRAMES}, Processing("interpolation", 3.0, "FrameInterpolate")),
        ("Film Interpolation (mtb)", {"interpolate": 2, **FRAMES},
         Processing("interpolation", 4.0, "Film Interpolation (mtb)")),
        ("ImageScaleBy", {"upscale_method": "lanczos", "scale_by": 2, **IMAGE},
         Processing("upscaling", 2.0, "lanczos")),
        ("ImageScale", {"upscale_method": "area", "width": 1280, "height": 720, **IMAGE},
         Processing("upscaling", 2.0, "area")),
        ("SeedVR2VideoUpscaler", {"model": "seedvr2_3b.safetensors", "new_resolution": 1080, "seed": 1, **FRAMES},
         Processing("upscaling", None, "seedvr2_3b.safetensors")),
        ("AILab_FlashVSR", {"preset": "Fast", "scale": 4, "seed": 100, "frames": ["8", 0]},
         Processing("upscaling", 4.0, "AILab_FlashVSR")),
        ("ColorMatch", {"method": "mkl", "strength": 1, "image_ref": ["8", 0], "image_target": ["8", 0]},
         Processing("color_transfer", None, "mkl")),
        ("ReverseImageBatch", FRAMES, Processing("reversal", None, "ReverseImageBatch")),
        ("ImageFromBatch", {"batch_index": 4, "length": 4096, **IMAGE}, Processing("trim", None, "ImageFromBatch")),
        ("GetImageRangeFromBatch", {"start_index": 4, "num_frames": 77, **FRAMES},
         Processing("trim", None, "GetImageRangeFromBatch")),
        ("RepeatImageBatch", {"amount": 3, **IMAGE}, Processing("loop", 3.0, "RepeatImageBatch")),
    ],
)  # fmt: skip
def test_steps(kind: str, inputs: Inputs, expected: Processing) -> None:
    """A step is known by what goes into it and by the words in its class."""
    assert executed(after((kind, inputs))).processing == (expected,)


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("ImageScaleBy", {"upscale_method": "lanczos", "scale_by": 0.5, **IMAGE}),
        ("ImageScale", {"upscale_method": "area", "width": 320, "height": 180, **IMAGE}),
        ("ImageFromBatch", {"batch_index": 0, "length": 4096, **IMAGE}),
        ("ImageFromBatch", {"batch_index": 80, "length": 1, **IMAGE}),
        ("ProFilmGrain", {"power": 0.3, "scale": 2, **IMAGE}),
        ("ColorMatch", {"method": "mkl", "strength": 0, "image_ref": ["8", 0], "image_target": ["8", 0]}),
        ("ImageInvert", IMAGE),
    ],
)
def test_what_is_no_step(kind: str, inputs: Inputs) -> None:
    """Making smaller, taking one frame out, and what has no name here are not told."""
    assert executed(after((kind, inputs))).processing == ()


def test_upscaling_by_a_model() -> None:
    """The model's name is the method; how large it makes is not in the graph."""
    nodes = {
        **after(("ImageUpscaleWithModel", {"upscale_model": ["21", 0], "image": ["8", 0]})),
        "21": ("UpscaleModelLoader", {"model_name": "4x-UltraSharp.pth"}),
    }
    generation = executed(nodes)
    assert generation.processing == (Processing("upscaling", None, "4x-UltraSharp.pth"),)
    assert [use.role for use in generation.models] == ["diffusion", "upscaler"]


def test_steps_in_order() -> None:
    """Steps come in the order they ran."""
    nodes: dict[str, Node] = {
        "20": ("ImageScaleBy", {"upscale_method": "lanczos", "scale_by": 2, "image": ["8", 0]}),
        "21": ("RIFE VFI", {"ckpt_name": "rife47.pth", "multiplier": 2, "frames": ["20", 0]}),
        "9": (
            "VHS_VideoCombine",
            {"frame_rate": 32, "loop_count": 1, "pingpong": True, "format": "video/h264-mp4", "images": ["21", 0]},
        ),
    }
    kinds = [step.kind for step in executed(drawing(nodes)).processing]
    assert kinds == ["upscaling", "interpolation", "loop", "ping_pong"]


def test_loop_of_an_animated_picture() -> None:
    """The loop count of an animated picture is for the player; the frames are there once."""
    inputs: Inputs = {"frame_rate": 8, "loop_count": 3, "pingpong": False, "format": "image/gif", "images": ["8", 0]}
    assert executed(drawing({"9": ("VHS_VideoCombine", inputs)})).processing == ()


def test_what_was_done_before_sampling() -> None:
    """What is done to a picture that goes in is not done to the clip."""
    nodes: dict[str, Node] = {
        "20": ("LoadImage", {"image": "a.png"}),
        "21": ("ImageScaleBy", {"upscale_method": "lanczos", "scale_by": 2, "image": ["20", 0]}),
        "5": ("ImageToVideo", {"width": 64, "height": 64, "length": 9, "start_image": ["21", 0]}),
        "3": ("KSampler", sampler()),
    }
    assert executed(drawing(nodes)).processing == ()
