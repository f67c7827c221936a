"""The picture stream of a container: which one it is, and what its header, packets and first picture say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from av.container import InputContainer
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream as AvVideoStream

from turnover.core.colour import Colour
from turnover.core.probe import VideoStream
from turnover.media.clock import Clock, clock_of, packets_needed
from turnover.media.containers import PAGE_PICTURES
from turnover.media.first_picture import FirstPicture
from turnover.media.levels import level_text
from turnover.media.look import GLANCE_PACKETS, Look, look
from turnover.media.pixel_format import PixelFormat, pixel_format
from turnover.media.refusals import refusal

# Covers, chapter pictures and the tiles of a HEIF picture are no picture stream of their own.
_NOT_SHOWN = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.dependent

# MPEG-1's "variable" (ISO/IEC 11172-2, 2.4.3.2), all ones in units of 400 bits.
_NO_BIT_RATE = 0x3FFFF * 400
_FIELD_ORDERS = {1: "progressive", 2: "tt", 3: "bb", 4: "tb", 5: "bt"}


@dataclass(frozen=True, slots=True)
class Pictures:
    """A picture stream and what else was seen while finding out about it."""

    video: VideoStream
    look: Look
    is_interlaced: bool
    has_hidden_alpha: bool
    told_by_pictures: Colour
    """Colour as the pictures themselves say it, nothing where none decoded."""


def stream_taken(container: InputContainer, name: str) -> AvVideoStream:
    """The picture stream that describes the file; `name` is for messages.

    Raises ProbeError `no_video` or `unknown_codec`.
    """
    streams = shown_streams(container)
    if not streams:
        raise refusal("no_video", f"{name} has no pictures{_instead(container)}")
    if decoder_of(streams[0]) is None:
        raise refusal("unknown_codec", f"{name}: the coding of picture stream {streams[0].index} is not known")
    return streams[0]


def _instead(container: InputContainer) -> str:
    """What the file has where pictures are missing."""
    if container.streams.audio:
        return ", only sound"
    for tags in (*(track.metadata for track in container.streams.data), container.metadata):
        if "timecode" in tags:
            return f", only a timecode that starts at {tags['timecode']}"
    return ", only covers or other small pictures" if container.streams.video else ""


def shown_streams(container: InputContainer) -> tuple[AvVideoStream, ...]:
    """The picture streams that a player would show, the one that it takes first."""
    shown = [stream for stream in container.streams.video if not stream.disposition & _NOT_SHOWN]
    return tuple(sorted(shown, key=_preference))


def _preference(stream: AvVideoStream) -> tuple[bool, bool, int, int, int]:
    width, height = size_of(stream)
    is_default = bool(stream.disposition & Disposition.default)
    return width * height == 0, not is_default, -width * height, -stream.frames, stream.index


def size_of(stream: AvVideoStream) -> tuple[int, int]:
    """Width and height as stored; 0 where nothing tells them."""
    context = decoder_of(stream)
    return (0, 0) if context is None else (context.width, context.height)


def decoder_of(stream: AvVideoStream) -> VideoCodecContext | None:
    """The stream's decoder; None for a coding that FFmpeg does not know."""
    return stream.codec_context


def pictures(container: InputContainer, stream: AvVideoStream, kind: str, *, scan: bool, is_cut: bool) -> Pictures:
    """What a stream with a decoder is.

    `kind` is our name of the container. A scan reads every packet; of a file that is cut, some more than usual.
    """
    # Before the look, because decoding writes the pictures' own values over the container's.
    told_by_container = _codes(stream)
    packets = 0 if kind in PAGE_PICTURES else GLANCE_PACKETS if is_cut else packets_needed(stream, kind)
    seen = look(container, stream, packets=None if scan else packets)
    first = seen.picture
    shape = _shape(stream, first)
    has_hidden_alpha = _has_hidden_alpha(stream, seen, shape)
    told_by_pictures = _colour(first.colour_codes, shape) if first is not None else Colour()
    order = _FIELD_ORDERS.get(stream.codec_context.field_order)
    video = _video(stream, clock_of(container, stream, kind, seen, scan=scan))
    video = replace(
        video,
        pixel_format=shape.name,
        bit_depth=shape.bit_depth,
        chroma=shape.chroma,
        has_alpha=shape.has_alpha or has_hidden_alpha,
        field_order=order,
        colour=_filled(_colour(told_by_container, shape), told_by_pictures),
    )
    if first is not None:
        video = replace(video, rotation=first.rotation, is_mirrored=first.is_mirrored, hdr=first.hdr)
    is_interlaced = first is not None and first.is_interlaced if order is None else order != "progressive"
    return Pictures(video, seen, is_interlaced, has_hidden_alpha, told_by_pictures)


