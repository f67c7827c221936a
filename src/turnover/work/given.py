"""Values a person gives for a clip: `clip.json`, or an entry of a metadata file."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, get_args

from turnover.core.clip import MARKER_COLOURS, Clip, JsonValue, Marker, MarkerColour, Place, Rights, Segment
from turnover.core.generation import MOST_SEED, Conflict, Generation, Lora, ModelUse
from turnover.core.probe import Warning
from turnover.core.ranges import FrameRange
from turnover.errors import ValuesError
from turnover.generation.sniff import taken_as

T = TypeVar("T")
D = TypeVar("D")
Training = Literal["allowed", "notAllowed", "constrained"]
TRAINING: tuple[Training, ...] = get_args(Training)

KNOWN = (
    "prompt", "negative_prompt", "seed", "model", "loras", "lora_weights", "generation_params", "project", "character",
    "scene_type", "scene", "segment_index", "status", "quality_score", "failure_tags", "split", "group", "caption",
    "ai_generated", "rights", "markers", "segments",
)  # fmt: skip

_MAX_FRAME = 2**31 - 1
_MAX_WEIGHT = 1_000_000
_SEED = re.compile(r"[0-9]{1,20}")
# Above this a float no longer tells neighbouring whole numbers apart.
_EXACT_FLOAT = 2**53


def is_generators_own(value: JsonValue) -> bool:
    """Whether a JSON file beside a clip was written by a generator, not for this program: told by its content.

    The grammars say so. Who is only named beside keys of this program was named by the person who wrote them.
    """
    if not isinstance(value, dict):
        return True
    confidence = taken_as(value)
    return confidence is not None and (confidence != "label" or not value.keys() & KNOWN)


@dataclass(slots=True)
class _Reading:
    """One object of values, with every mistake remembered."""

    values: Mapping[str, JsonValue]
    where: str
    mistakes: list[str] = field(default_factory=list)
    path: str = ""
    """What stands before a key in a message, such as `loras[1].`."""

    def wrong(self, key: str, expected: str) -> None:
        value = self.values.get(key)
        seen = repr(value) if key in self.values else "nothing"
        self.mistakes.append(f"{self.path}{key}: expected {expected}, found {seen[:60]}")

    def take(self, key: str, expected: str, convert: Callable[[Any], T]) -> T | None:
        """The converted value; None when it is missing, null, or noted as a mistake."""
        value = self.values.get(key)
        if value is None:
            return None
        try:
            return convert(value)
        except (ValueError, TypeError, OverflowError):
            self.wrong(key, expected)
            return None

    def needed(self, key: str, expected: str, convert: Callable[[Any], T], instead: T) -> T:
        """The converted value; a missing one is a mistake too, and `instead` stands for both."""
        if self.values.get(key) is None:
            self.wrong(key, expected)
        taken = self.take(key, expected, convert)
        return instead if taken is None else taken

    def text(self, key: str) -> str | None:
        """The text; None when it is empty as well."""
        return self.take(key, "text", _text) or None

    def members(self, key: str, expected: str) -> _Reading | None:
        """The object under a key, read with the same list of mistakes."""
        value = self.take(key, expected, _object)
        return None if value is None else _Reading(value, self.where, self.mistakes, f"{self.path}{key}.")

    def each(self, key: str, expected: str, convert: Callable[[_Reading, int], T]) -> tuple[T, ...] | None:
        """What is made of each object of a list."""
        values = self.take(key, f"a list of {expected}", _list)
        if values is None:
            return None
        made = []
        for index, value in enumerate(values):
            name = f"{self.path}{key}[{index}]"
            if isinstance(value, dict):
                made.append(convert(_Reading(value, self.where, self.mistakes, f"{name}."), index))
            else:
                self.mistakes.append(f"{name}: expected {expected}, found {repr(value)[:60]}")
        return tuple(made)


def with_given(clip: Clip, values: Mapping[str, JsonValue], *, where: str) -> Clip:
    """The clip with the values laid over it; what a person gave wins over what was found.

    Null and empty text are "not given". Unknown keys are kept as they are, with a warning where one is nearly known.
    Raises ValuesError with every mistake at once.
    """
    reading = _Reading(values, where)
    changed = replace(
        clip,
        generation=_generation(reading, clip.generation),
        place=_place(reading, clip.place),
        caption=reading.text("caption") or clip.caption,
        status=reading.text("status") or clip.status,
        quality_score=_first(reading.take("quality_score", "a number from 0 to 1", _share), clip.quality_score),
        failure_tags=_first(reading.take("failure_tags", "a list of text", _texts), clip.failure_tags),
        split=reading.text("split") or clip.split,
        group=reading.text("group") or clip.group,
        is_ai_generated=_first(reading.take("ai_generated", "true or false", _boolean), clip.is_ai_generated),
        rights=_rights(reading, clip.rights),
        generation_params=_first(values.get("generation_params"), clip.generation_params),
        markers=_first(reading.each("markers", "{name, start, stop, comment, color}", _marker), clip.markers),
        segments=_first(reading.each("segments", "{start, stop, name, prompt, seed}", _segment), clip.segments),
        extra={**clip.extra, **{key: value for key, value in values.items() if key not in KNOWN}},
    )  # fmt: skip
    if reading.mistakes:
        raise ValuesError(
            f"{where}: " + "; ".join(reading.mistakes), hint="the page on values beside a video lists every key"
        )
    near = [Warning("near_key", f"{where}: {sentence}") for sentence in _near_keys(values)]
    beyond = [Warning("frames_beyond_end", f"{where}: {sentence}") for sentence in _beyond_end(changed, values)]
    return noted(changed, *near, *beyond)


def noted(clip: Clip, *warnings: Warning) -> Clip:
    """The clip with more to know about it."""
    return replace(clip, probe=replace(clip.probe, warnings=(*clip.probe.warnings, *warnings))) if warnings else clip


def _first(given: T | None, found: D) -> T | D:
    return found if given is None else given


def _near_keys(values: Mapping[str, JsonValue]) -> Iterator[str]:
    for key in values:
        near = [] if key in KNOWN else get_close_matches(key, KNOWN, n=1, cutoff=0.85)
        if near:
            yield f"{key!r} is kept as it is; did you mean {near[0]!r}?"


def _beyond_end(clip: Clip, values: Mapping[str, JsonValue]) -> Iterator[str]:
    count = clip.probe.video.frame_count
    for key, given in (("markers", clip.markers), ("segments", clip.segments)):
        last = max((one.range.last for one in given), default=0)
        if key in values and count is not None and last >= count:
            yield f"{key} reach frame {last}, but the clip has {count} frames, counted from 0"


def _generation(reading: _Reading, found: Generation | None) -> Generation | None:
    seed = reading.take("seed", "a whole number from 0 to 2^64-1, as a number or as text", _seed)
    model = reading.text("model")
    loras = _first(reading.each("loras", "{name, weight, weight_clip, sha256}", _lora), _lora_weights(reading))
    given: dict[str, object] = {
        "prompt": reading.text("prompt"),
        "negative_prompt": reading.text("negative_prompt"),
        "seed": seed,
        "models": None if model is None else (ModelUse(model), *_helpers(found)),
        "loras": loras,
    }
    given = {name: value for name, value in given.items() if value is not None}
    if not given:
        return found
    base = found or Generation()
    found_from = dict(base.sources)
    sources = {**found_from, **dict.fromkeys(given, reading.where)}
    conflicts = tuple(
        Conflict(name, _told(value), reading.where, _told(getattr(base, name)), found_from.get(name, "the file"))
        for name, value in given.items()
        if getattr(base, name) and _told(value) != _told(getattr(base, name))
    )
    return replace(base, **given, conflicts=(*base.conflicts, *conflicts), sources=tuple(sorted(sources.items())))  # type: ignore[arg-type]  # the dataclass's names


def _helpers(found: Generation | None) -> tuple[ModelUse, ...]:
    """The models found beside the one that drew the picture, which a person's replaces."""
    return () if found is None else tuple(m for m in found.models if m.role not in (None, "diffusion"))


