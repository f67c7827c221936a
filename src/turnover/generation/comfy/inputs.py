"""The pictures, videos and sounds that went in, each with its role."""

from __future__ import annotations

import re
from collections.abc import Iterable

from turnover.core.generation import InputMedia
from turnover.generation.comfy import words
from turnover.generation.comfy.graph import Graph, Node, Reader

_MEDIA = re.compile(
    r"\.(png|jpe?g|webp|avif|gif|bmp|tiff?|exr|heic|mp4|mov|mkv|webm|avi|m4v|mxf|wav|mp3|flac|ogg|m4a|aac|opus)$",
    re.IGNORECASE,
)
# The page writes after the name which of its folders the file is in.
_FOLDER = re.compile(r" \[(input|output|temp)\]$")
_KEYS = re.compile(r"(image|video|audio|file|path|url|directory|folder|filename|image_path|video_path|mask)s?")
_SAVING = re.compile(r"prefix|save|output")
_ROLES = (
    (
        re.compile(r"^(start|first)_?(image|frame|video|images)|^image_?start|init_?(image|video)$|^first_frame$"),
        "start_image",
    ),
    (re.compile(r"^(end|last)_?(image|frame|video)|^image_?end|^image_tail$|^last_frame$|^end_frame$"), "end_image"),
    (re.compile(r"audio|voice|speech|music"), "audio"),
    (re.compile(r"(^|_)ref(erence)?(_|$|s)|^subject|character_image|style_image"), "reference"),
    (re.compile(r"control|pose_(image|video)|depth_(image|video)|^hint"), "control"),
    (re.compile(r"mask"), "mask"),
    (re.compile(r"face"), "face"),
    (re.compile(r"background"), "background"),
    (re.compile(r"motion_(image|video)|driving"), "motion"),
    (re.compile(r"keyframe|guide"), "keyframe"),
)
_WEAK = ("clip_vision", "mask", "color_reference")
_MAX_STEPS = 100
_MAX_LOADERS = 500


def inputs(graph: Graph, nodes: Iterable[Node]) -> tuple[InputMedia, ...]:
    """The media that these nodes load, each once for each role it has."""
    ids = {node.id: node for node in nodes}
    here = frozenset(ids)
    found: dict[InputMedia, None] = {}
    loading = [(node, names) for node in ids.values() if (names := loaded(node))]
    for node, names in loading[:_MAX_LOADERS]:
        for name in names:
            for role in _roles(graph, node, here):
                found.setdefault(InputMedia(name, role))
    return tuple(found)


def loaded(node: Node) -> tuple[str, ...]:
    """The names of the media that a node loads; empty for one that loads none.

    >>> loaded(Node("7", "LoadImage", {"image": "frames/start.png [output]", "upload": "image"}))
    ('frames/start.png',)
    """
    if any(words.is_picture(name) or words.is_latent(name) for name in node.links):
        return ()
    names = []
    for key, value in node.literals.items():
        if not isinstance(value, str) or len(value) > 1000 or "\n" in value or _SAVING.search(key.lower()):
            continue
        name = _FOLDER.sub("", value.strip())
        is_place = "load" in node.words or _KEYS.fullmatch(key.lower()) is not None
        if name and is_place and (_MEDIA.search(name.split("?")[0]) or _is_loaded(node, key, name)):
            names.append(name)
    return tuple(dict.fromkeys(names))


def _is_loaded(node: Node, key: str, name: str) -> bool:
    """Whether a name without a suffix is a medium's: an address, or a folder of frames in a node that loads."""
    if name.startswith(("http://", "https://")):
        return bool(_KEYS.fullmatch(key.lower()))
    return "load" in node.words and key.lower() in {"directory", "folder"}


def _roles(graph: Graph, node: Node, ids: frozenset[str]) -> tuple[str | None, ...]:
    """The roles of what a node loads: of the first inputs with a telling name on each way from it."""
    roles: dict[str | None, None] = {}
    seen = {node.id}
    waiting = list(graph.readers.get(node.id, ()))
    for _ in range(_MAX_STEPS):
        if not waiting:
            break
        reader = waiting.pop(0)
        if reader.node.id not in ids:
            continue
        role = _role(reader)
        onward = graph.readers.get(reader.node.id, ()) if role is None and _hands_on(reader) else ()
        if reader.node.id not in seen:
            seen.add(reader.node.id)
            waiting += onward[:_MAX_STEPS]
        if role is not None or not any(_is_media(place.input) for place in onward):
            roles.setdefault(role)
    strong = tuple(role for role in roles if role is not None and role not in _WEAK)
    return strong or ((None,) if None in roles else tuple(roles)) or (None,)


def _is_media(name: str) -> bool:
    return words.is_picture(name) or words.is_audio(name) or "mask" in name.lower()


def _role(reader: Reader) -> str | None:
    name = words.last(reader.input)
    if any("control_net" in link or "controlnet" in link for link in reader.node.links) and words.is_picture(name):
        return "control"
    if "ipadapter" in reader.node.links and words.is_picture(name):
        return "reference"
    if "clip_vision" in reader.node.links and words.is_picture(name):
        return "clip_vision"
    if "brushnet" in reader.node.links and words.is_picture(name):
        return "init_image"
    if "ipadapter" in reader.node.words and words.is_picture(name):
        return "reference"
    if words.has_word(reader.node, "faceswap", "reactor") and name.startswith("source"):
        return "face"
    if words.has_word(reader.node, "colormatch", "colortransfer") and "ref" in name:
        return "color_reference"
    if words.has_word(reader.node, "imgtovideo", "imagetovideo", "img2vid", "image2video", "i2v") and name == "image":
        return "start_image"
    if "addguide" in reader.node.words and name == "image":
        return "keyframe"
    if words.has_word(reader.node, "vaeencode") and name in {"pixels", "image", "images", "video"}:
        return "init_image"
    return next((role for pattern, role in _ROLES if pattern.search(name)), None)


def _hands_on(reader: Reader) -> bool:
    """Whether what goes in comes out again, changed or not; a node that knows a prompt makes something new."""
    name = words.last(reader.input)
    return (words.is_picture(name) or name in {"video", "value", "any", "input"}) and "prompt" not in reader.node.inputs
