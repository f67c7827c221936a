"""InvokeAI: `invokeai_metadata` of versions 3 and later, `sd-metadata` and `Dream` of those before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, InputMedia, Lora, ModelUse, Pass
from turnover.generation.grammar import Reading, Told
from turnover.generation.values import count, first, items, members, name, number, said, seed, text, weight

# invokeai/app/invocations/metadata.py
_SIGNS = ("app_version", "generation_mode", "cfg_scale", "scheduler", "rand_device")
_MODELS = {
    "model": "diffusion", "refiner_model": "refiner", "vae": "vae", "t5_encoder": "text_encoder",
    "clip_embed_model": "text_encoder", "clip_l_model": "text_encoder", "clip_g_model": "text_encoder",
    "qwen3_encoder": "text_encoder", "qwen_vl_encoder": "text_encoder", "upscale_model": "upscaler",
}  # fmt: skip
_ADAPTERS = {"controlnets": ("control", "control_model"), "t2iAdapters": ("control", "t2i_adapter_model"),
             "ipAdapters": ("reference", "ip_adapter_model")}  # fmt: skip
# Before version 3, what was to be avoided stood in brackets within the prompt.
_BRACKETED = re.compile(r"\[([^\[\]]*)\]")
_FLAG = re.compile(r"-([A-Za-z]) ?([^\s-][^\s]*)")
_DREAM_END = re.compile(r'"\s+-(?=[A-Za-z])')


class InvokeAI:
    """Three forms of one program's metadata."""

    name = "invokeai"

    def read(self, reading: Reading) -> Told | None:
        tree = members(reading.value)
        if "positive_prompt" in tree and any(sign in tree for sign in _SIGNS):
            return Told(_of_metadata(tree), "text")
        if isinstance(tree.get("image"), dict) and ("model_weights" in tree or "invoke" in str(tree.get("app_id"))):
            return Told(_of_sd_metadata(tree), "text")
        return _of_dream(reading.text) if reading.value is None else None


def _of_metadata(tree: dict[str, JsonValue]) -> Generation:
    base = Pass(
        seed=seed(tree.get("seed")),
        steps=count(tree.get("steps")),
        cfg=number(tree.get("cfg_scale")),
        guidance=number(tree.get("guidance")),
        sampler=None,
        scheduler=name(tree.get("scheduler")),
        denoise=number(tree.get("strength")),
        model=_model(tree.get("model")),
    )
    return Generation(
        tool="InvokeAI",
        prompt=said(tree.get("positive_prompt")),
        negative_prompt=said(tree.get("negative_prompt")),
        seed=base.seed,
        steps=base.steps,
        cfg=base.cfg,
        guidance=base.guidance,
        scheduler=base.scheduler,
        models=tuple(_models(tree)),
        loras=tuple(_loras(tree.get("loras"))),
        passes=(base,),
        inputs=tuple(_inputs(tree)),
        asked=Asked(count(tree.get("width")), count(tree.get("height")), count(tree.get("num_frames"))),
    )


def _model(value: JsonValue) -> str | None:
    """The name of a model: `{"name": …}`, in the first 3.x `{"model_name": …}`, or the name alone."""
    tree = members(value)
    return first(name(tree.get("name")), name(tree.get("model_name")), name(value))


def _models(tree: dict[str, JsonValue]) -> Iterator[ModelUse]:
    for key, role in _MODELS.items():
        model = _model(tree.get(key))
        if model is not None:
            yield ModelUse(model, role)
    for key, (_, kind) in _ADAPTERS.items():
        for entry in map(members, items(tree.get(key))):
            model = _model(entry.get(kind))
            if model is not None:
                yield ModelUse(model, kind.removesuffix("_model"))


def _loras(value: JsonValue) -> Iterator[Lora]:
    for entry in map(members, items(value)):
        called = first(_model(entry.get("model")), _model(entry.get("lora")))
        if called is not None:
            strength = weight(entry.get("weight"))
            yield Lora(called, strength, strength, is_enabled=strength != 0)


def _inputs(tree: dict[str, JsonValue]) -> Iterator[InputMedia]:
    start = name(tree.get("init_image"))
    if start is not None:
        yield InputMedia(start, "start_image")
    for key, (role, _) in _ADAPTERS.items():
        for entry in map(members, items(tree.get(key))):
            for image in (entry.get("image"), *items(entry.get("image"))):
                called = first(name(members(image).get("image_name")), name(image))
                if called is not None:
                    yield InputMedia(called, role)


def _of_sd_metadata(tree: dict[str, JsonValue]) -> Generation:
    image = members(tree["image"])
    listed = [text(members(entry).get("prompt")) or text(entry) for entry in items(image.get("prompt"))]
    prompt = " ".join(piece for piece in listed if piece) or text(image.get("prompt")) or ""
    return _legacy(
        prompt,
        Pass(
            seed=seed(image.get("seed")),
            steps=count(image.get("steps")),
            cfg=number(image.get("cfg_scale")),
            sampler=name(image.get("sampler")),
            denoise=number(image.get("strength")),
            model=first(name(tree.get("model_weights")), name(tree.get("model_id"))),
        ),
        Asked(count(image.get("width")), count(image.get("height"))),
    )


def _of_dream(line: str) -> Told | None:
    """`"a fox [blurry]" -s 50 -S 42 -W 512 -H 512 -C 7.5 -A k_lms`: the command that made the picture."""
    ends = list(_DREAM_END.finditer(line)) if line.startswith('"') else []
    if not ends:
        return None
    flags: dict[str, str] = {}
    for match in _FLAG.finditer(line, ends[-1].start() + 1):
        flags.setdefault(match[1], match[2])
    if not {"s", "S", "C"} <= flags.keys():
        return None
    base = Pass(
        seed=seed(flags["S"]),
        steps=count(flags["s"]),
        cfg=number(flags["C"]),
        sampler=name(flags.get("A")),
        denoise=number(flags.get("f")),
    )
    return Told(_legacy(line[1 : ends[-1].start()], base, Asked(count(flags.get("W")), count(flags.get("H")))), "text")


def _legacy(prompt: str, base: Pass, asked: Asked) -> Generation:
    avoided = ", ".join(piece.strip() for piece in _BRACKETED.findall(prompt) if piece.strip())
    return Generation(
        tool="InvokeAI",
        prompt=text(" ".join(_BRACKETED.sub(" ", prompt).split())),
        negative_prompt=avoided or None,
        seed=base.seed,
        steps=base.steps,
        cfg=base.cfg,
        sampler=base.sampler,
        models=() if base.model is None else (ModelUse(base.model, "diffusion"),),
        passes=(base,),
        asked=asked,
    )


GRAMMAR = InvokeAI()
