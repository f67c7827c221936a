"""Group nodes, which came before subgraphs: nodes in one box, defined beside the canvas."""

from __future__ import annotations

from dataclasses import replace

from turnover.core.clip import JsonValue
from turnover.generation.comfy.canvas import INPUT_SIDE, OUTPUT_SIDE, Box, Canvas, Level, Slot, Wire, box_of

_PREFIXES = ("workflow>", "workflow/")


def opened(canvas: Canvas) -> Canvas:
    """The canvas with its group nodes as subgraphs; a group whose slots cannot be told apart stays closed."""
    levels = dict(canvas.subgraphs)
    boxes = dict(canvas.root.boxes)
    for key, box in canvas.root.boxes.items():
        prefix = next((prefix for prefix in _PREFIXES if box.type.startswith(prefix)), None)
        definition = canvas.groups.get(box.type.removeprefix(prefix)) if prefix is not None else None
        inside = _inside(definition, box) if isinstance(definition, dict) else None
        if inside is not None:
            # Values are laid into the inner boxes, which differ from one use of the group to the next.
            levels[f"group {key}"] = inside
            boxes[key] = replace(box, type=f"group {key}", values=())
    return replace(canvas, root=replace(canvas.root, boxes=boxes), subgraphs=levels)


def _inside(definition: dict[str, JsonValue], outer: Box) -> Level | None:
    nodes = definition.get("nodes")
    links = definition.get("links")
    if not isinstance(nodes, list) or not isinstance(links, list):
        return None
    boxes = {}
    for index, node in enumerate(nodes):
        box = box_of({**node, "id": index}) if isinstance(node, dict) else None
        if box is None:
            return None
        boxes[box.id] = replace(box, inputs=tuple(replace(slot, link=None) for slot in box.inputs))
    wires = _wires(links)
    boxes = _with_values(boxes, outer)
    return _with_sides(_connected(boxes, wires), wires, outer)


def _wires(links: list[JsonValue]) -> dict[str, Wire]:
    """Wires between inner nodes, which are numbered by their place."""
    wires = {}
    for number, link in enumerate(links):
        if isinstance(link, list) and len(link) >= 4:
            origin, origin_slot, target, target_slot = link[:4]
            if all(isinstance(part, int) for part in (origin, origin_slot, target, target_slot)):
                wires[f"inner {number}"] = Wire(str(origin), int(str(origin_slot)), str(target), int(str(target_slot)))
    return wires


def _connected(boxes: dict[str, Box], wires: dict[str, Wire]) -> dict[str, Box]:
    """The boxes with the wires that lead into them."""
    connected = dict(boxes)
    for key, wire in wires.items():
        box = connected.get(wire.target)
        if box is not None and 0 <= wire.target_slot < len(box.inputs):
            slots = list(box.inputs)
            slots[wire.target_slot] = replace(slots[wire.target_slot], link=key)
            connected[wire.target] = replace(box, inputs=tuple(slots))
    return connected


def _with_values(boxes: dict[str, Box], outer: Box) -> dict[str, Box]:
    """The boxes with the values that the group holds for them: those of all inner nodes in a row."""
    if sum(len(box.values) for box in boxes.values()) != len(outer.values):
        # Some widgets are hidden, so a value cannot be told from its neighbour.
        return {key: replace(box, values=()) for key, box in boxes.items()} if outer.values else boxes
    laid, start = {}, 0
    for key, box in boxes.items():
        laid[key] = replace(box, values=outer.values[start : start + len(box.values)])
        start += len(box.values)
    return laid


def _with_sides(boxes: dict[str, Box], wires: dict[str, Wire], outer: Box) -> Level | None:
    """The level with its inputs and outputs: the free slots of the inner nodes, in order."""
    free = [(key, index, slot) for key, box in boxes.items() for index, slot in enumerate(box.inputs) if not slot.link]
    shown = [slot for slot in outer.inputs if slot.widget is None]
    free = [place for place in free if place[2].widget is None]
    used = {(wire.origin, wire.origin_slot) for wire in wires.values()}
    outputs = [(key, index, slot) for key, box in boxes.items() for index, slot in enumerate(box.outputs)]
    outputs = [place for place in outputs if (place[0], place[1]) not in used]
    if not _agree([place[2] for place in free], shown) or not _agree([p[2] for p in outputs], list(outer.outputs)):
        return None
    wires = dict(wires)
    boxes = dict(boxes)
    for port, (key, index, _) in enumerate(free):
        wires[f"in {port}"] = Wire(INPUT_SIDE, port, key, index)
        slots = list(boxes[key].inputs)
        slots[index] = replace(slots[index], link=f"in {port}")
        boxes[key] = replace(boxes[key], inputs=tuple(slots))
    outlets = {port: Wire(key, index, OUTPUT_SIDE, port) for port, (key, index, _) in enumerate(outputs)}
    return Level(boxes, wires, tuple(slot.name for slot in shown), outlets)


def _agree(inner: list[Slot], outer: list[Slot]) -> bool:
    """Whether two rows of slots are of the same kinds, one by one."""
    return len(inner) == len(outer) and all(one.type == other.type for one, other in zip(inner, outer, strict=True))
