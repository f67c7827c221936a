"""The canvas: what would run of it, and what its unnamed values are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.comfy import comfy_tags
from tests.unit.generation.comfy.canvases import Sheet, Wire, drawing_sheet
from tests.unit.generation.comfy.graphs import canvas, canvas_told, drawing, executed
from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, Lora
from turnover.core.rate import Rate
from turnover.generation.grammar import Reading
from turnover.generation.grammars import comfyui_api, comfyui_workflow


@given(
    st.text(max_size=30),
    st.integers(0, 2**64 - 1),
    st.lists(st.tuples(st.sampled_from(["a.safetensors", "b.safetensors"]), st.floats(-2, 2)), max_size=3),
)
def test_canvas_and_graph_of_one_run(prompt: str, seed: int, loras: list[tuple[str, float]]) -> None:
    """A canvas that was not changed tells what the graph tells that came from it."""
    tags = comfy_tags(prompt, seed, loras=loras)
    from_canvas = comfyui_workflow.GRAMMAR.read(Reading("", json.loads(tags["workflow"]), ""))
    from_graph = comfyui_api.GRAMMAR.read(Reading("", json.loads(tags["prompt"]), ""))
    assert from_canvas is not None
    assert from_graph is not None
    assert from_graph.generation is not None
    assert from_graph.generation.seed == seed
    assert from_canvas == replace(from_graph, confidence="canvas")


def test_drawing() -> None:
    """The canvas of the small graph tells what the graph tells."""
    assert canvas(drawing_sheet().written()) == executed(drawing())


@pytest.mark.parametrize("value", [None, 7, "x", {}, {"nodes": {}}, {"nodes": [], "links": 1}, {"workflow": "x"}])
def test_no_canvas(value: JsonValue) -> None:
    """A value without nodes and links is left to other grammars."""
    assert comfyui_workflow.GRAMMAR.read(Reading("", value, "")) is None


def test_empty_canvas() -> None:
    """A canvas with nothing on it tells that nothing was generated."""
    told = canvas_told({"nodes": [], "links": []})
    assert (told.generation, told.confidence) == (None, "canvas")


def _with_loras(*modes: int) -> Generation:
    """The canvas with a LoRA of each mode between loader and sampler."""
    sheet = drawing_sheet()
    at = 4
    for number, mode in enumerate(modes):
        sheet.add(20 + number, "LoraLoaderModelOnly", [f"{number}.safetensors", 1], mode=mode, model=(at, 0))
        at = 20 + number
    sheet = _rewired(sheet, at)
    return canvas(sheet.written())


def _rewired(sheet: Sheet, model: int) -> Sheet:
    """The sheet with the sampler's model from another box."""
    sheet.links = [(n, model, 0, to, slot, kind) if (to, slot) == (3, 0) else (n, origin, out, to, slot, kind)
                   for n, origin, out, to, slot, kind in sheet.links]  # fmt: skip
    return sheet


def test_bypassed_boxes() -> None:
    """What goes into a bypassed box comes out of it, and the box does nothing."""
    generation = _with_loras(0, 4, 4)
    assert generation.loras == (Lora("0.safetensors", 1.0),)
    assert generation.model == "draws.safetensors"


def test_muted_box() -> None:
    """A muted box gives nothing, so what is behind it did not draw."""
    generation = _with_loras(0, 2)
    assert (generation.loras, generation.passes[0].model) == ((), None)


def test_bypassed_box_of_two_kinds() -> None:
    """Of a bypassed box the input of the same kind comes out."""
    sheet = drawing_sheet()
    sheet.add(20, "LoraLoader", ["x.safetensors", 1, 1], mode=4, clip=(4, 1), model=(4, 0))
    assert canvas(_rewired(sheet, 20).written()).model == "draws.safetensors"


def test_muted_saving_box() -> None:
    """A muted saving box saved nothing."""
    sheet = drawing_sheet()
    sheet.add(30, "SaveAnimatedWEBP", ["other", 8, False, 90, "default"], mode=2, images=(8, 0))
    assert canvas(sheet.written(), file_name="other_00001_.webp").asked.frame_rate == Rate(16)


