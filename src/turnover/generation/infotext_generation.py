"""A Generation out of the text that A1111 writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from turnover.core.generation import Asked, Generation, Lora, ModelUse, Pass, Processing
from turnover.generation.infotext import Infotext
from turnover.generation.values import (
    count,
    each,
    first,
    hashed,
    members,
    name,
    number,
    parsed,
    rate,
    seed,
    size,
    weight,
)

# extensions-builtin/Lora/extra_networks_lora.py: name, strength on the text encoder, strength on the picture model;
# or the same by name, `te=` and `unet=`. The second strength is the first where it is not told.
_LORA_TAG = re.compile(r"<(?:lora|lyco):([^:<>]{1,300})((?::[^:<>]{0,80}){0,8})>", re.IGNORECASE)
_HASH_BEHIND = re.compile(r"\s*\[([0-9a-f]{4,64})\]\Z")
_HIRES = ("hires upscale", "hires upscaler", "hires resize", "hires scale", "hires size", "hires steps")
_SAME = ("use same sampler", "use same checkpoint", "use same scheduler", "use same")


def generation_of(found: Infotext, tool: str | None) -> Generation:
    """What the text tells; the tool is told by whoever knows the dialect."""
    passes = _passes(found)
    base = passes[0]
    width, height = size(found.get("size")) or (None, None)
    return Generation(
        tool=tool,
        prompt=found.prompt,
        negative_prompt=found.negative_prompt,
        seed=base.seed,
        steps=base.steps,
        cfg=base.cfg,
        guidance=base.guidance,
        sampler=base.sampler,
        scheduler=base.scheduler,
        models=tuple(_models(found)),
        loras=_loras(found),
        passes=passes,
        asked=Asked(width, height, count(found.get("frames")), rate(found.get("fps", "video fps"))),
        processing=_processing(found),
        unresolved=_unresolved(found),
    )


def _passes(found: Infotext) -> tuple[Pass, ...]:
    has_second = any(key in found.settings for key in _HIRES)
    denoise = number(found.get("denoising strength", "strength", "hires strength"))
    base = Pass(
        seed=seed(found.get("seed")),
        steps=count(found.get("steps")),
        cfg=number(found.get("cfg scale", "guidance scale")),
        guidance=number(found.get("distilled cfg scale")),
        sampler=name(found.get("sampler")),
        scheduler=name(found.get("schedule type", "scheduler")),
        denoise=None if has_second else denoise,
        model=_model(found),
    )
    if not has_second:
        return (base,)
    second = Pass(
        seed=base.seed,
        steps=count(found.get("hires steps")) or base.steps,
        cfg=_either(number(found.get("hires cfg scale")), base.cfg),
        guidance=_either(number(found.get("hires distilled cfg scale")), base.guidance),
        sampler=first(_own(found, "hires sampler"), base.sampler),
        scheduler=first(_own(found, "hires schedule type"), base.scheduler),
        denoise=denoise,
        model=first(_own(found, "hires checkpoint"), base.model),
    )
    return base, second


def _either(own: float | None, instead: float | None) -> float | None:
    return instead if own is None else own


def _own(found: Infotext, key: str) -> str | None:
    value = name(found.get(key))
    return None if value is None or value.casefold() in _SAME else _HASH_BEHIND.sub("", value)


def _model(found: Infotext) -> str | None:
    return name(found.get("model"))


def _models(found: Infotext) -> Iterator[ModelUse]:
    named = [
        (_model(found), "diffusion", _hash_of(found, "model")),
        *(
            (_own(found, key), role, _hash_of(found, key))
            for key, role in (("hires checkpoint", "diffusion"), ("refiner", "refiner"), ("vae", "vae"))
        ),
        (_own(found, "te"), "text_encoder", None),
        *((_own(found, f"module {place}"), None, None) for place in range(1, 9)),
    ]
    seen: dict[tuple[str | None, str | None], ModelUse] = {}
    for model, role, digits in named:
        if model is not None:
            seen.setdefault((model, role), ModelUse(model, role, digits))
    return iter(seen.values())


def _hash_of(found: Infotext, key: str) -> str | None:
    """The hash of a model: under a name of its own, behind the model's, or in the list of Civitai's extension."""
    behind = _HASH_BEHIND.search(found.get(key) or "")
    listed = members(parsed(found.get("hashes") or ""))
    return first(hashed(found.get(f"{key} hash")), hashed(behind[1]) if behind else None, hashed(listed.get(key)))


def _loras(found: Infotext) -> tuple[Lora, ...]:
    """Those of the tags in the prompt, then those that only the settings name."""
    hashes = _lora_hashes(found)
    found_tags = _LORA_TAG.finditer(found.prompt or "")
    tagged = dict.fromkeys(lora for match in found_tags for lora in _tagged(match, hashes))
    names = {lora.name.casefold() for lora in tagged}
    weights = dict(_pairs(found.get("lora weights")))
    listed = {key: None for key, _ in _pairs(found.get("lora hashes"))} | weights
    numbered = [(found.get(f"lora {place} model"), found.get(f"lora {place} weight")) for place in range(1, 9)]
    others = [*((key, weight(value)) for key, value in listed.items()), *((a, weight(b)) for a, b in numbered if a)]
    extra = (_lora(key, value, None, hashes) for key, value in others if key and key.casefold() not in names)
    return (*tagged, *extra)


def _lora_hashes(found: Infotext) -> dict[str, str]:
    """Name in small letters → hash."""
    listed = members(parsed(found.get("hashes") or ""))
    extension = ((key.partition(":")[2], value) for key, value in listed.items() if key.startswith("lora:"))
    pairs = ((key, hashed(value)) for key, value in (*extension, *_pairs(found.get("lora hashes"))))
    return {key.casefold(): digits for key, digits in pairs if digits is not None}


def _tagged(match: re.Match[str], hashes: Mapping[str, str]) -> Iterator[Lora]:
    given = [part.strip() for part in match[2].split(":")[1:]]
    by_name = dict(part.split("=", 1) for part in given if "=" in part)
    first_place, second_place, *_ = (*(part for part in given if "=" not in part), "", "")
    on_text = by_name.get("te") or first_place or "1"
    on_picture = by_name.get("unet") or second_place or on_text
    called = name(match[1])
    if called is not None:
        yield _lora(called, weight(on_picture), weight(on_text), hashes)


def _lora(called: str, on_picture: float | None, on_text: float | None, hashes: Mapping[str, str]) -> Lora:
    is_off = on_picture == 0 and on_text in (0, None)
    return Lora(called, on_picture, on_text, is_enabled=not is_off, hash=hashes.get(called.casefold()))


def _pairs(listed: str | None) -> Iterator[tuple[str, str]]:
    """Name and value of `a: 1, b: 2`; of three pieces, as Fooocus once wrote, the last is the value."""
    for part in each(listed):
        pieces = str(part).split(": ")
        if len(pieces) > 1 and pieces[0].strip():
            yield pieces[0].strip(), pieces[-1].strip()


def _processing(found: Infotext) -> tuple[Processing, ...]:
    factor = number(found.get("hires upscale", "hires scale"))
    before, after = size(found.get("size")), size(found.get("hires resize", "hires size"))
    if factor is None and before and after:
        factor = after[0] / before[0]
    upscaler = name(found.get("hires upscaler"))
    if factor is None and upscaler is None:
        return ()
    return (Processing("upscaling", factor, upscaler),)


def _unresolved(found: Infotext) -> tuple[tuple[str, str], ...]:
    hashed = found.get("model hash")
    return (("models", f"only the hash of the model is told: {hashed[:64]}"),) if hashed and not _model(found) else ()
