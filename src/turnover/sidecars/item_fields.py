"""The fields of one item: a frame, LoRA, pass, marker, segment, tag, warning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import TypeVar

from turnover.core.clip import Marker, Segment
from turnover.core.generation import Generation, InputMedia, Lora, ModelUse, Pass
from turnover.core.probe import Warning
from turnover.core.ranges import FrameRange
from turnover.core.timecode import Timecode
from turnover.sidecars.scope import Collection, Field, FieldType, Scope, Value
from turnover.sidecars.view import View

T = TypeVar("T")


def _of(
    collection: Collection, kind: type[T], name: str, type_: FieldType, sentence: str, example: str,
    get: Callable[[T], Value], unit: str | None = None,
) -> Field:  # fmt: skip
    def value(scope: Scope) -> Value:
        item = scope.item(collection)
        assert isinstance(item, kind)
        return get(item)

    return Field(name, type_, sentence, example, value, unit, collection)


def _index(collection: Collection, name: str) -> Field:
    return Field(name, "integer", "place in the list, from 1", "1", lambda s: s.index(collection) + 1, None, collection)


def timecode_of(view: View, frame: int) -> Timecode | None:
    """The timecode of a frame; None when the clip has no start timecode."""
    return None if view.start is None else view.start + frame


def seconds_of(view: View, frame: int) -> Fraction | None:
    """When a frame is shown, counted from the first; None when the rate varies and nobody read the times."""
    if view.rate is not None:
        return view.rate.seconds(frame)
    times = view.clip.series_named("pts_seconds")
    at = None if times is None else times.at(frame)
    return None if at is None else Fraction(at)


def _frame(name: str, type_: FieldType, sentence: str, example: str, get: Callable[[View, int], Value],
           unit: str | None = None) -> Field:  # fmt: skip
    return Field(name, type_, sentence, example, lambda s: get(s.view, s.index("frames")), unit, "frames")


def _range_fields(collection: Collection, prefix: str, range_of: Callable[[object], FrameRange]) -> Iterable[Field]:
    def field(name: str, type_: FieldType, sentence: str, example: str, get: Callable[[View, FrameRange], Value],
              unit: str | None = None) -> Field:  # fmt: skip
        return Field(f"{prefix}.{name}", type_, sentence, example,
                     lambda s: get(s.view, range_of(s.item(collection))), unit, collection)  # fmt: skip

    yield field("start", "integer", "first frame, from 0", "10", lambda v, r: r.start)
    yield field("stop", "integer", "frame after the last, from 0", "15", lambda v, r: r.stop)
    yield field("last", "integer", "last frame, from 0", "14", lambda v, r: r.last)
    yield field("frame_count", "integer", "number of frames", "5", lambda v, r: r.count, "frames")
    yield field(
        "host_first", "integer", "number a host gives the first frame", "1011", lambda v, r: v.first_frame + r.start
    )
    yield field(
        "host_last", "integer", "number a host gives the last frame", "1015", lambda v, r: v.first_frame + r.last
    )
    yield field(
        "timecode", "timecode", "timecode of the first frame", "01:00:00:10", lambda v, r: timecode_of(v, r.start)
    )
    yield field(
        "seconds", "time", "time of the first frame", "0.416667", lambda v, r: seconds_of(v, r.start), "seconds"
    )


def _segment_generation(get: Callable[[Generation], Value]) -> Callable[[Segment], Value]:
    return lambda segment: None if segment.generation is None else get(segment.generation)


def _range_of(item: object) -> FrameRange:
    assert isinstance(item, Marker | Segment)
    return item.range


ITEM_FIELDS: tuple[Field, ...] = (
    _frame("frame", "integer", "frame number, from 0", "0", lambda v, i: i),
    _frame("frame.index", "integer", "frame number, from 0", "0", lambda v, i: i),
    _frame("frame.host", "integer", "number a host gives the frame", "1001", lambda v, i: v.first_frame + i),
    _frame("frame.timecode", "timecode", "timecode of the frame", "01:00:00:00", timecode_of),
    _frame("frame.seconds", "time", "time from the first frame", "0.041667", seconds_of, "seconds"),
    _index("loras", "lora.index"),
    _of("loras", Lora, "lora.name", "text", "name of the LoRA", "detail_v2", lambda x: x.name),
    _of("loras", Lora, "lora.weight", "number", "strength on the model", "0.8", lambda x: x.weight),
    _of("loras", Lora, "lora.weight_clip", "number", "strength on the text encoder", "1.0", lambda x: x.weight_clip),
    _of("loras", Lora, "lora.is_enabled", "boolean", "whether it took part", "true", lambda x: x.is_enabled),
    _of("loras", Lora, "lora.sha256", "text", "SHA-256 of its file", "9f86d081…", lambda x: x.sha256),
    _index("models", "model.index"),
    _of("models", ModelUse, "model.name", "text", "name of the model", "wan2.2_t2v_14B", lambda x: x.name),
    _of("models", ModelUse, "model.role", "text", "what it did", "diffusion", lambda x: x.role),
    _index("passes", "pass.index"),
    _of("passes", Pass, "pass.seed", "integer", "seed of the pass", "42", lambda x: x.seed),
    _of("passes", Pass, "pass.steps", "integer", "sampling steps", "20", lambda x: x.steps),
    _of("passes", Pass, "pass.cfg", "number", "classifier-free guidance scale", "5.0", lambda x: x.cfg),
    _of("passes", Pass, "pass.guidance", "number", "distilled guidance", "3.5", lambda x: x.guidance),
    _of("passes", Pass, "pass.sampler", "text", "sampler", "euler", lambda x: x.sampler),
    _of("passes", Pass, "pass.scheduler", "text", "noise schedule", "simple", lambda x: x.scheduler),
    _of("passes", Pass, "pass.denoise", "number", "how much was drawn anew, 0 to 1", "1.0", lambda x: x.denoise),
    _of("passes", Pass, "pass.model", "text", "model of the pass", "wan2.2_high_noise", lambda x: x.model),
    _index("inputs", "input.index"),
    _of("inputs", InputMedia, "input.name", "text", "file that went in", "start.png", lambda x: x.name),
    _of("inputs", InputMedia, "input.role", "text", "what it was for", "start_image", lambda x: x.role),
    _index("markers", "marker.index"),
    _of("markers", Marker, "marker.name", "text", "name of the marker", "low face_confidence", lambda x: x.name),
    _of("markers", Marker, "marker.comment", "text", "note of the marker", "0.41 < 0.60", lambda x: x.comment),
    _of("markers", Marker, "marker.color", "text", "colour of the marker", "red", lambda x: x.colour),
    *_range_fields("markers", "marker", _range_of),
    _of("segments", Segment, "segment.index", "integer", "place in the scene", "0", lambda x: x.index),
    _of("segments", Segment, "segment.name", "text", "name of the segment", "walk_0003", lambda x: x.name),
    _of("segments", Segment, "segment.prompt", "text", "prompt of the segment", "a man walks", _segment_generation(lambda g: g.prompt)),
    _of("segments", Segment, "segment.seed", "integer", "seed of the segment", "42", _segment_generation(lambda g: g.seed)),
    _of("segments", Segment, "segment.model", "text", "model of the segment", "wan2.2", _segment_generation(lambda g: g.model)),
    *_range_fields("segments", "segment", _range_of),
    _of("failure_tags", str, "failure_tag.name", "text", "name of the gate that failed", "flicker", lambda x: x),
    _of("tags", tuple, "tag.name", "text", "name of a tag in the file", "encoder", lambda x: str(x[0])),
    _of("tags", tuple, "tag.value", "text", "value of the tag", "Lavf61.7.100", lambda x: str(x[1])),
    _of("warnings", Warning, "warning.code", "text", "stable name of the warning", "untagged_colour", lambda x: x.code),
    _of("warnings", Warning, "warning.message", "text", "the warning", "no colour is tagged", lambda x: x.message),
)  # fmt: skip


def _from_generation(get: Callable[[Generation], tuple[object, ...]]) -> Callable[[View], tuple[object, ...]]:
    return lambda view: () if view.clip.generation is None else get(view.clip.generation)


ITEMS: Mapping[Collection, Callable[[View], tuple[object, ...]]] = MappingProxyType(
    {
        "audio": lambda v: v.clip.probe.audio,
        "failure_tags": lambda v: v.clip.failure_tags,
        "inputs": _from_generation(lambda g: g.inputs),
        "loras": _from_generation(lambda g: g.loras),
        "markers": lambda v: v.clip.markers,
        "models": _from_generation(lambda g: g.models),
        "passes": _from_generation(lambda g: g.passes),
        "segments": lambda v: v.clip.segments,
        "tags": lambda v: v.clip.probe.tags,
        "warnings": lambda v: v.clip.probe.warnings,
    }
)
"""Each collection of a clip as a tuple; frames and series are streamed and have their own way."""
