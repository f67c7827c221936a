"""Nuke scripts, read back by Tcl itself and by nkparser."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nkparser import Script

from tests.clips import GENERATED, PQ, REC709, clip, job, sheet, view, written
from tests.conftest import Golden, Tool
from tests.nuke import ReadScript, keys, read_script
from turnover.core.clip import Clip, Marker
from turnover.core.colour import Colour
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.core.series import Series
from turnover.errors import RefusedError
from turnover.sidecars.builtin import builtin_template
from turnover.sidecars.paths import PathRule, forward
from turnover.sidecars.template import render
from turnover.sidecars.text import clean, single_line
from turnover.sidecars.values import fixed
from turnover.sidecars.writer import OptionValue, Sheet
from turnover.sidecars.writers.nk import WRITER
from turnover.sidecars.writers.tcl import inert, inert_label

NTSC24, NTSC30, NTSC60 = Rate(24000, 1001), Rate(30000, 1001), Rate(60000, 1001)
FPS = {
    Rate(8): "8", Rate(25, 2): "12.5", Rate(16): "16", NTSC24: "23.976", Rate(24): "24", Rate(25): "25",
    NTSC30: "29.97", Rate(30): "30", Rate(32): "32", Rate(50): "50", NTSC60: "59.94", Rate(60): "60",
    Rate(179, 6): "29.833333",
}  # fmt: skip
HOSTILE = '[exec rm -rf /] $HOME {red} \\ "quoted" ; # \n\r\t\x00 ${x} \x85\u2028\x9b'


@pytest.fixture(scope="session")
def tclsh(tool: Tool) -> Path:
    return tool("tclsh")


def script_of(tclsh: Path, *sheets: Sheet, **options: OptionValue) -> ReadScript:
    """The script as Tcl reads it; nothing may run while it is read."""
    read = read_script(written(WRITER, *sheets, title="shots", **options), tclsh)
    assert read.called == []
    return read


def warnings_of(*sheets: Sheet, **options: OptionValue) -> list[str]:
    one = job(WRITER, *sheets, title="shots", **options)
    for _ in WRITER.write(one):
        pass
    return list(one.findings.warnings)


def test_a_clip_with_nothing_but_a_picture(tclsh: Path) -> None:
    """A Root and a Read: file frame 1 stands at the first frame, and no colour is claimed."""
    read = script_of(tclsh, sheet(clip(frames=48)))

    size = "1280 720 0 0 1280 720 1"
    actual = [(n.kind, {k: t.evaluated for k, t in n.knobs.items()}) for n in read.nodes]
    assert actual == [
        (
            "Root",
            {"inputs": "0", "frame": "1001", "first_frame": "1001", "last_frame": "1048", "lock_range": "true",
             "fps": "24", "format": f"{size} turnover_1280x720"},
        ),
        (
            "Read",
            {"inputs": "0", "file": "/show/sq 010/shot_010.mp4", "format": f"{size} ", "first": "1", "last": "48",
             "frame_mode": "start at", "frame": "1001", "origfirst": "1", "origlast": "48", "origset": "true",
             "name": "Read1", "xpos": "0", "ypos": "0"},
        ),
    ]  # fmt: skip
    assert read.head == {"version": "12.0 v1"}


@pytest.mark.parametrize("rate", FPS, ids=str)
@pytest.mark.parametrize("start", [None, "00:00:00:00", "01:00:00:00", "01:00:00;00"])
@pytest.mark.parametrize("has_audio", [False, True], ids=["silent", "sound"])
def test_rates_and_starts(tclsh: Path, rate: Rate, start: str | None, *, has_audio: bool) -> None:
    """The script has the clip's rate; a node counts timecode, save drop-frame, which is left to Nuke's reader."""
    is_drop_frame = start is not None and ";" in start
    if start is not None and (rate.nominal is None or (is_drop_frame and not rate.allows_drop_frame)):
        start = None

    read = script_of(tclsh, sheet(clip(rate=rate, start=start, frames=100, audio=has_audio), {"turnover/a": "b"}))

    assert read.one("Root")["fps"] == FPS[rate]
    counted = [{k: n[k] for k in ("startcode", "fps", "metafps", "frame", "useFrame")} for n in read.of("AddTimeCode")]
    metadata = {key: text.evaluated for key, text in read.one("ModifyMetaData").metadata.items()}
    if start is None or ";" in start:
        assert (counted, metadata) == ([], {"turnover/a": "b"})
    else:
        node = {"startcode": start, "fps": str(rate.nominal), "metafps": "false", "frame": "1001", "useFrame": "true"}
        assert (counted, metadata) == ([node], {"turnover/a": "b", "input/frame_rate": FPS[rate]})


@pytest.mark.parametrize(
    "name",
    [
        "a b.mov",
        "100%.mov",
        "a&b's.mov",
        '"q".mov',
        "[1] $HOME {x}.mov",
        "back\\slash.mov",
        "車🚗é.mov",
        "~x.mov",
        "a;b.mov",
    ],
)
def test_names_open_the_same_file(tclsh: Path, name: str) -> None:
    """Whatever a file is called, the path that Nuke evaluates is the file's own."""
    read = script_of(tclsh, sheet(clip(path=f"/show/{name}")))

    assert read.one("Read")["file"] == f"/show/{name}"


