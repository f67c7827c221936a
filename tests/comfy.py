"""The two texts that ComfyUI's SaveVideo writes into a video, for a small text-to-video graph.

`prompt` is the graph that ran: node id → class and inputs, where `["4", 0]` is output 0 of node 4.
`workflow` is the canvas: nodes with places and widgets, links as `[id, from, slot, to, slot, type]`.
Both are `json.dumps` with every sign past ASCII escaped; `workflow` comes first, as SaveVideo orders them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from turnover.core.clip import JsonValue

MODEL = "wan2.2_t2v_5B_fp16.safetensors"
NEGATIVE = "blurry, static, subtitles, watermark"


def comfy_tags(
    prompt: str,
    seed: int,
    *,
    loras: Iterable[tuple[str, float]] = (),
    model: str = MODEL,
    negative_prompt: str = NEGATIVE,
    steps: int = 20,
    cfg: float = 5.0,
    size: tuple[int, int] = (64, 48),
    frames: int = 8,
    fps: float = 24.0,
) -> dict[str, str]:
    """`workflow` and `prompt` of a graph with one sampler; LoRAs are chained in the order given, on the model alone.

    >>> import json
    >>> tags = comfy_tags("a fox", 2**64 - 1, loras=[("fur.safetensors", 0.8)])
    >>> list(tags), json.loads(tags["prompt"])["9"]["inputs"]["seed"]
    (['workflow', 'prompt'], 18446744073709551615)
    """
    graph = _Graph()
    drawing = graph.add("UNETLoader", {"unet_name": model, "weight_dtype": "default"})
    clip = graph.add("CLIPLoader", {"clip_name": "umt5_xxl_fp8.safetensors", "type": "wan", "device": "default"})
    vae = graph.add("VAELoader", {"vae_name": "wan2.2_vae.safetensors"})
    for name, weight in loras:
        drawing = graph.add("LoraLoaderModelOnly", {"lora_name": name, "strength_model": weight}, model=drawing)
    shifted = graph.add("ModelSamplingSD3", {"shift": 8.0}, model=drawing)
    positive = graph.add("CLIPTextEncode", {"text": prompt}, title="Positive Prompt", clip=clip)
    negative = graph.add("CLIPTextEncode", {"text": negative_prompt}, title="Negative Prompt", clip=clip)
    latent = graph.add(
        "EmptyHunyuanLatentVideo", {"width": size[0], "height": size[1], "length": frames, "batch_size": 1}
    )
    sampled = graph.add(
        "KSampler",
        {"seed": seed, "steps": steps, "cfg": cfg, "sampler_name": "uni_pc", "scheduler": "simple", "denoise": 1.0},
        model=shifted,
        positive=positive,
        negative=negative,
        latent_image=latent,
    )
    images = graph.add("VAEDecode", {}, samples=sampled, vae=vae)
    video = graph.add("CreateVideo", {"fps": fps}, images=images)
    graph.add("SaveVideo", {"filename_prefix": "video/ComfyUI", "format": "auto", "codec": "auto"}, video=video)
    return {"workflow": json.dumps(graph.canvas()), "prompt": json.dumps(graph.executed())}


# Each class here has one output at most.
_OUTPUTS = {
    "UNETLoader": "MODEL",
    "CLIPLoader": "CLIP",
    "VAELoader": "VAE",
    "LoraLoaderModelOnly": "MODEL",
    "ModelSamplingSD3": "MODEL",
    "CLIPTextEncode": "CONDITIONING",
    "EmptyHunyuanLatentVideo": "LATENT",
    "KSampler": "LATENT",
    "VAEDecode": "IMAGE",
    "CreateVideo": "VIDEO",
}


@dataclass(frozen=True)
class _Node:
    id: int
    class_type: str
    title: str
    widgets: dict[str, JsonValue]
    wires: dict[str, _Node]
    """Input name → the node whose output 0 goes in."""

    def executed(self) -> JsonValue:
        wires: dict[str, JsonValue] = {name: [str(source.id), 0] for name, source in self.wires.items()}
        return {
            "inputs": self.widgets | wires,
            "class_type": self.class_type,
            "_meta": {"title": self.title},
        }

    def widget_values(self) -> list[JsonValue]:
        values: list[JsonValue] = []
        for name, value in self.widgets.items():
            values.append(value)
            if name == "seed":
                # The canvas shows a widget of its own after a seed; the graph that runs does not have it.
                values.append("randomize")
        return values


@dataclass
class _Graph:
    nodes: list[_Node] = field(default_factory=list)

    def add(self, class_type: str, widgets: dict[str, JsonValue], *, title: str | None = None, **wires: _Node) -> _Node:
        node = _Node(len(self.nodes) + 1, class_type, title or class_type, widgets, wires)
        self.nodes.append(node)
        return node

    def executed(self) -> JsonValue:
        """The graph in the form of ComfyUI's API."""
        return {str(node.id): node.executed() for node in self.nodes}

    def canvas(self) -> JsonValue:
        """The graph as the page shows it (schema version 0.4)."""
        links = self._links()
        return {
            "id": "7d4f1c52-3b0e-4a6e-9b1f-0c8f2a5d6e31",
            "revision": 0,
            "last_node_id": len(self.nodes),
            "last_link_id": len(links),
            "nodes": [self._on_canvas(node, links) for node in self.nodes],
            "links": [
                [number, source.id, 0, target.id, list(target.wires).index(name), _OUTPUTS[source.class_type]]
                for number, (source, target, name) in links.items()
            ],
            "groups": [],
            "config": {},
            "extra": {"ds": {"scale": 1.0, "offset": [0, 0]}, "frontendVersion": "1.24.0"},
            "version": 0.4,
        }

    def _links(self) -> dict[int, tuple[_Node, _Node, str]]:
        """Link number → source, target, name of the target's input."""
        wired = [(source, node, name) for node in self.nodes for name, source in node.wires.items()]
        return dict(enumerate(wired, start=1))

    def _on_canvas(self, node: _Node, links: dict[int, tuple[_Node, _Node, str]]) -> JsonValue:
        numbers = {name: number for number, (_, target, name) in links.items() if target is node}
        inputs: list[JsonValue] = [
            {"name": name, "type": _OUTPUTS[source.class_type], "link": numbers[name]}
            for name, source in node.wires.items()
        ]
        outgoing: list[JsonValue] = [number for number, (source, _, _) in links.items() if source is node]
        kind = _OUTPUTS.get(node.class_type)
        outputs: list[JsonValue] = [{"name": kind, "type": kind, "slot_index": 0, "links": outgoing}] if kind else []
        return {
            "id": node.id,
            "type": node.class_type,
            "pos": [320 * ((node.id - 1) % 4), 240 * ((node.id - 1) // 4)],
            "size": [300, 200],
            "flags": {},
            "order": node.id - 1,
            "mode": 0,
            "inputs": inputs,
            "outputs": outputs,
            "title": node.title,
            "properties": {"cnr_id": "comfy-core", "ver": "0.3.45", "Node name for S&R": node.class_type},
            "widgets_values": node.widget_values(),
        }
