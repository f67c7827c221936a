"""A video made by recipe is probed as the recipe says, in every container that holds it."""

from __future__ import annotations

import subprocess
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.recipes import HDR10, HLG, NTSC_24, NTSC_30, NTSC_60, PQ, REC709, Recipe, matrix
from tests.videos import cached, make
from turnover.core.colour import Colour
from turnover.core.probe import Hdr, Probe
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.media.probe import probe

if TYPE_CHECKING:
    from tests.conftest import Tool

RECIPES = [pytest.param(recipe, id=str(recipe)) for recipe in matrix()]
CLOCKED = ["a.mp4", "a.mov", "a.mkv", "a.webm", "a.avi"]


def codes(found: Probe) -> set[str]:
    return {warning.code for warning in found.warnings}


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipes_of_the_matrix(recipe: Recipe) -> None:
    """Size, clock, turn, aspect, timecode, reel and sound of each recipe come back."""
    found = probe(cached(recipe), scan=True)
    video = found.video
    frames = recipe.frames if recipe.variable is None else len(recipe.variable)
    periods = frames if recipe.variable is None else sum(recipe.variable)
    is_variable = recipe.variable is not None and len(set(recipe.variable)) > 1
    expected = {
        "size": (recipe.width, recipe.height),
        "frames": frames,
        "rate": None if is_variable else recipe.rate,
        "variable": is_variable,
        "seconds": recipe.rate.seconds(periods),
        "turn": (recipe.rotation, recipe.is_mirrored),
        "aspect": recipe.sample_aspect_ratio,
        "timecode": recipe.timecode,
        "reel": recipe.reel,
        "colour": recipe.colour or (None, None, None),
        "sound": 1 if recipe.audio else 0,
    }
    assert expected == {
        "size": (video.width, video.height),
        "frames": video.frame_count,
        "rate": video.frame_rate,
        "variable": video.is_variable_frame_rate,
        "seconds": video.duration_seconds,
        "turn": (video.rotation, video.is_mirrored),
        "aspect": None if video.sample_aspect_ratio == 1 else video.sample_aspect_ratio,
        "timecode": found.start_timecode_label,
        "reel": found.reel,
        "colour": (video.colour.primaries, video.colour.transfer, video.colour.matrix),
        "sound": len(found.audio),
    }


@pytest.mark.parametrize("name", CLOCKED)
@pytest.mark.parametrize("rate", [Rate(16), NTSC_24, Rate(25), NTSC_30, NTSC_60])
def test_rate_in_each_container(tmp_path: Path, name: str, rate: Rate) -> None:
    """A rate survives each container's clock, milliseconds included."""
    video = probe(make(tmp_path, name, rate=rate, frames=20)).video
    assert (rate, False, rate.seconds(20)) == (video.frame_rate, video.is_variable_frame_rate, video.duration_seconds)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm"])
def test_variable_rate(tmp_path: Path, name: str) -> None:
    """Frames of one, two and three periods have no single rate, but an average."""
    found = probe(make(tmp_path, name, rate=Rate(25), variable=(1, 2, 3) * 4))
    video = found.video
    assert (None, True, Rate(25, 2)) == (video.frame_rate, video.is_variable_frame_rate, video.average_rate)
    assert "variable_frame_rate" in codes(found)


def test_variable_rate_that_averages_out(tmp_path: Path) -> None:
    """Half and one and a half periods in turn are variable, although the average is the rate of the header."""
    assert probe(make(tmp_path, rate=Rate(50), variable=(1, 3) * 30)).video.is_variable_frame_rate


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_rate_that_changes_late(tmp_path: Path, name: str) -> None:
    """A steady first part does not hide that the rate changes; in Matroska it takes a scan."""
    path = make(tmp_path, name, rate=Rate(30), variable=(1,) * 400 + (2,) * 100, width=16, height=16)
    assert probe(path, scan=name == "a.mkv").video.is_variable_frame_rate


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned(tmp_path: Path, rotation: int, is_mirrored: bool) -> None:
    """All eight ways to hold a camera; a quarter turn swaps the shown size."""
    found = probe(make(tmp_path, rotation=rotation, is_mirrored=is_mirrored))
    video = found.video
    shown = (48, 64) if rotation in (90, 270) else (64, 48)
    assert (rotation, is_mirrored, shown) == (video.rotation, video.is_mirrored, video.display_size)
    assert ("rotated" in codes(found)) == (rotation != 0 or is_mirrored)


