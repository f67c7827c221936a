"""The marker list of Resolve comes back through a reader of its form, and other EDL readers do not choke on it."""

from __future__ import annotations

import io
from dataclasses import replace

import opentimelineio as otio
import pycmx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clips import clip, job, sheet, view, written
from tests.conftest import Golden
from tests.readers.edl_reader import ListedMarker, frame_of, read_marker_list
from turnover.core.clip import MARKER_COLOURS, Marker, MarkerColour, Segment
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.errors import RefusedError
from turnover.sidecars.builtin import builtin_template
from turnover.sidecars.template import render
from turnover.sidecars.text import single_line
from turnover.sidecars.writer import Sheet
from turnover.sidecars.writers.edl import WRITER

NTSC_24, NTSC_30, NTSC_60 = (Rate(n * 1000, 1001) for n in (24, 30, 60))


def point(frame: int, name: str = "mark", comment: str | None = None, colour: MarkerColour = "blue") -> Marker:
    return Marker(FrameRange(frame, frame + 1), name, comment, colour)


def listed(*sheets: Sheet, title: str = "shot_010") -> list[ListedMarker]:
    return read_marker_list(written(WRITER, *sheets, title=title, events="markers"))[2]


def warnings(*sheets: Sheet) -> str:
    work = job(WRITER, *sheets, events="markers")
    b"".join(WRITER.write(work))
    return "\n".join(work.findings.warnings)


@pytest.mark.parametrize(
    ("rate", "start", "hour"),
    [
        (Rate(8), None, "01:00:00:00"),
        (Rate(16), "10:00:00:00", "01:00:00:00"),
        (NTSC_24, "01:00:00:00", "01:00:00:00"),
        (Rate(24), None, "01:00:00:00"),
        (Rate(25), None, "01:00:00:00"),
        (NTSC_30, "01:00:00:00", "01:00:00:00"),
        (NTSC_30, "01:00:00;00", "01:00:00;00"),
        (Rate(30), None, "01:00:00:00"),
        (Rate(50), None, "01:00:00:00"),
        (NTSC_60, None, "01:00:00:00"),
        (NTSC_60, "00:00:00;00", "01:00:00;00"),
        (Rate(60), None, "01:00:00:00"),
    ],
)
def test_markers_over_the_rates(rate: Rate, start: str | None, hour: str) -> None:
    """A marker lies at the timeline's start and its frame, whatever timecode the clip itself has."""
    frames = (0, 1, 59, 1799, 1800, 3600)
    one = clip(rate=rate, frames=4000, start=start, markers=tuple(point(f) for f in frames))

    title, is_drop_frame, markers = read_marker_list(written(WRITER, sheet(one), events="markers"))

    nominal = rate.nominal or 0
    assert (title, is_drop_frame) == ("shot_010", ";" in hour)
    assert [frame_of(m.at, nominal) - frame_of(hour, nominal) for m in markers] == list(frames)


def test_range_note_and_colour() -> None:
    """A range gives its number of frames, the comment is the note, each colour is the nearest of Resolve's."""
    marks = (
        Marker(FrameRange(3, 15), "low motion_score", "seen twice", "red"),
        *(point(20 + i, colour, None, colour) for i, colour in enumerate(MARKER_COLOURS)),
    )
    assert listed(sheet(clip(markers=marks))) == [
        ListedMarker("01:00:00:03", "Red", "low motion_score", "seen twice", 12),
        ListedMarker("01:00:00:20", "Red", "red", "", 1),
        ListedMarker("01:00:00:21", "Sand", "orange", "", 1),
        ListedMarker("01:00:00:22", "Yellow", "yellow", "", 1),
        ListedMarker("01:00:00:23", "Green", "green", "", 1),
        ListedMarker("01:00:01:00", "Cyan", "cyan", "", 1),
        ListedMarker("01:00:01:01", "Blue", "blue", "", 1),
        ListedMarker("01:00:01:02", "Purple", "purple", "", 1),
        ListedMarker("01:00:01:03", "Pink", "pink", "", 1),
        ListedMarker("01:00:01:04", "Cream", "white", "", 1),
    ]


def test_no_markers() -> None:
    """Without markers there are title and FCM lines only."""
    assert written(WRITER, sheet(clip()), events="markers") == b"TITLE: shot_010\r\nFCM: NON-DROP FRAME\r\n\r\n"


def test_markers_on_one_frame() -> None:
    """Resolve drops all but one on a frame, so they become one with all names and notes; a warning says so."""
    marks = (
        point(5, "flicker", "0.9", "red"),
        Marker(FrameRange(5, 9), "face lost", None, "green"),
        point(5, "flicker", "2 of 3"),
        point(6),
    )
    seen = sheet(clip(markers=marks))
    assert listed(seen) == [
        ListedMarker("01:00:00:05", "Red", "flicker + face lost", "Note: 0.9 / 2 of 3", 4),
        ListedMarker("01:00:00:06", "Blue", "mark", "", 1),
    ]
    assert "3 markers start at 01:00:00:05" in warnings(seen)


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("0.41 < 0.60", "Note: 0.41 < 0.60"),
        ("²", "Note: ²"),
        ("* star", "Note: * star"),
        ("FCM: DROP FRAME", "Note: FCM: DROP FRAME"),
        ("title: x", "Note: title: x"),
        ("titled", "titled"),
        ("a|b |C:x", "a/b /C:x"),
        ("two\nlines", "two lines"),
    ],
)
def test_notes_that_look_like_a_line_of_an_edl(note: str, expected: str) -> None:
    """Resolve takes a line that starts with a digit for an event, so such a note gets a word in front."""
    assert listed(sheet(clip(markers=(point(0, comment=note),))))[0].note == expected


