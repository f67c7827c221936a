"""The value at an input, also where another node holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from turnover.core.clip import JsonValue
from turnover.generation.comfy import words
from turnover.generation.comfy.arithmetic import evaluated
from turnover.generation.comfy.graph import Graph, Input, Link, Node, is_named
from turnover.generation.comfy.values import Kind, number, truth


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it stands."""

    value: JsonValue
    where: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why a value cannot be told, for a person."""

    reason: str


Told: TypeAlias = "Found | Unknown | None"
"""None: there is no such input, so nothing was to be told."""

MAX_DEPTH = 64
"""How many nodes a value is followed through."""

# What the output of a node with one value is called at its input.
_VALUE_NAMES = (
    "value", "val", "int", "integer", "int_value", "float", "float_value", "number", "num", "string", "str", "text",
    "boolean", "bool", "constant", "xi", "xf",
)  # fmt: skip
# Two names for one thing.
_SAME = (
    {"seed", "noise_seed", "rand_seed", "seed_value"},
    {"width", "custom_width", "empty_latent_width"},
    {"height", "custom_height", "empty_latent_height"},
    {"length", "num_frames", "frames", "frame_count", "video_length", "frames_number"},
    {"fps", "frame_rate", "framerate"},
    {"steps", "num_steps", "num_inference_steps", "steps_total"},
    {"cfg", "cfg_scale"},
    {"sampler_name", "sampler"},
)
_NEGATES = re.compile(r"notnode$|invertboolean|logicnot|booleannot|booleaninvert|negateboolean")
_WORKS = re.compile(r"math|calc|compar|random|logic|andnode|ornode|operation|aspectratio")
_EXPRESSIONS = ("expression", "formula", "math_expression", "value")
_KEEPS_SHAPE = re.compile(r"keep|proportion|aspect|divisible")


def literal(graph: Graph, node: Node, names: Iterable[str], kind: Kind) -> Told:
    """The value at the first of these inputs that the node has, as `kind` reads it."""
    for name in names:
        if name in node.inputs:
            return at(graph, node, name, kind)
    return None


def at(graph: Graph, node: Node, name: str, kind: Kind) -> Found | Unknown:
    """The value at one input, as `kind` reads it."""
    return _read(graph, node, name, kind, MAX_DEPTH)


def _read(graph: Graph, node: Node, name: str, kind: Kind, depth: int) -> Found | Unknown:
    value = node.inputs[name]
    if isinstance(value, Link):
        source = graph.nodes[value.node]
        return _held(graph, source, value.slot, name, kind, depth - 1)
    read = kind(value)
    if read is not None:
        return Found(read, f"{node}.{name}")
    return Unknown(f"{node}.{name} {_unreadable(value)}")


def _unreadable(value: JsonValue) -> str:
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int):
        return f"is linked to node {value[0][:40]}, which is not in the graph"
    if isinstance(value, list | dict):
        return "holds a list of values" if isinstance(value, list) else "holds an object"
    return f"holds {str(value)[:60]!r}"


def _held(graph: Graph, node: Node, slot: int, asked: str, kind: Kind, depth: int) -> Found | Unknown:
    """What an output of a node is, if the node holds a value or works it out by nothing but a sum."""
    if depth <= 0:
        return Unknown("it is handed through too many nodes")
    if _NEGATES.search(node.words):
        return _negated(graph, node, kind, depth)
    if _is_sum(node):
        return _summed(graph, node, kind, depth)
    name = None if _WORKS.search(node.words) else _holding(node, slot, asked, kind)
    if name is not None:
        return _read(graph, node, name, kind, depth)
    return Unknown(f"it comes from {node}, which works it out while running")


def _negated(graph: Graph, node: Node, kind: Kind, depth: int) -> Found | Unknown:
    told = [_read(graph, node, name, truth, depth) for name in node.inputs]
    if len(told) == 1 and isinstance(told[0], Found) and kind is truth:
        return Found(not told[0].value, f"{told[0].where}, negated")
    return Unknown(f"it comes from {node}, which works it out while running")


def _is_sum(node: Node) -> bool:
    """Whether a node works out an expression: `value` is one only where there are letters to put numbers in for."""
    letters = [name for name in node.inputs if len(words.last(name)) == 1]
    return any(name in node.inputs for name in _EXPRESSIONS[:-1]) or (bool(letters) and "value" in node.inputs)


def _summed(graph: Graph, node: Node, kind: Kind, depth: int) -> Found | Unknown:
    """What an expression comes to, where all it needs is in the graph."""
    name = next(name for name in _EXPRESSIONS if name in node.inputs)
    expression = node.inputs[name]
    if not isinstance(expression, str) or number(expression) is not None:
        return _read(graph, node, name, kind, depth)
    values: dict[str, float] = {}
    for key in node.inputs:
        if len(words.last(key)) == 1:
            # A sum of sums of sums is rare; without this a few nodes could be read without end.
            told = _read(graph, node, key, number, depth // 4)
            if isinstance(told, Found):
                values[words.last(key)] = float(str(told.value))
    result = evaluated(expression, values)
    read = None if result is None else kind(result)
    if read is None:
        return Unknown(f"it comes from {node}, which works it out while running: {expression[:60]}")
    return Found(read, f"{node}: {expression[:60]}")


def _holding(node: Node, slot: int, asked: str, kind: Kind) -> str | None:
    """The input whose value comes out at a slot."""
    lowered = {name.lower(): name for name in node.inputs if is_named(name)}
    alike = next((group for group in _SAME if asked.lower() in group), {asked.lower()})
    same = next((lowered[name] for name in (asked.lower(), *sorted(alike)) if name in lowered), None)
    if same is not None and not _is_measured(node, same):
        return same
    if slot == 0:
        named = [lowered[name] for name in _VALUE_NAMES if name in lowered]
        fitting = [name for name in named if _may_fit(node.inputs[name], kind)]
        if fitting:
            return fitting[0]
        if named:
            return None
        if not node.links:
            alone = [name for name, value in node.literals.items() if kind(value) is not None]
            return alone[0] if len(alone) == 1 else None
    # What takes one thing in may merely hand it on; a number of pictures or their size is measured.
    only = next(iter(node.inputs)) if len(node.inputs) == 1 and node.links else None
    return None if only is None or words.is_picture(only) else only


def _may_fit(value: Input, kind: Kind) -> bool:
    return isinstance(value, Link) or kind(value) is not None


def _is_measured(node: Node, name: str) -> bool:
    """Whether a node that is handed a picture may give another size than the one it was asked for."""
    if name.lower() not in {"width", "height"} or not any(words.is_picture(link) for link in node.links):
        return False
    keeping = [value for key, value in node.literals.items() if _KEEPS_SHAPE.search(key.lower())]
    size = number(node.literals.get(name))
    return any(not _leaves(value, size) for value in keeping)


def _leaves(value: JsonValue, size: float | None) -> bool:
    """Whether a setting leaves a size as it is asked for: no proportions kept, and what it is rounded to divides it."""
    step = number(value) if not isinstance(value, bool) else None
    if step is not None:
        return step <= 1 or (size is not None and size % step == 0)
    return value in (False, "disabled", "stretch", "crop", "false", None)
