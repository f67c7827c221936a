"""FCPXML: the timelines of Final Cut Pro, which DaVinci Resolve reads as well.

Apple describes it at https://developer.apple.com/documentation/professional-video-applications/fcpxml-reference; each
version has its own DTD. Hosts take only the versions they list, whatever is inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from lxml import etree

from turnover.sidecars.text import clean, single_line
from turnover.sidecars.writer import Job, Option
from turnover.sidecars.writers.cuts import Timeline, timeline_of
from turnover.sidecars.writers.fcpxml_clip import asset, asset_clip, metadata, opened
from turnover.sidecars.writers.fcpxml_format import TIMELINE_RATES, Format, media_format, timeline_format
from turnover.sidecars.writers.fcpxml_time import Clock, Placement, placed

VERSIONS = ("1.8", "1.9", "1.10", "1.11", "1.12", "1.13")
_INDENT = "    "
_LONGEST_KEY = 200


class Fcpxml:
    """The writer `fcpxml`."""

    name = "fcpxml"
    format: Literal["timeline"] = "timeline"
    suffix = ".fcpxml"
    holds_many = True
    options = (
        Option("version", "1.10", "version of FCPXML; a host takes only those it lists", VERSIONS),
        Option("event", "turnover", "event that the project goes into; empty is the project's name"),
        Option("project", "", "name of the project; empty is the clip's or batch's name"),
        Option("metadata_on", "both", "where metadata stands: on the media, on the clip in the timeline, or both",
               ("both", "asset", "clip")),
        Option("to_do_markers", False, "red markers become to-do items, which Final Cut Pro lists and shows in red"),
    )  # fmt: skip
    metadata_keys = None
    has_markers = True
    has_curves = False

    def key_problem(self, key: str) -> str | None:
        if not single_line(key):
            return "a key is not blank"
        if key != clean(key):
            return "a key has no control characters"
        return f"a key has at most {_LONGEST_KEY} characters" if len(key) > _LONGEST_KEY else None

    def write(self, job: Job) -> Iterator[bytes]:
        timeline = timeline_of(job)
        placements = placed(job, timeline)
        _warn(job, timeline, placements)
        yield from _document(job, timeline, placements)


def _document(job: Job, timeline: Timeline, placements: tuple[Placement, ...]) -> Iterator[bytes]:
    first = placements[0].cut
    sequence = timeline_format(first.sheet.view, first.rate, timeline.rate)
    formats = [media_format(p.cut.sheet.view, p.cut.rate) for p in placements]
    ids = {one: f"r{number}" for number, one in enumerate(dict.fromkeys([sequence, *formats]), start=1)}
    assets = [f"r{number}" for number in range(len(ids) + 1, len(ids) + 1 + len(placements))]
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n\n'
    yield opened("fcpxml", {"version": job.text("version")}) + b"\n" + _line(1, b"<resources>")
    for one, identifier in ids.items():
        yield _whole(etree.Element("format", one.attributes(identifier)), 2)
    for placement, one, identifier in zip(placements, formats, assets, strict=True):
        yield _whole(_asset(job, placement, identifier, ids[one]), 2)
    yield _line(1, b"</resources>")
    yield from _storyline(job, timeline, placements, sequence, ids, assets)
    yield b"</fcpxml>\n"


def _asset(job: Job, placement: Placement, identifier: str, format_id: str) -> etree._Element:
    has_media_rep = VERSIONS.index(job.text("version")) >= VERSIONS.index("1.9")
    element = asset(placement, identifier, format_id, has_media_rep=has_media_rep)
    return _with_metadata(job, placement, element, elsewhere="clip")


def _storyline(
    job: Job,
    timeline: Timeline,
    placements: tuple[Placement, ...],
    sequence: Format,
    ids: dict[Format, str],
    assets: list[str],
) -> Iterator[bytes]:
    start = timeline.start
    clock = Clock(Fraction(0) if start is None else timeline.rate.seconds(start.frame), timeline.rate)
    yield _line(1, b"<library>")
    title = single_line(job.text("project")) or single_line(job.title) or placements[0].cut.name
    yield _line(2, opened("event", {"name": single_line(job.text("event")) or title}))
    yield _line(3, opened("project", {"name": title}))
    attributes = {
        "format": ids[sequence],
        "duration": clock.lasting(sum(p.frame_count for p in placements)),
        "tcStart": clock.at(0),
        "tcFormat": "DF" if start is not None and start.is_drop_frame else "NDF",
        "audioLayout": _layout(placements),
        "audioRate": "48k",
    }
    yield _line(4, opened("sequence", attributes)) + _line(5, b"<spine>")
    for placement, identifier in zip(placements, assets, strict=True):
        format_id = ids[media_format(placement.cut.sheet.view, placement.cut.rate)]
        has_to_dos = job.flag("to_do_markers")
        element = asset_clip(placement, timeline, clock, identifier, format_id, has_to_dos=has_to_dos)
        yield _whole(_with_metadata(job, placement, element, elsewhere="asset"), 6)
    yield _line(5, b"</spine>") + _line(4, b"</sequence>") + _line(3, b"</project>")
    yield _line(2, b"</event>") + _line(1, b"</library>")


def _with_metadata(job: Job, placement: Placement, element: etree._Element, *, elsewhere: str) -> etree._Element:
    """The element with the clip's metadata last, where the DTD wants it, unless it stands elsewhere only."""
    said = None if job.text("metadata_on") == elsewhere else metadata(placement.cut.sheet)
    if said is not None:
        element.append(said)
    return element


