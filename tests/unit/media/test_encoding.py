"""A clip made of a clip shows the frames that were asked for, in their colours, at their moments, with their sound."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests import videos
from tests.conftest import Tool
from tests.pictures import Pixels, gradient
from tests.recipes import Recipe
from turnover.core.colour import Colour
from turnover.core.rate import Rate
from turnover.errors import ProbeError, RefusedError, UsageError, WriteError
from turnover.media.encoding import Written, write_clip

PHOTO = Recipe("photo.mp4", width=160, height=96, frames=20, picture="landscape", encoder={"qp": "12"})
PATCHES = [(230, 40, 40), (40, 200, 60), (30, 60, 220), (250, 250, 250), (5, 5, 5), (128, 128, 128)]
SAMPLE_RATE = 48_000


def patches(frame: int, frames: int, width: int, height: int) -> Pixels:
    """Six upright bars of plain colour."""
    pixels = np.empty((height, width, 3), np.uint8)
    for place, colour in enumerate(PATCHES):
        pixels[:, place * width // 6 :] = colour
    return pixels


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out" / "v0123456789abcdef.mp4"


def ran(program: Path, options: str, *more: str | Path, **files: Path) -> bytes:
    """What a program says; words in braces stand for files."""
    words = [word.format(**files) for word in options.split()]
    done = subprocess.run([program, "-v", "error", *words, *more], capture_output=True, check=True)
    return done.stdout


def decoded(tool: Tool, path: Path, filters: str, *, size: tuple[int, int], pixel_format: str) -> NDArray[np.uint8]:
    """(frames, bytes of a frame) as the program ffmpeg decodes it."""
    options = f"-i {{path}} -fps_mode passthrough -f rawvideo -pix_fmt {pixel_format}"
    content = ran(tool("ffmpeg"), options, "-vf", filters, "-", path=path)
    bytes_of_a_frame = size[0] * size[1] * 3 // (1 if pixel_format == "rgb24" else 2)
    return np.frombuffer(content, np.uint8).reshape(-1, bytes_of_a_frame)


def heard(tool: Tool, path: Path) -> NDArray[np.float32]:
    """(samples,) in mono at 48 kHz as the program ffmpeg decodes it."""
    return np.frombuffer(ran(tool("ffmpeg"), f"-i {{path}} -f f32le -ac 1 -ar {SAMPLE_RATE} -", path=path), np.float32)


def told(tool: Tool, path: Path) -> list[dict[str, Any]]:
    """The streams as the program ffprobe describes them, every frame counted."""
    content = json.loads(ran(tool("ffprobe"), "-count_frames -show_streams -of json {path}", path=path))
    streams: list[dict[str, Any]] = content["streams"]
    return streams


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """In dB, of all samples; infinite where they are equal."""
    assert one.shape == other.shape
    error = np.mean((one.astype(np.float64) - other) ** 2)
    return float(10 * np.log10(255**2 / error)) if error else np.inf


def check_like(tool: Tool, source: Path, target: Path, filters: str, written: Written) -> None:
    """Compare each frame with what the program ffmpeg makes of the source."""
    size = written.width, written.height
    expected = decoded(tool, source, filters, size=size, pixel_format="yuv420p")
    found = decoded(tool, target, "null", size=size, pixel_format="yuv420p")
    assert len(expected) == len(found) == written.frame_count
    luma = size[0] * size[1]
    for one, other in zip(expected, found, strict=True):
        assert psnr(one[:luma], other[:luma]) > 45
        assert psnr(one[luma:], other[luma:]) > 43


# --------------------------------------------------------------------------------------------------- frames and time


@pytest.mark.parametrize(("start", "stop"), [(0, None), (5, 14), (19, None), (7, 8)])
def test_range(target: Path, tool: Tool, start: int, stop: int | None) -> None:
    """Exactly the frames [start, stop) are there, each nearly as it was; no two of this clip are alike."""
    source = videos.cached(PHOTO)
    end = 20 if stop is None else stop
    written = write_clip(source, target, start=start, stop=stop)
    assert written == Written(end - start, 160, 96, Rate(24), "h264")
    check_like(tool, source, target, f"trim=start_frame={start}:end_frame={end}", written)


@pytest.mark.parametrize("name", ["photo.mkv", "photo.webm", "photo.avi"])
def test_containers(target: Path, tool: Tool, name: str) -> None:
    """What the frames came in makes no difference, nor does the order in which they are coded."""
    encoder = {"bf": "3", "preset": "medium", "g": "6"} if name.endswith("mkv") else {}
    source = videos.cached(replace(PHOTO, name=name, encoder=encoder))
    written = write_clip(source, target, start=4, stop=13)
    check_like(tool, source, target, "trim=start_frame=4:end_frame=13", written)


@pytest.mark.parametrize(
    "rate",
    [Rate(8), Rate(25, 2), Rate(24000, 1001), Rate(60), Rate(179, 6)],
    ids=str,
)
def test_rate(target: Path, tool: Tool, rate: Rate) -> None:
    """The rate is the source's to the last digit, for all frames alike, and the first frame starts at 0."""
    written = write_clip(videos.cached(Recipe("rated.mp4", rate=rate)), target, start=2)
    (stream,) = told(tool, target)
    exact = str(rate)
    assert (written.rate, stream["r_frame_rate"], stream["avg_frame_rate"]) == (rate, exact, exact)
    assert (stream["nb_frames"], stream["nb_read_frames"], stream["start_pts"]) == ("6", "6", 0)
    assert stream["duration_ts"] * Fraction(stream["time_base"]) == rate.seconds(6)


