"""LoRAs in every way that nodes spell them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from turnover.core.clip import JsonValue
from turnover.core.generation import Lora
from turnover.generation.comfy import words
from turnover.generation.comfy.graph import Graph, Link, Node, is_named
from turnover.generation.comfy.literals import Found, Unknown, at, literal
from turnover.generation.comfy.models import is_file
from turnover.generation.comfy.values import name as named
from turnover.generation.comfy.values import number, text, truth, whole

_TAG = re.compile(r"<lora:([^:<>]{1,300})(?::(-?[0-9.]+))?(?::(-?[0-9.]+))?[^<>]{0,100}>", re.IGNORECASE)
_STRENGTH = re.compile(r"strength|weight|(^|_)(wt|str|scale)(_|$)")
_SWITCH = re.compile(r"^(lora_?\d*_?)?(switch|toggle|enabled?|on|active)_?\d*$")
_COUNTS = ("lora_count", "num_loras", "number_of_loras")
_MAX = 1_000
_MAX_ROWS = 100


@dataclass(slots=True)
class LoraRead:
    """The LoRAs of a graph, and why one could not be told."""

    loras: list[Lora] = field(default_factory=list)
    unknown: str | None = None


def loras(graph: Graph, nodes: Iterable[Node]) -> LoraRead:
    """The LoRAs of these nodes, in their order."""
    read = LoraRead()
    for node in nodes:
        for lora in (*_rows(node), *_named(graph, node, read), *_unnamed(node), *_tagged(node)):
            if len(read.loras) < _MAX:
                read.loras.append(lora)
    return read


# ---------------------------------------------------------------------------- {"on": true, "lora": …, "strength": …}


def _rows(node: Node) -> Iterator[Lora]:
    """LoRAs that are an object each, alone or in a list."""
    for value in node.literals.values():
        rows = value if isinstance(value, list) else [value]
        for row in rows[:_MAX]:
            lora = _of_row(node, row) if isinstance(row, dict) else None
            if lora is not None:
                yield lora


def _of_row(node: Node, row: dict[str, JsonValue]) -> Lora | None:
    key = "lora" if "lora" in row else "name" if "lora" in node.words else "lora_name"
    lora = named(row.get(key))
    if lora is None:
        return None
    weight = _first(row, "strength", "strength_model", "model_strength", "weight")
    clip = _first(row, "strengthTwo", "strength_clip", "clip_strength", "clipStrength", "strengthClip")
    if not _has_clip(node):
        clip = None
    elif clip is None:
        # rgthree's Power Lora Loader uses one strength for both where there is no second.
        clip = weight
    switch = next((truth(row[key]) for key in ("on", "active", "enabled", "toggle") if key in row), None)
    return _lora(lora, weight, clip, is_on=switch is not False)


def _first(row: dict[str, JsonValue], *keys: str) -> float | None:
    return next((found for key in keys if (found := number(row.get(key))) is not None), None)


def _has_clip(node: Node) -> bool:
    return any("clip" in name.lower() for name in node.links)


def _lora(lora: str, weight: float | None, clip: float | None, *, is_on: bool) -> Lora:
    """A LoRA with no strength anywhere is loaded and changes nothing."""
    strengths = [strength for strength in (weight, clip) if strength is not None]
    return Lora(lora, weight, clip, is_enabled=is_on and (not strengths or any(strengths)))


# ------------------------------------------------------------------- lora_name, strength_model … with or without number


def _named(graph: Graph, node: Node, read: LoraRead) -> Iterator[Lora]:
    """LoRAs whose parts are inputs of a node: `lora_name_2` goes with `model_weight_2`."""
    names = [key for key, value in node.inputs.items() if _is_name(node, key, value)]
    for key in names[:_MAX_ROWS]:
        found = at(graph, node, key, text)
        if isinstance(found, Unknown):
            read.unknown = read.unknown or f"a LoRA's name cannot be told: {found.reason}"
            continue
        lora = named(found.value)
        number_of = _number_of(key)
        if lora is None or "<lora:" in lora or _is_beyond(graph, node, number_of):
            continue
        weight, clip = _strengths(graph, node, number_of)
        yield _lora(lora, weight, clip, is_on=_is_on(graph, node, number_of))


def _is_name(node: Node, key: str, value: object) -> bool:
    lowered = key.lower()
    if not is_named(key) or "lora" not in lowered or _STRENGTH.search(lowered) or _SWITCH.search(lowered):
        return False
    if isinstance(value, Link):
        return re.fullmatch(r"lora_?\d*_?name_?\d*", lowered) is not None
    is_plain = re.fullmatch(r"lora(_?(name|path|file|model|[a-d]))?_?\d*(_name)?", lowered) is not None
    return isinstance(value, str) and (is_plain or is_file(value)) and value.lstrip()[:1] not in {"[", "{"}


def _number_of(key: str) -> int | None:
    match = re.search(r"\d+", key)
    return int(match[0]) if match is not None else None


def _is_beyond(graph: Graph, node: Node, number_of: int | None) -> bool:
    """Whether a row is hidden: a stack keeps the values of rows that are no longer shown."""
    count = literal(graph, node, _COUNTS, whole)
    return number_of is not None and isinstance(count, Found) and number_of > int(str(count.value))


def _strengths(graph: Graph, node: Node, number_of: int | None) -> tuple[float | None, float | None]:
    keys = [key for key in node.inputs if _STRENGTH.search(key.lower()) and _number_of(key) == number_of]
    clip = [key for key in keys if "clip" in key.lower()]
    model = [key for key in keys if "model" in key.lower()]
    single = [key for key in keys if key not in clip and key not in model]
    if single and (clip or model):
        # A stack with both kinds shows one of them, as its mode says.
        is_simple = text(node.literals.get("input_mode", node.literals.get("mode"))) == "simple"
        clip, model = ([], []) if is_simple else (clip, model)
    weight = _strength(graph, node, model or single)
    if clip:
        return weight, _strength(graph, node, clip)
    if not single or model or not ("stack" in node.words or _has_clip(node)):
        return weight, None
    # One strength is for both, but for a node that has only the text encoder to put it on.
    is_for_text = _has_clip(node) and not any(words.is_model(name) for name in node.links)
    return None if is_for_text else weight, weight


def _strength(graph: Graph, node: Node, keys: list[str]) -> float | None:
    found = literal(graph, node, keys[:1], number)
    return number(found.value) if isinstance(found, Found) else None


def _is_on(graph: Graph, node: Node, number_of: int | None) -> bool:
    for key in node.inputs:
        if _SWITCH.search(key.lower()) and _number_of(key) in (number_of, None):
            found = literal(graph, node, (key,), truth)
            if isinstance(found, Found) and found.value is False:
                return False
    return True


# ------------------------------------------------------------------------------------------ a canvas's values, unnamed


def _unnamed(node: Node) -> Iterator[Lora]:
    """In a canvas without names: a file in a node of LoRAs, and the numbers that follow it."""
    values = [(key, value) for key, value in node.literals.items() if not is_named(key)]
    if "lora" not in node.words:
        return
    for index, (_, value) in enumerate(values):
        if not is_file(value):
            continue
        after = [following for _, following in values[index + 1 : index + 3]]
        weight = number(after[0]) if after and not isinstance(after[0], str) else None
        clip = number(after[1]) if weight is not None and len(after) > 1 and not isinstance(after[1], str) else None
        yield _lora(str(value), weight, clip if _has_clip(node) else None, is_on=True)


# ---------------------------------------------------------------------------------------------------- <lora:name:0.8>


def _tagged(node: Node) -> Iterator[Lora]:
    """LoRAs in a text, where the node that has the text also has the model to put them on, or is made for LoRAs."""
    if not ("lora" in node.words or any(words.is_model(name) for name in node.links)):
        return
    if any(isinstance(value, list) for value in node.literals.values()) and "loras" in node.inputs:
        return
    key = "populated_text" if "populated_text" in node.inputs else None
    for name, value in node.literals.items():
        if isinstance(value, str) and (key is None or name == key):
            for match in list(_TAG.finditer(value))[:_MAX]:
                weight = number(match[2]) if match[2] else 1.0
                clip = number(match[3]) if match[3] else weight
                yield _lora(match[1], weight, clip if _has_clip(node) else None, is_on=True)