@pytest.mark.parametrize(
    ("mapped", "expected"),
    [
        ("P:\\show [a]\\x", "P:/show [a]/x/a.mov"),
        ("\\\\server\\x", "//server/x/a.mov"),
        ("/mnt/show", "/mnt/show/a.mov"),
    ],
)
def test_mapped_paths(tclsh: Path, mapped: str, expected: str) -> None:
    """Windows paths have forward slashes, as Nuke wants them."""
    seen = view(clip(path="/show/a.mov"), paths=PathRule(maps=(("/show", mapped),)))

    assert script_of(tclsh, sheet(seen)).one("Read")["file"] == expected


@given(name=st.text(min_size=1).filter(lambda text: "/" not in text and text not in (".", "..")))
def test_any_file_name(name: str, tclsh: Path) -> None:
    """No file name runs anything, and each comes back as it is, save what text cannot hold."""
    path = Path("/show") / name

    read = script_of(tclsh, sheet(clip(path=str(path))))

    assert read.one("Read")["file"] == clean(str(path))


@given(
    texts=st.lists(st.text() | st.just(HOSTILE) | st.text('[]${}\\"a \n', max_size=12), max_size=4),
    name=st.text('[]${}\\"<>&b\n;#') | st.text(),
    comment=st.none() | st.text(),
)
def test_any_text(texts: list[str], name: str, comment: str | None, tclsh: Path) -> None:
    """No prompt, marker or comment runs anything, and each comes back with look-alikes for Tcl's own signs."""
    metadata = {f"turnover/text/{i}": text for i, text in enumerate(texts)}
    one = sheet(clip(markers=(Marker(FrameRange(2, 5), name, comment),)), dict(metadata))

    read = script_of(tclsh, one)

    line = f"1003-1005 blue {single_line(name)}" + (f": {single_line(comment)}" if comment else "")
    actual = {key: text for node in read.of("ModifyMetaData") for key, text in node.metadata.items()}
    assert {key: inert(text) for key, text in metadata.items()} == {key: text.evaluated for key, text in actual.items()}
    assert all(text.stored == text.evaluated for text in actual.values())
    assert read.one("NoOp")["markers"] == inert(line)
    assert read.one("StickyNote")["label"] == f"shot_010.mp4\n{inert_label(line)}"


@given(st.text() | st.text('[]${}\\"<>&a\n\r\t\x00\x85\u2028'))
def test_look_alikes(text: str) -> None:
    """Inert text has one character for each and nothing that Tcl or a label takes for its own, so once is enough."""
    once = inert_label(text)

    assert len(once) == len(text)
    assert inert_label(once) == once
    assert not set(once) & set('[]${}\\"<>&\n\r\t\x00\x85\u2028\u2029')
    assert inert(text).replace("<", "＜").replace(">", "＞").replace("&", "＆") == once