def test_variable_rate(target: Path, tool: Tool) -> None:
    """Each period of the new rate shows what ffmpeg's filter fps shows in it, and the whole lasts as long."""
    durations = (1, 3, 1, 2, 1, 1, 4, 1, 2, 2, 1, 3)
    source = videos.cached(Recipe("vfr.mp4", variable=durations, picture="landscape", width=160, height=96))
    written = write_clip(source, target)
    assert (written.rate, written.is_resampled) == (Rate(25, 2), True)
    check_like(tool, source, target, "fps=25/2:round=near", written)
    assert abs(written.frame_count / 12.5 - sum(durations) / 24) <= 1 / 24


def test_range_of_a_variable_rate(target: Path, tool: Tool) -> None:
    """A range counts the source's frames: it lasts as long as they do, and shows no other."""
    source = videos.cached(Recipe("vfr.mp4", variable=(2, 4, 2, 6, 2, 2), picture="landscape", width=160, height=96))
    written = write_clip(source, target, start=1, stop=4)
    assert (written.rate, written.frame_count) == (Rate(8), 4)
    before, after = (decoded(tool, path, "null", size=(160, 96), pixel_format="yuv420p") for path in (source, target))
    assert [max(range(6), key=lambda place: psnr(before[place], frame)) for frame in after] == [1, 2, 3, 3]


@pytest.mark.parametrize("durations", [(1,) * 6, (2, 5, 3, 2, 5, 3)])
@pytest.mark.parametrize("name", ["box.gif", "box.webp", "box.png"])
def test_animations(tmp_path: Path, target: Path, tool: Tool, name: str, durations: tuple[int, ...]) -> None:
    """Animations become clips that last as long, in the colours drawn."""

    def moving(frame: int, frames: int, width: int, height: int) -> Pixels:
        pixels = patches(frame, frames, width, height)
        pixels[:16, : 8 * (frame + 1)] = 0
        return pixels

    path = videos.make(tmp_path, name, width=192, picture=moving, variable=durations, rate=Rate(20))
    written = write_clip(path, target)
    assert written.frame_count / float(written.rate) == pytest.approx(
        sum(durations) / 20, abs=0.6 / float(written.rate)
    )
    assert written.is_resampled == (len(set(durations)) > 1)
    (first, *_) = decoded(tool, target, "null", size=(192, 48), pixel_format="rgb24")
    shown = first.reshape(48, 192, 3).astype(int)
    assert np.abs([shown[32, (2 * place + 1) * 16] - colour for place, colour in enumerate(PATCHES)]).max() <= 4


# ------------------------------------------------------------------------------------------------- shape and colours


