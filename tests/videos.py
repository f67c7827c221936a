"""Real video files by recipe: small, fast, without a network.

On one machine, with one version of the libraries, the same recipe gives the same bytes.

>>> import tempfile
>>> from turnover.core.rate import Rate
>>> with tempfile.TemporaryDirectory() as folder:
...     make(Path(folder), "clip.mov", rate=Rate(25), timecode="01:00:00:00").name
'clip.mov'

What a container cannot hold is refused with ValueError rather than left out silently.
FFmpeg (in PyAV) writes `.mp4`, `.mov`, `.mkv`, `.webm`, `.avi` and `.mxf`; Pillow writes `.gif`, `.webp` and `.png`.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TypeAlias, Unpack

import av
import numpy as np
import PIL
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from tests.animations import write_animation
from tests.comfy import comfy_tags
from tests.pictures import PICTURES, Picture, Pixels, with_alpha
from tests.recipes import HDR10, Options, Recipe, matrix
from turnover.core.probe import Hdr
from turnover.core.timecode import Timecode

__all__ = [
    "HDR10", "Options", "Recipe", "broken", "cached", "comfy_tags", "fake", "made", "make", "matrix", "write",
]  # fmt: skip


def make(folder: Path, name: str = "clip.mp4", **options: Unpack[Options]) -> Path:
    """A video in that folder, replacing a file of that name; the options are the fields of `Recipe`.

    Raises ValueError for what the container or codec cannot hold.
    """
    return write(Recipe(name, **options), folder)


def write(recipe: Recipe, folder: Path) -> Path:
    """The recipe's video in that folder, replacing a file of that name; raises ValueError as `make` does."""
    path = folder / recipe.name
    container = _container(recipe)
    folder.mkdir(parents=True, exist_ok=True)
    if container.codec is None:
        write_animation(recipe, path, _pictures(recipe))
    else:
        _write_video(recipe, path, container)
    return path


def made(recipes: Iterable[Recipe], folder: Path) -> tuple[Path, ...]:
    """The recipes' videos side by side in one folder, in the order given; raises ValueError when two share a name."""
    recipes = tuple(recipes)
    if len({recipe.name for recipe in recipes}) < len(recipes):
        raise ValueError(f"two recipes have one file name: {sorted(recipe.name for recipe in recipes)}")
    return tuple(write(recipe, folder) for recipe in recipes)


def cached(recipe: Recipe) -> Path:
    """The recipe's video, made once for all test processes of this user; copy it before changing it.

    It lies under the system's temporary folder, in a folder named for the recipe's content and for what makes it.
    """
    shelf = Path(tempfile.gettempdir()) / f"turnover-videos-{getpass.getuser()}" / _key(recipe)
    path = shelf / recipe.name
    if not path.exists():
        shelf.mkdir(parents=True, exist_ok=True)
        # Two processes may make it at the same time: each writes its own, the later one replaces equal bytes.
        with tempfile.TemporaryDirectory(dir=shelf) as own:
            write(recipe, Path(own)).replace(path)
    return path


