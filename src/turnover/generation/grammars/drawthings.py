"""Draw Things: JSON in the user comment, and the same as a text in the description (ImageConverter.swift)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, Lora, ModelUse, Pass, Processing
from turnover.generation.grammar import Reading, Told
from turnover.generation.infotext import Infotext, infotext
from turnover.generation.infotext_generation import generation_of
from turnover.generation.values import (
    base_name,
    count,
    first,
    items,
    members,
    name,
    number,
    said,
    seed,
    size,
    text,
    weight,
)


class DrawThings:
    """`c` and `uc` are the prompts, `v2` is the whole configuration."""

    name = "drawthings"

    def read(self, reading: Reading) -> Told | None:
        tree = members(reading.value)
        if "c" in tree and "uc" in tree and ("sampler" in tree or "v2" in tree):
            return Told(_of_comment(tree), "text")
        found = infotext(reading.text) if reading.value is None else None
        return Told(_of_description(found), "text") if found is not None and found.dialect == "drawthings" else None


def _of_comment(tree: dict[str, JsonValue]) -> Generation:
    whole = members(tree.get("v2"))
    width, height = size(tree.get("size")) or (count(whole.get("width")), count(whole.get("height")))
    base = Pass(
        seed=seed(tree.get("seed")),
        steps=count(tree.get("steps")),
        cfg=number(tree.get("scale")),
        sampler=name(tree.get("sampler")),
        denoise=number(tree.get("strength")),
        model=first(base_name(tree.get("model")), base_name(whole.get("model"))),
    )
    refiner, upscaler = base_name(whole.get("refinerModel")), base_name(whole.get("upscaler"))
    named = [(base.model, "diffusion"), (refiner, "refiner"), (upscaler, "upscaler")]
    return Generation(
        tool="Draw Things",
        prompt=said(tree.get("c")),
        negative_prompt=said(tree.get("uc")),
        seed=base.seed,
        steps=base.steps,
        cfg=base.cfg,
        sampler=base.sampler,
        models=tuple(ModelUse(model, role) for model, role in named if model is not None),
        loras=tuple(_loras(items(whole.get("loras")) or items(tree.get("lora")))),
        passes=(base,),
        asked=Asked(width, height),
        processing=() if upscaler is None else (Processing("upscaling", detail=upscaler),),
    )


def _loras(entries: list[JsonValue]) -> Iterator[Lora]:
    for entry in map(members, entries):
        called = first(base_name(entry.get("file")), base_name(entry.get("model")))
        if called is not None:
            strength = weight(entry.get("weight"))
            yield Lora(called, strength, is_enabled=strength != 0)


def _of_description(found: Infotext) -> Generation:
    """What is to be avoided stands on a line of its own behind a minus."""
    generation = generation_of(found, "Draw Things")
    lines = (found.prompt or "").split("\n")
    place = next((place for place, line in enumerate(lines) if line.startswith("-")), len(lines))
    prompt, negative = "\n".join(lines[:place]), "\n".join(lines[place:]).removeprefix("-")
    return replace(generation, prompt=text(prompt), negative_prompt=text(negative))


GRAMMAR = DrawThings()
