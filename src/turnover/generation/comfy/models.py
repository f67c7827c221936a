"""The models that took part, each with its role."""

from __future__ import annotations

import re
from collections.abc import Iterable

from turnover.core.generation import ModelUse
from turnover.generation.comfy import words
from turnover.generation.comfy.graph import Graph, Node, is_named
from turnover.generation.comfy.literals import Found, at
from turnover.generation.comfy.values import name as named

_FILE = re.compile(r"\.(safetensors|sft|ckpt|pt|pth|bin|gguf|onnx|engine|pkl|msgpack|th|trt)$", re.IGNORECASE)
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+(/[\w.-]+)?")
# Inputs that hold the name of a model even where it has no suffix: a folder, a repository, a service's model.
_KEYS = re.compile(
    r"(ckpt|checkpoint|unet|vae|clip|diffusion|base|sd|control_?net|gguf|style|text_encoder|upscale)?_?"
    r"(model|name|path|repo|model_(name|path|id|repo|file)|repo_id|version)_?\d*"
)
_OWN_ROLES = (
    (re.compile(r"lora"), "lora"),
    (re.compile(r"upscale|upsampler"), "upscaler"),
    (re.compile(r"clip_?vision"), "clip_vision"),
    (re.compile(r"control_?net|brushnet|t2i"), "controlnet"),
    (re.compile(r"(^|_)vae"), "vae"),
    (re.compile(r"^(clip(_name)?_?\d*|clip_name.*|t5.*|text_encoder.*|llm.*|.*chatglm.*|.*gemma.*)$"), "text_encoder"),
    (re.compile(r"(^|_)(ckpt|unet|checkpoint|diffusion|gguf|transformer|dit)(_|$)"), "diffusion"),
)
_READER_ROLES = (
    (re.compile(r"lora"), "lora"),
    (re.compile(r"upscale|upsampler"), "upscaler"),
    (re.compile(r"clip_?vision"), "clip_vision"),
    (re.compile(r"control_?net|brushnet"), "controlnet"),
    (re.compile(r"audio_vae"), "audio_vae"),
    (re.compile(r"(^|_)vae$"), "vae"),
    (re.compile(r"^(opt_|base_|refiner_)?clip_?\d*$|^t5|text_?encoders?$|^llm|chatglm|^clip_[lg]$"), "text_encoder"),
    (re.compile(r"^(opt_|base_|refiner_|diffusion_)?(model|unet|transformer|dit)_?(\d+|[a-d]|opt|(high|low)(_noise)?)?$"),
     "diffusion"),
)  # fmt: skip
_PATCHES = (("animatediff", "motion"), ("motion", "motion"), ("ipadapter", "ipadapter"), ("patch", "model_patch"))
_TELLS_NO_ROLE = re.compile(r"pipe$|ctx$|context$|text|prompt|string|caption|^(any|value|anything|input)")
_LAST = ("diffusion", "vae", "text_encoder", "clip_vision", "controlnet", "upscaler")


def drawing(graph: Graph, sampler: Node) -> tuple[Found, ...]:
    """The models that draw for one sampler, by the links that bring its model: those further upstream first."""
    found: dict[str, Found] = {}
    for node in graph.upstream(sampler, follows=lambda _, name: words.is_model(name)):
        for name in _held(graph, node):
            if name.role == "diffusion":
                found.setdefault(name.name, Found(name.name, str(node)))
    return tuple(found.values())


def models(graph: Graph, drawers: Iterable[Found], nodes: Iterable[Node]) -> tuple[ModelUse, ...]:
    """All models among these nodes: those that draw in the order given, then the others by role."""
    drawn = [ModelUse(str(found.value), "diffusion") for found in drawers]
    rest = [use for node in nodes for use in _held(graph, node) if use.role != "lora"]
    rest.sort(key=lambda use: _LAST.index(use.role) if use.role in _LAST else len(_LAST))
    return tuple(dict.fromkeys([*drawn, *rest]))


def is_file(value: object) -> bool:
    """Whether a text is the name of a model's file."""
    return (
        isinstance(value, str) and len(value) < 1000 and "\n" not in value and _FILE.search(value.strip()) is not None
    )


def _held(graph: Graph, node: Node) -> list[ModelUse]:
    """The models that a node loads."""
    files: list[ModelUse] = []
    others: list[ModelUse] = []
    for key, value in node.inputs.items():
        lowered = key.lower()
        if is_file(value):
            files.append(ModelUse(str(value), _role(graph, node, lowered)))
        elif not is_named(key) and "load" in node.words and isinstance(value, str) and _REPOSITORY.fullmatch(value):
            others.append(ModelUse(value, _role(graph, node, "")))
        elif _KEYS.fullmatch(lowered) and _may_load(node) and (isinstance(value, str) or lowered.endswith("_name")):
            found = at(graph, node, key, named)
            role = _role(graph, node, lowered)
            if isinstance(found, Found) and role is not None and _is_model(str(found.value), lowered):
                others.append(ModelUse(str(found.value), role))
    # Beside a file the rest are kinds, precisions and the like.
    return files or others


def _may_load(node: Node) -> bool:
    return words.has_word(node, "load", "model", "checkpoint", "unet", "clip")


def _is_model(value: str, key: str) -> bool:
    """Whether a name without a suffix is a model's: a repository, or what stands under the name of a file."""
    return is_file(value) or _REPOSITORY.fullmatch(value) is not None or key.endswith(("_name", "model"))


def _role(graph: Graph, node: Node, key: str) -> str | None:
    """What a model is used for: by who uses it, else by what its name stands under."""
    if "lora" in key or ("lora" in node.words and not key.startswith(("ckpt", "vae"))):
        return "lora"
    own = next((role for pattern, role in _OWN_ROLES if pattern.search(key)), None)
    if own in {None, "diffusion"} and any(words.is_picture(name) for name in node.links):
        # What is handed pictures works on them and draws none, unless it does all by itself.
        draws = own == "diffusion" and "seed" in node.inputs
        return own if draws else _by_class(node) or re.sub(r"_?(models?|name|file|path)$", "", key) or "preprocessor"
    if own is None and any(words.is_model(name) for name in node.links):
        own = next((role for word, role in _PATCHES if word in node.words), None)
    readers = list(dict.fromkeys(reader.input.lower() for reader in graph.readers.get(node.id, ())))
    used = [role for name in readers for pattern, role in _READER_ROLES if pattern.search(name)]
    if own in {"upscaler", "clip_vision", "controlnet", "vae", "motion", "ipadapter", "model_patch"}:
        return own if own != "vae" or "audio_vae" not in used else "audio_vae"
    for role in ("diffusion", "clip_vision", "controlnet", "upscaler", "text_encoder", "audio_vae", "vae"):
        if role in used:
            return role
    return own or _of_reader(node, readers)


def _by_class(node: Node) -> str | None:
    if words.has_word(node, "upscale", "upsampl", "superresolution"):
        return "upscaler"
    if words.has_word(node, "rife", "vfi", "interpol"):
        return "interpolation"
    return "preprocessor" if words.has_word(node, "preprocess", "detector", "segment") else None


def _of_reader(node: Node, readers: list[str]) -> str | None:
    """A role without a word of its own: what the input that uses the model is called."""
    by_class = _by_class(node)
    if by_class is not None:
        return by_class
    if any(map(words.is_conditioning, readers)):
        return "text_encoder"
    name = next((name for name in readers if not _TELLS_NO_ROLE.search(name)), None)
    if name is None or words.is_picture(name) or words.is_latent(name):
        return None
    return re.sub(r"_?models?$|^models?_", "", name) or None
