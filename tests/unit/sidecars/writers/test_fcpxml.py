"""FCPXML: what goes in comes back through a reader of its own, and Apple's DTDs hold."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.clips import GENERATED, HLG, PQ, REC709, clip, job, sheet, view, written
from tests.conftest import Golden
from tests.readers.fcpxml_reader import ReadClip, ReadMarker, ReadTimeline, read_fcpxml
from turnover.core.clip import Clip, JsonValue, Marker
from turnover.core.colour import Colour
from turnover.core.probe import AudioStream
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.errors import RefusedError, UsageError
from turnover.settings import sidecar_settings
from turnover.sidecars.builtin import builtin_template
from turnover.sidecars.paths import PathRule
from turnover.sidecars.template import render
from turnover.sidecars.text import clean, single_line
from turnover.sidecars.view import view_of
from turnover.sidecars.writer import Job, Meta, Sheet
from turnover.sidecars.writers.fcpxml import VERSIONS, WRITER
from turnover.sidecars.writers.fcpxml_format import colour_space
from turnover.sidecars.writers.fcpxml_time import time_text

FILM, NTSC, NTSC60 = Rate(24000, 1001), Rate(30000, 1001), Rate(60000, 1001)
RATES = [Rate(8), Rate(25, 2), Rate(16), FILM, Rate(24), Rate(25), NTSC, Rate(30), Rate(32), Rate(50), NTSC60, Rate(60)]

# Rate, start label, and the frame that the label is on the clock: worked out by hand from SMPTE ST 12-1.
STARTS = [
    *((rate, None, 0) for rate in RATES),
    *((rate, "00:00:00:00", 0) for rate in RATES if rate != Rate(25, 2)),
    *((rate, "01:00:00:00", 3600 * counted) for rate, counted in [
        (Rate(8), 8), (Rate(16), 16), (FILM, 24), (Rate(24), 24), (Rate(25), 25), (NTSC, 30), (Rate(30), 30),
        (Rate(32), 32), (Rate(50), 50), (NTSC60, 60), (Rate(60), 60),
    ]),
    (NTSC, "01:00:00;00", 107892),
    (NTSC60, "01:00:00;00", 215784),
    (NTSC, "00:01:00;02", 1800),
    (NTSC60, "23:59:59;59", 5178815),
]  # fmt: skip

MARKERS = (Marker(FrameRange(0, 1), "first"), Marker(FrameRange(10, 13), "low face", "0.41 < 0.60", "red"))
READ_MARKERS = (ReadMarker(0, 1, "first", None, False), ReadMarker(10, 3, "low face", "0.41 < 0.60", False))


def said(
    one: Clip, metadata: Mapping[str, JsonValue] | None = None, settings: Mapping[str, str] | None = None
) -> Sheet:
    """The sheet of one clip under settings as a person writes them."""
    return sheet(view_of(one, sidecar_settings(settings or {})), metadata)


def read(
    one: Clip,
    metadata: Mapping[str, JsonValue] | None = None,
    settings: Mapping[str, str] | None = None,
    *,
    version: str = "1.10",
) -> ReadTimeline:
    """The timeline of one clip, written and read."""
    return read_fcpxml(written(WRITER, said(one, metadata, settings), version=version))


def only(timeline: ReadTimeline) -> ReadClip:
    (found,) = timeline.clips
    return found


def warnings_of(made: Job) -> list[str]:
    """What a person is told, once the document is written."""
    assert b"".join(WRITER.write(made))
    return list(made.findings.warnings)


EVERY_FRAME = {"timeline_policy": "every_frame"}

# ------------------------------------------------------------------------------------------------- the whole grid


@pytest.mark.parametrize(("rate", "start", "frame"), STARTS, ids=lambda value: str(value))
def test_rates_and_start_timecodes(rate: Rate, start: str | None, frame: int) -> None:
    """Every value of a clip comes back, and every time lies on the grid of frames."""
    one = clip(rate=rate, start=start, frames=48, markers=MARKERS, colour=REC709)
    drops = start is not None and ";" in start
    hour = {NTSC: 107892, NTSC60: 215784}[rate] if drops else 0 if rate == Rate(25, 2) else 3600 * round(rate.fraction)
    listed = rate in (FILM, Rate(24), Rate(25), NTSC, Rate(30), Rate(50), NTSC60, Rate(60))
    ending = {FILM: "2398", NTSC: "2997", NTSC60: "5994"}.get(rate, str(rate.numerator))
    expected = ReadTimeline(
        version="1.10",
        event="turnover",
        project="shot_010",
        rate=rate.fraction,
        width=1280,
        height=720,
        start=hour / rate.fraction,
        is_drop_frame=drops,
        frames=48,
        audio_layout="stereo",
        clips=(
            ReadClip(
                name="shot_010.mp4",
                media_name="shot_010.mp4",
                path="/show/sq 010/shot_010.mp4",
                rate=rate.fraction,
                width=1280,
                height=720,
                aspect=None,
                fields="progressive",
                colour="1-1-1 (Rec. 709)",
                format_name=f"FFVideoFormat720p{ending}" if listed else None,
                media_start=frame / rate.fraction,
                media_frames=48,
                is_drop_frame=drops,
                audio=None,
                offset=0,
                frames=48,
                first=0,
                speed=Fraction(1),
                conform=None,
                markers=READ_MARKERS,
                keywords=(),
                note=None,
                metadata={},
                media_metadata={},
            ),
        ),
    )
    assert expected == read(one)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_says_the_same(version: str) -> None:
    """A version changes where things stand, not what they say."""
    one = clip(rate=NTSC, start="01:00:00;00", audio=True, markers=MARKERS, colour=PQ)
    texts: dict[str, JsonValue] = {"note": "a car", "keywords": "car, red", "AI model": "wan"}
    assert replace(read(one, texts), version=version) == read(one, texts, version=version)


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        (Colour(), None),
        (Colour(range="full"), None),
        (Colour(1, None, 1), None),
        (Colour(1, 13, 1), None),
        (REC709, "1-1-1 (Rec. 709)"),
        (Colour(6, 6, 6), "6-1-6 (Rec. 601 (NTSC))"),
        (Colour(5, 6, 5), "5-1-6 (Rec. 601 (PAL))"),
        (Colour(9, 14, 9), "9-1-9 (Rec. 2020)"),
        (PQ, "9-16-9 (Rec. 2020 PQ)"),
        (HLG, "9-18-9 (Rec. 2020 HLG)"),
    ],
)
def test_colours(colour: Colour, expected: str | None) -> None:
    """The six named colours are written; the untagged and the unnamed are left out, never taken for Rec. 709."""
    assert expected == colour_space(colour)
    assert expected == only(read(clip(colour=colour))).colour


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (None, None), ("progressive", "progressive"), ("tt", "upper first"), ("bt", "upper first"),
        ("bb", "lower first"), ("tb", "lower first"), ("unheard of", None),
    ],
)  # fmt: skip
def test_fields(order: str | None, expected: str | None) -> None:
    """The field that is shown first decides."""
    assert expected == only(read(clip(field_order=order))).fields


@pytest.mark.parametrize(
    ("size", "rate", "more", "expected"),
    [
        ((1920, 1080), FILM, {}, "FFVideoFormat1080p2398"),
        ((3840, 2160), NTSC60, {}, "FFVideoFormat3840x2160p5994"),
        ((640, 480), Rate(25), {}, "FFVideoFormat640x480p25"),
        ((640, 480), Rate(60), {}, None),
        ((640, 360), NTSC, {}, "FFVideoFormat640x360p2997"),
        ((832, 480), Rate(24), {}, None),
        ((1080, 1920), Rate(24), {}, None),
        ((1920, 1080), Rate(16), {}, None),
        ((1920, 1080), Rate(24), {"aspect": Fraction(4, 3)}, None),
        ((1920, 1080), Rate(24), {"aspect": Fraction(1)}, "FFVideoFormat1080p24"),
        ((1920, 1080), Rate(25), {"field_order": "tt"}, "FFVideoFormat1080i50"),
        ((1920, 1080), NTSC, {"field_order": "tt"}, "FFVideoFormat1080i5994"),
        ((1280, 720), Rate(25), {"field_order": "tt"}, None),
        ((1920, 1080), Rate(24), {"field_order": "tt"}, None),
    ],
)
def test_names_of_formats(size: tuple[int, int], rate: Rate, more: dict[str, object], expected: str | None) -> None:
    """Apple's name stands where size, rate, pixels and fields have one."""
    assert expected == only(read(clip(size=size, rate=rate, **more))).format_name  # type: ignore[arg-type]


