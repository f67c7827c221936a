"""Settings come from the command line, from the folder, and are wrong all at once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests import videos
from tests.recipes import Recipe
from tests.unit.cli.running import Ended, turnover
from turnover.settings import SETTINGS

PLAIN = Recipe("clip.mp4", id="plain")
VARYING = Recipe("vfr.mp4", variable=(1, 3, 1, 2))

# What to set, and where it shows in a sidecar: field → text.
SHOWN = {
    "first_frame": ("-5", {"video.first_frame": "-5", "video.last_frame": "2"}),
    "handles": ("8", {"shot.handles": "8"}),
    "reel": ("A001", {"video.reel": "A001", "video.reel_source": "set"}),
    "start_timecode": ("02:00:00:00", {"video.start_timecode": "02:00:00:00", "video.start_timecode_source": "set"}),
    "assume_color": ("srgb", {"video.color_space": "sRGB", "video.color_source": "set"}),
    "show": ("S", {"shot.show": "S"}),
    "episode": ("e2", {"shot.episode": "e2"}),
    "sequence": ("sq", {"shot.sequence": "sq"}),
    "scene": ("sc", {"shot.scene": "sc"}),
    "shot": ("sh", {"shot.name": "sh"}),
    "take": ("3", {"shot.take": "3"}),
    "task": ("comp", {"shot.task": "comp"}),
    "version": ("v2", {"shot.version": "v2"}),
    "artist": ("A, B", {"shot.artist": "A, B"}),
    "description": ("a=b", {"shot.description": "a=b"}),
}


def _folder(folder: Path, recipe: Recipe = PLAIN) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(videos.cached(recipe), folder / "clip.mp4")
    return folder


def _own(folder: Path, fields: list[str]) -> Path:
    path = folder / "own.json"
    path.write_text(json.dumps({"object": [{"name": field, "field": field} for field in fields]}))
    return path


def _told(tmp_path: Path, clip: Path, *words: str) -> Any:
    ended = turnover("sidecar", clip, "-t", "clip-json", "--out", tmp_path / "out", *words)
    assert (ended.status, ended.err) == (0, "")
    return json.loads((tmp_path / "out" / "clip.turnover.json").read_text())


@pytest.mark.parametrize("name", SHOWN)
def test_setting_shows(tmp_path: Path, name: str) -> None:
    """Each setting reaches the sidecar, from the command line and from the folder alike."""
    text, fields = SHOWN[name]
    own = _own(tmp_path, list(fields))
    by_command = _folder(tmp_path / "command")
    by_folder = _folder(tmp_path / "folder")
    (by_folder / "turnover.toml").write_text(f"[set]\n{name} = {json.dumps(text)}\n")
    assert turnover("sidecar", by_command, "-t", own, "--set", f"{name}={text}").status == 0
    assert turnover("sidecar", by_folder, "-t", own).status == 0
    written = [json.loads((folder / "clip.json").read_text()) for folder in (by_command, by_folder)]
    assert {key: str(value) for key, value in written[0].items()} == fields
    assert written[0] == written[1]


def test_settings_of_timelines(tmp_path: Path) -> None:
    """The settings of timelines and of assumed rates reach a timeline; together with the others they are all tried."""
    tried = {*SHOWN, "timeline_start", "timeline_rate", "timeline_policy", "assume_rate"}
    assert tried == {setting.name for setting in SETTINGS}
    clips = _folder(tmp_path / "clips", VARYING)
    assert turnover("sidecar", clips, "-t", "edl").status == 1
    words = ("--set", "assume_rate=24", "--set", "timeline_start=10:00:00:00", "--set", "timeline_rate=25")
    assert turnover("sidecar", clips, "-t", "edl", *words, "--set", "timeline_policy=every_frame").status == 0
    assert "10:00:00:00 10:00:00:04" in (clips / "clip.edl").read_text()
    assert turnover("sidecar", clips, "-t", "edl", *words, "--set", "timeline_policy=keep_duration").status == 0
    assert "10:00:00:00 10:00:00:04" in (clips / "clip.edl").read_text()


def test_wrong_settings_are_all_named(tmp_path: Path) -> None:
    """Everything wrong in `--set` is told at once, and nothing is written."""
    clips = _folder(tmp_path / "clips")
    wrong = ("first_frame=x", "handles=-1", "timeline_rate=0", "timeline_policy=slow", "assume_color=red", "reel=",
             "fist_frame=1", "nokey", "=1", "edl.nonsense=1", "premiere-xml.x=1")  # fmt: skip
    ended = turnover("sidecar", clips, "-t", "edl", *(word for text in wrong for word in ("--set", text)))
    told = " ".join(ended.err.split())
    assert (ended.status, list(clips.iterdir())) == (2, [clips / "clip.mp4"])
    for text in wrong:
        assert text.partition("=")[0] in told
    assert "did you mean 'first_frame'?" in told


@pytest.mark.parametrize("name", ["start_timecode", "timeline_start"])
@pytest.mark.parametrize("text", ["abc", "25:00:00:00", "01:00:00"])
def test_what_is_no_timecode(tmp_path: Path, name: str, text: str) -> None:
    """A label that exists at no rate is told, and no file is written."""
    clips = _folder(tmp_path / "clips")
    ended = turnover("sidecar", clips, "-t", "edl", "-t", "resolve-markers-edl", "--set", f"{name}={text}")
    assert ended.status in (1, 2)
    assert repr(text) in ended.err or text in ended.err
    assert list(clips.iterdir()) == [clips / "clip.mp4"]


def test_timecode_that_only_some_clips_have(tmp_path: Path) -> None:
    """A drop-frame label fails the clips whose rate has none, by name; the others are written."""
    clips = _folder(tmp_path / "clips")
    shutil.copy(videos.cached(Recipe("ntsc.mp4", rate=videos.matrix()[7].rate)), clips / "ntsc.mp4")
    ended = turnover("sidecar", clips, "-t", "nuke-xml", "--set", "start_timecode=01:00:00;00")
    assert (ended.status, sorted(path.name for path in clips.glob("*.xml"))) == (1, ["ntsc.xml"])
    assert "clip.mp4 has 24 frames per second" in " ".join(ended.err.split())


def test_option_of_a_template(tmp_path: Path) -> None:
    """TEMPLATE.OPTION changes one template's writer, from the command line, and over the folder's."""
    clips = _folder(tmp_path / "clips")

    def written(*words: str) -> bytes:
        assert turnover("sidecar", clips, "-t", "nuke-script", *words).status == 0
        return (clips / "clip.nk").read_bytes()

    script, snippet = written("--set", "nuke-script.form=script"), written("--set", "nuke-script.form=snippet")
    assert script != snippet
    (clips / "turnover.toml").write_text('[set]\n"nuke-script.form" = "script"\n')
    assert written() == script
    (clips / "turnover.toml").write_text('[set.nuke-script]\nform = "snippet"\n')
    assert written() == snippet
    assert written("--set", "nuke-script.form=script") == script


def test_option_of_a_template_that_is_not_asked_for(tmp_path: Path) -> None:
    """A folder may set options of templates that this run does not write; it was refused once."""
    clips = _folder(tmp_path / "clips")
    (clips / "turnover.toml").write_text('[set]\n"nuke-script.form" = "snippet"\n')
    assert turnover("sidecar", clips, "-t", "edl").status == 0


def test_wrong_option_of_a_folder(tmp_path: Path) -> None:
    """A wrong option in a folder's file is wrong usage before anything is written."""
    clips = _folder(tmp_path / "clips")
    _folder(clips / "a")
    (clips / "turnover.toml").write_text('[set]\n"nuke-script.form" = "x"\n')
    ended = turnover("sidecar", clips, "-t", "nuke-xml", "-t", "nuke-script")
    assert (ended.status, "form is one of" in ended.err, sorted(clips.rglob("*.xml"))) == (2, True, [])


