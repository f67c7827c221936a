"""The picture stream of a GIF, PNG, JPEG or WebP file: a still, or an animation with its own clock."""

from __future__ import annotations

from dataclasses import replace

from turnover.core.probe import VideoStream
from turnover.media.animation import Animation
from turnover.media.gif import TICK as GIF_TICK
from turnover.media.gif import read_gif
from turnover.media.jpeg import read_jpeg
from turnover.media.opening import Source
from turnover.media.png import SIGNATURE, read_png
from turnover.media.timing import Header, Timing, timing_of
from turnover.media.webp import TICK as WEBP_TICK
from turnover.media.webp import read_webp

# The finest step of the clock that a format writes; PNG lets each frame choose its own.
_TICKS = {"gif": GIF_TICK, "webp": WEBP_TICK}


def animation_in(source: Source) -> Animation | None:
    """What a GIF, JPEG, PNG or WebP says by its own structure; None for any other file, and for one that is damaged."""
    head = source.at(0, 12)
    if head.startswith(b"GIF8"):
        return read_gif(source)
    if head.startswith(b"\xff\xd8"):
        return read_jpeg(source)
    return read_png(source) if head.startswith(SIGNATURE) else read_webp(source)


def page_video(video: VideoStream, animation: Animation | None, kind: str) -> VideoStream:
    """The stream as its own structure tells it, instead of FFmpeg, which gives stills 25 frames per second.

    `kind` is our name of the container; a file of damaged or unknown structure counts as a still.
    """
    video = replace(
        video,
        frame_rate=None,
        is_variable_frame_rate=None,
        average_rate=None,
        frame_count_claimed=None,
        frame_count_counted=1,
        duration_seconds=None,
        start_seconds=None,
        bit_rate=None,
    )
    return video if animation is None else _as_animated(video, animation, kind)


def webp_video(animation: Animation) -> VideoStream:
    """The stream of a WebP: 8 bits, Y'CbCr 4:2:0 where it is coded with loss, else R'G'B' (RFC 9649, 2.5 and 2.6)."""
    if animation.is_lossless:
        name, chroma = ("argb" if animation.has_alpha else "rgb24"), "rgb"
    else:
        name, chroma = ("yuva420p" if animation.has_alpha else "yuv420p"), "4:2:0"
    video = VideoStream(animation.width, animation.height, "webp", pixel_format=name, bit_depth=8, chroma=chroma)
    return page_video(video, animation, "webp")


def _as_animated(video: VideoStream, animation: Animation, kind: str) -> VideoStream:
    timing = Timing(None, None)
    if animation.is_animated and animation.count > 1:
        timing = timing_of(animation.times(_TICKS.get(kind)), Header())
    return replace(
        video,
        width=animation.width,
        height=animation.height,
        rotation=animation.turn[0],
        is_mirrored=animation.turn[1],
        has_alpha=animation.has_alpha,
        frame_rate=timing.rate,
        is_variable_frame_rate=timing.is_variable,
        average_rate=timing.average,
        frame_count_claimed=animation.claimed,
        frame_count_counted=animation.count,
        duration_seconds=animation.seconds if timing.rate is None else timing.rate.seconds(animation.count),
    )
