"""The nodes of one clip in a Nuke script.

Knobs as in Foundry's reference guide, https://learn.foundry.com/nuke/content/reference_guide/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from turnover.core.clip import Marker
from turnover.core.rate import Rate
from turnover.sidecars.paths import forward
from turnover.sidecars.text import clean, single_line
from turnover.sidecars.values import fixed
from turnover.sidecars.view import View
from turnover.sidecars.writer import Job, Sheet
from turnover.sidecars.writers.nk_curves import curve, doubles, has_gaps, slider, validity
from turnover.sidecars.writers.tcl import evaluating_to, inert, inert_label, word

SCRIPT_FOLDER = "[python {nuke.script_directory()}]/"

# Knobs that a NoOp has anyway; a series of that name would set them, and some hold code.
TAKEN = frozenset(
    """addUserKnob autolabel bookmark cached class disable dope_sheet gl_color help hide_input icon indicators inputs
    knobChanged label lifetimeEnd lifetimeStart markers name note_font note_font_color note_font_size onCreate
    onDestroy panel panelDropped postage_stamp postage_stamp_frame process_mask rootNodeUpdated selected tile_color
    turnover updateUI useLifetime xpos ypos""".lower().split()
)

NOTE_LINES = 20
"""Markers a sticky note shows; the knob has them all."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One clip of a script."""

    sheet: Sheet
    index: int
    """1-based; it ends the names of the clip's nodes."""
    rate: Rate
    frame_count: int

    @property
    def view(self) -> View:
        return self.sheet.view

    @property
    def name(self) -> str:
        return single_line(self.view.clip.name)

    @property
    def is_counted(self) -> bool:
        """Whether AddTimeCode can say the clip's timecode: it counts whole frames a second, without drop-frame.

        A file's own drop-frame timecode comes from Nuke's reader.
        """
        return self.view.start is not None and not self.view.start.is_drop_frame

    def at(self, row: int, *, column: int = 0) -> tuple[tuple[str, str], ...]:
        """Where a node of the clip stands: clips side by side, their nodes one below the other."""
        return ("xpos", str((self.index - 1) * 330 + column * 110)), ("ypos", str(row * 60 + (row > 0) * 40))


def nodes(clip: Placed, job: Job) -> Iterator[bytes]:
    """Every node of a clip, in small pieces; each takes the one before it as its input."""
    yield read(clip, job)
    yield timecode(clip)
    yield metadata(clip)
    yield from measurements(clip, job)
    yield note(clip)


def node(kind: str, *knobs: tuple[str, str]) -> bytes:
    """A node; the values stand as given."""
    return "".join([f"{kind} {{\n", *(f" {name} {value}\n" for name, value in knobs), "}\n"]).encode()


def fps(rate: Rate) -> str:
    """The rate as Nuke's own list has it: 23.976, 29.97; others with up to six decimals."""
    return rate.decimal(3 if rate.is_ntsc else 6)


def is_absolute(path: str) -> bool:
    """Whether a path names its place by itself, on any system."""
    slashed = forward(path)
    return slashed.startswith("/") or re.match(r"[A-Za-z]:/", slashed) is not None


def picture_format(clip: Placed, *, is_named: bool) -> str:
    """Width, height, the box of the picture, pixel aspect, and a name where one is needed."""
    video = clip.view.clip.probe.video
    aspect = video.sample_aspect_ratio or Fraction(1)
    ratio = fixed(aspect, 6).rstrip("0").rstrip(".")
    title = f"turnover_{video.width}x{video.height}"
    if aspect != 1:
        title += f"_{aspect.numerator}_{aspect.denominator}"
    size = f"{video.width} {video.height}"
    return f"{size} 0 0 {size} {ratio} {title if is_named else ''}"


def read(clip: Placed, job: Job) -> bytes:
    """The file, its first frame (Nuke calls it 1) at the view's first frame; colour is left to Nuke's own rules."""
    path = clean(forward(clip.view.path))
    is_anchored = job.flag("relative_paths") and not is_absolute(path)
    assumed = ", ".join(clip.view.assumed)
    return node(
        "Read",
        ("inputs", "0"),
        ("file", word((SCRIPT_FOLDER if is_anchored else "") + evaluating_to(path))),
        ("format", word(picture_format(clip, is_named=False))),
        ("first", "1"),
        ("last", str(clip.frame_count)),
        ("frame_mode", '"start at"'),
        ("frame", str(clip.view.first_frame)),
        ("origfirst", "1"),
        ("origlast", str(clip.frame_count)),
        ("origset", "true"),
        *([("label", f'"set by hand: {assumed}"')] if assumed else []),
        *([("selected", "true")] if job.text("form") == "snippet" else []),
        ("name", f"Read{clip.index}"),
        *clip.at(0),
    )


