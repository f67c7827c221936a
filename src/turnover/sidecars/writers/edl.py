"""Edit decision lists: CMX3600 for conform, and the list of markers that Resolve imports.

Columns and remarks are those of CMX3600 as edit systems write it today; the marker list is the one of Resolve's own
"Timeline Markers to EDL".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Literal

from turnover.core.clip import Marker, MarkerColour
from turnover.core.timecode import Timecode
from turnover.sidecars.encoding import Findings
from turnover.sidecars.paths import forward
from turnover.sidecars.text import single_line
from turnover.sidecars.writer import Job, Option
from turnover.sidecars.writers.edl_reels import reel_names
from turnover.sidecars.writers.edl_timeline import Layout, Placement, laid_out, names

TITLE_LENGTH = 70
"""CMX3600 gives a title 70 characters."""

_PIECE = 1 << 16

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.#/-]{0,31}\Z")
_OWN_KEYS = ("TIMELINE RATE", "CLIP RATE")

# The eight colours of an Avid locator: the palette that `* LOC:` has.
_LOC_COLOURS: Mapping[MarkerColour, str] = {
    "red": "RED", "orange": "YELLOW", "yellow": "YELLOW", "green": "GREEN", "cyan": "CYAN", "blue": "BLUE",
    "purple": "MAGENTA", "pink": "MAGENTA", "white": "WHITE",
}  # fmt: skip

_RESOLVE_COLOURS: Mapping[MarkerColour, str] = {
    "red": "Red", "orange": "Sand", "yellow": "Yellow", "green": "Green", "cyan": "Cyan", "blue": "Blue",
    "purple": "Purple", "pink": "Pink", "white": "Cream",
}  # fmt: skip

# A note that starts like a line of an EDL is taken for one: an event number above all.
_LIKE_A_LINE = re.compile(r"\d|\*|>>>|(TITLE|FCM|SPLIT|M2|AUD|EFFECTS)\b", re.IGNORECASE)


class EdlWriter:
    """Edit decision lists."""

    name = "edl"
    format: Literal["timeline"] = "timeline"
    suffix = ".edl"
    holds_many = True
    has_markers = True
    has_curves = False
    metadata_keys: Mapping[str, str] | None = None
    options = (
        Option(
            "events",
            "clips",
            "clips: one event a clip, to conform by reel and timecode; markers: the marker list that Resolve imports",
            choices=("clips", "markers"),
        ),
        Option("audio", True, "whether events name the sound tracks of clips that have sound"),
        Option("reel_length", 8, "longest reel name; 8 is CMX3600, 32 and 128 are File32 and File128", low=8, high=128),
        Option("comment_length", 240, "longest text of a comment; a longer one is cut", low=40, high=100_000),
    )

    def key_problem(self, key: str) -> str | None:
        """What is wrong with a comment's key; None when it can stand in the list."""
        if not _KEY.match(key) or key != key.strip():
            return f"a comment's key is 1 to 32 letters, digits, spaces and _ . # / -, not {key!r}"
        return f"{key!r} is written by itself" if key.upper() in _OWN_KEYS else None

    def write(self, job: Job) -> Iterator[bytes]:
        """The list; raises RefusedError before the first piece where it cannot tell the truth."""
        layout = laid_out(job)
        is_markers = job.text("events") == "markers"
        yield from _pieces(_marker_list(layout, job) if is_markers else _conform_list(layout, job))


def _pieces(lines: Iterable[str]) -> Iterator[bytes]:
    waiting: list[str] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size >= _PIECE:
            yield "".join(f"{text}\r\n" for text in waiting).encode()
            waiting, size = [], 0
    yield "".join(f"{text}\r\n" for text in waiting).encode()


def _head(layout: Layout, job: Job) -> Iterator[str]:
    yield f"TITLE: {single_line(job.title)[:TITLE_LENGTH].strip() or 'untitled'}"
    yield f"FCM: {'DROP FRAME' if layout.start.is_drop_frame else 'NON-DROP FRAME'}"


def _event(number: int, reel: str, channels: str, source: tuple[Timecode, Timecode], record: tuple[Timecode, Timecode],
           *, reel_length: int = 8) -> str:  # fmt: skip
    """One line of fixed columns: number, reel, channels, a cut, source in and out, record in and out."""
    labels = " ".join(str(timecode) for timecode in (*source, *record))
    return f"{number:03}  {reel:<{reel_length}} {channels:<4}  C        {labels}"


# ------------------------------------------------------------------------------------------------- clips


def _conform_list(layout: Layout, job: Job) -> Iterator[str]:
    length = job.whole("reel_length")
    reels = reel_names(layout.placements, length, job.findings)
    _warn_of_clips(layout.placements, job.findings)
    _warn_of_cut_comments(layout.placements, job.whole("comment_length"), job.findings)
    yield from _head(layout, job)
    for number, (placement, reel) in enumerate(zip(layout.placements, reels, strict=True), start=1):
        record = (layout.at(placement.offset), layout.at(placement.offset + placement.count))
        source = (placement.source_in, placement.source_out)
        channels = _channels(placement) if job.flag("audio") else "V"
        yield _event(number, reel, channels, source, record, reel_length=length)
        yield f"* FROM CLIP NAME: {placement.cut.name or reel}"
        path = single_line(forward(placement.sheet.view.path))
        if path:
            yield f"* SOURCE FILE: {path}"
        yield from _locators(placement, layout, job.findings)
        # An EDL has no field for a rate, and readers allow remarks only after an event.
        if number == 1:
            yield f"* COMMENT: TIMELINE RATE: {layout.rate}"
        if placement.cut.rate != layout.rate:
            yield f"* COMMENT: CLIP RATE: {placement.cut.rate}"
        yield from _comments(placement, job)


