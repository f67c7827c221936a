"""Several tellings of one file made into one Generation: who wins, who may add, who contradicts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TypeVar

from turnover.core.generation import Asked, Conflict, Generation
from turnover.generation.grammar import Confidence

V = TypeVar("V")

RANK: dict[Confidence, int] = {"executed": 0, "canvas": 1, "text": 2, "label": 3}
_GRAPHS = ("executed", "canvas")

FIELDS = (
    "tool", "prompt", "negative_prompt", "seed", "steps", "cfg", "guidance", "sampler", "scheduler", "models", "loras",
    "passes", "inputs", "asked", "processing", "source_type",
)  # fmt: skip
"""What a Generation tells of the making, apart from what it tells of the telling."""
# A label speaks of the file, whatever was done to it since.
_LABELLED = ("tool", "source_type")
# A graph that has no LoRA, no input and no processing tells that there was none.
_UNTOLD_BY_GRAPHS = tuple(name for name in FIELDS if name not in ("loras", "passes", "inputs", "processing"))
_COMPARED = ("seed", "steps", "cfg", "model", "prompt", "sampler")
_LONGEST_SHOWN = 200
_MODEL_SUFFIXES = (".safetensors", ".ckpt", ".gguf", ".pt", ".pth", ".sft", ".bin")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One telling of the file's making."""

    generation: Generation | None
    """None when it tells that nothing was generated."""
    confidence: Confidence
    source: str
    """Place and key, for a person."""
    reason: str | None = None
    """Why there is no generation."""


def combined(candidates: Sequence[Candidate]) -> Generation | None:
    """One Generation of all, the most trusted first; None when no candidate has one."""
    ranked = sorted(candidates, key=lambda one: RANK[one.confidence])
    winner = next((one for one in ranked if one.generation is not None), None)
    if winner is None or winner.generation is None:
        return None
    taken = with_sources(winner.generation, winner.source)
    passed_over = tuple(_passed_over(ranked, winner, taken))
    conflicts = [*taken.conflicts, *passed_over]
    if passed_over:  # A graph that ran and drew nothing handed a file on, and who encoded that is not known.
        taken = replace(taken, untagged_colour=None)
    for other in ranked:
        if other is winner or other.generation is None:
            continue
        if other.confidence != "label":
            conflicts += (one for one in _differences(winner, other) if not _is_told(one, conflicts))
        taken = with_missing(taken, with_sources(other.generation, other.source), _may_fill(winner, other))
    return writable(replace(taken, conflicts=tuple(conflicts)))


def with_missing(taken: Generation, other: Generation, names: Sequence[str]) -> Generation:
    """The generation with those fields of another that it has not itself, and where they came from."""
    changes: dict[str, object] = {}
    for name in names:
        own, offered = getattr(taken, name), getattr(other, name)
        if name == "asked":
            filled = _asked(taken.asked, other.asked)
            if filled != own:
                changes[name] = filled
        elif offered not in (None, ()) and own in (None, ()):
            changes[name] = offered
    if not changes:
        return taken
    told = dict(other.sources)
    sources = {**{name: told[name] for name in changes if name in told}, **dict(taken.sources)}
    unresolved = tuple((name, why) for name, why in taken.unresolved if name not in changes)
    changes |= {"sources": tuple(sorted(sources.items())), "unresolved": unresolved}
    return replace(taken, **changes)  # type: ignore[arg-type]  # the dataclass's own names


def completed(generation: Generation | None, named: Generation, source: str) -> Generation:
    """The generation with what a less trusted telling adds, unless that speaks of another tool."""
    told = with_sources(named, source)
    if generation is None:
        return writable(told)
    same_tool = generation.tool is None or named.tool is None or generation.tool.casefold() == named.tool.casefold()
    return writable(with_missing(generation, told, FIELDS)) if same_tool else generation


def says_something(generation: Generation) -> bool:
    """Whether any field of the making is known."""
    return any(getattr(generation, name) not in (None, (), Asked()) for name in FIELDS)


def writable(generation: Generation) -> Generation:
    """The generation without NUL and lone surrogates, which neither UTF-8 nor a database takes."""
    return _writable(generation)


