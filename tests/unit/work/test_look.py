"""Looking at files gives a clip or a failure for each, in order; twins count once."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests import videos
from tests.clips import clip
from tests.recipes import Recipe
from turnover.core.clip import Clip
from turnover.errors import ProbeError
from turnover.files.finding import find
from turnover.work.look import Failed, Looking, duplicates, look, one_of_each

PLAIN = Recipe("clip.mp4", id="plain")
SOUND = Recipe("clip.mp4", id="sound", audio=True)


def _look(folder: Path, how: Looking | None = None) -> list[Clip | Failed]:
    return list(look(find([folder], with_stills=False), how or Looking(lambda path: False), workers=2))


def test_one_for_each_file(tmp_path: Path) -> None:
    """Good and bad files come out in the order of their paths, each bad one with its reason."""
    shutil.copy(videos.cached(PLAIN), tmp_path / "b.mp4")
    videos.broken(tmp_path, "a.mp4")
    videos.fake(tmp_path, "c.mp4")
    (tmp_path / "d.mp4").write_bytes(b"")
    (tmp_path / "e.mp4").mkdir()
    seen = [*_look(tmp_path), *_look(tmp_path / "none.mp4"), *_look(tmp_path / "e.mp4")]
    told = [(one.path.name, one.error.code if isinstance(one, Failed) else "good") for one in seen]
    assert told == [
        ("a.mp4", "truncated"), ("b.mp4", "good"), ("c.mp4", "not_media"), ("d.mp4", "empty"), ("none.mp4", "not_found")
    ]  # fmt: skip


def test_values_that_cannot_be_used(tmp_path: Path) -> None:
    """Wrong values fail the clip, or warn about it where one only wants to look."""
    shutil.copy(videos.cached(PLAIN), tmp_path / "clip.mp4")
    (tmp_path / "clip.json").write_text('{"seed": "x"}')
    (failed,) = _look(tmp_path)
    assert isinstance(failed, Failed)
    assert failed.error.message.startswith("clip.json: seed: expected")
    (seen,) = _look(tmp_path, Looking(lambda path: False, forgives_values=True))
    assert isinstance(seen, Clip)
    assert [w.message for w in seen.probe.warnings if w.code == "bad_values"] == [str(failed.error)]


def test_frames_are_counted_where_nobody_tells_them(tmp_path: Path) -> None:
    """Matroska tells no number of frames; it is counted where it is missing, and only there."""
    shutil.copy(videos.cached(Recipe("clip.mkv", frames=12)), tmp_path / "clip.mkv")
    shutil.copy(videos.cached(PLAIN), tmp_path / "clip.mp4")
    (mkv, mp4) = _look(tmp_path, Looking(lambda path: False, counts="missing"))
    assert isinstance(mkv, Clip)
    assert isinstance(mp4, Clip)
    assert mkv.probe.video.frame_count == 12
    assert mp4.probe.video.frame_count_claimed == 8


def test_silent_twin(tmp_path: Path) -> None:
    """Of the picture, the silent video and the one with sound of one counter, the one with sound is the clip."""
    videos.make(tmp_path, "gen_00001.png", frames=2)
    shutil.copy(videos.cached(PLAIN), tmp_path / "gen_00001.mp4")
    assert _names(one_of_each(_look(tmp_path))) == ["gen_00001.mp4"]
    shutil.copy(videos.cached(SOUND), tmp_path / "gen_00001-audio.mp4")
    assert _names(_look(tmp_path)) == ["gen_00001-audio.mp4", "gen_00001.mp4", "gen_00001.png"]
    assert _names(one_of_each(_look(tmp_path))) == ["gen_00001-audio.mp4"]


@pytest.mark.parametrize("with_sound", ["broken", "silent", "elsewhere"])
def test_no_twin(tmp_path: Path, with_sound: str) -> None:
    """A copy that is broken, silent, or in another folder is nobody's twin, and nothing is left out for it."""
    shutil.copy(videos.cached(PLAIN), tmp_path / "x.mp4")
    other = tmp_path / ("sub/x-audio.mp4" if with_sound == "elsewhere" else "x-audio.mp4")
    other.parent.mkdir(exist_ok=True)
    if with_sound == "broken":
        videos.broken(tmp_path, other.name)
    else:
        shutil.copy(videos.cached(SOUND if with_sound == "elsewhere" else PLAIN), other)
    assert "x.mp4" in _names(one_of_each(_look(tmp_path)))


def test_two_clips_with_sound() -> None:
    """A clip that has sound itself is no silent twin, whatever its neighbour is called."""
    pair = (clip("/show/talk.mp4", audio=True), clip("/show/talk-audio.mp4", audio=True))
    assert _names(one_of_each(pair)) == ["talk.mp4", "talk-audio.mp4"]


def test_broken_silent_copy() -> None:
    """The silent copy of a good clip with sound is not asked for, so nobody minds that it is broken."""
    error = ProbeError("it is broken")
    seen: list[Clip | Failed] = [Failed(Path("/show/x.mp4"), error), clip("/show/x-audio.mp4", audio=True)]
    assert _names(one_of_each(seen)) == ["x-audio.mp4"]


@pytest.mark.parametrize("name", ["-audio.mp4", ".mp4", "audio.mp4", "x-audio"])
def test_odd_names(name: str) -> None:
    """Names that are nothing but the mark, or have no suffix, stand for themselves."""
    assert _names(one_of_each([clip(f"/show/{name}", audio=True)])) == [name]


def test_duplicates(tmp_path: Path) -> None:
    """Files of the same bytes are told with the first of them; a file that went away meanwhile is not."""
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        shutil.copy(videos.cached(PLAIN), tmp_path / name)
    shutil.copy(videos.cached(SOUND), tmp_path / "d.mp4")
    clips = [one for one in _look(tmp_path) if isinstance(one, Clip)]
    (tmp_path / "c.mp4").unlink()
    assert duplicates(clips) == {tmp_path / "b.mp4": tmp_path / "a.mp4"}


def test_same_size_is_no_duplicate(tmp_path: Path) -> None:
    """Equal sizes are not enough."""
    paths = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    for path in paths:
        path.write_bytes(path.name.encode())
    clips = [replace(clip(str(path)), path=path) for path in paths]
    assert duplicates(clips) == {}


def _names(seen: Iterable[Clip | Failed]) -> list[str]:
    return [one.path.name for one in seen]
