"""Services that draw, and graphs in which nothing does."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.unit.generation.comfy.graphs import Node, drawing, executed, executed_told
from turnover.core.generation import InputMedia, ModelUse

LOADED: Node = ("LoadImage", {"image": "godfather.jpg"})


def _saved(**nodes: Node) -> Mapping[str, Node]:
    """A graph whose node n8 makes the video that is saved."""
    saved: Node = ("SaveVideo", {"filename_prefix": "video/ComfyUI", "video": ["8", 0]})
    return {"6": saved, **{key.removeprefix("n"): node for key, node in nodes.items()}}


def test_service() -> None:
    """A node that is given a prompt and gives a video drew it, and there is no pass."""
    node: Node = (
        "RunwayImageToVideoNodeGen4",
        {"prompt": "he smokes", "duration": 5, "ratio": "1280:720", "seed": 549931386, "start_frame": ["4", 0]},
    )
    generation = executed(_saved(n4=LOADED, n8=node))
    assert (generation.prompt, generation.seed, generation.passes) == ("he smokes", 549931386, ())
    assert generation.inputs == (InputMedia("godfather.jpg", "start_image"),)
    assert generation.unresolved == ()


@pytest.mark.parametrize(
    ("inputs", "prompt", "negative", "model", "seed"),
    [
        ({"prompt": "a fox", "model": "ray-2", "seed": 1, "loop": False}, "a fox", None, "ray-2", 1),
        ({"prompt_text": "a fox", "model": "T2V-01", "seed": 2}, "a fox", None, "T2V-01", 2),
        ({"model": "wan2.6", "model.prompt": "a fox", "model.negative_prompt": "blurry", "model.seed": 3},
         "a fox", "blurry", "wan2.6", 3),
        ({"prompt": "a fox", "negative_prompt": "", "model_name": "kling-v2", "duration": "5"},
         "a fox", "", "kling-v2", None),
        ({"prompt": ["30", 0], "seed": -1, "model": "x"}, "a fox", None, "x", None),
    ],
)  # fmt: skip
def test_names_of_a_service(
    inputs: Mapping[str, object], prompt: str, negative: str | None, model: str, seed: int | None
) -> None:
    """Services name what they are given in their own ways; names with dots belong to a choice."""
    generation = executed(_saved(n8=("SomeVideoNode", inputs), n30=("String", {"string": "a fox"})))
    assert (generation.prompt, generation.negative_prompt) == (prompt, negative)
    assert (generation.models, generation.seed) == ((ModelUse(model),), seed)


def test_two_services() -> None:
    """The service nearest the file drew it; one before made what went in, and one that writes text drew nothing."""
    nodes: dict[str, Node] = {
        "n7": ("IdeogramV3", {"prompt": "a still fox", "seed": 1, "aspect_ratio": "1:1"}),
        "n5": ("GeminiNode", {"prompt": "Write about a fox.", "model": "gemini", "seed": 3}),
        "n8": ("KlingImage2VideoNode", {"prompt": ["5", 0], "start_frame": ["7", 0], "model_name": "v2"}),
    }
    generation = executed(_saved(**nodes))
    assert (generation.prompt, generation.seed) == (None, None)
    assert "node 5 (GeminiNode)" in dict(generation.unresolved)["prompt"]


def test_service_after_a_sampler() -> None:
    """Where a service animates what a sampler drew, the service made the clip, and the sampler's run is kept."""
    node: Node = ("LumaImageToVideoNode", {"prompt": "it runs", "model": "ray-2", "seed": 5, "first_image": ["8", 0]})
    saved: Node = ("SaveVideo", {"filename_prefix": "a", "video": ["30", 0]})
    generation = executed(drawing({"30": node, "9": saved}))
    assert (generation.prompt, generation.seed, generation.model) == ("it runs", 5, "ray-2")
    assert [one.seed for one in generation.passes] == [42]


def test_sampler_after_a_service() -> None:
    """Where a sampler draws last, it made the clip."""
    nodes: dict[str, Node] = {
        "30": ("IdeogramV3", {"prompt": "a still fox", "seed": 1, "aspect_ratio": "1:1"}),
        "5": ("ImageToVideo", {"width": 64, "height": 64, "length": 9, "start_image": ["30", 0]}),
    }
    generation = executed(drawing(nodes))
    assert (generation.prompt, generation.seed) == ("a fox", 42)


def test_segmentation_by_a_prompt() -> None:
    """A prompt that only finds something in the frames drew nothing."""
    found: Node = (
        "GroundingDinoSAMSegment",
        {"prompt": "face", "threshold": 0.3, "sam_model": ["31", 0], "image": ["8", 0]},
    )
    video: Node = ("CreateVideo", {"fps": 16, "images": ["30", 0]})
    nodes: dict[str, Node] = {"30": found, "31": ("SAMModelLoader", {"model_name": "sam_vit_h.pth"}), "10": video}
    assert executed(drawing(nodes)).prompt == "a fox"


@pytest.mark.parametrize(
    ("nodes", "doing"),
    [
        ({"n8": ("CreateVideo", {"fps": 16, "images": ["9", 0]}), "n9": ("OpenposePreprocessor", {"image": ["4", 0]})},
         "it loads godfather.jpg"),
        ({"n8": ("CreateVideo", {"fps": 32, "images": ["9", 0]}),
          "n9": ("RIFE VFI", {"ckpt_name": "rife47.pth", "multiplier": 2, "frames": ["4", 0]})},
         "it loads godfather.jpg, interpolation"),
        ({"n8": ("EmptyImage", {"width": 8, "height": 8})}, "it loads nothing and draws nothing"),
    ],
)  # fmt: skip
def test_no_generator(nodes: Mapping[str, Node], doing: str) -> None:
    """A graph that prepares or edits says that nothing was generated, and what it does."""
    told = executed_told(_saved(n4=LOADED, **nodes))
    assert told.generation is None
    assert told.reason == (f"no generator in this graph: no sampler and no prompt lead to node 6 (SaveVideo); {doing}")


def test_nothing_comes_out() -> None:
    """A graph in which everything goes in circles says so."""
    told = executed_told({"1": ("A", {"x": ["2", 0]}), "2": ("B", {"x": ["1", 0]})})
    assert (told.generation, told.reason) == (None, "no generator in this graph: nothing comes out of it")