def _video(stream: AvVideoStream, clock: Clock) -> VideoStream:
    """What the header and the clock say."""
    context = stream.codec_context
    codec = context.codec.canonical_name
    return VideoStream(
        width=context.width,
        height=context.height,
        codec=codec,
        frame_rate=clock.timing.rate,
        is_variable_frame_rate=clock.timing.is_variable,
        average_rate=clock.timing.average,
        frame_count_claimed=clock.claimed,
        frame_count_counted=clock.counted,
        duration_seconds=clock.duration_seconds,
        sample_aspect_ratio=sample_aspect(stream),
        codec_tag=_codec_tag(context.codec_tag),
        profile=context.profile,
        level=level_text(codec, context.level),
        start_seconds=clock.start_seconds,
        bit_rate=None if context.bit_rate == _NO_BIT_RATE else context.bit_rate or None,
        stream_index=stream.index,
    )


def sample_aspect(stream: AvVideoStream) -> Fraction | None:
    """None where nothing is said, and where a sample would be so narrow or flat that no picture is left."""
    aspect = stream.sample_aspect_ratio
    if not aspect or aspect < 0 or not 1 <= round(stream.codec_context.width * aspect) < 1 << 20:
        return None
    return aspect


def _codec_tag(tag: str) -> str | None:
    """The four characters; None for the numbers that other containers have in their place."""
    return tag if len(tag) == 4 and tag.isascii() and tag.isprintable() and tag.strip() else None


# ------------------------------------------------------------------------------------------------- pixels, colour

_UNKNOWN_SHAPE = PixelFormat(None, None, None, has_alpha=False)
_UNSPECIFIED = 2
_RGB_MATRIX = 0
# FFmpeg numbers what H.273 has no code for from here.
_NOT_CICP = 256


def _shape(stream: AvVideoStream, first: FirstPicture | None) -> PixelFormat:
    found = first.pixel_format if first is not None else stream.codec_context.format
    return _UNKNOWN_SHAPE if found is None else pixel_format(found)


def _has_hidden_alpha(stream: AvVideoStream, seen: Look, shape: PixelFormat) -> bool:
    """WebM keeps the alpha of VP8 and VP9 as a second picture beside the first, where most decoders do not look."""
    tags = {name.lower(): value.strip() for name, value in stream.metadata.items()}
    return not shape.has_alpha and (seen.has_side_pictures or tags.get("alpha_mode") == "1")


def _codes(stream: AvVideoStream) -> tuple[int, int, int, int]:
    """Primaries, transfer, matrix and range as FFmpeg numbers them."""
    context = stream.codec_context
    return context.color_primaries, context.color_trc, context.colorspace, context.color_range


def _colour(codes: tuple[int, int, int, int], shape: PixelFormat) -> Colour:
    primaries, transfer, matrix, told_range = codes
    is_full = told_range == 2 or (shape.name or "").startswith("yuvj")
    return Colour(
        primaries=_code(primaries),
        transfer=_code(transfer),
        matrix=_RGB_MATRIX if matrix == _RGB_MATRIX and shape.chroma == "rgb" else _code(matrix),
        range="full" if is_full else "limited" if told_range == 1 else None,
    )


def _code(number: int) -> int | None:
    """A code point of H.273; 0 is reserved there, except for the matrix of RGB."""
    return number if 0 < number < _NOT_CICP and number != _UNSPECIFIED else None


def _filled(container: Colour, found: Colour) -> Colour:
    """The container's word, which overrules the pictures (ISO/IEC 14496-12, 12.1.5), and theirs where it has none."""
    return Colour(
        primaries=found.primaries if container.primaries is None else container.primaries,
        transfer=found.transfer if container.transfer is None else container.transfer,
        matrix=found.matrix if container.matrix is None else container.matrix,
        range=container.range or found.range,
    )
