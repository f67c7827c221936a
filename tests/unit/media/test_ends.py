"""The two ends of a file are the same whether its middle was decoded or not."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from tests import videos
from tests.recipes import Recipe
from turnover.errors import ProbeError
from turnover.media.decode import DecodedFrame, pictures
from turnover.media.ends import ends

REORDERED = {"bf": "3", "b-pyramid": "normal", "preset": "medium", "g": "12"}
LONG = Recipe("long.mp4", frames=90, picture="noise", encoder=REORDERED)


def told(frames: Sequence[DecodedFrame]) -> list[tuple[int, float | None, bytes, int]]:
    return [(frame.index, frame.seconds, frame.luma.tobytes(), frame.rotation) for frame in frames]


def check(path: Path, count: int) -> None:
    """Compare with a pass over the whole file."""
    with pictures(path) as found:
        whole = told(list(found))
    two = ends(path, count)
    assert whole[:count] == told(two.first)
    assert whole[-count:] == told(two.last)
    assert len(whole) == two.frame_count
    assert two.trouble is None


@pytest.mark.parametrize("count", [1, 8, 60])
@pytest.mark.parametrize("name", ["long.mp4", "long.mov", "long.mkv"])
def test_long(name: str, count: int) -> None:
    """Frames that are shown before the key frame they are decoded after do not confuse the ends."""
    check(videos.cached(Recipe(name, frames=90, picture="noise", encoder=REORDERED, rotation=90)), count)


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe("long.webm", frames=60, picture="moving_box", encoder={"g": "10"}),
        Recipe("long.avi", frames=60, picture="moving_box", encoder={"g": "10"}),
        Recipe("intra.mov", frames=60, codec="prores_ks", picture="moving_box"),
        Recipe("open.mp4", frames=60, codec="libx265", encoder={"x265-params": "keyint=10:open-gop=1:bframes=3"}),
        Recipe("refreshed.mkv", frames=60, picture="noise", encoder={"intra-refresh": "1", "g": "10"}),
        Recipe("one-key.mp4", frames=60),
        Recipe("vfr.mp4", variable=(1, 3, 1, 2) * 15, encoder={"g": "6"}),
        Recipe("long.gif", frames=30, picture="moving_box"),
        Recipe("long.webp", frames=30, picture="moving_box"),
        Recipe("short.mp4", frames=3),
        Recipe("one.mp4", frames=1),
        Recipe("still.png", frames=1),
    ],
    ids=str,
)
def test_kinds(recipe: Recipe) -> None:
    """The same for all kinds of files, short ones too."""
    check(videos.cached(recipe), 8)


@pytest.mark.parametrize(
    "name",
    [
        "technical/bikes.mp4",
        "technical/transparent.webm",
        pytest.param("technical/cursed-vfr.mp4", marks=pytest.mark.slow),
    ],
)
def test_real_files(shared_media: Path, name: str) -> None:
    """The same for files of other makers, one of which has an edit list."""
    check(shared_media / name, 8)


def packets(path: Path) -> list[tuple[int, int]]:
    """Where the packets lie in the file, and how long they are."""
    with av.open(str(path)) as container:
        return [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.pos is not None]


def test_damage_in_the_middle(tmp_path: Path) -> None:
    """What lies between is not decoded, so that its damage is not even seen."""
    path = Path(shutil.copy(videos.cached(LONG), tmp_path / "hurt.mp4"))
    data = bytearray(path.read_bytes())
    for start, size in packets(path)[40:44]:
        data[start : start + size] = bytes(size)
    path.write_bytes(data)
    with pictures(path) as found:
        deque(found, 0)
        assert found.trouble is not None
    two, whole = ends(path), ends(videos.cached(LONG))
    assert told(whole.first) == told(two.first)
    assert told(whole.last) == told(two.last)
    assert two.trouble is None


def test_damage_at_the_end(tmp_path: Path) -> None:
    """Where the last frames do not decode, the last that do are taken, and the trouble is told."""
    path = Path(shutil.copy(videos.cached(LONG), tmp_path / "hurt.mp4"))
    data = bytearray(path.read_bytes())
    for start, size in packets(path)[-6:]:
        data[start : start + size] = bytes(size)
    path.write_bytes(data)
    two = ends(path)
    with pictures(path) as found:
        whole = told(list(found))
    assert whole[-8:] == told(two.last)
    assert len(whole) == two.frame_count
    assert two.trouble is not None


def test_nothing_decodes(shared_media: Path) -> None:
    """A file of which nothing decodes has no ends, and says why."""
    two = ends(shared_media / "technical" / "invalid-bitstream.webm")
    assert (two.first, two.last, two.frame_count) == ((), (), 0)
    assert two.trouble is not None


def test_not_compared() -> None:
    """Likeness is not taken, whichever way the ends were found; neighbours differ in noise."""
    two = ends(videos.cached(LONG))
    assert all(np.isnan(frame.ssim_previous) for frame in (*two.first, *two.last))
    assert all(np.abs(a.luma.astype(int) - b.luma).mean() > 10 for a, b in pairwise(two.last))


def test_refused(tmp_path: Path) -> None:
    """What is no video is refused."""
    with pytest.raises(ProbeError, match=r"fake\.mp4"):
        ends(videos.fake(tmp_path))
