"""What a clip must not share with a clip of another split, as `kind:value` texts, and of what kind it is.

`near_duplicate` has no key: looks are compared by their hashes.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from turnover.core.generation import InputMedia
from turnover.datasets.facts import Facts
from turnover.datasets.prompt_cleaning import one_line
from turnover.datasets.recipe_parts import Leak, Trait

GROUP = "group"
"""Samples that a person put into one group are never parted, whatever is asked."""

KEYS: Mapping[Leak, str] = MappingProxyType(
    {
        "source_image": "the picture it starts from, ends at or passes: the digest of a file at hand, else the name",
        "batch": "model, prompt and seed together: what differs in LoRAs or settings alone looks alike",
        "near_duplicate": "looks: first, middle and last frame differ in few bits",
        "reference": "a picture of a subject, face or background that was shown to the model",
        "control": "a video or picture that leads the motion: pose, depth, edges",
        "prompt": "the prompt",
        "seed": "the seed",
        "model": "the model that drew it",
        "character": "the character",
        "scene": "the scene: project, character, kind of scene and name together",
        "scene_type": "the kind of scene",
        "project": "the project",
    }
)
"""Kind → what two clips have in common that share it."""

# A picture that nobody gave a role is a picture that went in.
_SOURCE = ("start_image", "end_image", "keyframe", None)
_REFERENCE = ("reference", "face", "background")
_CONTROL = ("control", "motion")
_SOUND = (".wav", ".mp3", ".flac", ".ogg", ".m4a", ".aac", ".opus")
_LONGEST = 200


def keys_of(facts: Facts, leakage_keys: tuple[Leak, ...], *, group: str | None = None) -> tuple[str, ...]:
    """The keys of a clip, sorted; none of a kind whose value is not known. `group` is the one a person gave."""
    found = {f"{kind}:{_short(value)}" for kind in leakage_keys for value in _VALUES[kind](facts) if value}
    if group and one_line(group):
        found.add(f"{GROUP}:{_short(one_line(group))}")
    return tuple(sorted(found))


def stratum_of(facts: Facts, stratify: tuple[Trait, ...]) -> str:
    """Of what kind a clip is; the same for all clips that agree in these, known or not.

    A JSON list, so that no name can be taken for two.
    """
    return json.dumps([_TRAITS[trait](facts) for trait in stratify]) if stratify else ""


# ---------------------------------------------------------------------------------------------------------- values


def _sources(facts: Facts, roles: tuple[str | None, ...]) -> Iterator[str]:
    """Digests of those whose files are at hand, else names of all that are told."""
    at_hand = [one.source.digest for one in facts.companions if one.role in roles]
    if at_hand:
        yield from at_hand
        return
    inputs = facts.generation.inputs if facts.generation else ()
    yield from (_name(one) for one in inputs if one.role in roles and not one.name.lower().endswith(_SOUND))


def _name(media: InputMedia) -> str:
    """With `/`, without the folder's note behind it: `start.png [input]` is `start.png`."""
    name = media.name.replace("\\", "/").strip()
    for folder in ("input", "output", "temp"):
        name = name.removesuffix(f" [{folder}]")
    return unicodedata.normalize("NFC", one_line(name))


def _batch(facts: Facts) -> Iterator[str]:
    made = facts.generation
    prompt = one_line(facts.prompt or "")
    if made is not None and made.seed is not None and prompt:
        yield _digest(json.dumps([made.model, prompt, made.seed]))


def _scene(facts: Facts) -> Iterator[str]:
    place = facts.place
    if place.scene:
        yield "/".join(one_line(part or "") for part in (place.project, place.character, place.scene_type, place.scene))


def _one(value: Callable[[Facts], str | int | None]) -> Callable[[Facts], Iterator[str]]:
    def values(facts: Facts) -> Iterator[str]:
        found = value(facts)
        if found is not None:
            yield one_line(str(found))

    return values


_TRAITS: Mapping[Trait, Callable[[Facts], str | None]] = MappingProxyType(
    {
        "scene_type": lambda facts: facts.place.scene_type,
        "character": lambda facts: facts.place.character,
        "scene": lambda facts: facts.place.scene,
        "project": lambda facts: facts.place.project,
        "status": lambda facts: facts.status,
        "tool": lambda facts: facts.generation.tool if facts.generation else None,
        "model": lambda facts: facts.generation.model if facts.generation else None,
    }
)

_VALUES: Mapping[Leak, Callable[[Facts], Iterator[str]]] = MappingProxyType(
    {
        "source_image": lambda facts: _sources(facts, _SOURCE),
        "batch": _batch,
        "near_duplicate": lambda facts: iter(()),
        "reference": lambda facts: _sources(facts, _REFERENCE),
        "control": lambda facts: _sources(facts, _CONTROL),
        "prompt": _one(lambda facts: facts.prompt),
        "seed": _one(lambda facts: facts.generation.seed if facts.generation else None),
        "model": _one(_TRAITS["model"]),
        "character": _one(_TRAITS["character"]),
        "scene": _scene,
        "scene_type": _one(_TRAITS["scene_type"]),
        "project": _one(_TRAITS["project"]),
    }
)


def _short(value: str) -> str:
    """As it is, for people to read in messages; a digest where it is too long for that."""
    return value if len(value) <= _LONGEST else _digest(value)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]