def test_prompt_with_code(tclsh: Path, golden: Golden) -> None:
    """A prompt that is code stays a prompt, in the metadata and in the file as a person reads it."""
    one = sheet(
        clip(
            rate=NTSC24, start="01:00:00:00", generation=GENERATED, colour=REC709,
            series={"face_confidence": [0.5, None, 0.75, 1], "motion": [12.5, -3, 0]},
            markers=(Marker(FrameRange(1, 2), "low face_confidence", "0.41 < 0.60", "red"),),
        ),
        {"turnover/prompt": GENERATED.prompt, "turnover/seed": GENERATED.seed},
    )  # fmt: skip
    script = written(WRITER, one)

    golden("nuke_prompt_with_code.nk", script)
    assert GENERATED.prompt is not None
    metadata = read_script(script, tclsh).one("ModifyMetaData").metadata
    assert metadata["turnover/prompt"].evaluated == inert(GENERATED.prompt)
    assert metadata["turnover/seed"].evaluated == "18446744073709551615"


@pytest.mark.parametrize(
    ("aspect", "expected"),
    [
        (None, "1 turnover_720x576"),
        (Fraction(1), "1 turnover_720x576"),
        (Fraction(16, 15), "1.066667 turnover_720x576_16_15"),
        (Fraction(2), "2 turnover_720x576_2_1"),
    ],
)
def test_pixel_aspect(tclsh: Path, aspect: Fraction | None, expected: str) -> None:
    """The seventh number of a format is the pixel aspect; formats of another aspect have another name."""
    read = script_of(tclsh, sheet(clip(size=(720, 576), aspect=aspect)))

    ratio = expected.split(" ", maxsplit=1)[0]
    assert read.one("Root")["format"] == f"720 576 0 0 720 576 {expected}"
    assert read.one("Read")["format"] == f"720 576 0 0 720 576 {ratio} "


def test_turned_picture() -> None:
    """The stored size is written, and a person is told to look which way up the picture is."""
    one = sheet(clip(rotation=90, size=(1920, 1080)))

    assert "1920 1080 0 0 1920 1080 1" in written(WRITER, one).decode()
    assert [w for w in warnings_of(one) if "turn or mirror" in w]
    assert warnings_of(sheet(clip(is_mirrored=True)))
    assert warnings_of(sheet(clip())) == []


@pytest.mark.parametrize("colour", [Colour(), REC709, PQ], ids=["untagged", "rec709", "pq"])
def test_colour_is_left_to_nuke(tclsh: Path, colour: Colour) -> None:
    """No colour space is set, whatever is tagged: its name is another one in each configuration."""
    read = script_of(tclsh, sheet(clip(colour=colour))).one("Read")

    assert not {"colorspace", "label"} & set(read.knobs)


def test_assumed_colour(tclsh: Path) -> None:
    """What was assumed is marked where the artist sees it."""
    read = script_of(tclsh, sheet(clip(), assume_color="rec709")).one("Read")

    assert read["label"] == "set by hand: color"
    assert "colorspace" not in read.knobs


def test_rate_set_by_hand(tclsh: Path) -> None:
    """A varying rate that a person replaced by one is the script's rate, and says so."""
    read = script_of(tclsh, sheet(clip(rate=None), assume_rate="23.976"))

    assert read.one("Root")["fps"] == "23.976"
    assert read.one("Read")["label"] == "set by hand: frame_rate"
    assert read.one("ModifyMetaData").metadata["input/frame_rate"].evaluated == "23.976"


@pytest.mark.parametrize(
    ("one", "code"),
    [(clip(rate=None), "variable_frame_rate"), (clip(rate=None, is_variable_frame_rate=False), "no_frame_rate"),
     (clip(frames=None), "no_frame_count"), (clip(frames=0), "no_frame_count")],
)  # fmt: skip
def test_refused_before_the_first_piece(one: Clip, code: str) -> None:
    """A clip whose frames cannot be counted gives no script at all."""
    pieces = WRITER.write(job(WRITER, sheet(clip()), sheet(one)))

    with pytest.raises(RefusedError) as refused:
        next(pieces)
    assert refused.value.code == code


