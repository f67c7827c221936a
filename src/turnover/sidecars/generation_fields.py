"""The fields that tell how a clip was made."""

from __future__ import annotations

import math
from collections.abc import Callable

from turnover.core.clip import JsonValue
from turnover.core.generation import Generation
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


def generation_tree(generation: Generation) -> dict[str, JsonValue]:
    """A generation as a JSON object; what is not known is left out.

    >>> generation_tree(Generation(prompt="a car", seed=2**63))
    {'prompt': 'a car', 'seed': 9223372036854775808}
    """
    plain = ("tool", "prompt", "negative_prompt", "seed", "steps", "cfg", "guidance", "sampler", "scheduler")
    tree: dict[str, JsonValue] = {name: getattr(generation, name) for name in plain}
    tree["models"] = [_known({"name": m.name, "role": m.role}) for m in generation.models]
    tree["loras"] = [
        _known({"name": x.name, "weight": x.weight, "weight_clip": x.weight_clip, "sha256": x.sha256})
        | {"enabled": x.is_enabled}
        for x in generation.loras
    ]
    passes = ("seed", "steps", "cfg", "guidance", "sampler", "scheduler", "denoise", "model")
    tree["passes"] = [_known({name: getattr(p, name) for name in passes}) for p in generation.passes]
    tree["inputs"] = [_known({"name": i.name, "role": i.role}) for i in generation.inputs]
    tree["sources"] = dict(generation.sources)
    return {name: value for name, value in tree.items() if value not in (None, [], {})}


def _known(members: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: value for name, value in members.items() if value is not None}


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
    _made("sources", "tree", "where each value came from", '{"seed": "clip.json"}', lambda g: dict(g.sources) or None),
    Field("generation.params", "tree", "how the clip was made, as one tree", '{"seed": 42}', generation_params),
)  # fmt: skip
