"""What a video made for a test is to be: its options, and the named recipes that every sidecar is tried on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypedDict

from tests.pictures import Pattern, Picture
from turnover.core.probe import Hdr
from turnover.core.rate import Rate

Range = Literal["limited", "full"]

HDR10 = Hdr(
    max_luminance=1000.0,
    min_luminance=0.005,
    red=(0.68, 0.32),
    green=(0.265, 0.69),
    blue=(0.15, 0.06),
    white_point=(0.3127, 0.329),
    max_content_light=1000,
    max_frame_average_light=400,
)
"""A P3 display of 1000 cd/m²."""

REC709, PQ, HLG, SRGB = (1, 1, 1), (9, 16, 9), (9, 18, 9), (1, 13, 1)


class Options(TypedDict, total=False):
    """What `videos.make` takes by keyword; meanings and defaults are those of `Recipe`."""

    width: int
    height: int
    frames: int
    rate: Rate
    codec: str | None
    pixel_format: str | None
    timecode: str | None
    reel: str | None
    rotation: int
    is_mirrored: bool
    sample_aspect_ratio: Fraction | None
    colour: tuple[int, int, int] | None
    colour_range: Range | None
    hdr: Hdr | None
    audio: bool
    tags: Mapping[str, str]
    use_metadata_tags: bool
    picture: Pattern | Picture
    variable: Sequence[int] | None
    encoder: Mapping[str, str]
    muxer: Mapping[str, str]


FILM = Rate(24)


@dataclass(frozen=True)
class Recipe:
    """One video to make; the same recipe gives the same bytes."""

    name: str = "clip.mp4"
    """The file's name; its suffix chooses the container."""
    id: str | None = None
    """What a test calls it; None where nobody asks."""
    width: int = 64
    height: int = 48
    """As stored, before rotation and pixel aspect."""
    frames: int = 8
    rate: Rate = FILM
    codec: str | None = None
    """FFmpeg's name of the encoder; None is the container's usual (libx264 for .mp4)."""
    pixel_format: str | None = None
    """FFmpeg's name; None is the encoder's usual (yuv420p for libx264)."""
    timecode: str | None = None
    """Label of the first frame, `;` before the frames where drop-frame; None makes no timecode."""
    reel: str | None = None
    """Name of the reel in the timecode track of a .mov."""
    rotation: int = 0
    """Degrees clockwise that a player turns the picture: 0, 90, 180 or 270."""
    is_mirrored: bool = False
    """Whether the display matrix flips left and right as well, after the turn."""
    sample_aspect_ratio: Fraction | None = None
    """Width over height of one sample; None writes none."""
    colour: tuple[int, int, int] | None = None
    """H.273 codes of primaries, transfer and matrix; None leaves the file untagged, encoded with Rec. 601.

    The matrix is applied; the transfer is a tag alone, the drawn code values stay.
    """
    colour_range: Range | None = None
    """Applied and tagged; None is limited, and untagged where the codec can leave it so."""
    hdr: Hdr | None = None
    """HDR10 metadata in the bitstream of libx265; every field has to be known."""
    audio: bool = False
    """A tone of 440 Hz, stereo at 48 kHz, as long as the picture."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Container tags. `.mp4` and `.mov` keep the usual names alone unless `use_metadata_tags`."""
    use_metadata_tags: bool = False
    """Writes tags as ComfyUI does: any key in .mp4 and .mov, `comf` chunks in .png."""
    picture: Pattern | Picture = "gradient"
    variable: Sequence[int] | None = None
    """How many periods of the rate each frame lasts: a variable frame rate. Its length counts instead of `frames`."""
    encoder: Mapping[str, str] = field(default_factory=dict)
    """Further options of the video encoder."""
    muxer: Mapping[str, str] = field(default_factory=dict)
    """Further options of the container, such as `{"movflags": "faststart"}`."""

    def __str__(self) -> str:
        """The id, else the file's name."""
        return self.id or self.name


NTSC_24, NTSC_30, NTSC_60 = Rate(24000, 1001), Rate(30000, 1001), Rate(60000, 1001)


