"""The canvas as the page saves it: nodes with slots and unnamed values, wires, and definitions of subgraphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from turnover.core.clip import JsonValue
from turnover.generation.comfy.graph import MAX_INPUTS, MAX_NODES, unwrapped

MUTED, BYPASSED = 2, 4
"""Modes of a node that does not run: its outputs are missing, or its inputs come out of it."""

INPUT_SIDE, OUTPUT_SIDE = "-10", "-20"
"""Ids of the two ends of a subgraph, from which wires lead in and to which they lead out."""


@dataclass(frozen=True, slots=True)
class Slot:
    """An input or output of a box."""

    name: str
    type: str
    link: str | None = None
    """Id of the wire that leads in; None for an output, or an input that nothing leads to."""
    widget: str | None = None
    """Name of the widget that this input stands for; None for an input that has none."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node on the canvas."""

    id: str
    type: str
    mode: int
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    values: tuple[JsonValue, ...] = ()
    """What the widgets hold, in their order and without names."""
    named: Mapping[str, JsonValue] = field(default_factory=dict)
    """What the widgets hold, for the few nodes that save names."""
    proxies: tuple[tuple[str, str], ...] = ()
    """Of a subgraph in use: for each value its inner node (`-1`: an input of the subgraph itself) and widget."""

    @property
    def words(self) -> str:
        return "".join(sign for sign in self.type.lower() if sign.isalnum())


@dataclass(frozen=True, slots=True)
class Wire:
    """From an output to an input."""

    origin: str
    origin_slot: int
    target: str
    target_slot: int


@dataclass(frozen=True, slots=True)
class Level:
    """One sheet: the canvas itself, or the inside of a subgraph."""

    boxes: Mapping[str, Box]
    wires: Mapping[str, Wire]
    ports: tuple[str, ...] = ()
    """Names of the inputs of a subgraph."""
    outlets: Mapping[int, Wire] = field(default_factory=dict)
    """Output of a subgraph → the wire that leads to it."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """A whole workflow."""

    root: Level
    subgraphs: Mapping[str, Level]
    """Type of the box that stands for it → its inside."""
    groups: Mapping[str, JsonValue] = field(default_factory=dict)
    """Name of a group node, the older kind of subgraph → its definition as written."""


def parsed(value: JsonValue) -> Canvas | None:
    """The canvas that a JSON value is; None when it is none. Also taken is one under `workflow`."""
    value = unwrapped(value)
    if isinstance(value, dict) and not _is_canvas(value):
        value = unwrapped(value.get("workflow"))
    if not isinstance(value, dict) or not _is_canvas(value):
        return None
    extra = _members(value.get("extra"))
    definitions = _members(value.get("definitions"))
    levels = {}
    for definition in _list(definitions.get("subgraphs"))[:MAX_NODES]:
        written = _members(definition)
        if isinstance(written.get("id"), str):
            levels[str(written["id"])] = _level(written, {})
    root = _level(value, extra)
    if len(root.boxes) > MAX_NODES:
        return None
    return Canvas(root, levels, _members(extra.get("groupNodes")))


def _is_canvas(value: dict[str, JsonValue]) -> bool:
    return isinstance(value.get("nodes"), list) and isinstance(value.get("links"), list)


def _level(written: dict[str, JsonValue], extra: dict[str, JsonValue]) -> Level:
    boxes = {box.id: box for box in map(box_of, _list(written.get("nodes"))) if box is not None}
    wires = dict(_wires(_list(written.get("links"))))
    boxes, wires = _with_broadcasts(boxes, wires, _list(extra.get("ue_links")))
    ports = tuple(_text(_members(port).get("name")) for port in _list(written.get("inputs")))
    side = _id(_members(written.get("outputNode")).get("id")) or OUTPUT_SIDE
    outlets = {wire.target_slot: wire for wire in wires.values() if wire.target == side}
    return Level(boxes, wires, ports, outlets)


def box_of(value: JsonValue) -> Box | None:
    """The box that a JSON value is; None when it has no id or type."""
    written = _members(value)
    key, kind = _id(written.get("id")), written.get("type")
    if key is None or not isinstance(kind, str):
        return None
    mode = written.get("mode")
    values = written.get("widgets_values")
    return Box(
        key,
        kind,
        mode if isinstance(mode, int) else 0,
        tuple(_slot(slot) for slot in _list(written.get("inputs"))[:MAX_INPUTS]),
        tuple(_slot(slot) for slot in _list(written.get("outputs"))[:MAX_INPUTS]),
        tuple(_list(values)[:MAX_INPUTS]),
        dict(list(_members(values).items())[:MAX_INPUTS]),
        tuple(_proxies(_list(_members(written.get("properties")).get("proxyWidgets")))),
    )


def _slot(value: JsonValue) -> Slot:
    written = _members(value)
    widget = _members(written.get("widget")).get("name")
    kind = written.get("type")
    return Slot(
        _text(written.get("name")),
        kind if isinstance(kind, str) else "COMBO",
        _id(written.get("link")),
        widget if isinstance(widget, str) else None,
    )


def _proxies(values: list[JsonValue]) -> Iterator[tuple[str, str]]:
    for value in values:
        if isinstance(value, list) and len(value) >= 2 and isinstance(value[1], str):
            yield _id(value[0]) or "", value[1]


def _wires(values: list[JsonValue]) -> Iterator[tuple[str, Wire]]:
    """Wires by id; older files write them as lists, newer ones and subgraphs as objects."""
    for value in values:
        if isinstance(value, list) and len(value) >= 5:
            parts = value[:5]
        elif isinstance(value, dict):
            parts = [value.get(key) for key in ("id", "origin_id", "origin_slot", "target_id", "target_slot")]
        else:
            continue
        key, origin, target = _id(parts[0]), _id(parts[1]), _id(parts[3])
        origin_slot, target_slot = parts[2], parts[4]
        if key and origin and target and isinstance(origin_slot, int) and isinstance(target_slot, int):
            yield key, Wire(origin, origin_slot, target, target_slot)


def _with_broadcasts(
    boxes: dict[str, Box], wires: dict[str, Wire], values: list[JsonValue]
) -> tuple[dict[str, Box], dict[str, Wire]]:
    """Boxes and wires with what nodes such as "Anything Everywhere" feed without a wire being drawn."""
    boxes, wires = dict(boxes), dict(wires)
    for number, value in enumerate(values):
        written = _members(value)
        origin, target = _id(written.get("upstream")), _id(written.get("downstream"))
        origin_slot, target_slot = written.get("upstream_slot"), written.get("downstream_slot")
        box = boxes.get(target or "")
        if origin is None or box is None or not isinstance(origin_slot, int) or not isinstance(target_slot, int):
            continue
        if 0 <= target_slot < len(box.inputs) and box.inputs[target_slot].link is None:
            key = f"everywhere {number}"
            wires[key] = Wire(origin, origin_slot, box.id, target_slot)
            slots = list(box.inputs)
            old = slots[target_slot]
            slots[target_slot] = Slot(old.name, old.type, key, old.widget)
            boxes[box.id] = Box(
                box.id, box.type, box.mode, tuple(slots), box.outputs, box.values, box.named, box.proxies
            )
    return boxes, wires


def _members(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _id(value: JsonValue) -> str | None:
    """An id as text; the page writes numbers, and some write text."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return str(value) if isinstance(value, str) or abs(value) < 10**30 else None
