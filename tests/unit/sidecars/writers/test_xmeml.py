"""xmeml: what is written comes back through OpenTimelineIO's adapter, through lxml, and fits Apple's DTDs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import opentimelineio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.clips import GENERATED, clip, job, sheet, view, written
from tests.conftest import Golden
from turnover.core.clip import MARKER_COLOURS, Clip, Marker, MarkerColour, Segment
from turnover.core.colour import Colour
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.errors import RefusedError, UsageError
from turnover.settings import sidecar_settings
from turnover.sidecars.template import Template, read_template, render
from turnover.sidecars.text import clean, single_line
from turnover.sidecars.view import view_of
from turnover.sidecars.writer import Sheet
from turnover.sidecars.writers.xmeml import WRITER

TEMPLATES = Path(__file__).parents[4] / "src" / "turnover" / "sidecars" / "templates"
NTSC = Rate(30000, 1001)

# Rate, what stands in timebase and ntsc.
RATES = (
    (Rate(8), "8", "FALSE"),
    (Rate(16), "16", "FALSE"),
    (Rate(24000, 1001), "24", "TRUE"),
    (Rate(24), "24", "FALSE"),
    (Rate(25), "25", "FALSE"),
    (NTSC, "30", "TRUE"),
    (Rate(30), "30", "FALSE"),
    (Rate(32), "32", "FALSE"),
    (Rate(50), "50", "FALSE"),
    (Rate(60000, 1001), "60", "TRUE"),
    (Rate(60), "60", "FALSE"),
)
STARTS = (None, "00:00:00:00", "01:00:00:00", "10:11:12:07")
DROP_FRAME_STARTS = ("01:00:00;00", "00:01:00;04", "23:59:59;29")
TIMINGS = [(rate, start) for rate, _, _ in RATES for start in STARTS] + [
    (rate, start) for rate in (NTSC, Rate(60000, 1001)) for start in DROP_FRAME_STARTS
]


def root_of(data: bytes) -> etree._Element:
    return etree.fromstring(data)


def text_at(root: etree._Element, path: str) -> str | None:
    """The text of the one element there; an empty element is an empty text, a missing one None."""
    found = root.findall(path)
    assert len(found) <= 1, f"{len(found)} elements at {path}"
    return (found[0].text or "") if found else None


def texts_at(root: etree._Element, path: str) -> list[str]:
    return [found.text or "" for found in root.findall(path)]


def timeline_of(data: bytes) -> Any:
    """The one sequence, as OpenTimelineIO's adapter reads it."""
    return opentimelineio.adapters.read_from_string(data.decode(), "fcp_xml")


def fraction_of(time: Any) -> Fraction:
    """Seconds of an OpenTimelineIO time, exactly: it holds the rate as a double."""
    rate = Fraction(time.rate).limit_denominator(1001)
    return Fraction(time.value) / rate


def warnings_of(*sheets: Sheet, **options: str) -> str:
    task = job(WRITER, *sheets, **options)
    b"".join(WRITER.write(task))
    return "\n".join(task.findings.warnings)


def sheet_set(one: Clip, settings: Mapping[str, str]) -> Sheet:
    """The sheet of a clip under settings as a person writes them."""
    return sheet(view_of(one, sidecar_settings(settings)))


def template(slug: str) -> Template:
    return read_template((TEMPLATES / f"{slug}.json").read_bytes(), slug=slug)


# --------------------------------------------------------------------------------------------------------- timing


@pytest.mark.parametrize(("rate", "start"), TIMINGS, ids=lambda value: str(value))
def test_timing_comes_back_through_opentimelineio(rate: Rate, start: str | None) -> None:
    """Start, range and duration are those of the clip, counted in its own frames."""
    one = clip(rate=rate, frames=49, start=start)
    first = Timecode.parse(start, rate).frame if start else 0
    timeline_start = Timecode.parse("01:00:00" + (";00" if start and ";" in start else ":00"), rate).frame

    timeline = timeline_of(written(WRITER, sheet(one)))
    (found,) = timeline.find_clips()

    media = found.media_reference.available_range
    assert [
        (timeline.global_start_time.value, fraction_of(timeline.global_start_time)),
        (found.source_range.start_time.value, fraction_of(found.source_range.start_time)),
        (found.source_range.duration.value, fraction_of(found.source_range.duration)),
        (media.start_time.value, fraction_of(media.start_time)),
        (media.duration.value, fraction_of(media.duration)),
    ] == [(frames, rate.seconds(frames)) for frames in (timeline_start, first, 49, first, 49)]