def test_nearest_folder_wins(tmp_path: Path) -> None:
    """Settings come from the folder that was named down to the clip's; the nearest wins, and the command over all."""
    clips = tmp_path / "show"
    near = _folder(clips / "sq" / "sh")
    (tmp_path / "turnover.toml").write_text('[set]\nartist = "outside"\n')
    (clips / "turnover.toml").write_text('[set]\nshow = "far"\nsequence = "far"\nshot = "far"\nfirst_frame = 1\n')
    (clips / "sq" / "turnover.toml").write_text('[set]\nsequence = "middle"\nshot = "middle"\n')
    (near / "turnover.toml").write_text('[set]\nshot = "near"\n')
    own = _own(tmp_path, ["shot.show", "shot.sequence", "shot.name", "shot.artist", "video.first_frame"])

    def told(path: Path, *words: str) -> dict[str, object]:
        ended = turnover("sidecar", path, "-t", own, "--out", tmp_path / "out", *words)
        assert (ended.status, ended.err) == (0, "")
        (file,) = (tmp_path / "out").rglob("clip.json")
        content: dict[str, object] = json.loads(file.read_text())
        file.unlink()
        return content

    values = {"shot.show": "far", "shot.sequence": "middle", "shot.name": "near", "shot.artist": None}
    assert told(clips) == {**values, "video.first_frame": 1}
    assert told(clips, "--set", "shot=command") == {**values, "video.first_frame": 1, "shot.name": "command"}
    only_near = {"shot.show": None, "shot.sequence": None, "shot.name": "near", "shot.artist": None}
    assert told(near / "clip.mp4") == {**only_near, "video.first_frame": 1001}


