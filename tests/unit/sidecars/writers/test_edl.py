"""Conform lists come back through OpenTimelineIO, pycmx and a strict reader of our own."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio
import pycmx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clips import GENERATED, PQ, clip, job, sheet, view, written
from tests.conftest import Golden
from tests.readers.edl_reader import EditList, Event, frame_of, read_edl
from turnover.core.clip import MARKER_COLOURS, Marker, MarkerColour
from turnover.core.probe import AudioStream
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.errors import RefusedError, UsageError
from turnover.sidecars.builtin import builtin_template
from turnover.sidecars.paths import PathRule
from turnover.sidecars.template import render
from turnover.sidecars.text import single_line
from turnover.sidecars.writer import Sheet
from turnover.sidecars.writers.edl import WRITER

NTSC_24, NTSC_30, NTSC_60 = (Rate(n * 1000, 1001) for n in (24, 30, 60))

GRID = [
    pytest.param(rate, separator, id=f"{rate.decimal()}{'DF' if separator == ';' else ''}")
    for rate, separator in [
        (Rate(8), ":"), (Rate(16), ":"), (NTSC_24, ":"), (Rate(24), ":"), (Rate(25), ":"), (NTSC_30, ":"),
        (NTSC_30, ";"), (Rate(30), ":"), (Rate(32), ":"), (Rate(50), ":"), (NTSC_60, ":"), (NTSC_60, ";"),
        (Rate(60), ":"),
    ]
]  # fmt: skip
STARTS = (None, "00:00:00{}00", "01:00:00{}00", "00:59:59{}07")

# What OpenTimelineIO has a timecode for.
OTIO_NOMINALS = (24, 25, 30, 50, 60)


def by_otio(content: bytes, rate: Rate) -> Any:
    return otio.adapters.read_from_string(content.decode(), "cmx_3600", rate=float(rate.fraction))


def by_pycmx(content: bytes) -> Any:
    return pycmx.parse_cmx3600(io.StringIO(content.decode()))


def spans(edits: EditList, nominal: int) -> list[tuple[int, int, int, int]]:
    """Source in and out, record in and out of each event, in frames."""
    return [
        tuple(frame_of(label, nominal) for label in (e.source_in, e.source_out, e.record_in, e.record_out))  # type: ignore[misc]
        for e in edits.events
    ]


# --------------------------------------------------------------------------------------------- one clip


@pytest.mark.parametrize(("rate", "separator"), GRID)
@pytest.mark.parametrize("start", STARTS)
def test_one_clip_over_the_rates(rate: Rate, separator: str, start: str | None) -> None:
    """Source starts at the clip's timecode, record at 01:00:00:00 in the clip's own kind of timecode."""
    label = start and start.format(separator)
    is_drop_frame = bool(label) and separator == ";"
    nominal = rate.nominal or 0
    content = written(WRITER, sheet(clip(rate=rate, frames=75, start=label)))

    edits = read_edl(content)

    first = frame_of(label, nominal) if label else 0
    hour = frame_of("01:00:00;00" if is_drop_frame else "01:00:00:00", nominal)
    assert spans(edits, nominal) == [(first, first + 75, hour, hour + 75)]
    assert (edits.title, edits.is_drop_frame, edits.events[0].source_in) == (
        "shot_010",
        is_drop_frame,
        label or "00:00:00:00",
    )


@pytest.mark.parametrize(("rate", "separator"), [g for g in GRID if g.values[0].nominal in OTIO_NOMINALS])  # type: ignore[union-attr]
@pytest.mark.parametrize("start", STARTS)
def test_opentimelineio_reads_the_same(rate: Rate, separator: str, start: str | None) -> None:
    """OpenTimelineIO, told the rate, finds the same frames, name, reel and comments."""
    label = start and start.format(separator)
    one = sheet(clip(rate=rate, frames=75, start=label, audio=True), {"MODEL": "wan 2.2"})

    timeline = by_otio(written(WRITER, one), rate)

    first = frame_of(label, rate.nominal or 0) if label else 0
    assert [track.name for track in timeline.tracks] == ["V", "A1", "A2"]
    for track in timeline.tracks:
        (found,) = track
        assert (found.source_range.start_time.to_frames(), found.source_range.duration.to_frames()) == (first, 75)
        assert found.source_range.start_time.rate == pytest.approx(float(rate.fraction))
        assert found.name == "shot_010.mp4"
        assert found.metadata["cmx_3600"]["reel"] == "SHOT_010"
        assert list(found.metadata["cmx_3600"]["comments"]) == [
            "SOURCE FILE: /show/sq 010/shot_010.mp4",
            f"COMMENT: TIMELINE RATE: {rate}",
            "COMMENT: MODEL: wan 2.2",
        ]


@pytest.mark.parametrize(("rate", "separator"), GRID)
def test_pycmx_reads_the_same(rate: Rate, separator: str) -> None:
    """pycmx takes every line by its columns, as CMX3600 with a reel of eight."""
    one = sheet(clip(rate=rate, frames=75, start=f"01:00:00{separator}00", audio=True), {"MODEL": "wan"})
    content = written(WRITER, one)

    found = by_pycmx(content)

    expected = read_edl(content).events[0]
    (event,) = found.events
    (edit,) = event.edits
    assert (found.format, found.title, list(found.unrecognized_statements)) == ("3600", "shot_010", [])
    assert (edit.source, edit.clip_name, edit.source_file) == ("SHOT_010", "shot_010.mp4", "/show/sq 010/shot_010.mp4")
    assert (edit.source_in, edit.source_out) == (expected.source_in, expected.source_out)
    assert (edit.record_in, edit.record_out) == (expected.record_in, expected.record_out)
    assert (edit.channels.video, edit.channels.a1, edit.channels.a2) == (True, True, True)


@pytest.mark.parametrize(
    ("channels", "audio", "expected"),
    [((), True, "V"), ((1,), True, "B"), ((2,), True, "AA/V"), ((1, 1), True, "AA/V"), ((6,), True, "AA/V"),
     ((None,), True, "B"), ((2,), False, "V")],
)  # fmt: skip
def test_sound_tracks(channels: tuple[int | None, ...], audio: bool, expected: str) -> None:
    """An event names picture with none, the first, or the first two sound tracks."""
    silent = clip()
    streams = tuple(AudioStream("aac", 48000, count) for count in channels)
    one = replace(silent, probe=replace(silent.probe, audio=streams))
    assert read_edl(written(WRITER, sheet(one), audio=audio)).events[0].channels == expected


def test_what_an_edl_has_no_place_for() -> None:
    """Size, pixel aspect, rotation and colour change nothing in the list; the template may map them to comments."""
    plain = written(WRITER, sheet(clip()))
    rich = clip(size=(720, 576), aspect=Fraction(16, 15), rotation=90, colour=PQ)
    assert written(WRITER, sheet(rich)) == plain


def test_windows_path() -> None:
    """A mapped Windows path has forward slashes, as EDL readers want it."""
    rule = PathRule(maps=(("/show", "P:\\show"),))
    seen = view(clip("/show/sq 010/a & b.mov"), paths=rule)
    assert read_edl(written(WRITER, sheet(seen))).events[0].source_file == "P:/show/sq 010/a & b.mov"


def test_handles_are_not_played() -> None:
    """Handles stay outside of source in and out, and the record side has the cut alone."""
    markers = (
        Marker(FrameRange(0, 4), "in the handle"),
        Marker(FrameRange(3, 12), "half"),
        Marker(FrameRange(10, 11), "point"),
    )
    one = sheet(clip(frames=48, start="01:00:00:00", markers=markers), handles="8")
    work = job(WRITER, one)

    event = read_edl(b"".join(WRITER.write(work))).events[0]

    assert (event.source_in, event.source_out, event.record_out) == ("01:00:00:08", "01:00:01:16", "01:00:01:08")
    assert event.locators == [
        ("01:00:00:00", "BLUE", "half (4 frames)"),
        ("01:00:00:02", "BLUE", "point"),
    ]
    assert any("handles" in warning for warning in work.findings.warnings)


# ------------------------------------------------------------------------------------------ several clips


def test_clips_lie_back_to_back() -> None:
    """The record side has no gap and no overlap, in the order given, across the hour and the dropped labels."""
    sheets = [sheet(clip(f"/show/s{i:03}.mov", rate=NTSC_30, frames=1799 + i, start="00:59:00;02")) for i in range(12)]

    edits = read_edl(written(WRITER, *sheets, title="reel one"))

    hour, frames = frame_of("01:00:00;00", 30), [1799 + i for i in range(12)]
    ends = [hour + sum(frames[: i + 1]) for i in range(12)]
    source = frame_of("00:59:00;02", 30)
    assert spans(edits, 30) == [
        (source, source + count, end - count, end) for count, end in zip(frames, ends, strict=True)
    ]
    assert [e.reel for e in edits.events] == [f"S{i:03}" for i in range(12)]
    assert (edits.title, edits.is_drop_frame) == ("reel one", True)


def test_opentimelineio_reads_a_string_out() -> None:
    """OpenTimelineIO finds one track without gaps that starts at the hour."""
    sheets = [sheet(clip(f"/show/s{i:03}.mov", rate=NTSC_24, frames=10 + i)) for i in range(5)]
    (track,) = by_otio(written(WRITER, *sheets), NTSC_24).tracks
    assert [(c.name, c.duration().to_frames()) for c in track] == [(f"s{i:03}.mov", 10 + i) for i in range(5)]
    assert track.source_range.start_time.to_frames() == -frame_of("01:00:00:00", 24)


def test_drop_and_non_drop_sources_in_one_list() -> None:
    """FCM tells the record side; each source keeps its own kind of label."""
    drop = sheet(clip("/a/d.mov", rate=NTSC_30, start="10:00:00;00"))
    plain = sheet(clip("/a/n.mov", rate=NTSC_30, start="10:00:00:00"))
    bare = sheet(clip("/a/b.mov", rate=NTSC_30))
    one, other = read_edl(written(WRITER, drop, plain, bare)), read_edl(written(WRITER, plain, drop))
    assert [e.source_in for e in one.events] == ["10:00:00;00", "10:00:00:00", "00:00:00:00"]
    assert (one.is_drop_frame, one.events[0].record_in) == (True, "01:00:00;00")
    assert (other.is_drop_frame, other.events[0].record_in) == (False, "01:00:00:00")


def test_timeline_start_as_set() -> None:
    """The record side starts where it was told to, drop-frame where the label says so."""
    plain = read_edl(written(WRITER, sheet(clip(), timeline_start="00:00:00:00")))
    drop = read_edl(written(WRITER, sheet(clip(rate=NTSC_60), timeline_start="10:00:00;00")))
    assert (plain.events[0].record_in, plain.is_drop_frame) == ("00:00:00:00", False)
    assert (drop.events[0].record_in, drop.is_drop_frame) == ("10:00:00;00", True)


def test_more_than_999_events() -> None:
    """Events past 999 get four digits, which both readers take, and a warning says so."""
    work = job(WRITER, *(sheet(clip(f"/show/s{i:04}.mov", frames=2)) for i in range(1001)))
    content = b"".join(WRITER.write(work))
    assert [event.number for event in by_pycmx(content).events] == list(range(1, 1002))
    assert len(by_otio(content, Rate(24)).tracks[0]) == 1001
    assert [e.reel for e in read_edl(content).events][-1] == "S1000"
    assert any("999" in warning for warning in work.findings.warnings)


# ------------------------------------------------------------------------------------------------- reels


def reels(*paths: str) -> list[str]:
    return [event.reel for event in read_edl(written(WRITER, *(sheet(clip(path)) for path in paths))).events]


def test_reels_are_short_plain_and_different() -> None:
    """Names that would be cut to one name get numbers; letters outside A-Z, 0-9 and _ go."""
    names = reels(
        "/a/harbour_sq010_sh010.mp4", "/a/harbour_sq010_sh020.mp4", "/a/Straße 7.mp4", "/a/夕日.mp4", "/a/角色.mp4"
    )
    assert names == ["HARBOUR_", "HARBOU_2", "STRASSE_", "REEL", "REEL_2"]


def test_reels_that_readers_take_for_something_else() -> None:
    """AX, BL, BLACK and BARS are sources of their own to readers, so no clip gets these names."""
    assert reels("/a/bars.mp4", "/a/ax.mov", "/a/BL.mp4", "/a/black.mp4") == ["BARS_", "AX_", "BL_", "BLACK_"]


def test_a_number_never_takes_another_clips_name() -> None:
    """A clip that is really called like a numbered one keeps both apart."""
    names = reels("/a/REEL_2.mov", "/a/夕日.mp4", "/a/角色.mp4", "/b/REEL_2.mov")
    assert len(set(names)) == 4


def test_one_tape_with_different_timecode() -> None:
    """Clips of one reel share its name where timecode tells them apart, and do not where it overlaps."""

    def cut(name: str, start: str) -> Sheet:
        return sheet(clip(f"/show/{name}.mov", start=start, reel="A001"))

    edits = read_edl(written(WRITER, cut("a", "01:00:00:00"), cut("b", "01:00:02:00"), cut("c", "01:00:01:00")))
    assert [e.reel for e in edits.events] == ["A001", "A001", "A001_2"]


def test_the_same_file_twice_is_one_reel() -> None:
    """A file that stands twice in the list is one source."""
    assert reels("/a/shot.mov", "/a/shot.mov") == ["SHOT", "SHOT"]
    assert reels("/a/shot.mov", "/b/shot.mov") == ["SHOT", "SHOT_2"]


@pytest.mark.parametrize(("length", "form"), [(32, "File32"), (128, "File128")])
def test_long_reels(length: int, form: str) -> None:
    """A longer reel column is read as File32 or File128."""
    content = written(WRITER, sheet(clip("/a/harbour_sq010_sh010.mp4")), reel_length=length)
    found = by_pycmx(content)
    (event,) = found.events
    assert (found.format, event.edits[0].source) == (form, "HARBOUR_SQ010_SH010")
    assert read_edl(content, reel_length=length).events[0].reel == "HARBOUR_SQ010_SH010"


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8))
def test_any_reels_stay_apart(names: list[str]) -> None:
    """Whatever clips are called, different files on one timecode never share a reel."""
    sheets = [sheet(clip(f"/show/{i}.mov", reel=name)) for i, name in enumerate(names)]
    found = [e.reel for e in read_edl(written(WRITER, *sheets)).events]
    assert len(set(found)) == len(names)


# ----------------------------------------------------------------------------------------- other timelines


def test_a_clip_of_another_rate_keeps_its_duration() -> None:
    """In real time, source and record both count the timeline's frames; what is no whole frame is left out."""
    one = sheet(clip(rate=Rate(16), frames=81, start="01:00:00:08"), timeline_rate="24")
    work = job(WRITER, one)

    edits = read_edl(b"".join(WRITER.write(work)))

    source, hour = frame_of("01:00:00:12", 24), frame_of("01:00:00:00", 24)
    assert spans(edits, 24) == [(source, source + 121, hour, hour + 121)]
    assert edits.events[0].comments == [("TIMELINE RATE", "24/1"), ("CLIP RATE", "16/1")]
    assert any("whole" in warning for warning in work.findings.warnings)


