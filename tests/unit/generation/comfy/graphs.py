"""Small graphs to change one thing in, and what the grammars tell of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from turnover.core.clip import JsonValue
from turnover.core.generation import Generation
from turnover.generation.grammar import Reading, Told
from turnover.generation.grammars import comfyui_api, comfyui_workflow

Node = tuple[str, Mapping[str, object]]
"""Class and inputs; a link is `["4", 0]`."""

Nodes = Mapping[str, Node]


def executed(nodes: Nodes, *, file_name: str = "") -> Generation:
    """What the graph that ran tells; it has to tell something."""
    told = executed_told(nodes, file_name=file_name)
    assert told.generation is not None, told.reason
    return told.generation


def executed_told(nodes: Nodes, *, file_name: str = "") -> Told:
    """What the grammar of the graph that ran answers."""
    told = comfyui_api.GRAMMAR.read(Reading("", written(nodes), file_name))
    assert told is not None
    return told


def written(nodes: Nodes) -> JsonValue:
    """The graph as JSON: `{"3": {"class_type": …, "inputs": …}}`."""
    graph: JsonValue = json.loads(
        json.dumps({key: {"class_type": kind, "inputs": dict(inputs)} for key, (kind, inputs) in nodes.items()})
    )
    return graph


def drawing(changes: Nodes | None = None) -> Nodes:
    """A text-to-video graph with one sampler (3), with nodes changed or added.

    4 loads the model, 6 and 7 are the texts, 5 the empty video, 8 decodes, 10 makes the video, 9 saves it.
    """
    nodes: dict[str, Node] = {
        "3": ("KSampler", sampler()),
        "4": ("CheckpointLoaderSimple", {"ckpt_name": "draws.safetensors"}),
        "5": ("EmptyHunyuanLatentVideo", {"width": 640, "height": 360, "length": 81, "batch_size": 1}),
        "6": ("CLIPTextEncode", {"text": "a fox", "clip": ["4", 1]}),
        "7": ("CLIPTextEncode", {"text": "blurry", "clip": ["4", 1]}),
        "8": ("VAEDecode", {"samples": ["3", 0], "vae": ["4", 2]}),
        "10": ("CreateVideo", {"fps": 16, "images": ["8", 0]}),
        "9": ("SaveVideo", {"filename_prefix": "video/fox", "format": "auto", "codec": "auto", "video": ["10", 0]}),
    }
    return {**nodes, **(changes or {})}


def sampler(**changes: object) -> dict[str, object]:
    """The inputs of a KSampler."""
    inputs: dict[str, object] = {
        "seed": 42,
        "steps": 20,
        "cfg": 5.5,
        "sampler_name": "uni_pc",
        "scheduler": "simple",
        "denoise": 1,
        "model": ["4", 0],
        "positive": ["6", 0],
        "negative": ["7", 0],
        "latent_image": ["5", 0],
    }
    return {**inputs, **changes}


def after(node: Node) -> Nodes:
    """The drawing with one more node (20) between decoding and the video; its pictures come from node 8."""
    return drawing({"20": node, "10": ("CreateVideo", {"fps": 16, "images": ["20", 0]})})


def canvas(value: object, *, file_name: str = "") -> Generation:
    """What a canvas tells; it has to tell something."""
    told = canvas_told(value, file_name=file_name)
    assert told.generation is not None, told.reason
    return told.generation


def canvas_told(value: object, *, file_name: str = "") -> Told:
    """What the grammar of the canvas answers."""
    told = comfyui_workflow.GRAMMAR.read(Reading("", json.loads(json.dumps(value)), file_name))
    assert told is not None
    return told
