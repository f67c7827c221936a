"""What comes from outside cannot drive a person's terminal, and stays exact where programs read it."""

from __future__ import annotations

import json
import os
import re
import shutil
import unicodedata
from pathlib import Path

import pytest

from tests import videos
from tests.recipes import Recipe
from tests.unit.cli.running import Ended, turnover

PLAIN = Recipe("clip.mp4", id="plain")
HOSTILE = {
    "ansi": "\x1b[31mred\x1b]0;title\x07",
    "c1": "\x9b31mred\x90",
    "newline": "two\nlines\rthree",
    "markup": "[red]x[bold] [] :smile: [link=http]y",
    "right-to-left": "gpj.\u202e4pm\u2066\u2069\u200f",
    "separators": "a\u2028b\u2029c\x85d",
    "bell": "\x07\x08\x0b\x0c\x7f",
    "surrogate": "\udcff\udcfe",
}
# All that a terminal obeys or that turns text around; a line may end.
_POWERFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _put(folder: Path, name: str) -> Path:
    path = folder / name
    shutil.copy(videos.cached(PLAIN), path)
    return path


def _check_harmless(ended: Ended) -> None:
    assert _POWERFUL.findall(ended.out + ended.err) == []


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.platform("linux")
def test_hostile_names(tmp_path: Path, name: str) -> None:
    """A name with control characters, turned text or markup is shown as text, one line a clip, good or broken."""
    _put(tmp_path, f"{name}.mp4")
    broken = tmp_path / f"broken {name}.mp4"
    broken.write_text("no video")
    for words in (["scan"], ["probe"], ["sidecar", "-t", "nuke-xml", "--out", str(tmp_path / "out")]):
        ended = turnover(*words, tmp_path)
        assert ended.status == 1
        _check_harmless(ended)
        assert sum("✗" in line for line in ended.err.splitlines()) == 1
    table = turnover(tmp_path).out.splitlines()
    assert sum("64x48" in line for line in table) == 1
    assert "[red]" in turnover(tmp_path).out or name != HOSTILE["markup"]


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.platform("linux")
def test_hostile_names_in_json(tmp_path: Path, name: str) -> None:
    """In JSON every name is exact."""
    path = _put(tmp_path, f"{name}.mp4")
    for command in ("scan", "probe"):
        assert [one["path"] for one in turnover(command, tmp_path, "--json").json] == [str(path)]
    ended = turnover("sidecar", tmp_path, "-t", "clip-json", "--json")
    (written,) = ended.json["written"]
    assert (written["clips"], written["path"]) == ([str(path)], str(path.with_suffix(".turnover.json")))
    json.loads(path.with_suffix(".turnover.json").read_bytes())


@pytest.mark.parametrize("name", [b"\xff.mp4", b"a\xc3.mp4", b"\xed\xa0\x80.mp4", b"\x80\x9f.mp4"])
@pytest.mark.platform("linux")
def test_names_that_are_no_text(tmp_path: Path, name: bytes) -> None:
    """A name that is no UTF-8 works everywhere: read, shown, exact in JSON, and in the sidecar's own name."""
    path = _put(tmp_path, os.fsdecode(name))
    path.with_suffix(".json").write_text('{"seed": 5}')
    for words in (["scan"], ["probe"], ["sidecar", "-t", "nuke-xml", "-t", "edl", "-t", "premiere-xml"]):
        ended = turnover(*words, tmp_path)
        assert ended.status == 0
        _check_harmless(ended)
    (one,) = turnover("probe", tmp_path, "--json").json
    assert (os.fsencode(one["path"]), one["generation"]["seed"]) == (os.fsencode(path), 5)
    assert path.with_suffix(".xml").is_file()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_values(tmp_path: Path, text: str) -> None:
    """A prompt cannot do what a name cannot: in the table, the block of words, warnings and mistakes."""
    path = _put(tmp_path, "clip.mp4")
    values = {"prompt": text, "model": text, "caption": text, "lora_weights": {text: 1}, "promptt": text}
    path.with_suffix(".json").write_text(json.dumps(values))
    for words in (["scan"], ["probe"], ["sidecar", "-t", "nuke-xml"]):
        ended = turnover(*words, tmp_path)
        assert ended.status == 0
        _check_harmless(ended)
    (one,) = turnover("probe", tmp_path, "--json").json
    assert (one["generation"]["prompt"], one["given"]["caption"]) == (text, text)
    path.with_suffix(".json").write_text(json.dumps({"seed": text, text: 1, "rights": {text: 1}}))
    ended = turnover("sidecar", tmp_path, "-t", "nuke-xml")
    assert ended.status == 1
    _check_harmless(ended)


def test_hostile_words(tmp_path: Path) -> None:
    """Neither can the words of the command line, a template's name or a metadata file's keys."""
    _put(tmp_path, "clip.mp4")
    text = "\x1b[31m\u202e\n[red]"
    (tmp_path / "values.json").write_text(json.dumps({text: {}}))
    own = tmp_path / f"{text}.json"
    own.write_text(json.dumps({"columns": ["clip.name"]}))
    for words in (
        ["-t", text], ["--for", text], ["-t", "edl", "--set", text], ["-t", "edl", "--set", f"{text}=1"],
        ["-t", "edl", "--set", f"reel={text}"], ["-t", "edl", "--redact", text], ["-t", "edl", "--path-map", text],
        ["-t", "edl", "--set", f"first_frame={text}"], ["-t", "nuke-xml", "--metadata", str(tmp_path / "values.json")],
        ["-t", str(own)], ["-t", str(own), "-t", "after-effects-csv"],
    ):  # fmt: skip
        _check_harmless(turnover("sidecar", tmp_path, *words))
    _check_harmless(turnover("templates", "check", own))
    _check_harmless(turnover("templates", "show", text))


def test_wide_letters_and_joined_emoji(tmp_path: Path) -> None:
    """Letters of every script, and emoji that are joined of several, are shown as they are."""
    name = "走る狐 👩‍🚀 שלום नमस्ते"
    _put(tmp_path, f"{name}.mp4")
    assert f"{name}.mp4" in turnover("probe", tmp_path).out
    assert unicodedata.normalize("NFC", name) == name


def test_long_prompt_stays_on_its_line(tmp_path: Path) -> None:
    """A prompt of pages is cut, so that a clip has one line."""
    path = _put(tmp_path, "clip.mp4")
    path.with_suffix(".json").write_text(json.dumps({"prompt": "a kite\n" * 10_000}))
    lines = turnover(tmp_path).out.splitlines()
    assert sum("kite" in line for line in lines) == 1
    assert max(map(len, lines)) <= 200
