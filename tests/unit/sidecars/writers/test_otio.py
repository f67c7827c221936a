"""OTIO: what is written comes back through OpenTimelineIO itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimelineio.opentime import RationalTime, TimeRange

from tests.clips import GENERATED, PQ, clip, job, sheet, view, written
from tests.conftest import Golden
from turnover.core.clip import MARKER_COLOURS, Clip, JsonValue, Marker, Segment
from turnover.core.colour import Colour
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.errors import RefusedError
from turnover.settings import sidecar_settings
from turnover.sidecars.template import Template, read_template, render
from turnover.sidecars.text import clean, single_line
from turnover.sidecars.values import plain_json
from turnover.sidecars.view import view_of
from turnover.sidecars.writer import Sheet
from turnover.sidecars.writers.otio import WRITER

TEMPLATES = Path(__file__).parents[4] / "src" / "turnover" / "sidecars" / "templates"
NTSC = Rate(30000, 1001)
FAST_NTSC = Rate(60000, 1001)
RATES = (
    Rate(8), Rate(25, 2), Rate(16), Rate(24000, 1001), Rate(24), Rate(25), Rate(179, 6), NTSC, Rate(30), Rate(32),
    Rate(50), FAST_NTSC, Rate(60),
)  # fmt: skip
LABELLED = [rate for rate in RATES if rate.nominal is not None]
TIMINGS = [
    *((rate, None) for rate in RATES),
    *((rate, start) for rate in LABELLED for start in ("00:00:00:00", "01:00:00:00", "10:11:12:07")),
    *((rate, start) for rate in (NTSC, FAST_NTSC) for start in ("01:00:00;00", "00:01:00;04", "23:59:59;29")),
]


def read(data: bytes) -> Any:
    return opentimelineio.adapters.read_from_string(data.decode(), "otio_json")


def clips_of(data: bytes) -> list[Any]:
    return list(read(data).find_clips())


def time(frames: int, rate: Rate) -> RationalTime:
    return RationalTime(frames, float(rate))


def span(start: int, duration: int, rate: Rate) -> TimeRange:
    return TimeRange(time(start, rate), time(duration, rate))


def plain(value: Any) -> JsonValue:
    """OpenTimelineIO's own containers as plain ones."""
    return json.loads(opentimelineio.core.serialize_json_to_string(value))  # type: ignore[no-any-return]  # as it says


def nearly(value: float) -> Any:
    """The number as OpenTimelineIO reads it: its reader of JSON is off by a few of the last bits of a double."""
    return pytest.approx(value, rel=1e-15, abs=0)


def written_metadata(data: bytes) -> Any:
    """Our metadata of the first picture, as a plain reader of JSON sees it."""
    return json.loads(data)["tracks"]["children"][0]["children"][0]["metadata"]["turnover"]


def metadata_of(data: bytes) -> Any:
    timeline = read(data)
    return plain(timeline.video_tracks()[0][0].metadata["turnover"])


def media_facts(one: Sheet) -> Any:
    """Our metadata of the media."""
    (found,) = clips_of(written(WRITER, one))
    return plain(found.media_reference.metadata["turnover"])


def sheet_set(one: Clip, settings: Mapping[str, str]) -> Sheet:
    """The sheet of a clip under settings as a person writes them."""
    return sheet(view_of(one, sidecar_settings(settings)))


def warnings_of(*sheets: Sheet, **options: str) -> str:
    task = job(WRITER, *sheets, **options)
    b"".join(WRITER.write(task))
    return "\n".join(task.findings.warnings)


def template() -> Template:
    return read_template((TEMPLATES / "otio.json").read_bytes(), slug="otio")


# --------------------------------------------------------------------------------------------------------- timing


