"""The size, length and rate that the generator was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from turnover.core.generation import Processing
from turnover.core.rate import Rate
from turnover.generation.comfy import words
from turnover.generation.comfy.graph import Graph, Link, Node
from turnover.generation.comfy.literals import Found, Told, Unknown, at, literal
from turnover.generation.comfy.values import number, whole

WIDTH = ("width", "empty_latent_width", "latent_width", "generation_width", "target_width", "custom_width")
HEIGHT = ("height", "empty_latent_height", "latent_height", "generation_height", "target_height", "custom_height")
FRAMES = ("length", "num_frames", "video_length", "video_frames", "frame_count", "frames_number", "frames", "frame_num")
RATE = ("frame_rate", "fps", "framerate", "frames_per_second")

_MAX_SIDE = 100_000
_MAX_FRAMES = 10_000_000
_MAX_WALK = 500
_NEAR = 0.0001
_SCALES = ("scale_by", "multiplier", "scale_factor", "upscale_by")


@dataclass(frozen=True, slots=True)
class Size:
    """What was asked for; each is what was found, why it is not known, or None where nothing was asked."""

    width: Told
    height: Told
    frame_count: Told


def size(graph: Graph, sampler: Node, *, is_animated: bool) -> Size:
    """The size of what a sampler begins with: the nearest node on the way of its undecoded pictures that has one.

    `is_animated`: the model moves pictures by itself, so that the pictures of a batch are the frames.
    """
    for node in _beginnings(graph, sampler):
        width, height = literal(graph, node, WIDTH, _side), literal(graph, node, HEIGHT, _side)
        if width is None or height is None:
            continue
        frames = literal(graph, node, FRAMES, _frames)
        if frames is None and is_animated:
            frames = literal(graph, node, ("batch_size",), _frames)
        return Size(_measured(graph, node, WIDTH, width), _measured(graph, node, HEIGHT, height), frames)
    return Size(None, None, next(_lengths(graph, sampler), None))


def _lengths(graph: Graph, sampler: Node) -> Iterator[Told]:
    for node in _beginnings(graph, sampler):
        if not isinstance(node.inputs.get("frames"), Link):
            found = literal(graph, node, FRAMES, _frames)
            if found is not None:
                yield found


def _beginnings(graph: Graph, sampler: Node) -> Iterator[Node]:
    """The sampler and what its undecoded pictures come from, the nearest first."""
    waiting, seen = [sampler], {sampler.id}
    while waiting and len(seen) < _MAX_WALK:
        node = waiting.pop(0)
        yield node
        links = node.links
        onward = [name for name in links if words.is_latent(name) and "audio" not in name.lower()]
        if not onward and node is not sampler:
            onward = [name for name in links if words.is_picture(name)]
        if not onward and node is sampler:
            onward = [name for name in links if name.lower().endswith("pipe")]
        for name in onward:
            source = graph.nodes[links[name].node]
            if source.id not in seen:
                seen.add(source.id)
                waiting.append(source)


def _measured(graph: Graph, node: Node, names: Iterable[str], told: Told) -> Told:
    """Where a size is measured on a picture: the size that the picture was given, if the graph tells it."""
    name = next((name for name in names if name in node.inputs), None)
    if not isinstance(told, Unknown) or name is None:
        return told
    measure = graph.source(node.inputs[name])
    if measure is None or not words.has_word(measure, "size", "dimension", "resolution"):
        return told
    source = _picture_of(graph, measure)
    scale = 1.0
    for _ in range(10):
        if source is None:
            break
        given = literal(graph, source, names, _side)
        if isinstance(given, Found):
            value = round(float(str(given.value)) * scale)
            return given if scale == 1 else Found(value, f"{given.where} × {scale:g}")
        by = literal(graph, source, [key for key in source.inputs if words.last(key) in _SCALES], number)
        if given is not None or not isinstance(by, Found):
            break
        scale *= float(str(by.value))
        source = _picture_of(graph, source)
    return told


def _picture_of(graph: Graph, node: Node) -> Node | None:
    """What gives a node its picture."""
    links = [link for key, link in node.links.items() if words.is_picture(key)] or list(node.links.values())
    return graph.source(links[0]) if len(links) == 1 else None


def rate(graph: Graph, saving: Node, done: Iterable[Processing]) -> tuple[Rate | None, Told]:
    """Frames per second of what the sampler drew, and where that stands.

    The saving node has the rate of the file; frames that were put in between afterwards are taken out of it again.
    """
    told = _nearest_rate(graph, saving)
    if not isinstance(told, Found):
        return None, told
    per_second = number(told.value) or 0.0
    found = _rate(per_second)
    factors = [step.factor for step in done if step.kind == "interpolation"]
    if found is None or not factors:
        return found, told
    product = 1
    for factor in factors:
        if factor is None or not float(factor).is_integer() or factor < 1:
            return None, Unknown(f"{told.where} is {per_second:g}, with frames put in between of an unknown number")
        product *= int(factor)
    return Rate(found.fraction / product), Found(told.value, f"{told.where} {per_second:g} ÷ {product} (interpolation)")


def _nearest_rate(graph: Graph, saving: Node) -> Told:
    waiting, seen = [saving], {saving.id}
    while waiting and len(seen) < _MAX_WALK:
        node = waiting.pop(0)
        name = next((name for name in RATE if name in node.inputs), None)
        if name is not None:
            return at(graph, node, name, _per_second)
        for link_name, link in node.links.items():
            if link.node not in seen and (words.is_picture(link_name) or words.is_latent(link_name)):
                seen.add(link.node)
                waiting.append(graph.nodes[link.node])
    return None


def _rate(per_second: float) -> Rate | None:
    """The exact rate that a decimal stands for; graphs write 16.000000000000004 and mean 16."""
    for nominal in (24, 30, 48, 60, 120):
        if abs(per_second - nominal * 1000 / 1001) < _NEAR:
            return Rate(nominal * 1000, 1001)
    return Rate.parse(f"{per_second:.6f}".rstrip("0").rstrip(".")) if per_second > 0.000001 else None


def _per_second(value: object) -> float | None:
    found = number(value) if isinstance(value, int | float | str) else None
    return found if found is not None and 0.000001 < found < 100_000 else None


def _side(value: object) -> int | None:
    found = whole(value) if isinstance(value, int | float | str) else None
    return found if found is not None and 0 < found <= _MAX_SIDE else None


def _frames(value: object) -> int | None:
    found = whole(value) if isinstance(value, int | float | str) else None
    return found if found is not None and 0 < found <= _MAX_FRAMES else None
