"""One text that a file carries about how it was made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Carrier:
    """A text and where it stood; nothing is read into it yet."""

    place: str
    """Where, for a person: `moov/udta/meta`, `tEXt after IDAT`, `EXIF Model`, `clip.swarm.json`, `file name` …"""
    key: str
    """The name it stood under, as written, or empty: `prompt`, `comment`, `PROMPT` …"""
    text: str
    """The text whole, as it was decoded; NUL and padding included."""
