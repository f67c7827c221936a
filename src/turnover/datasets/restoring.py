"""A sample as it stands in its JSON file, made a value again: what is written of it once more is the same.

The file may come from anywhere. Types are those of our own values, and names are not read but made anew from the id.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from turnover.core.clip import JsonValue, Place, Rights
from turnover.core.entry import FileSource
from turnover.core.generation import Generation
from turnover.core.measurement import Box, Face, Summary
from turnover.core.rate import Rate
from turnover.datasets import names
from turnover.datasets.ratios import name_mistake
from turnover.datasets.sample import Companion, FaceCrop, Sample
from turnover.errors import ValuesError, WriteError

T = TypeVar("T")

Standing = Callable[[str, str], FileSource]
"""The file of that name, whose digest is told, as a source."""

_ID = re.compile(r"[a-z][a-z0-9]{1,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PRINT = re.compile(r"[0-9a-f]{16}")
_RATE = re.compile(r"[0-9]{1,18}(?:/[0-9]{1,18})?")
_WHOLE = re.compile(r"[0-9]{1,20}")
_SUFFIX = re.compile(r"(?:.*[^.])?(\.[a-z0-9]{1,9})", re.DOTALL)
_MOST_FACES = 1_000


def document_name(sample_id: str) -> str:
    """Where the file of a sample lies, from the root of a tree. Raises ValuesError for what can be no id."""
    if not _ID.fullmatch(sample_id):
        raise ValuesError(f"{sample_id[:80]!r} is no id of a sample", hint="take a whole copy of the dataset")
    return f"samples/{sample_id[1:3]}/{sample_id}.json"


def sample_from(document: JsonValue, standing: Standing) -> Sample:
    """The sample; `standing` gives its files.

    Raises ValuesError where something has another type than it was written with, or a name is not safe.
    """
    try:
        told = restored(dict[str, JsonValue], document)
        sample = _bare(told, standing)
        names.check(sample)
        sample = replace(sample, companions=_companions(told, sample, standing))
        return replace(sample, faces=_faces(told, sample, standing))
    except (ValueError, KeyError, TypeError, ArithmeticError, WriteError) as error:
        reason = f"there is no {error}" if isinstance(error, KeyError) else str(error)
        raise ValuesError(f"a sample's file is not as it was written: {reason}"[:500], hint="verify it") from error


def _bare(told: Mapping[str, JsonValue], standing: Standing) -> Sample:
    """Without faces and companions, whose names are made from it."""

    def one(kind: type[T], key: str) -> T:
        value: T = restored(kind, told[key], key)
        return value

    def known(kind: type[T], key: str) -> T | None:
        return None if told[key] is None else one(kind, key)

    name, split, path = one(str, "sample_id"), one(str, "split"), one(str, "path")
    if mistake := name_mistake(split):
        raise ValueError(mistake)
    suffix = _suffix(path)
    if not re.fullmatch(rf"data/{split}/(?:videos|images)/(?:[0-9a-f]{{1,8}}/)?{re.escape(name + suffix)}", path):
        raise ValueError(f"{path[:200]!r} is not where a sample lies")
    media = standing(path, _digest(told["sha256"]))
    if media.size_bytes != told["bytes"]:
        raise ValueError(f"{path} has {media.size_bytes} bytes, not {told['bytes']}")
    rights = restored(dict[str, JsonValue], told["rights"], "rights")
    return Sample(
        id=name,
        media=media,
        suffix=suffix,
        source_name=one(str, "source_name"),
        caption=one(str, "caption"),
        frame_count=known(int, "num_frames"),
        frame_rate=known(Rate, "frame_rate"),
        width=one(int, "width"),
        height=one(int, "height"),
        duration_seconds=known(float, "duration_s"),
        has_sound=one(bool, "has_sound"),
        place=Place(
            known(str, "project"),
            known(str, "character_name"),
            known(str, "scene_type"),
            known(str, "scene"),
            known(int, "segment_index"),
        ),
        status=known(str, "status"),
        prompt=known(str, "prompt"),
        negative_prompt=known(str, "negative_prompt"),
        generation=known(Generation, "generation"),
        generation_params=told["generation_params"],
        quality_score=known(float, "quality_score"),
        metrics=restored(dict[str, Summary], told["metrics"], "metrics"),
        failure_tags=restored(tuple[str, ...], told["failure_tags"], "failure_tags"),
        rights=Rights(
            restored(Rights, {"training": rights["training"]}, "rights").training,
            restored(str, rights["licence"], "licence") if rights["licence"] is not None else None,
        ),
        is_ai_generated=known(bool, "is_ai_generated"),
        created_at=known(str, "created_at"),
        keys=restored(tuple[str, ...], told["keys"], "keys"),
        prints=tuple(map(_print, restored(tuple[str, ...], told["prints"], "prints"))),
        split=split,
        group=one(str, "group_id"),
        extra=restored(dict[str, JsonValue], told["extra"], "extra"),
    )


def _print(text: str) -> int:
    if not _PRINT.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no print of a picture")
    return int(text, 16)


def _companions(told: Mapping[str, JsonValue], sample: Sample, standing: Standing) -> tuple[Companion, ...]:
    rows = restored(tuple[dict[str, str], ...], told["companions"], "companions")
    bare = tuple(
        Companion(restored(_role(), row["role"], "role"), _suffix(row["file_name"]), sample.media) for row in rows
    )
    places = names.companion_names(replace(sample, companions=bare))
    return tuple(
        replace(one, source=standing(place, _digest(row["sha256"])))
        for one, place, row in zip(bare, places, rows, strict=True)
    )


def _faces(told: Mapping[str, JsonValue], sample: Sample, standing: Standing) -> tuple[FaceCrop, ...]:
    rows = restored(tuple[dict[str, JsonValue], ...], told["faces"], "faces")
    if len(rows) > _MOST_FACES:
        raise ValueError(f"it has {len(rows)} faces")
    return tuple(_face(row, sample, index, standing) for index, row in enumerate(rows))


def _face(row: Mapping[str, JsonValue], sample: Sample, index: int, standing: Standing) -> FaceCrop:
    x, y, width, height = restored(tuple[float, float, float, float], row["bbox_xywh"], "bbox_xywh")
    face = Face(
        restored(int, row["frame_index"], "frame_index"),
        Box(x, y, width, height),
        restored(float, row["det_score"], "det_score"),
        restored(tuple[tuple[float, float], ...], row["landmarks"], "landmarks"),
        None if row["sharpness"] is None else restored(float, row["sharpness"], "sharpness"),
    )
    size = restored(int, row["width"], "width"), restored(int, row["height"], "height")
    crop = FaceCrop(face, *size, _suffix(restored(str, row["file_name"], "file_name")), sample.media)
    source = standing(names.face_name(sample, index, crop), _digest(row["sha256"]))
    return replace(crop, source=source)


# ---------------------------------------------------------------------------------------------------------- values


def restored(kind: Any, value: JsonValue, name: str = "it") -> Any:
    """A value of that type from what `plain` made of one. Raises ValueError with the name of what is wrong.

    >>> restored(tuple[Rate, ...], ["24000/1001", "25"])
    (Rate(fraction=Fraction(24000, 1001)), Rate(fraction=Fraction(25, 1)))
    """
    origin, inner = get_origin(kind), get_args(kind)
    if kind == JsonValue or kind is Any:
        return value
    if origin in (Union, UnionType):
        return _one_of(inner, value, name)
    if origin is Literal and value in inner:
        return value
    if origin is tuple and isinstance(value, list):
        kinds = (inner[0],) * len(value) if inner[-1] is Ellipsis else inner
        if len(kinds) == len(value):
            return tuple(restored(one, member, name) for one, member in zip(kinds, value, strict=True))
    if isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(value, dict):
        return {key: restored(inner[1], member, f"{name}.{key}"[:200]) for key, member in value.items()}
    if kind is Rate and isinstance(value, str) and _RATE.fullmatch(value):
        return Rate(Fraction(value))
    if isinstance(kind, type) and is_dataclass(kind) and kind is not Rate and isinstance(value, dict):
        hints = _hints(kind)
        given = {
            one.name: restored(hints[one.name], value[one.name], one.name) for one in fields(kind) if one.name in value
        }
        return kind(**given)
    return _simple(kind, value, name)


def _one_of(kinds: tuple[Any, ...], value: JsonValue, name: str) -> Any:
    if value is None and NoneType in kinds:
        return None
    for kind in kinds:
        if kind is not NoneType:
            try:
                return restored(kind, value, name)
            except ValueError:
                continue
    raise ValueError(f"{name} is {repr(value)[:60]}")


def _simple(kind: Any, value: JsonValue, name: str) -> Any:
    if kind is bool and isinstance(value, bool):
        return value
    if kind is str and isinstance(value, str):
        return value
    if kind is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind is int and isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)  # Seeds are written as text.
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind is float and value is None:
        return math.nan  # What is no number is written as null.
    raise ValueError(f"{name} is {repr(value)[:60]}")


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _role() -> Any:
    return _hints(Companion)["role"]


def _suffix(name: str) -> str:
    match = _SUFFIX.fullmatch(name)
    if match is None:
        raise ValueError(f"{name[:80]!r} has no suffix of a file")
    return match[1]


def _digest(value: JsonValue) -> str:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise ValueError(f"{repr(value)[:80]} is no SHA-256")
    return value
