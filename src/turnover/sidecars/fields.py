"""Every name a template may use: type, unit, one sentence, an example."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from turnover.core.generation import NativeRate, UntaggedColour, inferred_colour, native_rate
from turnover.core.probe import AudioStream, Hdr, VideoStream
from turnover.core.timecode import Timecode
from turnover.sidecars.generation_fields import GENERATION_FIELDS, generation_params
from turnover.sidecars.item_fields import ITEM_FIELDS
from turnover.sidecars.paths import forward
from turnover.sidecars.scope import Field, FieldType, Scope, Value

SERIES_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
"""What a per-frame series may be called."""
SERIES_PATTERN = "^" + SERIES_NAME.pattern.replace(r"\Z", "$")
"""The same for JSON Schema."""

# Series that this program knows by name; any other is reached as `series.NAME`.
KNOWN_SERIES: Mapping[str, str] = MappingProxyType(
    {
        "face_confidence": "how surely a face is seen, 0 to 1",
        "motion_score": "how much the picture moves",
        "quality_metric": "technical quality of the picture, 0 to 1",
        "boundary_ssim": "structural similarity across the seam of two segments, on the two frames at the seam",
    }
)


def _field(
    name: str, kind: FieldType, sentence: str, example: str, get: Callable[[Scope], Value], unit: str | None = None
) -> Field:
    return Field(name, kind, sentence, example, get, unit)


def _video(name: str, kind: FieldType, sentence: str, example: str, get: Callable[[VideoStream], Value],
           unit: str | None = None) -> Field:  # fmt: skip
    return Field(f"video.{name}", kind, sentence, example, lambda s: get(s.view.clip.probe.video), unit)


def _hdr(get: Callable[[Hdr], Value]) -> Callable[[VideoStream], Value]:
    return lambda video: None if video.hdr is None else get(video.hdr)


def _inferred(get: Callable[[UntaggedColour], Value]) -> Callable[[Scope], Value]:
    def value(scope: Scope) -> Value:
        clip = scope.view.clip
        found = inferred_colour(clip.generation, clip.probe.video)
        return None if found is None else get(found)

    return value


def _native(get: Callable[[NativeRate], Value]) -> Callable[[Scope], Value]:
    def value(scope: Scope) -> Value:
        clip = scope.view.clip
        found = native_rate(clip.generation, clip.probe.video)
        return None if found is None else get(found)

    return value


def _resolution(video: VideoStream) -> str:
    return f"{video.width}x{video.height}"


_CLIP = (
    _field("clip.name", "text", "file name with its suffix", "shot_010.mp4", lambda s: s.view.clip.name),
    _field("clip.stem", "text", "file name without its suffix", "shot_010", lambda s: s.view.clip.stem),
    _field("clip.suffix", "text", "suffix of the file name", ".mp4", lambda s: s.view.clip.path.suffix),
    _field("clip.path", "path", "where the file is, as the sidecar spells it", "/show/shot_010.mp4", lambda s: s.view.path),
    _field("clip.folder", "path", "the folder the file is in", "/show", lambda s: _folder(s.view.path)),
    _field("clip.relative_path", "text", "path below the folder that was given", "sq010/shot_010.mp4", lambda s: _relative(s)),
    _field("clip.relative_folder", "text", "folder below the folder that was given; null at its top", "sq010", lambda s: _relative(s).rpartition("/")[0] or None),
    _field("clip.position", "integer", "place in the batch, from 1", "1", lambda s: s.position),
    _field("clip.digest", "text", "SHA-256 of the file's bytes", "9f86d081884c7d65…", lambda s: s.view.clip.digest),
    _field("clip.size", "integer", "size of the file", "4718592", lambda s: s.view.clip.probe.size_bytes, "bytes"),
    _field("clip.caption", "text", "caption a person gave", "a red car turns left", lambda s: s.view.clip.caption),
    _field("clip.status", "text", "status in the project", "approved", lambda s: s.view.clip.status),
    _field("clip.quality_score", "number", "technical quality, 0 to 1", "0.82", lambda s: s.view.clip.quality_score),
    _field("clip.failure_tags", "list", "names of the gates that failed", "flicker", lambda s: s.view.clip.failure_tags),
    _field("clip.is_ai_generated", "boolean", "whether a model made it", "true", lambda s: s.view.clip.is_ai_generated),
    _field("clip.split", "text", "dataset split a person assigned", "train", lambda s: s.view.clip.split),
    _field("clip.group", "text", "clips of one group are never parted", "car_01", lambda s: s.view.clip.group),
    _field("clip.extra", "tree", "keys of clip.json this program does not know", '{"mood": "calm"}', lambda s: dict(s.view.clip.extra) or None),
    _field("clip.assumed", "list", "what was set in place of what the file says", "color", lambda s: s.view.assumed),
    _field("clip.marker_count", "integer", "number of markers", "2", lambda s: len(s.view.clip.markers)),
    _field("clip.segment_count", "integer", "number of segments of a scene video", "3", lambda s: len(s.view.clip.segments)),
    _field("clip.training_rights", "text", "whether training on it is allowed", "notAllowed", lambda s: s.view.clip.rights.training),
    _field("clip.licence", "text", "licence of the clip", "CC-BY-4.0", lambda s: s.view.clip.rights.licence),
)  # fmt: skip

_PRODUCTION = (
    _field("clip.project", "text", "project it belongs to", "Harbour", lambda s: s.view.clip.place.project),
    _field("clip.character", "text", "character it shows", "Mara", lambda s: s.view.clip.place.character),
    _field("clip.scene_type", "text", "scene type it belongs to", "walk", lambda s: s.view.clip.place.scene_type),
    _field("clip.scene", "text", "scene it belongs to", "Mara walk", lambda s: s.view.clip.place.scene),
    _field("clip.segment_index", "integer", "place of the segment in its scene", "3", lambda s: s.view.clip.place.segment_index),
    _field("shot.show", "text", "show as set, else the project", "HARBOUR", lambda s: s.view.settings.show or s.view.clip.place.project),
    _field("shot.episode", "text", "episode as set", "ep01", lambda s: s.view.settings.episode),
    _field("shot.sequence", "text", "sequence as set", "sq010", lambda s: s.view.settings.sequence),
    _field("shot.scene", "text", "scene as set, else the clip's scene", "sc01", lambda s: s.view.settings.scene or s.view.clip.place.scene),
    _field("shot.name", "text", "shot as set, else the file's stem", "sh010", lambda s: s.view.settings.shot or s.view.clip.stem),
    _field("shot.take", "text", "take as set", "1", lambda s: s.view.settings.take),
    _field("shot.task", "text", "task as set", "comp", lambda s: s.view.settings.task),
    _field("shot.version", "text", "version as set", "v001", lambda s: s.view.settings.version),
    _field("shot.artist", "text", "artist as set", "A. Person", lambda s: s.view.settings.artist),
    _field("shot.description", "text", "description as set, else the caption, else the prompt", "a red car", lambda s: _description(s)),
    _field("shot.handles", "integer", "handle frames at each end", "0", lambda s: s.view.settings.handles, "frames"),
)  # fmt: skip

_VIDEO = (
    _video("resolution", "text", "width x height as stored", "1280x720", _resolution, "pixels"),
    _video("width", "integer", "width as stored", "1280", lambda v: v.width, "pixels"),
    _video("height", "integer", "height as stored", "720", lambda v: v.height, "pixels"),
    _video("display_width", "integer", "width after pixel aspect and rotation", "1280", lambda v: v.display_size[0], "pixels"),
    _video("display_height", "integer", "height after rotation", "720", lambda v: v.display_size[1], "pixels"),
    _video("rotation", "integer", "turn for display, clockwise", "90", lambda v: v.rotation, "degrees"),
    _field("video.frame_rate", "rate", "exact frame rate; null when it varies", "24000/1001", lambda s: s.view.rate, "frames per second"),
    _video("is_variable_frame_rate", "boolean", "whether frames last differently long", "false", lambda v: v.is_variable_frame_rate),
    _field("video.native_rate", "rate", "frames that the model drew, before interpolation put others in between", "16/1", _native(lambda n: n.rate), "frames per second"),
    _field("video.native_rate_source", "text", "how the native rate is known", "frame rate of the file ÷ interpolation ×2", _native(lambda n: n.source)),
    _field("video.frame_count", "integer", "number of frames, counted where it was counted", "121", lambda s: s.view.frame_count, "frames"),
    _video("frame_count_claimed", "integer", "number of frames the header claims", "121", lambda v: v.frame_count_claimed, "frames"),
    _video("frame_count_counted", "integer", "number of frames counted", "121", lambda v: v.frame_count_counted, "frames"),
    _field("video.duration", "time", "duration of the picture, from frames and rate", "5.041667", lambda s: s.view.duration_seconds, "seconds"),
    _video("codec", "text", "codec as FFmpeg names it", "h264", lambda v: v.codec),
    _video("codec_tag", "text", "four-character code in the container", "avc1", lambda v: v.codec_tag),
    _video("profile", "text", "profile of the codec", "High", lambda v: v.profile),
    _video("level", "text", "level of the codec", "3.1", lambda v: v.level),
    _video("pixel_format", "text", "pixel format as FFmpeg names it", "yuv420p", lambda v: v.pixel_format),
    _video("bit_depth", "integer", "bits of one component", "8", lambda v: v.bit_depth, "bits"),
    _video("chroma", "text", "chroma subsampling", "4:2:0", lambda v: v.chroma),
    _video("has_alpha", "boolean", "whether it has transparency", "false", lambda v: v.has_alpha),
    _video("field_order", "text", "progressive, or which field comes first", "progressive", lambda v: v.field_order),
    _video("pixel_aspect", "text", "width to height of one sample", "1:1", lambda v: None if v.sample_aspect_ratio is None else f"{v.sample_aspect_ratio.numerator}:{v.sample_aspect_ratio.denominator}"),
    _video("pixel_aspect_width", "integer", "width of one sample, with pixel_aspect_height", "1", lambda v: None if v.sample_aspect_ratio is None else v.sample_aspect_ratio.numerator),
    _video("pixel_aspect_height", "integer", "height of one sample, with pixel_aspect_width", "1", lambda v: None if v.sample_aspect_ratio is None else v.sample_aspect_ratio.denominator),
    _field("video.color", "colour", "colour as code points", "1-1-1", lambda s: s.view.colour if s.view.colour.is_tagged else None),
    _field("video.color_space", "text", "name of the colour space; null when untagged", "Rec. 709", lambda s: s.view.colour.name),
    _field("video.color_primaries", "text", "primaries as FFmpeg names them", "bt709", lambda s: s.view.colour.primaries_name),
    _field("video.color_transfer", "text", "transfer as FFmpeg names it", "bt709", lambda s: s.view.colour.transfer_name),
    _field("video.color_matrix", "text", "matrix as FFmpeg names it", "bt709", lambda s: s.view.colour.matrix_name),
    _field("video.color_range", "text", "limited or full", "limited", lambda s: s.view.colour.range),
    _field("video.color_source", "text", "file where the file claims it, set where it was assumed", "file", lambda s: s.view.colour.source if s.view.colour.is_tagged else None),
    _field("video.color_inferred", "text", "how an untagged picture is encoded, known from the program that wrote it; not claimed by the file", "Rec. 601 matrix, limited range", _inferred(lambda c: c.name)),
    _field("video.color_inferred_matrix", "text", "matrix of that encoding as FFmpeg names it", "smpte170m", _inferred(lambda c: c.colour.matrix_name)),
    _field("video.color_inferred_reason", "text", "why it is thought to be encoded so", "SaveVideo writes no colour tags …", _inferred(lambda c: c.reason)),
    _video("max_content_light", "integer", "brightest pixel (MaxCLL)", "1000", _hdr(lambda h: h.max_content_light), "cd/m²"),
    _video("max_frame_average_light", "integer", "brightest frame average (MaxFALL)", "400", _hdr(lambda h: h.max_frame_average_light), "cd/m²"),
    _video("mastering_max_luminance", "number", "mastering display's peak", "1000.0", _hdr(lambda h: h.max_luminance), "cd/m²"),
    _video("mastering_min_luminance", "number", "mastering display's black", "0.0050", _hdr(lambda h: h.min_luminance), "cd/m²"),
    _video("bit_rate", "integer", "bit rate of the picture", "4000000", lambda v: v.bit_rate, "bits per second"),
    _field("video.container", "text", "container found by content", "mov", lambda s: s.view.clip.probe.container),
    _field("video.start_timecode", "timecode", "timecode of the first frame; null when the file has none", "01:00:00:00", lambda s: s.view.start),
    _field("video.end_timecode", "timecode", "timecode after the last frame", "01:00:05:01", lambda s: _after_last(s, s.view.start)),
    _field("video.host_start_timecode", "timecode", "timecode a host gives the first frame: the file's, else zero", "00:00:00:00", lambda s: _host_start(s)),
    _field("video.host_end_timecode", "timecode", "timecode a host gives after the last frame", "00:00:05:01", lambda s: _after_last(s, _host_start(s))),
    _field("video.is_drop_frame", "boolean", "whether its timecode drops labels", "false", lambda s: None if s.view.start is None else s.view.start.is_drop_frame),
    _field("video.first_frame", "integer", "number a host gives the first frame", "1001", lambda s: s.view.first_frame),
    _field("video.last_frame", "integer", "number a host gives the last frame", "1121", lambda s: s.view.last_frame),
    _field("video.cut_in_frame", "integer", "first frame of the cut, after the handles", "1009", lambda s: s.view.first_frame + s.view.settings.handles),
    _field("video.cut_out_frame", "integer", "last frame of the cut, before the handles", "1113", lambda s: None if s.view.last_frame is None else s.view.last_frame - s.view.settings.handles),
    _field("video.reel", "text", "reel of the file, as set, else the stem", "A001", lambda s: s.view.reel),
    _field("video.reel_source", "text", "file, set, or name", "name", lambda s: s.view.reel_origin),
    _field("video.frame_rate_source", "text", "file or set", "file", lambda s: s.view.rate_origin),
    _field("video.start_timecode_source", "text", "file or set", "file", lambda s: s.view.start_origin),
)  # fmt: skip


def _audio(name: str, kind: FieldType, sentence: str, example: str, get: Callable[[AudioStream], Value],
           unit: str | None = None) -> Field:  # fmt: skip
    return Field(f"audio.{name}", kind, f"{sentence}, of the stream at hand, else the first", example,
                 lambda s: _first_or_current(s, get), unit)  # fmt: skip


def _first_or_current(scope: Scope, get: Callable[[AudioStream], Value]) -> Value:
    if "audio" in scope.items:
        stream = scope.item("audio")
        assert isinstance(stream, AudioStream)
        return get(stream)
    streams = scope.view.clip.probe.audio
    return get(streams[0]) if streams else None


_AUDIO = (
    _audio("codec", "text", "sound codec", "aac", lambda a: a.codec),
    _audio("sample_rate", "integer", "samples per second", "48000", lambda a: a.sample_rate, "Hz"),
    _audio("channels", "integer", "number of channels", "2", lambda a: a.channels),
    _audio("channel_layout", "text", "layout of the channels", "stereo", lambda a: a.channel_layout),
    _audio("bit_depth", "integer", "bits of one sample", "16", lambda a: a.bit_depth, "bits"),
    _audio("bit_rate", "integer", "bit rate of the sound", "128000", lambda a: a.bit_rate, "bits per second"),
    _audio("language", "text", "language tag", "eng", lambda a: a.language),
)

# The names of the specification's short forms. They stay valid for ever.
_SHORT = (
    _video("resolution", "text", "width x height as stored", "1280x720", _resolution, "pixels"),
    _field("framerate", "rate", "exact frame rate", "24000/1001", lambda s: s.view.rate, "frames per second"),
    _video("codec", "text", "codec as FFmpeg names it", "h264", lambda v: v.codec),
    _field("duration", "time", "duration of the picture", "5.041667", lambda s: s.view.duration_seconds, "seconds"),
    _field("color_space", "text", "name of the colour space", "Rec. 709", lambda s: s.view.colour.name),
    _video("pixel_format", "text", "pixel format as FFmpeg names it", "yuv420p", lambda v: v.pixel_format),
    _field("generation_params", "tree", "how the clip was made, as one tree", '{"seed": 42}', generation_params),
)


def _folder(path: str) -> str | None:
    """What stands before the name; None where the path is a name alone, as when folders are withheld."""
    slashed = forward(path).rfind("/")
    is_root = slashed == 0 or path[:slashed].endswith(":")
    return None if slashed < 0 else path[: slashed + 1] if is_root else path[:slashed]


def _relative(scope: Scope) -> str:
    clip = scope.view.clip
    return clip.path.relative_to(clip.root).as_posix() if clip.path.is_relative_to(clip.root) else clip.name


def _description(scope: Scope) -> str | None:
    clip, generation = scope.view.clip, scope.view.clip.generation
    return scope.view.settings.description or clip.caption or (generation.prompt if generation else None)


def _host_start(scope: Scope) -> Timecode | None:
    view = scope.view
    return (
        view.start
        if view.start is not None or view.rate is None or not view.rate.nominal
        else Timecode.at(0, view.rate)
    )


def _after_last(scope: Scope, start: Timecode | None) -> Timecode | None:
    count = scope.view.frame_count
    return None if start is None or count is None else start + count


def _named(fields: Iterable[Field]) -> dict[str, Field]:
    named: dict[str, Field] = {}
    for field in fields:
        if field.name in named:
            raise AssertionError(f"two fields are called {field.name}")
        named[field.name] = field
    return named


def _short_name(field: Field) -> Field:
    return Field(field.name.removeprefix("video."), field.type, field.sentence, field.example, field.get, field.unit)


FIELDS: Mapping[str, Field] = MappingProxyType(
    _named((*map(_short_name, _SHORT), *_CLIP, *_PRODUCTION, *_VIDEO, *_AUDIO, *GENERATION_FIELDS, *ITEM_FIELDS))
)


def field_names() -> tuple[str, ...]:
    """Every name of the catalogue, and the series known by name."""
    return (*FIELDS, *KNOWN_SERIES)


def same_ending(name: str) -> str:
    """What to do about a name that is near no field: a field with the same last part, else the whole list."""
    last = name.rpartition(".")[2]
    near = next((full for full in field_names() if full.rpartition(".")[2] == last), None)
    return f"did you mean {near!r}?" if near else "`turnover templates fields` lists every field"


def series_field(series: str, *, name: str = "") -> Field:
    """The field that gives one series' number of the frame at hand."""

    def value(scope: Scope) -> float | None:
        found = scope.view.clip.series_named(series)
        return None if found is None else found.at(scope.index("frames"))

    sentence = KNOWN_SERIES.get(series, f"the series {series}")
    return Field(name or series, "number", sentence, "0.75", value, None, "frames")


def every_field() -> tuple[Field, ...]:
    """The whole catalogue, the series known by name last."""
    return (*FIELDS.values(), *map(series_field, KNOWN_SERIES))
