"""XMP as exiftool and Adobe's own toolkit (exempi) read it, beside a video and embedded in one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.clips import GENERATED, HLG, REC709, clip, view
from tests.conftest import Tool
from tests.videos import make
from turnover.core.clip import Clip, Marker
from turnover.core.generation import Generation
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.sidecars.builtin import builtin_template
from turnover.sidecars.template import render
from turnover.sidecars.text import clean

NTSC_30 = Rate(30000, 1001)
IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
DM = "{http://ns.adobe.com/xmp/1.0/DynamicMedia/}"


def xmp(one: Clip) -> bytes:
    return render(builtin_template("adobe-xmp"), [view(one)]).content()


def full() -> Clip:
    markers = (Marker(FrameRange(1, 3), "low <x>", "0.41 < 0.60"),)
    return clip(generation=GENERATED, rate=NTSC_30, start="01:00:00;00", colour=REC709, markers=markers)


def exiftool(tool: Tool, path: Path) -> dict[str, Any]:
    done = subprocess.run([tool("exiftool"), "-j", "-n", "-XMP:all", path], capture_output=True, check=True)
    (values,) = json.loads(done.stdout)
    return dict(values)


def test_exiftool_finds_nothing_wrong(tool: Tool, tmp_path: Path) -> None:
    """exiftool's validation has no word against it."""
    path = tmp_path / "clip.xmp"
    path.write_bytes(xmp(full()))
    done = subprocess.run([tool("exiftool"), "-validate", "-warning", "-a", path], capture_output=True, check=True)
    assert done.stdout.decode().split(":")[1].strip() == "OK"


def test_values_come_back(tool: Tool, tmp_path: Path) -> None:
    """What went in comes back through exiftool."""
    path = tmp_path / "clip.xmp"
    path.write_bytes(xmp(full()))
    expected = {
        "AISystemUsed": "wan2.2_t2v.safetensors, ComfyUI",
        "AIPromptInformation": GENERATED.prompt,
        "DigitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        "StartTimecodeTimeFormat": "2997DropTimecode",
        "StartTimecodeTimeValue": "01;00;00;00",
        "TracksFrameRate": "f30000s1001",
        "TracksMarkersName": "low <x>",
        "TracksMarkersStartTime": 1,
        "TracksMarkersDuration": 2,
        "VideoColorSpace": "CCIR-709",
        "VideoPixelDepth": "8Int",
        "Seed": str(GENERATED.seed),
    }
    found = exiftool(tool, path)
    assert {name: found.get(name) for name in expected} == expected


def test_embeds_into_a_video(tool: Tool, tmp_path: Path) -> None:
    """The command of the docs page puts it into an mp4, where Adobe's toolkit reads it."""
    video = make(tmp_path, "clip.mp4")
    sidecar = tmp_path / "clip.xmp"
    sidecar.write_bytes(xmp(full()))
    subprocess.run([tool("exiftool"), "-q", f"-xmp<={sidecar}", video], check=True)
    done = subprocess.run([tool("exempi"), "-x", video], capture_output=True, check=True)
    packet = etree.fromstring(done.stdout[done.stdout.index(b"<x:xmpmeta") :])
    assert [e.text for e in packet.iter(f"{IPTC}AIPromptInformation")] == [GENERATED.prompt]
    assert [e.text for e in packet.iter(f"{DM}name")] == ["low <x>"]


def test_colour_that_xmp_has_no_word_for_is_left_out() -> None:
    """HLG is not called anything else."""
    assert b"videoColorSpace" not in xmp(clip(colour=HLG))


def test_camera_clip_is_not_called_ai() -> None:
    """Without any trace of a generator nothing says that a model made it."""
    assert b"DigitalSourceType" not in xmp(clip())


@pytest.mark.parametrize("rate", [Rate(16), Rate(25, 2)])
def test_rates_without_a_name_have_no_timecode(rate: Rate) -> None:
    """A rate that XMP has no time format for writes no start timecode."""
    start = "01:00:00:00" if rate.nominal else None
    assert b"startTimecode" not in xmp(clip(rate=rate, start=start))


@settings(max_examples=30)
@given(st.text(alphabet=st.characters(), max_size=40))
def test_any_prompt_comes_back(prompt: str) -> None:
    """Whatever a prompt holds, the packet is well-formed and the clean text comes back."""
    packet = etree.fromstring(xmp(clip(generation=Generation(prompt=prompt))))
    assert [e.text or "" for e in packet.iter(f"{IPTC}AIPromptInformation")] == [clean(prompt)]