@pytest.mark.parametrize(("rate", "start"), TIMINGS, ids=str)
def test_timing_comes_back(rate: Rate, start: str | None) -> None:
    """Ranges are in the clip's own frames, from its timecode on; the timeline starts where it is told."""
    first = Timecode.parse(start, rate).frame if start else 0
    label = "01:00:00" + (";00" if start and ";" in start else ":00")

    timeline = read(written(WRITER, sheet(clip(rate=rate, frames=49, start=start))))
    (found,) = timeline.find_clips()

    assert found.source_range == found.media_reference.available_range == span(first, 49, rate)
    assert found.source_range.duration.rate == float(rate.fraction)
    assert timeline.global_start_time == (time(Timecode.parse(label, rate).frame, rate) if rate.nominal else None)


@pytest.mark.parametrize("rate", [NTSC, FAST_NTSC], ids=str)
@pytest.mark.parametrize("label", ["01:00:00;00", "00:01:00;04", "00:10:00;00", "12:34:56;17", "23:59:59;29"])
def test_drop_frame_label_comes_back(rate: Rate, label: str) -> None:
    """The count of frames gives the same label in OpenTimelineIO, and the metadata says that it is drop-frame."""
    (found,) = clips_of(written(WRITER, sheet(clip(rate=rate, start=label))))
    start = found.media_reference.available_range.start_time
    assert start.to_timecode(float(rate), True) == label
    facts = found.media_reference.metadata["turnover"]
    assert (facts["start_timecode"], facts["is_drop_frame"]) == (label, True)


@pytest.mark.parametrize("rate", LABELLED, ids=str)
def test_non_drop_frame_label_comes_back(rate: Rate) -> None:
    """The label is in the metadata too: at 29.97 a count of frames alone does not tell it."""
    (found,) = clips_of(written(WRITER, sheet(clip(rate=rate, start="01:02:03:04"))))
    facts = found.media_reference.metadata["turnover"]
    assert (facts["start_timecode"], facts["is_drop_frame"], facts["frame_rate"]) == ("01:02:03:04", False, str(rate))
    known_to_opentimelineio = (24, 25, 30, 50, 60)
    if rate.nominal in known_to_opentimelineio:
        start = found.media_reference.available_range.start_time
        assert start.to_timecode(float(rate), False) == "01:02:03:04"


def test_handles_are_not_part_of_the_cut() -> None:
    """The clip plays what lies between the handles; the media keeps all its frames."""
    (found,) = clips_of(written(WRITER, sheet(clip(frames=48, start="01:00:00:00"), handles="8")))
    assert found.source_range == span(86408, 32, Rate(24))
    assert found.media_reference.available_range == span(86400, 48, Rate(24))


@pytest.mark.parametrize(
    ("one", "settings", "code"),
    [
        (clip(rate=None), {}, "variable_frame_rate"),
        (clip(rate=None, is_variable_frame_rate=None), {}, "no_frame_rate"),
        (clip(frames=None), {}, "no_frame_count"),
        (clip(frames=20), {"handles": "10"}, "handles"),
    ],
)
def test_what_frames_do_not_describe_is_refused(one: Clip, settings: dict[str, str], code: str) -> None:
    """Nothing is written about a clip whose frames are not all as long, or not counted."""
    with pytest.raises(RefusedError) as refused:
        next(WRITER.write(job(WRITER, sheet_set(one, settings))))
    assert refused.value.code == code


def test_kept_duration_on_another_rate() -> None:
    """The clip keeps its own rate and range; only the timeline counts otherwise."""
    timeline = read(written(WRITER, sheet(clip(rate=Rate(16), frames=81), timeline_rate="24")))
    (found,) = timeline.find_clips()
    assert timeline.global_start_time == time(86400, Rate(24))
    assert timeline.global_start_time.rate == 24
    assert found.source_range == span(0, 81, Rate(16))
    assert list(found.effects) == []
    assert timeline.duration() == time(81, Rate(16))