def test_each_frame_of_another_rate_once() -> None:
    """With every_frame the host takes the clip as one of the timeline's rate: as many frames on both sides."""
    played = clip(rate=Rate(16), frames=81, start="01:00:00:08", audio=True)
    one = sheet(played, timeline_rate="24", timeline_policy="every_frame")
    work = job(WRITER, one)

    edits = read_edl(b"".join(WRITER.write(work)))

    source, hour = frame_of("01:00:00:08", 24), frame_of("01:00:00:00", 24)
    assert spans(edits, 24) == [(source, source + 81, hour, hour + 81)]
    assert edits.events[0].channels == "V"
    assert any("frame rate to 24" in warning for warning in work.findings.warnings)


@pytest.mark.parametrize(
    ("rate", "frames", "expected"), [(Rate(25, 2), 25, 48), (Rate(8), 40, 120), (Rate(60), 121, 48)]
)
def test_rates_without_a_list_of_their_own(rate: Rate, frames: int, expected: int) -> None:
    """A timeline rate makes a list of any clip, also one whose rate has no timecode."""
    edits = by_otio(written(WRITER, sheet(clip(rate=rate, frames=frames), timeline_rate="24")), Rate(24))
    assert edits.tracks[0][0].duration().to_frames() == expected


@pytest.mark.parametrize(
    ("own", "label", "timeline", "expected"),
    [(NTSC_30, "00:01:00;02", "59.94", "00:01:00;04"), (NTSC_60, "00:01:00;04", "29.97", "00:01:00;02"),
     (NTSC_30, "01:00:00;00", "24", "01:00:00:00"), (NTSC_24, "01:00:00:12", "29.97", "01:00:00:15"),
     (Rate(25), "01:00:00:05", "50", "01:00:00:10")],
)  # fmt: skip
def test_start_labels_at_another_rate(own: Rate, label: str, timeline: str, expected: str) -> None:
    """Hours, minutes and seconds of a label stay, its frames are scaled."""
    edits = read_edl(written(WRITER, sheet(clip(rate=own, start=label), timeline_rate=timeline)))
    assert edits.events[0].source_in == expected


