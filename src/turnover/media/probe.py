"""What one media file is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer
from av.video.stream import VideoStream as AvVideoStream

from turnover.core.probe import AudioStream, Probe, Warning
from turnover.media.animation import Animation
from turnover.media.containers import PAGE_PICTURES, Container, container_named, is_still_picture, mismatch
from turnover.media.demuxing import DAMAGE, demuxer
from turnover.media.endings import missing_end, missing_frames
from turnover.media.opening import Source, regular_file
from turnover.media.pages import animation_in, page_video, webp_video
from turnover.media.pictures import Pictures, pictures, shown_streams, size_of, stream_taken
from turnover.media.refusals import refusal
from turnover.media.remarks import colour_conflict, remarks_on
from turnover.media.sound import UNKNOWN_CODEC, sounds
from turnover.media.tags import merged
from turnover.media.timecode_track import Start, start_of
from turnover.media.warnings import in_order, warning
from turnover.media.webp import is_webp
from turnover.media.webp_decoding import webp_trouble

# FFmpeg's AV_TIME_BASE: what it counts a container's duration in.
_MICROSECONDS = 1_000_000
# Bytes that opening and glancing at a file may read: an index of a day, or a gigabyte of junk, not more.
_GLANCE_LIMIT = 1 << 30


def probe(path: Path, *, scan: bool = False) -> Probe:
    """What the file is, found by content.

    Reads the header, one picture, and as many packets as it takes to know the rate; a scan reads and counts all.
    Raises ProbeError, with a code of `refusals.REFUSALS`, for what has no pictures that can be described.
    """
    with regular_file(path, limit=None if scan else _GLANCE_LIMIT) as source:
        try:
            if is_webp(source.at(0, 12)):
                return _probe_webp(source, path)
            with demuxer(source, path.name) as container:
                return _probe_container(container, source, path, scan=scan)
        except DAMAGE as error:
            raise refusal("unreadable", f"{path.name} cannot be read: {error}") from error


def _probe_container(container: InputContainer, source: Source, path: Path, *, scan: bool) -> Probe:
    kind = container_named(container.format.name)
    is_page = kind.name in PAGE_PICTURES
    stream = stream_taken(container, path.name)
    animation = animation_in(source) if is_page else None
    lack = missing_end(kind.name, source) or missing_frames(stream, source)
    if is_page and lack is None and (animation is None or not animation.is_whole):
        lack = "the mark at its end is missing"
    found = pictures(container, stream, kind.name, scan=scan, is_cut=lack is not None)
    is_still = stream.frames <= 1 and is_still_picture(container.metadata)
    video = page_video(found.video, animation, kind.name) if is_page or is_still else found.video
    if not video.width or not video.height:
        raise refusal("unreadable", f"{path.name}: neither the header nor a picture tells a size ({video.codec})")
    start = start_of(_places(container, stream), video.frame_rate)
    audio = sounds(container.streams.audio)
    tags, tags_cut = merged(container.metadata, stream.metadata)
    warnings = [
        *remarks_on(video, kind.name),
        *_on_damage(found, lack),
        *_on_pictures(found, shown_streams(container)),
        *_on_the_rest(start, audio, tags_cut),
        *_on_name(kind, path),
    ]
    return Probe(
        container=kind.name,
        size_bytes=source.size,
        video=video,
        audio=audio,
        duration_seconds=_seconds(animation) if is_page else _container_seconds(container),
        start_timecode=start.timecode,
        start_timecode_label=start.label,
        reel=start.reel,
        bit_rate=None if is_page else container.bit_rate or None,
        tags=tags,
        warnings=in_order(warnings),
    )


def _probe_webp(source: Source, path: Path) -> Probe:
    kind = container_named("webp")
    animation = animation_in(source)
    lack = missing_end(kind.name, source)
    if animation is None:
        code = "unreadable" if lack is None else "truncated"
        raise refusal(code, f"{path.name} starts as WebP, but describes no picture")
    if lack is None and not animation.is_whole:
        lack = "its last chunk is cut"
    video = webp_video(animation)
    warnings = [*remarks_on(video, kind.name), *_on_name(kind, path)]
    if lack is not None:
        warnings.append(warning("truncated", lack))
    trouble = webp_trouble(source, video.width, video.height)
    if trouble is not None:
        warnings.append(warning("undecodable", f"the first picture does not decode: {trouble}"))
    return Probe(kind.name, source.size, video, duration_seconds=animation.seconds, warnings=in_order(warnings))


def _places(container: InputContainer, stream: AvVideoStream) -> Iterator[dict[str, str]]:
    """Where a timecode or a reel can stand: the picture stream, the timecode tracks, the container."""
    yield stream.metadata
    yield from (track.metadata for track in container.streams.data)
    yield container.metadata


def _seconds(animation: Animation | None) -> Fraction | None:
    return None if animation is None else animation.seconds


def _container_seconds(container: InputContainer) -> Fraction | None:
    duration = container.duration
    return None if duration is None or duration <= 0 else Fraction(duration, _MICROSECONDS)


# ------------------------------------------------------------------------------------------------------- warnings


def _on_damage(found: Pictures, lack: str | None) -> Iterator[Warning]:
    if lack is not None:
        yield warning("truncated", lack)
    elif found.look.broken_off is not None:
        yield warning("truncated", f"reading stopped after {found.look.shown} frames: {found.look.broken_off}")
    elif found.look.is_whole and not found.look.shown:
        yield warning("truncated", f"the header claims {found.video.frame_count_claimed} frames, but none is there")
    if found.look.undecodable is not None:
        yield warning("undecodable", f"the first picture does not decode: {found.look.undecodable}")
    if found.look.damaged:
        count, first = len(found.look.damaged), found.look.damaged[0]
        yield warning("damaged", f"packets that do not hold together: {count}, the first is number {first} from 0")


def _on_pictures(found: Pictures, streams: Sequence[AvVideoStream]) -> Iterator[Warning]:
    video = found.video
    conflict = colour_conflict(video.colour, found.told_by_pictures)
    if conflict is not None:
        yield conflict
    if found.has_hidden_alpha:
        yield warning("hidden_alpha", f"the pixel format {video.pixel_format} has no alpha, but the stream has one")
    if found.is_interlaced:
        yield warning("interlaced", f"the field order is {video.field_order or 'not told'}")
    if len(streams) > 1:
        all_of_them = ", ".join("{}: {}x{}".format(stream.index, *size_of(stream)) for stream in streams)
        yield warning("several_video_streams", f"stream {video.stream_index} of {all_of_them} was taken")


def _on_the_rest(start: Start, audio: Sequence[AudioStream], tags_cut: int) -> Iterator[Warning]:
    if start.trouble is not None:
        yield warning("bad_timecode", start.trouble)
    for place, sound in enumerate(audio):
        if sound.codec == UNKNOWN_CODEC:
            yield warning("unknown_sound", f"the coding of sound stream {place} is not known")
    if tags_cut:
        yield warning("tags_cut", f"{tags_cut} tags are longer than is kept")


def _on_name(kind: Container, path: Path) -> Iterator[Warning]:
    wrong = mismatch(kind, path.suffix)
    if wrong is not None:
        yield warning("suffix_mismatch", wrong)
