"""`turnover sidecar` writes files, replaces its own alone, and names everything that it did not write."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from lxml import etree

from tests import videos
from tests.recipes import NTSC_24, Recipe
from tests.unit.cli.running import Ended, turnover
from turnover.core.rate import Rate
from turnover.sidecars.builtin import HOSTS, templates_for

PLAIN = Recipe("clip.mp4", id="plain")
FILM = Recipe("film.mov", rate=NTSC_24, timecode="01:00:00:00")
VARYING = Recipe("vfr.mp4", variable=(1, 3, 1, 2))
OWN_JSON = {"object": [{"name": "seed", "field": "generation.seed"}, {"name": "first", "field": "video.first_frame"}]}
"""A person's own template, whose file is called `clip.json`."""


def _put(folder: Path, *names: str, recipe: Recipe = PLAIN) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(videos.cached(recipe), path)
    return folder


def _template(folder: Path, name: str, source: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(source))
    return path


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _written(ended: Ended) -> list[str]:
    return [Path(one["path"]).name for one in ended.json["written"]]


# --------------------------------------------------------------------------------------------------- what is written


def test_beside_the_clips(tmp_path: Path) -> None:
    """One file for each clip and template stands beside the clip; stdout names all, then how many and how to import."""
    _put(tmp_path, "a.mp4", "sub/b.mp4")
    ended = turnover("sidecar", tmp_path, "-t", "nuke-xml", "-t", "clip-json")
    assert ended.status == 0
    assert _names(tmp_path) == [
        "a.mp4", "a.turnover.json", "a.xml", "sub/b.mp4", "sub/b.turnover.json", "sub/b.xml"
    ]  # fmt: skip
    lines = ended.out.splitlines()
    assert lines[:4] == [
        str(tmp_path / name) for name in ("a.xml", "a.turnover.json", "sub/b.xml", "sub/b.turnover.json")
    ]
    assert lines[5] == "4 sidecars written"
    assert [line.partition(":")[0] for line in lines[6:]] == ["nuke-xml", "clip-json"]


def test_elsewhere(tmp_path: Path) -> None:
    """`--out` mirrors the folders below the one that was named, and leaves that one alone."""
    _put(tmp_path / "clips", "a.mp4", "sq 1/sh/b.mp4")
    before = _names(tmp_path / "clips")
    assert turnover("sidecar", tmp_path / "clips", "-t", "nuke-xml", "--out", tmp_path / "new" / "out").status == 0
    assert _names(tmp_path / "new" / "out") == ["a.xml", "sq 1/sh/b.xml"]
    assert _names(tmp_path / "clips") == before


def test_json(tmp_path: Path) -> None:
    """One document says what was written, from which clips, with size and digest, and what failed and why."""
    _put(tmp_path, "a.mp4")
    _put(tmp_path, "vfr.mp4", recipe=VARYING)
    videos.fake(tmp_path, "broken.mp4")
    ended = turnover("sidecar", tmp_path, "-t", "edl", "--json")
    (written,) = ended.json["written"]
    broken, varying = ended.json["failed"]
    assert written["path"] == str(tmp_path / "a.edl")
    assert (written["template"], written["clips"]) == ("edl", [str(tmp_path / "a.mp4")])
    assert written["size_bytes"] == (tmp_path / "a.edl").stat().st_size
    assert (Path(broken["path"]).name, broken["error"]["code"]) == ("broken.mp4", "not_media")
    assert (Path(varying["path"]).name, varying["error"]["code"]) == ("vfr.edl", "variable_frame_rate")
    assert ended.status == 1
    assert "broken.mp4" in ended.err
    assert "vfr.mp4: its frame rate varies" in ended.err


@pytest.mark.parametrize("host", HOSTS)
def test_for_each_host(tmp_path: Path, host: str) -> None:
    """`--for` writes exactly what that host's built-ins are, and the last line says how to import."""
    _put(tmp_path, "film.mov", recipe=FILM)
    templates = templates_for(host)
    ended = turnover("sidecar", tmp_path, "--for", host)
    assert (ended.status, ended.err) == (0, "")
    assert set(_names(tmp_path)) == {"film.mov", *(f"film{template.suffix}" for template in templates)}
    assert templates[-1].import_steps is not None
    assert ended.out.splitlines()[-1] == f"{templates[-1].slug}: {templates[-1].import_steps}"