def _layout(placements: tuple[Placement, ...]) -> str:
    """`stereo`, or `surround` where a clip has more than two channels; Final Cut Pro refuses `mono`."""
    channels = [s.channels or 0 for p in placements for s in p.cut.sheet.view.clip.probe.audio]
    return "surround" if max(channels, default=0) > 2 else "stereo"


def _line(depth: int, content: bytes) -> bytes:
    return _INDENT.encode() * depth + content + b"\n"


def _whole(element: etree._Element, depth: int) -> bytes:
    etree.indent(element, space=_INDENT, level=depth)
    return _line(depth, etree.tostring(element, encoding="UTF-8", xml_declaration=False))


def _warn(job: Job, timeline: Timeline, placements: tuple[Placement, ...]) -> None:
    if timeline.rate not in TIMELINE_RATES:
        rates = ", ".join(rate.decimal() for rate in TIMELINE_RATES)
        job.findings.warn(
            f"{timeline.cuts[0].name}: FCPXML can say {timeline.rate.decimal()} frames per second, but hosts list "
            f"{rates} for timelines; --set timeline_rate=24 makes one they take"
        )
    for placement in placements:
        _warn_of_clip(job, placement)


def _warn_of_clip(job: Job, placement: Placement) -> None:
    cut, view = placement.cut, placement.cut.sheet.view
    if view.colour.is_tagged and media_format(view, cut.rate).colour_space is None:
        job.findings.warn(f"{cut.name}: FCPXML has no name for its colour ({view.colour.name}); it is left out")
    label = view.clip.probe.start_timecode_label
    if view.start is None and label is not None:
        job.findings.warn(
            f"{cut.name}: its timecode {single_line(label)} cannot be counted at its rate and is taken as zero; "
            "Resolve may not find the media by it"
        )
    if view.start_origin == "set" and view.start != view.clip.probe.start_timecode:
        job.findings.warn(
            f"{cut.name}: the start timecode {view.start} was set and is not in the file; Resolve links media only "
            "where both agree"
        )
    if len({marker.range.start for marker in cut.sheet.markers}) < len(cut.sheet.markers):
        job.findings.warn(f"{cut.name}: several markers start on one frame; hosts may show only one of them")
    if placement.plays_every_frame and view.clip.probe.audio:
        job.findings.warn(f"{cut.name}: with every frame played once at another rate, its sound changes speed too")


WRITER = Fcpxml()