numbers = st.floats(-1e12, 1e12) | st.floats(-2, 2) | st.integers(-3, 3).map(float)


@given(
    values=st.lists(st.none() | numbers, min_size=1, max_size=30).filter(lambda v: any(x is not None for x in v)),
    first=st.integers(-1000, 100_000),
    decimals=st.integers(0, 9),
)
def test_any_curve(values: list[float | None], first: int, decimals: int, tclsh: Path) -> None:
    """Every known number stands at its frame with fixed decimals; frames that are not known have no key."""
    one = sheet(clip(frames=len(values), series={"q": values}), first_frame=str(first))

    read = script_of(tclsh, one, decimals=decimals).one("NoOp")

    expected = {first + i: fixed(v, decimals) for i, v in enumerate(values) if v is not None}
    assert keys(read["q"]) == expected
    known = [None if "q_valid" not in read.knobs else keys(read["q_valid"]).get(first + i) for i in range(len(values))]
    held = ["1"] * len(values) if None not in values else _held(known)
    assert held == ["0" if v is None else "1" for v in values]


def _held(known: list[str | None]) -> list[str]:
    """The value of each frame when each key holds until the next."""
    held: list[str] = []
    for key in known:
        held.append(held[-1] if key is None else key)
    return held


def test_long_curve_with_gaps_at_the_seams(tclsh: Path) -> None:
    """Blocks of frames leave no trace in a curve."""
    values = [None if i in (0, 16_383, 16_384, 32_768) else i / 8 for i in range(40_000)]

    read = script_of(tclsh, sheet(clip(frames=40_000, series={"q": values})), decimals=3).one("NoOp")

    assert keys(read["q"]) == {1001 + i: fixed(v, 3) for i, v in enumerate(values) if v is not None}
    assert keys(read["q_valid"]) == {1001: "0", 1002: "1", 17384: "0", 17386: "1", 33769: "0", 33770: "1"}


def test_series_shorter_than_the_clip(tclsh: Path) -> None:
    """Frames past a series' end are not known; without valid curves nothing says so."""
    one = sheet(clip(frames=4, series={"q": [0.5, 0.25]}))

    assert keys(script_of(tclsh, one).one("NoOp")["q_valid"]) == {1001: "1", 1003: "0"}
    assert set(script_of(tclsh, one, valid_curves=False).one("NoOp").user_knobs) == {"turnover", "q"}


def test_names_of_knobs(tclsh: Path) -> None:
    """A series never takes a knob that a node has, one that is given, or a name that no knob can have."""
    names = ("face_confidence", "onCreate", "NAME", "_low", "q_valid", "q", "1st [exec x]", "é")
    curves = tuple(Series.of(name, [1.0, None]) for name in names)

    read = script_of(tclsh, Sheet(view(clip(frames=2)), curves=curves)).one("NoOp")

    firsts = [name for name, words in read.user_knobs.items() if "is known" not in words and name != "turnover"]
    assert firsts == [
        "face_confidence", "series_onCreate", "series_NAME", "series_low", "q_valid", "q", "series_1st__exec_x_",
        "series_",
    ]  # fmt: skip
    assert read.user_knobs["q_valid_2"] == ("7", "l", "is known", "R", "0", "1")
    assert read.user_knobs["series_1st__exec_x_"] == ("7", "l", inert("1st [exec x]"), "R", "0", "1")
    assert all(keys(read[name]) == {1001: "1.000000"} for name in firsts)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 1.0], ("0", "1")),
        ([0.5], ("0", "1")),
        ([-0.5, 0.25], ("-1", "1")),
        ([7.0], ("7", "8")),
        ([2.5, 1e20], ("2", "1" + 20 * "0")),
    ],
)
def test_slider(tclsh: Path, values: list[float], expected: tuple[str, str]) -> None:
    """A knob's slider spans 0 to 1 where the numbers do, else what they span."""
    read = script_of(tclsh, sheet(clip(frames=2, series={"q": values}))).one("NoOp")

    assert read.user_knobs["q"] == ("7", "l", "q", "R", *expected)