def test_host_and_template_together(tmp_path: Path) -> None:
    """What is asked for twice is written once."""
    _put(tmp_path, "film.mov", recipe=FILM)
    ended = turnover("sidecar", tmp_path, "-t", "nuke-script", "-t", "nuke-script", "--for", "nuke", "--json")
    assert len(_written(ended)) == len(set(_written(ended))) == len(templates_for("nuke"))


def test_no_clips(tmp_path: Path) -> None:
    """A folder without clips is told and no failure."""
    ended = turnover("sidecar", tmp_path, "-t", "nuke-xml")
    assert (ended.status, ended.out) == (0, "")
    assert ended.err.startswith("No clips here")


def test_values_reach_the_sidecar(tmp_path: Path) -> None:
    """What stands beside a clip, and a metadata file over it, is in the sidecar: 64 bits exact, series by frame."""
    _put(tmp_path, "a.mp4")
    (tmp_path / "a.json").write_text(json.dumps({"seed": str(2**64 - 1), "prompt": "a <red> kite", "mood": {"x": 1}}))
    (tmp_path / "a.frames.csv").write_text("frame,motion_score,note\n0,0.25,x\n3,0.5,y\n")
    (tmp_path / "values.json").write_text(json.dumps({"a.mp4": {"prompt": "a blue kite"}}))
    words = ("-t", "clip-json", "-t", "after-effects-csv", "--metadata", tmp_path / "values.json")
    assert turnover("sidecar", tmp_path, *words).status == 0
    told = json.loads((tmp_path / "a.turnover.json").read_text())
    made = told["generation"]
    assert (made["seed"], made["prompt"]) == (2**64 - 1, "a blue kite")
    assert made["sources"] == {"prompt": "--metadata", "seed": "a.json"}
    assert told["clip"]["extra"] == {"mood": {"x": 1}}
    assert told["series"]["motion_score"] == [0.25, None, None, 0.5, None, None, None, None]
    with (tmp_path / "a.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    assert [row["motion_score"] for row in rows[:4]] == ["0.250000", "null", "null", "0.500000"]


def test_metadata_for_nobody(tmp_path: Path) -> None:
    """An entry that no clip is called like is told, except where that file is there and broken."""
    _put(tmp_path, "a.mp4")
    videos.fake(tmp_path, "broken.mp4")
    values = {"a.mp4": {"seed": 1}, "broken.mp4": {}, "b.mp4": {}, "A.MP4": {}}
    (tmp_path / "values.json").write_text(json.dumps(values))
    ended = turnover("sidecar", tmp_path, "-t", "nuke-xml", "--metadata", tmp_path / "values.json")
    assert "! --metadata: no clip here is called A.MP4, b.mp4\n" in ended.err


def test_copy_with_sound_is_the_clip(tmp_path: Path) -> None:
    """Of a picture, a silent video and one with sound of one counter, the one with sound gets the sidecar."""
    _put(tmp_path, "gen_00001.mp4")
    _put(tmp_path, "gen_00001-audio.mp4", recipe=Recipe("clip.mp4", id="sound", audio=True))
    videos.make(tmp_path, "gen_00001.png", frames=1)
    (tmp_path / "gen_00001.json").write_text('{"seed": 7}')
    assert _written(turnover("sidecar", tmp_path, "-t", "clip-json", "--json")) == ["gen_00001-audio.turnover.json"]
    assert json.loads((tmp_path / "gen_00001-audio.turnover.json").read_text())["generation"]["seed"] == 7


# -------------------------------------------------------------------------------------------------------------- names


def test_shared_stem(tmp_path: Path) -> None:
    """Two videos of one stem keep their suffix in the name, also when only one of them was asked for."""
    _put(tmp_path, "x.mp4", "y.mp4")
    _put(tmp_path, "x.mov", recipe=FILM)
    assert _written(turnover("sidecar", tmp_path / "x.mov", "-t", "nuke-xml", "--json")) == ["x.mov.xml"]
    assert _written(turnover("sidecar", tmp_path, "-t", "edl", "--json")) == ["x.mov.edl", "x.mp4.edl", "y.edl"]


def test_one_suffix_twice(tmp_path: Path) -> None:
    """Two templates of one suffix carry their slugs, built in or not."""
    _put(tmp_path, "a.mp4")
    own = _template(tmp_path / "t", "mine.json", {"root_element": "r", "fields": ["codec"]})
    words = ("-t", "nuke-xml", "-t", "resolve-xml", "-t", own, "-t", "premiere-xml", "--json")
    names = ["a.nuke-xml.xml", "a.resolve-xml.xml", "a.mine.xml", "a.premiere.xml"]
    assert _written(turnover("sidecar", tmp_path / "a.mp4", *words)) == names


def test_two_clips_that_would_take_one_name(tmp_path: Path) -> None:
    """Both are named as failed, neither is written, and the rest is."""
    _put(tmp_path, "1/a.mp4", "2/a.mp4", "2/b.mp4")
    ended = turnover("sidecar", tmp_path / "1", tmp_path / "2", "-t", "nuke-xml", "--out", tmp_path / "out", "--json")
    assert (ended.status, _names(tmp_path / "out")) == (1, ["b.xml"])
    assert [one["error"]["code"] for one in ended.json["failed"]] == ["name_taken", "name_taken"]
    assert sorted(one["clips"][0] for one in ended.json["failed"]) == [str(tmp_path / f"{n}/a.mp4") for n in (1, 2)]
    assert str(tmp_path / "1" / "a.mp4") in ended.err
    assert str(tmp_path / "2" / "a.mp4") in ended.err


def test_two_templates_of_one_name(tmp_path: Path) -> None:
    """Two templates that would be called alike are wrong usage; one of them was dropped in silence once."""
    _put(tmp_path, "a.mp4")
    for folder in ("1", "2"):
        _template(tmp_path / folder, "mine.json", OWN_JSON)
    clone = _template(tmp_path, "nuke-xml.json", {"root_element": "r", "fields": ["codec"]})
    for one, other in ((tmp_path / "1" / "mine.json", tmp_path / "2" / "mine.json"), (clone, "nuke-xml")):
        ended = turnover("sidecar", tmp_path / "a.mp4", "-t", one, "-t", other)
        assert ended.status == 2
        assert "two templates are called" in ended.err
    assert turnover("sidecar", tmp_path / "a.mp4", "-t", clone, "-t", clone).status == 0


def test_combined(tmp_path: Path) -> None:
    """`--combine` gives one file for the batch, named for the folder, and refuses formats that hold one clip."""
    clips = _put(tmp_path / "harbour", "a.mp4", "sub/b.mp4")
    ended = turnover("sidecar", clips, "-t", "edl", "-t", "frames-csv", "--combine")
    assert ended.status == 0
    assert _names(clips) == ["a.mp4", "harbour.edl", "harbour.turnover.csv", "sub/b.mp4"]
    with (clips / "harbour.turnover.csv").open(newline="") as table:
        assert [row["clip"] for row in csv.DictReader(table)] == ["a.mp4"] * 8 + ["b.mp4"] * 8
    ended = turnover("sidecar", clips, "-t", "edl", "-t", "adobe-xmp", "--combine", "--out", tmp_path / "out")
    assert ended.status == 2
    assert "adobe-xmp holds one clip a file" in ended.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "stem", ["take 100% final", "fox & hare <2>", 'the "best" it\'s', "走る狐 第1話", "fox 🦊", "a.v1", "-x"]
)
def test_any_name(tmp_path: Path, stem: str) -> None:
    """Whatever a clip is called, its sidecars have that stem and name it exactly."""
    _put(tmp_path, f"{stem}.mp4")
    ended = turnover("sidecar", tmp_path, "-t", "clip-json", "-t", "premiere-xml", "-t", "edl")
    assert (ended.status, "✗" in ended.err) == (0, False)
    assert _names(tmp_path) == sorted(
        f"{stem}{suffix}" for suffix in (".mp4", ".turnover.json", ".premiere.xml", ".edl")
    )
    assert json.loads((tmp_path / f"{stem}.turnover.json").read_text())["clip"]["path"] == str(tmp_path / f"{stem}.mp4")
    root = etree.fromstring((tmp_path / f"{stem}.premiere.xml").read_bytes())
    assert f"{stem}.mp4" in [name.text for name in root.iter("name")]


