"""Media that went in, and what for."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.unit.generation.comfy.graphs import Node, drawing, executed, sampler
from turnover.core.generation import InputMedia


def _start(**pictures: object) -> Mapping[str, Node]:
    """A drawing that begins with a node that is given these pictures."""
    inputs: dict[str, object] = {"width": 64, "height": 64, "length": 9, "vae": ["4", 2], **pictures}
    return drawing({"5": ("ImageToVideo", {**inputs, "positive": ["6", 0], "negative": ["7", 0]})})


def test_first_and_last_frame() -> None:
    """What is loaded has the role of the input that uses it, through what resizes it."""
    loading: dict[str, Node] = {
        "20": ("LoadImage", {"image": "first.png", "upload": "image"}),
        "21": ("LoadImage", {"image": "last.png [input]"}),
        "22": ("ImageScale", {"width": 64, "height": 64, "image": ["21", 0]}),
    }
    generation = executed({**_start(start_image=["20", 0], end_image=["22", 0]), **loading})
    assert generation.inputs == (InputMedia("first.png", "start_image"), InputMedia("last.png", "end_image"))


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("start_image", "start_image"), ("first_frame", "start_image"), ("end_image", "end_image"),
        ("last_frame_image", "end_image"), ("reference_image", "reference"), ("ref_image", "reference"),
        ("control_video", "control"), ("pose_video", "control"), ("face_video", "face"), ("character_mask", "mask"),
        ("background_video", "background"), ("pictures", None),
    ],
)  # fmt: skip
def test_roles(name: str, role: str | None) -> None:
    """Names of inputs become roles; a name that tells nothing is no role."""
    loading: dict[str, Node] = {"20": ("LoadImage", {"image": "a.png"})}
    assert executed({**_start(**{name: ["20", 0]}), **loading}).inputs == (InputMedia("a.png", role),)


def test_role_beyond_a_node_of_one_kind() -> None:
    """A more telling use wins over being seen by a vision encoder; two telling uses are two."""
    loading: dict[str, Node] = {
        "20": ("LoadImage", {"image": "a.png"}),
        "21": ("CLIPVisionEncode", {"clip_vision": ["22", 0], "image": ["20", 0]}),
        "22": ("CLIPVisionLoader", {"clip_name": "h.safetensors"}),
    }
    start = _start(start_image=["20", 0], reference_image=["20", 0], clip_vision_output=["21", 0])
    assert executed({**start, **loading}).inputs == (
        InputMedia("a.png", "start_image"),
        InputMedia("a.png", "reference"),
    )


def test_picture_that_is_drawn_over() -> None:
    """A picture that the sampler begins with has a role of its own."""
    nodes: dict[str, Node] = {
        "20": ("LoadImage", {"image": "a.png"}),
        "5": ("VAEEncode", {"pixels": ["20", 0], "vae": ["4", 2]}),
        "3": ("KSampler", sampler(denoise=0.5)),
    }
    assert executed(drawing(nodes)).inputs == (InputMedia("a.png", "init_image"),)


def test_videos_and_sound() -> None:
    """Videos come through the node that takes them apart; sound is an input as well."""
    loading: dict[str, Node] = {
        "20": ("LoadVideo", {"file": "pose.mp4", "video-preview": ""}),
        "21": ("GetVideoComponents", {"video": ["20", 0]}),
        "22": ("VHS_LoadVideoPath", {"video": "C:\\clips\\dance.MOV", "frame_load_cap": 0}),
        "23": ("LoadAudio", {"audio": "music.MP3", "audioUI": ""}),
        "10": ("CreateVideo", {"fps": 16, "images": ["8", 0], "audio": ["23", 0]}),
    }
    generation = executed({**_start(pose_video=["21", 0], control_video=["22", 0]), **loading})
    assert set(generation.inputs) == {
        InputMedia("pose.mp4", "control"),
        InputMedia("C:\\clips\\dance.MOV", "control"),
        InputMedia("music.MP3", "audio"),
    }


def test_picture_for_a_control_net() -> None:
    """A picture that steers is a control, through what prepares it."""
    nodes: dict[str, Node] = {
        "20": ("LoadImage", {"image": "https://example.org/a.webp?x=1"}),
        "21": ("Canny", {"low_threshold": 0.2, "image": ["20", 0]}),
        "22": ("ControlNetLoader", {"control_net_name": "c.safetensors"}),
        "23": (
            "ControlNetApply",
            {"strength": 1, "conditioning": ["6", 0], "control_net": ["22", 0], "image": ["21", 0]},
        ),
        "3": ("KSampler", sampler(positive=["23", 0])),
    }
    assert executed(drawing(nodes)).inputs == (InputMedia("https://example.org/a.webp?x=1", "control"),)
