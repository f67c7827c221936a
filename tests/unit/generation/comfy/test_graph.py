"""What is a graph, what is a link in it, and what lies upstream."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.generation.comfy.graphs import Node, drawing, executed, executed_told, sampler, written
from turnover.core.clip import JsonValue
from turnover.generation.comfy.graph import MAX_NODES, Link, parsed
from turnover.generation.grammar import Reading
from turnover.generation.grammars.comfyui_api import GRAMMAR


@pytest.mark.parametrize(
    "value",
    [
        None, True, 7, "a fox", [], {}, [["3", 0]], {"prompt": "a fox", "seed": 42},
        {"nodes": [], "links": []}, {"3": {"class_type": 7}}, {"3": {"inputs": {}}}, {"class_type": "KSampler"},
    ],
)  # fmt: skip
def test_no_graph(value: JsonValue) -> None:
    """A value without nodes that have a class is left to other grammars."""
    assert GRAMMAR.read(Reading("", value, "")) is None


@pytest.mark.parametrize(
    "wrap",
    [
        lambda graph: {"prompt": graph, "workflow": {"nodes": []}},
        lambda graph: {"output": graph, "workflow": {"nodes": []}},
        lambda graph: {"prompt": json.dumps(graph)},
        lambda graph: json.dumps(json.dumps(graph)),
    ],
)
def test_wrapped_graph(wrap: object) -> None:
    """A graph under `prompt` or `output`, or as JSON text in JSON text, is the graph."""
    assert callable(wrap)
    wrapped: JsonValue = wrap(written(drawing()))
    told = GRAMMAR.read(Reading("", wrapped, ""))
    assert told is not None
    assert told.generation == executed(drawing())


def test_confidence() -> None:
    """What a graph that ran tells is trusted as executed."""
    assert executed_told(drawing()).confidence == "executed"


def test_two_element_list_that_is_no_link() -> None:
    """A list of two is a link only if it names a node of the graph and a slot."""
    nodes: dict[str, Node] = {
        "3": ("A", {"link": ["4", 0], "size": [4, 0], "missing": ["9", 0], "pair": ["4", "x"], "yes": ["4", True]}),
        "4": ("B", {"values": {"__value__": ["3", 0]}}),
    }
    graph = parsed(written(nodes))
    assert graph is not None
    assert dict(graph.nodes["3"].inputs) == {
        "link": Link("4", 0),
        "size": [4, 0],
        "missing": ["9", 0],
        "pair": ["4", "x"],
        "yes": ["4", True],
    }
    assert graph.nodes["4"].inputs == {"values": ["3", 0]}


def test_two_element_list_at_a_seed() -> None:
    """A seed that is linked to a node that is gone is unknown, and says so."""
    generation = executed(drawing({"3": ("KSampler", sampler(seed=["99", 0]))}))
    assert generation.seed is None
    assert dict(generation.unresolved) == {
        "seed": "node 3 (KSampler).seed is linked to node 99, which is not in the graph"
    }


def test_order_of_what_lies_upstream() -> None:
    """Every node comes after what it needs, once."""
    graph = parsed(written(drawing()))
    assert graph is not None
    assert [node.id for node in graph.upstream(graph.nodes["9"])] == ["4", "6", "7", "5", "3", "8", "10", "9"]


def test_circle() -> None:
    """A circle is cut where it closes, and the rest is still told."""
    generation = executed(drawing({"5": ("Odd", {"samples": ["3", 0], "width": 8, "height": 8})}))
    assert (generation.seed, generation.prompt, generation.asked.width) == (42, "a fox", 8)


def test_node_that_the_file_does_not_need() -> None:
    """What does not lead to the saving node may never have run, so it tells nothing."""
    idle: dict[str, Node] = {
        "30": ("KSampler", sampler(seed=7, positive=["31", 0])),
        "31": ("CLIPTextEncode", {"text": "another time", "clip": ["32", 0]}),
        "32": (
            "LoraLoader",
            {"lora_name": "idle.safetensors", "strength_model": 1, "model": ["4", 0], "clip": ["4", 1]},
        ),
    }
    assert executed(drawing(idle)) == executed(drawing())


def test_too_many_nodes() -> None:
    """A text with more nodes than any graph has is not read."""
    nodes: dict[str, Node] = {str(number): ("A", {}) for number in range(MAX_NODES + 1)}
    assert GRAMMAR.read(Reading("", written(nodes), "")) is None


def test_deep_chain() -> None:
    """A chain of as many nodes as are read is walked without running out of stack."""
    chain: dict[str, Node] = {str(100 + n): ("Patch", {"model": [str(101 + n), 0]}) for n in range(5000)}
    chain["5100"] = ("UNETLoader", {"unet_name": "far.safetensors"})
    generation = executed(drawing({**chain, "3": ("KSampler", sampler(model=["100", 0]))}))
    assert generation.model == "far.safetensors"


@given(st.permutations(sorted(drawing())), st.permutations(list(range(100, 100 + len(drawing())))))
def test_names_and_places_of_nodes_mean_nothing(order: list[str], ids: list[int]) -> None:
    """Whatever the nodes are called and wherever they stand in the text, they tell the same."""
    names = dict(zip(order, map(str, ids), strict=True))
    nodes = drawing()
    moved: dict[str, Node] = {
        names[key]: (
            nodes[key][0],
            {
                name: [names[value[0]], value[1]] if isinstance(value, list) else value
                for name, value in nodes[key][1].items()
            },
        )
        for key in order
    }
    assert replace(executed(moved), sources=()) == replace(executed(nodes), sources=())