@pytest.mark.parametrize(("rate", "timebase", "ntsc"), RATES, ids=lambda value: str(value))
def test_rate_is_a_whole_timebase_and_a_flag(rate: Rate, timebase: str, ntsc: str) -> None:
    """Sequence, clip item, file and timecodes all have the clip's rate."""
    root = root_of(written(WRITER, sheet(clip(rate=rate, start="01:00:00:00"))))
    rates = [(text_at(r, "timebase"), text_at(r, "ntsc")) for r in root.iter("rate")]
    assert rates == [(timebase, ntsc)] * 7


@pytest.mark.parametrize(
    ("rate", "start", "label", "frame", "display"),
    [
        (NTSC, "01:00:00;00", "01;00;00;00", "107892", "DF"),
        (NTSC, "01:00:00:00", "01:00:00:00", "108000", "NDF"),
        (NTSC, "00:01:00;02", "00;01;00;02", "1800", "DF"),
        (Rate(60000, 1001), "00:10:00;00", "00;10;00;00", "35964", "DF"),
        (Rate(25), "01:00:00:00", "01:00:00:00", "90000", "NDF"),
        (Rate(16), None, "00:00:00:00", "0", "NDF"),
    ],
)
def test_timecode_has_its_label_and_its_count(
    rate: Rate, start: str | None, label: str, frame: str, display: str
) -> None:
    """A drop-frame label has semicolons everywhere, and `frame` is the real count of frames."""
    root = root_of(written(WRITER, sheet(clip(rate=rate, start=start))))
    assert [text_at(root, f".//file/timecode/{tag}") for tag in ("string", "frame", "displayformat")] == [
        label, frame, display,
    ]  # fmt: skip


def test_timeline_starts_where_it_is_told() -> None:
    """`timeline_start` is the sequence's timecode; it has nothing to do with the clip's."""
    root = root_of(written(WRITER, sheet(clip(rate=Rate(25), start="10:00:00:00"), timeline_start="00:59:58:12")))
    assert (text_at(root, "sequence/timecode/string"), text_at(root, "sequence/timecode/frame")) == (
        "00:59:58:12",
        "89962",
    )


def test_drop_frame_clip_on_a_colon_label() -> None:
    """The timeline of a drop-frame clip is drop-frame, although the setting is written with colons."""
    root = root_of(written(WRITER, sheet(clip(rate=NTSC, start="02:00:00;00"))))
    assert text_at(root, "sequence/timecode/string") == "01;00;00;00"


def test_timeline_start_that_is_no_label() -> None:
    """A label that the timeline's rate does not have is a mistake of the request."""
    with pytest.raises(UsageError, match="timeline_start"):
        written(WRITER, sheet(clip(rate=Rate(24)), timeline_start="01:00:00:24"))


def test_timecode_that_counts_other_frames_than_the_picture() -> None:
    """A timecode at 30 in a file of 24 frames per second is left out, and that is said."""
    one = clip(rate=Rate(24))
    one = replace(one, probe=replace(one.probe, start_timecode=Timecode.parse("01:00:00:00", Rate(30))))
    assert "counts 30 frames a second" in warnings_of(sheet(one))
    assert text_at(root_of(written(WRITER, sheet(one))), ".//file/timecode/string") == "00:00:00:00"


# ------------------------------------------------------------------------------------------------ rates and refusals


def refusal_of(*sheets: Sheet) -> str:
    pieces = WRITER.write(job(WRITER, *sheets))
    with pytest.raises(RefusedError) as refused:
        next(pieces)
    assert refused.value.hint
    return refused.value.code