def broken(folder: Path, name: str = "broken.mp4") -> Path:
    """An MP4 cut in the middle of its pictures, so that its index, which stood at the end, is gone."""
    path = make(folder, name, picture="noise")
    os.truncate(path, path.stat().st_size // 2)
    return path


def fake(folder: Path, name: str = "fake.mp4") -> Path:
    """A text with the name of a video."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("This is a text and no video.\n", encoding="utf-8", newline="\n")
    return path


# ---------------------------------------------------------------------------------------- what a container holds


@dataclass(frozen=True)
class _Container:
    codec: str | None
    """The usual encoder; None where Pillow writes the file."""
    sound: str | None
    """The encoder of sound."""
    holds: frozenset[str]
    """What it keeps of a recipe past pictures and rate."""


_PILLOW = _Container(None, None, frozenset({"variable", "tags"}))
_MATROSKA = frozenset({"rotation", "colour", "audio", "variable", "tags"})
_QUICKTIME = _MATROSKA | {"timecode", "is_mirrored", "sample_aspect_ratio"}
_CONTAINERS = {
    ".mp4": _Container("libx264", "aac", _QUICKTIME),
    ".mov": _Container("libx264", "pcm_s16le", _QUICKTIME | {"reel"}),
    ".mkv": _Container("libx264", "flac", _MATROSKA | {"timecode"}),
    ".webm": _Container("libvpx-vp9", "libopus", _MATROSKA),
    ".avi": _Container("mpeg4", "pcm_s16le", frozenset({"audio", "tags"})),
    ".mxf": _Container("mpeg2video", "pcm_s16le", frozenset({"timecode", "audio"})),
    ".gif": _PILLOW,
    ".webp": _PILLOW,
    ".png": _PILLOW,
}
_HELD = ("timecode", "reel", "rotation", "is_mirrored", "sample_aspect_ratio", "colour", "audio", "variable", "tags")
# Written by FFmpeg's movenc.
_MOVENC = (".mp4", ".mov")
# These write the pixel aspect into their own stream, so that any container keeps it.
_ASPECT_IN_STREAM = {"libx264", "libx265", "mpeg4"}
# All that .mp4, .mov and .avi keep; in the first two `use_metadata_tags` keeps any name.
_USUAL_TAGS = {"artist", "comment", "copyright", "date", "genre", "title"}

# x264's macroblock tree reads memory it never wrote, so that bytes differ from run to run.
# x265 and SVT-AV1 are held to one thread; VP9 takes alpha only without alternate reference frames.
_ENCODER_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "libx264": {"preset": "ultrafast", "mbtree": "0"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none:pools=none:frame-threads=1"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "auto-alt-ref": "0"},
    "libsvtav1": {"preset": "11", "svtav1-params": "lp=1"},
    "dnxhd": {"profile": "dnxhr_sq"},
}
_PIXEL_FORMATS = {"prores_ks": "yuv422p10le", "mjpeg": "yuvj420p", "dnxhd": "yuv422p"}


def _container(recipe: Recipe) -> _Container:
    """What the suffix stands for; raises ValueError when it cannot hold what the recipe asks for."""
    suffix = Path(recipe.name).suffix.lower()
    container = _CONTAINERS.get(suffix)
    if container is None:
        raise ValueError(f"no container is known for {recipe.name!r}; known are {', '.join(_CONTAINERS)}")
    holds = container.holds
    if (recipe.codec or container.codec) in _ASPECT_IN_STREAM:
        holds |= {"sample_aspect_ratio"}
    lost = [name for name in _HELD if getattr(recipe, name) and name not in holds]
    if container.codec is None:
        lost += [name for name in ("codec", "pixel_format", "colour_range", "hdr") if getattr(recipe, name) is not None]
    if suffix == ".avi" or (suffix in _MOVENC and not recipe.use_metadata_tags):
        lost += [f"tag {key!r}" for key in recipe.tags if key not in _USUAL_TAGS]
    if recipe.reel is not None and recipe.timecode is None:
        lost.append("reel without a timecode")
    if lost:
        raise ValueError(f"{recipe.name!r} cannot hold: {', '.join(lost)}")
    if recipe.timecode is not None:
        Timecode.parse(recipe.timecode, recipe.rate)
    if recipe.rotation not in (0, 90, 180, 270):
        raise ValueError(f"a rotation is 0, 90, 180 or 270, not {recipe.rotation}")
    return container


def _durations(recipe: Recipe) -> tuple[int, ...]:
    """How many periods of the rate each frame lasts."""
    return (1,) * recipe.frames if recipe.variable is None else tuple(recipe.variable)


def _pictures(recipe: Recipe) -> Iterator[Pixels]:
    draw: Picture = PICTURES[recipe.picture] if isinstance(recipe.picture, str) else recipe.picture
    count = len(_durations(recipe))
    return (draw(frame, count, recipe.width, recipe.height) for frame in range(count))


# --------------------------------------------------------------------------------------------------- with FFmpeg


def _write_video(recipe: Recipe, path: Path, container: _Container) -> None:
    muxer = {"fflags": "+bitexact", **recipe.muxer}
    if recipe.use_metadata_tags and path.suffix.lower() in _MOVENC:
        muxer["movflags"] = "+".join(filter(None, (muxer.get("movflags"), "use_metadata_tags")))
    with av.open(str(path), "w", options=muxer) as output:
        output.metadata.update(recipe.tags)
        video = _video_stream(recipe, output, recipe.codec or container.codec or "")
        sound = _audio_stream(output, container.sound) if recipe.audio and container.sound else None
        packets: list[_Packet] = list(_video_packets(recipe, video))
        if sound is not None:
            packets += _audio_packets(sound, recipe.rate.seconds(sum(_durations(recipe))))
        for packet in sorted(packets, key=_decoding_time):
            output.mux(packet)


_Packet: TypeAlias = "Packet[VideoStream] | Packet[AudioStream]"


def _decoding_time(packet: _Packet) -> Fraction:
    return (packet.dts or 0) * packet.time_base


def _video_stream(recipe: Recipe, output: OutputContainer, codec: str) -> VideoStream:
    options = {"flags": "+bitexact", **_ENCODER_OPTIONS.get(codec, {})}
    for key, value in (*recipe.encoder.items(), *_hdr_options(recipe, codec)):
        # Lists such as `x265-params` grow; all else is replaced.
        options[key] = f"{options[key]}:{value}" if key.endswith("-params") and key in options else value
    stream = output.add_stream(codec, rate=recipe.rate.fraction, options=options)
    assert isinstance(stream, VideoStream), f"{codec} encodes no video"
    context = stream.codec_context
    context.width, context.height = recipe.width, recipe.height
    context.pix_fmt = recipe.pixel_format or _PIXEL_FORMATS.get(codec, "yuv420p")
    context.time_base = recipe.rate.frame_seconds
    context.thread_count = 1
    if codec == "libx265" and Path(recipe.name).suffix.lower() in _MOVENC:
        context.codec_tag = "hvc1"  # the only one that Apple's players open
    if recipe.colour is not None:
        context.color_primaries, context.color_trc, context.colorspace = recipe.colour
    if recipe.colour_range is not None:
        context.color_range = _RANGES[recipe.colour_range]
    if recipe.sample_aspect_ratio is not None:
        context.sample_aspect_ratio = recipe.sample_aspect_ratio
    if recipe.rotation or recipe.is_mirrored:
        # PyAV takes degrees counter-clockwise.
        stream.set_display_rotation(-recipe.rotation, hflip=recipe.is_mirrored)
    if recipe.timecode is not None:
        stream.metadata["timecode"] = recipe.timecode
    if recipe.reel is not None:
        stream.metadata["reel_name"] = recipe.reel
    return stream


def _video_packets(recipe: Recipe, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    durations = _durations(recipe)
    starts = [sum(durations[:frame]) for frame in range(len(durations))]
    lasting = dict(zip(starts, durations, strict=True))
    frames = (_frame(recipe, stream, pixels) for pixels in _pictures(recipe))
    for start, frame in zip(starts, frames, strict=True):
        frame.pts, frame.time_base = start, recipe.rate.frame_seconds
        yield from _with_durations(stream.encode(frame), lasting)
    yield from _with_durations(stream.encode(None), lasting)


def _with_durations(packets: list[Packet[VideoStream]], lasting: Mapping[int, int]) -> Iterator[Packet[VideoStream]]:
    for packet in packets:
        # Encoders give each packet the period of the rate; the last one of a variable rate would end too early.
        packet.duration = lasting[packet.pts or 0]
        yield packet


_RANGES = {"limited": 1, "full": 2}
# H.273 matrix → FFmpeg's number of the same coefficients for swscale; others are encoded as Rec. 601.
_SCALER_MATRICES = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9}
_REC601 = 5


def _frame(recipe: Recipe, stream: VideoStream, pixels: Pixels) -> av.VideoFrame:
    """The picture in the stream's pixel format."""
    pixel_format = av.VideoFormat(stream.codec_context.pix_fmt or "")
    if any(component.is_alpha for component in pixel_format.components):
        pixels = with_alpha(pixels)
    drawn = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgba" if pixels.shape[2] == 4 else "rgb24")
    is_full = recipe.colour_range == "full" or pixel_format.is_rgb or pixel_format.name.startswith("yuvj")
    # With more threads swscale's vector code writes past a slice into the next one, and the bytes depend on who wins.
    frame = drawn.reformat(
        format=pixel_format.name,
        dst_colorspace=_SCALER_MATRICES.get(recipe.colour[2], _REC601) if recipe.colour else _REC601,
        dst_color_range=_RANGES["full" if is_full else "limited"],
        threads=1,
    )
    # ProRes takes its tags from the frame; 2 is "unspecified", 0 is "range not said".
    frame.color_primaries, frame.color_trc, frame.colorspace = recipe.colour or (2, 2, 2)
    frame.color_range = _RANGES[recipe.colour_range] if recipe.colour_range else 0
    return frame


def _hdr_options(recipe: Recipe, codec: str) -> tuple[tuple[str, str], ...]:
    """x265's option for SMPTE ST 2086 (chromaticity in 0.00002, luminance in 0.0001 cd/m²) and CTA-861.3."""
    if recipe.hdr is None:
        return ()
    if codec != "libx265":
        raise ValueError(f"HDR10 metadata is written by libx265 only, not by {codec}")
    unknown = [f.name for f in fields(Hdr) if getattr(recipe.hdr, f.name) is None]
    if unknown:
        raise ValueError(f"HDR10 metadata has to be whole; missing: {', '.join(unknown)}")
    points = zip(("G", "B", "R", "WP"), ("green", "blue", "red", "white_point"), strict=True)
    display = "".join(f"{sign}{_steps(getattr(recipe.hdr, name), 50_000)}" for sign, name in points)
    luminance = _steps((recipe.hdr.max_luminance or 0, recipe.hdr.min_luminance or 0), 10_000)
    light = f"{recipe.hdr.max_content_light},{recipe.hdr.max_frame_average_light}"
    return (("x265-params", f"hdr10=1:master-display={display}L{luminance}:max-cll={light}"),)


def _steps(values: tuple[float, float], per_unit: int) -> str:
    return "({},{})".format(*(round(value * per_unit) for value in values))


# --------------------------------------------------------------------------------------------------------- sound

_SAMPLE_RATE = 48_000
_BLOCK = 960  # 20 ms, which every encoder here takes or gathers


def _audio_stream(output: OutputContainer, codec: str) -> AudioStream:
    stream = output.add_stream(codec, rate=_SAMPLE_RATE, options={"flags": "+bitexact"})
    assert isinstance(stream, AudioStream), f"{codec} encodes no sound"
    stream.codec_context.layout = "stereo"
    return stream


def _audio_packets(stream: AudioStream, seconds: Fraction) -> Iterator[Packet[AudioStream]]:
    """A tone of 440 Hz at a quarter of full scale."""
    count = round(seconds * _SAMPLE_RATE)
    tone = np.sin(2 * np.pi * 440 / _SAMPLE_RATE * np.arange(count)) * 8191
    samples = np.repeat(tone.round().astype(np.int16), 2)
    for start in range(0, count, _BLOCK):
        block = samples[2 * start : 2 * (start + _BLOCK)]
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), "s16", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = _SAMPLE_RATE, start, Fraction(1, _SAMPLE_RATE)
        yield from stream.encode(frame)
    yield from stream.encode(None)


# ------------------------------------------------------------------------------------------------------ the shelf


def _key(recipe: Recipe) -> str:
    """A name for the recipe's content and for what makes it; raises ValueError for a picture of one's own."""
    if recipe.picture not in PICTURES:
        raise ValueError("a recipe with a picture of its own cannot be told from another; use `write`")
    content = {f.name: getattr(recipe, f.name) for f in fields(recipe) if f.name != "id"}
    text = json.dumps(content, default=repr)  # unsorted: the order of tags is the order in the file
    return hashlib.sha256(f"{_maker()}\n{text}".encode()).hexdigest()[:24]


@cache
def _maker() -> str:
    """The code and the libraries that make videos."""
    sources = [Path(__file__).with_name(f"{name}.py") for name in ("animations", "pictures", "recipes", "videos")]
    code = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    return f"{code} av {av.__version__} numpy {np.__version__} pillow {PIL.__version__}"