@given(st.sampled_from(RATES), st.sampled_from(RATES), st.integers(1, 2000))
def test_every_frame_on_another_rate(own: Rate, other: Rate, frames: int) -> None:
    """Each frame is one of the timeline's, and range times speed is the whole of the media."""
    settings = {"timeline_rate": str(other.fraction), "timeline_policy": "every_frame"}
    timeline = read(written(WRITER, sheet_set(clip(rate=own, frames=frames), settings)))
    (found,) = timeline.find_clips()
    speed = Fraction(1)
    for effect in found.effects:
        assert isinstance(effect, opentimelineio.schema.LinearTimeWarp)
        assert effect.time_scalar == nearly(float(other.fraction / own.fraction))
        speed = other.fraction / own.fraction
    assert found.source_range == TimeRange(time(0, own), time(frames, other))
    assert other.seconds(frames) * speed == own.seconds(frames)
    assert bool(found.effects) == (own != other)


def test_several_clips_with_and_without_sound() -> None:
    """Clips lie back to back; the sound track has a gap where a clip before the last sound has none."""
    sheets = [
        sheet(clip("/x/a.mp4", rate=Rate(24), frames=24)),
        sheet(clip("/x/b.mp4", rate=Rate(16), frames=32, audio=True)),
        sheet(clip("/x/c.mp4", rate=Rate(24), frames=48)),
    ]
    timeline = read(written(WRITER, *sheets, title="reel\n1"))
    picture, sound = timeline.tracks
    assert (timeline.name, picture.name, picture.kind, sound.name, sound.kind) == (
        "reel 1", "Video 1", "Video", "Audio 1", "Audio",
    )  # fmt: skip
    assert [c.media_reference.target_url for c in picture] == ["/x/a.mp4", "/x/b.mp4", "/x/c.mp4"]
    assert [type(item).__name__ for item in sound] == ["Gap", "Clip"]
    heard = sound[1]
    assert heard.range_in_parent() == picture[1].range_in_parent() == TimeRange(time(24, Rate(24)), time(32, Rate(16)))
    assert heard.media_reference.target_url == "/x/b.mp4"
    assert "the 24 frames per second of a.mp4; b.mp4 has another rate" in warnings_of(*sheets)


def test_no_sound_no_audio_track() -> None:
    """A file without sound has a picture track only."""
    timeline = read(written(WRITER, sheet(clip())))
    assert [track.kind for track in timeline.tracks] == ["Video"]


# --------------------------------------------------------------------------------------------------- media, markers


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/show/sq 010/100% & 'x'.mp4", "file:///show/sq%20010/100%25%20%26%20%27x%27.mp4"),
        ("/show/日本 🎬.mp4", "file:///show/%E6%97%A5%E6%9C%AC%20%F0%9F%8E%AC.mp4"),
        ("C:\\show\\a b.mp4", "file:///C%3A/show/a%20b.mp4"),
        ("shots/a.mp4", "shots/a.mp4"),
    ],
)
def test_media_is_a_bare_path_or_a_url(path: str, url: str) -> None:
    """Resolve wants the path as it is, with nothing encoded; the other way is the documented one."""
    one = sheet(replace(view(clip()), path=path))
    documents = [written(WRITER, one, target_url=how) for how in ("path", "url")]
    assert [clips_of(document)[0].media_reference.target_url for document in documents] == [path, url]


def test_path_that_is_no_text() -> None:
    """Bytes that are no UTF-8 cannot stand in JSON; the person is told, and the URL keeps them."""
    one = sheet(replace(view(clip()), path="/show/\udcff.mp4"))
    assert "no text can hold" in warnings_of(one)
    assert warnings_of(one, target_url="url") == ""
    assert clips_of(written(WRITER, one, target_url="url"))[0].media_reference.target_url == "file:///show/%FF.mp4"