@pytest.mark.parametrize(
    ("one", "settings", "code"),
    [
        (clip(rate=None), {}, "variable_frame_rate"),
        (clip(rate=None, is_variable_frame_rate=None), {}, "no_frame_rate"),
        (clip(frames=None), {}, "no_frame_count"),
        (clip(rate=Rate(25, 2)), {}, "rate"),
        (clip(rate=Rate(179, 6)), {}, "rate"),
        (clip(rate=Rate(24)), {"timeline_rate": "12.5"}, "rate"),
        (clip(rate=Rate(16)), {"timeline_rate": "24", "timeline_policy": "every_frame"}, "timeline_rate"),
        (clip(rate=Rate(60), frames=1), {"timeline_rate": "24"}, "timeline_rate"),
        (clip(frames=20), {"handles": "10"}, "handles"),
    ],
)
def test_what_the_format_cannot_say_is_refused(one: Clip, settings: dict[str, str], code: str) -> None:
    """Nothing is written about a clip that whole frames of a whole rate do not describe."""
    assert refusal_of(sheet_set(one, settings)) == code


def test_every_frame_of_a_mixed_batch_is_refused() -> None:
    """Playing each frame once needs a change of speed wherever a clip has another rate than the first."""
    mixed = [sheet(clip(f"/x/{rate}.mp4", rate=Rate(rate)), timeline_policy="every_frame") for rate in (24, 16)]
    assert refusal_of(*mixed) == "timeline_rate"


def test_every_frame_at_the_clips_own_rate() -> None:
    """Where the timeline has the clip's rate, both policies are the same."""
    one = clip(rate=Rate(24))
    kept = written(WRITER, sheet(one))
    assert written(WRITER, sheet(one, timeline_rate="24", timeline_policy="every_frame")) == kept


def test_sixteen_frames_a_second_on_a_timeline_of_twenty_four() -> None:
    """The clip item counts the timeline's frames, inward to whole ones; the file keeps its own rate."""
    one = sheet(clip(rate=Rate(16), frames=81, start="01:00:00:00"), timeline_rate="24")
    root = root_of(written(WRITER, one))
    item = root.find(".//clipitem")
    assert item is not None
    assert [text_at(item, tag) for tag in ("rate/timebase", "duration", "start", "end", "in", "out")] == [
        "24", "121", "0", "121", "0", "121",
    ]  # fmt: skip
    assert [text_at(item, f"file/{tag}") for tag in ("rate/timebase", "duration", "timecode/frame")] == [
        "16", "81", "57600",
    ]  # fmt: skip
    warnings = warnings_of(one)
    assert "in, out and markers count the timeline's frames" in warnings
    assert "cut inward to whole ones" in warnings


def test_rate_that_only_the_timeline_can_say() -> None:
    """A file of 12.5 frames per second is described in frames of the timeline, and that is said."""
    one = sheet(clip(rate=Rate(25, 2), frames=50), timeline_rate="25")
    root = root_of(written(WRITER, one))
    assert [text_at(root, f".//file/{tag}") for tag in ("rate/timebase", "duration")] == ["25", "100"]
    assert "cannot be said in xmeml" in warnings_of(one)


