"""How a clip was made: what its file carries, and what its generator left beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from turnover.core.carrier import Carrier
from turnover.core.clip import Clip, JsonValue
from turnover.core.probe import Warning
from turnover.errors import ProbeError, ValuesError
from turnover.generation.file_names import compiled
from turnover.generation.normal import parts
from turnover.generation.sniff import found_in
from turnover.media.carriers import carriers
from turnover.work.beside import IsOwn, file_beside, is_caption, read_json, read_text
from turnover.work.given import is_generators_own
from turnover.work.labels import with_labels

REMARKS_ON_MAKING: Mapping[str, str] = MappingProxyType(
    {
        "recipe_conflict": "What the file carries about its making disagrees with itself.",
        "rights_conflict": "What was given says otherwise than the file whether models may be trained on it.",
    }
)
"""Code → sentence of each warning about how a clip was made."""


def with_making(clip: Clip, *, is_own: IsOwn, name_patterns: tuple[str, ...] = ()) -> Clip:
    """The clip with its generation, or with the reason why there is none, and the texts that nobody could read.

    What the file itself says of its rights, and that a machine made it, stands where a person may say otherwise.
    """
    texts = carried(clip.path, is_own=is_own)
    found = found_in(texts, file_name=clip.name, name_patterns=name_patterns)
    clip = replace(clip, generation=found.generation, no_generation_reason=found.reason, unread=found.unread)
    clip = with_labels(clip, texts)
    if found.generation is None or not found.generation.conflicts:
        return clip
    fields = ", ".join(dict.fromkeys(conflict.field for conflict in found.generation.conflicts))
    told = Warning("recipe_conflict", f"what the file carries disagrees about {fields}; the graph that ran was taken")
    return replace(clip, probe=replace(clip.probe, warnings=(*clip.probe.warnings, told)))


def checked_patterns(patterns: Iterable[str]) -> tuple[str, ...]:
    """A person's patterns for file names; raises UsageError for one that is not understood, before any file is read."""
    checked = tuple(patterns)
    for pattern in checked:
        compiled(pattern)
    return checked


def carried(path: Path, *, is_own: IsOwn) -> tuple[Carrier, ...]:
    """Every text about the making: the file's own first, then what stands beside it."""
    try:
        own = carriers(path)
    except ProbeError:
        own = ()
    return (*own, *_beside(path, is_own))


def workflow_of(path: Path, *, is_own: IsOwn) -> JsonValue:
    """The ComfyUI workflow that a file carries, as ComfyUI loads it; None when there is none."""
    for carrier in carried(path, is_own=is_own):
        for part in parts(carrier, file_name=path.name):
            value = part.reading.value
            if isinstance(value, dict) and isinstance(value.get("nodes"), list) and "links" in value:
                return value
    return None


def _beside(path: Path, is_own: IsOwn) -> Iterator[Carrier]:
    """What a generator left beside a file: its first picture, its settings as JSON or text."""
    picture = file_beside(path, (".png",), is_own)
    if picture is not None:
        with suppress(ProbeError):  # A picture that cannot be read says nothing; it is no part of the clip.
            yield from (replace(one, place=f"{picture.name}: {one.place}") for one in carriers(picture))
    for suffix in (".swarm.json", ".json", ".txt"):
        file = file_beside(path, (suffix,), is_own)
        text = None if file is None else _generators_text(file)
        if file is not None and text is not None:
            yield Carrier(file.name, "", text)


def _generators_text(file: Path) -> str | None:
    """The text of a file that a generator wrote; None for a person's, and for one that is no use to anybody."""
    try:
        if file.suffix == ".json" and not is_generators_own(read_json(file)):
            return None
        text = read_text(file)
    except ValuesError:
        return None  # Where it is meant for this program, the reader of values names what is wrong.
    return None if file.suffix == ".txt" and is_caption(text) else text
