"""A carrier's text made ready for the grammars: padding, prefixes, layers and wrappers off.

What is bounded here is bounded for every grammar: length, depth and number of values.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue
from turnover.generation.grammar import Reading
from turnover.generation.mending import mended
from turnover.generation.values import parsed
from turnover.generation.xmp import is_xmp, properties

MOST_SIGNS = 32 << 20
"""Characters; the largest workflow seen has some hundred thousand."""
MOST_DEPTH = 200
MOST_VALUES = 4_000_000
"""Objects, lists and their members, counted by their signs before anything is parsed."""
MOST_LAYERS = 4
MOST_PARTS = 64

_PADDING = "\0\ufeff \t\r\n"
# The character code that Exif 3.0 (4.6.5.2.10) puts before a user comment, where a reader left it standing.
_CHARACTER_CODES = ("ASCII\0\0\0", "UNICODE\0", "JIS\0\0\0\0\0")
# `prompt:{…}` (ComfyUI in EXIF), `AIGC{…}` (some services): a word before the JSON that says what it is.
_PREFIX = re.compile(r"([A-Za-z_][\w. -]{0,60}?)\s{0,9}:?\s{0,9}(?=[{\[\"])")
# What holds whole texts of generators rather than values: members of VHS's comment, of the page's own export,
# of a call to ComfyUI's API, of TC260's label where it is nested.
_WRAPPED = ("prompt", "output", "workflow", "extra_pnginfo", "extra_data", "AIGC")
_CONTAINERS = ("extra_pnginfo", "extra_data", "AIGC")
# Descriptive fields, which tell something together and little apart. Names of PNG, Exif and XMP.
_DESCRIPTIVE = {
    name.casefold(): name
    for name in (
        "Artist", "Author", "Comment", "CreatorTool", "Credit", "Description", "ImageDescription", "Make", "Model",
        "Software", "Source", "Title", "UserComment",
    )
}  # fmt: skip
_MOST_DESCRIPTION = 1 << 16


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a carrier that a grammar can be asked about."""

    source: str
    """Where it stood, for a person: `moov/udta/meta prompt`."""
    key: str
    """The last name it stood under; empty when it had none."""
    reading: Reading


def parts(carrier: Carrier, *, file_name: str) -> tuple[Part, ...]:
    """What a carrier says, each text of it apart; nothing when it is blank or too large. Never raises.

    >>> comment = Carrier("ilst", "©cmt", '{"prompt": "{}", "workflow": {"nodes": []}}')
    >>> [(part.source, part.reading.value) for part in parts(comment, file_name="a.mp4")]
    [('ilst ©cmt.prompt', {}), ('ilst ©cmt.workflow', {'nodes': []})]
    """
    if len(carrier.text) > MOST_SIGNS:
        return ()
    return tuple(islice(_parts(carrier, file_name), MOST_PARTS))


def described(every: Iterable[Part], *, file_name: str) -> tuple[Part | None, frozenset[int]]:
    """The descriptive fields of one file as one reading, an object of name to text, and the places of its parts.

    Some services tell who they are only by several fields together. The first text of a name stays.
    """
    fields: dict[str, JsonValue] = {}
    places: dict[int, str] = {}
    for place, part in enumerate(every):
        name = _DESCRIPTIVE.get(part.key.rpartition(":")[2].casefold())
        if name is not None and name not in fields and len(part.reading.text) <= _MOST_DESCRIPTION:
            fields[name] = part.reading.text
            places[place] = part.source.removesuffix(part.key).strip() or part.source
    if not fields:
        return None, frozenset()
    source = next(iter(places.values()))
    return Part(source, "", Reading("", fields, file_name)), frozenset(places)


def _parts(carrier: Carrier, file_name: str) -> Iterator[Part]:
    text = _bare(carrier.text)
    if not text:
        return
    key = carrier.key.strip(_PADDING)
    source = _source(carrier.place.strip(_PADDING), key)
    if is_xmp(text):
        yield from _packet(text, source, file_name)
    else:
        yield from _unwrapped(text, source, key, file_name, MOST_LAYERS)


