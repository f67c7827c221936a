"""From the canvas to the graph that would run: subgraphs opened, wires followed, what does not run left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from turnover.core.clip import JsonValue
from turnover.generation.comfy.canvas import BYPASSED, INPUT_SIDE, MUTED, Box, Canvas, Level, Wire
from turnover.generation.comfy.graph import MAX_NODES, Graph, Input, Link, Node, graph_of
from turnover.generation.comfy.group_nodes import opened
from turnover.generation.comfy.values import text
from turnover.generation.comfy.widget_order import Layout
from turnover.generation.comfy.widgets import CONTROL, learned, named

MAX_DEPTH = 16
"""How many subgraphs lie in one another."""

_MAX_STEPS = 300
_NOTES = ("note", "markdownnote", "labelrgthree", "bookmarkrgthree")
_PRIMITIVES = ("primitivenode",)


@dataclass(slots=True)
class _Place:
    """A level in use: the canvas itself, or a subgraph where a box stands for it."""

    level: Level
    prefix: str = ""
    box: Box | None = None
    parent: _Place | None = None
    depth: int = 0
    given: dict[str, JsonValue] = field(default_factory=dict)
    """Input of the subgraph → the value that the box holds for it."""
    laid: dict[tuple[str, str], JsonValue] = field(default_factory=dict)
    """Inner box and widget → the value that the box holds for it."""
    children: dict[str, _Place] = field(default_factory=dict)
    setters: dict[str, Box] = field(default_factory=dict)
    """Name → the box that sets it, for getters elsewhere."""

    def __post_init__(self) -> None:
        for box in self.level.boxes.values():
            name = text(box.values[0]) if box.values and _is_set(box) and box.mode != MUTED else None
            if name is not None:
                self.setters.setdefault(name, box)


@dataclass(frozen=True, slots=True)
class _Value:
    value: JsonValue


class _Gone:
    """The wire leads to a box that does not run."""


_Source: TypeAlias = "Link | _Value | _Gone | None"


def flattened(canvas: Canvas) -> Graph:
    """The graph that the page would send to run."""
    canvas = opened(canvas)
    levels = [canvas.root, *canvas.subgraphs.values()]
    layouts = learned(box for level in levels for box in level.boxes.values())
    root = _Place(canvas.root)
    places = list(_places(canvas, root))
    nodes: dict[str, Node] = {}
    for place in places:
        for box in place.level.boxes.values():
            if _runs(box) and box.id not in place.children and len(nodes) < MAX_NODES:
                key = place.prefix + box.id
                nodes[key] = Node(key, box.type, _inputs(place, box, layouts))
    return graph_of({key: _without_missing(node, nodes) for key, node in nodes.items()})


def _without_missing(node: Node, nodes: dict[str, Node]) -> Node:
    """The node without links to what is not there."""
    inputs = {name: value for name, value in node.inputs.items() if not isinstance(value, Link) or value.node in nodes}
    return Node(node.id, node.class_type, inputs)


def _places(canvas: Canvas, root: _Place) -> Iterator[_Place]:
    """All levels in use, the canvas first; each box that stands for a subgraph opens it once more."""
    waiting, count = [root], 0
    while waiting and count < MAX_NODES:
        place = waiting.pop(0)
        yield place
        for box in place.level.boxes.values():
            inside = canvas.subgraphs.get(box.type)
            count += 1
            if inside is None or box.mode in (MUTED, BYPASSED) or place.depth >= MAX_DEPTH or count > MAX_NODES:
                continue
            count += len(inside.boxes)
            child = _Place(inside, f"{place.prefix}{box.id}:", box, place, place.depth + 1)
            _hand_down(place, box, child)
            place.children[box.id] = child
            waiting.append(child)


def _hand_down(place: _Place, box: Box, child: _Place) -> None:
    """Lay the values of a box that stands for a subgraph onto what they are for."""
    targets = _targets(box, child.level)
    for target, value in zip(targets, box.values, strict=False):
        inner, widget = target
        if inner == "-1":
            child.given[widget] = value
        else:
            child.laid[(inner, widget)] = value
    for (inner, widget), value in place.laid.items():
        # The box itself may be shown further out.
        if inner == box.id:
            child.given[widget] = value


def _targets(box: Box, inside: Level) -> list[tuple[str, str]]:
    """What the values of a box are for, in order; empty where their number fits nothing."""
    proxies = [proxy for proxy in box.proxies if proxy[1] != CONTROL and not proxy[1].startswith("$$")]
    shown = _widget_ports(inside)
    ports = [("-1", name) for slot, name in enumerate(inside.ports) if slot in shown]
    for targets in (proxies, list(box.proxies), ports):
        if targets and len(targets) == len(box.values):
            return targets
    return []


def _widget_ports(inside: Level) -> set[int]:
    """The inputs of a subgraph that feed a widget."""
    shown = set()
    for wire in inside.wires.values():
        target = inside.boxes.get(wire.target)
        if wire.origin != INPUT_SIDE or target is None or not 0 <= wire.target_slot < len(target.inputs):
            continue
        if target.inputs[wire.target_slot].widget is not None:
            shown.add(wire.origin_slot)
    return shown


# ------------------------------------------------------------------------------------------------- one box's inputs


def _inputs(place: _Place, box: Box, layouts: dict[str, tuple[Layout, ...]]) -> dict[str, Input]:
    values: dict[str, Input] = dict(named(box, layouts))
    for (inner, widget), value in place.laid.items():
        if inner == box.id and widget != CONTROL:
            values[widget] = value
    for slot in box.inputs:
        if slot.link is None or not slot.name:
            continue
        source = _source(place, slot.link, slot.type)
        if isinstance(source, Link):
            values[slot.name] = source
        elif isinstance(source, _Value):
            values[slot.name] = source.value
        elif isinstance(source, _Gone):
            values.pop(slot.name, None)
    return values


def _source(place: _Place, link: str, kind: str) -> _Source:
    """What a wire brings; None where nothing is connected at its far end, so that a widget keeps its own value."""
    wire = place.level.wires.get(link)
    for _ in range(_MAX_STEPS):
        if wire is None:
            return None
        if wire.origin == INPUT_SIDE and place.box is not None and place.parent is not None:
            name = place.level.ports[wire.origin_slot] if 0 <= wire.origin_slot < len(place.level.ports) else ""
            outer = next((slot for slot in place.box.inputs if slot.name == name), None)
            if outer is None or outer.link is None:
                return _Value(place.given[name]) if name in place.given else None
            place = place.parent
            wire = place.level.wires.get(outer.link)
            continue
        box = place.level.boxes.get(wire.origin)
        if box is None or box.mode == MUTED:
            return _Gone()
        if box.mode == BYPASSED:
            wire = _wire_into(place.level, box, _bypass(box, wire.origin_slot, kind))
        elif box.id in place.children:
            place = place.children[box.id]
            wire = place.level.outlets.get(wire.origin_slot)
        elif box.words in _PRIMITIVES:
            return _Value(box.values[0]) if box.values else None
        elif not _is_turning_point(box):
            return Link(place.prefix + box.id, wire.origin_slot)
        else:
            place, wire = _around(place, box, wire.origin_slot)
    return None


def _wire_into(level: Level, box: Box, slot: int | None) -> Wire | None:
    if slot is None or not 0 <= slot < len(box.inputs):
        return None
    link = box.inputs[slot].link
    return level.wires.get(link) if link is not None else None


def _bypass(box: Box, slot: int, kind: str) -> int | None:
    """The input that comes out of a bypassed box at an output, as the page chooses it."""
    if kind in {"*", ""}:
        return slot if slot < len(box.inputs) else 0
    given = box.outputs[slot].type if 0 <= slot < len(box.outputs) else kind
    if 0 <= slot < len(box.inputs) and _fits(box.inputs[slot].type, given) and _fits(box.inputs[slot].type, kind):
        return slot
    exact = next((index for index, place in enumerate(box.inputs) if place.type == kind), None)
    if exact is not None:
        return exact
    return next((i for i, place in enumerate(box.inputs) if _fits(place.type, given) and _fits(place.type, kind)), None)


def _fits(one: str, other: str) -> bool:
    return one == other or one in {"*", ""} or other in {"*", ""}


# --------------------------------------------------------------------------------------- boxes that are only drawn


def _runs(box: Box) -> bool:
    is_drawn_only = box.words in (*_NOTES, *_PRIMITIVES) or _is_turning_point(box)
    return box.mode not in (MUTED, BYPASSED) and not is_drawn_only


def _is_turning_point(box: Box) -> bool:
    """Whether a box only leads a wire elsewhere."""
    return "reroute" in box.words or _is_set(box) or _is_get(box)


def _is_set(box: Box) -> bool:
    return box.words.endswith("setnode")


def _is_get(box: Box) -> bool:
    return box.words.endswith("getnode")


def _around(place: _Place, box: Box, slot: int) -> tuple[_Place, Wire | None]:
    """The wire that a turning point goes on with; a getter goes on where the setter of its name stands."""
    if not _is_get(box):
        return place, _wire_into(place.level, box, slot if slot < len(box.inputs) else 0)
    name = text(box.values[0]) if box.values else None
    level: _Place | None = place
    while level is not None and name is not None:
        if name in level.setters:
            return level, _wire_into(level.level, level.setters[name], 0)
        level = level.parent
    return place, None
