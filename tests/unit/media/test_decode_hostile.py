"""Whatever a file holds, decoding it ends soon, with pictures or a ProbeError, and quietly.

A hang ends the test process: no exception reaches code that is stuck inside a library.
"""

from __future__ import annotations

import faulthandler
import random
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import videos
from tests.recipes import Recipe
from tests.unit.media.test_probe_hostile import damaged
from turnover.errors import ProbeError
from turnover.media.decode import pictures
from turnover.media.ends import ends
from turnover.media.refusals import REFUSALS
from turnover.media.thumbnails import filmstrip

SECONDS_UNTIL_HUNG = 120
SEEDS = ["a.mp4", "a.mov", "a.mkv", "a.webm", "a.avi", "a.mxf", "a.gif", "a.webp", "a.png"]
DAMAGES_OF_EACH = 25


@pytest.fixture(autouse=True)
def _hard_bound() -> Iterator[None]:
    faulthandler.dump_traceback_later(SECONDS_UNTIL_HUNG, exit=True, file=sys.__stderr__ or 2)
    yield
    faulthandler.cancel_dump_traceback_later()


def look(path: Path) -> str | None:
    """Decode everything in every way; the code of the refusal, None where there was none."""
    try:
        with pictures(path) as found:
            assert [frame.index for frame in found] == list(range(ends(path, 2).frame_count))
        assert filmstrip(path, 3)
    except ProbeError as error:
        return error.code
    return None


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_anywhere(tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Cut or changed bytes give pictures or a refusal."""
    dice = random.Random(name)
    whole = videos.cached(Recipe(name, picture="noise", frames=6)).read_bytes()
    path = tmp_path / name
    for _ in range(DAMAGES_OF_EACH):
        path.write_bytes(damaged(whole, dice))
        assert look(path) in {None, *REFUSALS}
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_damage_in_the_pictures(tmp_path: Path, suffix: str) -> None:
    """Changed bytes in the pictures alone leave frames to see, and never more than there were."""
    dice = random.Random(suffix)
    whole = videos.cached(Recipe(f"hurt{suffix}", picture="noise", frames=12)).read_bytes()
    path = tmp_path / f"hurt{suffix}"
    for _ in range(DAMAGES_OF_EACH):
        data = bytearray(whole)
        for _ in range(3):
            data[dice.randrange(len(data) // 3, len(data) * 2 // 3)] ^= dice.randrange(1, 256)
        path.write_bytes(data)
        with pictures(path) as found:
            assert sum(1 for _ in found) <= 12


def test_cut_off(tmp_path: Path) -> None:
    """Of a file that is cut off, the frames up to the cut come out."""
    whole = videos.cached(Recipe("whole.mkv", picture="noise", frames=24))
    path = tmp_path / "cut.mkv"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pictures(whole) as all_of_them, pictures(path) as found:
        pairs = [(one.luma.tobytes(), other.luma.tobytes()) for one, other in zip(all_of_them, found, strict=False)]
    assert 5 < len(pairs) < 24
    # The frame at the cut may be half there.
    assert all(one == other for one, other in pairs[:-1])


def test_huge_size(tmp_path: Path) -> None:
    """A size that would take all memory is not believed."""
    png = videos.cached(Recipe("huge.png", frames=1)).read_bytes()
    path = tmp_path / "huge.png"
    path.write_bytes(png.replace(struct.pack(">II", 64, 48), struct.pack(">II", 1 << 20, 1 << 20), 1))
    with pytest.raises(ProbeError):
        filmstrip(path)
    assert look(path) == "unreadable"
