"""`turnover FOLDER` reads, writes nothing, and says one line a clip."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from tests import videos
from tests.recipes import REC709, Recipe
from tests.unit.cli.running import turnover
from turnover.core.rate import Rate

PLAIN = Recipe("clip.mp4", id="plain")
TAGGED = Recipe("clip.mp4", id="tagged", colour=REC709, rate=Rate(16), width=128, height=96, frames=12)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two clips, one of them twice, values beside one, and a broken one."""
    clips = tmp_path / "my clips"
    (clips / "sub").mkdir(parents=True)
    shutil.copy(videos.cached(PLAIN), clips / "a.mp4")
    shutil.copy(videos.cached(TAGGED), clips / "b.mp4")
    shutil.copy(videos.cached(TAGGED), clips / "sub" / "c.mp4")
    (clips / "b.json").write_text('{"prompt": "a red kite", "seed": 42, "model": "wan", "lora_weights": {"kite": 1}}')
    videos.fake(clips, "broken.mp4")
    return clips


def _state(folder: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_one_line_a_clip(folder: Path) -> None:
    """Size, rate, frames, model, seed, LoRAs, prompt and what is wrong stand on the clip's line."""
    ended = turnover(folder)
    lines = ended.out.splitlines()
    a, b, c = (" ".join(line.split()) for line in lines[1:4])
    assert a == "a.mp4 64x48 24 8 h264 untagged colour"
    assert b == "b.mp4 128x96 16 12 h264 wan 42 kite a red kite odd rate"
    assert c == "sub/c.mp4 128x96 16 12 h264 odd rate, same as b.mp4"
    (summary,) = (line for line in lines if line.startswith("3 clips"))
    assert summary.endswith("1 unreadable")


def test_failures_and_status(folder: Path) -> None:
    """A file that cannot be read is named on stderr with a next step, and the status is 1; without it it is 0."""
    ended = turnover(folder)
    assert ended.status == 1
    assert ended.err.startswith("✗ broken.mp4 ")
    assert "  → " in ended.err
    (folder / "broken.mp4").unlink()
    ended = turnover(folder)
    assert (ended.status, ended.err) == (0, "")


def test_next_three_commands(folder: Path) -> None:
    """The end shows three commands to type, quoted for a shell."""
    commands = turnover(folder).out.splitlines()[-3:]
    assert all(command.startswith("  turnover ") and f"'{folder}'" in command for command in commands)


def test_it_writes_nothing(folder: Path) -> None:
    """Neither the folder nor what stands in it changes, and nothing is added."""
    before = _state(folder)
    turnover(folder)
    turnover("scan", folder, "--json")
    assert _state(folder) == before


def test_scan_is_the_natural_command(folder: Path) -> None:
    """A path alone, and `scan` with it, are the same."""
    assert turnover(folder) == turnover("scan", folder)


def test_json(folder: Path) -> None:
    """One document: an object a file, sorted by path, failures among them, duplicates named."""
    ended = turnover("scan", folder, "--json")
    assert [Path(one["path"]).name for one in ended.json] == ["a.mp4", "b.mp4", "broken.mp4", "c.mp4"]
    a, b, broken, c = ended.json
    assert (a["duplicate_of"], b["duplicate_of"], c["duplicate_of"]) == (None, None, b["path"])
    assert broken["error"]["code"] == "not_media"
    assert (b["generation"]["seed"], b["generation"]["sources"]["seed"]) == (42, "b.json")
    assert ended.status == 1


def test_empty_folder(tmp_path: Path) -> None:
    """A folder without clips is no failure; it is said what is looked for."""
    (tmp_path / "notes.txt").write_text("x")
    ended = turnover(tmp_path)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("No clips here.")
    assert turnover("scan", tmp_path, "--json").json == []


def test_values_that_cannot_be_used(folder: Path) -> None:
    """Wrong values beside a clip are a note on its line, and no failure of a look."""
    (folder / "broken.mp4").unlink()
    (folder / "a.json").write_text('{"seed": "x"}')
    ended = turnover(folder)
    assert ended.status == 0
    assert "unusable values beside it" in ended.out.splitlines()[1]


@pytest.mark.parametrize("path", ["none.mp4", "no/such/folder", "a" * 300 + ".mp4"])
def test_path_that_leads_nowhere(tmp_path: Path, path: str) -> None:
    """A path that leads nowhere is a failure with its name; a very long one stopped the program once."""
    ended = turnover(tmp_path / path)
    assert ended.status == 1
    assert path in ended.err.replace("\n", "")


def test_word_that_is_no_command() -> None:
    """A word that is neither command nor path is wrong usage."""
    ended = turnover("scna")
    assert (ended.status, ended.out) == (2, "")
    assert "scna" in ended.err


def test_folder_with_the_name_of_a_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder called like a command is reached with a path."""
    monkeypatch.chdir(folder)
    (folder / "sub").rename(folder / "probe")
    assert "c.mp4" in turnover("./probe").out
    assert turnover("probe").status == 2


def test_name_that_starts_with_a_dash(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands shown for such a name can be typed as they are."""
    monkeypatch.chdir(folder)
    (folder / "sub").rename(folder / "-sub")
    ended = turnover("scan", "./-sub")
    assert "turnover probe ./-sub" in ended.out
    assert turnover("probe", "./-sub").status == 0