@given(
    st.lists(
        st.tuples(st.fractions(min_value=1, max_value=120, max_denominator=1001), st.integers(130, 5000)),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([rate for rate, _, _ in RATES]),
    st.integers(0, 3),
)
def test_cuts_lie_back_to_back_and_inside_their_media(
    media: list[tuple[Fraction, int]], rate: Rate, handles: int
) -> None:
    """Whatever the rates, no cut asks for a picture past its file's end or inside its handles."""
    settings = {"timeline_rate": str(rate.fraction), "handles": str(handles)}
    sheets = [
        sheet_set(clip(f"/x/{i}.mp4", rate=Rate(own), frames=count), settings) for i, (own, count) in enumerate(media)
    ]
    root = root_of(written(WRITER, *sheets))

    edge = 0
    for item, (own, count) in zip(root.iter("clipitem"), media, strict=True):
        start, end, first, stop = (int(text_at(item, tag) or "") for tag in ("start", "end", "in", "out"))
        assert start == edge
        assert end - start == stop - first > 0
        assert handles / own <= first / rate.fraction < stop / rate.fraction <= (count - handles) / own
        edge = end
    assert text_at(root, "sequence/duration") == str(edge)


def test_handles_are_not_part_of_the_cut() -> None:
    """The item plays what lies between the handles; the file keeps all its frames."""
    (found,) = timeline_of(written(WRITER, sheet(clip(frames=48, start="01:00:00:00"), handles="8"))).find_clips()
    assert found.source_range.start_time.value == 86408
    assert found.source_range.duration.value == 32
    assert found.media_reference.available_range.duration.value == 48


# ----------------------------------------------------------------------------------------------------- picture, sound


@pytest.mark.parametrize(
    ("size", "aspect", "named"),
    [
        ((1280, 720), None, ("square", "FALSE")),
        ((1280, 720), Fraction(1), ("square", "FALSE")),
        ((720, 480), Fraction(8, 9), ("NTSC-601", "FALSE")),
        ((720, 480), Fraction(40, 33), ("NTSC-601", "TRUE")),
        ((720, 576), Fraction(16, 15), ("PAL-601", "FALSE")),
        ((720, 576), Fraction(64, 45), ("PAL-601", "TRUE")),
        ((960, 720), Fraction(4, 3), ("HD-(960x720)", "FALSE")),
        ((1280, 1080), Fraction(3, 2), ("HD-(1280x1080)", "FALSE")),
        ((1440, 1080), Fraction(4, 3), ("HD-(1440x1080)", "FALSE")),
        ((1280, 720), Fraction(4, 3), (None, None)),
        ((1280, 720), Fraction(7, 6), (None, None)),
        ((1828, 1556), Fraction(2), (None, None)),
    ],
)
def test_pixel_aspect_has_a_true_name_or_none(
    size: tuple[int, int], aspect: Fraction | None, named: tuple[str | None, str | None]
) -> None:
    """A ratio that the format has no name for is left out everywhere: `square` would be a lie."""
    one = sheet(clip(size=size, aspect=aspect))
    root = root_of(written(WRITER, one))
    places = (
        "sequence/media/video/format/samplecharacteristics",
        ".//file/media/video/samplecharacteristics",
        ".//clipitem",
    )
    assert [(text_at(root, f"{p}/pixelaspectratio"), text_at(root, f"{p}/anamorphic")) for p in places] == [named] * 3
    assert ("no name for its pixel aspect" in warnings_of(one)) == (named == (None, None))


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_picture(rotation: int) -> None:
    """The sequence has the size that is shown, the file the size that is stored."""
    one = sheet(clip(size=(1280, 720), rotation=rotation))
    root = root_of(written(WRITER, one))
    shown = ["720", "1280"] if rotation in (90, 270) else ["1280", "720"]
    sequence, stored = (
        f"{place}/samplecharacteristics" for place in ("sequence/media/video/format", ".//file/media/video")
    )
    assert [text_at(root, f"{sequence}/{tag}") for tag in ("width", "height")] == shown
    assert [text_at(root, f"{stored}/{tag}") for tag in ("width", "height")] == ["1280", "720"]
    assert ("turned for display" in warnings_of(one)) == bool(rotation)


@pytest.mark.parametrize(
    ("order", "dominance"),
    [("progressive", "none"), ("tt", "upper"), ("bt", "upper"), ("bb", "lower"), ("tb", "lower"), (None, None)],
)
def test_field_that_is_shown_first(order: str | None, dominance: str | None) -> None:
    """FFmpeg's second letter is the field shown first; an unknown order is left out."""
    root = root_of(written(WRITER, sheet(clip(field_order=order))))
    assert text_at(root, ".//file/media/video/samplecharacteristics/fielddominance") == dominance


@pytest.mark.parametrize(
    ("has_alpha", "option", "told"),
    [(False, "black", "none"), (True, "straight", "straight"), (True, "black", "black")],
)
def test_alpha(has_alpha: bool, option: str, told: str) -> None:
    """A clip without alpha says so; how one with alpha is stored, the template says."""
    root = root_of(written(WRITER, sheet(clip(has_alpha=has_alpha)), alpha=option))
    assert text_at(root, ".//clipitem/alphatype") == told


def linked(root: etree._Element) -> Iterator[tuple[str, list[tuple[str, str, str, str]]]]:
    for item in root.iter("clipitem"):
        links = [
            tuple(text_at(link, tag) or "" for tag in ("linkclipref", "mediatype", "trackindex", "clipindex"))
            for link in item.iter("link")
        ]
        yield str(item.get("id")), links  # type: ignore[misc]  # four texts


def test_sound_is_linked_to_its_picture() -> None:
    """Each channel is a clip item of its own track, tied to the picture; a silent clip leaves a gap."""
    silent, heard = clip("/x/silent.mp4", frames=10), clip("/x/heard.mp4", frames=20, audio=True)
    root = root_of(written(WRITER, sheet(silent), sheet(heard)))

    links = [
        ("clipitem-2", "video", "1", "2"),
        ("clipitem-3", "audio", "1", "1"),
        ("clipitem-4", "audio", "2", "1"),
    ]
    assert list(linked(root)) == [
        ("clipitem-1", []),
        ("clipitem-2", links),
        ("clipitem-3", links),
        ("clipitem-4", links),
    ]
    sounds = root.findall("sequence/media/audio/track/clipitem")
    assert [[text_at(item, tag) for tag in ("start", "end", "sourcetrack/trackindex")] for item in sounds] == [
        ["10", "30", "1"], ["10", "30", "2"],
    ]  # fmt: skip
    assert [item.find("file").get("id") for item in sounds] == ["file-2", "file-2"]  # type: ignore[union-attr]


def test_every_link_names_the_item_it_counts() -> None:
    """In a long string-out every reference finds its item, at the track and place that the link tells."""
    clips = [clip(f"/x/{i}.mp4", frames=5, audio=i % 3 != 0) for i in range(40)]
    root = root_of(written(WRITER, *map(sheet, clips)))
    found = {
        (kind, str(track), str(place)): item.get("id")
        for kind in ("video", "audio")
        for track, element in enumerate(root.findall(f"sequence/media/{kind}/track"), start=1)
        for place, item in enumerate(element.findall("clipitem"), start=1)
    }
    assert len(set(found.values())) == len(found) == 40 + 2 * 26
    assert all(
        found[kind, track, place] == identity for _, links in linked(root) for identity, kind, track, place in links
    )


def test_no_sound_no_audio() -> None:
    """A file without sound has no audio anywhere."""
    assert b"audio" not in written(WRITER, sheet(clip()))


def test_several_clips() -> None:
    """A string-out has the clips in order; a file that comes twice is described once."""
    first, second = clip("/x/a.mp4", frames=10), clip("/y/a.mp4", frames=20)
    timeline = timeline_of(written(WRITER, sheet(first), sheet(second), sheet(first), title="reel & one"))
    assert timeline.name == "reel & one"
    assert [(c.media_reference.target_url, int(c.duration().value)) for c in timeline.find_clips()] == [
        ("file://localhost/x/a.mp4", 10), ("file://localhost/y/a.mp4", 20), ("file://localhost/x/a.mp4", 10),
    ]  # fmt: skip
    root = root_of(written(WRITER, sheet(first), sheet(second), sheet(first)))
    assert [(f.get("id"), len(f) > 0) for f in root.iter("file")] == [
        ("file-1", True),
        ("file-2", True),
        ("file-1", False),
    ]


def test_mixed_rates_take_the_first() -> None:
    """Without a rate that was set the timeline has the first clip's, and a warning names the others."""
    sheets = [sheet(clip("/x/a.mp4", rate=Rate(24), frames=24)), sheet(clip("/x/b.mp4", rate=Rate(16), frames=16))]
    root = root_of(written(WRITER, *sheets))
    assert texts_at(root, ".//clipitem/end") == ["24", "48"]
    assert "the 24 frames per second of a.mp4; b.mp4 has another rate" in warnings_of(*sheets)


# ------------------------------------------------------------------------------------------------ metadata and markers

ALL_KEYS = {
    "description": "a <red> car & 'more'",
    "scene": "sc\n01",
    "shottake": "sh010 1",
    "lognote": "wan2.2; seed 18446744073709551615",
    "mastercomment1": "one\ntwo",
    "mastercomment2": "\r\n",
    "mastercomment3": "]]>",
    "mastercomment4": "colour untagged",
    "clipcommenta": "日本語 🎬",
    "clipcommentb": "&amp;",
    "label2": "Iris",
}


def test_every_key_has_its_place() -> None:
    """All metadata comes back from the place that the key names; places for one line hold one line."""
    (found,) = timeline_of(written(WRITER, sheet(clip(), {**ALL_KEYS, "good": True}))).find_clips()
    told = found.metadata["fcp_xml"]
    expected = {**ALL_KEYS, "scene": "sc 01"}
    assert {**told["logginginfo"], **told["comments"], **told["labels"]} == {**expected, "good": "TRUE"}


def test_keys_are_a_closed_set() -> None:
    """Every key of the set is written, and no other is taken."""
    assert set(WRITER.metadata_keys or {}) == {*ALL_KEYS, "good"}
    assert WRITER.key_problem("description") is None
    assert "description" in (WRITER.key_problem("prompt") or "")


@pytest.mark.parametrize(
    ("value", "told"),
    [(True, "TRUE"), ("yes", "TRUE"), ("1", "TRUE"), (False, "FALSE"), ("FALSE", "FALSE"), ("maybe", None)],
)
def test_good_is_true_or_false(value: str | bool, told: str | None) -> None:
    """What means neither is left out, with a warning."""
    one = sheet(clip(), {"good": value})
    assert text_at(root_of(written(WRITER, one)), ".//logginginfo/good") == told
    assert ("neither true nor false" in warnings_of(one)) == (told is None)


MARKERS = (
    Marker(FrameRange(4, 5), "point", "one frame", "red"),
    Marker(FrameRange(10, 15), "range", None, "blue"),
)


def test_markers_come_back_through_opentimelineio() -> None:
    """A marker of one frame is a point (`out` is -1); a longer one lasts until the frame after its last."""
    (found,) = timeline_of(written(WRITER, sheet(clip(markers=MARKERS)))).find_clips()
    ranges = [(m.name, m.marked_range.start_time.value, m.marked_range.duration.value) for m in found.markers]
    assert ranges == [("point", 4, 0), ("range", 10, 5)]
    assert [m.metadata["fcp_xml"]["comment"] for m in found.markers] == ["one frame", None]


@pytest.mark.parametrize(("place", "on_clips", "on_sequence"), [("clip", 4, 0), ("sequence", 0, 4), ("both", 4, 4)])
def test_where_markers_go(place: str, on_clips: int, on_sequence: int) -> None:
    """Markers stand on the clips, on the sequence counted from its start, or on both."""
    sheets = [sheet(clip(f"/x/{i}.mp4", frames=20, markers=MARKERS)) for i in range(2)]
    root = root_of(written(WRITER, *sheets, marker_place=place))
    assert len(root.findall(".//clipitem/marker")) == on_clips
    places = list(zip(texts_at(root, "sequence/marker/in"), texts_at(root, "sequence/marker/out"), strict=True))
    assert places == [("4", "-1"), ("10", "15"), ("24", "-1"), ("30", "35")][:on_sequence]


def test_sequence_markers_are_cut_to_what_is_played() -> None:
    """A marker in the handles is not on the sequence; one that reaches into them ends at the cut."""
    one = clip(frames=20, markers=(Marker(FrameRange(0, 3), "handle"), Marker(FrameRange(3, 20), "over")))
    root = root_of(written(WRITER, sheet(one, handles="5"), marker_place="sequence"))
    assert [[text_at(m, tag) for tag in ("name", "in", "out")] for m in root.iter("marker")] == [["over", "0", "10"]]


def test_markers_on_another_rate() -> None:
    """On a timeline of another rate markers count the timeline's frames, as the clip item does."""
    one = sheet(clip(rate=Rate(12), frames=24, markers=MARKERS), timeline_rate="24")
    root = root_of(written(WRITER, one, marker_place="both"))
    assert texts_at(root, ".//marker/in") == ["8", "20"] * 2
    assert texts_at(root, ".//marker/out") == ["-1", "30"] * 2


# ------------------------------------------------------------------------------------------------------------ text

PATHS = (
    "/show/sq 010/100% done & 'quoted' \"x\".mp4",
    "/show/日本語/🎬 clip;v=1,2!.mov",
    "/show/a#b?c=d%20e.mp4",
    "C:\\show\\a b.mp4",
    "\\\\server\\share\\a%.mp4",
)


@pytest.mark.parametrize("path", PATHS)
def test_path_is_an_encoded_url(path: str) -> None:
    """Each segment is percent-encoded, so the path comes back and no percent sign stands raw."""
    one = view(clip())
    told = text_at(root_of(written(WRITER, sheet(replace(one, path=path)))), ".//pathurl") or ""
    decoded = os.fsdecode(unquote_to_bytes(told.removeprefix("file:")))
    slashed = path.replace("\\", "/") if "\\" in path else path
    assert decoded == (
        slashed if slashed.startswith("//") else f"//localhost{slashed if slashed[0] == '/' else '/' + slashed}"
    )
    assert set(told.removeprefix("file://")) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%/"
    )


