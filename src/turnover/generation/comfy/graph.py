"""A graph that ran: nodes by id, and which output goes into which input."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from turnover.core.clip import JsonValue

MAX_NODES = 10_000
"""Real graphs have at most a few thousand; beyond this a text is not read as a graph."""

MAX_INPUTS = 500
"""Per node; what is beyond is left out."""


@dataclass(frozen=True, slots=True)
class Link:
    """One output of a node."""

    node: str
    slot: int


Input: TypeAlias = "Link | JsonValue"
"""What stands at an input: an output of another node, or a value."""


@dataclass(frozen=True)
class Node:
    """One node: its class and what stands at its inputs, in the order written."""

    id: str
    class_type: str
    inputs: Mapping[str, Input]
    """A canvas does not name all its values; those without a name stand under `#0`, `#1` … (see `is_named`)."""

    @cached_property
    def links(self) -> dict[str, Link]:
        """The inputs that another node feeds."""
        return {name: value for name, value in self.inputs.items() if isinstance(value, Link)}

    @cached_property
    def literals(self) -> dict[str, JsonValue]:
        """The inputs that hold a value."""
        return {name: value for name, value in self.inputs.items() if not isinstance(value, Link)}

    @cached_property
    def words(self) -> str:
        """The class in lower case with nothing but letters and digits: `Film VFI` is `filmvfi`."""
        return "".join(sign for sign in self.class_type.lower() if sign.isalnum())

    def __str__(self) -> str:
        return f"node {self.id} ({self.class_type})"


@dataclass(frozen=True, slots=True)
class Reader:
    """A place where an output is used."""

    node: Node
    input: str
    slot: int
    """Which output is used."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by id, in the order written."""

    nodes: Mapping[str, Node]
    readers: Mapping[str, tuple[Reader, ...]]
    """Node id → who uses its outputs."""

    def source(self, value: Input) -> Node | None:
        """The node that feeds an input; None for a value."""
        return self.nodes.get(value.node) if isinstance(value, Link) else None

    def upstream(self, *roots: Node, follows: Callable[[Node, str], bool] | None = None) -> tuple[Node, ...]:
        """The nodes and all they need, each after what it needs itself; a circle is cut where it closes.

        `follows` says whether an input, given its node and name, is walked; all are without it.
        """
        order: dict[str, Node] = {}
        seen: set[str] = set()
        for root in roots:
            stack = [] if root.id in seen else [(root, iter(root.links.items()))]
            seen.add(root.id)
            while stack:
                node, inputs = stack[-1]
                for name, link in inputs:
                    source = self.nodes.get(link.node)
                    if source is not None and source.id not in seen and (follows is None or follows(node, name)):
                        seen.add(source.id)
                        stack.append((source, iter(source.links.items())))
                        break
                else:
                    order[node.id] = node
                    stack.pop()
        return tuple(order.values())

    def downstream(self, roots: frozenset[str]) -> frozenset[str]:
        """Ids of the nodes and of all that uses them."""
        seen = set(roots)
        waiting = list(roots)
        while waiting:
            for reader in self.readers.get(waiting.pop(), ()):
                if reader.node.id not in seen:
                    seen.add(reader.node.id)
                    waiting.append(reader.node.id)
        return frozenset(seen)


def is_named(input_name: str) -> bool:
    """Whether a value's name is known; a canvas leaves some without one."""
    return not input_name.startswith("#")


def graph_of(nodes: Mapping[str, Node]) -> Graph:
    """The graph of these nodes."""
    readers: dict[str, list[Reader]] = {}
    for node in nodes.values():
        for name, link in node.links.items():
            readers.setdefault(link.node, []).append(Reader(node, name, link.slot))
    return Graph(nodes, {key: tuple(places) for key, places in readers.items()})


def parsed(value: JsonValue) -> Graph | None:
    """The graph that a JSON value is, as ComfyUI's API takes it; None when it is no graph.

    Also taken is the graph under `prompt` or `output`, where some writers put it, and a JSON text of it.
    A list is a link only if it holds the id of a node and a slot; any other list is a value.
    """
    found = _nodes(value)
    if found is None or len(found) > MAX_NODES:
        return None
    nodes = {key: Node(key, class_type, _inputs(inputs, found)) for key, (class_type, inputs) in found.items()}
    return graph_of(nodes)


_Found: TypeAlias = "dict[str, tuple[str, dict[str, JsonValue]]]"


def _nodes(value: JsonValue) -> _Found | None:
    """Id → class and inputs as written."""
    for candidate in _places(value):
        if isinstance(candidate, dict):
            found = {key: node for key, body in candidate.items() if (node := _node(body)) is not None}
            if found:
                return found
    return None


def _places(value: JsonValue) -> Iterator[JsonValue]:
    value = unwrapped(value)
    yield value
    if isinstance(value, dict):
        for key in ("prompt", "output"):
            yield unwrapped(value.get(key))


def unwrapped(value: JsonValue) -> JsonValue:
    """The value with up to four layers of JSON text around it taken off."""
    for _ in range(4):
        if not isinstance(value, str) or value.lstrip()[:1] not in {"{", '"'}:
            break
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            break
    return value


def _node(body: JsonValue) -> tuple[str, dict[str, JsonValue]] | None:
    if not isinstance(body, dict):
        return None
    class_type, inputs = body.get("class_type"), body.get("inputs")
    if not isinstance(class_type, str) or not class_type:
        return None
    return class_type, dict(list(inputs.items())[:MAX_INPUTS]) if isinstance(inputs, dict) else {}


def _inputs(inputs: dict[str, JsonValue], nodes: _Found) -> dict[str, Input]:
    return {name: _input(value, nodes) for name, value in inputs.items()}


def _input(value: JsonValue, nodes: _Found) -> Input:
    if isinstance(value, list) and len(value) == 2:
        node, slot = value
        if (
            isinstance(node, str)
            and node in nodes
            and isinstance(slot, int)
            and not isinstance(slot, bool)
            and slot >= 0
        ):
            return Link(node, slot)
    if isinstance(value, dict) and value.keys() == {"__value__"}:
        # So the page wraps a list, lest it be taken for a link.
        return value["__value__"]
    return value
