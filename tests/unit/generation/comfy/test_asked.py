"""Size, length and rate asked for."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

from tests.unit.generation.comfy.graphs import Node, after, drawing, executed, sampler
from turnover.core.generation import Asked
from turnover.core.rate import Rate


def test_empty_video() -> None:
    """What the sampler begins with has size and length; the saving node has the rate."""
    generation = executed(drawing())
    assert generation.asked == Asked(640, 360, 81, Rate(16))
    assert dict(generation.sources)["asked"].startswith("node 5 (EmptyHunyuanLatentVideo).width")


def test_sizes_that_are_not_of_the_video() -> None:
    """Sizes elsewhere, of areas or of a text encoder's canvas, are not what was asked for."""
    nodes: dict[str, Node] = {
        "30": ("ConditioningSetArea", {"width": 64, "height": 32, "conditioning": ["6", 0]}),
        "3": ("KSampler", sampler(positive=["30", 0])),
    }
    assert executed(drawing(nodes)).asked == Asked(640, 360, 81, Rate(16))


def test_second_pass_is_larger() -> None:
    """The first pass tells what was asked for; enlarging is done afterwards."""
    nodes: dict[str, Node] = {
        "30": ("LatentUpscale", {"upscale_method": "nearest-exact", "width": 1280, "height": 720, "samples": ["3", 0]}),
        "31": ("KSampler", sampler(latent_image=["30", 0], denoise=0.4)),
        "8": ("VAEDecode", {"samples": ["31", 0], "vae": ["4", 2]}),
    }
    generation = executed(drawing(nodes))
    assert generation.asked == Asked(640, 360, 81, Rate(16))
    assert [(one.kind, one.factor) for one in generation.processing] == [("upscaling", 2.0)]


def test_sampler_with_a_size_of_its_own() -> None:
    """Some samplers are told the size themselves."""
    own = {"width": 512, "height": 320, "num_frames": 65, "hyvid_embeds": ["6", 0], "model": ["4", 0]}
    more: dict[str, object] = {"seed": 1, "steps": 30, "embedded_guidance_scale": 6.0, "scheduler": "Flow"}
    generation = executed(drawing({"3": ("HyVideoSampler", {**own, **more})}))
    assert (generation.asked.width, generation.asked.height, generation.asked.frame_count) == (512, 320, 65)
    assert (generation.cfg, generation.guidance) == (None, 6.0)


def test_frames_as_a_batch() -> None:
    """Where a model is moved, the pictures of a batch are the frames; elsewhere they are many pictures."""
    batch: Node = ("EmptyLatentImage", {"width": 512, "height": 512, "batch_size": 24})
    moved: Node = ("ADE_AnimateDiffLoaderGen1", {"model_name": "mm.ckpt", "model": ["4", 0]})
    still = executed(drawing({"5": batch}))
    moving = executed(drawing({"5": batch, "30": moved, "3": ("KSampler", sampler(model=["30", 0]))}))
    assert (still.asked.frame_count, moving.asked.frame_count) == (None, 24)


@pytest.mark.parametrize(
    ("scaling", "inputs"),
    [
        ("ImageScaleBy", {"upscale_method": "bicubic", "scale_by": 0.5, "image": ["30", 0]}),
        (
            "ResizeImageMaskNode",
            {"resize_type": "scale by multiplier", "input": ["30", 0], "resize_type.multiplier": 0.5},
        ),
    ],
)
def test_size_measured_on_a_picture_of_known_size(scaling: str, inputs: Mapping[str, object]) -> None:
    """A size may be measured on a picture that the graph itself has made that large."""
    nodes: dict[str, Node] = {
        "30": ("EmptyImage", {"width": 1920, "height": 1080, "batch_size": 1, "color": 0}),
        "31": (scaling, inputs),
        "32": ("GetImageSize", {"image": ["31", 0]}),
        "5": ("EmptyLTXVLatentVideo", {"width": ["32", 0], "height": ["32", 1], "length": 121, "batch_size": 1}),
    }
    asked = executed(drawing(nodes)).asked
    assert (asked.width, asked.height, asked.frame_count) == (960, 540, 121)


@pytest.mark.parametrize(
    ("fps", "expected"),
    [
        (16.000000000000004, Rate(16)), (24, Rate(24)), (23.976, Rate(24000, 1001)), (29.97002997, Rate(30000, 1001)),
        (12.5, Rate(25, 2)), ("30", Rate(30)), (0, None), (float("inf"), None),
    ],
)  # fmt: skip
def test_rates(fps: object, expected: Rate | None) -> None:
    """Rates are exact, and the family of NTSC is known by its decimals."""
    assert executed(drawing({"10": ("CreateVideo", {"fps": fps, "images": ["8", 0]})})).asked.frame_rate == expected


def test_native_rate() -> None:
    """Frames that are put in between raise the file's rate; what was drawn has the rate before."""
    generation = executed(after(("RIFE VFI", {"ckpt_name": "rife47.pth", "multiplier": 4, "frames": ["8", 0]})))
    assert generation.asked.frame_rate == Rate(Fraction(16, 4))
    assert "node 10 (CreateVideo).fps 16 ÷ 4 (interpolation)" in dict(generation.sources)["asked"]


def test_interpolation_of_unknown_factor() -> None:
    """Where it is not known how many frames were put in, the rate before is not known."""
    generation = executed(after(("RIFE VFI", {"ckpt_name": "rife47.pth", "multiplier": ["99", 0], "frames": ["8", 0]})))
    assert generation.asked.frame_rate is None
    assert "asked.frame_rate" in dict(generation.unresolved)