NAMES = st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=30).filter(lambda n: n not in (".", ".."))
# What a template hands over is clean already.
CLEAN = st.text(max_size=60).map(clean)


@given(
    name=NAMES,
    title=st.text(max_size=20),
    reel=st.text(max_size=20),
    marker=st.text(max_size=30),
    comment=st.text(max_size=30),
)
def test_any_name_comes_back(name: str, title: str, reel: str, marker: str, comment: str) -> None:
    """Whatever signs a name holds, the document is well formed, and says it on one line without controls."""
    one = clip(f"/show/{name}", reel=reel or None, markers=(Marker(FrameRange(1, 2), marker, comment),))
    root = root_of(written(WRITER, sheet(one), title=title))
    assert [
        text_at(root, "sequence/name"),
        text_at(root, ".//clipitem/name"),
        text_at(root, ".//file/name"),
        text_at(root, ".//reel/name"),
        text_at(root, ".//marker/name"),
        text_at(root, ".//marker/comment"),
    ] == [
        single_line(title),
        single_line(name),
        single_line(name),
        single_line(reel or one.stem),
        single_line(marker),
        clean(comment),
    ]
    told = unquote_to_bytes((text_at(root, ".//pathurl") or "").removeprefix("file://localhost/show/"))
    try:
        assert told == os.fsencode(name)
    except UnicodeEncodeError:
        assert told == name.encode("utf-8", "replace")


