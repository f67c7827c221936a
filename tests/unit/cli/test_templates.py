"""`turnover templates` lists, shows, checks and previews; what it shows can be used."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests import videos
from tests.recipes import Recipe
from tests.unit.cli.running import turnover
from turnover.sidecars.builtin import builtin_templates
from turnover.sidecars.fields import every_field

PLAIN = Recipe("clip.mp4", id="plain")
VARYING = Recipe("vfr.mp4", variable=(1, 3, 1, 2))


def test_list() -> None:
    """Every built-in is listed, the specification's three first and with a plain word on them."""
    lines = turnover("templates", "list").out.splitlines()
    for slug in builtin_templates():
        assert any(line.split()[:1] == [slug] for line in lines), slug
    assert [line.split()[0] for line in lines[1:4]] == ["nuke-xml", "after-effects-csv", "resolve-xml"]
    assert all("not imported by hosts" in line for line in lines[1:4])
    rows = turnover("templates", "list", "--json").json
    assert [row["slug"] for row in rows] == list(builtin_templates())
    assert all(row["is_builtin"] for row in rows)


@pytest.mark.parametrize("slug", list(builtin_templates()))
def test_shown_template_can_be_used(tmp_path: Path, slug: str) -> None:
    """What `show` prints is right by the schema, checks, and gives the same sidecar as the built-in."""
    shown = turnover("templates", "show", slug)
    assert (shown.status, shown.err) == (0, "")
    schema = turnover("templates", "schema").json
    Draft202012Validator(schema).validate(shown.json)
    copy = tmp_path / f"{slug}.json"
    copy.write_text(shown.out)
    assert turnover("templates", "check", copy).status == 0
    clip = videos.cached(PLAIN)
    assert turnover("templates", "preview", str(copy), clip) == turnover("templates", "preview", slug, clip)


def test_check(tmp_path: Path) -> None:
    """All mistakes of all files are told with their place; the status is 1 when there is one."""
    (tmp_path / "right.json").write_text('{"columns": ["frame"]}')
    (tmp_path / "wrong.json").write_text('{"columns": ["framee"], "nul": 1}')
    (tmp_path / "text.json").write_text("[red]\x1b[31m")
    paths = [tmp_path / name for name in ("right.json", "wrong.json", "text.json", "none.json")]
    ended = turnover("templates", "check", *paths)
    assert ended.status == 1
    assert "right.json: right, gives .csv" in ended.out
    assert "wrong.json: $.columns[0]: " in ended.err
    assert "did you mean" in ended.err
    assert "none.json: No such file or directory" in ended.err
    assert "\x1b" not in ended.err
    reports = turnover("templates", "check", *paths, "--json").json
    assert [Path(report["path"]).name for report in reports] == [path.name for path in paths]
    assert [len(report.get("mistakes", ())) for report in reports] == [0, 2, 1, 0]
    assert reports[3]["error"]["code"] == "usage"
    assert turnover("templates", "check", paths[0]).status == 0


def test_preview(tmp_path: Path) -> None:
    """A preview is what a run would write, on stdout alone."""
    path = Path(shutil.copy(videos.cached(PLAIN), tmp_path / "clip.mp4"))
    (tmp_path / "turnover.toml").write_text("[set]\nfirst_frame = 5\n")
    ended = turnover("templates", "preview", "clip-json", path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["clip.mp4", "turnover.toml"]
    assert turnover("sidecar", path, "-t", "clip-json").status == 0
    assert ended.out == (tmp_path / "clip.turnover.json").read_text()
    assert json.loads(ended.out)["video"]["first_frame"] == 5


@pytest.mark.parametrize(
    ("template", "video", "status", "reason"),
    [
        ("edl", "vfr.mp4", 1, "its frame rate varies"),
        ("edl", "none.mp4", 1, "none.mp4"),
        ("edl", "fake.mp4", 1, "fake.mp4"),
        ("edll", "vfr.mp4", 2, "did you mean 'edl'?"),
        ("none.json", "vfr.mp4", 2, "none.json: No such file or directory"),
        ("wrong.json", "vfr.mp4", 2, "wrong.json: $"),
    ],
)
def test_no_preview(tmp_path: Path, template: str, video: str, status: int, reason: str) -> None:
    """What cannot be shown is told as a run would tell it. A missing template stopped the program once."""
    shutil.copy(videos.cached(VARYING), tmp_path / "vfr.mp4")
    videos.fake(tmp_path)
    (tmp_path / "wrong.json").write_text("{}")
    name = str(tmp_path / template) if template.endswith(".json") else template
    ended = turnover("templates", "preview", name, tmp_path / video)
    assert (ended.status, ended.out) == (status, "")
    assert reason in " ".join(ended.err.split())


def test_fields() -> None:
    """Every field is listed with its type, sentence and example, for people and as JSON."""
    rows = turnover("templates", "fields", "--json").json
    assert [row["name"] for row in rows] == [field.name for field in every_field()]
    assert all(row["type"] and row["sentence"] and row["example"] for row in rows)
    first_words = {line.split()[0] for line in turnover("templates", "fields").out.splitlines() if line.strip()}
    assert {"clip.name", "frame.seconds", "generation.seed"} <= first_words


def test_unknown_slug() -> None:
    """A misspelt slug is wrong usage, with the near one."""
    ended = turnover("templates", "show", "nuke-scirpt")
    assert ended.status == 2
    assert "did you mean 'nuke-script'?" in ended.err