def test_pixels_that_are_not_square() -> None:
    """The shape of a pixel comes back as the fraction it is; the timeline keeps it."""
    assert Fraction(16, 15) == only(read(clip(size=(720, 576), rate=Rate(25), aspect=Fraction(16, 15)))).aspect


def test_square_pixels_are_not_mentioned() -> None:
    """1:1 and "not known" need no attribute."""
    assert (only(read(clip(aspect=Fraction(1)))).aspect, only(read(clip())).aspect) == (None, None)


@pytest.mark.parametrize(
    ("rotation", "size"), [(0, (1280, 720)), (90, (720, 1280)), (180, (1280, 720)), (270, (720, 1280))]
)
def test_turned_pictures(rotation: int, size: tuple[int, int]) -> None:
    """The media is described as stored, the timeline as shown, and the note tells the turn."""
    timeline = read(clip(rotation=rotation, aspect=Fraction(4, 3)))
    found = only(timeline)
    note = f"shown turned by {rotation} degrees clockwise" if rotation else None
    assert (size, (1280, 720), Fraction(4, 3), note) == (
        (timeline.width, timeline.height), (found.width, found.height), found.aspect, found.note,
    )  # fmt: skip


def test_turned_pixels_lie_on_their_side() -> None:
    """On the timeline of a clip turned by 90 degrees the pixel's shape is turned as well."""
    document = written(WRITER, sheet(clip(rotation=90, aspect=Fraction(4, 3))))
    formats = [(f.get("paspH"), f.get("paspV")) for f in etree.fromstring(document).iter("format")]
    assert formats == [("3", "4"), ("4", "3")]