def _source(place: str, key: str) -> str:
    """Place and name, without saying the name twice: `EXIF Model` has it already."""
    says_it = place.casefold().split()[-1:] == [key.casefold()]
    return place if not key or says_it else f"{place} {key}".strip()


def _packet(text: str, source: str, file_name: str) -> Iterator[Part]:
    """An XMP packet: what it says of itself as one object, and each text that a generator may have written."""
    found = properties(text)
    yield Part(source, "", Reading("", dict(found) or None, file_name))
    for name, value in found.items():
        yield from _unwrapped(_bare(value), f"{source} {name}", name, file_name, MOST_LAYERS)


def _unwrapped(text: str, source: str, key: str, file_name: str, depth: int) -> Iterator[Part]:
    inner = _layered(text)
    if inner.prefix:
        source, key = f"{source} {inner.prefix}", inner.prefix
    if inner.is_mended:
        source = f"{source} (mended)"
    wrapped = _wrapped(inner.value) if depth else {}
    if not wrapped:
        yield Part(source, key, Reading(inner.text, inner.value, file_name))
    for name, member in wrapped.items():
        yield from _unwrapped(member, f"{source}.{name}", name, file_name, depth - 1)


def _wrapped(value: JsonValue) -> dict[str, str]:
    """Name → text of what a wrapper holds; empty when the value is no wrapper."""
    if not isinstance(value, dict) or _is_graph(value):
        return {}
    first = {name: value[name] for name in _WRAPPED if name in value}
    if not any(_is_text_of_its_own(name, member) for name, member in first.items()):
        return {}
    texts = ((name, _as_text(member)) for name, member in {**first, **value}.items())
    return {name: text for name, text in texts if text is not None}


def _is_text_of_its_own(name: str, member: JsonValue) -> bool:
    """Whether a member is a whole text of a generator; a prompt may be a sentence, or JSON that a model reads."""
    value = _layered(member).value if isinstance(member, str) else member
    return isinstance(value, dict) and (name in _CONTAINERS or _is_graph(value))


def _is_graph(value: dict[str, JsonValue]) -> bool:
    """Whether this is a graph of ComfyUI, in either form."""
    return "nodes" in value or any(isinstance(node, dict) and "class_type" in node for node in value.values())


def _as_text(member: JsonValue) -> str | None:
    if isinstance(member, str):
        return _bare(member) or None
    return json.dumps(member) if isinstance(member, dict | list) and member else None


@dataclass(frozen=True, slots=True)
class _Inner:
    """What was left when prefix and layers were off."""

    text: str
    value: JsonValue = None
    prefix: str = ""
    is_mended: bool = False


def _layered(text: str) -> _Inner:
    """The innermost text and its value, without the word before it and the layers of JSON strings around it."""
    value, is_mended = _value(text)
    match = None if value is not None else _PREFIX.match(text)
    if match:
        inner = _layered(_bare(text[match.end() :]))
        # A sentence may well go on with a bracket or a quotation; only what is JSON to its end has a prefix.
        return replace(inner, prefix=match[1].strip()) if isinstance(inner.value, dict | list) else _Inner(text)
    for _ in range(MOST_LAYERS):
        if not isinstance(value, str):
            break
        text = _bare(value)
        value, is_mended = _value(text)
    return _Inner(text) if isinstance(value, str) else _Inner(text, value, "", is_mended)


def _value(text: str) -> tuple[JsonValue, bool]:
    """The JSON that a text is, and whether it had to be mended; None when it is none, or more than anybody writes."""
    if text[:8].lstrip("{[").startswith("&quot;"):
        text = html.unescape(text)
    if sum(text.count(sign) for sign in "{[,") > MOST_VALUES:
        return None, False
    whole = parsed(text)
    value = mended(text) if whole is None else whole
    return (None, False) if is_deep(value) else (value, whole is None and value is not None)


def is_deep(value: JsonValue, most: int = MOST_DEPTH) -> bool:
    """Whether a value is nested deeper than that."""
    level: list[JsonValue] = [value]
    for _ in range(most):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent if isinstance(parent, list) else ())
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _bare(text: str) -> str:
    text = text.strip(_PADDING)
    for code in _CHARACTER_CODES:
        text = text.removeprefix(code)
    return text.strip(_PADDING)
