"""What a video file is, as its header and packets say."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from turnover.core.colour import Colour
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode


@dataclass(frozen=True, slots=True)
class Warning:
    """Something a person should know about a file that can be read all the same."""

    code: str
    """Stable, for programs: `untagged_colour`, `variable_frame_rate`, `truncated` …"""
    message: str
    """One sentence with the value seen."""


@dataclass(frozen=True, slots=True)
class Hdr:
    """HDR10 metadata (SMPTE ST 2086, CTA-861.3); luminance in cd/m², chromaticity as CIE 1931 x, y."""

    max_luminance: float | None = None
    min_luminance: float | None = None
    red: tuple[float, float] | None = None
    green: tuple[float, float] | None = None
    blue: tuple[float, float] | None = None
    white_point: tuple[float, float] | None = None
    max_content_light: int | None = None
    """MaxCLL."""
    max_frame_average_light: int | None = None
    """MaxFALL."""


@dataclass(frozen=True, slots=True)
class VideoStream:
    """The picture stream that a player shows; cover art and thumbnails do not count."""

    width: int
    height: int
    """As stored, before rotation and pixel aspect."""
    codec: str
    """FFmpeg's name: `h264`, `hevc`, `av1`, `prores` …"""
    frame_rate: Rate | None = None
    """None where the rate varies so that no single rate is true, or none is told."""
    is_variable_frame_rate: bool | None = None
    """None when neither header nor packets decide it."""
    average_rate: Rate | None = None
    """Frames over their whole duration, where the rate varies; None where `frame_rate` says it all."""
    frame_count_claimed: int | None = None
    """What the header says; None where it says nothing."""
    frame_count_counted: int | None = None
    """Packets that will be shown, or pictures counted; None until somebody counted."""
    duration_seconds: Fraction | None = None
    """Frames × frame duration where both are known, else what the stream says."""
    rotation: int = 0
    """Degrees clockwise to turn the stored picture for display: 0, 90, 180 or 270."""
    is_mirrored: bool = False
    """Whether the turned picture is then flipped left to right as well."""
    sample_aspect_ratio: Fraction | None = None
    """Width over height of one sample; None when the file does not say (readers take 1:1)."""
    codec_tag: str | None = None
    """The four characters of the container, such as `avc1` or `ap4h`."""
    profile: str | None = None
    level: str | None = None
    pixel_format: str | None = None
    bit_depth: int | None = None
    chroma: str | None = None
    """`4:2:0`, `4:2:2`, `4:4:4`, `4:4:0`, `4:1:1`, `4:1:0`, `rgb`, `gray`, `bayer` or `palette`."""
    has_alpha: bool = False
    field_order: str | None = None
    """`progressive`, `tt`, `bb`, `tb` or `bt` (coded first, shown first: top or bottom)."""
    colour: Colour = field(default_factory=Colour)
    hdr: Hdr | None = None
    start_seconds: Fraction | None = None
    """Presentation time of the first frame."""
    bit_rate: int | None = None
    stream_index: int = 0
    """Its place among all streams of the file, from 0 as FFmpeg counts; what decodes must take this one."""

    @property
    def frame_count(self) -> int | None:
        """The counted frames, else the claimed ones."""
        return self.frame_count_claimed if self.frame_count_counted is None else self.frame_count_counted

    @property
    def display_size(self) -> tuple[int, int]:
        """Width and height in square pixels, turned for display; width takes the pixel aspect."""
        aspect = self.sample_aspect_ratio or Fraction(1)
        width, height = round(self.width * aspect), self.height
        return (height, width) if self.rotation in (90, 270) else (width, height)


@dataclass(frozen=True, slots=True)
class AudioStream:
    """One sound stream of a file."""

    codec: str
    sample_rate: int | None = None
    channels: int | None = None
    channel_layout: str | None = None
    bit_depth: int | None = None
    duration_seconds: Fraction | None = None
    bit_rate: int | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """Everything one file's container and streams say."""

    container: str
    """FFmpeg's name of the container that was found by content: `mov`, `matroska`, `avi`, `gif`, `webp` …"""
    size_bytes: int
    video: VideoStream
    audio: tuple[AudioStream, ...] = ()
    duration_seconds: Fraction | None = None
    """What the container says, sound included."""
    start_timecode: Timecode | None = None
    """None when the file has none, or its rate has no timecode."""
    start_timecode_label: str | None = None
    """The label as the file writes it."""
    reel: str | None = None
    bit_rate: int | None = None
    tags: tuple[tuple[str, str], ...] = ()
    """Container and picture-stream tags as FFmpeg reads them, sorted by name."""
    warnings: tuple[Warning, ...] = ()