def test_fields_at_another_rate() -> None:
    """A timeline at another rate than an interlaced clip's is progressive."""
    document = written(WRITER, said(clip(rate=Rate(25), field_order="tt"), settings={"timeline_rate": "24"}))
    assert [f.get("fieldOrder") for f in etree.fromstring(document).iter("format")] == ["progressive", "upper first"]


STEREO, SURROUND = AudioStream("aac", 48000, 2), AudioStream("ac3", 48000, 6)


@pytest.mark.parametrize(
    ("streams", "expected", "layout"),
    [
        ((), None, "stereo"),
        ((AudioStream("aac", 44100, 1),), (1, 1, 44100), "stereo"),
        ((STEREO,), (1, 2, 48000), "stereo"),
        ((SURROUND,), (1, 6, 48000), "surround"),
        ((STEREO, SURROUND), (2, None, 48000), "surround"),
        ((STEREO, STEREO), (2, 2, 48000), "stereo"),
        ((AudioStream("aac"),), (1, None, None), "stereo"),
    ],
)
def test_sound(
    streams: tuple[AudioStream, ...], expected: tuple[int, int | None, int | None] | None, layout: str
) -> None:
    """Sound is told as far as it is known; without it nothing is said."""
    one = clip()
    timeline = read(replace(one, probe=replace(one.probe, audio=streams)))
    assert (expected, layout) == (only(timeline).audio, timeline.audio_layout)