# ---------------------------------------------------------------------------------------------------------- replacing


def test_own_file_is_replaced(tmp_path: Path) -> None:
    """A file that nobody changed since is replaced without a word."""
    _put(tmp_path, "a.mp4")
    first = ("sidecar", tmp_path, "-t", "clip-json")
    assert turnover(*first).status == 0
    before = (tmp_path / "a.turnover.json").read_bytes()
    ended = turnover(*first, "--set", "first_frame=1", "--set", "shot=sh010")
    assert (ended.status, ended.err) == (0, "")
    told = json.loads((tmp_path / "a.turnover.json").read_text())
    assert (told["video"]["first_frame"], told["production"]["shot"]) == (1, "sh010")
    assert turnover(*first).status == 0
    assert (tmp_path / "a.turnover.json").read_bytes() == before


@pytest.mark.parametrize("whose", ["foreign", "changed", "another data folder", "a link", "a folder", "a dead link"])
def test_what_is_not_its_own_is_left_alone(tmp_path: Path, whose: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other file stays, is named once, counts as failed, and leaves the rest to be written."""
    clips = _put(tmp_path / "clips", "a.mp4", "b.mp4")
    target = clips / "a.xml"
    if whose == "a folder":
        target.mkdir()
    elif whose == "a dead link":
        target.symlink_to(tmp_path / "nowhere")
    elif whose == "a link":
        (tmp_path / "real.xml").write_text("mine")
        target.symlink_to(tmp_path / "real.xml")
    elif whose == "foreign":
        target.write_text("mine")
    else:
        turnover("sidecar", clips / "a.mp4", "-t", "nuke-xml", "--set", "first_frame=5", "--set", "assume_color=rec709")
        if whose == "changed":
            target.write_text(target.read_text() + "\n")
        else:
            monkeypatch.setenv("TURNOVER_DATA", str(tmp_path / "another"))
    before = target.read_bytes() if target.is_file() else None
    ended = turnover("sidecar", clips, "-t", "nuke-xml")
    assert ended.status == 1
    assert ended.err.count(str(target)) == 1
    assert "--overwrite" in ended.err
    assert (target.read_bytes() if target.is_file() else None) == before
    assert (clips / "b.xml").is_file()
    assert [path for path in clips.iterdir() if path.name.endswith(".part")] == []
    over = turnover("sidecar", clips, "-t", "nuke-xml", "--overwrite")
    assert over.status == (1 if whose == "a folder" else 0)
    assert target.is_dir() or target.read_text().startswith("<?xml")
    assert (tmp_path / "real.xml").read_text() == "mine" if whose == "a link" else True


def test_same_content_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another data folder knows nothing, equal bytes are no conflict; afterwards the file is its own."""
    _put(tmp_path, "a.mp4")
    words = ("sidecar", tmp_path / "a.mp4", "-t", "clip-json")
    assert turnover(*words).status == 0
    monkeypatch.setenv("TURNOVER_DATA", str(tmp_path / "another"))
    assert turnover(*words, "--set", "first_frame=1").status == 1
    assert turnover(*words).status == 0
    assert turnover(*words, "--set", "first_frame=1").status == 0


def test_data_folder_that_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be remembered, files are written all the same."""
    _put(tmp_path, "a.mp4")
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("TURNOVER_DATA", str(tmp_path / "file" / "data"))
    assert turnover("sidecar", tmp_path, "-t", "nuke-xml").status == 0
    assert (tmp_path / "a.xml").is_file()


def test_a_clip_is_never_written_over(tmp_path: Path) -> None:
    """A template whose suffix is a video's cannot replace a clip, whatever is allowed to it."""
    _put(tmp_path, "a.mp4")
    own = _template(tmp_path / "t", "mine.json", {"template_json": OWN_JSON, "suffix": ".mp4"})
    before = (tmp_path / "a.mp4").read_bytes()
    ended = turnover("sidecar", tmp_path / "a.mp4", "-t", own, "--overwrite", "--json")
    assert [one["error"]["code"] for one in ended.json["failed"]] == ["is_a_clip"]
    assert (ended.status, (tmp_path / "a.mp4").read_bytes()) == (1, before)


def test_own_output_is_no_input(tmp_path: Path) -> None:
    """A person's own JSON template writes `a.json`; a second run does not take it for values beside the clip."""
    _put(tmp_path, "a.mp4")
    own = _template(tmp_path / "t", "mine.json", {"object": [*OWN_JSON["object"], {"name": "prompt", "value": "no"}]})
    for first in ("1001", "5"):
        ended = turnover("sidecar", tmp_path / "a.mp4", "-t", own, "--set", f"first_frame={first}")
        assert (ended.status, ended.err) == (0, "")
        told = json.loads((tmp_path / "a.json").read_text())
        assert told == {"seed": None, "first": int(first), "prompt": "no"}
    (one,) = turnover("probe", tmp_path / "a.mp4", "--json").json
    assert one["generation"] is None


def test_persons_values_are_not_written_over(tmp_path: Path) -> None:
    """The same template leaves a person's own `a.json` alone, and reads it."""
    _put(tmp_path, "a.mp4")
    (tmp_path / "a.json").write_text('{"seed": 3}')
    own = _template(tmp_path / "t", "mine.json", OWN_JSON)
    assert turnover("sidecar", tmp_path / "a.mp4", "-t", own).status == 1
    assert (tmp_path / "a.json").read_text() == '{"seed": 3}'
    assert turnover("sidecar", tmp_path / "a.mp4", "-t", own, "--out", tmp_path / "out").status == 0
    assert json.loads((tmp_path / "out" / "a.json").read_text()) == {"seed": 3, "first": 1001}


def test_refused_format_leaves_nothing(tmp_path: Path) -> None:
    """A format that cannot describe a clip gives no file and no rest of one; the old file stays."""
    _put(tmp_path, "vfr.mp4", recipe=VARYING)
    words = ("sidecar", tmp_path, "-t", "edl", "-t", "premiere-xml")
    assert turnover(*words, "--set", "assume_rate=24").status == 0
    before = {name: (tmp_path / name).read_bytes() for name in _names(tmp_path)}
    ended = turnover(*words)
    assert ended.status == 1
    assert ended.err.count("its frame rate varies") == 2
    assert {name: (tmp_path / name).read_bytes() for name in _names(tmp_path)} == before


def test_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    """Where the folder cannot be made, each sidecar is a failure with the reason."""
    _put(tmp_path, "a.mp4", "b.mp4")
    (tmp_path / "out").write_text("a file")
    ended = turnover("sidecar", tmp_path, "-t", "nuke-xml", "--out", tmp_path / "out")
    assert (ended.status, ended.err.count("✗ ")) == (1, 2)
    assert (tmp_path / "out").read_text() == "a file"


def test_name_that_is_too_long(tmp_path: Path) -> None:
    """A sidecar whose name would be too long is a failure by name; the shorter ones are written."""
    stem = "a" * 245
    _put(tmp_path, f"{stem}.mp4")
    ended = turnover("sidecar", tmp_path, "-t", "nuke-script", "-t", "nuke-studio-xml")
    assert (ended.status, _names(tmp_path)) == (1, [f"{stem}.mp4", f"{stem}.nk"])
    assert "File name too long" in ended.err


def test_every_failure_is_named_once(tmp_path: Path) -> None:
    """A run over good and bad clips names each bad one once on stderr, and does the rest."""
    _put(tmp_path, "good.mp4", "values.mp4")
    (tmp_path / "values.json").write_text('{"seed": "x", "quality_score": 2}')
    videos.broken(tmp_path, "cut.mp4")
    videos.fake(tmp_path, "fake.mp4")
    ended = turnover("sidecar", tmp_path, "-t", "nuke-xml")
    assert (ended.status, [n for n in _names(tmp_path) if n.endswith(".xml")]) == (1, ["good.xml"])
    lines = [line for line in ended.err.splitlines() if line.startswith("✗ ")]
    assert [next(n for n in ("cut", "fake", "values") if f"{n}." in line) for line in lines] == [
        "cut",
        "fake",
        "values",
    ]
    assert "seed: expected" in lines[2]
    assert "quality_score: expected" in lines[2]
    assert "1 sidecar written, 3 failed" in ended.out


# ----------------------------------------------------------------------------------------------------- what is hidden


def test_paths(tmp_path: Path) -> None:
    """Paths are spelled as they are, under another root, relative to the sidecar, or by name alone."""
    clips = _put(tmp_path / "clips", "sub/a.mp4")
    out = tmp_path / "out"

    def spelled(*words: str) -> str:
        assert turnover("sidecar", clips, "-t", "clip-json", "--out", out, *words).status == 0
        path: str = json.loads((out / "sub" / "a.turnover.json").read_text())["clip"]["path"]
        return path

    assert spelled() == str(clips / "sub" / "a.mp4")
    assert spelled("--path-map", f"{clips}=/mnt/show") == "/mnt/show/sub/a.mp4"
    assert spelled("--path-map", f"{clips}=P:\\show") == "P:\\show\\sub\\a.mp4"
    assert spelled("--path-map", "/elsewhere=/x", "--path-map", f"{clips}/=/mnt/show/") == "/mnt/show/sub/a.mp4"
    assert spelled("--relative") == "../../clips/sub/a.mp4"
    assert spelled("--redact", "paths") == "a.mp4"


def test_redaction(tmp_path: Path) -> None:
    """What is withheld stands nowhere in any sidecar: not in a tag, not under an unknown key."""
    recipe = Recipe(
        "film.mov", rate=Rate(24), timecode="01:00:00:00", tags={"comment": "SECRET kite"}, use_metadata_tags=True
    )
    _put(tmp_path, "a.mov", recipe=recipe)
    values = {
        "prompt": "SECRET kite", "negative_prompt": "SECRET no", "seed": 987654321987, "model": "SECRET model",
        "lora_weights": {"SECRET lora": 1}, "caption": "SECRET caption", "note": "SECRET note",
        "generation_params": {"x": "SECRET"}, "segments": [{"start": 0, "prompt": "SECRET", "seed": 987654321987}],
    }  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(values))
    slugs = [template.slug for host in HOSTS for template in templates_for(host)]
    words = [word for slug in dict.fromkeys([*slugs, "clip-json", "adobe-xmp", "otio"]) for word in ("-t", slug)]
    withheld = ("--redact", "prompt,negative_prompt", "--redact", "seed", "--redact", "models, loras")
    assert turnover("sidecar", tmp_path, *words, "--out", tmp_path / "plain").status == 0
    assert any(b"SECRET" in path.read_bytes() for path in (tmp_path / "plain").iterdir())
    assert turnover("sidecar", tmp_path / "a.mov", *words, *withheld, "--out", tmp_path / "out").status == 0
    leaks = [
        p.name for p in (tmp_path / "out").iterdir() if b"SECRET" in p.read_bytes() or b"987654321987" in p.read_bytes()
    ]
    assert leaks == []