def test_many_markers(tclsh: Path) -> None:
    """The knob has all markers in the script's frames; the note shows the first and how many there are more."""
    markers = tuple(Marker(FrameRange(i, i + 1 + i % 2), f"m{i}", colour="red") for i in range(25))

    read = script_of(tclsh, sheet(clip(markers=markers), first_frame="1"))

    lines = [f"{1 + i}-{2 + i} red m{i}" if i % 2 else f"{1 + i} red m{i}" for i in range(25)]
    assert read.one("NoOp")["markers"].split("\n") == lines
    assert read.one("StickyNote")["label"].split("\n") == ["shot_010.mp4", *lines[:20], "and 5 more in TurnoverQC1"]


def test_relative_path(tclsh: Path) -> None:
    """A relative path counts from the script's folder, with brackets of its own kept apart from Nuke's."""
    seen = view(clip(path="/show/sq [1]/a.mov"), paths=PathRule(relative_to=Path("/show")))

    assert script_of(tclsh, sheet(seen)).one("Read")["file"] == "/folder/of/the/script/sq [1]/a.mov"
    bare = sheet(view(clip(path="/show/a.mov"), paths=PathRule(name_only=True)))
    assert warnings_of(bare) == []
    assert script_of(tclsh, bare, relative_paths=False).one("Read")["file"] == "a.mov"
    assert ["project directory" in w for w in warnings_of(bare, relative_paths=False)] == [True]
    assert ["saved beside it" in w for w in warnings_of(bare, form="snippet")] == [True]


@pytest.mark.parametrize(
    ("name", "part"),
    [("a[1].mov", "evaluates"), ("a$b.mov", "evaluates"), ("a\\b.mov", "evaluates"), ("a#1.mov", "for frame"),
     ("a%04d.mov", "for frame"), ("a%v.mov", "for frame"), ("100% done.mov", "for frame"), ("a\nb.mov", "no script"),
     ("a\udcff.mov", "no script")],
)  # fmt: skip
def test_paths_that_nuke_may_misread(name: str, part: str) -> None:
    """A name that Nuke could take for something else is named, with what to do."""
    assert [w for w in warnings_of(sheet(clip(path=f"/show/{name}"))) if part in w and "rename" in w]


@pytest.mark.parametrize("path", ["/show/a b (1)/100%.mov", "/show/車.mov", "C:\\a\\b.mov", "/a/é'&;.mov"])
def test_paths_that_need_no_warning(path: str) -> None:
    """Spaces, brackets of other kinds, a bare per cent and every language are no trouble."""
    seen = view(clip(path="/x/a.mov"), paths=PathRule(maps=(("/x/a.mov", path),)))

    assert forward(seen.path)
    assert warnings_of(sheet(seen)) == []


def test_container_that_nuke_does_not_read() -> None:
    """WebM and Matroska are written about, with a warning."""
    one = clip()
    webm = replace(one, probe=replace(one.probe, container="matroska"))

    assert [w for w in warnings_of(sheet(webm)) if "container" in w]


def test_drop_frame_start_set_by_hand(tclsh: Path) -> None:
    """AddTimeCode cannot count drop-frame, so none is written, and a person is told."""
    one = sheet(clip(rate=NTSC30), start_timecode="01:00:00;00")

    assert script_of(tclsh, one).of("AddTimeCode") == []
    assert [w for w in warnings_of(one) if "drop-frame" in w]
    assert warnings_of(sheet(clip(rate=NTSC30, start="01:00:00;00"))) == []


