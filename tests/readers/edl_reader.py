"""A strict reader of edit decision lists, written from the format alone: any line it does not expect is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LABEL = r"\d\d:[0-5]\d:[0-5]\d[:;]\d\d"
_EVENT = re.compile(
    rf"(?P<number>\d{{3,}})  (?P<reel>[A-Z0-9_]+ *) (?P<channels>V   |B   |AA/V)  C {{8}}"
    rf"(?P<labels>{_LABEL} {_LABEL} {_LABEL} {_LABEL})\Z"
)
_LOCATOR = re.compile(
    rf"\* LOC: (?P<at>{_LABEL}) (?P<colour>RED|GREEN|BLUE|CYAN|MAGENTA|YELLOW|BLACK|WHITE) *(?P<text>\S.*)\Z"
)
_COMMENT = re.compile(r"\* COMMENT: (?P<key>[^:]+): (?P<text>.+)\Z")
_MARKER = re.compile(
    r"(?P<note>[^|]*) \|C:ResolveColor(?P<colour>[A-Z][a-z]+) \|M:(?P<name>[^|]+) \|D:(?P<frames>[1-9]\d*)\Z"
)
_RESOLVE_COLOURS = (
    "Blue", "Cyan", "Green", "Yellow", "Red", "Pink", "Purple", "Fuchsia", "Rose", "Lavender", "Sky", "Mint", "Lemon",
    "Sand", "Cocoa", "Cream",
)  # fmt: skip


@dataclass
class Event:
    """One event with the remarks after it."""

    number: int
    reel: str
    channels: str
    source_in: str
    source_out: str
    record_in: str
    record_out: str
    clip_name: str = ""
    source_file: str | None = None
    locators: list[tuple[str, str, str]] = field(default_factory=list)
    """Timecode, colour, text."""
    comments: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class EditList:
    """A whole list."""

    title: str
    is_drop_frame: bool
    events: list[Event]


@dataclass(frozen=True)
class ListedMarker:
    """One marker of Resolve's marker list."""

    at: str
    colour: str
    name: str
    note: str
    frames: int


def frame_of(label: str, nominal: int) -> int:
    """Frames since midnight, by walking the minutes; raises ValueError for a label that drop-frame skips."""
    hours, minutes, seconds, frames = (int(part) for part in re.split("[:;]", label))
    if frames >= nominal:
        raise ValueError(f"{label}: {frames} of {nominal} frames")
    skipped_each_minute = nominal * 2 // 30 if ";" in label else 0
    if minutes % 10 and not seconds and frames < skipped_each_minute:
        raise ValueError(f"{label} is skipped by drop-frame")
    minute = hours * 60 + minutes
    skipping_minutes = sum(1 for begun in range(1, minute + 1) if begun % 10)
    return (minute * 60 + seconds) * nominal + frames - skipped_each_minute * skipping_minutes


def read_edl(content: bytes, *, reel_length: int = 8) -> EditList:
    """A conform list; raises ValueError with the line that does not belong there."""
    title, is_drop_frame, lines = _opened(content)
    events: list[Event] = []
    for line in lines:
        if match := _EVENT.match(line):
            if len(match["reel"]) != reel_length or int(match["number"]) != len(events) + 1:
                raise ValueError(f"columns or number are wrong: {line!r}")
            events.append(Event(int(match["number"]), match["reel"].rstrip(), match["channels"].strip(),
                                *match["labels"].split(" ")))  # fmt: skip
        elif not events:
            raise ValueError(f"a remark before the first event: {line!r}")
        else:
            _read_remark(line, events[-1])
    return EditList(title, is_drop_frame, events)


def _read_remark(line: str, event: Event) -> None:
    if line.startswith("* FROM CLIP NAME: ") and not event.clip_name:
        event.clip_name = line.removeprefix("* FROM CLIP NAME: ")
    elif line.startswith("* SOURCE FILE: ") and event.source_file is None:
        event.source_file = line.removeprefix("* SOURCE FILE: ")
    elif match := _LOCATOR.match(line):
        event.locators.append((match["at"], match["colour"], match["text"]))
    elif match := _COMMENT.match(line):
        event.comments.append((match["key"], match["text"]))
    else:
        raise ValueError(f"no line of an EDL: {line!r}")


def read_marker_list(content: bytes) -> tuple[str, bool, list[ListedMarker]]:
    """Title, whether it is drop-frame, and the markers; raises ValueError for a line that Resolve does not write."""
    title, is_drop_frame, lines = _opened(content)
    if lines[:1] != [""]:
        raise ValueError("Resolve has a blank line after FCM")
    markers: list[ListedMarker] = []
    rest = lines[1:]
    while rest:
        event, marker_line, blank, *rest = rest
        event_match, marker = _EVENT.match(event.removesuffix("  ")), _MARKER.match(marker_line)
        if event_match is None or marker is None or blank or not event.endswith("  "):
            raise ValueError(f"no marker of Resolve's: {event!r} {marker_line!r} {blank!r}")
        source_in, source_out, record_in, record_out = event_match["labels"].split(" ")
        if (source_in, source_out) != (record_in, record_out) or event_match["reel"] != "001     ":
            raise ValueError(f"source and record differ: {event!r}")
        if int(event_match["number"]) != len(markers) + 1 or marker["colour"] not in _RESOLVE_COLOURS:
            raise ValueError(f"number or colour is wrong: {event!r} {marker_line!r}")
        markers.append(ListedMarker(record_in, marker["colour"], marker["name"], marker["note"], int(marker["frames"])))
    return title, is_drop_frame, markers


def _opened(content: bytes) -> tuple[str, bool, list[str]]:
    """Title, whether FCM says drop-frame, and the lines after these two."""
    text = content.decode("utf-8")
    if not text.endswith("\r\n"):
        raise ValueError("the last line has no end")
    # A reader that splits at any Unicode line break must see the same lines.
    lines = text.removesuffix("\r\n").split("\r\n")
    if lines != text.splitlines():
        raise ValueError("a line break inside a line")
    if len(lines) < 2 or not lines[0].startswith("TITLE: "):
        raise ValueError("no title")
    fcm = {"FCM: DROP FRAME": True, "FCM: NON-DROP FRAME": False}
    return lines[0].removeprefix("TITLE: "), fcm[lines[1]], lines[2:]