def test_clips_of_several_rates() -> None:
    """Without a set rate the first clip's is the list's, and a warning names the others."""
    work = job(WRITER, sheet(clip("/a/one.mov")), sheet(clip("/a/two.mov", rate=Rate(12), frames=12)))
    edits = read_edl(b"".join(WRITER.write(work)))
    hour = frame_of("01:00:00:00", 24)
    assert spans(edits, 24) == [(0, 48, hour, hour + 48), (0, 24, hour + 48, hour + 72)]
    assert any("two.mov" in warning and "rate" in warning for warning in work.findings.warnings)


# ------------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("variable_frame_rate", sheet(clip(rate=None))),
        ("no_frame_count", sheet(clip(frames=None))),
        ("rate", sheet(clip(rate=Rate(25, 2)))),
        ("rate", sheet(clip(rate=Rate(120)))),
        ("too_long", sheet(clip(frames=100), timeline_start="23:59:58:00")),
        ("timeline_rate", sheet(clip(rate=Rate(60), frames=1), timeline_rate="24")),
        ("timeline_rate", sheet(clip(rate=Rate(16), start="01:00:00:01"), timeline_rate="24")),
        (
            "timeline_rate",
            sheet(clip(rate=Rate(60), start="01:00:00:59"), timeline_rate="24", timeline_policy="every_frame"),
        ),
        ("timeline_rate", sheet(clip(rate=Rate(16)), timeline_rate="24", handles="1")),
    ],
)
def test_what_an_edl_cannot_say(code: str, refused: Sheet) -> None:
    """A clip that the list cannot describe is refused before anything is written."""
    with pytest.raises(RefusedError) as caught:
        next(iter(WRITER.write(job(WRITER, refused))))
    assert (caught.value.code, bool(caught.value.hint)) == (code, True)


