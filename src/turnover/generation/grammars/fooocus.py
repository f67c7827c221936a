"""Fooocus, in both of its schemes (modules/meta_parser.py, modules/private_logger.py)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, Lora, ModelUse, Pass
from turnover.generation.grammar import Reading, Told
from turnover.generation.infotext import Infotext, infotext
from turnover.generation.infotext_generation import generation_of
from turnover.generation.values import (
    count,
    first,
    hashed,
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

_SIGNS = ("full_prompt", "performance", "sharpness", "adm_guidance", "metadata_scheme")
_MOST_LORAS = 20


class Fooocus:
    """Its own JSON with sorted keys, or the text of A1111 with Fooocus as its version."""

    name = "fooocus"

    def read(self, reading: Reading) -> Told | None:
        found = infotext(reading.text) if reading.value is None else None
        if found is not None and found.dialect == "fooocus":
            return Told(_of_text(found), "text")
        # The log has labels, `Base Model`, where the file has keys.
        tree = {key.casefold().replace(" ", "_"): value for key, value in members(reading.value).items()}
        if "base_model" not in tree or not any(sign in tree for sign in _SIGNS):
            return None
        return Told(_of_tree(tree), "text")


def _of_text(found: Infotext) -> Generation:
    # The line has the prompt after expansion; several lines of a prompt are in "Raw prompt" alone.
    generation = generation_of(found, "Fooocus")
    raw, raw_negative = found.get("raw prompt"), found.get("raw negative prompt")
    return replace(
        generation,
        prompt=first(text(raw), generation.prompt),
        negative_prompt=first(text(raw_negative), generation.negative_prompt),
    )


def _of_tree(tree: dict[str, JsonValue]) -> Generation:
    width, height = size(tree.get("resolution")) or (None, None)
    model = name(tree.get("base_model"))
    base = Pass(
        seed=seed(tree.get("seed")),
        steps=count(tree.get("steps")),
        cfg=number(tree.get("guidance_scale")),
        sampler=name(tree.get("sampler")),
        scheduler=name(tree.get("scheduler")),
        model=model,
    )
    named = [
        (model, "diffusion", hashed(tree.get("base_model_hash"))),
        (name(tree.get("refiner_model")), "refiner", hashed(tree.get("refiner_model_hash"))),
        (name(tree.get("vae")), "vae", None),
    ]
    return Generation(
        tool="Fooocus",
        prompt=_prompt(tree, "prompt"),
        negative_prompt=_prompt(tree, "negative_prompt"),
        seed=base.seed,
        steps=base.steps,
        cfg=base.cfg,
        sampler=base.sampler,
        scheduler=base.scheduler,
        models=tuple(ModelUse(model, role, digits) for model, role, digits in named if model is not None),
        loras=tuple(_listed(tree.get("loras"))) or tuple(_numbered(tree)),
        passes=(base,),
        asked=Asked(width, height),
    )


def _prompt(tree: dict[str, JsonValue], key: str) -> str | None:
    """What the person wrote; where that is not kept, the texts that styles and expansion made of it."""
    if key in tree:
        return said(tree[key])
    full = tree.get(f"full_{key}")
    return "\n".join(prompt for prompt in map(text, items(full)) if prompt) or text(full)


def _listed(loras: JsonValue) -> Iterator[Lora]:
    """`[["name", 0.1, "hash"], …]`; the hash is the first ten digits of the file's SHA-256."""
    for row in map(items, items(loras)):
        called = name(row[0]) if row else None
        if called is not None:
            strength = weight(row[1]) if len(row) > 1 else None
            digits = hashed(row[2]) if len(row) > 2 else None
            yield Lora(called, strength, strength, is_enabled=strength != 0, hash=digits)


def _numbered(tree: dict[str, JsonValue]) -> Iterator[Lora]:
    """`"lora_combined_1": "name : 0.1"`, or with "True : " before it."""
    for place in range(1, _MOST_LORAS + 1):
        row = text(tree.get(f"lora_combined_{place}")) or text(tree.get(f"lora_{place}"))
        pieces = [] if row is None else [piece.strip() for piece in row.split(" : ")]
        called = name(pieces[-2]) if len(pieces) in (2, 3) else None
        if called is not None:
            strength = weight(pieces[-1])
            is_enabled = strength != 0 and not (len(pieces) == 3 and pieces[0] == "False")
            yield Lora(called, strength, strength, is_enabled=is_enabled)


GRAMMAR = Fooocus()
