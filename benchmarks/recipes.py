"""Reading how a file was made: how fast, and how much of it is right."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

from benchmarks.measuring import Absent, Contender, Row, Table, compared
from tests.comfy import comfy_tags
from tests.recipes import Recipe
from tests.unit.generation.comfy.graphs import Nodes, drawing, sampler, written
from tests.unit.generation.test_a1111 import PLAIN
from tests.unit.generation.test_fooocus import OWN
from tests.unit.generation.test_invokeai import METADATA
from tests.unit.generation.test_novelai import FIELDS
from tests.unit.generation.test_swarmui import PICTURE
from tests.unit.generation.test_wan2gp import SETTINGS
from tests.videos import write
from turnover.core.clip import Clip, JsonValue
from turnover.core.generation import Generation
from turnover.files.finding import Found
from turnover.generation.sniff import found_in
from turnover.work.look import Looking, look
from turnover.work.making import carried

SEED = 2**63 + 7
ALL = "seed, steps, prompt"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file's recipe says; in an answer, what a reader found."""

    seed: int | None = None
    steps: int | None = None
    prompts: frozenset[str] = field(default_factory=frozenset)


Reader: TypeAlias = Callable[[Sequence[Path]], list[list[Facts]]]
"""For each file every sampler run that was found."""


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of file, and what is true of it."""

    name: str
    recipe: Recipe
    seed: int
    steps: int
    prompt: str

    def right(self, found: Sequence[Facts]) -> str:
        """Which values are right. Any run that a reader found counts, so that only what nobody finds is wrong."""
        marks = {
            "seed": any(one.seed == self.seed for one in found),
            "steps": any(one.steps == self.steps for one in found),
            "prompt": any(self.prompt.strip() in one.prompts for one in found),
        }
        return ", ".join(name for name, is_right in marks.items() if is_right) or "nothing"


def tables(*, is_quick: bool) -> Iterator[Table]:
    count, rounds = (5, 1) if is_quick else (1_000, 3)
    peer = _sd_parsers()
    with tempfile.TemporaryDirectory() as folder:
        yield _speed(Path(folder), count, rounds, peer)
        yield _correctness(Path(folder), peer)


# ---------------------------------------------------------------------------------------------------------- speed


def _speed(folder: Path, count: int, rounds: int, peer: Reader | None) -> Table:
    """Pictures with a graph and its canvas, which all contenders read; values are compared before the clock starts."""
    cases = [_plain(f"{n:04}.png", f"a red kite, take {n}", SEED + n) for n in range(count)]
    paths = [write(case.recipe, folder) for case in cases]
    ours = Contender("turnover, the recipe alone", partial(_recipe_alone, paths))
    others: list[Contender | Absent] = [Contender("turnover, all of `probe`, 1 thread", partial(_whole_look, paths))]
    if peer is None:
        others.append(Absent("sd-parsers", "the package is not installed"))
    else:
        others.append(Contender("sd-parsers", partial(peer, paths)))
    for name, reader in (("turnover", _recipe_alone), ("turnover, all", _whole_look), ("sd-parsers", peer)):
        answers = [] if reader is None else zip(cases, reader(paths), strict=True)
        wrong = next((case.recipe.name for case, found in answers if case.right(found) != ALL), None)
        if wrong is not None:
            raise ValueError(f"{name}: other values than {wrong} has")
    rows = compared(ours, others, rounds=rounds, scale=1000 / count)
    return Table(f"{count:,} PNG of ComfyUI, how each was made", "ms a file", rows)


def _recipe_alone(paths: Sequence[Path]) -> list[list[Facts]]:
    return [_told(found_in(carried(path, is_own=_is_nobodys), file_name=path.name).generation) for path in paths]


def _whole_look(paths: Sequence[Path]) -> list[list[Facts]]:
    clips = look([Found(path, path.parent) for path in paths], Looking(_is_nobodys), workers=1)
    return [_told(clip.generation if isinstance(clip, Clip) else None) for clip in clips]


def _told(made: Generation | None) -> list[Facts]:
    return [] if made is None else [Facts(made.seed, made.steps, frozenset({(made.prompt or "").strip()}))]


def _is_nobodys(path: Path) -> bool:
    return False


def _sd_parsers() -> Reader | None:
    try:
        from PIL import UnidentifiedImageError  # noqa: PLC0415
        from sd_parsers import ParserManager  # noqa: PLC0415
    except ImportError:
        return None
    manager = ParserManager()

    def read(path: Path) -> list[Facts]:
        """All that it gives, under whatever name: some seeds are `noise_seed`, some steps stand beside the sampler."""
        try:
            found = manager.parse(path)
        except UnidentifiedImageError:  # a video
            return []
        if found is None:
            return []
        whole = found.full_prompt
        return [
            Facts(
                _whole(one.parameters.get("seed", one.parameters.get("noise_seed"))),
                _whole(one.parameters.get("steps", found.metadata.get("steps"))),
                frozenset({str(prompt).strip() for prompt in one.prompts} | {str(whole).strip()}),
            )
            for one in found.samplers
        ]

    return lambda paths: [read(path) for path in paths]


def _whole(value: object) -> int | None:
    """Numbers come as numbers and as text."""
    return int(str(value)) if str(value).isdecimal() else None


# ---------------------------------------------------------------------------------------------------- correctness


def _correctness(folder: Path, peer: Reader | None) -> Table:
    cases = tuple(_cases())
    paths = [write(case.recipe, folder / str(n)) for n, case in enumerate(cases)]
    answers = {"turnover": _recipe_alone(paths), "sd-parsers": None if peer is None else peer(paths)}
    rows = [
        Row(f"{case.name}: {reader}", None, words="left out: not installed" if found is None else case.right(found[n]))
        for n, case in enumerate(cases)
        for reader, found in answers.items()
    ]
    return Table(f"{len(cases)} kinds of file: seed, steps and prompt", "found right", tuple(rows))


def _cases() -> Iterator[Case]:
    yield _plain("plain.png", "a red kite", SEED)
    yield _comfy("SamplerCustomAdvanced", _advanced(), 42, 20, "a fox")
    yield _comfy("two samplers", _two_stages(), 42, 20, "a fox")
    yield _comfy("prompt joined of two texts", _joined(), 42, 20, "a fox, at night")
    tags = comfy_tags("a red kite", SEED)
    alone = Recipe("alone.png", frames=1, tags={"prompt": tags["prompt"]})
    yield Case("ComfyUI, the graph without its canvas", alone, SEED, 20, "a red kite")
    yield Case("ComfyUI, animated WebP", Recipe("a.webp", tags=tags), SEED, 20, "a red kite")
    yield Case("ComfyUI, MP4", Recipe("a.mp4", tags=tags, use_metadata_tags=True), SEED, 20, "a red kite")
    yield Case("A1111", _still({"parameters": PLAIN}), 235284042, 15, "photo of a duck")
    fooocus = {"parameters": json.dumps(OWN), "fooocus_scheme": "fooocus"}
    yield Case("Fooocus", _still(fooocus), int(str(OWN["seed"])), 30, "a fox")
    invoke = {"invokeai_metadata": json.dumps(METADATA)}
    yield Case("InvokeAI", _still(invoke), int(str(METADATA["seed"])), 35, "a lighthouse")
    yield Case("NovelAI", _still(FIELDS), 2253955223, 28, "a cat, in space")
    swarm = {"parameters": json.dumps({"sui_image_params": PICTURE})}
    yield Case("SwarmUI", _still(swarm), int(str(PICTURE["seed"])), 20, str(PICTURE["prompt"]))
    wan = Recipe("w.mp4", tags={"comment": json.dumps(SETTINGS)})
    yield Case("Wan2GP, MP4", wan, int(str(SETTINGS["seed"])), 6, str(SETTINGS["prompt"]))


def _plain(name: str, prompt: str, seed: int) -> Case:
    recipe = Recipe(name, frames=1, tags=comfy_tags(prompt, seed))
    return Case("ComfyUI, one KSampler", recipe, seed, 20, prompt)


def _still(tags: Mapping[str, str]) -> Recipe:
    return Recipe("still.png", frames=1, tags=tags)


def _comfy(name: str, nodes: Nodes, seed: int, steps: int, prompt: str) -> Case:
    tags = {"prompt": json.dumps(written(nodes)), "workflow": json.dumps(_canvas(nodes))}
    return Case(f"ComfyUI, {name}", _still(tags), seed, steps, prompt)


def _advanced() -> Nodes:
    """What Flux and its kin are drawn with: each part of a sampler is a node."""
    parts = {
        "noise": ["20", 0], "guider": ["21", 0], "sampler": ["22", 0], "sigmas": ["23", 0], "latent_image": ["5", 0],
    }  # fmt: skip
    return drawing({
        "3": ("SamplerCustomAdvanced", parts),
        "20": ("RandomNoise", {"noise_seed": 42}),
        "21": ("CFGGuider", {"cfg": 5.0, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0]}),
        "22": ("KSamplerSelect", {"sampler_name": "euler"}),
        "23": ("BasicScheduler", {"scheduler": "simple", "steps": 20, "denoise": 1.0, "model": ["4", 0]}),
    })  # fmt: skip


def _two_stages() -> Nodes:
    """Wan 2.2: one model begins, another goes on with what noise is left."""
    first = {key: value for key, value in sampler().items() if key not in ("seed", "denoise")}
    begins = {"add_noise": "enable", "noise_seed": 42, "start_at_step": 0, "end_at_step": 10,
              "return_with_leftover_noise": "enable"}  # fmt: skip
    ends = {"add_noise": "disable", "noise_seed": 0, "start_at_step": 10, "end_at_step": 10000,
            "return_with_leftover_noise": "disable", "latent_image": ["3", 0]}  # fmt: skip
    return drawing({
        "3": ("KSamplerAdvanced", {**first, **begins}),
        "30": ("KSamplerAdvanced", {**first, **ends}),
        "8": ("VAEDecode", {"samples": ["30", 0], "vae": ["4", 2]}),
    })  # fmt: skip


def _joined() -> Nodes:
    text = {"string_a": "a fox", "string_b": "at night", "delimiter": ", "}
    return drawing({
        "20": ("StringConcatenate", text),
        "6": ("CLIPTextEncode", {"text": ["20", 0], "clip": ["4", 1]}),
    })  # fmt: skip


def _canvas(nodes: Nodes) -> JsonValue:
    """The canvas of a graph as far as a reader of the graph looks at it: its nodes and links."""
    wires = [
        (int(source[0]), source[1], int(target), slot)
        for target, (_, inputs) in nodes.items()
        for slot, source in enumerate(value for value in inputs.values() if isinstance(value, list))
    ]
    links: list[JsonValue] = [[n, a, from_slot, b, slot, "*"] for n, (a, from_slot, b, slot) in enumerate(wires, 1)]
    shown: list[JsonValue] = [{"id": int(key), "type": kind} for key, (kind, _) in nodes.items()]
    return {"nodes": shown, "links": links, "version": 0.4}