def test_a_timeline_start_that_does_not_exist() -> None:
    """A label beyond the rate is the request's mistake."""
    with pytest.raises(UsageError, match="timeline_start"):
        written(WRITER, sheet(clip(), timeline_start="01:00:00:24"))


# ------------------------------------------------------------------------------------------------ warnings


def warnings(*sheets: Sheet) -> str:
    work = job(WRITER, *sheets)
    b"".join(WRITER.write(work))
    return "\n".join(work.findings.warnings)


def test_a_clip_that_hosts_take_is_not_warned_of() -> None:
    """Timecode, a short plain name and a rate that hosts list give no warning."""
    assert warnings(sheet(clip("/show/A001.mov", start="01:00:00:00"))) == ""


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (sheet(clip("/show/A001.mov")), "A001.mov: no start timecode"),
        (sheet(clip("/show/A001.mov", rate=Rate(16), start="01:00:00:00")), "no list of 16 frames per second"),
        (sheet(clip("/show/A001.mov", start="23:59:59:00")), "past midnight"),
        (sheet(clip("/show/long_name_1.mov", start="01:00:00:00")), "LONG_NAM"),
        (sheet(clip("/show/夕/A001.mov", start="01:00:00:00")), "UTF-8"),
        (sheet(clip("/show/A001.mov", start="01:00:00:00"), {"PROMPT": "x" * 300}), "PROMPT is cut to 240"),
    ],
)
def test_what_a_person_is_warned_of(seen: Sheet, words: str) -> None:
    """Each thing a host will stumble over is said in a sentence."""
    assert words in warnings(seen)