NAMES = [
    "shot 010.mp4", "100%.mp4", "a&b;c=d+e,f!$'(g)*.mp4", 'say "hi".mov', "場面 一.mov", "clip 🎬.mp4",
    "ä<b>.mp4", "x#y?z.mp4",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_and_addresses(name: str) -> None:
    """A name is kept as it is; its address holds unreserved characters and percent codes, and decodes to the path."""
    found = only(read(clip(f"/show/{name}")))
    assert (name, name, f"/show/{name}") == (found.name, found.media_name, found.path)


def test_path_on_another_machine() -> None:
    """A mapped Windows path becomes a file URL with its drive."""
    one = view(clip("/show/a b.mp4"), paths=PathRule(maps=(("/show", "P:\\jobs"),)))
    assert b'src="file:///P%3A/jobs/a%20b.mp4"' in written(WRITER, sheet(one))


def test_path_relative_to_the_sidecar() -> None:
    """A relative path stays relative; Apple defines it from the document's own place."""
    one = view(clip("/show/media/a b.mp4"), paths=PathRule(relative_to=Path("/show/xml")))
    assert only(read_fcpxml(written(WRITER, sheet(one)))).path == "../media/a b.mp4"


# ----------------------------------------------------------------------------------------------- metadata and notes


def test_keys_that_are_known_by_domain() -> None:
    """A key with a domain stays; a plain one gets ours and keeps its own spelling as the title."""
    texts: dict[str, JsonValue] = {
        "com.apple.proapps.studio.reel": "A001",
        "tv.studio.grade": "v2",
        "generation.lora.name": "x",
        "AI model": "wan",
        "AI/model": "b",
        "AI_model": "c",
    }
    expected = {
        "com.apple.proapps.studio.reel": (None, "A001"),
        "tv.studio.grade": ("grade", "v2"),
        "org.turnover.generation.lora.name": ("generation.lora.name", "x"),
        "org.turnover.AI_model": ("AI model", "wan"),
        "org.turnover.AI_model_2": ("AI/model", "b"),
        "org.turnover.AI_model_3": ("AI_model", "c"),
    }
    found = only(read(clip(), texts))
    assert (expected, expected) == (found.metadata, found.media_metadata)


@pytest.mark.parametrize(("place", "on_clip", "on_media"), [("both", 1, 1), ("asset", 0, 1), ("clip", 1, 0)])
def test_where_metadata_stands(place: str, on_clip: int, on_media: int) -> None:
    """An option says whether media, clip or both carry the metadata."""
    found = only(read_fcpxml(written(WRITER, sheet(clip(), {"a": "b"}), metadata_on=place)))
    assert (on_clip, on_media) == (len(found.metadata), len(found.media_metadata))


def test_codecs_are_a_list() -> None:
    """The key that Final Cut Pro knows as a list holds one."""
    key = "com.apple.proapps.spotlight.kMDItemCodecs"
    assert {key: (None, ("h264", "aac"))} == only(read(clip(), {key: ["h264", "aac"]})).metadata


def test_keywords_from_lists_and_texts() -> None:
    """Items of a list are one keyword each, texts are parted at commas, none comes twice."""
    texts: dict[str, JsonValue] = {
        "keywords": " car, red ,, car",
        "keywords.tags": ["a, b", "red"],
        "keywordsmith": "kept",
    }
    found = only(read(clip(), texts))
    assert (found.keywords, list(found.metadata)) == (("car", "red", "a; b"), ["org.turnover.keywordsmith"])


def test_name_from_the_template() -> None:
    """The clip takes the name that the template maps; the media keeps its file's."""
    found = only(read(clip(), {"name": "sh010"}))
    assert (found.name, found.media_name) == ("sh010", "shot_010.mp4")


def test_line_breaks_survive() -> None:
    """Carriage returns, line feeds and tabs come back in texts and attributes alike."""
    text = "a\r\nb\rc\td\u2028e\x85f"
    one = clip(markers=(Marker(FrameRange(0, 1), "m", text),))
    found = only(read(one, {"note": text, "AI prompt": text}))
    assert (text, text, text) == (found.note, found.metadata["org.turnover.AI_prompt"][1], found.markers[0].note)


def test_assumed_values_are_marked() -> None:
    """What a person set instead of the file is written, and told in note and metadata."""
    found = only(read(clip(), {"note": "a car"}, {"assume_color": "rec709", "start_timecode": "02:00:00:00"}))
    assert (
        "1-1-1 (Rec. 709)",
        Fraction(7200),
        "a car\nassumed, not from the file: start_timecode, color",
        {"org.turnover.assumed": ("assumed", "start_timecode, color")},
    ) == (found.colour, found.media_start, found.note, found.metadata)


def test_red_markers_as_to_do_items() -> None:
    """With the option, red markers are to-do items and the others stay plain."""
    found = only(read_fcpxml(written(WRITER, sheet(clip(markers=MARKERS)), to_do_markers=True)))
    assert (READ_MARKERS[0], replace(READ_MARKERS[1], is_to_do=True)) == found.markers


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("AI model", None), ("モデル", None), (" ", "a key is not blank"),
        ("a\x00b", "a key has no control characters"),
        ("k" * 201, "a key has at most 200 characters"),
    ],
)  # fmt: skip
def test_keys_that_a_template_may_map(key: str, problem: str | None) -> None:
    """Any text is a key, unless nobody could read it."""
    assert problem == WRITER.key_problem(key)


# -------------------------------------------------------------------------------------------- several rates, handles


def test_string_out() -> None:
    """Clips stand back to back in the order given, each with its own media, timecode and markers."""
    clips = [
        clip("/show/a.mp4", frames=10, start="10:00:00:00", markers=MARKERS[:1]),
        clip("/show/b.mp4", frames=20, size=(832, 480)),
        clip("/show/c/a.mp4", frames=30, start="00:00:10:00", audio=True),
    ]
    timeline = read_fcpxml(written(WRITER, *map(sheet, clips), title="batch"))
    assert ("batch", 60, Fraction(3600)) == (timeline.project, timeline.frames, timeline.start)
    assert [
        ("/show/a.mp4", 0, 10, Fraction(36000), READ_MARKERS[:1]),
        ("/show/b.mp4", 10, 20, Fraction(0), ()),
        ("/show/c/a.mp4", 30, 30, Fraction(10), ()),
    ] == [(c.path, c.offset, c.frames, c.media_start, c.markers) for c in timeline.clips]


