"""What the name of a file tells: generators that write nothing into it often write something into its name.

A pattern is text with fields in braces, matched against the whole name without its suffix, capitals or not:

    {prompt}                    what was asked for; low lines are blanks where there is no blank
    {seed} {seed:5-10}          digits, 1 to 20 or as many as said
    {width} {height} {frames}   digits
    {model:a|b}                 one of these words, the model's name
    {date:%Y%m%d}               a date; passed over, as a Generation has none
    {number} {number:3}         digits that mean nothing here
    {id} {uuid} {any}           the same for letters and digits, a UUID, and anything
    {by}                        × as people write it: x, * or ×
    {word:a|b}                  one of these words

Only `{prompt}` and `{any}` can be tried at several lengths. Together they stand twice at most, so that no name,
whoever made it, takes long.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, ModelUse
from turnover.errors import UsageError
from turnover.generation.combine import says_something
from turnover.generation.values import count, items, members, seed, text, whole

LONGEST_NAME = 255
_MOST_FREE = 2
_FREE = ("prompt", "any")
_VALUED = ("prompt", "seed", "width", "height", "frames", "model")
_FIELD = re.compile(r"\{([a-z]+)(?::([^{}]*))?\}")
# What is matched without going back: `++` and its like are possessive.
_FORMS = {
    "any": ".{1,255}?",
    "by": "[x*×]",
    "id": "[0-9a-z]{8,64}+",
    "prompt": ".{1,255}?",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
}
_DIGITS = {"seed": (1, 20), "width": (1, 6), "height": (1, 6), "frames": (1, 6), "number": (1, 20)}
_DATE_PARTS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}
# What file managers and audio passes put behind a name.
_BEHIND = re.compile(r"(?: ?\(\d{1,3}\)| ?- Copy| copy|-audio)\Z")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")


@dataclass(frozen=True, slots=True)
class NamePattern:
    """How one tool names its files."""

    pattern: str
    tool: str | None = None
    spaces: str = "_"
    """What stands for a blank where the prompt has none."""
    whole_below: int | None = None
    """A prompt shorter than this was not cut; None when it never is."""


def named_by(file_name: str, patterns: Sequence[str] = ()) -> Generation | None:
    """What a file's name tells; own patterns are tried before the built-in ones. None when no pattern fits.

    Raises UsageError for an own pattern that is not understood.

    >>> named_by("2025-03-01-12:00:00_seed42_A cat walks.mp4").seed
    42
    >>> named_by("shot_0010_7_a red car.mov", ["shot_{number}_{seed}_{prompt}"]).prompt
    'a red car'
    """
    own = [(NamePattern(pattern), compiled(pattern)) for pattern in patterns]
    stem = _stem(file_name)
    if not 0 < len(stem) <= LONGEST_NAME:
        return None
    for pattern, expression in (*own, *_builtin()):
        match = expression.fullmatch(stem)
        generation = None if match is None else _generation(pattern, match.groupdict())
        if generation is not None and says_something(generation):
            return generation
    return None


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """The regular expression of a pattern. Raises UsageError with what is wrong with it."""
    names = [match[1] for match in _FIELD.finditer(pattern)]
    free = sum(name in _FREE for name in names)
    twice = sorted({name for name in names if name in _VALUED and names.count(name) > 1})
    outside = _FIELD.sub("", pattern)
    if free > _MOST_FREE:
        raise _refusal(pattern, f"{{prompt}} and {{any}} stand {free} times; {_MOST_FREE} times are the most")
    if twice:
        raise _refusal(pattern, f"{{{twice[0]}}} stands twice")
    if "{" in outside or "}" in outside:
        raise _refusal(pattern, "a brace that belongs to no field")
    if not outside.strip() and len(names) < 2:
        raise _refusal(pattern, "it would fit every name")
    return re.compile("".join(_expressions(pattern)), re.IGNORECASE | re.DOTALL | re.ASCII)


@cache
def _builtin() -> tuple[tuple[NamePattern, re.Pattern[str]], ...]:
    data: JsonValue = json.loads((files("turnover.generation") / "file_names.json").read_text(encoding="utf-8"))
    patterns = (
        NamePattern(
            pattern=text(entry.get("pattern")) or "",
            tool=text(entry.get("tool")),
            spaces=text(entry.get("spaces")) or "_",
            whole_below=whole(entry.get("whole_below")),
        )
        for entry in map(members, items(data))
    )
    return tuple((pattern, compiled(pattern.pattern)) for pattern in patterns)


def _expressions(pattern: str) -> Iterator[str]:
    at = 0
    for match in _FIELD.finditer(pattern):
        yield _literal(pattern[at : match.start()])
        at = match.end()
        form = _form(pattern, match[1], match[2])
        yield f"(?P<{match[1]}>{form})" if match[1] in _VALUED else f"(?:{form})"
    yield _literal(pattern[at:])


def _literal(words: str) -> str:
    # Where an empty value was left out, two blanks stand together.
    return " ++".join(map(re.escape, words.split(" ")))


def _form(pattern: str, name: str, given: str | None) -> str:
    if name in _DIGITS:
        return _digits(pattern, name, given)
    if name in ("model", "word") and given:
        # The longest first: what fits is not given back.
        return "(?>" + "|".join(map(re.escape, sorted(given.split("|"), key=len, reverse=True))) + ")"
    if name == "date" and given:
        parts = re.split(r"%(.)", given)
        if any(part not in _DATE_PARTS for part in parts[1::2]):
            raise _refusal(pattern, f"{{date:{given}}} knows {', '.join('%' + part for part in _DATE_PARTS)}")
        return "".join(rf"\d{{{_DATE_PARTS[p]}}}" if odd % 2 else re.escape(p) for odd, p in enumerate(parts))
    if name in _FORMS and given is None:
        return _FORMS[name]
    shown = name if given is None else f"{name}:{given}"
    raise _refusal(pattern, f"{{{shown}}} is no field")


def _digits(pattern: str, name: str, given: str | None) -> str:
    least, most = _DIGITS[name]
    if given is not None:
        match = re.fullmatch(r"(\d{1,2})(?:-(\d{1,2}))?", given, re.ASCII)
        least, most = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 0 < least <= most <= _DIGITS[name][1]:
            raise _refusal(pattern, f"{{{name}:{given}}} is no number of digits; write {{{name}:3}} or {{{name}:5-10}}")
    return rf"\d{{{least},{most}}}+"


def _refusal(pattern: str, why: str) -> UsageError:
    return UsageError(f"name pattern {pattern!r}: {why}", hint="such as '{number}_{seed}_{prompt}'")


def _stem(file_name: str) -> str:
    name = file_name.replace("\\", "/").rpartition("/")[2]
    if len(name) > LONGEST_NAME:
        return ""
    stem = _SUFFIX.sub("", name)
    shorter = _BEHIND.sub("", stem)
    while shorter and shorter != stem:
        stem, shorter = shorter, _BEHIND.sub("", shorter)
    return stem


def _generation(pattern: NamePattern, found: dict[str, str | None]) -> Generation:
    model = text(found.get("model"))
    generation = Generation(
        tool=pattern.tool,
        seed=seed(found.get("seed")),
        models=() if model is None else (ModelUse(model, "diffusion"),),
        asked=Asked(count(found.get("width")), count(found.get("height")), count(found.get("frames"))),
    )
    prompt = found.get("prompt")
    return generation if prompt is None else _with_prompt(generation, pattern, prompt)


def _with_prompt(generation: Generation, pattern: NamePattern, matched: str) -> Generation:
    bare = matched.rstrip(".") if matched.endswith("...") else matched
    was_cut = bare != matched or (pattern.whole_below is not None and len(matched) >= pattern.whole_below)
    words = bare if " " in bare else bare.replace(pattern.spaces, " ")
    prompt = " ".join(words.split()) or None
    why = "the file name may hold only its beginning" if prompt else "the file name holds no word of it"
    return replace(generation, prompt=prompt, unresolved=(("prompt", why),) if was_cut or not prompt else ())