def matrix() -> tuple[Recipe, ...]:
    """Recipes that between them hold every rate, timecode, shape, colour and name that sidecars must survive.

    Not the full product: each value stands at least once. Ids and file names are unique.
    """
    return (*_rates(), *_shapes(), *_colours(), *_names())


def _rates() -> tuple[Recipe, ...]:
    return (
        Recipe("fps8.mp4", "8", rate=Rate(8)),
        Recipe("fps12.5.mp4", "12.5", rate=Rate(25, 2)),
        Recipe("fps16.mp4", "16-audio", rate=Rate(16), audio=True),
        Recipe("fps23.976.mov", "23.976-tc-one-hour", rate=NTSC_24, timecode="01:00:00:00", reel="A001C003"),
        Recipe("fps24.mp4", "24", tags={"title": "Fox & hare <1>", "comment": "line one\nline two"}),
        Recipe("fps24_tc.mov", "24-tc-zero-audio", timecode="00:00:00:00", audio=True),
        Recipe("fps25.mov", "25-tc-one-hour", rate=Rate(25), timecode="01:00:00:00"),
        Recipe("fps29.97_df.mov", "29.97-df-audio", rate=NTSC_30, timecode="01:00:00;00", audio=True),
        Recipe("fps29.97_df0.mp4", "29.97-df-zero", rate=NTSC_30, timecode="00:00:00;00"),
        Recipe("fps29.97_df_skip.mov", "29.97-df-over-a-minute", rate=NTSC_30, timecode="00:00:59;26"),
        Recipe("fps29.97_ndf.mov", "29.97-ndf", rate=NTSC_30, timecode="01:00:00:00"),
        Recipe("fps30.mp4", "30-tc-one-hour", rate=Rate(30), timecode="01:00:00:00"),
        Recipe("fps50.mov", "50-tc-one-hour", rate=Rate(50), timecode="01:00:00:00"),
        Recipe("fps59.94_df.mov", "59.94-df", rate=NTSC_60, timecode="01:00:00;00"),
        Recipe("fps60.mov", "60-tc-one-hour-audio", rate=Rate(60), timecode="01:00:00:00", audio=True),
        Recipe("vfr.mp4", "variable", variable=(1, 3, 1, 2, 1, 1, 4, 1)),
    )


def _shapes() -> tuple[Recipe, ...]:
    return (
        Recipe("anamorphic.mov", "sar-2-1", sample_aspect_ratio=Fraction(2), timecode="01:00:00:00"),
        Recipe("pal.mp4", "sar-16-15", rate=Rate(25), sample_aspect_ratio=Fraction(16, 15)),
        Recipe("turned.mp4", "rotated-90", rotation=90),
        Recipe("odd.mp4", "odd-size", width=161, height=121, pixel_format="yuv444p"),
        Recipe("uhd.mp4", "4k", width=3840, height=2160, frames=2),
    )


def _colours() -> tuple[Recipe, ...]:
    return (
        Recipe("rec709.mp4", "rec709", colour=REC709, colour_range="limited"),
        Recipe("full.mp4", "srgb-full-range", colour=SRGB, colour_range="full"),
        Recipe("pq.mp4", "pq-10-bit", codec="libx265", pixel_format="yuv420p10le", colour=PQ, hdr=HDR10),
        Recipe("hlg.mp4", "hlg-10-bit", rate=Rate(50), pixel_format="yuv420p10le", colour=HLG),
        Recipe("alpha.mov", "prores-4444", codec="prores_ks", pixel_format="yuva444p10le", timecode="01:00:00:00"),
    )


def _names() -> tuple[Recipe, ...]:
    names = {
        "name-space-percent": "take 100% final.mp4",
        "name-ampersand": "fox & hare <2>.mp4",
        "name-quotes": 'the "best" it\'s.mp4',
        "name-cjk": "走る狐 第1話.mp4",
        "name-emoji": "fox 🦊.mp4",
    }
    return tuple(Recipe(name, id=situation) for situation, name in names.items())
