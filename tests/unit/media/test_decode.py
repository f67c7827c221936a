"""The pictures of a file: how many, when, how turned, and whole, from honest files."""

from __future__ import annotations

import math
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests import videos
from tests.conftest import Tool
from tests.recipes import NTSC_30, Recipe, matrix
from turnover.core.rate import Rate
from turnover.errors import ProbeError
from turnover.media.decode import DecodedFrame, pictures
from turnover.media.frame_times import frame_times
from turnover.media.probe import probe
from turnover.media.reduction import reduced

DURATIONS = (1, 3, 1, 2, 1, 1, 4, 1)
REORDERED = {"bf": "2", "preset": "medium"}
# Hidden frames, no rate, no index, no end, other containers; `make test-all` decodes all files.
QUICK = (
    "technical/bt601.mov", "technical/sample_android_slow_motion.mp4", "technical/sample_fragmented.mp4",
    "technical/sample_mdat_too_long.mp4", "technical/sample.flv", "technical/sample_scte35.ts",
    "technical/transparent.webm", "technical/invalid-bitstream.webm", "technical/video_90.mov",
    "technical/sample_audio_only.mp4", "derived/prores4444_alpha_2997df.mov", "derived/text.mp4",
    "derived/truncated_no_moov.mp4", "comfy_image/v1_robot.webp",
)  # fmt: skip
REAL = {".mp4", ".mov", ".mkv", ".webm", ".ts", ".flv", ".webp"}


def decoded(path: Path, stream_index: int | None = None) -> tuple[list[DecodedFrame], str | None]:
    with pictures(path, stream_index=stream_index) as found:
        return list(found), found.trouble


@pytest.mark.parametrize("recipe", [recipe for recipe in matrix() if recipe.width < 1000], ids=str)
def test_recipes(recipe: Recipe) -> None:
    """Frames, their times, and how they are turned are those that the packets and the probe tell."""
    path = videos.cached(recipe)
    video = probe(path, scan=True).video
    frames, trouble = decoded(path)
    assert trouble is None
    assert list(range(video.frame_count_counted or 0)) == [frame.index for frame in frames]
    assert list(frame_times(path, video.stream_index)) == pytest.approx([frame.seconds for frame in frames])
    assert {(recipe.height, recipe.width)} == {frame.luma.shape for frame in frames}
    assert {(recipe.rotation, recipe.is_mirrored)} == {(frame.rotation, frame.is_mirrored) for frame in frames}
    is_full = recipe.colour_range == "full"
    assert {(0, 255) if is_full else (16, 235)} == {(frame.black, frame.white) for frame in frames}


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm", ".avi", ".mxf"])
def test_containers(suffix: str) -> None:
    """A moving box is seen moving in every container, with sound beside it."""
    path = videos.cached(Recipe(f"box{suffix}", picture="moving_box", frames=6, audio=True))
    frames, trouble = decoded(path)
    middles = [np.average(np.arange(64), weights=frame.luma.mean(axis=0) - frame.luma.min() + 1) for frame in frames]
    assert len(frames) == 6
    assert middles == sorted(middles)
    assert trouble is None