def test_wires_that_only_turn() -> None:
    """Turning points, a primitive, and setters with getters lead to what is behind them."""
    sheet = drawing_sheet(seed=(22, 0))
    sheet.add(20, "SetNode", ["the model"], model=(4, 0))
    sheet.add(21, "GetNode", ["the model"])
    sheet.add(22, "Reroute", [], x=(23, 0))
    sheet.add(23, "PrimitiveNode", [7, "randomize"])
    generation = canvas(_rewired(sheet, 21).written())
    assert (generation.seed, generation.model) == (7, "draws.safetensors")


def test_getter_without_setter() -> None:
    """A getter of which no setter is there leads nowhere."""
    sheet = drawing_sheet()
    sheet.add(21, "GetNode", ["gone"])
    assert canvas(_rewired(sheet, 21).written()).passes[0].model is None


def test_turning_points_in_a_circle() -> None:
    """Wires that turn for ever are given up."""
    sheet = drawing_sheet()
    sheet.add(20, "Reroute", [], x=(21, 0))
    sheet.add(21, "Reroute", [], x=(20, 0))
    assert canvas(_rewired(sheet, 20).written()).passes[0].model is None


def test_inputs_fed_without_a_wire() -> None:
    """What a node feeds everywhere is kept beside the canvas."""
    sheet = drawing_sheet(model=None)
    links = [{"downstream": 3, "downstream_slot": 0, "upstream": "4", "upstream_slot": 0, "controller": 30}]
    assert canvas(sheet.written(extra={"ue_links": links})).model == "draws.safetensors"


# ------------------------------------------------------------------------------------------------------ subgraphs


def _sampling() -> Sheet:
    """The inside of a subgraph: a sampler whose model, texts, start and seed come from outside."""
    names = ("model", "positive", "negative", "latent_image", "seed")
    wires: dict[str, Wire] = {name: (-10, slot) for slot, name in enumerate(names)}
    sheet = Sheet()
    sheet.add(3, "KSampler", [1, "fixed", 20, 5.5, "uni_pc", "simple", 1], widgets=["seed"], wires=wires)
    return sheet.add(-20, "end", latent=(3, 0))


INPUTS = ("model", "positive", "negative", "latent_image", "seed")


def _in_use(values: Sequence[object], *, proxies: object = None, seed: Wire = None) -> Sheet:
    """The canvas with two of the subgraphs in a row, the second with seed 8 of its own."""
    sheet = Sheet()
    sheet.add(4, "CheckpointLoaderSimple", ["draws.safetensors"])
    sheet.add(6, "CLIPTextEncode", ["a fox"], clip=(4, 1))
    sheet.add(7, "CLIPTextEncode", ["blurry"], clip=(4, 1))
    sheet.add(5, "EmptyHunyuanLatentVideo", [640, 360, 81, 1])
    sheet.add(30, "PrimitiveInt", [9, "fixed"])
    properties = {} if proxies is None else {"proxyWidgets": proxies}
    wires: dict[str, Wire] = {"model": (4, 0), "positive": (6, 0), "negative": (7, 0)}
    first = {**wires, "latent_image": (5, 0), "seed": seed}
    sheet.add(70, "sub-1", values, outputs=["LATENT"], properties=properties, widgets=["seed"], wires=first)
    sheet.add(71, "sub-1", [8], outputs=["LATENT"], latent_image=(70, 0), wires=wires)
    sheet.add(8, "VAEDecode", samples=(71, 0), vae=(4, 2))
    return sheet.add(9, "SaveImage", ["fox"], images=(8, 0))


def _written(sheet: Sheet) -> dict[str, object]:
    return sheet.written(definitions={"subgraphs": [_sampling().inside("sub-1", INPUTS, ["LATENT"])]})


def test_subgraph_used_twice() -> None:
    """Each use of a subgraph is a run of its own, with the values that its box holds."""
    generation = canvas(_written(_in_use([7])))
    assert [one.seed for one in generation.passes] == [7, 8]
    assert dict(generation.sources)["steps"] == "node 70:3 (KSampler).steps"
    assert (generation.prompt, generation.model) == ("a fox", "draws.safetensors")