def test_odd_size(target: Path, tool: Tool) -> None:
    """The last column and the last line are left out, and nothing is scaled."""
    recipe = replace(PHOTO, name="odd.mp4", width=161, height=97, pixel_format="yuv444p")
    written = write_clip(videos.cached(recipe), target)
    assert (written.width, written.height) == (160, 96)
    check_like(tool, videos.cached(recipe), target, "crop=160:96:0:0:exact=1,format=yuv420p", written)


def test_odd_animation(target: Path, tool: Tool) -> None:
    """R'G'B' of an odd size keeps its colours in their places to the last column."""
    source = videos.cached(Recipe("odd.webp", width=65, height=47, frames=2))
    written = write_clip(source, target)
    frame = decoded(tool, target, "null", size=(written.width, written.height), pixel_format="rgb24")[1]
    error = frame.reshape(46, 64, 3) - gradient(1, 2, 65, 47)[:46, :64].astype(int)
    # Chroma squeezed by half a sample is hidden in the mean: it is too red at one side, and too little at the other.
    assert np.abs(error[:, :8].mean((0, 1)) - error[:, -8:].mean((0, 1))).max() < 0.8


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_turned(target: Path, tool: Tool, rotation: int) -> None:
    """The pixels are upright as ffmpeg shows them, and no player turns them again."""
    source = videos.cached(replace(PHOTO, rotation=rotation))
    written = write_clip(source, target, stop=3)
    assert (written.width, written.height) == ((160, 96) if rotation == 180 else (96, 160))
    check_like(tool, source, target, "trim=end_frame=3", written)
    assert "side_data_list" not in told(tool, target)[0]


def test_mirrored(target: Path, tool: Tool) -> None:
    """A file that is shown flipped becomes one that is stored flipped."""
    written = write_clip(videos.cached(replace(PHOTO, is_mirrored=True)), target, stop=2)
    check_like(tool, videos.cached(PHOTO), target, "trim=end_frame=2,hflip", written)


def test_wide_samples(target: Path, tool: Tool) -> None:
    """Samples become square, and the picture keeps the shape it is shown in."""
    source = videos.cached(replace(PHOTO, name="wide.mov", sample_aspect_ratio=Fraction(4, 3)))
    written = write_clip(source, target, stop=2)
    assert (written.width, written.height) == (214, 96)
    check_like(tool, source, target, "trim=end_frame=2,scale=214:96:flags=bicubic+accurate_rnd,setsar=1", written)
    assert told(tool, target)[0].get("sample_aspect_ratio", "1:1") == "1:1"


@pytest.mark.parametrize(
    ("colour", "names"),
    [
        ((1, 1, 1), ("bt709", "bt709", "bt709")),
        ((5, 6, 5), ("bt470bg", "smpte170m", "bt470bg")),
        ((9, 14, 9), ("bt2020", "bt2020-10", "bt2020nc")),
        (None, (None, None, None)),
    ],
)
def test_colour_tags(
    target: Path, tool: Tool, colour: tuple[int, int, int] | None, names: tuple[str | None, ...]
) -> None:
    """What the source says of its colours the clip says too, and nothing else; its code values stay."""
    source = videos.cached(replace(PHOTO, colour=colour))
    check_like(tool, source, target, "trim=end_frame=2", write_clip(source, target, stop=2))
    (stream,) = told(tool, target)
    assert tuple(stream.get(f"color_{key}") for key in ("primaries", "transfer", "space")) == names
    assert (stream["pix_fmt"], stream.get("color_range", "tv")) == ("yuv420p", "tv")


def test_colour_that_is_told(target: Path, tool: Tool) -> None:
    """A person's word about an untagged file is written down."""
    write_clip(videos.cached(PHOTO), target, stop=1, colour=Colour(1, 13, 1, "limited", "set"))
    assert told(tool, target)[0]["color_transfer"] == "iec61966-2-1"


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p", "yuvj420p"])
def test_full_range(target: Path, tool: Tool, pixel_format: str) -> None:
    """Full range becomes limited range, and is called so."""
    source = videos.cached(replace(PHOTO, pixel_format=pixel_format, colour=(1, 1, 1), colour_range="full"))
    written = write_clip(source, target, stop=2)
    narrowed = "trim=end_frame=2,scale=in_range=full:out_range=limited:flags=bicubic+accurate_rnd,format=yuv420p"
    check_like(tool, source, target, narrowed, written)
    assert told(tool, target)[0]["color_range"] == "tv"


