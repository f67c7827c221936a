"""Every built-in, written for real clips of every kind, says what ffprobe says, to readers that are not ours."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import opentimelineio as otio
import pycmx
import pytest
from lxml import etree

from tests.conftest import Tool
from tests.nuke import read_script
from tests.readers.fcpxml_reader import read_fcpxml
from tests.recipes import Recipe, matrix
from tests.videos import cached
from turnover.core.clip import Clip
from turnover.files.finding import find
from turnover.files.ledger import Ledger
from turnover.settings import SidecarSettings
from turnover.sidecars.builtin import builtin_templates
from turnover.work.look import Looking, look
from turnover.work.naming import sidecar_outputs
from turnover.work.sidecar import NotWritten, SidecarRun, Written, write_sidecars

RECIPES = {str(recipe): recipe for recipe in matrix()}
VARYING = "variable"
NO_TIMECODE_RATE = "12.5"
REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference"


@dataclass(frozen=True)
class Truth:
    """What ffprobe says of a clip."""

    rate: Fraction
    frames: int
    width: int
    height: int
    timecode: str | None
    colour: tuple[str | None, str | None, str | None]
    has_audio: bool


@dataclass(frozen=True)
class HandedOver:
    """All clips, what was written for them, and what was refused."""

    clips: dict[str, Path]
    written: dict[tuple[str, str], Path]
    """(recipe, slug) → sidecar."""
    refused: dict[tuple[str, str], str]
    """(recipe, slug) → code."""


@pytest.fixture(scope="module")
def handed_over(tmp_path_factory: pytest.TempPathFactory) -> HandedOver:
    folder = tmp_path_factory.mktemp("clips")
    clips = {}
    for name, recipe in RECIPES.items():
        clips[name] = folder / recipe.name
        clips[name].hardlink_to(cached(recipe))
    by_path = {path: name for name, path in clips.items()}
    seen = list(look(find([folder], with_stills=False), Looking(lambda path: False, counts="missing"), workers=2))
    looked_at = [one for one in seen if isinstance(one, Clip)]
    assert len(looked_at) == len(clips)
    run = SidecarRun(Ledger(tmp_path_factory.mktemp("data")), lambda clip: SidecarSettings())
    outputs = sidecar_outputs(
        looked_at,
        list(builtin_templates().values()),
        out=tmp_path_factory.mktemp("out"),
        shares_stem=lambda path: False,
    )
    results = list(write_sidecars(outputs, run))
    written = {
        (by_path[r.output.clips[0].path], r.output.template.slug): r.output.target
        for r in results
        if isinstance(r, Written)
    }
    refused = {
        (by_path[r.output.clips[0].path], r.output.template.slug): r.error.code
        for r in results
        if isinstance(r, NotWritten)
    }
    return HandedOver(clips, written, refused)


@pytest.fixture(scope="module")
def truth(handed_over: HandedOver, tool: Tool) -> dict[str, Truth]:
    return {name: _probed(path, tool("ffprobe")) for name, path in handed_over.clips.items()}


def _probed(path: Path, ffprobe: Path) -> Truth:
    options = ["-v", "error", "-show_streams", "-show_format", "-count_packets", "-of", "json"]
    command = [str(ffprobe), *options, str(path)]
    report = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    video = next(s for s in report["streams"] if s["codec_type"] == "video")
    labels = [s.get("tags", {}).get("timecode") for s in (*report["streams"], report["format"])]
    colour = [video.get(name) for name in ("color_primaries", "color_transfer", "color_space")]
    return Truth(
        Fraction(video["r_frame_rate"]),
        int(video["nb_read_packets"]),
        video["width"],
        video["height"],
        next((label for label in labels if label), None),
        (colour[0], colour[1], colour[2]),
        any(s["codec_type"] == "audio" for s in report["streams"]),
    )


def _sidecars(handed_over: HandedOver, slug: str) -> Iterator[tuple[str, Path, bytes]]:
    """(recipe, clip, bytes) of every sidecar of one template."""
    for (name, written), path in handed_over.written.items():
        if written == slug:
            yield name, handed_over.clips[name], path.read_bytes()


def test_only_what_cannot_be_told_is_refused(handed_over: HandedOver) -> None:
    """Timelines refuse a varying rate and a rate without a count; everything else is written for every clip."""
    varying = {
        "nuke-script", "nuke-studio-xml", "premiere-xml", "resolve-fcpxml", "fcp-fcpxml", "edl", "avid-ale", "otio",
        "resolve-markers-edl", "after-effects-mgjson",
    }  # fmt: skip
    uncounted = {"nuke-studio-xml", "premiere-xml", "edl", "avid-ale", "resolve-markers-edl"}
    expected = {(VARYING, slug): "variable_frame_rate" for slug in varying}
    expected |= {(NO_TIMECODE_RATE, slug): "rate" for slug in uncounted}
    assert handed_over.refused.keys() - expected.keys() == set()
    assert handed_over.refused.keys() | handed_over.written.keys() == {
        (name, slug) for name in RECIPES for slug in builtin_templates()
    }
    assert {key: code for key, code in handed_over.refused.items() if code not in ("variable_frame_rate", "rate")} == {}


@pytest.mark.parametrize("slug", ["nuke-xml", "resolve-xml"])
def test_specification_xml(handed_over: HandedOver, truth: dict[str, Truth], slug: str) -> None:
    """Resolution, rate and duration come back, and the published schema holds."""
    schema = etree.XMLSchema(etree.parse(_schema()))
    for name, _, content in _sidecars(handed_over, slug):
        root, fact = etree.fromstring(content), truth[name]
        schema.assertValid(root)
        assert root.findtext("resolution") == f"{fact.width}x{fact.height}"
        if name != VARYING:
            assert Fraction(root.findtext("framerate") or "") == fact.rate
            assert abs(float(root.findtext("duration") or "") - float(fact.frames / fact.rate)) < 1e-6


def _schema() -> str:
    return str(Path(__file__).resolve().parents[2] / "src/turnover/sidecars/schemas/turnover-sidecar.xsd")


def test_specification_csv(handed_over: HandedOver, truth: dict[str, Truth]) -> None:
    """One row a frame, every number null because nothing was measured."""
    for name, _, content in _sidecars(handed_over, "after-effects-csv"):
        rows = list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))
        assert [row["frame"] for row in rows] == [str(frame) for frame in range(truth[name].frames)]
        assert {value for row in rows for key, value in row.items() if key != "frame"} == {"null"}


@pytest.mark.parametrize(("slug", "version"), [("resolve-fcpxml", "1.10"), ("fcp-fcpxml", "1.13")])
def test_fcpxml(handed_over: HandedOver, truth: dict[str, Truth], slug: str, version: str) -> None:
    """Rate, frames, media start, colour and path come back exactly; Apple's DTD accepts every file."""
    dtd = REFERENCE / "fcpxml" / f"Final_Cut_Pro_XML_DTD_version_{version}.dtd"
    names = {
        "bt709": "1-1-1 (Rec. 709)",
        "smpte2084": "9-16-9 (Rec. 2020 PQ)",
        "arib-std-b67": "9-18-9 (Rec. 2020 HLG)",
    }
    for name, path, content in _sidecars(handed_over, slug):
        (read,) = read_fcpxml(content).clips
        fact = truth[name]
        assert (read.rate, read.media_frames, read.width, read.height) == (
            fact.rate,
            fact.frames,
            fact.width,
            fact.height,
        )
        assert read.media_start == _frame_of(fact) / fact.rate
        assert read.colour == (names.get(fact.colour[1] or "") if all(fact.colour) else None)
        assert (read.name, read.path) == (path.name, str(path))
        assert (read.audio is not None) is fact.has_audio
        if dtd.exists():
            with dtd.open("rb") as source:
                etree.DTD(source).assertValid(etree.fromstring(content))