def test_mirrored() -> None:
    """Turning and mirroring are told, and not applied."""
    frames, _ = decoded(videos.cached(Recipe("mirrored.mov", rotation=270, is_mirrored=True)))
    assert {(270, True, (48, 64))} == {(frame.rotation, frame.is_mirrored, frame.luma.shape) for frame in frames}


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_animation(suffix: str) -> None:
    """Animations give their frames at their own times, with the luma of what was drawn."""
    frames, trouble = decoded(videos.cached(Recipe(f"anim{suffix}", variable=DURATIONS, rate=Rate(10))))
    starts = [sum(DURATIONS[:place]) / 10 for place in range(len(DURATIONS))]
    assert starts == pytest.approx([frame.seconds for frame in frames])
    assert trouble is None
    assert {(0, 255, (48, 64))} == {(frame.black, frame.white, frame.luma.shape) for frame in frames}
    red = np.arange(64) * 255 // 63
    green = (np.arange(48) * 255 // 47)[:, None]
    drawn = 0.2126 * red + 0.7152 * green
    # GIF has 256 colours.
    assert np.abs(frames[0].luma - drawn).mean() < (8 if suffix == ".gif" else 0.6)


def test_still() -> None:
    """A still is one picture at once."""
    frames, trouble = decoded(videos.cached(Recipe("still.png", frames=1)))
    assert [(frame.index, frame.seconds) for frame in frames] == [(0, 0.0)]
    assert trouble is None


def test_similarity_and_small() -> None:
    """The small plane is the luma reduced; its likeness to the frame before is known from the second frame on."""
    path = videos.cached(Recipe("large.mp4", width=640, height=576, frames=4, picture="moving_box"))
    frames, _ = decoded(path)
    for frame in frames:
        np.testing.assert_array_equal(reduced(frame.luma), frame.small)
    assert math.isnan(frames[0].ssim_previous)
    assert all(0.5 < frame.ssim_previous < 1 for frame in frames[1:])


def test_frames_that_are_kept() -> None:
    """A frame that somebody keeps is not drawn over by later ones."""
    path = videos.cached(Recipe("kept.mp4", frames=40, picture="noise", encoder=REORDERED))
    with pictures(path) as found:
        kept = [(frame, frame.luma.copy(), frame.small.copy()) for frame in found]
    for frame, luma, small in kept:
        np.testing.assert_array_equal(luma, frame.luma)
        np.testing.assert_array_equal(small, frame.small)


def test_read_only() -> None:
    """Nobody draws into what the decoder predicts from."""
    with pictures(videos.cached(Recipe())) as found, pytest.raises(ValueError, match="read-only"):
        next(found).luma[0, 0] = 0


def test_size_changes(tmp_path: Path) -> None:
    """A stream may change its size; what is compared starts anew there."""
    path = tmp_path / "two.h264"
    path.write_bytes(annex_b(64, 48) + annex_b(96, 64))
    frames, _ = decoded(path)
    assert [frame.luma.shape for frame in frames] == [(48, 64)] * 3 + [(64, 96)] * 3
    assert [frame.index for frame in frames if math.isnan(frame.ssim_previous)] == [0, 3]


def annex_b(width: int, height: int) -> bytes:
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = width, height, "yuv420p", Fraction(1, 25)
    frames = [av.VideoFrame(width, height, "yuv420p") for _ in range(3)]
    for place, frame in enumerate(frames):
        frame.pts = place
    return b"".join(bytes(packet) for frame in (*frames, None) for packet in encoder.encode(frame))


def test_chosen_stream(shared_media: Path) -> None:
    """Of several picture streams the one with that index is decoded."""
    path = shared_media / "technical" / "nasa_13013.mp4"
    with av.open(str(path)) as container:
        sizes = {stream.index: (stream.height, stream.width) for stream in container.streams.video}
    assert len(sizes) > 1
    for index, size in sizes.items():
        with pictures(path, stream_index=index) as found:
            assert size == next(found).luma.shape


@pytest.mark.parametrize(
    ("name", "code"),
    [("fake.mp4", "not_media"), ("none.mp4", "not_found"), ("sound.mp4", "no_video"), (".", "not_a_file")],
)
def test_refused(tmp_path: Path, name: str, code: str) -> None:
    """What cannot be opened, or has no such stream, is refused as probing refuses it."""
    videos.fake(tmp_path)
    shutil.copy(videos.cached(Recipe("sound.mp4", audio=True)), tmp_path / "sound.mp4")
    with pytest.raises(ProbeError) as caught, pictures(tmp_path / name, stream_index=1):
        pass
    assert caught.value.code == code


def test_trouble_of_the_caller() -> None:
    """What goes wrong in whoever looks at the pictures is not blamed on the file."""

    def look() -> None:
        with pictures(videos.cached(Recipe())) as found:
            raise ValueError(f"not the fault of frame {next(found).index}")

    with pytest.raises(ValueError, match="frame 0"):
        look()


# ------------------------------------------------------------------------------------------------------ real files


def check_real(path: Path) -> None:
    """Frames and times are those of the packets, unless the probe warns; refusals are the probe's."""
    outcome = refused(path)
    assert outcome == refused_by_probe(path)
    if outcome is not None:
        return
    found = probe(path, scan=True)
    times, trouble = times_of(path)
    if {"damaged", "undecodable"} & {warning.code for warning in found.warnings}:
        assert trouble is not None
    else:
        assert trouble is None
        assert list(frame_times(path, found.video.stream_index)) == pytest.approx(times)


def refused(path: Path) -> str | None:
    try:
        with pictures(path):
            return None
    except ProbeError as error:
        return error.code


def refused_by_probe(path: Path) -> str | None:
    try:
        probe(path)
    except ProbeError as error:
        return error.code
    return None


def times_of(path: Path) -> tuple[list[float | None], str | None]:
    with pictures(path) as found:
        return [frame.seconds for frame in found], found.trouble


@pytest.mark.parametrize("name", QUICK)
def test_real_file(shared_media: Path, name: str) -> None:
    """Real files of many makers decode to the frames that their packets promise."""
    check_real(shared_media / name)


@pytest.mark.slow
def test_all_real_files(shared_media: Path) -> None:
    """The same for all of them."""
    for path in sorted(shared_media.rglob("*")):
        if path.suffix in REAL:
            check_real(path)


def test_damaged(shared_media: Path) -> None:
    """Of a file with a broken packet the other frames come out, at their own times, and the trouble is told."""
    path = shared_media / "technical" / "corrupted.mp4"
    times, trouble = times_of(path)
    all_times = list(frame_times(path, 0))
    assert (len(times), len(all_times)) == (49, 50)
    assert set(times) < set(all_times)
    assert trouble is not None
    assert "1, the first is number 30 from 0" in trouble


def test_nothing_decodes(shared_media: Path) -> None:
    """A file of which nothing decodes gives nothing, and says why."""
    frames, trouble = decoded(shared_media / "technical" / "invalid-bitstream.webm")
    assert frames == []
    assert trouble is not None
    assert "Invalid data" in trouble


# ---------------------------------------------------------------------------------------------- FFmpeg's own program


def by_ffmpeg(ffmpeg: Path, path: Path, *output: str) -> bytes:
    """What FFmpeg's program writes of the first picture stream, each frame once and not turned."""
    command = [
        str(ffmpeg),
        "-v",
        "error",
        "-noautorotate",
        "-i",
        str(path),
        "-map",
        "0:v:0",
        "-fps_mode",
        "passthrough",
    ]
    return subprocess.run([*command, *output, "-"], capture_output=True, check=True).stdout


ORACLES = [
    Recipe("o420.mp4", encoder=REORDERED, frames=12),
    Recipe("o444.mp4", pixel_format="yuv444p", width=161, height=121),
    Recipe("o10.mp4", pixel_format="yuv420p10le"),
    Recipe("ofull.mp4", colour=(1, 13, 1), colour_range="full", pixel_format="yuv420p"),
    Recipe("o422.mp4", pixel_format="yuv422p10le"),
    Recipe("ovp9.webm"),
    Recipe("orgb.mp4", codec="libx264rgb", pixel_format="rgb24"),
]


@pytest.mark.parametrize("recipe", ORACLES, ids=str)
def test_as_ffmpeg_decodes(tool: Tool, recipe: Recipe) -> None:
    """Luma is that of FFmpeg's own program, rounded to 8 bits where it has more; R'G'B' by BT.709's weights."""
    path = videos.cached(recipe)
    known = av.VideoFormat(probe(path).video.pixel_format or "")
    frames, _ = decoded(path)
    data = by_ffmpeg(tool("ffmpeg"), path, "-f", "rawvideo", "-pix_fmt", known.name)
    height, width, is_deep = recipe.height, recipe.width, known.components[0].bits > 8
    words = np.frombuffer(data, "<u2" if is_deep else np.uint8).reshape(len(frames), -1)
    for frame, content in zip(frames, words, strict=True):
        first = content[: height * width].reshape(height, width)
        if known.is_rgb:
            green, blue, red = content.reshape(3, height, width)
            assert np.abs(0.2126 * red + 0.7152 * green + 0.0722 * blue - frame.luma).max() < 0.52
        else:
            np.testing.assert_array_equal(np.rint(first / 4) if is_deep else first, frame.luma)


@pytest.mark.parametrize(
    "name",
    [
        "sample_android_slow_motion.mp4",
        "sample_scte35.ts",
        "video_90.mov",
        "bt601.mov",
        pytest.param("edit_list_positive_shift.mp4", marks=pytest.mark.slow),
    ],
)
def test_as_many_as_ffmpeg_decodes(shared_media: Path, tool: Tool, name: str) -> None:
    """FFmpeg's own program decodes as many frames."""
    path = shared_media / "technical" / name
    frames, _ = times_of(path)
    lines = by_ffmpeg(tool("ffmpeg"), path, "-f", "framecrc").splitlines()
    assert len(frames) == sum(not line.startswith(b"#") for line in lines)


def test_rate_plays_no_part() -> None:
    """The number of frames does not depend on the rate that is claimed."""
    slow, fast = (
        decoded(videos.cached(Recipe(f"r{n}.mp4", rate=rate)))[0] for n, rate in enumerate((Rate(1), NTSC_30))
    )
    assert len(slow) == len(fast) == 8