def test_shape_that_resolve_takes() -> None:
    """The schemas and their versions are those of OpenTimelineIO 0.15, in the shape that Resolve documents."""
    tree = json.loads(written(WRITER, sheet(clip(start="01:00:00:00", markers=(Marker(FrameRange(0, 1), "m"),)))))
    track = tree["tracks"]["children"][0]
    (found,) = track["children"]
    media = found["media_references"][found["active_media_reference_key"]]
    assert [part["OTIO_SCHEMA"] for part in (tree, tree["tracks"], track, found, media, found["markers"][0])] == [
        "Timeline.1", "Stack.1", "Track.1", "Clip.2", "ExternalReference.1", "Marker.2",
    ]  # fmt: skip
    assert media["available_range"]["start_time"]["value"] == 86400.0


@pytest.mark.parametrize("colour", MARKER_COLOURS)
def test_marker_comes_back(colour: Any) -> None:
    """Name, comment, colour and range in source timecode; a point is one frame long."""
    markers = (Marker(FrameRange(4, 5), "point", None, colour), Marker(FrameRange(10, 15), "a\nb", "0.4 < 0.5", colour))
    (found,) = clips_of(written(WRITER, sheet(clip(start="01:00:00:00", markers=markers))))
    assert [(m.name, m.comment, m.color, m.marked_range) for m in found.markers] == [
        ("point", "", colour.upper(), span(86404, 1, Rate(24))),
        ("a\nb", "0.4 < 0.5", colour.upper(), span(86410, 5, Rate(24))),
    ]
    assert getattr(opentimelineio.schema.MarkerColor, colour.upper()) == colour.upper()


def test_what_the_file_is() -> None:
    """The media says its exact rate, size, turn, pixel aspect, colour and reel, and what was assumed."""
    one = clip(rate=NTSC, aspect=Fraction(16, 15), rotation=90, colour=PQ, reel="A001")
    assert media_facts(sheet(replace(one, digest="ab" * 32), start_timecode="01:00:00;00")) == {
        "frame_rate": "30000/1001",
        "start_timecode": "01:00:00;00",
        "is_drop_frame": True,
        "reel": "A001",
        "width": 1280,
        "height": 720,
        "rotation": 90,
        "pixel_aspect": "16:15",
        "color": {
            "primaries": "bt2020", "transfer": "smpte2084", "matrix": "bt2020nc", "range": "limited", "source": "file",
        },
        "sha256": "ab" * 32,
        "assumed": ["start_timecode"],
    }  # fmt: skip


def test_untagged_colour_is_left_out() -> None:
    """Nothing is said about a colour that the file does not tell; an assumed one is marked."""
    untagged = media_facts(sheet(clip(colour=Colour(range="full"))))
    assumed = media_facts(sheet(clip(), assume_color="rec709"))
    assert "color" not in untagged
    assert assumed["color"] == {
        "primaries": "bt709", "transfer": "bt709", "matrix": "bt709", "range": "limited", "source": "set",
    }  # fmt: skip
    assert assumed["assumed"] == ["color"]


def test_reel_is_where_edl_writers_look() -> None:
    """OpenTimelineIO's EDL adapter takes the reel from the namespace cmx_3600."""
    timeline = read(written(WRITER, sheet(clip(start="01:00:00:00", reel="A001"))))
    edl = opentimelineio.adapters.write_to_string(timeline, "cmx_3600", rate=24)
    assert "A001" in edl.splitlines()[2]


# --------------------------------------------------------------------------------------------------------- metadata

TEXTS = st.text(max_size=20)
KEYS = TEXTS.filter(lambda key: "OTIO_SCHEMA" not in key)
INT64 = st.integers(-(2**63), 2**63 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | INT64 | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXTS.filter(lambda k: "OTIO_SCHEMA" not in k), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_any_value_comes_back_with_its_type(value: JsonValue) -> None:
    """Numbers, truth, lists and trees come back as what they were; text as clean text."""
    data = written(WRITER, sheet(clip(), {"generation_params": value}))
    told = written_metadata(data)["generation_params"]
    assert (told, repr(told)) == (plain_json(value), repr(plain_json(value)))
    read_back = metadata_of(data)["generation_params"]
    assert (read_back, _types(read_back)) == (_nearly_all(told), _types(told))


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _types(member) for key, member in value.items()}
    return [_types(item) for item in value] if isinstance(value, list) else type(value)


