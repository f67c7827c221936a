"""A prompt as a person would say it: without what it tells samplers beside the words.

Taken out: `<lora:…>` and its like, emphasis and its weights, prompt editing, the words BREAK and AND where they part
it, backslashes before brackets, line ends and control characters. The syntax is A1111's, which ComfyUI, Forge and many
others read too (AUTOMATIC1111/stable-diffusion-webui, modules/prompt_parser.py, modules/extra_networks.py).

Plain `(words)` stay: in prompts that are sentences they are only brackets. So does `(16:9)`, whose `9` is no weight.
A prompt that is a JSON object loses its `<lora:…>` and its line ends alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

MOST_SIGNS = 40_000
"""Characters of a text that are looked at; the rest is left out."""

PASSES = 8
"""What one pass takes away may show more of it; whoever hides more than this loses every bracket and parting word."""

_TAG = re.compile(r"<(?:lora|lyco|locon|loha|lokr|hypernet)[^<>]*>", re.IGNORECASE)
_OPEN_TAG = re.compile(r"<(?:lora|lyco|locon|loha|lokr|hypernet)[^\s,<>]*", re.IGNORECASE)
_PIECE = re.compile(r"\\+[()\[\]]|[()\[\]]|[^()\[\]\\]+|\\+")
_PARTNER = {")": "(", "]": "["}
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})")
_PARTING = re.compile(r"(?<![^ ,])(?:BREAK|AND)(?:[ ,]+(?:BREAK|AND))*(?![^ ,])")
_LONGEST_WORD = 40
_EVERY_SIGN = str.maketrans("", "", "()[]<>\\")
_NOT_TEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")
_CONTROL = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0xFEFF), " ")


def one_line(text: str) -> str:
    """The text on one line that UTF-8 can hold: every run of spaces, line ends and control signs is one space.

    >>> one_line(" a\\r\\n\\tfox\\x00")
    'a fox'
    """
    return " ".join(_NOT_TEXT.sub("\ufffd", text[:MOST_SIGNS].translate(_CONTROL)).split())


def cleaned(prompt: str, *, passes: int = PASSES) -> str:
    """The words of a prompt on one line; empty where there are none. Twice is the same as once.

    >>> cleaned("a (red:1.2) fox, [blurry], ((wet)) fur <lora:fox_v2:0.8>\\nBREAK at night")
    'a red fox, blurry, wet fur, at night'
    >>> cleaned("rei \\\\(cosplay\\\\), a sign in 16:9 (old)")
    'rei (cosplay), a sign in 16:9 (old)'
    """
    text = one_line(prompt)
    for _ in range(passes):
        before = text
        text = _pass(text)
        if text == before:
            return text
    return _tidy(_PARTING.sub(" ", text.translate(_EVERY_SIGN)))


def _pass(text: str) -> str:
    # A space in its place, so that what stood around a tag never makes another one.
    text = one_line(_OPEN_TAG.sub(" ", _TAG.sub(" ", text)))
    if _is_json_object(text):
        return text
    return _tidy(_unparted(_unbracketed(text)))


def _is_json_object(text: str) -> bool:
    if not (text.startswith("{") and text.endswith("}")):
        return False
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _tidy(text: str) -> str:
    """Without the commas and spaces that stand alone where something was taken out."""
    text = re.sub(r" ?,(?: ?,)*", ",", " ".join(text.split()))
    return text.strip(" ,")


# --------------------------------------------------------------------------------------------------------- brackets


class _Open:
    """A bracket that was opened, and what stands in it so far."""

    def __init__(self, sign: str) -> None:
        self.sign = sign
        self.parts: list[str] = []
        self.is_blank = True
        self.sole: str | None = None
        """What stands in the one pair of round brackets that is all there is in here."""

    def add(self, text: str, inner: str | None = None) -> None:
        """Put text, or a group with what stands inside it, behind the rest."""
        if text.strip():
            self.sole = inner if self.is_blank else None
            self.is_blank = False
        self.parts.append(text)

    def closed(self) -> tuple[str, str | None]:
        """The group as it is kept, and what stands inside where it was round."""
        content = "".join(self.parts)
        if self.sign == "[":
            return _edited(content), None
        if self.sole is not None:
            return self.sole, self.sole
        bare = _without_weight(content)
        return (bare if self.is_blank or bare != content else f"({content})"), bare


def _unbracketed(text: str) -> str:
    """Groups that weigh or edit become what stands in them; a round bracket without a partner stays."""
    pieces = _PIECE.findall(text)
    paired = _paired(pieces)
    opened = [_Open("")]
    for place, piece in enumerate(pieces):
        if place not in paired:
            opened[-1].add("" if piece in "[]" else piece.lstrip("\\") or piece)
        elif piece in _PARTNER:
            group = opened.pop()
            opened[-1].add(*group.closed())
        else:
            opened.append(_Open(piece))
    return "".join(opened[0].parts)


def _paired(pieces: Sequence[str]) -> frozenset[int]:
    """The places of brackets with a partner; one that is still open where another closes around it has none."""
    paired: set[int] = set()
    opened: list[int] = []
    waiting = {"(": 0, "[": 0}
    for place, piece in enumerate(pieces):
        if piece in waiting:
            opened.append(place)
            waiting[piece] += 1
        elif piece in _PARTNER and waiting[_PARTNER[piece]]:
            while pieces[opened[-1]] != _PARTNER[piece]:
                waiting[pieces[opened.pop()]] -= 1
            paired |= {place, opened.pop()}
            waiting[_PARTNER[piece]] -= 1
    return frozenset(paired)


def _edited(content: str) -> str:
    """What `[from:to:when]`, `[to:when]`, `[from::when]`, `[one|other]` and `[less]` say in the end."""
    bare = _without_weight(content)
    if bare != content:
        earlier, _, later = bare.rpartition(":")
        return later if later.strip() else earlier
    return content.replace("|", " ")


def _without_weight(text: str) -> str:
    """Without `:1.2` at its end; `16:9` and `10:30` are no weights."""
    while True:
        head, colon, tail = text.rpartition(":")
        head, tail = head.rstrip(), tail.strip()
        if not colon or not _NUMBER.fullmatch(tail) or ("." not in tail and head[-1:].isdigit()):
            return text
        text = head


# ---------------------------------------------------------------------------------------------------- BREAK and AND


def _unparted(text: str) -> str:
    """The parts of a prompt joined by commas, where BREAK or AND parted them."""
    parts: list[str] = []
    at = 0
    for match in _PARTING.finditer(text):
        if not _is_title(text, match):
            parts.append(text[at : match.start()])
            at = match.end()
    return _joined([_without_weight(part.strip(" ,")) for part in (*parts, text[at:])]) if parts else text


def _is_title(text: str, match: re.Match[str]) -> bool:
    """Whether both neighbours are in capitals: `ROCK AND ROLL` on a poster."""
    start, stop = match.span()
    before = text[max(0, start - _LONGEST_WORD) : start].strip(" ,").split(" ")[-1]
    after = text[stop : stop + _LONGEST_WORD].strip(" ,").split(" ")[0]
    return all(len(word) > 1 and word.isupper() for word in (before, after))


def _joined(parts: Sequence[str]) -> str:
    text = ""
    for part in filter(None, parts):
        text += (" " if text.endswith((".", "!", "?", ";", ":")) else ", " if text else "") + part
    return text