def _channels(placement: Placement) -> str:
    """Picture with the sound tracks that an event can name: none, the first, or the first two."""
    streams = placement.sheet.view.clip.probe.audio
    if not streams or placement.is_retimed:
        return "V"
    return "B" if sum(stream.channels or 1 for stream in streams) == 1 else "AA/V"


def _locators(placement: Placement, layout: Layout, findings: Findings) -> Iterator[str]:
    for marker, position, frames in _placed_markers(placement, findings):
        yield f"* LOC: {layout.at(position)} {_LOC_COLOURS[marker.colour]:<7} {_locator_text(marker, frames)}"


def _locator_text(marker: Marker, frames: int) -> str:
    """Name and comment; a locator has no length, so a range says its own."""
    name = single_line(marker.name) or "marker"
    comment = single_line(marker.comment or "")
    return name + (f": {comment}" if comment else "") + (f" ({frames} frames)" if frames > 1 else "")


def _placed_markers(placement: Placement, findings: Findings) -> Iterator[tuple[Marker, int, int]]:
    """Each marker with its position on the timeline and its number of timeline frames."""
    for marker in placement.sheet.markers:
        span = placement.span(marker.range)
        if span is None:
            findings.warn(f"{placement.cut.name}: markers in its handles are left out, they are not on the timeline")
        else:
            yield marker, *span


def _comments(placement: Placement, job: Job) -> Iterator[str]:
    longest = job.whole("comment_length")
    for meta in placement.sheet.metadata:
        text = single_line(meta.text)
        if text:
            yield f"* COMMENT: {meta.key}: {text if len(text) <= longest else text[: longest - 1] + '…'}"


def _warn_of_clips(placements: tuple[Placement, ...], findings: Findings) -> None:
    without = [p for p in placements if p.cut.start is None]
    if without:
        findings.warn(
            f"{names(without)}: no start timecode, so the source counts from 00:00:00:00 and a host tells such clips "
            "apart by reel alone; --set start_timecode=… sets one"
        )
    foreign = [p for p in placements if not (p.cut.name + p.sheet.view.path).isascii()]
    if foreign:
        findings.warn(
            f"{names(foreign)}: letters beyond ASCII in name or path are written as UTF-8, which older EDL readers "
            "show wrongly; conform goes by reel and timecode"
        )
    if len(placements) > 999:
        findings.warn(
            f"{names(placements[999:])}: CMX3600 numbers 999 events and this list has {len(placements)}; "
            "later ones have four digits, so split the batch where a reader refuses them"
        )


def _warn_of_cut_comments(placements: tuple[Placement, ...], longest: int, findings: Findings) -> None:
    cut: dict[str, list[Placement]] = {}
    for placement in placements:
        for meta in placement.sheet.metadata:
            if len(single_line(meta.text)) > longest:
                cut.setdefault(meta.key, []).append(placement)
    for key, holders in cut.items():
        findings.warn(
            f"{names(holders)}: {key} is cut to {longest} characters in the list; clip-json has it whole, "
            "and the option comment_length allows more"
        )


# ----------------------------------------------------------------------------------------------- markers


def _marker_list(layout: Layout, job: Job) -> Iterator[str]:
    """Title and FCM, then an event of one frame with a line of its own for each marker; blank lines as Resolve has."""
    yield from _head(layout, job)
    yield ""
    placed = (
        (placement.cut.name, position, frames, marker)
        for placement in layout.placements
        for marker, position, frames in _placed_markers(placement, job.findings)
    )
    for number, (position, group) in enumerate(groupby(placed, key=lambda p: p[1]), start=1):
        clips, _, lengths, markers = zip(*group, strict=True)
        if len(markers) > 1:
            job.findings.warn(
                f"{clips[0]}: {len(markers)} markers start at {layout.at(position)}; "
                "Resolve holds one on a frame, so they are written as one"
            )
        label = (layout.at(position), layout.at(position + 1))
        # Resolve's own files have two spaces at the end of the line.
        yield _event(number, "001", "V", label, label) + "  "
        yield _marker_line(markers, max(lengths))
        yield ""


def _marker_line(markers: tuple[Marker, ...], frames: int) -> str:
    """Note, colour, name and length of the markers that start on one frame; the first gives the colour."""
    name = " + ".join(dict.fromkeys(_between_bars(marker.name) or "marker" for marker in markers))
    note = " / ".join(dict.fromkeys(text for marker in markers if (text := _between_bars(marker.comment or ""))))
    if note and (_LIKE_A_LINE.match(note) or note[0].isdigit()):
        note = f"Note: {note}"
    return f"{note} |C:ResolveColor{_RESOLVE_COLOURS[markers[0].colour]} |M:{name} |D:{frames}"


def _between_bars(text: str) -> str:
    """Text on one line without the sign that parts the fields of a marker."""
    return single_line(text).replace("|", "/")


WRITER = EdlWriter()
