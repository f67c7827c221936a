"""Small canvases: boxes as a person would list them, wires by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Wire = tuple[int, int] | None
"""Box and output; None for nothing."""

# One output of each class is enough here; its kind is what wires carry.
KINDS = {
    "CheckpointLoaderSimple": ("MODEL", "CLIP", "VAE"),
    "UNETLoader": ("MODEL",),
    "LoraLoaderModelOnly": ("MODEL",),
    "LoraLoader": ("MODEL", "CLIP"),
    "Power Lora Loader (rgthree)": ("MODEL", "CLIP"),
    "CLIPTextEncode": ("CONDITIONING",),
    "EmptyHunyuanLatentVideo": ("LATENT",),
    "KSampler": ("LATENT",),
    "VAEDecode": ("IMAGE",),
    "CreateVideo": ("VIDEO",),
    "PrimitiveInt": ("INT",),
    "PrimitiveNode": ("INT",),
    "Reroute": ("*",),
    "SetNode": ("*",),
    "GetNode": ("*",),
    "LoadImage": ("IMAGE", "MASK"),
}


@dataclass
class Sheet:
    """A canvas or the inside of a subgraph, filled box by box."""

    boxes: list[dict[str, object]] = field(default_factory=list)
    links: list[tuple[int, int, int, int, int, str]] = field(default_factory=list)

    def add(
        self,
        key: int,
        kind: str,
        values: Sequence[object] | Mapping[str, object] = (),
        *,
        mode: int = 0,
        outputs: Sequence[str] | None = None,
        properties: Mapping[str, object] | None = None,
        widgets: Sequence[str] = (),
        wires: Mapping[str, Wire] | None = None,
        **more: Wire,
    ) -> Sheet:
        """One more box; a wire is (box, output), None for an input that nothing leads to.

        `widgets`: inputs among the wires that stand for widgets.
        """
        inputs = []
        for slot, (name, wire) in enumerate({**(wires or {}), **more}.items()):
            made: dict[str, object] = {"name": name, "type": self._kind(name, wire), "link": None}
            if name in widgets:
                made["widget"] = {"name": name}
            if wire is not None:
                number = len(self.links) + 1
                made["link"] = number
                self.links.append((number, wire[0], wire[1], key, slot, str(made["type"])))
            inputs.append(made)
        given = KINDS.get(kind, ()) if outputs is None else outputs
        self.boxes.append(
            {
                "id": key,
                "type": kind,
                "mode": mode,
                "inputs": inputs,
                "outputs": [{"name": one, "type": one} for one in given],
                "properties": dict(properties or {}),
                "widgets_values": dict(values) if isinstance(values, Mapping) else list(values),
            }
        )
        return self

    def _kind(self, name: str, wire: Wire) -> str:
        source = next((box for box in self.boxes if wire is not None and box["id"] == wire[0]), None)
        outputs = source["outputs"] if source is not None else []
        assert isinstance(outputs, list)
        if wire is not None and wire[1] < len(outputs):
            output = outputs[wire[1]]
            assert isinstance(output, dict)
            return str(output["type"])
        names = {"model": "MODEL", "clip": "CLIP", "vae": "VAE", "seed": "INT", "text": "STRING", "image": "IMAGE"}
        return names.get(name, "*")

    def written(self, **more: object) -> dict[str, object]:
        """The canvas as JSON."""
        return {"nodes": list(self.boxes), "links": [list(link) for link in self.links], "version": 0.4, **more}

    def inside(self, key: str, inputs: Sequence[str], outputs: Sequence[str]) -> dict[str, object]:
        """The definition of a subgraph; its ends are boxes -10 and -20."""
        names = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
        return {
            "id": key,
            "inputs": [{"name": name, "type": "*"} for name in inputs],
            "outputs": [{"name": name, "type": "*"} for name in outputs],
            "inputNode": {"id": -10},
            "outputNode": {"id": -20},
            "nodes": [box for box in self.boxes if box["id"] != -20],
            "links": [dict(zip(names, link, strict=True)) for link in self.links],
        }


def drawing_sheet(**sampler: Wire) -> Sheet:
    """A text-to-video canvas: 4 loads, 6 and 7 are the texts, 5 the empty video, 3 samples, 8, 10 and 9 save it."""
    wires: dict[str, Wire] = {
        "model": (4, 0),
        "positive": (6, 0),
        "negative": (7, 0),
        "latent_image": (5, 0),
        **sampler,
    }
    widgets = [name for name in wires if name in {"seed", "steps", "cfg"}]
    sheet = _beginning(Sheet())
    sheet.add(3, "KSampler", [42, "fixed", 20, 5.5, "uni_pc", "simple", 1], widgets=widgets, wires=wires)
    return _end(sheet)


def _beginning(sheet: Sheet) -> Sheet:
    sheet.add(4, "CheckpointLoaderSimple", ["draws.safetensors"])
    sheet.add(6, "CLIPTextEncode", ["a fox"], clip=(4, 1))
    sheet.add(7, "CLIPTextEncode", ["blurry"], clip=(4, 1))
    return sheet.add(5, "EmptyHunyuanLatentVideo", [640, 360, 81, 1])


def _end(sheet: Sheet) -> Sheet:
    sheet.add(8, "VAEDecode", samples=(3, 0), vae=(4, 2))
    sheet.add(10, "CreateVideo", [16], images=(8, 0))
    return sheet.add(9, "SaveVideo", ["video/fox", "auto", "auto"], video=(10, 0))