def _nearly_all(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _nearly_all(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_nearly_all(item) for item in value]
    return nearly(value) if isinstance(value, float) else value


@given(st.integers(2**63, 2**70) | st.integers(-(2**70), -(2**63) - 1))
def test_integer_beyond_64_bits_is_text(value: int) -> None:
    """OpenTimelineIO would cut it off without a word, so its digits stand as text."""
    assert metadata_of(written(WRITER, sheet(clip(), {"seed": value, "all": [{"seed": value}]}))) == {
        "seed": str(value), "all": [{"seed": str(value)}],
    }  # fmt: skip


@given(st.integers(0, 3), st.sampled_from(["Clip.2", "nope", 3, None, {}]))
def test_key_that_opentimelineio_would_take_for_its_own(underscores: int, value: JsonValue) -> None:
    """An object with the key OTIO_SCHEMA stays plain metadata, with one more underscore before the key."""
    key = "_" * underscores + "OTIO_SCHEMA"
    assert metadata_of(written(WRITER, sheet(clip(), {"extra": {key: value}}))) == {"extra": {f"_{key}": value}}


NAMES = st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=30).filter(lambda n: n not in (".", ".."))


@given(name=NAMES, title=TEXTS, reel=TEXTS, marker=TEXTS, comment=TEXTS, key=TEXTS)
def test_any_name_comes_back(name: str, title: str, reel: str, marker: str, comment: str, key: str) -> None:
    """Whatever signs a name holds, it comes back clean; names of things are on one line."""
    one = clip(f"/show/{name}", reel=reel or None, markers=(Marker(FrameRange(1, 2), marker, comment),))
    keys = {} if WRITER.key_problem(key) else {key: key}
    timeline = read(written(WRITER, sheet(one, dict(keys)), title=title))
    (found,) = timeline.find_clips()
    assert [
        timeline.name,
        found.name,
        found.media_reference.target_url,
        found.metadata["cmx_3600"]["reel"],
        found.markers[0].name,
        found.markers[0].comment,
        plain(found.metadata["turnover"]),
    ] == [
        single_line(title), single_line(name), clean(f"/show/{name}"), single_line(reel or one.stem), clean(marker),
        clean(comment), keys,
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["", "  ", "a\x00", "curves", "OTIO_SCHEMA", "__OTIO_SCHEMA"])
def test_keys_that_are_refused(key: str) -> None:
    """A key is a name of its own, not one that the file needs."""
    assert repr(key) in (WRITER.key_problem(key) or "")


@pytest.mark.parametrize("key", ["prompt", "generation.seed", "キー", "OTIO_SCHEMAS"])
def test_keys_that_are_taken(key: str) -> None:
    """Any other name is free."""
    assert WRITER.key_problem(key) is None


# ---------------------------------------------------------------------------------------------------------- curves


@given(
    st.lists(
        st.none() | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False), min_size=1, max_size=60
    ),
    st.integers(0, 5),
)
def test_curve_comes_back_exactly(values: list[float | None], missing: int) -> None:
    """One number a frame, null where none is known, as many as the clip has frames."""
    one = clip(frames=len(values) + missing, series={"motion_score": values, "face_confidence": [0.5]})
    data = written(WRITER, sheet(one))
    curves = {
        "motion_score": [*values, *[None] * missing],
        "face_confidence": [0.5, *[None] * (len(values) + missing - 1)],
    }
    assert written_metadata(data)["curves"] == curves
    assert metadata_of(data)["curves"] == _nearly_all(curves)


