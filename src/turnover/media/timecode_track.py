"""The start timecode and the reel, from wherever a container keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from turnover.core.rate import Rate
from turnover.core.timecode import Timecode


@dataclass(frozen=True, slots=True)
class Start:
    """Where a clip starts on its tape."""

    label: str | None = None
    """As the file writes it."""
    timecode: Timecode | None = None
    """None without a label, without a rate that timecode counts, and for a label that cannot be."""
    trouble: str | None = None
    """Why a label cannot be; None when all is well."""
    reel: str | None = None


def start_of(places: Iterable[Mapping[str, str]], rate: Rate | None) -> Start:
    """The start that the first of these sets of tags tells; the picture stream's come first, the container's last."""
    places = tuple(places)
    label, reel = _first(places, "timecode"), _first(places, "reel_name")
    if label is None or rate is None or rate.nominal is None:
        return Start(label, reel=reel)
    try:
        return Start(label, Timecode.parse(label, rate), reel=reel)
    except ValueError as error:
        return Start(label, trouble=str(error), reel=reel)


def _first(places: Iterable[Mapping[str, str]], wanted: str) -> str | None:
    """The first value of that name; Matroska writes names in capitals."""
    values = (value for tags in places for name, value in tags.items() if name.lower() == wanted and value.strip())
    return next(values, None)
