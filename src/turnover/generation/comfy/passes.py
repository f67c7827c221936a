"""The sampler runs of a graph and what each was set to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from turnover.core.generation import MOST_SEED
from turnover.generation.comfy import words
from turnover.generation.comfy.graph import Graph, Link, Node, is_named
from turnover.generation.comfy.literals import Found, Told, Unknown, at, literal
from turnover.generation.comfy.values import Kind, number, text, truth, whole

SEED = ("noise_seed", "seed", "rand_seed", "seed_value", "seed_num", "base_seed")
STEPS = ("steps", "num_steps", "num_inference_steps", "steps_total", "sampling_steps", "sample_steps")
CFG = (
    "cfg", "cfg_scale", "true_gs", "true_cfg", "true_cfg_scale", "cfg_conds", "guidance_scale", "cfg_scale_start",
    "text_guidance_scale",
)  # fmt: skip
GUIDANCE = ("guidance", "embedded_guidance_scale", "distilled_guidance", "distilled_cfg", "distilled_cfg_scale")
SAMPLER = ("sampler_name", "sampler")
SCHEDULER = ("scheduler", "scheduler_name")
DENOISE = ("denoise", "denoise_strength", "denoising_strength")

_ENOUGH = 5
_LEVEL = re.compile(r"\d+\.?\d*|\.\d+")
# What a sampler is put together from has some of its inputs.
_PARTS = re.compile(r"scheduler|guider|modelsampling|loader|encode|randomnoise")


@dataclass(frozen=True, slots=True)
class Run:
    """One sampler run; each setting is what was found, why it is not known, or None where there is none."""

    node: Node
    seed: Told
    steps: Told
    cfg: Told
    guidance: Told
    sampler: Told
    scheduler: Told
    denoise: Told
    adds_noise: bool
    """False where it goes on from the noise that an earlier run left."""


def runs(graph: Graph, nodes: Iterable[Node]) -> tuple[Run, ...]:
    """The sampler runs among these nodes, in their order."""
    nodes = tuple(nodes)
    samplers = [node for node in nodes if is_sampler(node)]
    if not samplers:
        # A sampler of few words: the one that is most like one, if it has a model and text at all.
        # Or one whose model is missing from the graph, if it is a sampler in all else.
        scored = [(score(node) - (0 if _is_driven(node) else 4), node) for node in nodes if _has_text(node)]
        best = max((points for points, _ in scored), default=0)
        samplers = [node for points, node in scored if points == best >= _ENOUGH - 2]
    return tuple(run(graph, node) for node in samplers)


def is_sampler(node: Node) -> bool:
    """Whether a node samples, judged by what goes into it."""
    return (_is_driven(node) or _is_whole(node)) and score(node) >= _ENOUGH and not _is_bundle(node)


def score(node: Node) -> int:
    """How much the inputs of a node are those of a sampler; 5 is enough."""
    names = {name.lower() for name in node.inputs if is_named(name)}
    points = 0
    if any(map(words.is_positive, names)) and any(map(words.is_negative, names)):
        points += 2
    elif any(words.is_conditioning(name) or name == "guider" for name in names):
        points += 1
    points += 2 * bool(names & {*SEED, "noise"})
    points += 2 * bool(names & {*STEPS, "sigmas"})
    points += bool(names & {*CFG, *GUIDANCE})
    points += bool(names & {*SAMPLER, *SCHEDULER})
    points += any(map(words.is_latent, names))
    points += "sampler" in node.words
    points += any(words.is_model(name) for name in node.links)
    return points - 4 * bool(_PARTS.search(node.words) and "ksampler" not in node.words)


def _is_driven(node: Node) -> bool:
    return any(words.is_model(name) or name.lower().endswith("pipe") for name in node.links)


def _is_whole(node: Node) -> bool:
    """Whether a node does all by itself: it holds a prompt, a seed and steps, and gives pictures."""
    names = {words.last(name) for name, value in node.literals.items() if value is not None}
    has_prompt = any(name.endswith("prompt") or name in {"positive", "text"} for name in names)
    return has_prompt and bool(names & set(SEED)) and bool(names & set(STEPS))


def _has_text(node: Node) -> bool:
    return any(words.is_conditioning(n) or words.is_positive(n) or n == "guider" for n in node.links)


def _is_bundle(node: Node) -> bool:
    """Whether a node only gathers what a sampler needs: all comes from elsewhere, and it does not call itself one."""
    return not any(node.literals.values()) and "sampl" not in node.words


def run(graph: Graph, node: Node) -> Run:
    """What one sampler was set to."""
    reading = _Reading(graph, node)
    return Run(
        node,
        seed=_seed(reading),
        steps=reading.found(STEPS, ("sigmas",), whole) or _manual_steps(reading),
        cfg=reading.found(_cfg_names(node), ("guider", "parameters"), number),
        guidance=_guidance(reading),
        sampler=reading.chosen(SAMPLER, ("sampler",)),
        scheduler=reading.chosen(SCHEDULER, ("sigmas",)),
        denoise=reading.found(DENOISE, ("sigmas",), number),
        adds_noise=_adds_noise(reading),
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    graph: Graph
    node: Node

    def found(self, names: tuple[str, ...], by: tuple[str, ...], kind: Kind) -> Told:
        """The setting at the sampler itself, or on what is linked to it by these inputs."""
        own = literal(self.graph, self.node, [name for name in names if name not in by], kind)
        if own is not None:
            return own
        for node in self.onward(by):
            told = literal(self.graph, node, names, kind)
            if told is not None:
                return told
        return None

    def chosen(self, names: tuple[str, ...], by: tuple[str, ...]) -> Told:
        """A name chosen from a list; where it is linked, on what is linked, whose class is no name for it."""
        for name in names:
            value = self.node.inputs.get(name)
            if isinstance(value, str) and value.strip():
                return Found(value, f"{self.node}.{name}")
            if isinstance(value, Link) and name not in by:
                return at(self.graph, self.node, name, _name)
        told = self.found(names, by, _name)
        first = next(self.onward(by), None)
        if told is None and first is not None:
            return Unknown(f"{first} makes it and gives it no name")
        return told

    def onward(self, by: tuple[str, ...]) -> Iterator[Node]:
        """What is linked by these inputs, and on by the same inputs: the nearest first."""
        seen = {self.node.id}
        waiting = [self.node]
        while waiting:
            node = waiting.pop(0)
            for name, link in node.links.items():
                if link.node not in seen and any(name.lower().startswith(word) for word in by):
                    seen.add(link.node)
                    source = self.graph.nodes[link.node]
                    waiting.append(source)
                    yield source


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _seed(reading: _Reading) -> Told:
    told = reading.found(SEED, ("noise",), whole)
    if not isinstance(told, Found):
        return told
    seed = whole(told.value)
    if seed is not None and not 0 <= seed <= MOST_SEED:
        return Unknown(f"{told.where} is {seed}: a seed was drawn while running and is not in the graph")
    return told


def _cfg_names(node: Node) -> tuple[str, ...]:
    """Beside a cfg of its own, `guidance_scale` is the distilled one."""
    return CFG if not {"cfg", "cfg_scale"} & node.inputs.keys() else ("cfg", "cfg_scale")


def _guidance(reading: _Reading) -> Told:
    own = reading.found(GUIDANCE, ("guider",), number)
    if own is None and "cfg" in reading.node.inputs:
        return literal(reading.graph, reading.node, ("guidance_scale",), number)
    return own


def _manual_steps(reading: _Reading) -> Told:
    """The steps of a list of noise levels that somebody wrote: one fewer than there are levels."""
    for node in reading.onward(("sigmas",)):
        for name in ("sigmas", "sigmas_string", "sigmas_str", "values"):
            written = text(node.literals.get(name))
            levels = [part for part in re.split(r"[\s,;]+", written or "") if part]
            if len(levels) > 1 and all(map(_LEVEL.fullmatch, levels)):
                return Found(len(levels) - 1, f"{node}.{name}, {len(levels)} levels")
    if any(True for _ in reading.onward(("sigmas",))):
        return Unknown("the list of noise levels tells no number of steps")
    return None


def _adds_noise(reading: _Reading) -> bool:
    node = reading.node
    for name in ("add_noise", "disable_noise"):
        told = literal(reading.graph, node, (name,), truth)
        if isinstance(told, Found):
            return bool(told.value) is (name == "add_noise")
    handed_on = literal(reading.graph, node, ("add_noise_to_samples",), truth)
    if isinstance(handed_on, Found) and isinstance(node.inputs.get("samples"), Link):
        return bool(handed_on.value)
    return not any(words.has_word(source, "disablenoise") for source in reading.onward(("noise",)))