@pytest.mark.parametrize(("media", "timeline"), [p for p in itertools.product(RATES, RATES) if p[0] != p[1]], ids=str)
def test_every_frame_of_another_rate(media: Rate, timeline: Rate) -> None:
    """With every_frame each frame of the clip is exactly one of the timeline, markers included."""
    one = clip(rate=media, frames=81, markers=MARKERS, start=None if media == Rate(25, 2) else "01:00:00:05")
    shown = read(one, settings={"timeline_rate": str(timeline), "timeline_policy": "every_frame"})
    found = only(shown)
    assert (timeline.fraction, 81, 81, 0, timeline.fraction / media.fraction, READ_MARKERS) == (
        shown.rate, shown.frames, found.media_frames, found.first, found.speed, found.markers,
    )  # fmt: skip


@pytest.mark.parametrize(("media", "timeline"), [p for p in itertools.product(RATES, RATES) if p[0] != p[1]], ids=str)
def test_duration_kept_at_another_rate(media: Rate, timeline: Rate) -> None:
    """With keep_duration the timeline plays the whole frames that lie inside the clip, at the clip's own speed."""
    shown = read(clip(rate=media, frames=81, markers=MARKERS), settings={"timeline_rate": str(timeline)})
    found = only(shown)
    lasting = 81 / media.fraction * timeline.fraction
    assert (timeline.fraction, int(lasting), 81, Fraction(1), READ_MARKERS) == (
        shown.rate, shown.frames, found.media_frames, found.speed, found.markers,
    )  # fmt: skip


@pytest.mark.parametrize(("media", "listed"), [(FILM, "23.98"), (Rate(25), "25"), (NTSC60, "59.94"), (Rate(16), None)])
def test_hosts_keep_the_speed(media: Rate, listed: str | None) -> None:
    """A rate that FCPXML lists is conformed without scaling; for one that it does not list nothing can be said."""
    assert listed == only(read(clip(rate=media, frames=81), settings={"timeline_rate": "24"})).conform


def test_mixed_rates_take_the_first() -> None:
    """Without a timeline rate the first clip's is the timeline's, and a person is told."""
    clips = [
        clip("/show/a.mp4", frames=24),
        clip("/show/b.mp4", rate=Rate(16), frames=81),
        clip("/show/c.mp4", frames=5),
    ]
    made = job(WRITER, *map(sheet, clips))
    timeline = read_fcpxml(b"".join(WRITER.write(made)))
    assert (Fraction(24), [24, 121, 5]) == (timeline.rate, [c.frames for c in timeline.clips])
    told = " ".join(made.findings.warnings)
    assert "b.mp4 has another rate" in told
    assert "b.mp4: it lasts 121.50 timeline frames; the 121 whole ones are played" in told


@pytest.mark.parametrize("policy", ["keep_duration", "every_frame"])
@pytest.mark.parametrize("timeline", [None, "24"])
def test_handles_are_not_in_the_cut(policy: str, timeline: str | None) -> None:
    """Handles stay in the media and out of the timeline; markers keep their frames."""
    rate = {} if timeline is None else {"timeline_rate": timeline}
    one = clip(rate=Rate(48), frames=48, start="01:00:00:00", markers=MARKERS)
    found = only(read(one, settings={"handles": "8", "timeline_policy": policy, **rate}))
    expected = 16 if timeline and policy == "keep_duration" else 32
    assert (8, expected, 48, READ_MARKERS) == (found.first, found.frames, found.media_frames, found.markers)


def test_timeline_start_that_is_set() -> None:
    """The timeline starts where it was set to; the media's own start stays."""
    timeline = read(clip(start="10:00:00:00"), settings={"timeline_start": "00:59:50:00"})
    assert (Fraction(3590), Fraction(36000)) == (timeline.start, only(timeline).media_start)


# ------------------------------------------------------------------------------------------------ refused and warned