def test_two_clips_in_a_snippet(tclsh: Path, golden: Golden) -> None:
    """A snippet has no Root; the clips stand side by side with names of their own, ready to be dragged."""
    first = sheet(clip(path="/show/a.mov", series={"q": [1.0]}, frames=1), {"turnover/shot": "a"})
    second = sheet(clip(path="/show/b.mov", start="00:00:00:12"), {"turnover/shot": "b"}, first_frame="1")
    script = written(WRITER, first, second, form="snippet", version="15.0 v1")

    golden("nuke_two_clips_snippet.nk", script)
    read = read_script(script, tclsh)
    assert (read.called, read.head["version"], read.of("Root")) == ([], "15.0 v1", [])
    assert script.decode().splitlines()[:3] == [
        "set cut_paste_input [stack 0]",
        "version 15.0 v1",
        "push $cut_paste_input",
    ]
    assert [(n["name"], n["xpos"]) for n in read.nodes] == [
        ("Read1", "0"), ("TurnoverMeta1", "0"), ("TurnoverQC1", "0"),
        ("Read2", "330"), ("TurnoverTimeCode2", "330"), ("TurnoverMeta2", "330"),
    ]  # fmt: skip
    assert [n["selected"] for n in read.of("Read")] == ["true", "true"]


def test_two_clips_in_a_script(tclsh: Path) -> None:
    """The script's range holds every clip, and its rate and format are the first one's, with a warning about others."""
    sheets = (
        sheet(clip(path="/show/a.mov", frames=10)),
        sheet(clip(path="/show/b.mov", frames=20, rate=Rate(16), size=(64, 64))),
    )

    root = script_of(tclsh, *sheets).one("Root")

    assert (root["first_frame"], root["last_frame"], root["fps"]) == ("1001", "1020", "24")
    assert root["format"].endswith("turnover_1280x720")
    assert ["b.mov" in w and "another speed" in w for w in warnings_of(*sheets)] == [True]


def test_rate_of_the_timeline(tclsh: Path) -> None:
    """A script can have another rate where every frame is to be shown; to keep the duration is refused."""
    every = sheet(clip(rate=Rate(16)), timeline_rate="24", timeline_policy="every_frame")
    same = sheet(clip(rate=Rate(16)), timeline_rate="16")
    kept = sheet(clip(rate=Rate(16)), timeline_rate="24")

    assert script_of(tclsh, every).one("Root")["fps"] == "24"
    assert script_of(tclsh, same).one("Root")["fps"] == "16"
    with pytest.raises(RefusedError) as refused:
        written(WRITER, kept)
    assert refused.value.code == "timeline_rate"


@pytest.mark.parametrize(
    "key", ["turnover/model", "exr/owner", "a", "a.b-c:d_1/2", "input/timecode", "input/frame_rate"]
)
def test_keys_that_are_fine(key: str) -> None:
    """A studio's own keys go in, and the two of Nuke's that studios set."""
    assert WRITER.key_problem(key) is None


@pytest.mark.parametrize(
    "key", ["", "a b", "a/", "/a", "a//b", "a[b]", "a}b", 'a"', "a\n", "é", "input/filename", "nuke/node_hash", "$a"]
)
def test_keys_that_are_not(key: str) -> None:
    """A key with a sign of Tcl's, or one that Nuke sets itself, is refused when the template is parsed."""
    assert WRITER.key_problem(key)


def test_second_opinion() -> None:
    """nkparser sees a whole script with the nodes one after the other, each the input of the next."""
    one = sheet(
        clip(start="01:00:00:00", series={"q": [0.5, None, 1]}, markers=(Marker(FrameRange(0, 2), "m"),)),
        {"turnover/prompt": HOSTILE},
    )
    script = Script.from_string(written(WRITER, one, sheet(clip(path="/b.mov"))).decode())

    # Nuke gives the Root its name, the script's path, when it opens it.
    assert [d.code for d in script.diagnostics] == ["empty-name"]
    assert [(n.class_name, [i.class_name for i in n.inputs if i is not None]) for n in script.nodes] == [
        ("Root", []), ("Read", []), ("AddTimeCode", ["Read"]), ("ModifyMetaData", ["AddTimeCode"]),
        ("NoOp", ["ModifyMetaData"]), ("StickyNote", []), ("Read", []),
    ]  # fmt: skip
    noop = script.nodes[4]
    assert noop.get("q") == "{{curve K x1001 0.500000 x1003 1.000000}}"
    assert noop.get_string("markers") == "1001-1002 blue m"
    assert [knob.value.raw for knob in script.nodes[3].knobs_named("{set")] == [
        f'turnover/prompt "{inert(HOSTILE)}"}}',
        'input/frame_rate "24"}',
    ]


