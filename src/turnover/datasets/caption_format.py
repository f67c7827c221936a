"""How captions are put together: text with names in braces, such as `{trigger}, {caption}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from turnover.errors import Mistake, RecipeError

MOST_SIGNS = 1_000

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "caption": "the caption a person gave, else the prompt, else the fallback",
        "prompt": "the prompt given or found, cleaned",
        "trigger": "the trigger word of the recipe",
        "character": "the character it shows",
        "scene_type": "the kind of scene",
        "scene": "the scene",
        "project": "the project",
        "status": "the status a person gave",
        "tool": "the program that generated it",
        "model": "the model that drew it",
    }
)
"""Name → what stands in its place; empty where it is not known."""

SAYING = frozenset({"caption", "prompt"})
"""Those that tell what a clip shows; where a format names any, one of them must be known."""

_PIECE = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+")


@dataclass(frozen=True, slots=True)
class CaptionFormat:
    """A format that was understood."""

    text: str
    """As written."""
    pieces: tuple[tuple[str, str], ...]
    """(`text`, itself) or (`field`, its name), in order."""

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(value for kind, value in self.pieces if kind == "field")

    @classmethod
    def parse(cls, text: str) -> CaptionFormat:
        """The format of a text; `{{` and `}}` are braces. Raises RecipeError with every mistake.

        >>> CaptionFormat.parse("{trigger}, {caption}").fields
        ('trigger', 'caption')
        """
        mistakes = list(_bounds(text))
        pieces: list[tuple[str, str]] = []
        for match in _PIECE.finditer(text[:MOST_SIGNS]):
            piece = match[0]
            if piece in ("{", "}"):
                mistakes.append(Mistake("$", f"{piece!r} at {match.start()} has no partner", f"write {piece * 2}"))
            elif piece in ("{{", "}}"):
                pieces.append(("text", piece[0]))
            elif piece.startswith("{"):
                mistakes += _unknown(piece[1:-1])
                pieces.append(("field", piece[1:-1]))
            else:
                pieces.append(("text", piece))
        if mistakes:
            raise RecipeError(tuple(mistakes), name="caption format")
        return cls(text, tuple(pieces))


def _bounds(text: str) -> list[Mistake]:
    if not text.strip():
        return [Mistake("$", "it is empty", "write {caption}")]
    if len(text) > MOST_SIGNS:
        return [Mistake("$", f"{len(text)} characters; at most {MOST_SIGNS}")]
    return []


def _unknown(name: str) -> list[Mistake]:
    if name in FIELDS:
        return []
    near = get_close_matches(name[:100], FIELDS, n=1)
    hint = f"did you mean {{{near[0]}}}?" if near else f"known: {', '.join(FIELDS)}"
    return [Mistake("$", f"no field {{{name[:60]}}}", hint)]
