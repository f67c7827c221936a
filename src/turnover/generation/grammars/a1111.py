"""AUTOMATIC1111's web interface, Forge, SD.Next, and what writes as they do."""

from __future__ import annotations

import re

from turnover.generation.grammar import Reading, Told
from turnover.generation.infotext import Infotext, infotext
from turnover.generation.infotext_generation import generation_of
from turnover.generation.values import name

_LONGEST_TOOL = 60
# `v1.10.1` or a commit is A1111's own; Forge puts an f, and its descendants a word, before the number.
_VERSIONS = (
    (re.compile(r"v?\d[\w.+-]*|[0-9a-f]{7,40}"), "A1111"),
    (re.compile(r"f\d.*|neo.*|classic.*|forge.*", re.IGNORECASE), "Forge"),
)


class A1111:
    """The infotext: prompt, negative prompt, settings in one line."""

    name = "a1111"

    def read(self, reading: Reading) -> Told | None:
        # A note within a graph may quote such a text.
        found = infotext(reading.text) if reading.value is None else None
        if found is None or found.dialect != "a1111":
            return None
        return Told(generation_of(found, _tool(found)), "text")


def _tool(found: Infotext) -> str:
    app = name(found.get("app"))
    if app is not None:
        return app[:_LONGEST_TOOL]
    if "engine" in found.settings and "frames" in found.settings:
        return "SD.Next"
    version = name(found.get("version"))
    if version is None:
        return "A1111"
    known = next((tool for pattern, tool in _VERSIONS if pattern.fullmatch(version[:200])), None)
    return known or version[:_LONGEST_TOOL]


GRAMMAR = A1111()
