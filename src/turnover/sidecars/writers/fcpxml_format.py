"""A picture as FCPXML's `format` describes it: size, rate, fields, shape of a pixel, colour."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from turnover.core.colour import Colour
from turnover.core.rate import Rate
from turnover.sidecars.view import View
from turnover.sidecars.writers.fcpxml_time import time_text

# How Apple's names end, by rate; these are also the rates that hosts list for timelines.
_ENDINGS = {
    Rate(24000, 1001): "2398",
    Rate(24): "24",
    Rate(25): "25",
    Rate(30000, 1001): "2997",
    Rate(30): "30",
    Rate(50): "50",
    Rate(60000, 1001): "5994",
    Rate(60): "60",
}
TIMELINE_RATES = tuple(_ENDINGS)

# Sizes with square pixels that have a name at every rate, and what the name says for them. From "FCPXML Supported
# Identifiers", appendix A of Apple's Final Cut Pro X XML Format.
_ALL_RATES = {(1280, 720): "720", (1920, 1080): "1080"} | {
    (width, height): f"{width}x{height}"
    for width, height in (
        (2048, 1024), (2048, 1080), (2048, 1152), (3840, 2160), (4096, 2048), (4096, 2160), (4096, 2304),
        (5120, 2160), (5120, 2560), (5120, 2700),
    )
}  # fmt: skip
# The small sizes have names at some rates only.
_SOME_RATES = {
    (640, 360): ("2997",),
    (640, 480): ("2398", "24", "25", "2997", "30"),
    (960, 540): ("2398", "24", "25", "2997", "30"),
}
# Interlaced names count fields, a frame's rate is the half.
_INTERLACED = {Rate(25): "FFVideoFormat1080i50", Rate(30000, 1001): "FFVideoFormat1080i5994"}

# The letter that is shown first decides: https://ffmpeg.org/ffprobe.html names them coded first, shown first.
_FIELD_ORDERS = {
    "progressive": "progressive",
    "tt": "upper first",
    "bt": "upper first",
    "bb": "lower first",
    "tb": "lower first",
}

# The colour spaces that the DTD names (comment on `format/@colorSpace`), as H.273 counts them.
_COLOUR_SPACES = {
    (1, 1, 1): "1-1-1 (Rec. 709)",
    (6, 1, 6): "6-1-6 (Rec. 601 (NTSC))",
    (5, 1, 6): "5-1-6 (Rec. 601 (PAL))",
    (9, 1, 9): "9-1-9 (Rec. 2020)",
    (9, 16, 9): "9-16-9 (Rec. 2020 PQ)",
    (9, 18, 9): "9-18-9 (Rec. 2020 HLG)",
}


@dataclass(frozen=True, slots=True)
class Format:
    """One `format` of the resources."""

    rate: Rate
    width: int
    height: int
    aspect: Fraction | None
    """Width over height of one pixel; None when not known."""
    fields: str | None
    """In FCPXML's words; None when not known."""
    colour_space: str | None
    """None for what is untagged, and for what has no name in FCPXML."""

    @property
    def name(self) -> str | None:
        """Apple's name; None for a size or rate that has none, which Final Cut Pro itself writes without one."""
        size, ending = (self.width, self.height), _ENDINGS.get(self.rate)
        if self.aspect not in (None, 1):
            return None
        if self.fields not in (None, "progressive"):
            return _INTERLACED.get(self.rate) if size == (1920, 1080) else None
        if size in _ALL_RATES and ending is not None:
            return f"FFVideoFormat{_ALL_RATES[size]}p{ending}"
        if ending is not None and ending in _SOME_RATES.get(size, ()):
            return f"FFVideoFormat{self.width}x{self.height}p{ending}"
        return None

    def attributes(self, identifier: str) -> dict[str, str]:
        """The element's attributes; what is not known is left out."""
        aspect = None if self.aspect in (None, 1) else self.aspect
        found = {
            "id": identifier,
            "name": self.name,
            "frameDuration": time_text(self.rate.frame_seconds, self.rate),
            "fieldOrder": self.fields,
            "width": str(self.width),
            "height": str(self.height),
            "paspH": None if aspect is None else str(aspect.numerator),
            "paspV": None if aspect is None else str(aspect.denominator),
            "colorSpace": self.colour_space,
        }
        return {name: value for name, value in found.items() if value is not None}


def media_format(view: View, rate: Rate) -> Format:
    """The picture as the file stores it."""
    video = view.clip.probe.video
    fields = None if video.field_order is None else _FIELD_ORDERS.get(video.field_order)
    return Format(rate, video.width, video.height, video.sample_aspect_ratio, fields, colour_space(view.colour))


def timeline_format(view: View, media_rate: Rate, rate: Rate) -> Format:
    """The picture of a timeline that shows this clip: turned as it is shown, and without fields at another rate."""
    stored = media_format(view, media_rate)
    is_turned = view.clip.probe.video.rotation in (90, 270)
    return Format(
        rate,
        stored.height if is_turned else stored.width,
        stored.width if is_turned else stored.height,
        1 / stored.aspect if is_turned and stored.aspect else stored.aspect,
        stored.fields if rate == media_rate else "progressive",
        stored.colour_space,
    )


def colour_space(colour: Colour) -> str | None:
    """The name of a colour; None when it is untagged or FCPXML has no name for it.

    >>> colour_space(Colour(9, 16, 9)), colour_space(Colour())
    ('9-16-9 (Rec. 2020 PQ)', None)
    """
    return None if colour.cicp is None else _COLOUR_SPACES.get(colour.cicp)
