"""Any JSON, and real graphs with anything in any place: the grammars answer and never raise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.comfy import comfy_tags
from turnover.core.clip import JsonValue
from turnover.generation.grammar import Reading, Told
from turnover.generation.grammars import comfyui_api, comfyui_workflow

GRAMMARS = (comfyui_api.GRAMMAR, comfyui_workflow.GRAMMAR)

# Names that the grammars know, so that what is drawn at random reaches deep into them.
NAMES = st.sampled_from(
    [
        "seed", "noise", "steps", "sigmas", "cfg", "guider", "model", "positive", "negative", "conditioning", "text",
        "clip", "samples", "images", "lora_name", "strength_model", "loras", "lora_1", "ckpt_name", "value", "a",
        "switch", "on_true", "on_false", "select", "input1", "string_a", "string_b", "delimiter", "width", "height",
        "length", "fps", "multiplier", "prompt", "filename_prefix", "image", "upscale_model", "expression", "#0",
    ]
)  # fmt: skip
CLASSES = st.sampled_from(
    [
        "KSampler", "SamplerCustomAdvanced", "CLIPTextEncode", "ConditioningCombine", "LoraLoader", "SaveVideo",
        "ComfySwitchNode", "StringConcatenate", "RIFE VFI", "LoadImage", "PrimitiveInt", "Reroute", "SetNode",
        "GetNode", "PrimitiveNode", "EmptyLatentImage", "ComfyMathExpression", "VHS_VideoCombine", "sub", "x",
    ]
)  # fmt: skip
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["a.safetensors", "a.png"]),
)
KEYS = st.one_of(
    NAMES, st.sampled_from(["nodes", "links", "class_type", "inputs", "prompt", "workflow"]), st.text(max_size=3)
)
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)

IDS = st.sampled_from("12345678")
LINKS: st.SearchStrategy[JsonValue] = st.tuples(IDS, st.integers(-1, 3)).map(list)
NODES: st.SearchStrategy[JsonValue] = st.fixed_dictionaries(
    {"class_type": CLASSES, "inputs": st.dictionaries(NAMES, st.one_of(LINKS, VALUES), max_size=8)}
)
GRAPHS: st.SearchStrategy[JsonValue] = st.dictionaries(IDS, NODES, max_size=8)

SLOTS = st.fixed_dictionaries(
    {"name": NAMES, "type": st.sampled_from(["MODEL", "*", "INT"]), "link": st.none() | st.integers(0, 6)},
    optional={"widget": st.fixed_dictionaries({"name": NAMES})},
)
BOXES = st.fixed_dictionaries(
    {
        "id": st.integers(0, 6),
        "type": CLASSES,
        "mode": st.sampled_from([0, 0, 2, 4]),
        "inputs": st.lists(SLOTS, max_size=4),
        "outputs": st.lists(SLOTS, max_size=3),
        "widgets_values": st.lists(VALUES, max_size=6) | st.dictionaries(NAMES, VALUES, max_size=3),
        "properties": st.fixed_dictionaries({"proxyWidgets": VALUES}),
    }
)
WIRES = st.tuples(*[st.integers(-1, 6)] * 5).map(list)
CANVASES = st.fixed_dictionaries(
    {"nodes": st.lists(BOXES, max_size=6), "links": st.lists(WIRES, max_size=8)},
    optional={
        "definitions": st.fixed_dictionaries(
            {
                "subgraphs": st.lists(
                    st.fixed_dictionaries(
                        {
                            "id": st.just("sub"),
                            "nodes": st.lists(BOXES, max_size=4),
                            "links": st.lists(WIRES, max_size=6),
                            "inputs": VALUES,
                            "outputs": VALUES,
                        }
                    ),
                    max_size=2,
                )
            }
        ),
        "extra": st.fixed_dictionaries({"ue_links": VALUES, "groupNodes": VALUES}),
    },
)  # fmt: skip


def _answers(value: JsonValue) -> list[Told | None]:
    """What both grammars answer; every answer has a generation or the reason why it has none."""
    answers = [grammar.read(Reading("", value, "a.mp4")) for grammar in GRAMMARS]
    for told in answers:
        assert told is None or (told.generation is None) == (told.reason is not None)
        if told is not None and told.generation is not None:
            seed = told.generation.seed
            assert seed is None or 0 <= seed < 2**64
    return answers


@given(VALUES)
def test_any_json(value: JsonValue) -> None:
    """Whatever the JSON, there is an answer."""
    _answers(value)


@given(GRAPHS)
def test_any_graph(graph: JsonValue) -> None:
    """Whatever is linked to whatever, there is an answer, and the same one twice."""
    assert _answers(graph) == _answers(graph)


@given(CANVASES)
def test_any_canvas(canvas: JsonValue) -> None:
    """Whatever is drawn, there is an answer."""
    assert _answers(canvas)[1] is not None


def _changed(value: JsonValue, data: st.DataObject, depth: int = 0) -> JsonValue:
    """The value with something else in one place."""
    if isinstance(value, dict) and value and (depth < 2 or data.draw(st.booleans())):
        key = data.draw(st.sampled_from(sorted(value)))
        return {**value, key: _changed(value[key], data, depth + 1)}
    if isinstance(value, list) and value and (depth < 2 or data.draw(st.booleans())):
        place = data.draw(st.integers(0, len(value) - 1))
        return [*value[:place], _changed(value[place], data, depth + 1), *value[place + 1 :]]
    return data.draw(st.one_of(VALUES, LINKS))


@given(st.data())
def test_graph_with_something_else_in_one_place(data: st.DataObject) -> None:
    """A graph and a canvas in which anything stands somewhere are answered."""
    tags = comfy_tags("a fox", 42, loras=[("a.safetensors", 1.0)])
    for name in ("prompt", "workflow"):
        _answers(_changed(json.loads(tags[name]), data))


@settings(max_examples=25)
@given(st.data())
def test_real_graph_with_something_else_in_one_place(shared_graphs: list[JsonValue], data: st.DataObject) -> None:
    """Real graphs in which anything stands somewhere are answered."""
    graph = shared_graphs[data.draw(st.integers(0, len(shared_graphs) - 1))]
    _answers(_changed(graph, data))


@pytest.fixture(scope="module")
def shared_graphs(shared_media: Path) -> list[JsonValue]:
    """Graphs and canvases of real runs."""
    return [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted((shared_media / "comfy_json").rglob("*/*.json"))
    ]


def test_many_uses_of_many_subgraphs() -> None:
    """Subgraphs that use each other many times over are opened only so far."""

    def uses(name: str, inner: str) -> JsonValue:
        boxes: list[JsonValue] = [{"id": n, "type": inner, "inputs": [], "outputs": []} for n in range(20)]
        return {"id": name, "nodes": boxes, "links": [], "inputs": [], "outputs": []}

    definitions: JsonValue = [uses(f"s{n}", f"s{n + 1}") for n in range(20)]
    boxes: list[JsonValue] = [{"id": 1, "type": "s0"}]
    told = comfyui_workflow.GRAMMAR.read(
        Reading("", {"nodes": boxes, "links": [], "definitions": {"subgraphs": definitions}}, "")
    )
    assert told is not None
    assert told.generation is None


def test_many_samplers_in_a_row() -> None:
    """A chain of very many samplers is answered, with the first ones as passes."""
    given: dict[str, JsonValue] = {"steps": 4, "cfg": 1, "model": ["m", 0], "positive": ["p", 0], "negative": ["p", 0]}
    graph: dict[str, JsonValue] = {
        str(n): {"class_type": "KSampler", "inputs": {**given, "seed": n, "latent_image": [str(n - 1), 0]}}
        for n in range(1, 3000)
    }
    graph |= {
        "m": {"class_type": "UNETLoader", "inputs": {"unet_name": "a.safetensors"}},
        "p": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["m", 1]}},
        "0": {"class_type": "EmptyLatentImage", "inputs": {"width": 8, "height": 8}},
        "save": {"class_type": "SaveVideo", "inputs": {"images": ["2999", 0]}},
    }
    told = comfyui_api.GRAMMAR.read(Reading("", graph, ""))
    assert told is not None
    assert told.generation is not None
    assert (told.generation.seed, len(told.generation.passes)) == (1, 100)