@pytest.mark.parametrize("pixel_format", ["yuv420p10le", "yuv422p", "gray", "yuva444p10le"])
def test_pixel_formats(target: Path, tool: Tool, pixel_format: str) -> None:
    """Deeper, finer and colourless pictures become 8-bit 4:2:0; alpha is left out."""
    is_prores = pixel_format == "yuva444p10le"
    recipe = replace(PHOTO, name="deep.mov", pixel_format=pixel_format, codec="prores_ks" if is_prores else None)
    source = videos.cached(replace(recipe, encoder={}) if is_prores else recipe)
    written = write_clip(source, target, stop=2)
    check_like(tool, source, target, "trim=end_frame=2,scale=flags=bicubic+accurate_rnd:out_range=limited", written)


def test_hdr(target: Path) -> None:
    """HDR is refused, and nothing is left behind."""
    source = videos.cached(replace(PHOTO, frames=1, pixel_format="yuv420p10le", colour=(9, 18, 9)))
    with pytest.raises(RefusedError, match=r"HDR \(HLG\)"):
        write_clip(source, target)
    assert list(target.parent.iterdir()) == []


# ------------------------------------------------------------------------------------------------------------- sound


@pytest.mark.parametrize("name", ["tone.mp4", "tone.mov", "tone.mkv", "tone.webm"])
def test_sound(target: Path, tool: Tool, name: str) -> None:
    """The sound begins and ends with the pictures, sample for sample where it was before."""
    source = videos.cached(replace(PHOTO, name=name, audio=True, encoder={}))
    written = write_clip(source, target, start=5, stop=15)
    assert written.has_sound
    found = heard(tool, target)
    expected = heard(tool, source)[5 * 2000 : 15 * 2000]
    assert np.abs(found[:20_000] - expected)[2000:-500].max() < 0.01
    check_length(tool, target, 20_000)
    assert [stream["codec_name"] for stream in told(tool, target)] == ["h264", "aac"]


def check_length(tool: Tool, path: Path, samples: int) -> None:
    """The track lasts as long, to a millisecond; a decoder may give the rest of AAC's last block, which is silence."""
    (sound,) = (stream for stream in told(tool, path) if stream["codec_type"] == "audio")
    assert abs(sound["duration_ts"] - samples) <= SAMPLE_RATE / 1000
    assert samples <= len(heard(tool, path)) < samples + 1024


def test_sound_that_starts_late(tmp_path: Path, target: Path, tool: Tool) -> None:
    """Where there is no sound yet there is silence, so that the rest stays in its place."""
    plain, late = videos.cached(replace(PHOTO, name="tone.mov", audio=True)), tmp_path / "late.mkv"
    options = "-i {plain} -itsoffset 0.25 -i {plain} -map 0:v -map 1:a -c copy {late}"
    ran(tool("ffmpeg"), options, plain=plain, late=late)
    write_clip(late, target)
    found = heard(tool, target)
    check_length(tool, target, 40_000)
    assert np.abs(found[:11_900]).max() < 0.01
    assert np.abs(found[12_100:40_000] - heard(tool, plain)[100:28_000]).max() < 0.02


def test_sound_that_ends_early(tmp_path: Path, target: Path, tool: Tool) -> None:
    """What is missing at the end stays missing."""
    plain, short = videos.cached(replace(PHOTO, name="tone.mov", audio=True)), tmp_path / "short.mov"
    options = "-i {plain} -t 0.5 -i {plain} -map 0:v -map 1:a -c copy {short}"
    ran(tool("ffmpeg"), options, plain=plain, short=short)
    assert write_clip(short, target).frame_count == 20
    check_length(tool, target, 24_000)


def test_without_sound(target: Path, tool: Tool) -> None:
    """Sound that is not wanted is left out."""
    written = write_clip(videos.cached(replace(PHOTO, audio=True)), target, keeps_sound=False)
    assert not written.has_sound
    assert [stream["codec_type"] for stream in told(tool, target)] == ["video"]


