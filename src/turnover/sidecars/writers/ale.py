"""Avid Log Exchange: a log of clips, one line each, that Media Composer merges into a bin.

Sections, headings and required columns as in "Avid Log Specifications" of Avid's user guides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.errors import RefusedError
from turnover.sidecars.encoding import Findings
from turnover.sidecars.text import single_line
from turnover.sidecars.view import View
from turnover.sidecars.writer import Job, Option, Sheet
from turnover.sidecars.writers.cuts import listed

FIXED_COLUMNS = (
    "Name", "Tape", "Tracks", "Start", "End", "Duration", "FPS", "Source File", "Source Path", "Image Size",
)  # fmt: skip
MOST_HEADINGS = 64
"""Avid reads no more headings than this, the four global ones included."""

_PROJECT_RATES = tuple(map(Rate.parse, ("23.976", "24", "25", "29.97", "30", "47.952", "48", "50", "59.94", "60")))
_VIDEO_FORMATS = {(1920, 1080): "1080", (1280, 720): "720", (720, 576): "PAL", (720, 486): "NTSC", (720, 480): "NTSC"}
_AUDIO_FORMATS = {22050: "22khz", 24000: "24khz", 44100: "44khz", 48000: "48khz"}
_MOST_TRACKS = 4

_PIECE = 1 << 16


class AleWriter:
    """Avid Log Exchange."""

    name = "ale"
    format: Literal["text"] = "text"
    suffix = ".ale"
    holds_many = True
    has_markers = False
    has_curves = False
    metadata_keys: Mapping[str, str] | None = None
    options = (
        Option(
            "video_format",
            "auto",
            "VIDEO_FORMAT of the heading; auto takes it from the size of the picture",
            choices=("auto", "1080", "720", "PAL", "NTSC", "CUSTOM"),
        ),
    )

    def key_problem(self, key: str) -> str | None:
        """What is wrong with a column's name; None when it can stand in the log."""
        if not key or key != single_line(key):
            return f"a column's name is one line of text without tabs, not {key!r}"
        return f"the column {key!r} is written by itself" if key in FIXED_COLUMNS else None

    def write(self, job: Job) -> Iterator[bytes]:
        """The log; raises RefusedError before the first piece where it cannot tell the truth."""
        rate = _one_rate(job.sheets)
        keys = _keys(job.sheets)
        _warn(job.sheets, rate, keys, job.findings)
        head = [
            "Heading",
            "FIELD_DELIM\tTABS",
            f"VIDEO_FORMAT\t{_video_format(job)}",
            f"AUDIO_FORMAT\t{_audio_format(job.sheets)}",
            f"FPS\t{rate.decimal()}",
            "",
            "Column",
            "\t".join((*FIXED_COLUMNS, *keys)),
            "",
            "Data",
        ]
        waiting = "".join(f"{line}\r\n" for line in head)
        for sheet in job.sheets:
            waiting += "\t".join(_row(sheet, rate, keys)) + "\r\n"
            if len(waiting) >= _PIECE:
                yield waiting.encode()
                waiting = ""
        yield waiting.encode()


def _one_rate(sheets: Sequence[Sheet]) -> Rate:
    """The rate of all clips: a log counts every timecode in the FPS of its heading."""
    rate, _ = sheets[0].view.timing()
    if rate.nominal is None or rate.nominal > 99:
        reason = "timecode has no count for it" if rate.nominal is None else "a log has two digits for frames"
        raise RefusedError(
            f"{sheets[0].view.clip.name}: no ALE at {rate.decimal()} frames per second: {reason}",
            hint="make the clip one of a rate that Avid has first, or use resolve-metadata-csv",
            code="rate",
        )
    for sheet in sheets:
        other, _ = sheet.view.timing()
        if other != rate:
            raise RefusedError(
                f"{sheet.view.clip.name} has {other.decimal()} frames per second and {sheets[0].view.clip.name} has "
                f"{rate.decimal()}: an ALE has one FPS for all of its clips",
                hint="write one log a clip (leave out --combine), or one batch for each rate",
                code="rate",
            )
    timeline_rate = sheets[0].view.settings.timeline_rate
    if timeline_rate is not None and timeline_rate != rate:
        raise RefusedError(
            f"{sheets[0].view.clip.name} has {rate.decimal()} frames per second, and an ALE logs clips, "
            f"not a timeline of {timeline_rate.decimal()}",
            hint="edl, FCPXML, xmeml and OTIO place clips on a timeline; leave timeline_rate out for the log",
            code="timeline_rate",
        )
    return rate