def _told(value: object) -> str:
    """A value as a conflict names it: models and LoRAs by name."""
    return ", ".join(one.name for one in value) if isinstance(value, tuple) else str(value)


def _place(reading: _Reading, found: Place) -> Place:
    return Place(
        project=reading.text("project") or found.project,
        character=reading.text("character") or found.character,
        scene_type=reading.text("scene_type") or found.scene_type,
        scene=reading.text("scene") or found.scene,
        segment_index=_first(reading.take("segment_index", "a whole number from 0", _frame), found.segment_index),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(map(_text, value))


def _object(value: Any) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _list(value: Any) -> list[JsonValue]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _whole(value: Any, most: int) -> int:
    """A whole number from 0; JSON has one kind of number, so 42.0 is one too."""
    if isinstance(value, float) and value.is_integer() and value < _EXACT_FLOAT:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError
    return value


def _frame(value: Any) -> int:
    return _whole(value, _MAX_FRAME)


def _seed(value: Any) -> int:
    is_text = isinstance(value, str) and _SEED.fullmatch(value) is not None
    return _whole(int(value) if is_text else value, MOST_SEED)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    return float(value)


def _share(value: Any) -> float:
    number = _number(value)
    if not 0 <= number <= 1:
        raise ValueError
    return number


def _weight(value: Any) -> float:
    number = _number(value)
    if abs(number) > _MAX_WEIGHT:
        raise ValueError
    return number


def _name(value: Any) -> str:
    if not _text(value).strip():
        raise ValueError
    return _text(value)


def _lora(reading: _Reading, _: int) -> Lora:
    return Lora(
        reading.needed("name", "text", _name, ""),
        reading.take("weight", "a number", _weight),
        reading.take("weight_clip", "a number", _weight),
        _first(reading.take("enabled", "true or false", _boolean), True),
        reading.text("sha256"),
    )


def _lora_weights(reading: _Reading) -> tuple[Lora, ...] | None:
    weights = reading.members("lora_weights", "an object of name: weight")
    if weights is None:
        return None
    return tuple(Lora(name, weights.take(name, "a number", _weight)) for name in weights.values)


def _rights(reading: _Reading, found: Rights) -> Rights:
    members = reading.members("rights", "{training: allowed|notAllowed|constrained, licence}")
    if members is None:
        return found
    # A misspelt right that is passed over would be a right that nobody gave.
    for key in sorted(members.values.keys() - {"training", "licence"}):
        members.mistakes.append(f"rights.{key}: expected training or licence alone")
    training = members.take("training", "allowed, notAllowed or constrained", _training)
    return Rights(training, members.text("licence"))


def _training(value: Any) -> Training:
    for word in TRAINING:
        if value == word:
            return word
    raise ValueError


def _range(reading: _Reading) -> FrameRange:
    """From `start` up to `stop`, which is not part of it; without `stop` one frame long."""
    start = reading.needed("start", "a frame from 0", _frame, 0)
    stop = reading.take("stop", "a frame from 0", _frame)
    if stop is not None and stop <= start:
        reading.wrong("stop", f"a frame after start, which is {start}")
        stop = None
    return FrameRange(start, start + 1 if stop is None else stop)


def _marker(reading: _Reading, _: int) -> Marker:
    colour = reading.take("color", f"one of {', '.join(MARKER_COLOURS)}", _colour)
    name = reading.needed("name", "text", _name, "")
    return Marker(_range(reading), name, reading.text("comment"), colour or "blue")


def _colour(value: Any) -> MarkerColour:
    for colour in MARKER_COLOURS:
        if value == colour:
            return colour
    raise ValueError


def _segment(reading: _Reading, index: int) -> Segment:
    return Segment(_range(reading), index, reading.text("name"), _generation(reading, None))
