"""When each frame is shown is told by the file itself, not by a rate."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import videos
from tests.conftest import Tool
from tests.recipes import NTSC_30, Recipe
from turnover.core.rate import Rate
from turnover.errors import ProbeError
from turnover.media.frame_times import frame_times
from turnover.media.probe import probe

DURATIONS = (1, 3, 1, 2, 1, 1, 4, 1)


def _times(path: Path) -> list[float]:
    return list(frame_times(path, probe(path).video.stream_index))


def _starts(durations: Sequence[int], rate: Rate) -> list[float]:
    return [float(rate.seconds(sum(durations[:frame]))) for frame in range(len(durations))]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_varying_rate(suffix: str) -> None:
    """Every frame of a varying rate has the time it was made with, sound beside it or not."""
    for audio in (False, True):
        path = videos.cached(Recipe(f"vfr{suffix}", variable=DURATIONS, rate=Rate(25), audio=audio))
        # Matroska's clock has milliseconds.
        assert _times(path) == pytest.approx(_starts(DURATIONS, Rate(25)), abs=0.0006)


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_animation(suffix: str) -> None:
    """The same for animations, by the durations that they state themselves."""
    path = videos.cached(Recipe(f"anim{suffix}", variable=(1, 3, 2), rate=Rate(10)))
    assert _times(path) == pytest.approx(_starts((1, 3, 2), Rate(10)))


def test_still() -> None:
    """A picture that does not move is shown at once."""
    assert _times(videos.cached(Recipe("still.png", frames=1))) == [0.0]


def test_constant_rate() -> None:
    """Where the rate is constant, times and rate agree; B-frames come in showing order."""
    recipe = Recipe("bframes.mp4", rate=NTSC_30, frames=24, encoder={"bf": "2", "preset": "medium"}, picture="noise")
    assert _times(videos.cached(recipe)) == pytest.approx(_starts((1,) * 24, NTSC_30), abs=1e-4)


def test_hidden_frames(shared_media: Path) -> None:
    """Frames that an edit list hides are not counted, and times start with the first frame that is shown."""
    for name in ("edit_list_positive_shift.mp4", "cursed-vfr.mp4", "sample_android_slow_motion.mp4", "bt601.mov"):
        path = shared_media / "technical" / name
        times = _times(path)
        assert len(times) == probe(path, scan=True).video.frame_count_counted
        assert times[0] == 0.0
        assert times == sorted(times)


@pytest.mark.parametrize("name", ["sample_android_slow_motion.mp4", "bear-vp9-odd-dimensions.webm"])
def test_as_ffprobe_says(shared_media: Path, tool: Tool, name: str) -> None:
    """FFmpeg's own tool gives the same times."""
    path = shared_media / "technical" / name
    command = [str(tool("ffprobe")), "-v", "error", "-select_streams", "v:0", "-show_entries", "frame=pts_time", "-of"]
    done = subprocess.run([*command, "csv=p=0", str(path)], capture_output=True, text=True, check=True)
    shown = [float(line.strip(",")) for line in done.stdout.split()]
    assert _times(path) == pytest.approx([time - shown[0] for time in shown], abs=1e-5)


def test_file_that_ends_too_early(tmp_path: Path) -> None:
    """Of a file that is cut off, the frames up to the cut have their times."""
    whole = videos.cached(Recipe("whole.mkv", variable=DURATIONS * 4, rate=Rate(25), picture="noise"))
    cut = Path(shutil.copy(whole, tmp_path / "cut.mkv"))
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    times = list(frame_times(cut, 0))
    assert 0 < len(times) < 32
    assert times == list(frame_times(whole, 0))[: len(times)]


@pytest.mark.parametrize(
    ("name", "code"), [("fake.mp4", "not_media"), ("none.mp4", "not_found"), ("ok.mp4", "no_video")]
)
def test_no_times(tmp_path: Path, name: str, code: str) -> None:
    """What is no video, is not there, or has no such stream is refused as probing refuses it."""
    videos.fake(tmp_path)
    shutil.copy(videos.cached(Recipe("ok.mp4")), tmp_path / "ok.mp4")
    with pytest.raises(ProbeError) as caught:
        frame_times(tmp_path / name, 7)
    assert caught.value.code == code