def _keys(sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """The columns that any clip has a value for, in the template's order.

    A clip leaves out what is not known of it, so a key that only later clips have goes right after the one before it.
    """
    keys: list[str] = []
    for sheet in sheets:
        place = 0
        for meta in sheet.metadata:
            if meta.key in keys:
                place = max(place, keys.index(meta.key) + 1)
            else:
                keys.insert(place, meta.key)
                place += 1
    return tuple(keys)


def _row(sheet: Sheet, rate: Rate, keys: Sequence[str]) -> Iterator[str]:
    view = sheet.view
    start = _start(view, rate) or Timecode.at(0, rate)
    count = view.frames()
    name, path = single_line(view.clip.name), single_line(view.path)
    slashed = max(path.rfind("/"), path.rfind("\\"))
    stem = single_line(view.clip.stem) or name
    yield stem
    yield single_line(view.reel) or stem
    yield _tracks(view)
    yield str(start)
    yield str(start + count)
    # A length on the clock of the clip: drop-frame counts it as it counts the time of day.
    yield str(Timecode.at(count, rate, is_drop_frame=start.is_drop_frame))
    yield rate.decimal()
    yield path[slashed + 1 :] or name
    yield path[: slashed + 1]
    yield f"{view.clip.probe.video.width} x {view.clip.probe.video.height}"
    texts = {meta.key: single_line(meta.text) for meta in sheet.metadata}
    for key in keys:
        yield texts.get(key, "")


def _start(view: View, rate: Rate) -> Timecode | None:
    """The clip's timecode; None when it has none, or one that counts other frames than its picture has."""
    return view.start if view.start is not None and view.start.nominal == rate.nominal else None


def _tracks(view: View) -> str:
    """Picture and up to four sound tracks, as `VA1A2`."""
    channels = sum(stream.channels or 1 for stream in view.clip.probe.audio)
    return "V" + "".join(f"A{number}" for number in range(1, min(channels, _MOST_TRACKS) + 1))


def _video_format(job: Job) -> str:
    asked = job.text("video_format")
    if asked != "auto":
        return asked
    sizes = {(s.view.clip.probe.video.width, s.view.clip.probe.video.height) for s in job.sheets}
    return _VIDEO_FORMATS.get(sizes.pop(), "CUSTOM") if len(sizes) == 1 else "CUSTOM"


def _audio_format(sheets: Sequence[Sheet]) -> str:
    """The sample rate of the sound where all agree and Avid has it; else Avid's own default."""
    rates = {stream.sample_rate for sheet in sheets for stream in sheet.view.clip.probe.audio}
    only = rates.pop() if len(rates) == 1 else None
    return _AUDIO_FORMATS.get(only or 48000, "48khz")


def _warn(sheets: Sequence[Sheet], rate: Rate, keys: Sequence[str], findings: Findings) -> None:
    if rate not in _PROJECT_RATES:
        findings.warn(
            f"{_names(sheets)}: Avid has no project of {rate.decimal()} frames per second; FPS says so all the same, "
            "and a host may refuse the log or count its timecodes wrongly"
        )
    without = [sheet for sheet in sheets if _start(sheet.view, rate) is None]
    if without:
        findings.warn(
            f"{_names(without)}: no start timecode at its rate, so Start is 00:00:00:00 and Avid tells such clips "
            "apart by Tape alone; --set start_timecode=… sets one"
        )
    paths: dict[str, str] = {}
    alike = [sheet for sheet in without if paths.setdefault(sheet.view.reel, sheet.view.path) != sheet.view.path]
    if alike:
        findings.warn(
            f"{_names(alike)}: another clip without timecode has the same Tape, so Avid cannot tell them apart; "
            "give them timecode, or files of different names"
        )
    columns = len(FIXED_COLUMNS) + len(keys)
    if columns > MOST_HEADINGS - 4:
        findings.warn(f"{_names(sheets)}: {columns} columns, and Avid reads {MOST_HEADINGS - 4}; map fewer keys")


def _names(sheets: Sequence[Sheet]) -> str:
    return listed(single_line(sheet.view.clip.name) for sheet in sheets)


WRITER = AleWriter()
