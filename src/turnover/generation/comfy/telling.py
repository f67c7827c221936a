"""From a graph to what is known of how a file was made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, Lora, ModelUse, Pass, Processing
from turnover.generation.comfy import asked, models, partner, texts, words
from turnover.generation.comfy.graph import Graph, Node, graph_of
from turnover.generation.comfy.inputs import inputs, loaded
from turnover.generation.comfy.literals import Found, Told, Unknown, literal
from turnover.generation.comfy.loras import loras
from turnover.generation.comfy.passes import Run, is_sampler, runs
from turnover.generation.comfy.processing import Given, processing
from turnover.generation.comfy.routes import straightened
from turnover.generation.comfy.saves import Saving, encoder, saving
from turnover.generation.comfy.strings import Text, Written
from turnover.generation.comfy.texts import prompt
from turnover.generation.comfy.values import number, text, whole
from turnover.generation.grammar import Confidence
from turnover.generation.grammar import Told as Answer
from turnover.generation.untagged import untagged_colour

T = TypeVar("T")
TOOL = "ComfyUI"

MAX_RUNS = 100
"""Of a graph with more sampler runs the first ones are told."""


def told(graph: Graph, *, file_name: str, confidence: Confidence) -> Answer:
    """What a graph tells of a file, walked back from the node that saved it."""
    graph = straightened(graph)
    drawing = {key for key, node in graph.nodes.items() if is_sampler(node) or partner.is_service(graph, node)}
    chosen = saving(graph, file_name, draws=lambda save: any(node.id in drawing for node in _pictures(graph, save)))
    if chosen is None:
        return Answer(None, confidence, "no generator in this graph: nothing comes out of it")
    story = _Story(graph, chosen)
    generation = story.generation()
    return Answer(generation, confidence, None if generation is not None else story.without_generator())


def _pictures(graph: Graph, save: Node) -> tuple[Node, ...]:
    """What the pictures of a saving node need; sound that is laid under them is left out."""
    return graph.upstream(save, follows=lambda node, name: not (words.is_audio(name) and _has_pictures(node)))


def _has_pictures(node: Node) -> bool:
    return any(words.is_picture(name) for name in node.links)


@dataclass(slots=True)
class _Sheet:
    """Values with where they came from; what could not be told is kept with the reason."""

    sources: dict[str, str] = field(default_factory=dict)
    unresolved: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, found: Told, kind: Callable[[JsonValue], T | None]) -> T | None:
        """The value of a field, noted."""
        if isinstance(found, Unknown):
            self.unresolved[name] = found.reason
        if not isinstance(found, Found):
            return None
        self.sources[name] = found.where
        return kind(found.value)

    def take_text(self, name: str, found: Text | None) -> str | None:
        """The text of a field, noted."""
        if isinstance(found, Unknown):
            self.unresolved[name] = found.reason
        if not isinstance(found, Written):
            return None
        self.sources[name] = found.where
        return found.text


class _Story:
    """One file's graph: who draws, with what, and what happens after."""

    def __init__(self, graph: Graph, chosen: Saving) -> None:
        self.chosen = chosen
        self.upstream = graph.upstream(chosen.node)
        # From here on nothing counts that the file does not need; it may never have run.
        self.graph = graph_of({node.id: node for node in self.upstream})
        self.pictures = _pictures(self.graph, chosen.node)
        self.runs = runs(self.graph, self.pictures)[:MAX_RUNS]
        self.drawn = {run.node.id: models.drawing(self.graph, run.node) for run in self.runs}
        self.service = self._service()
        self.sheet = _Sheet()

    def _service(self) -> partner.Service | None:
        """The service that drew, unless a sampler draws after it."""
        found = partner.service(self.graph, self.pictures)
        if found is None:
            return None
        after = self.graph.downstream(frozenset({found.node.id}))
        return None if any(run.node.id in after for run in self.runs) else found

    def without_generator(self) -> str:
        """Why there is no generation, with what the graph does instead."""
        names = [name for node in self.upstream for name in loaded(node)]
        kinds = [step.kind.replace("_", " ") for step in self._processing(frozenset(), Given())]
        does = f", {', '.join(dict.fromkeys(kinds))}" if kinds else ""
        what = (
            f"it loads {', '.join(dict.fromkeys(names))[:200]}{does}" if names else "it loads nothing and draws nothing"
        )
        return f"no generator in this graph: no sampler and no prompt lead to {self.chosen.node}; {what}"

    def generation(self) -> Generation | None:
        """What is known; None where nothing is drawn."""
        if not self.runs and self.service is None:
            return None
        primary = self._primary()
        made = self._by_service(self.service) if self.service is not None else self._by_sampler(primary)
        made = replace(made, tool=TOOL, loras=self._loras(), passes=tuple(map(self._pass, self.runs)))
        made = self._surroundings(made, primary)
        writer = encoder(self.graph, self.chosen)
        self._note_rivals()
        return replace(
            made,
            untagged_colour=None if writer is None else untagged_colour(TOOL, writer),
            unresolved=tuple(sorted(self.sheet.unresolved.items())),
            sources=tuple(sorted(self.sheet.sources.items())),
        )

    # ------------------------------------------------------------------------------------------------ who draws

    def _primary(self) -> Run | None:
        """The run that stands for the whole: the first that makes noise of its own, not the noise another left.

        Where a still is drawn first and then set in motion, that is the first run which makes frames.
        """
        noisy = [run for run in self.runs if run.adds_noise] or list(self.runs)
        if len(noisy) < 2:
            return next(iter(noisy), None)
        sizes = [asked.size(self.graph, run.node, is_animated=False) for run in noisy]
        is_still = isinstance(sizes[0].width, Found) and sizes[0].frame_count is None
        moving = [run for run, size in zip(noisy, sizes, strict=True) if (_value(size.frame_count, whole) or 0) > 1]
        return moving[0] if is_still and moving else noisy[0]

    def _by_sampler(self, primary: Run | None) -> Generation:
        if primary is None:
            return Generation()
        positive = prompt(self.graph, primary.node, "positive")
        negative = prompt(self.graph, primary.node, "negative")
        take = self.sheet.take
        return Generation(
            prompt=self.sheet.take_text("prompt", positive.text or Unknown(f"{primary.node} is given no text")),
            negative_prompt=self.sheet.take_text("negative_prompt", negative.text),
            seed=take("seed", primary.seed or Unknown(f"{primary.node} has no seed"), whole),
            steps=take("steps", primary.steps or Unknown(f"{primary.node} has no steps"), whole),
            cfg=take("cfg", primary.cfg, number),
            guidance=take("guidance", self._guidance(primary, positive), number),
            sampler=take("sampler", primary.sampler, text),
            scheduler=take("scheduler", primary.scheduler, text),
            models=self._models(primary),
        )

    def _by_service(self, service: partner.Service) -> Generation:
        model = self.sheet.take("models", service.model, text)
        return Generation(
            prompt=self.sheet.take_text("prompt", service.prompt),
            negative_prompt=self.sheet.take_text("negative_prompt", service.negative),
            seed=self.sheet.take("seed", service.seed, whole),
            steps=self.sheet.take("steps", service.steps, whole),
            cfg=self.sheet.take("cfg", service.cfg, number),
            models=((ModelUse(model),) if model is not None else ()) + (self._models(None) if self.runs else ()),
        )

    def _guidance(self, run: Run, positive: texts.Prompt) -> Told:
        """The distilled guidance: the sampler's own, else the nearest one laid on the conditioning."""
        if run.guidance is not None:
            return run.guidance
        for node in positive.path:
            found = literal(self.graph, node, ("guidance",), number)
            if found is not None:
                return found
        return None

    def _pass(self, run: Run) -> Pass:
        drawn = self.drawn[run.node.id]
        guidance = self._guidance(run, prompt(self.graph, run.node, "positive"))
        return Pass(
            seed=_value(run.seed, whole),
            steps=_value(run.steps, whole),
            cfg=_value(run.cfg, number),
            guidance=_value(guidance, number),
            sampler=_value(run.sampler, text),
            scheduler=_value(run.scheduler, text),
            denoise=_value(run.denoise, number),
            model=str(drawn[0].value) if drawn else None,
        )

    # --------------------------------------------------------------------------------------------- what it needs

    def _models(self, primary: Run | None) -> tuple[ModelUse, ...]:
        # The primary run and what follows come first, so that the first model is the one that drew the clip.
        start = next((at for at, run in enumerate(self.runs) if run is primary), 0)
        in_order = (*self.runs[start:], *self.runs[:start])
        drawers = [found for run in in_order for found in self.drawn[run.node.id]]
        found = models.models(self.graph, drawers, self.upstream)
        if found:
            self.sheet.sources["models"] = self._place()
        if not any(use.role in {"diffusion", None} for use in found):
            self.sheet.unresolved["models"] = "no node that loads the model that draws can be made out"
        return found

    def _loras(self) -> tuple[Lora, ...]:
        read = loras(self.graph, self._by_runs())
        if read.unknown is not None:
            self.sheet.unresolved["loras"] = read.unknown
        if read.loras:
            self.sheet.sources["loras"] = self._place()
        return tuple(read.loras)

    def _by_runs(self) -> tuple[Node, ...]:
        """All nodes, those that make up a sampler's model before the rest, in the order of the samplers."""
        samplers = [run.node for run in self.runs]
        ordered = self.graph.upstream(*samplers, follows=lambda _, name: not words.is_latent(name))
        return tuple({node.id: node for node in (*ordered, *self.upstream)}.values())

    def _surroundings(self, made: Generation, primary: Run | None) -> Generation:
        """Size, length and rate asked for, media that went in, and what was done afterwards."""
        is_animated = any(use.role == "motion" for use in made.models)
        drawer = primary.node if self.service is None and primary is not None else None
        start = self.service.node if self.service is not None else drawer
        size = asked.Size(None, None, None) if start is None else asked.size(self.graph, start, is_animated=is_animated)
        width = self.sheet.take("asked.width", size.width, whole)
        height = self.sheet.take("asked.height", size.height, whole)
        count = self.sheet.take("asked.frame_count", size.frame_count, whole)
        roots = frozenset(run.node.id for run in self.runs) | ({self.service.node.id} if self.service else frozenset())
        done = self._processing(roots, Given(width, height))
        per_second, where = asked.rate(self.graph, self.chosen.node, done)
        self.sheet.take("asked.frame_rate", where, number)
        self._gather_asked()
        media = inputs(self.graph, self.upstream)
        for name, values in (("inputs", media), ("processing", done)):
            if values:
                self.sheet.sources[name] = self._place()
        return replace(made, asked=Asked(width, height, count, per_second), inputs=media, processing=done)

    def _gather_asked(self) -> None:
        """One source for all that was asked for."""
        names = [name for name in self.sheet.sources if name.startswith("asked.")]
        if names:
            places = dict.fromkeys(self.sheet.sources.pop(name) for name in names)
            self.sheet.sources["asked"] = "; ".join(places)

    def _processing(self, roots: frozenset[str], given: Given) -> tuple[Processing, ...]:
        after = self.graph.downstream(roots) if roots else frozenset(node.id for node in self.pictures)
        return processing(self.graph, [node for node in self.pictures if node.id in after], given)

    # ------------------------------------------------------------------------------------------------------ notes

    def _place(self) -> str:
        return f"what leads to {self.chosen.node}"

    def _note_rivals(self) -> None:
        """Say so where another node that saves could have written the file, and tells something else."""
        ours = {run.node.id for run in self.runs}
        for rival in self.chosen.rivals:
            theirs = {node.id for node in _pictures(self.graph, rival) if is_sampler(node)}
            if theirs != ours:
                self.sheet.unresolved["saved_by"] = (
                    f"{rival} may have written this file as well; what is told here leads to {self.chosen.node}"
                )
                return


def _value(found: Told, kind: Callable[[JsonValue], T | None]) -> T | None:
    return kind(found.value) if isinstance(found, Found) else None