def _writable(value: V) -> V:
    """The same value with its texts cleaned, however deep in tuples and dataclasses they stand."""
    cleaned: object = value
    if isinstance(value, str):
        cleaned = value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
    elif isinstance(value, tuple):
        cleaned = tuple(map(_writable, value))
    elif is_dataclass(value) and not isinstance(value, type) and type(value).__module__ == Generation.__module__:
        cleaned = type(value)(**{field.name: _writable(getattr(value, field.name)) for field in fields(value)})
    return cleaned  # type: ignore[return-value]  # each branch makes what it was given


def _asked(own: Asked, other: Asked) -> Asked:
    return Asked(
        other.width if own.width is None else own.width,
        other.height if own.height is None else own.height,
        other.frame_count if own.frame_count is None else own.frame_count,
        other.frame_rate if own.frame_rate is None else own.frame_rate,
    )


def with_sources(generation: Generation, source: str) -> Generation:
    """The generation with a source for each field that is known; a grammar's own word on it stands behind the place."""
    own = dict(generation.sources)
    known = (name for name in FIELDS if getattr(generation, name) not in (None, (), Asked()))
    sources = {name: f"{source}, {own[name]}" if name in own else source for name in known}
    return replace(generation, sources=tuple(sorted(sources.items())))


def _may_fill(winner: Candidate, other: Candidate) -> tuple[str, ...]:
    """Which fields of another telling may stand in for missing ones: all, where both speak of the same run."""
    if winner.generation is None or other.generation is None:
        return ()
    if other.confidence != "label":
        gaps = _UNTOLD_BY_GRAPHS if winner.confidence in _GRAPHS else FIELDS
        return gaps if _is_same_run(winner.generation, other.generation) else ()
    if winner.confidence != "label":
        return _LABELLED
    tools = {one.casefold() for one in (winner.generation.tool, other.generation.tool) if one}
    return FIELDS if len(tools) <= 1 else _LABELLED


def _is_same_run(one: Generation, other: Generation) -> bool:
    """Whether seed and prompt, as far as both tell them, agree, and at least one of them is told by both."""
    pairs = [(one.seed, other.seed), (_plain(one.prompt), _plain(other.prompt))]
    told = [(a, b) for a, b in pairs if a is not None and b is not None]
    return bool(told) and all(a == b for a, b in told)


def _passed_over(ranked: Sequence[Candidate], winner: Candidate, taken: Generation) -> Iterator[Conflict]:
    """More trusted graphs that know of no generator, where a less trusted telling has one."""
    for other in ranked:
        if other is winner:
            return
        if winner.confidence != "label" and other.confidence in _GRAPHS:
            shown = taken.tool or "a generator"
            yield Conflict("generation", shown, winner.source, other.reason or "no generator", other.source)


def _is_told(conflict: Conflict, conflicts: Sequence[Conflict]) -> bool:
    """Whether the same contradiction stands there already, from another place that carries the same graph."""
    return any((one.field, one.other) == (conflict.field, conflict.other) for one in conflicts)


def _differences(winner: Candidate, other: Candidate) -> Iterator[Conflict]:
    if winner.generation is None or other.generation is None:
        return
    are_graphs = winner.confidence in _GRAPHS and other.confidence in _GRAPHS
    for name in _COMPARED:
        taken, value = getattr(winner.generation, name), getattr(other.generation, name)
        if taken is None or value is None or _agree(taken, value):
            continue
        # Each generator has its own names for the same samplers, and writes models with folder and suffix or without.
        if are_graphs or (name != "sampler" and not (name == "model" and _model(taken) == _model(value))):
            yield Conflict(name, _shown(taken), winner.source, _shown(value), other.source)


def _agree(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
    if isinstance(one, str) and isinstance(other, str):
        return _plain(one) == _plain(other)
    return one == other


def _plain(text: str | None) -> str | None:
    """The text with each run of blanks as one, so that a line end at the end is no difference."""
    return None if text is None else " ".join(text.split())


def _model(name: object) -> str:
    """The name of a model without folder and suffix."""
    base = str(name).replace("\\", "/").rpartition("/")[2].casefold()
    return next((base.removesuffix(suffix) for suffix in _MODEL_SUFFIXES if base.endswith(suffix)), base)


def _shown(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
