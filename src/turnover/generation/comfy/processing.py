"""What was done to the frames after sampling."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from turnover.core.generation import Processing
from turnover.generation.comfy import words
from turnover.generation.comfy.graph import Graph, Node
from turnover.generation.comfy.literals import Found, literal
from turnover.generation.comfy.models import is_file
from turnover.generation.comfy.values import number, text, truth

_INTERPOLATES = re.compile(r"vfi|rife|gimm|ifrnet|ifunet|interpol|sepconv|stmfnet|flavr|tween")
_MULTIPLIERS = ("multiplier", "interpolation_factor", "frame_multiplier", "interpolation_multiplier", "rate_multiplier")
_FACTORS = ("scale_by", "upscale_by", "upscale_factor", "scale_factor", "rescale_factor", "scale", "upscale", "factor")
_UPSCALES = re.compile(r"upscal|upsampl|superres|esrgan|supir|seedvr|flashvsr|vsr|topaz|enlarge")
_RESIZES = re.compile(r"scale|resize")


@dataclass(frozen=True, slots=True)
class Given:
    """The size of the frames before anything is done to them; None where it is not known."""

    width: int | None = None
    height: int | None = None


def processing(graph: Graph, nodes: Iterable[Node], given: Given) -> tuple[Processing, ...]:
    """What these nodes do to frames, in their order; they are known by what goes into them."""
    return tuple(step for node in nodes if _takes_frames(node) for step in _steps(graph, node, given))


def _takes_frames(node: Node) -> bool:
    return any(words.is_picture(name) or words.is_latent(name) or name.lower() == "image" for name in node.links)


def _steps(graph: Graph, node: Node, given: Given) -> list[Processing]:
    steps = [
        _interpolation(graph, node),
        _upscaling(graph, node, given),
        _color_transfer(graph, node),
        _trim(graph, node),
        _repetition(graph, node),
    ]
    if words.has_word(node, "reverse") and any(words.is_picture(name) for name in node.links):
        steps.append(Processing("reversal", None, node.class_type))
    if _is_yes(graph, node, "pingpong", "ping_pong") or "pingpong" in node.words:
        steps.append(Processing("ping_pong"))
    return [step for step in steps if step is not None]


def _interpolation(graph: Graph, node: Node) -> Processing | None:
    """Frames put in between: a multiplier of frames, or a class that says so."""
    pictures = [name for name in node.links if words.is_picture(name)]
    if not pictures or _is_no(graph, node, "interpolation_enabled", "enable_interpolation"):
        return None
    factor = _number(graph, node, _MULTIPLIERS)
    is_named = bool(_INTERPOLATES.search(node.words)) or "interpolation_enabled" in node.inputs
    has_multiplier = any(name in node.inputs for name in _MULTIPLIERS)
    if not is_named and not (has_multiplier and ("frames" in pictures or "frame" in node.words)):
        return None
    if factor is None and "interpolate" in node.inputs:
        doublings = _number(graph, node, ("interpolate",))
        factor = None if doublings is None or not 0 < doublings < 10 else float(2**doublings)
    if not has_multiplier and factor is None and not is_named:
        return None
    return Processing("interpolation", factor, _model(graph, node) or node.class_type)


def _upscaling(graph: Graph, node: Node, given: Given) -> Processing | None:
    """Frames made larger: by a model, by a factor, or to a size that is larger than the one before."""
    if _is_no(graph, node, "upscaler_enabled", "enable_upscale"):
        return None
    has_model = any("upscale_model" in name.lower() or "upscaler" in name.lower() for name in node.links)
    says_so = has_model or bool(_UPSCALES.search(node.words))
    if not says_so and not _RESIZES.search(node.words):
        return None
    factor = _number(graph, node, _FACTORS) if says_so or "scale_by" in node.inputs else None
    if factor is None and not has_model:
        factor, is_larger = _enlargement(graph, node, given)
        if not is_larger and not (says_so and is_larger is None):
            return None
    if factor is not None and factor <= 1 and not has_model:
        return None
    detail = _model(graph, node) or (None if says_so else _method(graph, node)) or node.class_type
    if "temporal" in detail.lower():
        return Processing("interpolation", None, detail)
    return Processing("upscaling", factor if factor is not None and factor > 1 else None, detail)


def _enlargement(graph: Graph, node: Node, given: Given) -> tuple[float | None, bool | None]:
    """How many times as large a stated size is, where that is so in both directions alike, and whether it is larger."""
    width, height = _number(graph, node, ("width",)), _number(graph, node, ("height",))
    if not width or not height or not given.width or not given.height:
        return None, None
    across, down = width / given.width, height / given.height
    is_larger = across > 1 and down > 1
    return (across if is_larger and abs(across - down) < 0.02 * across else None), is_larger


def _method(graph: Graph, node: Node) -> str | None:
    found = literal(graph, node, ("upscale_method", "method", "interpolation"), text)
    return str(found.value) if isinstance(found, Found) else None


def _color_transfer(graph: Graph, node: Node) -> Processing | None:
    if not words.has_word(node, "colormatch", "colortransfer", "colormatching", "matchcolor", "reinhard"):
        return None
    method = literal(graph, node, ("method", "color_space", "mode"), text)
    strength = _number(graph, node, ("strength", "factor"))
    if strength == 0:
        return None
    return Processing("color_transfer", None, str(method.value) if isinstance(method, Found) else node.class_type)


def _trim(graph: Graph, node: Node) -> Processing | None:
    """Frames left out at the beginning or the end, by numbers that the graph states."""
    names = node.inputs
    start = None
    if {"batch_index", "length"} <= names.keys():
        # One frame alone is taken out to be looked at, not to be the clip.
        length = _number(graph, node, ("length",))
        start = None if length == 1 else _number(graph, node, ("batch_index",))
    elif {"start_index", "num_frames"} <= names.keys():
        start = _number(graph, node, ("start_index",))
    elif words.has_word(node, "trim", "cutframes", "slice") and not words.has_word(node, "audio"):
        start = _number(
            graph, node, ("trim_amount", "start", "start_frame", "skip_first_frames", "start_time", "amount")
        )
        end = _number(graph, node, ("end", "duration", "end_time", "end_frame", "skip_last_frames"))
        start = start or end
    if start is None or (start == 0 and "batch_index" not in names and "start_index" not in names):
        return None
    if "batch_index" in names and start == 0 and (_number(graph, node, ("length",)) or 0) >= 4096:
        return None
    return Processing("trim", None, node.class_type)


def _repetition(graph: Graph, node: Node) -> Processing | None:
    """Frames shown more than once in a row, or a clip whose end was asked to meet its beginning."""
    times = _number(graph, node, ("loop_count",))
    # In an animated picture the count tells a player what to do; the frames are there once.
    is_picture = (text(node.literals.get("format")) or "").startswith("image/")
    if times is not None and times >= 1 and not is_picture:
        return Processing("loop", times + 1)
    amount = _number(graph, node, ("amount",))
    if "repeatimage" in node.words and amount is not None and amount > 1:
        return Processing("loop", amount, node.class_type)
    if _is_yes(graph, node, "loop", "looping", "seamless_loop") and "audio" not in node.words:
        return Processing("loop", None, node.class_type)
    return None


def _number(graph: Graph, node: Node, names: Iterable[str]) -> float | None:
    present = [name for name in names if name in node.inputs]
    found = literal(graph, node, present, number)
    return number(found.value) if isinstance(found, Found) else None


def _is_yes(graph: Graph, node: Node, *names: str) -> bool:
    found = literal(graph, node, names, truth)
    return isinstance(found, Found) and found.value is True


def _is_no(graph: Graph, node: Node, *names: str) -> bool:
    found = literal(graph, node, names, truth)
    return isinstance(found, Found) and found.value is False


def _model(graph: Graph, node: Node) -> str | None:
    """The file of the model that works on the frames: its own, or that of the loader linked to it."""
    for holder in (node, *(graph.source(link) for name, link in node.links.items() if _brings_model(name))):
        if holder is not None:
            held = next((str(value) for value in holder.literals.values() if is_file(value)), None)
            if held is not None:
                return held
    return None


def _brings_model(name: str) -> bool:
    return "model" in name.lower() or name.lower() in {"upscaler", "dit"}