@given(
    st.dictionaries(
        st.sampled_from(sorted({*ALL_KEYS} - {"scene", "shottake", "label2"})), CLEAN.filter(bool), min_size=1
    )
)
def test_any_metadata_comes_back_through_opentimelineio(metadata: dict[str, str]) -> None:
    """Text of any kind comes back to the letter, line breaks and brackets too."""
    (found,) = timeline_of(written(WRITER, sheet(clip(), dict(metadata)))).find_clips()
    told = found.metadata["fcp_xml"]
    assert {key: text for group in ("logginginfo", "comments") for key, text in told.get(group, {}).items()} == metadata


# -------------------------------------------------------------------------------------------------------- the whole


def everything() -> Sheet:
    """A clip that uses every part of the format."""
    one = clip(rate=NTSC, start="01:00:00;00", frames=60, audio=True, has_alpha=True, reel="A001", markers=MARKERS)
    return sheet(one, {**ALL_KEYS, "good": True})


@pytest.mark.parametrize("version", ["4", "5"])
@pytest.mark.parametrize("markers", ["clip", "both"])
def test_documents_fit_apples_dtd(shared_reference: Path, version: str, markers: str) -> None:
    """Both versions are valid against the definition that Apple published."""
    dtd = etree.DTD(str(shared_reference / "xmeml" / f"xmeml-v{version}.dtd"))
    plain = sheet(clip("/x/plain.mp4", rate=Rate(16), aspect=Fraction(7, 6), rotation=90, field_order=None))
    root = root_of(written(WRITER, everything(), plain, version=version, marker_place=markers))
    assert root.get("version") == version
    assert dtd.validate(root), dtd.error_log