@pytest.mark.parametrize(
    ("values", "proxies", "expected"),
    [
        ([7], [["-1", "seed"], ["3", "control_after_generate"]], 7),
        ([4, 7], [["3", "steps"], ["3", "seed"]], 7),
        ([], [["3", "seed"]], 1),
        ([], None, 1),
        ([7, 8, 9], None, 1),
    ],
)
def test_values_on_the_box_of_a_subgraph(values: Sequence[object], proxies: object, expected: int) -> None:
    """Values are for the widgets that the box shows; where their number fits nothing, the inner value stands."""
    assert canvas(_written(_in_use(values, proxies=proxies))).seed == expected


def test_wire_into_a_widget_of_a_subgraph() -> None:
    """A wire wins over the value that the box still holds for it."""
    assert canvas(_written(_in_use([7], seed=(30, 0)))).seed == 9


def test_subgraph_that_holds_itself() -> None:
    """A subgraph inside itself is opened only so far."""
    inner = Sheet()
    inner.add(3, "sub-1", outputs=["LATENT"], model=(-10, 0))
    inner.add(-20, "end", latent=(3, 0))
    sheet = _in_use([7])
    told = canvas_told(sheet.written(definitions={"subgraphs": [inner.inside("sub-1", INPUTS, ["LATENT"])]}))
    assert told.generation is None


def test_group_node() -> None:
    """A group node, the older subgraph, is opened as well: its values are those of its inner nodes in a row."""
    sheet = drawing_sheet()
    inner = [
        {"type": "LoraLoaderModelOnly", "inputs": [{"name": "model", "type": "MODEL", "link": None}],
         "outputs": [{"name": "MODEL", "type": "MODEL"}], "widgets_values": ["default.safetensors", 1]},
        {"type": "LoraLoaderModelOnly", "inputs": [{"name": "model", "type": "MODEL", "link": 5}],
         "outputs": [{"name": "MODEL", "type": "MODEL"}], "widgets_values": ["default.safetensors", 1]},
    ]  # fmt: skip
    values = ["first.safetensors", 0.5, "second.safetensors", 0.25]
    sheet.add(20, "workflow>two", values, outputs=["MODEL"], model=(4, 0))
    groups = {"two": {"nodes": [*inner], "links": [[0, 0, 1, 0, "MODEL"]]}}
    generation = canvas(_rewired(sheet, 20).written(extra={"groupNodes": groups}))
    assert generation.loras == (Lora("first.safetensors", 0.5), Lora("second.safetensors", 0.25))
    assert generation.model == "draws.safetensors"


# --------------------------------------------------------------------------------------------------- unnamed values


def _asked_of(kind: str, values: Sequence[object]) -> Generation:
    """The canvas with another sampler."""
    sheet = drawing_sheet()
    sheet.boxes = [box for box in sheet.boxes if box["id"] != 3]
    sheet.links = [link for link in sheet.links if link[3] != 3]
    wires: dict[str, Wire] = {"model": (4, 0), "positive": (6, 0), "negative": (7, 0), "samples": (5, 0)}
    links = {number: (origin, out) for number, origin, out, *_ in sheet.links}
    assert links
    sheet.add(3, kind, values, outputs=["LATENT"], wires=wires)
    return canvas(sheet.written())


@pytest.mark.parametrize(
    ("values", "seed", "steps", "scheduler"),
    [
        ([25, 6, 5, 1057359483639287, "fixed", True, "unipc", 0, 1, ""], 1057359483639287, 25, "unipc"),
        ([4, 1, 9, 7, "randomize", True, "dpm++_sde", 0, 1, False, "comfy", 0, -1, False], 7, 4, "dpm++_sde"),
        # A layout that nobody knows: the seed is known by what follows it, the rest is not told.
        ([4, 9, 7, "randomize", "dpm++_sde", "more"], 7, None, None),
        ([4, 9, 7, 8], None, None, None),
    ],
)
def test_layouts_of_a_changing_node(
    values: Sequence[object], seed: int | None, steps: int | None, scheduler: str | None
) -> None:
    """A layout is used only where number and kinds fit; a shift is never read as a seed."""
    generation = _asked_of("WanVideoSampler", values)
    assert (generation.seed, generation.steps, generation.scheduler) == (seed, steps, scheduler)


