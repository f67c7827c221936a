"""What a grammar told, as JSON that a person can compare with the facts."""

from __future__ import annotations

import hashlib

from turnover.core.clip import JsonValue
from turnover.core.generation import Generation
from turnover.generation.grammar import Told

_HEAD = 40


def described(told: Told | None) -> JsonValue:
    """The answer as JSON; what is not known is left out, and a text stands as its beginning and its digest."""
    if told is None:
        return None
    if told.generation is None:
        return {"confidence": told.confidence, "reason": (told.reason or "").partition(":")[0]}
    return {"confidence": told.confidence, **_known(_fields(told.generation))}


def _fields(generation: Generation) -> dict[str, JsonValue]:
    asked = generation.asked
    names = ("tool", "seed", "steps", "cfg", "guidance", "sampler", "scheduler")
    plain: dict[str, JsonValue] = {name: getattr(generation, name) for name in names}
    return {
        **plain,
        "prompt": _text(generation.prompt),
        "negative_prompt": _text(generation.negative_prompt),
        "models": [[use.role, use.name] for use in generation.models],
        "loras": [[lora.name, lora.weight, lora.weight_clip, lora.is_enabled] for lora in generation.loras],
        "passes": [
            [one.seed, one.steps, one.cfg, one.guidance, one.sampler, one.scheduler, one.denoise, one.model]
            for one in generation.passes
        ],
        "inputs": [[media.role, media.name] for media in generation.inputs],
        "asked": [asked.width, asked.height, asked.frame_count, str(asked.frame_rate) if asked.frame_rate else None],
        "processing": [[step.kind, step.factor, step.detail] for step in generation.processing],
        "unresolved": [name for name, _ in generation.unresolved],
    }


def _text(text: str | None) -> JsonValue:
    """Beginning and digest of a text; a whole one belongs to who wrote it."""
    return None if text is None else [text[:_HEAD], hashlib.sha256(text.encode()).hexdigest()[:16]]


def _known(members: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: value for name, value in members.items() if value not in (None, [], [None] * 4)}