def test_curve_longer_than_one_block() -> None:
    """Blocks join without a seam, and no piece holds the whole curve."""
    values = [index / 7 for index in range(40_000)]
    one = sheet(clip(frames=40_000, series={"motion_score": values}))
    pieces = list(WRITER.write(job(WRITER, one)))
    assert written_metadata(b"".join(pieces))["curves"]["motion_score"] == values
    assert max(map(len, pieces)) < 500_000


def test_text_that_looks_like_the_place_of_a_curve() -> None:
    """No value can stand where a curve goes."""
    hostile = {"a": '"\\u00000"', "b": "\x000", "c": "\\u00000", "d": '\\"\\u00000'}
    told = metadata_of(written(WRITER, sheet(clip(frames=1, series={"q": [0.5]}), dict(hostile))))
    assert told == {**{key: clean(text) for key, text in hostile.items()}, "curves": {"q": [0.5]}}


# -------------------------------------------------------------------------------------------------------- the whole


def test_same_clips_same_bytes() -> None:
    """Twice the same is the same."""
    one = sheet(clip(rate=NTSC, start="01:00:00;00", audio=True), {"seed": 1})
    assert written(WRITER, one) == written(WRITER, one)


def test_rate_that_timecode_does_not_count() -> None:
    """A timeline of 12.5 has no start, and that is said."""
    assert "no timecode counts 12.5" in warnings_of(sheet(clip(rate=Rate(25, 2))))
    assert warnings_of(sheet(clip(rate=Rate(25, 2)), timeline_rate="25")) == ""


def test_sound_of_a_changed_speed() -> None:
    """Who plays 16 frames in the time of 24 hears the sound faster; that is said."""
    settings = {"timeline_rate": "24", "timeline_policy": "every_frame"}
    assert "the sound at another speed" in warnings_of(sheet_set(clip(rate=Rate(16), audio=True), settings))
    assert warnings_of(sheet_set(clip(rate=Rate(16)), settings)) == ""


def test_template_of_a_generated_clip(golden: Golden) -> None:
    """The built-in keeps the making, typed: numbers as numbers, a 64-bit seed to the digit."""
    one = clip(
        rate=NTSC, start="01:00:00;00", frames=60, audio=True, generation=GENERATED, reel="A001",
        markers=(Marker(FrameRange(4, 5), "point", "one frame", "red"),),
        series={"quality_metric": [0.9] * 30 + [0.25] * 3 + [0.9] * 27},
    )  # fmt: skip
    one = replace(
        one,
        digest="ab" * 32,
        quality_score=0.8125,
        failure_tags=("flicker",),
        is_ai_generated=True,
        segments=(Segment(FrameRange(0, 30), 0, "walk", GENERATED),),
        extra={"mood": "calm", "OTIO_SCHEMA": "Clip.2"},
    )
    data = render(template(), [view(one, assume_color="rec709")]).content()
    golden("otio_drop_frame_2997.otio", data)
    told = metadata_of(data)
    assert (told["seed"], told["steps"], told["cfg"], told["ai_generated"], told["failure_tags"]) == (
        "18446744073709551615", 30, 5.0, True, ["flicker"],
    )  # fmt: skip


def test_template_at_an_ai_rate_on_a_timeline_of_24(golden: Golden) -> None:
    """Two clips of 16 frames per second, each frame played once on a timeline of 24."""
    views = [
        view(clip(f"/show/{name}.mp4", rate=Rate(16), frames=81), timeline_rate="24", timeline_policy="every_frame")
        for name in ("a", "b")
    ]
    data = render(template(), views, title="reel").content()
    golden("otio_every_frame_16_on_24.otio", data)
    assert read(data).duration() == time(162, Rate(24))


def test_built_in_template() -> None:
    """It has its fixed suffix and belongs to no host alone."""
    assert (template().suffix, template().hosts) == (".otio", ())