# ------------------------------------------------------------------------------------------------- files and trouble


def test_same_twice(tmp_path: Path) -> None:
    """The same input gives the same bytes, whatever the place is called; nothing of the source's tags goes along."""
    source = videos.make(tmp_path, "a.mp4", frames=12, picture="noise", audio=True, tags={"comment": "secret prompt"})
    first, second = tmp_path / "one.mp4", tmp_path / "other" / "two.mp4"
    assert write_clip(source, first, start=1) == write_clip(source, second, start=1)
    content = first.read_bytes()
    assert content == second.read_bytes()
    assert b"secret" not in content
    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize(("start", "stop"), [(-1, None), (3, 3), (5, 2)])
def test_no_range(target: Path, start: int, stop: int | None) -> None:
    """A range that is none is a wrong request."""
    with pytest.raises(UsageError, match="is no range of frames"):
        write_clip(videos.cached(PHOTO), target, start=start, stop=stop)


@pytest.mark.parametrize(("start", "stop", "missing"), [(0, 21, 20), (20, None, 20), (25, 30, 25)])
@pytest.mark.parametrize("name", ["photo.mp4", "vfr.mp4"])
def test_past_the_end(target: Path, name: str, start: int, stop: int | None, missing: int) -> None:
    """Nobody gets fewer frames than asked for without being told."""
    variable = (1, 2, 1, 3) * 5 if name == "vfr.mp4" else None
    with pytest.raises(RefusedError, match=f"has no frame {missing}"):
        write_clip(videos.cached(replace(PHOTO, name=name, variable=variable)), target, start=start, stop=stop)
    assert list(target.parent.iterdir()) == []


def test_cut_off(tmp_path: Path, target: Path) -> None:
    """Of a file that was cut off comes what is there, and never a clip that only looks whole."""
    whole = videos.cached(replace(PHOTO, name="cut.mkv", picture="noise"))
    path = tmp_path / "cut.mkv"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    written = write_clip(path, target)
    assert 5 < written.frame_count < 20
    with pytest.raises(RefusedError, match="has no frame"):
        write_clip(path, target, stop=20)
    assert target.exists()


def test_what_is_no_clip(tmp_path: Path, target: Path) -> None:
    """A text and a still are refused."""
    with pytest.raises(ProbeError):
        write_clip(videos.fake(tmp_path), target)
    with pytest.raises(RefusedError, match="no frame rate"):
        write_clip(videos.make(tmp_path, "still.png", frames=1), target)


def test_clock_that_jumps(target: Path) -> None:
    """A frame that would have to be repeated for minutes is a wrong clock, and refused."""
    with pytest.raises(RefusedError, match="frame 2 lasts longer than 600 seconds"):
        write_clip(videos.cached(Recipe("jump.mp4", variable=(1, 1, 20_000, 1))), target)


def test_told_to_stop(target: Path) -> None:
    """A wish to stop, and an error of whoever is told of progress, leave the old file as it was, and no other."""
    target.parent.mkdir()
    target.write_text("old")
    source, stop = videos.cached(PHOTO), threading.Event()
    with pytest.raises(WriteError) as caught:
        write_clip(source, target, progress=lambda count: stop.set() if count == 3 else None, cancel=stop)
    assert caught.value.code == "cancelled"

    def refuse(count: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_clip(source, target, progress=refuse)
    assert [path.read_text() for path in target.parent.iterdir()] == ["old"]


def test_progress(target: Path) -> None:
    """Every frame is told."""
    counts: list[int] = []
    write_clip(videos.cached(PHOTO), target, progress=counts.append)
    assert counts == list(range(1, 21))


def test_place_that_cannot_be(tmp_path: Path) -> None:
    """A target below a file is told as such."""
    shutil.copy(videos.cached(PHOTO), tmp_path / "file")
    with pytest.raises(WriteError, match=r"clip\.mp4") as caught:
        write_clip(videos.cached(PHOTO), tmp_path / "file" / "clip.mp4")
    assert caught.value.code == "write_failed"