@pytest.mark.parametrize(
    ("one", "settings", "code"),
    [
        (clip(rate=None), {}, "variable_frame_rate"),
        (clip(frames=None), {}, "no_frame_count"),
        (clip(frames=0), {}, "no_frame_count"),
        (clip(frames=20), {"handles": "10"}, "handles"),
        (clip(rate=Rate(60), frames=1), {"timeline_rate": "24"}, "timeline_rate"),
        (clip(rate=Rate(2**31, 10**8 + 1)), {}, "rate_precision"),
        (clip(rate=Rate(2**31 - 1, 10**8)), {"timeline_rate": "24", **EVERY_FRAME}, "rate_precision"),
        (clip(frames=2**64), {}, "rate_precision"),
    ],
)  # fmt: skip
def test_refused(one: Clip, settings: dict[str, str], code: str) -> None:
    """What FCPXML cannot tell truthfully is refused before the first byte."""
    with pytest.raises(RefusedError) as refusal:
        next(WRITER.write(job(WRITER, said(one, settings=settings))))
    assert code == refusal.value.code


def test_timeline_start_that_is_no_label() -> None:
    """A start that the timeline's rate cannot count is a wrong setting."""
    with pytest.raises(UsageError, match="timeline_start"):
        written(WRITER, sheet(clip(rate=Rate(24)), timeline_start="01:00:00:24"))


def test_odd_rate_that_is_legal() -> None:
    """A rate that hosts do not list is written exactly, and a person is told."""
    assert Fraction(87169000, 2905633) == read(clip(rate=Rate(87169000, 2905633))).rate


@pytest.mark.parametrize(
    ("one", "settings", "sentence"),
    [
        (clip(rate=Rate(16)), {}, "shot_010.mp4: FCPXML can say 16 frames per second, but hosts list"),
        (clip(colour=Colour(1, 13, 1)), {}, "no name for its colour (sRGB)"),
        (clip(), {"start_timecode": "01:00:00:00"}, "was set and is not in the file"),
        (clip(markers=(MARKERS[0], MARKERS[0])), {}, "several markers start on one frame"),
        (clip(rate=Rate(25), audio=True), {"timeline_rate": "24", **EVERY_FRAME}, "its sound changes speed"),
    ],
)  # fmt: skip
def test_warned(one: Clip, settings: dict[str, str], sentence: str) -> None:
    """What a host may stumble over is told, with the clip's name."""
    told = warnings_of(job(WRITER, said(one, settings=settings)))
    assert [sentence in warning for warning in told] == [True]


def test_timecode_that_cannot_be_counted() -> None:
    """A file's timecode at a rate without timecode is taken as zero, and a person is told."""
    one = clip(rate=Rate(25, 2))
    one = replace(one, probe=replace(one.probe, start_timecode_label="01:00:00:00"))
    assert "its timecode 01:00:00:00 cannot be counted" in " ".join(warnings_of(job(WRITER, sheet(one))))


def test_plain_clip_is_quiet() -> None:
    """A clip that every host takes gives no warning."""
    assert warnings_of(job(WRITER, sheet(clip(start="01:00:00:00", audio=True, colour=REC709, markers=MARKERS)))) == []


# ------------------------------------------------------------------------------------------------------- properties

ANY = st.text(st.characters(exclude_categories=()), max_size=12)
FILE_NAME = ANY.map(lambda text: text.replace("/", "_").replace("\x00", "_"))


@given(
    name=FILE_NAME, title=ANY, texts=st.dictionaries(ANY, ANY, max_size=4), words=st.lists(ANY, max_size=4), note=ANY,
    marker=st.tuples(ANY, ANY),
)  # fmt: skip
def test_any_text_comes_back(
    name: str, title: str, texts: dict[str, str], words: list[str], note: str, marker: tuple[str, str]
) -> None:
    """Whatever names, markers and metadata hold, the document is well-formed and says it."""
    keys: dict[str, JsonValue] = {
        key: text
        for key, text in texts.items()
        if WRITER.key_problem(key) is None and key not in ("name", "note", "keywords")
    }
    one = clip(f"/show/x{name}.mov", markers=(Marker(FrameRange(0, 1), marker[0], marker[1]),))
    all_said: dict[str, JsonValue] = {**keys, "note": note, "keywords": [*words]}
    timeline = read_fcpxml(written(WRITER, sheet(one, all_said), title=title))
    found = only(timeline)
    file_name = single_line(f"x{name}.mov")
    assert (single_line(title) or file_name, file_name) == (timeline.project, found.media_name)
    assert [clean(str(text)) for text in keys.values()] == [value for _, value in found.metadata.values()]
    assert (clean(note) or None) == found.note
    assert tuple(dict.fromkeys(w for word in words if (w := single_line(word.replace(",", ";"))))) == found.keywords
    expected = ReadMarker(0, 1, single_line(marker[0]) or "marker", clean(marker[1]) or None, False)
    assert (expected,) == found.markers