def test_two_folders_keep_their_settings(tmp_path: Path) -> None:
    """Each folder's options count for its own clips alone; the last folder's counted for all once."""
    for name, form in (("a", "script"), ("b", "snippet")):
        folder = _folder(tmp_path / name)
        (folder / "turnover.toml").write_text(f'[set.nuke-script]\nform = "{form}"\n')
        assert turnover("sidecar", folder, "-t", "nuke-script").status == 0
    alone = [(tmp_path / name / "clip.nk").read_bytes() for name in ("a", "b")]
    assert alone[0] != alone[1]
    assert turnover("sidecar", tmp_path / "a", tmp_path / "b", "-t", "nuke-script").status == 0
    assert [(tmp_path / name / "clip.nk").read_bytes() for name in ("a", "b")] == alone


def test_kinds_of_values(tmp_path: Path) -> None:
    """A folder's file may write numbers as numbers; a byte order mark does no harm."""
    clips = _folder(tmp_path / "clips")
    (clips / "turnover.toml").write_text("\ufeff[set]\nfirst_frame = 7\ntake = 3\nversion = 1.5\n", encoding="utf-8")
    told = _told(tmp_path, clips)
    assert (told["video"]["first_frame"], told["production"]["take"], told["production"]["version"]) == (7, "3", "1.5")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[set", "turnover.toml: "),
        ("[set]\nfist_frame = 1\n", "no setting 'fist_frame', did you mean 'first_frame'?"),
        ('[set]\nfirst_frame = "x"\nhandles = -1\n', "handles: '-1' is no whole number"),
        ("[sets]\nfirst_frame = 1\n", "no section 'sets'"),
        ("first_frame = 1\n", "no section 'first_frame'"),
        ("set = 1\n", "no section 'set'"),
        ("[set]\nshot = [1]\n", "[1] is no text, number, true or false"),
        ("[set]\nshot = 2020-01-01\n", "is no text, number, true or false"),
        ("[set]\nfirst_frame = 0x" + "f" * 5000, "a number has more than 18 digits"),
        ("[set]\nshot = " + "[" * 10_000, "turnover.toml: "),
        ("[set.a.b]\nc = 1\n", "is no text, number, true or false"),
        (b"\xff\xfe[set]", "turnover.toml: "),
    ],
)
def test_wrong_file(tmp_path: Path, text: str | bytes, reason: str) -> None:
    """What is wrong in a folder's file is told with its path before anything is written; the status is 2."""
    clips = _folder(tmp_path / "clips" / "sub").parent
    _folder(clips)
    path = clips / "sub" / "turnover.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    ended: Ended = turnover("sidecar", clips, "-t", "nuke-xml")
    assert (ended.status, ended.out, list(clips.rglob("*.xml"))) == (2, "", [])
    told = " ".join(ended.err.split())
    assert reason in told
    assert str(path) in told


def test_file_is_read_anew(tmp_path: Path) -> None:
    """A second run in one process sees what changed in the folder's file."""
    clips = _folder(tmp_path / "clips")
    for first in (5, 6):
        (clips / "turnover.toml").write_text(f"[set]\nfirst_frame = {first}\n")
        assert _told(tmp_path, clips)["video"]["first_frame"] == first