# ------------------------------------------------------------------------------------------ any text at all


def fitting(text: str, longest: int = 240) -> str:
    line = single_line(text)
    return line if len(line) <= longest else line[: longest - 1] + "…"


TEXTS = st.text(max_size=300) | st.sampled_from(
    [
        "001  AX       V     C        00:00:00:00",
        "* LOC: 01:00:00:00 RED x",
        "TITLE: x",
        "a\r\n002  X",
        "\x1c\x85\u2028 y",
        "M2",
    ]
)
NAMES = st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=40)


@given(
    metadata=st.dictionaries(st.from_regex(r"[A-Z][A-Z0-9 _]{0,20}[A-Z]", fullmatch=True), TEXTS, max_size=4),
    texts=st.lists(st.tuples(TEXTS, st.none() | TEXTS, st.sampled_from(MARKER_COLOURS)), max_size=4),
    name=NAMES,
    title=TEXTS,
)
def test_any_text_stays_one_line(
    metadata: dict[str, str], texts: list[tuple[str, str | None, MarkerColour]], name: str, title: str
) -> None:
    """No text ends a line, opens an event or is lost: it comes back on one line."""
    markers = tuple(Marker(FrameRange(i, i + 1), n, c, colour) for i, (n, c, colour) in enumerate(texts))
    one = clip(f"/show/{name}", markers=markers)
    content = written(WRITER, sheet(one, metadata), title=title)

    edits = read_edl(content)

    (event,) = edits.events
    assert edits.title == (single_line(title)[:70].strip() or "untitled")
    assert event.clip_name == (single_line(one.name) or event.reel)
    assert event.source_file == single_line(str(one.path))
    assert event.comments[1:] == [(key, fitting(text)) for key, text in metadata.items() if single_line(text)]
    assert [text for _, _, text in event.locators] == [locator(n, c) for n, c, _ in texts]
    assert_other_readers_agree(content, event)


