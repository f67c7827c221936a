"""Which of several saving nodes wrote the file."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.unit.generation.comfy.graphs import Node, drawing, executed, sampler

# A second branch draws a still with seed 7, from the same loader.
STILL: Mapping[str, Node] = {
    "30": ("KSampler", sampler(seed=7)),
    "31": ("VAEDecode", {"samples": ["30", 0], "vae": ["4", 2]}),
    "32": ("SaveImage", {"filename_prefix": "stills/%date%fox", "images": ["31", 0]}),
    "33": ("SaveAnimatedWEBP", {"filename_prefix": "ComfyUI", "fps": 8, "images": ["31", 0]}),
}


@pytest.mark.parametrize(
    ("file_name", "seed"),
    [
        ("fox_00001_.mp4", 42),
        ("fox_00001_.png", 42),
        ("renamed.mp4", 42),
        ("renamed.png", 7),
        ("ComfyUI_00001_.webp", 7),
        ("renamed.webp", 7),
        ("", 42),
    ],
)
def test_by_name_and_kind(file_name: str, seed: int) -> None:
    """A fitting prefix tells the node, else the kind of file does, else what has most upstream."""
    assert executed(drawing(STILL), file_name=file_name).seed == seed


def test_first_frame_beside_a_video() -> None:
    """The node that writes a video with its first frame beside it wrote that picture."""
    video: Node = ("VHS_VideoCombine", {"frame_rate": 16, "filename_prefix": "fox", "images": ["8", 0]})
    assert executed(drawing({**STILL, "9": video}), file_name="fox_00001.png").seed == 42


def test_what_was_drawn_wins() -> None:
    """Of a picture that was prepared and one that was drawn, the drawn one is told where the name does not say."""
    nodes: dict[str, Node] = {
        "20": ("LoadImage", {"image": "a.png"}),
        **{str(40 + n): ("ImageInvert", {"image": [str(39 + n) if n else "20", 0]}) for n in range(20)},
        "60": ("SaveVideo", {"filename_prefix": "prepared", "video": ["59", 0]}),
    }
    assert executed(drawing(nodes), file_name="renamed.mp4").seed == 42


@pytest.mark.parametrize(
    ("nodes", "codecs"),
    [
        ({}, ("h264",)),
        (
            {"9": ("SaveWEBM", {"filename_prefix": "fox", "codec": "vp9", "fps": 16, "images": ["8", 0]})},
            ("vp9", "av1"),
        ),
        ({"9": ("VHS_VideoCombine", {"frame_rate": 16, "filename_prefix": "fox", "images": ["8", 0]})}, None),
        ({"10": ("SomeService", {"prompt": "a fox", "image": ["8", 0]})}, None),
        ({"10": ("MyVideoMaker", {"fps": 16, "images": ["8", 0]})}, None),
        ({"19": ("SaveWEBM", {"filename_prefix": "video/fox", "fps": 16, "images": ["8", 0]})}, None),
    ],
    ids=["save-video", "save-webm", "tags-itself", "handed-on", "made-elsewhere", "either"],
)
def test_who_encoded(nodes: Mapping[str, Node], codecs: tuple[str, ...] | None) -> None:
    """How untagged pictures are meant is told where the node that saved them encoded them, and it is known how."""
    untagged = executed(drawing(nodes), file_name="fox_00001_.xyz").untagged_colour
    assert (None if untagged is None else untagged.codecs) == codecs


def test_rival() -> None:
    """Where another node could have written the file just as well and tells another story, that is said."""
    second: Node = ("KSampler", sampler(seed=7, latent_image=["3", 0], denoise=0.5))
    nodes: dict[str, Node] = {
        "30": second,
        "31": ("VAEDecode", {"samples": ["30", 0], "vae": ["4", 2]}),
        "32": ("CreateVideo", {"fps": 16, "images": ["31", 0]}),
        "33": ("SaveVideo", {"filename_prefix": "video/fox", "video": ["32", 0]}),
    }
    generation = executed(drawing(nodes), file_name="fox_00001_.mp4")
    assert [one.seed for one in generation.passes] == [42, 7]
    assert dict(generation.unresolved)["saved_by"].startswith("node 9 (SaveVideo) may have written this file as well")


def test_preview_only() -> None:
    """A graph that only shows its picture is told as well."""
    assert executed(drawing({"9": ("PreviewImage", {"images": ["8", 0]}), "10": ("Note", {})})).seed == 42
