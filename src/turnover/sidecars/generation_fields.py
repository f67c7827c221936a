"""The fields that tell how a clip was made."""

from __future__ import annotations

import math
from collections.abc import Callable

from turnover.core.clip import JsonValue
from turnover.core.generation import Generation, ModelFile
from turnover.sidecars.scope import Field, FieldType, Scope, Value


def _made(name: str, kind: FieldType, sentence: str, example: str, get: Callable[[Generation], Value]) -> Field:
    def value(scope: Scope) -> Value:
        generation = scope.view.clip.generation
        return None if generation is None else get(generation)

    return Field(f"generation.{name}", kind, sentence, example, value)


def generation_params(scope: Scope) -> JsonValue:
    """Everything known about the making: the platform's own parameters, with the values found laid over them."""
    clip = scope.view.clip
    given = clip.generation_params
    found = {} if clip.generation is None else generation_tree(clip.generation)
    if isinstance(given, dict):
        return {**given, **found} or None
    return ({"given": given, **found} if given is not None else found) or None


def generation_object(generation: Generation) -> dict[str, JsonValue]:
    """A generation as a JSON object with every member; what is not known is null or empty."""
    plain = ("tool", "prompt", "negative_prompt", "seed", "steps", "cfg", "guidance", "sampler", "scheduler")
    passes = ("seed", "steps", "cfg", "guidance", "sampler", "scheduler", "denoise", "model")
    conflict = ("field", "taken", "taken_from", "other", "other_from")
    members: dict[str, JsonValue] = {name: getattr(generation, name) for name in plain}
    members["models"] = [
        {"name": m.name, "role": m.role, "hash": m.hash, "file": _file(m.file)} for m in generation.models
    ]
    members["loras"] = [
        {
            "name": x.name,
            "weight": x.weight,
            "weight_clip": x.weight_clip,
            "enabled": x.is_enabled,
            "sha256": x.sha256,
            "hash": x.hash,
            "file": _file(x.file),
        }
        for x in generation.loras
    ]
    members["passes"] = [{name: getattr(one, name) for name in passes} for one in generation.passes]
    members["inputs"] = [{"name": i.name, "role": i.role} for i in generation.inputs]
    asked = generation.asked
    members["asked"] = {
        "width": asked.width,
        "height": asked.height,
        "frame_count": asked.frame_count,
        "frame_rate": None if asked.frame_rate is None else str(asked.frame_rate),
    }
    members["processing"] = [{"kind": p.kind, "factor": p.factor, "detail": p.detail} for p in generation.processing]
    members["processing_tags"] = list(generation.processing_tags)
    members["source_type"] = generation.source_type
    members["conflicts"] = [{name: getattr(one, name) for name in conflict} for one in generation.conflicts]
    members["unresolved"] = dict(generation.unresolved)
    members["sources"] = dict(generation.sources)
    return members


def _file(file: ModelFile | None) -> JsonValue:
    if file is None:
        return None
    whole: dict[str, JsonValue] = {"name": file.name, "path": file.path, "size_bytes": file.size_bytes}
    return {**whole, "sha256": file.sha256, "tags": dict(file.tags)}


def generation_tree(generation: Generation) -> dict[str, JsonValue]:
    """A generation as a JSON object; what is not known is left out.

    >>> generation_tree(Generation(prompt="a car", seed=2**63))
    {'prompt': 'a car', 'seed': 9223372036854775808}
    """
    return _known(generation_object(generation))


def _known(members: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The members that are known, in nested objects and lists of objects too."""
    known: dict[str, JsonValue] = {}
    for name, value in members.items():
        if isinstance(value, dict):
            value = _known(value)
        elif isinstance(value, list):
            value = [_known(item) if isinstance(item, dict) else item for item in value]
        if value is not None and value not in ([], {}):
            known[name] = value
    return known


def _processing_list(generation: Generation) -> tuple[str, ...]:
    return tuple(
        " ".join([p.kind, *([] if p.factor is None else [f"x{p.factor:g}"]), *([] if p.detail is None else [p.detail])])
        for p in generation.processing
    )


def _lora_list(generation: Generation) -> tuple[str, ...]:
    return tuple(
        x.name if x.weight is None or not math.isfinite(x.weight) else f"{x.name}:{x.weight:g}"
        for x in generation.loras
        if x.is_enabled
    )


GENERATION_FIELDS = (
    _made("tool", "text", "program that made the clip", "ComfyUI", lambda g: g.tool),
    _made("prompt", "text", "what was asked for", "a red car turns left", lambda g: g.prompt),
    _made("negative_prompt", "text", "what was to be avoided", "blurry", lambda g: g.negative_prompt),
    _made("seed", "integer", "seed of the primary pass, exact to 64 bits", "18446744073709551615", lambda g: g.seed),
    _made("steps", "integer", "sampling steps of the primary pass", "30", lambda g: g.steps),
    _made("cfg", "number", "classifier-free guidance scale", "5.0", lambda g: g.cfg),
    _made("guidance", "number", "distilled guidance, apart from cfg", "3.5", lambda g: g.guidance),
    _made("sampler", "text", "sampler", "uni_pc", lambda g: g.sampler),
    _made("scheduler", "text", "noise schedule", "simple", lambda g: g.scheduler),
    _made("model", "text", "model that drew the picture", "wan2.2_t2v_14B.safetensors", lambda g: g.model),
    _made("models", "list", "names of all models", "wan2.2_t2v_14B, umt5_xxl", lambda g: tuple(m.name for m in g.models)),
    _made("loras", "list", "enabled LoRAs with their weights", "detail:0.8", _lora_list),
    _made("lora_weights", "tree", "LoRA name to weight", '{"detail": 0.8}',
          lambda g: {x.name: x.weight for x in g.loras if x.is_enabled} or None),
    _made("inputs", "list", "pictures and videos that went in", "start.png", lambda g: tuple(i.name for i in g.inputs)),
    _made("processing", "list", "what was done to the frames after sampling", "interpolation x2 RIFE", _processing_list),
    _made("processing_tags", "list", "what was done to the frames after sampling, a word a kind", "interpolated, upscaled", lambda g: g.processing_tags),
    _made("source_type", "text", "IPTC digital source type", "trainedAlgorithmicMedia", lambda g: g.source_type),
    _made("asked_width", "integer", "width that was asked for", "832", lambda g: g.asked.width),
    _made("asked_height", "integer", "height that was asked for", "480", lambda g: g.asked.height),
    _made("asked_frame_count", "integer", "number of frames that was asked for", "81", lambda g: g.asked.frame_count),
    _made("asked_frame_rate", "rate", "frame rate that was asked for, before any interpolation", "16",
          lambda g: g.asked.frame_rate),
    _made("conflicts", "list", "fields that the file's own recipes disagree about", "seed", lambda g: tuple(dict.fromkeys(c.field for c in g.conflicts))),
    _made("sources", "tree", "where each value came from", '{"seed": "clip.json"}', lambda g: dict(g.sources) or None),
    Field("generation.params", "tree", "how the clip was made, as one tree", '{"seed": 42}', generation_params),
)  # fmt: skip