@pytest.mark.parametrize(
    ("label", "rate", "timecode"),
    [
        ("01:00:00:00", Rate(24), Timecode(86_400, 24)),
        ("00:59:59;28", NTSC_30, Timecode(107_890, 30, True)),
        ("10:00:00:00", NTSC_24, Timecode(864_000, 24)),
        ("01:00:00;02", NTSC_60, Timecode(215_786, 60, True)),
    ],
)
def test_timecode(tmp_path: Path, label: str, rate: Rate, timecode: Timecode) -> None:
    """The label comes back as written, and counts as it should."""
    found = probe(make(tmp_path, "a.mov", rate=rate, timecode=label, reel="A001C002"))
    assert (label, timecode, "A001C002") == (found.start_timecode_label, found.start_timecode, found.reel)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mxf"])
def test_timecode_in_other_containers(tmp_path: Path, name: str) -> None:
    """A timecode is found in the stream, in the container, and in MXF's own place."""
    found = probe(make(tmp_path, name, rate=Rate(25), timecode="10:00:00:00", width=96, height=96))
    assert Timecode(900_000, 25) == found.start_timecode


@pytest.mark.parametrize("colour", [REC709, PQ, HLG, (6, 6, 6), (5, 6, 5), (1, 13, 1)])
@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
def test_colour(tmp_path: Path, name: str, colour: tuple[int, int, int]) -> None:
    """Each tag comes back as it was written, and no warning is given."""
    found = probe(make(tmp_path, name, colour=colour, colour_range="limited"))
    assert Colour(*colour, "limited") == found.video.colour
    assert not codes(found) & {"untagged_colour", "colour_conflict"}


def test_untagged_colour(tmp_path: Path) -> None:
    """Nothing said is not Rec. 709."""
    found = probe(make(tmp_path))
    assert Colour() == found.video.colour
    assert "untagged_colour" in codes(found)


def test_hdr10(tmp_path: Path) -> None:
    """Mastering display and content light come from the bitstream, through one decoded picture."""
    video = probe(make(tmp_path, codec="libx265", pixel_format="yuv420p10le", colour=PQ, hdr=HDR10)).video
    assert video.hdr is not None
    assert (video.codec, video.profile, video.bit_depth) == ("hevc", "Main 10", 10)
    for field in fields(Hdr):
        assert getattr(HDR10, field.name) == pytest.approx(getattr(video.hdr, field.name), abs=1e-4)


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format", "expected"),
    [
        ("a.mov", "prores_ks", "yuva444p10le", ("prores", "ap4h", "4:4:4", 12, True)),
        ("a.mov", "prores_ks", "yuv422p10le", ("prores", "apch", "4:2:2", 10, False)),
        ("a.mp4", None, "yuv444p10le", ("h264", "avc1", "4:4:4", 10, False)),
        ("a.mkv", "ffv1", "bgra", ("ffv1", None, "rgb", 8, True)),
        ("a.mkv", "ffv1", "gray16le", ("ffv1", None, "gray", 16, False)),
        ("a.avi", "rawvideo", "rgb24", ("rawvideo", None, "rgb", 8, False)),
        ("a.mp4", "libsvtav1", "yuv420p10le", ("av1", "av01", "4:2:0", 10, False)),
    ],
)
def test_pixels(
    tmp_path: Path, name: str, codec: str | None, pixel_format: str, expected: tuple[str, str | None, str, int, bool]
) -> None:
    """Codec, its tag, chroma, depth and alpha of what studios and generators write."""
    video = probe(make(tmp_path, name, codec=codec, pixel_format=pixel_format)).video
    assert expected == (video.codec, video.codec_tag, video.chroma, video.bit_depth, video.has_alpha)


