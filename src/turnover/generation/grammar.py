"""The contract of a grammar: what one generator writes, read into a Generation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from turnover.core.clip import JsonValue
from turnover.core.generation import Generation

Confidence = Literal["executed", "canvas", "text", "label"]
"""How far a reading can be trusted: the graph that ran, the canvas it came from, a settings text, a mere label."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One carrier's text after normalising: prefixes, padding and layers of JSON strings are off."""

    text: str
    value: JsonValue
    """The JSON that the text is; None when it is no JSON."""
    file_name: str
    """Name of the video or picture, so that a graph with several outputs can be asked for the right one."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one grammar made of one reading."""

    generation: Generation | None
    """None when the text is of this grammar and tells that nothing was generated."""
    confidence: Confidence
    reason: str | None = None
    """Why there is no generation, for a person."""


class Grammar(Protocol):
    """What one generator writes."""

    @property
    def name(self) -> str:
        """The generator, or the form: `comfyui-api`, `comfyui-workflow`, `a1111` …"""
        ...

    def read(self, reading: Reading) -> Told | None:
        """What the text tells; None when it is not of this grammar. Never raises, whatever the text."""
        ...
