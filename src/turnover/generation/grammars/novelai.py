"""NovelAI: `Description`, `Software`, `Source` and a JSON `Comment`; in WebP all of them as one JSON object."""

from __future__ import annotations

import re
from dataclasses import replace

from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, ModelUse, Pass
from turnover.generation.grammar import Reading, Told
from turnover.generation.values import count, first, items, members, name, number, parsed, said, seed, text

_SIGNS = {"steps", "sampler", "seed", "scale", "uc"}
# Which of the fields told what.
_IN_COMMENT = ("asked", "cfg", "negative_prompt", "passes", "sampler", "scheduler", "seed", "steps")
_SOURCES = tuple(sorted({
    **dict.fromkeys(_IN_COMMENT, "Comment"), "models": "Source", "prompt": "Description", "tool": "Software",
}.items()))  # fmt: skip
# `NovelAI Diffusion V4.5 4BDE2A90`: a name, then a hash.
_SOURCE = re.compile(r"(.{1,200}?)\s+[0-9A-F]{8}", re.DOTALL)


class NovelAI:
    """The fields of its pictures, read together."""

    name = "novelai"

    def read(self, reading: Reading) -> Told | None:
        tree = members(reading.value)
        if text(tree.get("Software")) == "NovelAI":
            comment = tree.get("Comment")
            inner = members(parsed(comment) if isinstance(comment, str) else comment)
            generation = _generation(inner, text(tree.get("Description")), text(tree.get("Source")))
            return Told(replace(generation, sources=_SOURCES), "text")
        # The comment alone, where its neighbours were lost. Draw Things has `c` beside `uc`.
        if tree.keys() >= _SIGNS and "c" not in tree:
            return Told(_generation(tree, None, None), "text")
        return None


def _generation(tree: dict[str, JsonValue], description: str | None, source: str | None) -> Generation:
    model = first(name(tree.get("model")), _model(source))
    base = Pass(
        seed=seed(tree.get("seed")),
        steps=count(tree.get("steps")),
        cfg=number(tree.get("scale")),
        sampler=name(tree.get("sampler")),
        scheduler=name(tree.get("noise_schedule")),
        denoise=number(tree.get("strength")),
        model=model,
    )
    negative = tree.get("v4_negative_prompt")
    return Generation(
        tool="NovelAI",
        prompt=first(description, said(tree.get("prompt")), _caption(tree.get("v4_prompt"))),
        negative_prompt=first(said(tree.get("uc")), said(tree.get("negative_prompt")), _caption(negative)),
        seed=base.seed,
        steps=base.steps,
        cfg=base.cfg,
        sampler=base.sampler,
        scheduler=base.scheduler,
        models=() if model is None else (ModelUse(model, "diffusion"),),
        passes=(base,),
        asked=Asked(count(tree.get("width")), count(tree.get("height"))),
    )


def _model(source: str | None) -> str | None:
    match = None if source is None else _SOURCE.fullmatch(source[:300])
    return name(match[1]) if match else name(source)


def _caption(value: JsonValue) -> str | None:
    """The scene, then each character, as version 4 keeps them apart."""
    caption = members(members(value).get("caption"))
    characters = (text(members(entry).get("char_caption")) for entry in items(caption.get("char_captions")))
    return "\n".join(piece for piece in (text(caption.get("base_caption")), *characters) if piece) or None


GRAMMAR = NovelAI()
