"""The text that A1111 writes, and many after it: prompt, negative prompt, a line of settings.

    a fox <lora:fur:0.8>
    at night
    Negative prompt: blurry
    Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Lora hashes: "fur: 0123456789ab", Version: v1.10.1

AUTOMATIC1111/stable-diffusion-webui, modules/infotext_utils.py (`parse_generation_parameters`, `quote`).
Everything here takes time in proportion to the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Dialect = Literal["a1111", "fooocus", "drawthings"]

_STEPS_LINE = re.compile(r"^[ \t]*Steps: ?\d{1,6}(?=,|[ \t]*$)", re.MULTILINE)
# Where a service or a text field took the line ends out.
_STEPS_BEHIND = re.compile(r"[ \t,]Steps: ?\d{1,6}(?=, )")
_NEGATIVE = "Negative prompt:"
_NEGATIVE_LINE = re.compile(rf"^[ \t]*{_NEGATIVE}", re.MULTILINE)
_SEPARATOR = re.compile(r"[,\n]")
# Two of these beside the steps tell a settings line from a sentence about steps.
_KNOWN = frozenset({
    "sampler", "seed", "cfg scale", "size", "model", "model hash", "guidance scale", "version", "schedule type",
    "pipeline", "seed mode", "frames", "engine",
})  # fmt: skip
MOST_SIGNS = 4 << 20
_MOST_SETTINGS_SIGNS = 1 << 18
_LONGEST_NAME = 80
_MOST_SETTINGS = 500
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Infotext:
    """The three pieces apart."""

    prompt: str | None
    negative_prompt: str | None
    settings: Mapping[str, str] = field(default_factory=dict)
    """Name in small letters → value without its quotation marks; the first of a name."""

    def get(self, *names: str) -> str | None:
        """The first of these settings that is there."""
        return next((self.settings[name] for name in names if self.settings.get(name)), None)

    @property
    def dialect(self) -> Dialect:
        """Whose text it is."""
        if self.settings.get("version", "").startswith("Fooocus"):
            return "fooocus"
        return "drawthings" if "seed mode" in self.settings and "guidance scale" in self.settings else "a1111"


def infotext(text: str) -> Infotext | None:
    """The pieces of the text; None when it is not of this form.

    >>> found = infotext('a fox\\nNegative prompt: dog\\nSteps: 20, Sampler: Euler a, Seed: 5, Hashes: {"a": "b, c"}')
    >>> found.prompt, found.negative_prompt, found.settings["hashes"], found.settings["seed"]
    ('a fox', 'dog', '{"a": "b, c"}', '5')
    """
    if "Steps:" not in text or len(text) > MOST_SIGNS:
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    start, is_line = _settings_start(text)
    if start is None:
        return None
    settings = _settings(text[start : start + _MOST_SETTINGS_SIGNS])
    if len(_KNOWN & settings.keys()) < 2:
        return None
    prompt, negative = _prompts(text[:start], is_line=is_line)
    return Infotext(prompt, negative, settings)


def _settings_start(text: str) -> tuple[int | None, bool]:
    """Where the settings begin, and whether they have a line of their own. The last such place counts."""
    for pattern, is_line in ((_STEPS_LINE, True), (_STEPS_BEHIND, False)):
        starts = [match.start() for match in pattern.finditer(text)]
        if starts:
            return starts[-1] + (0 if is_line else 1), is_line
    return None, False


def _prompts(text: str, *, is_line: bool) -> tuple[str | None, str | None]:
    match = _NEGATIVE_LINE.search(text)
    if match:
        prompt, negative = text[: match.start()], text[match.end() :]
    elif is_line:
        prompt, negative = text, ""
    else:
        prompt, _, negative = text.partition(_NEGATIVE)
        prompt, negative = prompt.strip(" ,\n").removeprefix("Prompt:"), negative.strip(" ,\n")
    return prompt.strip() or None, negative.strip() or None


def _settings(line: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(line) and len(found) < _MOST_SETTINGS:
        separator = _SEPARATOR.search(line, at)
        stop = separator.start() if separator else len(line)
        colon = line.find(":", at, min(stop, at + _LONGEST_NAME))
        if colon < 0:
            at = stop + 1
            continue
        name = line[at:colon].strip().casefold()
        value, at = _setting(line, colon + 1, stop)
        found.setdefault(name, value)
    return found


def _setting(line: str, at: int, stop: int) -> tuple[str, int]:
    """A value, and where the next name begins. Quoted text and JSON may hold commas, colons and line ends."""
    while line[at : at + 1] == " ":
        at += 1
    if line[at : at + 1] in ('"', "{", "["):
        try:
            value, end = _DECODER.raw_decode(line, at)
        except (ValueError, RecursionError):
            return line[at:stop].strip(), stop + 1
        separator = _SEPARATOR.search(line, end)
        shown = value if isinstance(value, str) else line[at:end]
        return shown.strip(), separator.end() if separator else len(line)
    return line[at:stop].strip(), stop + 1