def _frame_of(fact: Truth) -> int:
    """The frame that ffprobe's label names, counted by OpenTimelineIO."""
    if fact.timecode is None:
        return 0
    return int(otio.opentime.from_timecode(fact.timecode, float(fact.rate)).value)


@pytest.mark.parametrize("slug", ["premiere-xml", "nuke-studio-xml"])
def test_xmeml(handed_over: HandedOver, truth: dict[str, Truth], slug: str) -> None:
    """The OTIO adapter gives back rate, length, source timecode and path."""
    for name, path, content in _sidecars(handed_over, slug):
        fact = truth[name]
        timeline = otio.adapters.read_from_string(content.decode(), "fcp_xml")
        (track,) = timeline.video_tracks()
        (clip,) = track
        duration = clip.duration()
        assert (duration.value, round(duration.rate, 3)) == (fact.frames, round(float(fact.rate), 3))
        assert clip.media_reference.available_range.start_time.value == _frame_of(fact)
        assert unquote(urlsplit(clip.media_reference.target_url).path) == str(path)


def test_otio(handed_over: HandedOver, truth: dict[str, Truth]) -> None:
    """OpenTimelineIO gives back rate, length, source timecode and the bare path."""
    for name, path, content in _sidecars(handed_over, "otio"):
        fact = truth[name]
        timeline = otio.adapters.read_from_string(content.decode(), "otio_json")
        clip = timeline.video_tracks()[0][0]
        assert clip.duration().value == fact.frames
        assert abs(clip.duration().rate - float(fact.rate)) < 1e-9
        assert clip.available_range().start_time.value == _frame_of(fact)
        assert clip.media_reference.target_url == str(path)