def test_bar_in_a_name() -> None:
    """The sign that parts the fields of a marker becomes a slash."""
    assert listed(sheet(clip(markers=(point(0, "a |D:9 b"),))))[0].name == "a /D:9 b"


def test_markers_of_a_string_out() -> None:
    """Several clips: each one's markers follow those of the clip before it; handles and their markers are not there."""
    one = sheet(clip("/a/one.mov", frames=48, markers=(point(2, "handle"), point(10, "one"))), handles="8")
    two = sheet(clip("/a/two.mov", frames=48, markers=(point(8, "two"),)), handles="8")
    assert [(m.at, m.name) for m in listed(one, two)] == [("01:00:00:02", "one"), ("01:00:01:08", "two")]
    assert "one.mov: markers in its handles are left out" in warnings(one, two)


def test_markers_at_another_rate() -> None:
    """In real time positions and lengths are scaled; with every_frame they count the clip's frames."""
    marks = (Marker(FrameRange(8, 16), "second half"), point(80, "end"))
    scaled = sheet(clip(rate=Rate(16), frames=81, markers=marks), timeline_rate="24")
    kept = sheet(clip(rate=Rate(16), frames=81, markers=marks), timeline_rate="24", timeline_policy="every_frame")
    assert [(m.at, m.frames) for m in listed(scaled)] == [("01:00:00:12", 12), ("01:00:05:00", 1)]
    assert [(m.at, m.frames) for m in listed(kept)] == [("01:00:00:08", 8), ("01:00:03:08", 1)]


def test_faster_clip_on_a_slower_timeline() -> None:
    """Markers on frames that share one timeline frame become one, inside the clip."""
    one = sheet(
        clip(rate=Rate(60), frames=61, markers=tuple(point(f, f"m{f}") for f in (0, 1, 60))), timeline_rate="24"
    )
    assert [(m.at, m.name, m.frames) for m in listed(one)] == [("01:00:00:00", "m0 + m1", 1), ("01:00:00:23", "m60", 1)]


def test_timeline_start_as_set() -> None:
    """The list starts where the timeline it is for starts."""
    assert listed(sheet(clip(markers=(point(1),)), timeline_start="00:00:00:00"))[0].at == "00:00:00:01"


@pytest.mark.parametrize("rate", [None, Rate(25, 2), Rate(179, 6)])
def test_clips_without_a_timeline(rate: Rate | None) -> None:
    """Rates that vary or that timecode does not count are refused."""
    with pytest.raises(RefusedError):
        listed(sheet(clip(rate=rate, markers=(point(0),))))


TEXTS = st.text(max_size=60) | st.sampled_from(["1. first", "TITLE: x", " |D:3", "a\r\n\r\n002  001", "M2 x", "\x85"])


@given(st.lists(st.tuples(TEXTS, st.none() | TEXTS, st.sampled_from(MARKER_COLOURS)), min_size=1, max_size=6))
def test_any_text_in_markers(texts: list[tuple[str, str | None, MarkerColour]]) -> None:
    """Whatever a marker says, the list has one event for it and the text comes back on one line."""
    marks = tuple(point(i, name, comment, colour) for i, (name, comment, colour) in enumerate(texts))
    content = written(WRITER, sheet(clip(markers=marks)), events="markers")

    markers = read_marker_list(content)[2]

    assert [m.name for m in markers] == [single_line(name).replace("|", "/") or "marker" for name, _, _ in texts]
    notes = [single_line(comment or "").replace("|", "/") for _, comment, _ in texts]
    assert [m.note.removeprefix("Note: ") for m in markers] == [note.removeprefix("Note: ") for note in notes]
    (track,) = otio.adapters.read_from_string(content.decode(), "cmx_3600", rate=24).tracks
    assert [c.duration().to_frames() for c in track] == [1] * len(texts)
    assert len(list(pycmx.parse_cmx3600(io.StringIO(content.decode())).events)) == len(texts)


def test_the_built_in() -> None:
    """The built-in lists the clip's markers, its segments, and each run of frames below a threshold."""
    segments = (Segment(FrameRange(0, 6), 0, "walk_0000"), Segment(FrameRange(6, 12), 1))
    series: dict[str, list[float | None]] = {
        "face_confidence": [0.9, 0.9, 0.9, 0.2, 0.1, 0.9],
        "boundary_ssim": [None] * 5 + [0.5, 0.5],
    }
    one = replace(clip(frames=12, series=series, markers=(point(8, "mine"),)), segments=segments)
    found = read_marker_list(render(builtin_template("resolve-markers-edl"), [view(one)]).content())[2]
    assert [(m.at, m.colour, m.name, m.note, m.frames) for m in found] == [
        ("01:00:00:00", "Green", "walk_0000", "", 6),
        ("01:00:00:03", "Yellow", "face uncertain", "Note: 0.100 < 0.500", 2),
        ("01:00:00:05", "Sand", "seam differs", "Note: 0.500 < 0.700", 2),
        ("01:00:00:06", "Green", "segment 1", "", 6),
        ("01:00:00:08", "Blue", "mine", "", 1),
    ]


def test_golden_markers(golden: Golden) -> None:
    """A drop-frame marker list as a person reads it in review."""
    marks = (
        Marker(FrameRange(10, 15), "low face_confidence", "0.410 < 0.600", "red"),
        point(30, "seam | 夕日", "between segments", "orange"),
        point(1800, "after the minute", None, "white"),
    )
    one = clip(rate=NTSC_30, frames=2000, start="00:59:00;02", markers=marks)
    golden("resolve_markers_drop_frame.resolve.edl", written(WRITER, sheet(one), events="markers"))
