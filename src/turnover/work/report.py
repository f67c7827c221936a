"""What is known about a clip, as the JSON object of `probe` and `scan`."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from turnover.core.clip import Clip, JsonValue, Marker, Segment
from turnover.core.colour import Colour
from turnover.core.generation import inferred_colour, native_rate
from turnover.core.probe import AudioStream, Hdr
from turnover.sidecars.generation_fields import generation_object
from turnover.work.look import Failed


def clip_report(clip: Clip) -> dict[str, JsonValue]:
    """One file's object; what is not known is null."""
    probe = clip.probe
    return {
        "path": str(clip.path),
        "container": probe.container,
        "size_bytes": probe.size_bytes,
        "duration_seconds": _seconds(probe.duration_seconds),
        "bit_rate": probe.bit_rate,
        "video": _video(clip),
        "audio": [_audio(stream) for stream in probe.audio],
        "generation": None if clip.generation is None else generation_object(clip.generation),
        "no_generation_reason": clip.no_generation_reason,
        "ai_generated": _ai_generated(clip),
        "rights": _rights(clip),
        "unread": [{"place": one.place, "key": one.key, "text": one.text} for one in clip.unread],
        "given": _given(clip),
        "tags": dict(probe.tags),
        "warnings": [{"code": warning.code, "message": warning.message} for warning in probe.warnings],
    }


def failure_report(failed: Failed) -> dict[str, JsonValue]:
    """The object of a file that gave no clip."""
    return {"path": str(failed.path), "error": dict(failed.error.as_dict())}


def _video(clip: Clip) -> dict[str, JsonValue]:
    probe, video = clip.probe, clip.probe.video
    display_width, display_height = video.display_size
    aspect = video.sample_aspect_ratio
    native = native_rate(clip.generation, video)
    return {
        "width": video.width,
        "height": video.height,
        "display_width": display_width,
        "display_height": display_height,
        "rotation": video.rotation,
        "mirrored": video.is_mirrored,
        "sample_aspect_ratio": None if aspect is None else f"{aspect.numerator}:{aspect.denominator}",
        "frame_rate": None if video.frame_rate is None else str(video.frame_rate),
        "variable_frame_rate": video.is_variable_frame_rate,
        "native_rate": None if native is None else str(native.rate),
        "native_rate_source": None if native is None else native.source,
        "frame_count": video.frame_count,
        "frame_count_claimed": video.frame_count_claimed,
        "frame_count_counted": video.frame_count_counted,
        "duration_seconds": _seconds(video.duration_seconds),
        "start_seconds": _seconds(video.start_seconds),
        "codec": video.codec,
        "codec_tag": video.codec_tag,
        "profile": video.profile,
        "level": video.level,
        "pixel_format": video.pixel_format,
        "bit_depth": video.bit_depth,
        "chroma": video.chroma,
        "has_alpha": video.has_alpha,
        "field_order": video.field_order,
        "color_space": video.colour.name,
        "color": _colour(video.colour),
        "color_inferred": _inferred(clip),
        "hdr": None if video.hdr is None else _hdr(video.hdr),
        "start_timecode": probe.start_timecode_label,
        "drop_frame": None if probe.start_timecode is None else probe.start_timecode.is_drop_frame,
        "reel": probe.reel,
        "bit_rate": video.bit_rate,
    }


def _colour(colour: Colour) -> dict[str, JsonValue]:
    return {
        "primaries": colour.primaries_name,
        "transfer": colour.transfer_name,
        "matrix": colour.matrix_name,
        "range": colour.range,
        "cicp": [colour.primaries, colour.transfer, colour.matrix],
    }


def _inferred(clip: Clip) -> JsonValue:
    """How an untagged picture is encoded by what is known of its writer; null where the file claims a colour itself."""
    found = inferred_colour(clip.generation, clip.probe.video)
    return None if found is None else {"name": found.name, **_colour(found.colour), "reason": found.reason}


def _hdr(hdr: Hdr) -> dict[str, JsonValue]:
    def point(xy: tuple[float, float] | None) -> JsonValue:
        return None if xy is None else list(xy)

    return {
        "max_luminance": hdr.max_luminance,
        "min_luminance": hdr.min_luminance,
        "red": point(hdr.red),
        "green": point(hdr.green),
        "blue": point(hdr.blue),
        "white_point": point(hdr.white_point),
        "max_content_light": hdr.max_content_light,
        "max_frame_average_light": hdr.max_frame_average_light,
    }


def _audio(stream: AudioStream) -> dict[str, JsonValue]:
    return {
        "codec": stream.codec,
        "sample_rate": stream.sample_rate,
        "channels": stream.channels,
        "channel_layout": stream.channel_layout,
        "bit_depth": stream.bit_depth,
        "duration_seconds": _seconds(stream.duration_seconds),
        "bit_rate": stream.bit_rate,
        "language": stream.language,
    }


def _given(clip: Clip) -> JsonValue:
    """What a person gave beside the recipe; null when nothing was."""
    given: dict[str, JsonValue] = {
        "caption": clip.caption,
        "status": clip.status,
        "quality_score": clip.quality_score,
        "failure_tags": list(clip.failure_tags) or None,
        "project": clip.place.project,
        "character": clip.place.character,
        "scene_type": clip.place.scene_type,
        "scene": clip.place.scene,
        "segment_index": clip.place.segment_index,
        "split": clip.split,
        "group": clip.group,
        "ai_generated": clip.is_ai_generated if clip.is_ai_generated_source is None else None,
        "rights": _known(_given_rights(clip)) or None,
        "generation_params": clip.generation_params,
        "markers": [_marker(marker) for marker in clip.markers] or None,
        "segments": [_segment(segment) for segment in clip.segments] or None,
        "series": [series.name for series in clip.series] or None,
        "extra": dict(clip.extra) or None,
    }
    return _known(given) or None


def _given_rights(clip: Clip) -> dict[str, JsonValue]:
    rights = clip.rights
    return {"training": rights.training if rights.source is None else None, "licence": rights.licence}


def _rights(clip: Clip) -> JsonValue:
    """What may be done with it, given or found; null where nobody tells."""
    rights = clip.rights
    known = _known({"training": rights.training, "licence": rights.licence})
    return (
        {"training": rights.training, "licence": rights.licence, "source": rights.source or "given"} if known else None
    )


def _ai_generated(clip: Clip) -> JsonValue:
    """Whether a model made it, and who says so; null where nobody tells."""
    if clip.is_ai_generated is None:
        return None
    return {"value": clip.is_ai_generated, "source": clip.is_ai_generated_source or "given"}


def _marker(marker: Marker) -> dict[str, JsonValue]:
    place: dict[str, JsonValue] = {"start": marker.range.start, "stop": marker.range.stop}
    return {"name": marker.name, **place, "comment": marker.comment, "color": marker.colour}


def _segment(segment: Segment) -> dict[str, JsonValue]:
    made = segment.generation
    return {
        "index": segment.index,
        "name": segment.name,
        "start": segment.range.start,
        "stop": segment.range.stop,
        "generation": None if made is None else generation_object(made),
    }


def _known(values: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: value for name, value in values.items() if value is not None}


def _seconds(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 6)


def relative_name(path: Path, roots: set[Path]) -> str:
    """The shortest way to name a file to a person who named these folders."""
    if len(roots) == 1:
        (root,) = roots
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return str(path)
