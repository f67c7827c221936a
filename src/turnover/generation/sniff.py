"""How a file was made, from all the texts it carries: each grammar is asked, and what they tell is combined."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue
from turnover.core.generation import Generation
from turnover.discovery import offered
from turnover.generation import grammars as folder
from turnover.generation.combine import RANK, Candidate, combined, completed, says_something
from turnover.generation.file_names import named_by
from turnover.generation.grammar import Confidence, Grammar
from turnover.generation.normal import Part, described, parts

NOTHING = "nothing about its making"


@dataclass(frozen=True, slots=True)
class Found:
    """What the texts of one file tell."""

    generation: Generation | None
    reason: str | None = None
    """Why there is no generation, for a person; None when there is one."""
    unread: tuple[Carrier, ...] = ()
    """The texts that no grammar took, as they were."""


@cache
def grammars() -> Mapping[str, Grammar]:
    """Name → grammar, built in or installed."""
    return MappingProxyType(offered(folder, "GRAMMAR"))


def found_in(carriers: Iterable[Carrier], *, file_name: str, name_patterns: Sequence[str] = ()) -> Found:
    """How the file was made. Carriers come in the order of trust: the file's own before what stands beside it.

    `name_patterns` are a person's own patterns for file names, as in `turnover.generation.file_names`; one that is
    not understood raises UsageError. Whatever the texts hold raises nothing.
    """
    given = tuple(carriers)
    every = [(place, part) for place, one in enumerate(given) for part in parts(one, file_name=file_name)]
    together, used = described((part for _, part in every), file_name=file_name)
    # Together first: what several fields tell is more than what one of them tells.
    candidates = [] if together is None else _told(together)
    read = {every[index][0] for index in used} if candidates else set()
    for place, part in every:
        told = _told(part)
        candidates += told
        if told:
            read.add(place)
    unread = tuple(one for place, one in enumerate(given) if place not in read and one.text.strip("\0\ufeff \t\r\n"))
    generation = _with_name(combined(candidates), candidates, file_name, name_patterns)
    return Found(generation, None if generation else _reason(candidates), unread)


def taken_as(value: JsonValue) -> Confidence | None:
    """How far a JSON value can be trusted as a recipe, by the grammar that trusts it most; None where none takes it."""
    every = parts(Carrier("", "", json.dumps(value)), file_name="")
    told = (grammar.read(part.reading) for part in every for grammar in grammars().values())
    return min((one.confidence for one in told if one is not None), key=RANK.__getitem__, default=None)


def _told(part: Part) -> list[Candidate]:
    """What each grammar makes of it; most say nothing."""
    answers = (grammar.read(part.reading) for grammar in grammars().values())
    return [
        Candidate(
            told.generation if told.generation is not None and says_something(told.generation) else None,
            told.confidence,
            part.source,
            told.reason,
        )
        for told in answers
        if told is not None
    ]


def _with_name(
    generation: Generation | None, candidates: Sequence[Candidate], file_name: str, patterns: Sequence[str]
) -> Generation | None:
    """With what the file's name tells, where nothing better than a label speaks: a name is easily wrong."""
    named = named_by(file_name, patterns)
    is_told = any(one.confidence != "label" and (one.generation or one.confidence != "text") for one in candidates)
    return generation if named is None or is_told else completed(generation, named, "file name")


def _reason(candidates: Sequence[Candidate]) -> str:
    reasons = (one.reason for one in sorted(candidates, key=lambda one: RANK[one.confidence]) if one.reason)
    return next(reasons, NOTHING)