def timecode(clip: Placed) -> bytes:
    """A node rather than metadata: `input/timecode` set by ModifyMetaData would be one label on every frame."""
    start = clip.view.start
    if start is None or not clip.is_counted:
        return b""
    return node(
        "AddTimeCode",
        ("startcode", str(start)),
        ("fps", str(start.nominal)),
        ("metafps", "false"),
        ("frame", str(clip.view.first_frame)),
        ("useFrame", "true"),
        ("name", f"TurnoverTimeCode{clip.index}"),
        *clip.at(1),
    )


def metadata(clip: Placed) -> bytes:
    """What the template maps, each value inert."""
    values = {meta.key: inert(meta.text) for meta in clip.sheet.metadata}
    # AddTimeCode replaces the rate with the whole number it counts in, and a rate set by hand is not in the file.
    if clip.is_counted or clip.view.rate_origin == "set":
        values.setdefault("input/frame_rate", fps(clip.rate))
    if not values:
        return b""
    lines = "".join(f'  {{set {key} "{value}"}}\n' for key, value in values.items())
    return node("ModifyMetaData", ("metadata", f"{{\n{lines} }}"), ("name", f"TurnoverMeta{clip.index}"), *clip.at(2))


def measurements(clip: Placed, job: Job) -> Iterator[bytes]:
    """A node that changes nothing and carries the markers and curves as knobs."""
    curves = [(single_line(series.name), doubles(series)) for series in clip.sheet.curves]
    known = [(name, values) for name, values in curves if np.isfinite(values).any()]
    if not known and not clip.sheet.markers:
        return
    yield b'NoOp {\n addUserKnob {20 turnover l "Turnover QC"}\n'
    if clip.sheet.markers:
        text = word("\n".join(inert(line) for line in marker_lines(clip)))
        yield f" addUserKnob {{43 markers l markers}}\n markers {text}\n".encode()
    first, knobs = clip.view.first_frame, KnobNames()
    for name, values in known:
        knob, (low, high) = knobs.of(name), slider(values)
        yield f' addUserKnob {{7 {knob} l "{inert(name.replace("_", " ").strip())}" R {low} {high}}}\n {knob} '.encode()
        yield from curve(values, first, job.whole("decimals"))
        if job.flag("valid_curves") and has_gaps(values, clip.frame_count):
            valid = knobs.of(f"{knob}_valid")
            yield f'\n addUserKnob {{7 {valid} l "is known" R 0 1}}\n {valid} '.encode()
            yield from curve(validity(values, clip.frame_count), first, 0)
        yield b"\n"
    place = "".join(f" {name} {value}\n" for name, value in clip.at(3))
    yield f" name TurnoverQC{clip.index}\n{place}}}\n".encode()


class KnobNames:
    """Names of knobs, each given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def of(self, name: str) -> str:
        """The name itself, unless it is no knob's (`[A-Za-z][A-Za-z0-9_]*`), the node has it, or it was given."""
        stem = re.sub(r"[^A-Za-z0-9_]", "_", name)
        if not stem[:1].isalpha() or stem.lower() in TAKEN:
            stem = f"series_{stem.lstrip('_')}"
        knob, number = stem, 1
        while knob in self._given:
            number += 1
            knob = f"{stem}_{number}"
        self._given.add(knob)
        return knob


def marker_lines(clip: Placed) -> Iterator[str]:
    """`1011-1015 red low face_confidence: 0.41 < 0.60`, in the script's frame numbers."""
    for marker in clip.sheet.markers:
        comment = f": {single_line(marker.comment)}" if marker.comment else ""
        yield f"{_span(marker, clip.view.first_frame)} {marker.colour} {single_line(marker.name)}{comment}"


def _span(marker: Marker, first: int) -> str:
    start, last = first + marker.range.start, first + marker.range.last
    return str(start) if start == last else f"{start}-{last}"


def note(clip: Placed) -> bytes:
    """The first markers where the eye finds them, beside the Read."""
    if not clip.sheet.markers:
        return b""
    return node(
        "StickyNote",
        ("inputs", "0"),
        ("label", word("\n".join(map(inert_label, _note_lines(clip))))),
        ("name", f"TurnoverMarkers{clip.index}"),
        *clip.at(0, column=1),
    )


def _note_lines(clip: Placed) -> Iterable[str]:
    lines = [clip.name, *marker_lines(clip)]
    more = len(lines) - 1 - NOTE_LINES
    return lines if more <= 0 else [*lines[: NOTE_LINES + 1], f"and {more} more in TurnoverQC{clip.index}"]