def locator(name: str, comment: str | None) -> str:
    note = single_line(comment or "")
    return (single_line(name) or "marker") + (f": {note}" if note else "")


def assert_other_readers_agree(content: bytes, event: Event) -> None:
    (found,) = by_otio(content, Rate(24)).tracks[0]
    assert (found.name, found.metadata["cmx_3600"]["reel"]) == (event.clip_name, event.reel)
    assert [marker.name for marker in found.markers] == [text for _, _, text in event.locators]
    other = by_pycmx(content)
    (edit,) = [edit for e in other.events for edit in e.edits]
    assert (edit.clip_name, edit.source, list(other.unrecognized_statements)) == (event.clip_name, event.reel, [])


def test_keys_that_would_break_a_comment() -> None:
    """A key is short, plain, and not one that the list writes by itself."""
    assert [WRITER.key_problem(key) for key in ("MODEL", "VFX Shot #", "a/b-c.d")] == [None, None, None]
    assert all(
        WRITER.key_problem(key) for key in ("", " a", "a ", "a:b", "a\nb", "x" * 33, "夕", "Clip Rate", "TIMELINE RATE")
    )


# ------------------------------------------------------------------------------------- the built-in, golden


def test_the_built_in() -> None:
    """The built-in tells in comments how the clip was made, and marks where its numbers are low."""
    series = {"quality_metric": [0.9, 0.4, 0.3, 0.9], "motion_score": [0.0] * 4}
    one = replace(
        clip(generation=GENERATED, frames=4, series=series), digest="ab" * 32, failure_tags=("flicker", "blur")
    )
    (event,) = read_edl(
        render(builtin_template("edl"), [view(one, shot="sh010", assume_color="rec709")]).content()
    ).events
    assert event.locators == [("01:00:00:01", "RED", "low quality: 0.300 < 0.500 (2 frames)")]
    assert event.comments == [
        ("TIMELINE RATE", "24/1"),
        ("SHOT", "sh010"),
        ("DESCRIPTION", 'a <red> car & "fast" [exec rm -rf /] $HOME {red} \\'),
        ("AI TOOL", "ComfyUI"),
        ("AI MODEL", "wan2.2_t2v.safetensors"),
        ("AI LORAS", "detail:0.8"),
        ("AI SEED", "18446744073709551615"),
        ("AI SETTINGS", "steps 30, cfg 5.00, sampler uni_pc, scheduler simple"),
        ("AI PROMPT", 'a <red> car & "fast" [exec rm -rf /] $HOME {red} \\'),
        ("AI NEGATIVE PROMPT", "blurry"),
        ("FAILURES", "flicker, blur"),
        ("PICTURE", "1280x720, h264, colour Rec. 709, colour assumed"),
        ("ASSUMED", "color"),
        ("SHA-256", "ab" * 32),
    ]


def test_golden_string_out(golden: Golden) -> None:
    """A list of three clips as a person reads it in review."""
    marks = (
        Marker(FrameRange(10, 15), "low face_confidence", "0.410 < 0.600", "red"),
        Marker(FrameRange(30, 31), "seam", None, "orange"),
    )
    sheets = (
        sheet(clip("/show/sq 010/shot_010.mp4", rate=NTSC_30, start="01:00:00;00", audio=True, markers=marks),
              {"MODEL": "wan2.2_t2v", "PROMPT": 'a <red> car & "fast"\n100 %'}),
        sheet(clip("/show/sq 010/shot_010_v2.mp4", rate=NTSC_30, frames=1800)),
        sheet(clip("/show/夕日 🌅.mov", rate=Rate(16), frames=81)),
    )  # fmt: skip
    golden("edl_string_out.edl", written(WRITER, *sheets, title="sq 010"))
