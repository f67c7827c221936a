"""Takes out the nodes that only choose between others, where the graph says what they choose."""

from __future__ import annotations

import re
from collections.abc import Mapping

from turnover.generation.comfy.graph import Graph, Input, Link, Node, graph_of
from turnover.generation.comfy.literals import Found, literal
from turnover.generation.comfy.values import truth, whole

_CHOOSERS = ("switch", "ifelse", "conditionalbranch", "selector", "choose", "branch", "multiplexer", "select")
_SELECTORS = (
    "switch", "select", "selector", "selected", "selected_index", "index", "boolean", "bool", "boolean_number",
    "condition", "cond", "Input", "input", "choice", "channel",
)  # fmt: skip
_YES = re.compile(r"(^|_)(on_true|if_true|when_true|true_value|tt_value|true)$")
_NO = re.compile(r"(^|_)(on_false|if_false|when_false|false_value|ff_value|false)$")
_NUMBERED = re.compile(r"(.*?)_?0*([0-9]+)$")
_LETTERED = re.compile(r"(.+)_([ab])$")


def straightened(graph: Graph) -> Graph:
    """The graph with each link led past switches whose choice is known, and past mere turning points of a wire.

    A switch whose choice is not known stays; all its branches then lead on.
    """
    ways = {key: way for key, node in graph.nodes.items() if (way := _way(graph, node)) is not None}
    if not ways:
        return graph
    return graph_of({key: Node(key, node.class_type, _led(graph, node, ways)) for key, node in graph.nodes.items()})


def _led(graph: Graph, node: Node, ways: Mapping[str, str]) -> dict[str, Input]:
    """The inputs, each with what it really leads to; an input that leads nowhere is left out."""
    led: dict[str, Input] = {}
    for name, value in node.inputs.items():
        seen = set()
        while isinstance(value, Link) and value.node in ways and value.node not in seen:
            seen.add(value.node)
            value = graph.nodes[value.node].inputs.get(ways[value.node])
        if value is not None or node.inputs[name] is None:
            led[name] = value
    return led


def _way(graph: Graph, node: Node) -> str | None:
    """The input that comes out of this node unchanged; None where the node does more, or what it does is not known."""
    links = node.links
    if "reroute" in node.words and len(links) == 1 and len(node.inputs) == 1:
        return next(iter(links))
    chosen = _by_truth(graph, node)
    if chosen is None and any(word in node.words for word in _CHOOSERS) and "sampler" not in node.words:
        chosen = _by_number(graph, node) or _by_letter(graph, node) or _first(graph, node)
    return chosen


def _by_truth(graph: Graph, node: Node) -> str | None:
    """The branch of a node with one for yes and one for no."""
    yes = [name for name in node.inputs if _YES.search(name.lower())]
    no = [name for name in node.inputs if _NO.search(name.lower())]
    if len(yes) > 1 or len(no) > 1 or not (yes or no):
        return None
    choice = literal(graph, node, _SELECTORS, truth)
    if not isinstance(choice, Found):
        return None
    branch = yes if choice.value else no
    # A branch that leads nowhere is still the one chosen.
    return branch[0] if branch else ("on_true" if choice.value else "on_false")


def _by_number(graph: Graph, node: Node) -> str | None:
    """The branch with the number that the selector holds."""
    choice = literal(graph, node, _SELECTORS, whole)
    if not isinstance(choice, Found):
        return None
    stems: dict[str, dict[int, str]] = {}
    for name in node.inputs:
        match = _NUMBERED.fullmatch(name)
        if match is not None and len(match[2]) < 6:
            stems.setdefault(match[1], {})[int(match[2])] = name
    branches = [numbers for numbers in stems.values() if len(numbers) > 1 or len(stems) == 1]
    chosen = [numbers.get(int(str(choice.value))) for numbers in branches]
    return chosen[0] if len(chosen) == 1 else None


def _by_letter(graph: Graph, node: Node) -> str | None:
    """The branch `…_a` for yes and `…_b` for no."""
    branches = {match[2]: name for name in node.inputs if (match := _LETTERED.fullmatch(name)) is not None}
    choice = literal(graph, node, _SELECTORS, truth)
    if len(branches) != 2 or not isinstance(choice, Found):
        return None
    return branches["a" if choice.value else "b"]


def _first(graph: Graph, node: Node) -> str | None:
    """The first branch of a node that takes whichever is there and has nothing to choose by."""
    links = sorted(node.links)
    takes_any = "anyswitch" in node.words and not node.literals
    return links[0] if takes_any and links else None
