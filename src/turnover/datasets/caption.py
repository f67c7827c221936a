"""What a sample is trained on: one line of text, never empty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from turnover.core.probe import Warning
from turnover.datasets.caption_format import SAYING, CaptionFormat
from turnover.datasets.facts import Facts
from turnover.datasets.prompt_cleaning import cleaned, one_line
from turnover.datasets.recipe import Recipe

WARNINGS: Mapping[str, str] = MappingProxyType(
    {
        "caption_fallback": "neither caption nor prompt says what it shows, so the fallback stands for them",
        "caption_empty": "the caption given was empty, so the prompt stands for it",
        "caption_lines": "the caption given had several lines, which are one line now",
        "caption_long": "it is longer than trainers read, by a count of words and signs",
        "caption_cut": "its end was left out: nobody reads as much",
        "trigger_missing": "it does not have the trigger word",
        "caption_repeated": "other samples have the same caption",
    }
)
"""Code → what it means; `caption_repeated` is found where all captions are seen."""

MOST_SIGNS = 20_000
"""Characters of a caption; no trainer reads as many."""

# Of writing without spaces every sign is a word: Thai, Lao, Burmese, Khmer, kana, Han, Hangul.
_SIGNS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_SIGNS}]|(?:(?![{_SIGNS}])[^\W_])+|\S")
# Values are free of control characters, so one of them can mark an empty field.
_GAP = "\0"
_BRACKETED_GAP = re.compile(r"[(\[]\s*\0\s*[)\]]")
_GAP_AHEAD = re.compile(r"\A(?:\s*\0\s*[,;:|/-]*)+\s*")
_GAP_BEHIND = re.compile(r"\s*[,;:|/-]*\s*\0")
_BREAK = re.compile(r"[\r\n\v\f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Captioned:
    """A caption and what a person should know about it."""

    text: str
    warnings: tuple[Warning, ...] = ()


def caption_of(facts: Facts, recipe: Recipe, *, caption: str | None = None) -> Captioned | None:
    """The caption of a clip; None where there is nothing to say about it.

    `caption` is the one that a person gave. It is put on one line and nothing else; prompts are cleaned as well.
    Where the format asks for a caption or a prompt and neither is known, the recipe's fallback stands for them.
    """
    values = _values(facts, recipe, caption)
    form = recipe.caption_format
    asked = SAYING.intersection(form.fields)
    is_silent = not any(values[name] for name in asked) if asked else not _filled(form, values)
    if is_silent:
        fallback = one_line(recipe.caption_fallback or "")
        if not fallback:
            return None
        values |= dict.fromkeys(SAYING, fallback)
    whole = values["caption"] if is_silent and not asked else _filled(form, values)
    text = whole[:MOST_SIGNS].rstrip()
    warnings = _warnings(text, facts, recipe, given=caption, is_silent=is_silent, is_cut=text != whole)
    return Captioned(text, warnings)


def tokens_about(text: str) -> int:
    """About how many tokens a text encoder makes of it: words, and each sign that is none or stands for one.

    >>> tokens_about("a fox, at night"), tokens_about("\\u72d0\\u72f8 runs")
    (5, 3)
    """
    return sum(1 for _ in _TOKEN.finditer(text))


def _values(facts: Facts, recipe: Recipe, caption: str | None) -> dict[str, str]:
    """Field → what stands in its place, on one line; empty where it is not known."""
    prompt = facts.prompt or ""
    prompt = cleaned(prompt) if recipe.clean_prompts else one_line(prompt)
    place, made = facts.place, facts.generation
    told = {
        "caption": caption,
        "trigger": recipe.trigger,
        "character": place.character,
        "scene_type": place.scene_type,
        "scene": place.scene,
        "project": place.project,
        "status": facts.status,
        "tool": made.tool if made else None,
        "model": made.model if made else None,
    }
    values = {name: one_line(value or "") for name, value in told.items()}
    return values | {"prompt": prompt, "caption": values["caption"] or prompt}


def _filled(form: CaptionFormat, values: Mapping[str, str]) -> str:
    """The format with its fields filled in; where one is empty, the sign that sets it apart goes with it."""
    text = "".join(piece if kind == "text" else values[piece] or _GAP for kind, piece in form.pieces)
    if _GAP in text:
        text = _GAP_BEHIND.sub("", _GAP_AHEAD.sub("", _BRACKETED_GAP.sub(_GAP, text)))
    return one_line(text)


def _warnings(
    text: str, facts: Facts, recipe: Recipe, *, given: str | None, is_silent: bool, is_cut: bool
) -> tuple[Warning, ...]:
    tokens = tokens_about(text)
    found = {
        "caption_empty": given is not None and not one_line(given) and "an empty caption was given",
        "caption_lines": given is not None and _BREAK.search(given.strip()) and "the caption given has several lines",
        "caption_fallback": is_silent and "neither caption nor prompt is known; the fallback stands for them",
        "caption_cut": is_cut and f"the caption is cut after {MOST_SIGNS} characters",
        "caption_long": tokens > recipe.max_caption_tokens
        and f"the caption has about {tokens} tokens, more than {recipe.max_caption_tokens}",
        "trigger_missing": recipe.trigger is not None
        and one_line(recipe.trigger).casefold() not in text.casefold()
        and f"the caption is without the trigger {recipe.trigger!r}",
    }
    return tuple(Warning(code, f"{facts.source_name}: {sentence}") for code, sentence in found.items() if sentence)
