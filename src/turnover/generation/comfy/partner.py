"""Nodes that call a service: they are given a prompt and give pictures, and no sampler is seen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from turnover.core.generation import MOST_SEED
from turnover.generation.comfy import strings, words
from turnover.generation.comfy.graph import Graph, Input, Node, is_named
from turnover.generation.comfy.literals import Found, Told, Unknown, literal
from turnover.generation.comfy.passes import SEED, STEPS
from turnover.generation.comfy.strings import Text, Written
from turnover.generation.comfy.values import name as named
from turnover.generation.comfy.values import number, whole

_PROMPT = re.compile(r"((positive|text|user|image|video|motion)_)?prompt(_text|_string)?")
_NEGATIVE = re.compile(r"negative_prompt(_text)?|prompt_negative|negative")
_SETTINGS = re.compile(
    r"seed|model(_name|_version)?|duration|aspect_ratio|ratio|resolution|mode|quality|size|num_images"
)
# What draws or encodes on this machine has a link to what it needs for that.
_LOCAL = re.compile(
    r"^clip$|(^|_)models?$|(^|_)vae$|text_encoder|^t5$|(conditioning|positive|negative)$|sam_|latent|pipe$"
)


@dataclass(frozen=True, slots=True)
class Service:
    """What a service was asked."""

    node: Node
    prompt: Text
    negative: Text | None
    seed: Told
    steps: Told
    cfg: Told
    model: Told


def service(graph: Graph, nodes: Iterable[Node]) -> Service | None:
    """The last of these nodes that is given a prompt; None where none is."""
    found = [node for node in nodes if is_service(graph, node)]
    return _asked(graph, found[-1]) if found else None


def is_service(graph: Graph, node: Node) -> bool:
    """Whether a node is given a prompt, brings nothing to draw with, and hands on pictures."""
    keys = _named_by(node, _PROMPT)
    if not keys or any(_LOCAL.search(words.last(name)) for name in node.links):
        return False
    if not any(isinstance(node.inputs[key], str) or node.links for key in keys):
        return False
    if not any(_SETTINGS.fullmatch(words.last(name)) for name in node.inputs):
        return False
    readers = graph.readers.get(node.id, ())
    return not readers or any(words.is_picture(reader.input) for reader in readers)


def _asked(graph: Graph, node: Node) -> Service:
    negative = _named_by(node, _NEGATIVE)
    return Service(
        node,
        prompt=_text(graph, node, _named_by(node, _PROMPT)),
        negative=_text(graph, node, negative) if negative else None,
        seed=_seed(graph, node),
        steps=literal(graph, node, [name for name in node.inputs if words.last(name) in STEPS], whole),
        cfg=literal(graph, node, [name for name in node.inputs if words.last(name) in {"cfg", "cfg_scale"}], number),
        model=_model(graph, node),
    )


def _seed(graph: Graph, node: Node) -> Told:
    told = literal(graph, node, [name for name in node.inputs if words.last(name) in SEED], whole)
    seed = whole(told.value) if isinstance(told, Found) else None
    if isinstance(told, Found) and (seed is None or not 0 <= seed <= MOST_SEED):
        return Unknown(f"{told.where} is {seed}: the service drew a seed and it is not in the graph")
    return told


def _model(graph: Graph, node: Node) -> Told:
    for ending in ("model_name", "model", "model_version"):
        key = next((name for name in node.inputs if words.last(name) == ending), None)
        if key is not None:
            return literal(graph, node, (key,), named)
    return None


def _text(graph: Graph, node: Node, keys: list[str]) -> Text:
    texts = [strings.written(graph, node, key) for key in keys]
    unknown = next((text for text in texts if isinstance(text, Unknown)), None)
    told = [text for text in texts if isinstance(text, Written)]
    filled = [text for text in told if text.text.strip()] or told[:1]
    if unknown is not None or not filled:
        return unknown or Unknown(f"{node} was given no prompt")
    joined = "\n".join(dict.fromkeys(text.text for text in filled))
    return Written(joined, "; ".join(text.where for text in filled))


def _named_by(node: Node, pattern: re.Pattern[str]) -> list[str]:
    return [
        name for name, value in node.inputs.items() if pattern.fullmatch(words.last(name)) and _is_text(name, value)
    ]


def _is_text(name: str, value: Input) -> bool:
    return is_named(name) and not isinstance(value, int | float | list | dict) and value is not None