def test_same_clips_same_bytes() -> None:
    """Twice the same is the same, identity included; another clip is another sequence."""
    documents = [written(WRITER, everything()), written(WRITER, everything()), written(WRITER, sheet(clip()))]
    identities = [text_at(root_of(document), "sequence/uuid") for document in documents]
    assert documents[0] == documents[1]
    assert identities[0] == identities[1] != identities[2]


def test_timecode_is_missing() -> None:
    """A file without timecode gets zero, and the person is told which host refuses that."""
    assert "a.mp4 and b.mp4: no timecode" in warnings_of(sheet(clip("/x/a.mp4")), sheet(clip("/x/b.mp4")))


@pytest.mark.parametrize(
    ("one", "settings", "said"),
    [
        (clip(rate=Rate(16), start="01:00:00:00"), {}, "16 frames per second, which Premiere does not list"),
        (clip(rate=Rate(60000, 1001), start="01:00:00;00"), {}, "drop-frame at 59.94"),
        (clip(start="01:00:00:00"), {"start_timecode": "02:00:00:00"}, "was set and is not the file's own"),
        (clip(start="01:00:00:00"), {}, ""),
    ],
)
def test_what_a_host_will_stumble_over_is_said(one: Clip, settings: dict[str, str], said: str) -> None:
    """One sentence for each kind of trouble, and none for a plain clip."""
    warnings = warnings_of(sheet_set(one, settings))
    assert said in warnings
    assert bool(said) == bool(warnings)