# -------------------------------------------------------------------------------------------------------- wrong usage


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "nothing to write: no template and no host"),
        (("-t", "nuke-scirpt"), "did you mean 'nuke-script'"),
        (("-t", "none.json"), "none.json: No such file or directory"),
        (("-t", ".json"), ".json: "),
        (("--for", "nuk"), "did you mean 'nuke'"),
        (("-t", "edl", "--redact", "prompts"), "--redact 'prompts'"),
        (("-t", "edl", "--redact", ""), "--redact ''"),
        (("-t", "edl", "--path-map", "/a"), "--path-map '/a': expected FROM=TO"),
        (("-t", "edl", "--path-map", "/a=/b", "--relative"), "do not go together"),
        (("-t", "edl", "--metadata", "none.json"), "none.json: No such file or directory"),
        (("-t", "edl", "--set", "handels=1"), "no setting 'handels', did you mean 'handles'?"),
        (("-t", "edl", "--set", "nuke-script.form=snippet"), "'nuke-script' is no template of this run"),
        (("-t", "nuke-xml", "--set", "nuke-xml.form=x"), "nuke-xml has no option 'form'"),
        (("-t", "nuke-script", "--set", "nuke-script.fomr=x"), "did you mean 'form'"),
        (("-t", "nuke-script", "--set", "nuke-script.form=x"), "form is one of"),
        (("-t", "edl", "--nonsense"), "--nonsense"),
    ],
)
def test_wrong_usage(tmp_path: Path, words: tuple[str, ...], reason: str) -> None:
    """A wrong request is told with a way out, nothing is tried, and the status is 2."""
    _put(tmp_path, "a.mp4")
    ended = turnover("sidecar", tmp_path, *words)
    assert (ended.status, ended.out, _names(tmp_path)) == (2, "", ["a.mp4"])
    assert reason in " ".join(ended.err.split())


def test_template_with_mistakes(tmp_path: Path) -> None:
    """Every mistake of a template is told with the file's name and the place in it, and nothing is written."""
    _put(tmp_path, "a.mp4")
    wrong = _template(tmp_path, "wrong.json", {"root_element": "1r", "fields": ["codek"], "extra": 1})
    ended = turnover("sidecar", tmp_path, "-t", wrong)
    assert (ended.status, _names(tmp_path)) == (2, ["a.mp4", "wrong.json"])
    lines = ended.err.splitlines()
    assert [line.partition("wrong.json: ")[2].partition(":")[0] for line in lines] == [
        "$.extra", "$.root_element", "$.fields[0]"
    ]  # fmt: skip