@given(st.text(), st.text())
def test_second_opinion_on_any_text(prompt: str, name: str) -> None:
    """nkparser finds the same nodes whatever the texts are."""
    one = sheet(clip(markers=(Marker(FrameRange(0, 2), name),)), {"turnover/prompt": prompt})
    script = Script.from_string(written(WRITER, one).decode())

    assert [n.class_name for n in script.nodes] == ["Root", "Read", "ModifyMetaData", "NoOp", "StickyNote"]
    assert script.nodes[2].get("{set") == f'turnover/prompt "{inert(prompt)}"}}'
    assert script.nodes[3].get_string("markers") == inert(f"1001-1002 blue {single_line(name)}")


def test_same_bytes_twice() -> None:
    """Nothing but the clip decides what is written, and large scripts come in pieces of a size."""
    one = sheet(clip(frames=100_000, series={"a": [i / 7 for i in range(100_000)]}))
    pieces = list(WRITER.write(job(WRITER, one)))

    assert b"".join(pieces) == written(WRITER, one)
    assert len(pieces) > 1
    assert min(map(len, pieces[:-1])) >= 1 << 16


def everything() -> Clip:
    """A clip that fills most of a template."""
    one = clip(
        rate=NTSC24, start="01:00:00:00", generation=GENERATED, colour=PQ, reel="A001",
        series={"face_confidence": [0.9, 0.1], "quality_metric": [0.25, 0.75], "boundary_ssim": [0.5, None]},
        markers=(Marker(FrameRange(0, 2), "look", HOSTILE),),
    )  # fmt: skip
    return replace(one, failure_tags=("flicker", "blur"), quality_score=0.625, digest="ab" * 32, caption=HOSTILE)


def test_built_in(tclsh: Path) -> None:
    """The built-in tells how the clip was made, where it is from, what was measured and what failed."""
    rendering = render(builtin_template("nuke-script"), [view(everything(), shot="sh010", assume_rate="24")])

    read = read_script(rendering.content(), tclsh)

    metadata = {key: text.evaluated for key, text in read.one("ModifyMetaData").metadata.items()}
    expected = {
        "turnover/shot": "sh010", "turnover/gen/model": "wan2.2_t2v.safetensors", "turnover/gen/loras": "detail:0.8",
        "turnover/gen/seed": "18446744073709551615", "turnover/gen/prompt": inert(GENERATED.prompt or ""),
        "turnover/caption": inert(HOSTILE), "turnover/quality_score": "0.6250",
        "turnover/failure_tags": "flicker, blur", "turnover/source/digest": f"sha256:{'ab' * 32}",
        "turnover/source/frame_rate": "24000/1001", "turnover/source/reel": "A001",
        "turnover/source/start_timecode": "01:00:00:00", "turnover/color/cicp": "9-16-9",
        "turnover/color/space": "Rec. 2020 PQ", "turnover/color/origin": "file", "input/frame_rate": "23.976",
    }  # fmt: skip
    assert {key: metadata.get(key) for key in expected} == expected
    assert read.called == []
    assert read.one("NoOp")["markers"].splitlines() == [
        "1001 red low quality: 0.250 < 0.500",
        "1001 orange seam differs: 0.500 < 0.700",
        f"1001-1002 blue look: {inert(single_line(HOSTILE))}",
        "1002 yellow face uncertain: 0.100 < 0.500",
    ]
    assert set(read.one("NoOp").user_knobs) >= {"face_confidence", "quality_metric", "boundary_ssim"}
    assert list(rendering.findings.warnings) == []


def test_built_in_for_a_clip_that_tells_nothing(tclsh: Path) -> None:
    """An untagged clip says so, and what is not known is left out rather than empty."""
    read = read_script(render(builtin_template("nuke-script"), [view(clip())]).content(), tclsh)

    metadata = {key: text.evaluated for key, text in read.one("ModifyMetaData").metadata.items()}
    assert metadata["turnover/color/space"] == "untagged"
    assert "" not in metadata.values()
    assert read.of("NoOp") == []