def test_relative_path_is_warned_of() -> None:
    """Hosts do not look beside the document, so a path without its root is worth a word."""
    one = replace(view(clip(start="01:00:00:00")), path="shot_010.mp4")
    assert "its path is relative" in warnings_of(sheet(one))


def test_premiere_template_of_a_generated_clip(golden: Golden) -> None:
    """The built-in says model, seed, prompt, quality, colour and assumption in places that Premiere shows."""
    one = clip(
        rate=NTSC, start="01:00:00;00", frames=60, audio=True, generation=GENERATED, markers=MARKERS,
        series={"quality_metric": [0.9] * 30 + [0.25] * 3 + [0.9] * 27},
    )  # fmt: skip
    one = replace(one, digest="ab" * 32, quality_score=0.8125, failure_tags=("flicker", "freeze"), is_ai_generated=True)
    golden(
        "xmeml_drop_frame_2997.premiere.xml",
        render(template("premiere-xml"), [view(one, assume_color="rec709")]).content(),
    )


def test_nuke_studio_template_of_a_string_out(golden: Golden) -> None:
    """Two clips at an AI rate, back to back on a timeline of 24, with their segments as markers."""
    views = [
        view(
            replace(
                clip(f"/show/sq 010/{name}.mp4", rate=Rate(16), frames=81), segments=(Segment(FrameRange(40, 81), 1),)
            ),
            timeline_rate="24",
        )
        for name in ("walk", "100% 走る")
    ]
    golden(
        "xmeml_string_out_16_on_24.nukestudio.xml", render(template("nuke-studio-xml"), views, title="sq 010").content()
    )


@pytest.mark.parametrize(
    ("slug", "suffix", "version", "hosts"),
    [("premiere-xml", ".premiere.xml", "4", ("premiere",)), ("nuke-studio-xml", ".nukestudio.xml", "5", ("nuke",))],
)
def test_built_in_templates(slug: str, suffix: str, version: str, hosts: tuple[str, ...]) -> None:
    """Each has its fixed suffix, its host and its version of the format."""
    found = template(slug)
    data = render(found, [view(clip(colour=Colour(1, 1, 1)))]).content()
    assert (found.suffix, found.hosts, root_of(data).get("version")) == (suffix, hosts, version)
    assert "assumed" not in data.decode()


@pytest.mark.parametrize("colour", MARKER_COLOURS)
def test_marker_colours_have_no_place(colour: MarkerColour) -> None:
    """The format has no colour of a marker; the markers are the same without it."""
    markers = tuple(replace(marker, colour=colour) for marker in MARKERS)
    assert written(WRITER, sheet(clip(markers=markers))) == written(WRITER, sheet(clip(markers=MARKERS)))
