"""SwarmUI: in a picture's `parameters`, or in the `.swarm.json` beside a video ("docs/Image Metadata Format.md")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, InputMedia, Lora, ModelUse, Pass, Processing
from turnover.generation.grammar import Reading, Told
from turnover.generation.values import (
    count,
    each,
    first,
    hashed,
    items,
    members,
    name,
    number,
    of_these,
    rate,
    said,
    seed,
    text,
    weight,
)

_LONGEST_NAME = 260
_ROLES = {
    "model": "diffusion", "videomodel": "diffusion", "videoswapmodel": "diffusion", "refinermodel": "refiner",
    "vae": "vae", "videovae": "vae", "refinervae": "vae", "t5xxlmodel": "text_encoder", "clipgmodel": "text_encoder",
    "cliplmodel": "text_encoder", "clipvisionmodel": "clip_vision", "llavamodel": "text_encoder",
    "llamamodel": "text_encoder", "qwenmodel": "text_encoder", "mistralmodel": "text_encoder",
    "gemmamodel": "text_encoder", "controlnetmodel": "controlnet",
}  # fmt: skip
_INPUTS = {
    "initimage": "start_image", "videoendframe": "end_image", "videoendimage": "end_image",
    "controlnetimageinput": "control", "promptimages": "reference", "maskimage": "mask",
}  # fmt: skip


class SwarmUI:
    """`sui_image_params` with ids in small letters, numbers often as text."""

    name = "swarmui"

    def read(self, reading: Reading) -> Told | None:
        root = members(reading.value)
        if not isinstance(root.get("sui_image_params"), dict):
            return None
        tree = members(root["sui_image_params"])
        return Told(_generation({key.casefold(): value for key, value in tree.items()}, root), "text")


def _generation(tree: dict[str, JsonValue], root: Mapping[str, JsonValue]) -> Generation:
    passes = tuple(_passes(tree))
    base = passes[0]
    asked = Asked(
        count(tree.get("width")),
        count(tree.get("height")),
        count(of_these(tree, ("videoframes", "text2videoframes"))),
        rate(of_these(tree, ("videofps", "text2videofps"))),
    )
    hashes = _hashes(root.get("sui_models"))
    return Generation(
        tool="SwarmUI",
        prompt=said(tree.get("prompt")),
        negative_prompt=said(tree.get("negativeprompt")),
        seed=base.seed,
        steps=base.steps,
        cfg=base.cfg,
        guidance=base.guidance,
        sampler=base.sampler,
        scheduler=base.scheduler,
        models=tuple(_models(tree, hashes)),
        loras=tuple(_loras(tree, hashes)),
        passes=passes,
        inputs=tuple(_inputs(tree)),
        asked=asked,
        processing=tuple(_processing(tree)),
    )


def _passes(tree: dict[str, JsonValue]) -> Iterator[Pass]:
    """The picture first; then its refinement; then the video that a model of its own makes of it."""
    base = Pass(
        seed=seed(tree.get("seed")),
        steps=count(tree.get("steps")),
        cfg=number(tree.get("cfgscale")),
        guidance=number(tree.get("fluxguidancescale")),
        sampler=name(tree.get("sampler")) or name(tree.get("comfyuisampler")),
        scheduler=name(tree.get("scheduler")) or name(tree.get("comfyuischeduler")),
        denoise=number(tree.get("initimagecreativity")) if tree.get("initimage") else None,
        model=name(tree.get("model")),
    )
    yield base
    if tree.get("refinercontrolpercentage") is not None and name(tree.get("refinermethod")):
        yield _after(
            base,
            steps=count(tree.get("refinersteps")),
            cfg=number(tree.get("refinercfgscale")),
            denoise=number(tree.get("refinercontrolpercentage")),
            model=_other_model(tree.get("refinermodel")) or base.model,
        )
    if name(tree.get("videomodel")):
        steps, cfg, swapped = (
            count(tree.get("videosteps")),
            number(tree.get("videocfg")),
            name(tree.get("videoswapmodel")),
        )
        # Where a second model takes over, each has a part of the steps.
        yield _after(base, model=name(tree.get("videomodel")), steps=None if swapped else steps, cfg=cfg)
        if swapped:
            yield _after(base, model=swapped, steps=None, cfg=cfg)


def _after(
    base: Pass, *, model: str | None, steps: int | None, cfg: float | None, denoise: float | None = None
) -> Pass:
    return Pass(base.seed, steps, cfg, None, base.sampler, base.scheduler, denoise, model)


def _other_model(value: JsonValue) -> str | None:
    found = name(value)
    return None if found is None or found.casefold() == "(use base)" else found


def _models(tree: dict[str, JsonValue], hashes: Mapping[str, str]) -> Iterator[ModelUse]:
    for key, role in _ROLES.items():
        model = _other_model(tree.get(key))
        if model is not None:
            yield ModelUse(model, role, hashes.get(_bare(model)))


def _loras(tree: dict[str, JsonValue], hashes: Mapping[str, str]) -> Iterator[Lora]:
    weights, text_weights = each(tree.get("loraweights")), each(tree.get("loratencweights"))
    for place, listed in enumerate(each(tree.get("loras"))):
        entry = members(listed)
        called = first(name(listed), name(entry.get("model")), name(entry.get("name")))
        if called is None:
            continue
        strength = weight(_at(weights, place)) if place < len(weights) else weight(entry.get("weight"))
        yield Lora(
            called,
            strength,
            weight(_at(text_weights, place)),
            is_enabled=strength != 0,
            hash=hashes.get(_bare(called)),
        )


def _at(values: list[JsonValue], place: int) -> JsonValue:
    return values[place] if place < len(values) else None


def _hashes(models: JsonValue) -> dict[str, str]:
    """Name without suffix → SHA-256 of what follows the header of the file."""
    found: dict[str, str] = {}
    for entry in map(members, items(models)):
        called, digits = text(entry.get("name")), hashed(entry.get("hash"))
        if called is not None and digits is not None:
            found.setdefault(_bare(called), digits)
    return found


def _bare(model: str) -> str:
    return model.replace("\\", "/").removesuffix(".safetensors").casefold()


def _inputs(tree: dict[str, JsonValue]) -> Iterator[InputMedia]:
    for key, role in _INPUTS.items():
        value = tree.get(key)
        # The picture itself may stand here as text.
        is_picture = isinstance(value, str) and (value.startswith("data:") or len(value) > _LONGEST_NAME)
        for called in () if is_picture else map(name, each(value)):
            if called is not None and len(called) <= _LONGEST_NAME:
                yield InputMedia(called, role)


def _processing(tree: dict[str, JsonValue]) -> Iterator[Processing]:
    factor = number(tree.get("refinerupscale"))
    if factor is not None and factor != 1:
        yield Processing("upscaling", factor, name(tree.get("refinerupscalemethod")))
    times = number(of_these(tree, ("videoframeinterpolationmultiplier", "text2videoframeinterpolationmultiplier")))
    if times is not None and times > 1:
        method = of_these(tree, ("videoframeinterpolationmethod", "text2videoframeinterpolationmethod"))
        yield Processing("interpolation", times, name(method))
    if tree.get("videoboomerang") in (True, "true"):
        yield Processing("ping_pong")


GRAMMAR = SwarmUI()