@pytest.mark.parametrize(
    "values",
    [
        [42, "randomize", 20, 5.5, "uni_pc", "simple", 1],
        [42, True, 20, 5.5, "uni_pc", "simple", 1],
        [42, 20, 5.5, "uni_pc", "simple", 1],
    ],
)
def test_what_follows_a_seed(values: Sequence[object]) -> None:
    """After a seed stands what is done to it, in files of 2023 a yes or no, or nothing."""
    generation = _asked_of("KSampler", values)
    assert (generation.seed, generation.steps, generation.cfg, generation.sampler) == (42, 20, 5.5, "uni_pc")


def test_names_shown_by_the_box() -> None:
    """A box that names all its widgets in its inputs needs no layout, and one such box tells of all of its class."""
    names = ["noise_seed", "steps", "cfg"]
    wires: dict[str, Wire] = {
        "model": (4, 0),
        "positive": (6, 0),
        "negative": (7, 0),
        "samples": (5, 0),
    }
    sheet = drawing_sheet()
    sheet.boxes = [box for box in sheet.boxes if box["id"] != 3]
    sheet.links = [link for link in sheet.links if link[3] != 3]
    sheet.add(3, "OwnSampler", [7, "fixed", 30, 2.5], outputs=["LATENT"], wires=wires)
    sheet.add(40, "OwnSampler", [1, "fixed", 2, 3], widgets=names, wires=dict.fromkeys(names))
    generation = canvas(sheet.written())
    assert (generation.seed, generation.steps, generation.cfg) == (7, 30, 2.5)


def test_values_with_names() -> None:
    """Some nodes save names with their values."""
    sheet = drawing_sheet()
    values = {"frame_rate": 24, "loop_count": 0, "filename_prefix": "fox", "pingpong": True, "videopreview": {"a": 1}}
    sheet.add(30, "VHS_VideoCombine", values, images=(8, 0))
    generation = canvas(sheet.written(), file_name="fox_00001.mp4")
    assert generation.asked == Asked(640, 360, 81, Rate(24))
    assert [step.kind for step in generation.processing] == ["ping_pong"]


def test_loras_without_names() -> None:
    """Rows of LoRAs are objects, and a file is followed by its strengths."""
    sheet = drawing_sheet()
    rows = [{}, {"type": "Header"}, {"on": True, "lora": "a.safetensors", "strength": 0.5, "strengthTwo": None}, {}, ""]
    sheet.add(20, "Power Lora Loader (rgthree)", rows, model=(4, 0), clip=(4, 1))
    sheet.add(21, "SomeLoraLoader", ["auto", "b.safetensors", 0.75, True], outputs=["MODEL"], model=(20, 0))
    generation = canvas(_rewired(sheet, 21).written())
    assert generation.loras == (Lora("a.safetensors", 0.5, 0.5), Lora("b.safetensors", 0.75))


def test_service_without_a_layout() -> None:
    """Of an unknown service the lone sentence is the prompt and what is followed by a control the seed."""
    sheet = Sheet()
    sheet.add(8, "NewVideoService", ["v9", "a fox runs in snow", "16:9", 7, "fixed"], outputs=["VIDEO"])
    sheet.add(9, "SaveVideo", ["fox", "auto", "auto"], video=(8, 0))
    told = canvas_told(sheet.written())
    assert told.generation is not None
    assert (told.generation.prompt, told.generation.seed) == ("a fox runs in snow", 7)


def test_two_sentences_without_a_layout() -> None:
    """Of two sentences in an unknown node neither is taken for the prompt."""
    sheet = Sheet()
    sheet.add(8, "NewVideoService", ["a fox runs in snow", "a bear swims in rain", 7, "fixed"], outputs=["VIDEO"])
    sheet.add(9, "SaveVideo", ["fox", "auto", "auto"], video=(8, 0))
    told = canvas_told(sheet.written())
    assert told.generation is None or told.generation.prompt is None
