"""Wan2GP: its settings in a video's comment, or in the `.json` beside it (shared/utils/video_metadata.py, wgp.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, InputMedia, Lora, ModelUse, Pass, Processing
from turnover.generation.grammar import Reading, Told
from turnover.generation.values import (
    base_name,
    count,
    each,
    first,
    members,
    name,
    number,
    rate,
    said,
    seed,
    size,
    text,
    weight,
)

_RESERVED = "_wangp_metadata_reserved"
_INPUTS = {
    "image_start": "start_image", "image_end": "end_image", "image_refs": "reference", "image_guide": "control",
    "image_mask": "mask", "video_source": "source", "video_guide": "control", "video_mask": "mask",
    "custom_guide": "control",
}  # fmt: skip
_MOST_PHASES = 3
_UPSAMPLING = re.compile(r"([a-z_]{2,20}?)_?(\d(?:\.\d)?)", re.IGNORECASE)
_MODEL_IN_TYPE = re.compile(r" - (.+)\Z", re.DOTALL)


class Wan2GP:
    """The settings of one video."""

    name = "wan2gp"

    def read(self, reading: Reading) -> Told | None:
        tree = members(reading.value)
        is_signed = (text(tree.get("type")) or "").startswith("WanGP")
        if is_signed or {"settings_version", "model_type"} <= tree.keys():
            return Told(_generation(tree), "text")
        if _RESERVED in tree:
            return Told(None, "text", "placeholder only: Wan2GP kept room for settings and wrote none")
        return None


def _generation(tree: dict[str, JsonValue]) -> Generation:
    width, height = size(tree.get("resolution")) or (None, None)
    model = _model(tree)
    passes = tuple(_passes(tree, model))
    loras, notes = _loras(tree)
    base = passes[0]
    given = tree.get("seed")
    if base.seed is None and number(given) is not None:
        notes.append(("seed", f"a new one was drawn each time: {number(given):g}"))
    return Generation(
        tool="Wan2GP",
        prompt=said(tree.get("prompt")),
        negative_prompt=said(tree.get("negative_prompt")),
        seed=base.seed,
        steps=count(tree.get("num_inference_steps")),
        cfg=base.cfg,
        guidance=base.guidance,
        sampler=base.sampler,
        models=() if model is None else (ModelUse(model, "diffusion"),),
        loras=loras,
        passes=passes,
        inputs=tuple(_inputs(tree)),
        asked=Asked(width, height, count(tree.get("video_length")), rate(tree.get("force_fps"))),
        processing=tuple(_processing(tree)),
        unresolved=tuple(sorted(notes)),
    )


def _model(tree: dict[str, JsonValue]) -> str | None:
    """The file where it is told, else the model's name: `WanGP v9 by DeepBeepMeep - Wan2.2 Text2video 14B`."""
    match = _MODEL_IN_TYPE.search(text(tree.get("type")) or "")
    return first(base_name(tree.get("model_filename")), name(match[1]) if match else None, name(tree.get("model_type")))


def _passes(tree: dict[str, JsonValue], model: str | None) -> Iterator[Pass]:
    """One for each guidance phase. Where steps pass from one to the next depends on the noise, so none is told."""
    phases = min(count(tree.get("guidance_phases")) or 1, _MOST_PHASES)
    for phase in range(1, phases + 1):
        yield Pass(
            seed=seed(tree.get("seed")),
            steps=count(tree.get("num_inference_steps")) if phases == 1 else None,
            cfg=number(tree.get("guidance_scale" if phase == 1 else f"guidance{phase}_scale")),
            guidance=number(tree.get("embedded_guidance_scale")),
            sampler=name(tree.get("sample_solver")),
            model=model,
        )


def _loras(tree: dict[str, JsonValue]) -> tuple[tuple[Lora, ...], list[tuple[str, str]]]:
    """The LoRAs, and a note where the strength changes on the way.

    Strengths stand in one text: a blank between LoRAs, `;` between phases, `,` between steps; 1 where none stands.
    The strongest is taken.
    """
    listed = tree.get("loras_multipliers")
    lines = (text(listed) or "").split("\n")
    strengths = [part for line in lines if not line.startswith("#") for part in re.split(r"[\s|]+", line) if part]
    loras, changing = [], []
    for place, entry in enumerate(each(tree.get("activated_loras"), ",\n")):
        called = base_name(entry)
        if called is None:
            continue
        told = strengths[place] if place < len(strengths) else "1"
        found = [value for value in map(weight, re.split("[;,]", told)) if value is not None]
        strongest = max(found, key=abs, default=None)
        loras.append(Lora(called, strongest, is_enabled=strongest != 0))
        if len(set(found)) > 1:
            changing.append(f"{called} {told}")
    note = "the strongest is given where it changes by phase or step: " + ", ".join(changing)
    return tuple(loras), [("loras", note[:1000])] if changing else []


def _inputs(tree: dict[str, JsonValue]) -> Iterator[InputMedia]:
    for key, role in _INPUTS.items():
        value = tree.get(key)
        for entry in [value] if isinstance(value, str) else each(value):
            called = base_name(entry)
            if called is not None:
                yield InputMedia(called, role)


def _processing(tree: dict[str, JsonValue]) -> Iterator[Processing]:
    """`rife2` and `lanczos1.5`: a method, then how many times as much."""
    temporal = _UPSAMPLING.fullmatch(text(tree.get("temporal_upsampling")) or "")
    if temporal:
        yield Processing("interpolation", float(temporal[2]), temporal[1])
    spatial = _UPSAMPLING.fullmatch(text(tree.get("spatial_upsampling")) or "")
    if spatial:
        yield Processing("upscaling", float(spatial[2]), spatial[1])


GRAMMAR = Wan2GP()
