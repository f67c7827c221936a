"""Which node wrote the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from turnover.generation.comfy import words
from turnover.generation.comfy.graph import Graph, Node
from turnover.generation.comfy.values import truth

_SAVES = re.compile(r"save|videocombine|export|writer|output|createvideo")
_NO_SAVES = re.compile(r"preview|compare|show|display|viewer|note")
_VIDEO_SUFFIXES = {".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".gif"}
_PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".avif", ".exr", ".tif", ".tiff"}
_MAX_CANDIDATES = 60
_FITTING = 16


@dataclass(frozen=True, slots=True)
class Saving:
    """The node that wrote the file."""

    node: Node
    rivals: tuple[Node, ...] = ()
    """Other nodes that could have written it just as well."""


def saving(graph: Graph, file_name: str, *, draws: Callable[[Node], bool]) -> Saving | None:
    """The node that most likely wrote a file of this name; None for a graph where nothing comes out.

    A fitting prefix counts most, then the kind of file, then whether something is drawn upstream (`draws`), then how
    much lies there. Where no prefix fits, a node that saves what was drawn wins over any that does not.
    """
    ranked = [(_rank(node, file_name), node) for node in graph.nodes.values() if _may_save(graph, node)]
    # sorted keeps the order of the graph among equals.
    ranked = sorted(ranked, key=lambda pair: -pair[0])[:_MAX_CANDIDATES]
    if not ranked:
        return None
    drawn = {node.id for _, node in ranked if draws(node)}
    if drawn and ranked[0][0] < _FITTING and ranked[0][1].id not in drawn:
        ranked = [(rank, node) for rank, node in ranked if node.id in drawn]
    best = ranked[0][0]
    equals = [node for rank, node in ranked if rank == best]
    chosen = max(equals, key=lambda node: (node.id in drawn, len(graph.upstream(node))))
    return Saving(
        chosen, tuple(node for node in equals if node is not chosen and (node.id in drawn) == (chosen.id in drawn))
    )


def encoder(graph: Graph, saving: Saving) -> str | None:
    """The class of the node that encoded the pictures; None where a video is handed on as it is, or it is not known."""
    classes = {_encoder(graph, node) for node in (saving.node, *saving.rivals)}
    return classes.pop() if len(classes) == 1 else None


def _encoder(graph: Graph, node: Node) -> str | None:
    if any(words.is_picture(name) for name in node.links if name != "video"):
        return node.class_type
    link = node.links.get("video")
    source = None if link is None else graph.nodes.get(link.node)
    # Other nodes hand on a video that is encoded already, and it is copied.
    return node.class_type if source is not None and source.class_type == "CreateVideo" else None


def _may_save(graph: Graph, node: Node) -> bool:
    """Whether nothing follows, or the node saves beside handing on."""
    if not node.links:
        return False
    return not graph.readers.get(node.id) or "filename_prefix" in node.inputs


def _rank(node: Node, file_name: str) -> int:
    rank = 0
    if _prefix_fits(node, file_name):
        rank += _FITTING + _counter_fits(node, file_name)
    suffix = PurePosixPath(file_name).suffix.lower()
    makes_video = "video" in node.words or any(name in node.inputs for name in ("frame_rate", "fps", "codec", "video"))
    makes_picture = not makes_video or "videocombine" in node.words  # which writes the first frame beside the video
    if (suffix in _VIDEO_SUFFIXES and makes_video) or (suffix in _PICTURE_SUFFIXES and makes_picture):
        rank += 4
    if len(suffix) > 1 and suffix[1:] in node.words:
        rank += 4
    if _is_saving(node):
        rank += 2
    if _NO_SAVES.search(node.words):
        rank -= 2
    if any(words.is_picture(name) or words.is_latent(name) for name in node.links):
        rank += 1
    return rank


def _is_saving(node: Node) -> bool:
    if truth(node.literals.get("save_output")) is False:
        return False
    return bool(_SAVES.search(node.words)) or "filename_prefix" in node.inputs


def _prefix(node: Node) -> str:
    """The part of the file's name that is fixed before it runs; empty when there is none."""
    prefix = node.literals.get("filename_prefix", node.literals.get("filename"))
    # After a sign such as %date% the name is made while running.
    return re.split(r"[\\/]", prefix)[-1].split("%")[0] if isinstance(prefix, str) else ""


def _prefix_fits(node: Node, file_name: str) -> bool:
    """Whether the file's name begins as this node would begin it and goes on with a counter."""
    fixed = _prefix(node)
    rest = file_name.removeprefix(fixed)
    is_made = "%" in str(node.literals.get("filename_prefix"))
    return len(fixed) > 0 and rest != file_name and (is_made or re.match(r"_?\d|[_.-]", rest) is not None)


def _counter_fits(node: Node, file_name: str) -> bool:
    """Whether the counter is written as this node writes it: ComfyUI's own nodes put `_` behind it."""
    rest = PurePosixPath(file_name).stem.removeprefix(_prefix(node))
    ending = r"_\d+(-audio)?" if "videocombine" in node.words else r"_\d+_"
    return re.fullmatch(ending, rest) is not None