def test_edl(handed_over: HandedOver, truth: dict[str, Truth]) -> None:
    """pycmx gives back one event with the source timecode and the clip's name."""
    for name, path, content in _sidecars(handed_over, "edl"):
        (event,) = pycmx.parse_cmx3600(io.StringIO(content.decode())).events
        (edit,) = event.edits
        assert edit.clip_name == " ".join(path.name.split())
        assert str(edit.source_in) == (truth[name].timecode or "00:00:00:00").rjust(11)


def test_ale(handed_over: HandedOver, truth: dict[str, Truth]) -> None:
    """Every row has the clip's name, start and rate."""
    for name, path, content in _sidecars(handed_over, "avid-ale"):
        lines = content.decode().split("\r\n") if b"\r\n" in content else content.decode().split("\n")
        columns = lines[lines.index("Column") + 1].split("\t")
        row = dict(zip(columns, lines[lines.index("Data") + 1].split("\t"), strict=True))
        assert row["Source File"] == path.name
        assert row["Start"] == (truth[name].timecode or "00:00:00:00")


def test_nuke(handed_over: HandedOver, truth: dict[str, Truth], tool: Tool) -> None:
    """A Tcl interpreter without commands gives back the file, its frames and where they lie; nothing would run."""
    for name, path, content in _sidecars(handed_over, "nuke-script"):
        fact = truth[name]
        script = read_script(content, tool("tclsh"))
        node = script.one("Read")
        assert script.called == []
        assert (node["file"], node["first"], node["last"], node["frame"]) == (str(path), "1", str(fact.frames), "1001")


def test_mgjson(handed_over: HandedOver, tool: Tool) -> None:
    """A reader in Node that knows Adobe's rules takes every file."""
    reader = Path(__file__).resolve().parents[1] / "readers" / "mgjson_reader.mjs"
    for name, path, content in list(_sidecars(handed_over, "after-effects-mgjson"))[::5]:
        done = subprocess.run([tool("node"), reader], input=content, capture_output=True, check=False, timeout=60)
        assert done.returncode == 0, f"{name}: {done.stderr.decode()}"
        assert path.name in done.stdout.decode()


@pytest.mark.parametrize(
    "slug", ["resolve-metadata-csv", "after-effects-data-csv", "ayon-csv", "kitsu-csv", "netflix-csv", "frames-csv"]
)
def test_tables(handed_over: HandedOver, truth: dict[str, Truth], slug: str) -> None:
    """Every row is as wide as the header; per-frame tables have one row a frame, the others one row."""
    for name, _, content in _sidecars(handed_over, slug):
        text = content.decode("utf-16" if content.startswith(b"\xff\xfe") else "utf-8")
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        assert {len(row) for row in rows} == {len(header)}
        assert len(rows) == (truth[name].frames if slug in ("frames-csv", "after-effects-data-csv") else 1)


def test_clip_json(handed_over: HandedOver, truth: dict[str, Truth]) -> None:
    """Size, rate, frames, timecode and colour come back."""
    for name, path, content in _sidecars(handed_over, "clip-json"):
        report: dict[str, Any] = json.loads(content)
        video, fact = report["video"], truth[name]
        assert (video["width"], video["height"], video["frame_count"]) == (fact.width, fact.height, fact.frames)
        assert video["start_timecode"] == fact.timecode
        assert report["clip"]["path"] == str(path)
        if name != VARYING:
            assert Fraction(video["frame_rate"]) == fact.rate


def test_xmp(handed_over: HandedOver, truth: dict[str, Truth]) -> None:
    """Picture size and tape name come back."""
    for name, _, content in _sidecars(handed_over, "adobe-xmp"):
        packet = etree.fromstring(content)
        width = packet.findtext(".//{http://ns.adobe.com/xap/1.0/sType/Dimensions#}w")
        assert width == str(truth[name].width)


def test_recipes_hold_what_they_should() -> None:
    """The clips cover every rate and both kinds of timecode."""
    rates = {recipe.rate.decimal() for recipe in RECIPES.values()}
    assert rates >= {"8", "12.5", "16", "23.976", "24", "25", "29.97", "30", "50", "59.94", "60"}
    assert all(isinstance(recipe, Recipe) for recipe in RECIPES.values())