@given(name=FILE_NAME)
def test_any_path_comes_back(name: str) -> None:
    """The address of any file decodes to the bytes of its path."""
    found = only(read(clip(f"/show/x{name}.mov"))).path
    assert b"/show/" + bytes_of(f"x{name}.mov") == found.encode("utf-8", "surrogateescape")


def bytes_of(name: str) -> bytes:
    """A name's own bytes; where it is no text and stands for no bytes, question marks."""
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return name.encode("utf-8", "replace")


@given(
    rate=st.sampled_from(RATES), timeline=st.sampled_from([None, *RATES]), frames=st.integers(8, 100_000),
    policy=st.sampled_from(["keep_duration", "every_frame"]), handles=st.integers(0, 3),
    first=st.integers(0, 2_000_000),
)  # fmt: skip
def test_all_times_lie_on_the_grid(
    rate: Rate, timeline: Rate | None, frames: int, policy: str, handles: int, first: int
) -> None:
    """Rates, lengths, starts and handles in any mixture give times that are whole frames: the reader refuses others."""
    one = clip(rate=rate, frames=frames, markers=(Marker(FrameRange(frames - 1, frames), "last"),))
    start = None if rate.nominal is None else Timecode.at(first, rate, is_drop_frame=rate.allows_drop_frame)
    one = replace(one, probe=replace(one.probe, start_timecode=start))
    more = {} if timeline is None else {"timeline_rate": str(timeline)}
    found = only(read(one, settings={"timeline_policy": policy, "handles": str(handles), **more}))
    expected = (frames, handles, (ReadMarker(frames - 1, 1, "last", None, False),))
    assert expected == (found.media_frames, found.first, found.markers)


def test_times_keep_their_fractions() -> None:
    """A time is written over its own rate where it lies on the grid, else in lowest terms."""
    assert [
        time_text(Fraction(0), FILM), time_text(Fraction(1001, 24000), FILM), time_text(Fraction(7, 16), Rate(16)),
        time_text(Fraction(1, 3), Rate(16)),
    ] == ["0s", "1001/24000s", "7/16s", "1/3s"]  # fmt: skip


# ------------------------------------------------------------------------------------------------- DTDs and goldens


def nasty_documents(version: str) -> Iterator[bytes]:
    """Documents that use every element and attribute the writer knows."""
    texts: dict[str, JsonValue] = {
        "name": "sh010", "note": "a <red>\r\n&", "keywords": "a, b", "AI model": "x",
        "com.apple.proapps.studio.reel": "R", "com.apple.proapps.spotlight.kMDItemCodecs": ["h264"],
    }  # fmt: skip
    for rate, policy in itertools.product(RATES, ("keep_duration", "every_frame")):
        one = clip(
            rate=rate, audio=True, aspect=Fraction(4, 3), rotation=90, colour=PQ, markers=MARKERS, generation=GENERATED,
            start="01:00:00:00" if rate.nominal else None,
        )  # fmt: skip
        yield written(
            WRITER, said(one, texts, {"timeline_policy": policy}),
            said(clip("/show/b.mp4"), texts, {"timeline_policy": policy}), version=version, to_do_markers=True,
        )  # fmt: skip
    yield written(WRITER, sheet(clip()), version=version)


def dtd_of(shared_reference: Path, version: str) -> etree.DTD:
    return etree.DTD(str(shared_reference / "fcpxml" / f"Final_Cut_Pro_XML_DTD_version_{version}.dtd"))


@pytest.mark.parametrize("version", ["1.8", "1.10", "1.13"])
def test_dtd(version: str, shared_reference: Path) -> None:
    """Apple's DTD of the version accepts every document."""
    dtd = dtd_of(shared_reference, version)
    for document in nasty_documents(version):
        dtd.assertValid(etree.fromstring(document))


BUILTINS = [("resolve-fcpxml", "1.10"), ("fcp-fcpxml", "1.13")]


def builtin_document(slug: str) -> bytes:
    """What a built-in says about a clip with a recipe, measured and judged."""
    one = clip(
        generation=GENERATED,
        audio=True,
        colour=REC709,
        series={"quality_metric": [0.9] * 10 + [0.2] * 5 + [0.9] * 33, "face_confidence": [0.1] * 2 + [1.0] * 46},
    )
    one = replace(one, failure_tags=("flicker",), is_ai_generated=True, digest="ab" * 32, quality_score=0.8125)
    return render(builtin_template(slug), [view(one, scene="sc01", take="3")]).content()