def test_hidden_alpha(tmp_path: Path) -> None:
    """VP9's alpha stands beside the picture, where the pixel format does not show it."""
    found = probe(make(tmp_path, "a.webm", pixel_format="yuva420p"))
    assert (found.video.has_alpha, found.video.pixel_format) == (True, "yuv420p")
    assert "hidden_alpha" in codes(found)


def test_sound(tmp_path: Path) -> None:
    """A sound stream is described, and does not stretch the picture's duration."""
    found = probe(make(tmp_path, "a.mov", audio=True))
    (sound,) = found.audio
    assert (
        sound.codec,
        sound.sample_rate,
        sound.channels,
        sound.channel_layout,
        sound.bit_depth,
    ) == ("pcm_s16le", 48_000, 2, "stereo", 16)
    assert found.video.duration_seconds == Fraction(8, 24)


def test_odd_size_and_squeezed_samples(tmp_path: Path) -> None:
    """What trips encoders and hosts is said."""
    found = probe(
        make(tmp_path, width=65, height=49, pixel_format="yuv444p", sample_aspect_ratio=Fraction(16, 15), rate=Rate(16))
    )
    assert {"odd_size", "non_square_pixels", "odd_rate", "untagged_colour"} == codes(found)
    assert (Fraction(16, 15), (69, 49)) == (found.video.sample_aspect_ratio, found.video.display_size)


def test_another_suffix(tmp_path: Path) -> None:
    """Content decides, and the name's mistake is told; a suffix that is nobody's is no mistake."""
    video = make(tmp_path, "a.mkv")
    wrong, strange = tmp_path / "b.mp4", tmp_path / "c.part"
    wrong.write_bytes(video.read_bytes())
    strange.write_bytes(video.read_bytes())
    assert (probe(wrong).container, "suffix_mismatch" in codes(probe(wrong))) == ("matroska", True)
    assert (probe(strange).container, "suffix_mismatch" in codes(probe(strange))) == ("matroska", False)


def test_container_tags(tmp_path: Path) -> None:
    """Tags come whole, and sorted by name."""
    tags = {"title": "Fuchs & Hase", "comment": "line\nline", "prompt": '{"1": {"class_type": "KSampler"}}'}
    found = probe(make(tmp_path, tags=tags, use_metadata_tags=True))
    assert tags.items() <= dict(found.tags).items()
    assert sorted(found.tags) == list(found.tags)


def test_counts(tmp_path: Path) -> None:
    """A header's claim is enough for an MP4; a scan counts all the same."""
    path = make(tmp_path, frames=30)
    header, scanned = probe(path).video, probe(path, scan=True).video
    assert (header.frame_count_claimed, header.frame_count_counted) == (30, None)
    assert (scanned.frame_count_claimed, scanned.frame_count_counted) == (30, 30)


def test_edit_list_hides_the_start(tmp_path: Path, tool: Tool) -> None:
    """A cut without encoding starts before the cut: the hidden frames are not counted, and the rate stays."""
    whole = make(tmp_path, "whole.mp4", frames=200, encoder={"preset": "medium", "g": "150"}, picture="moving_box")
    cut = tmp_path / "cut.mp4"
    command = [str(tool("ffmpeg")), "-v", "error", "-ss", "5", "-i", str(whole), "-c", "copy", str(cut)]
    subprocess.run(command, check=True)
    scanned = probe(cut, scan=True)
    counted, claimed = scanned.video.frame_count_counted, scanned.video.frame_count_claimed
    assert counted is not None
    assert claimed is not None
    assert counted == 80 < claimed
    assert (Rate(24), Rate(24).seconds(80)) == (scanned.video.frame_rate, scanned.video.duration_seconds)
    assert {"claimed_count_differs", "untagged_colour"} == codes(scanned)


def test_probed_twice(tmp_path: Path) -> None:
    """The same file gives the same probe, warnings and their order included."""
    path = make(tmp_path, "a.webm", pixel_format="yuva420p", rate=Rate(16), width=65, height=49)
    assert probe(path) == probe(path)


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """FFmpeg's own messages about damaged files stay away from the terminal."""
    path = make(tmp_path, frames=30, picture="noise", muxer={"movflags": "faststart"})
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    path.write_bytes(data)
    assert "damaged" in codes(probe(path, scan=True))
    assert capfd.readouterr() == ("", "")
