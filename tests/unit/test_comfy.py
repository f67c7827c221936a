"""The texts in ComfyUI's form hold together, and stand where ComfyUI puts them in pictures."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from tests import videos


def test_comfy_graph_and_canvas_agree() -> None:
    """The canvas has the nodes, the wires and the widgets' values of the graph that ran."""
    tags = videos.comfy_tags("a fox", 7, loras=[("a.safetensors", 0.5), ("b.safetensors", -1.0)], model="m", steps=4)
    ran, canvas = json.loads(tags["prompt"]), json.loads(tags["workflow"])
    wires = {
        (value[0], value[1], node, name)
        for node, content in ran.items()
        for name, value in content["inputs"].items()
        if isinstance(value, list)
    }
    nodes = {node["id"]: node for node in canvas["nodes"]}
    links = {
        (str(source), slot, str(target), nodes[target]["inputs"][place]["name"])
        for _, source, slot, target, place, _ in canvas["links"]
    }
    assert wires == links
    for number, source, slot, target, place, _ in canvas["links"]:
        assert number in nodes[source]["outputs"][slot]["links"]
        assert number == nodes[target]["inputs"][place]["link"]
    assert {number: content["class_type"] for number, content in ran.items()} == {
        str(number): node["type"] for number, node in nodes.items()
    }
    for number, content in ran.items():
        values = [value for value in content["inputs"].values() if not isinstance(value, list)]
        assert values == [value for value in nodes[int(number)]["widgets_values"] if value != "randomize"]


def test_comfy_loras_are_chained() -> None:
    """The sampler's model comes through every LoRA in the order given, from the model's loader."""
    tags = videos.comfy_tags("a fox", 7, loras=[("a", 0.5), ("b", -1.0)], model="m")
    ran = json.loads(tags["prompt"])
    node = next(content for content in ran.values() if content["class_type"] == "KSampler")
    chain = []
    while "model" in node["inputs"]:
        node = ran[node["inputs"]["model"][0]]
        chain.append((node["class_type"], node["inputs"].get("lora_name")))
    loader = "LoraLoaderModelOnly"
    assert [("ModelSamplingSD3", None), (loader, "b"), (loader, "a"), ("UNETLoader", None)] == chain


def test_comfy_tags_in_pictures(tmp_path: Path) -> None:
    """WebP has them as the camera's model and make, PNG as text, ComfyUI's animated PNG in chunks of its own."""
    tags = videos.comfy_tags("a fox", 7)
    with Image.open(videos.make(tmp_path, "clip.webp", tags=tags)) as image:
        exif = image.getexif()
    assert (f"prompt:{tags['prompt']}", f"workflow:{tags['workflow']}") == (exif[0x0110], exif[0x010F])
    with Image.open(videos.make(tmp_path, "still.png", frames=1, tags=tags)) as image:
        assert tags == image.info
    content = videos.make(tmp_path, "clip.png", tags=tags, use_metadata_tags=True).read_bytes()
    assert content.index(b"IDAT") < content.index(b"comfprompt\0" + tags["prompt"].encode())