@pytest.mark.parametrize(("slug", "version"), BUILTINS)
def test_builtin_templates(slug: str, version: str) -> None:
    """The built-ins carry the recipe, the verdict and the markers of a clip, under the name their host has."""
    template = builtin_template(slug)
    assert ((slug.partition("-")[0],), f".{slug.replace('-', '.')}") == (template.hosts, template.suffix)
    timeline = read_fcpxml(builtin_document(slug))
    found = only(timeline)
    words = ("ai-generated", "ComfyUI", "wan2.2_t2v.safetensors", "detail:0.8", "flicker")
    assert (version, words) == (timeline.version, found.keywords)
    values = {title or key.rpartition(".")[2]: value for key, (title, value) in found.metadata.items()}
    expected = {
        "AI seed": "18446744073709551615",
        "AI prompt": GENERATED.prompt,
        "AI CFG": "5.00",
        "SHA-256": "ab" * 32,
        "Quality score": "0.812",
        "Failure tags": "flicker",
        "reel": "shot_010",
        "scene": "sc01",
        "shot": "shot_010" if slug == "resolve-fcpxml" else "3",
    }
    assert expected == {key: values.get(key) for key in expected}
    assert [("face uncertain", 0, 2, False), ("low quality", 10, 5, slug == "fcp-fcpxml")] == [
        (m.name, m.start, m.frames, m.is_to_do) for m in found.markers
    ]


@pytest.mark.parametrize(("slug", "version"), BUILTINS)
def test_builtin_templates_under_the_dtd(slug: str, version: str, shared_reference: Path) -> None:
    """Apple's DTD of the version accepts what the built-ins give."""
    dtd_of(shared_reference, version).assertValid(etree.fromstring(builtin_document(slug)))


def test_drop_frame_golden(golden: Golden) -> None:
    """A drop-frame clip with everything that can be said."""
    one = clip(
        "/show/sq 010/in&out 100%.mov", rate=NTSC, start="01:00:00;00", frames=60, size=(1920, 1080), colour=HLG,
        audio=True, markers=MARKERS,
    )  # fmt: skip
    texts: dict[str, JsonValue] = {
        "note": "a <red> car",
        "keywords": ["ai-generated", "wan"],
        "AI model": "wan2.2",
        "com.apple.proapps.studio.reel": "A1",
    }
    golden("fcpxml_drop_frame_2997.fcpxml", written(WRITER, sheet(one, texts), title="in&out 100%"))


def test_string_out_golden(golden: Golden) -> None:
    """A string-out of 24 and 16 frames per second that keeps the duration, in version 1.8."""
    clips = [clip("/show/a.mp4", frames=24), clip("/show/b.mp4", rate=Rate(16), frames=81, markers=MARKERS)]
    golden("fcpxml_string_out_24_and_16.fcpxml", written(WRITER, *map(sheet, clips), title="batch", version="1.8"))


def test_every_frame_golden(golden: Golden) -> None:
    """16 frames per second on a timeline of 24, each frame played once."""
    one = sheet(clip(rate=Rate(16), frames=81, markers=MARKERS), timeline_rate="24", timeline_policy="every_frame")
    golden("fcpxml_every_frame_16_on_24.fcpxml", written(WRITER, one))


def test_same_bytes_twice() -> None:
    """The same job gives the same bytes."""
    one = sheet(clip(markers=MARKERS, generation=GENERATED), {"b": "1", "a": "2"})
    assert written(WRITER, one) == written(WRITER, one)


def test_long_string_out_comes_in_pieces() -> None:
    """A document is given clip by clip and never held as a whole."""
    made = job(WRITER, *(sheet(clip(f"/show/{n}.mp4")) for n in range(300)))
    assert max(map(len, WRITER.write(made))) < 16_384


def test_unclean_text_from_a_foreign_template() -> None:
    """Even text that nobody cleaned cannot break the document."""
    one = sheet(clip())
    one = replace(one, metadata=(Meta("k", "a\x00b\ud800", None), Meta("note", "\x1b[0m", None)))
    found = only(read_fcpxml(written(WRITER, one)))
    assert (found.metadata["org.turnover.k"][1], found.note) == ("a␀b\ufffd", "␛[0m")
