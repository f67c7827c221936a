"""The containers that are read, found by content, and the suffixes that files of each go by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from turnover.media.refusals import refusal


@dataclass(frozen=True, slots=True)
class Container:
    """One kind of file."""

    name: str
    title: str
    """What people call it."""
    suffixes: frozenset[str]
    """Lower case, with the dot."""


def _of(name: str, title: str, suffixes: str) -> Container:
    return Container(name, title, frozenset(f".{suffix}" for suffix in suffixes.split()))


# By the first of the names that FFmpeg gives the demuxer, less "_pipe". Not here, so never opened: hls, dash,
# concat, imf, sdp, rtsp, image2 and all else that reads a list of other files.
_CONTAINERS: Mapping[str, Container] = {
    container.name: container
    for container in (
        _of("mov", "MP4 or QuickTime", "mp4 mov m4v m4a qt 3gp 3g2 mj2 f4v avif avifs heic heif ismv"),
        _of("matroska", "Matroska or WebM", "mkv webm mka mk3d"),
        _of("avi", "AVI", "avi"),
        _of("mpegts", "MPEG transport stream", "ts m2ts mts m2t tp trp"),
        _of("mpeg", "MPEG program stream", "mpg mpeg vob m2p ps"),
        _of("mpegvideo", "MPEG-1 or MPEG-2 stream", "mpg mpeg m1v m2v mpv"),
        _of("flv", "Flash video", "flv f4v"),
        _of("mxf", "MXF", "mxf"),
        _of("ogg", "Ogg", "ogg ogv ogm oga"),
        _of("asf", "Windows Media", "asf wmv wma"),
        _of("nut", "NUT", "nut"),
        _of("ivf", "IVF", "ivf"),
        _of("yuv4mpegpipe", "YUV4MPEG2", "y4m"),
        _of("dv", "DV", "dv dif"),
        _of("h264", "H.264 stream", "h264 264 avc"),
        _of("hevc", "HEVC stream", "hevc h265 265"),
        _of("m4v", "MPEG-4 stream", "m4v"),
        _of("gif", "GIF", "gif"),
        _of("apng", "animated PNG", "png apng"),
        _of("png", "PNG", "png apng"),
        _of("jpeg", "JPEG", "jpg jpeg jpe jfif"),
        _of("webp", "WebP", "webp"),
    )
}
_SUFFIXES = frozenset[str]().union(*(container.suffixes for container in _CONTAINERS.values()))

# WebP is read by its own walker; FFmpeg gets it only by mistake.
WHITELIST = ",".join(f"{name}_pipe" if name in ("png", "jpeg") else name for name in _CONTAINERS if name != "webp")
"""What FFmpeg's option `format_whitelist` takes."""

# A stream without a container: FFmpeg takes 25 frames per second where the stream says nothing.
WITHOUT_CLOCK = frozenset({"h264", "hevc", "m4v", "mpegvideo"})

# Pictures for pages: Rec. 709 primaries with the sRGB curve is what everybody takes for an untagged one.
PAGE_PICTURES = frozenset({"gif", "apng", "png", "jpeg", "webp"})


# A HEIF file with one of these major brands is a still (ISO/IEC 23008-12, 10; AVIF 1.1, 6); MP4's reader opens it.
_STILL_BRANDS = frozenset({"avif", "heic", "heix", "heim", "heis", "mif1"})


def is_still_picture(tags: Mapping[str, str]) -> bool:
    """Whether a container's tags are those of a still picture."""
    return tags.get("major_brand", "") in _STILL_BRANDS


def container_named(ffmpeg_name: str) -> Container:
    """The container of a demuxer's name such as `mov,mp4,m4a,3gp,3g2,mj2` or `png_pipe`.

    Raises ProbeError `not_media` for one that is not read.
    """
    container = _CONTAINERS.get(ffmpeg_name.split(",", maxsplit=1)[0].removesuffix("_pipe"))
    if container is None:
        raise refusal("not_media", f"the content is {ffmpeg_name}, which is not read")
    return container


def mismatch(container: Container, suffix: str) -> str | None:
    """What is wrong with a file's suffix, or None; a suffix that no container has is nobody's lie."""
    suffix = suffix.lower()
    if suffix in container.suffixes or suffix not in _SUFFIXES:
        return None
    return f"the name ends in {suffix}, but the content is {container.title}"
