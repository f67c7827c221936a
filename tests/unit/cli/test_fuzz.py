"""Whatever is typed, and whatever stands beside a clip, the program ends with 0, 1 or 2 and never with a traceback."""

from __future__ import annotations

import json
import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import videos
from tests.recipes import Recipe
from tests.unit.cli.running import Ended, turnover
from turnover.settings import SETTINGS
from turnover.sidecars.builtin import HOSTS, builtin_templates
from turnover.sidecars.view import REDACTIONS
from turnover.work.given import KNOWN

PLAIN = Recipe("clip.mp4", id="plain")
# Some of these run several commands for each example.
MOST = settings().max_examples

words = st.text(st.characters(exclude_characters="\0/"), max_size=6)
odd = st.sampled_from(
    ["", "-", "--", "=", "x=y", ".", "..", "/", "~", "\x1b[31m", "[red]", "\udcff", "%s", "{}", "狐", "-t"]
)
slugs = st.sampled_from(list(builtin_templates()))
keys = st.sampled_from([setting.name for setting in SETTINGS]) | st.tuples(slugs, odd).map(".".join) | odd
values = st.sampled_from(["1", "-1", "24", "23.976", "0", "1e9", "01:00:00:00", "01:00:00;00", "rec709", "true"]) | odd
options = st.one_of(
    st.tuples(st.just("-t"), slugs | odd),
    st.tuples(st.just("--for"), st.sampled_from(HOSTS) | odd),
    st.tuples(st.just("--set"), st.tuples(keys, values).map("=".join) | odd),
    st.tuples(st.just("--redact"), st.lists(st.sampled_from(REDACTIONS) | odd, max_size=3).map(",".join)),
    st.tuples(st.just("--path-map"), st.tuples(odd, odd).map("=".join) | odd),
    st.tuples(st.just("--metadata"), st.sampled_from(["values.json", "clip.mp4", ".", "none"])),
    st.tuples(st.sampled_from(["--combine", "--relative", "--overwrite", "--json", "--scan", "--help", "--nonsense"])),
    st.tuples(odd | words),
)
commands = st.sampled_from(
    [["scan"], ["probe"], ["sidecar"], ["sidecar"], ["sidecar", "-t", "clip-json"], ["templates", "check"],
     ["templates", "preview"], ["templates", "show"], ["templates", "list"], ["templates", "fields"], ["templates"], []]
)  # fmt: skip
paths = st.lists(st.sampled_from(["clip.mp4", "fake.mp4", "none.mp4", "sub", "clip.json", "own.json", "."]), max_size=2)

scalars = st.sampled_from(
    [None, True, 0, -1, 2**64, 10**400, 0.5, 1e308, "", "x", "\x1b[31m\u202e\n", "\ud800", "a" * 5000, "\0"]
)
anything = st.recursive(
    scalars | st.integers() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
markers = st.fixed_dictionaries({"name": scalars, "start": st.integers(-1, 9)}, optional={"stop": st.integers(0, 99)})
clips = st.dictionaries(st.sampled_from(KNOWN) | words, anything | st.lists(markers, max_size=3), max_size=6)
whole_markers = st.fixed_dictionaries({"name": words.map("m{}".format), "start": st.integers(0, 99)})
good = st.fixed_dictionaries(
    {},
    optional={
        "prompt": words,
        "seed": st.integers(0, 2**64 - 1),
        "generation_params": anything,
        "caption": words,
        "x": anything,
        "lora_weights": st.dictionaries(words, st.floats(-9, 9), max_size=3),
        "failure_tags": st.lists(words, max_size=3),
        "markers": st.lists(whole_markers, max_size=3),
    },
)
tables = st.dictionaries(
    st.sampled_from(["frame", "motion_score", "pts_seconds", "a b"]), st.lists(scalars, max_size=4), max_size=3
)
texts = st.binary(max_size=60) | anything.map(lambda value: json.dumps(value).encode())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("fuzz")
    (base / "sub").mkdir()
    shutil.copy(videos.cached(PLAIN), base / "clip.mp4")
    shutil.copy(videos.cached(Recipe("vfr.mp4", variable=(1, 3, 1, 2))), base / "sub" / "vfr.mp4")
    videos.fake(base)
    (base / "own.json").write_text('{"object": [{"name": "seed", "field": "generation.seed"}]}')
    return base


def _check(ended: Ended, command: list[str]) -> None:
    assert ended.status in (0, 1, 2), command
    if ended.status == 2:
        assert ended.err or "Usage" in ended.out, command
    if ended.status == 1:
        assert "✗" in ended.err or "templates" in command, command
    if "--json" in command and ended.out and "--help" not in command:
        json.loads(ended.out)
    # All that a terminal obeys; a document that goes to a pipe is left as it is.
    if "preview" not in command:
        assert "\x1b" not in ended.out + ended.err, command


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(commands, paths, st.lists(options, max_size=4), st.data())
def test_any_words(
    folder: Path, command: list[str], named: list[str], chosen: list[tuple[str, ...]], data: st.DataObject
) -> None:
    """Any mix of commands, paths and options."""
    typed = [*command, *named, *(word for option in chosen for word in option), "--out", "out"]
    if command[:1] != ["sidecar"]:
        typed = typed[:-2]
    with chdir(folder):
        _check(turnover(*typed), typed)


@settings(max_examples=MOST // 2, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts | clips.map(json.dumps) | good.map(json.dumps),
    texts | tables.map(json.dumps),
    texts,
    texts | clips.map(json.dumps),
)
def test_any_values(folder: Path, beside: Any, table: Any, caption: bytes, metadata: Any) -> None:
    """Anything beside a clip, anything in a metadata file."""
    names = {"clip.json": beside, "clip.frames.json": table, "clip.txt": caption, "values.json": metadata}
    for name, content in names.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        slugs = [word for slug in ("clip-json", "frames-csv", "edl") for word in ("-t", slug)]
        where = ["--out", str(folder / "out"), "--json", "--metadata", str(folder / "values.json")]
        for command in (
            ["scan", str(folder)],
            ["probe", str(folder / "clip.mp4"), "--json"],
            ["sidecar", str(folder / "clip.mp4"), *slugs, *where[:3]],
            ["sidecar", str(folder / "clip.mp4"), *slugs, *where],
        ):
            _check(turnover(*command), command)
    finally:
        for name in names:
            (folder / name).unlink()


@settings(max_examples=MOST // 8, suppress_health_check=[HealthCheck.too_slow])
@given(good)
def test_good_values_reach_every_sidecar(folder: Path, beside: dict[str, Any]) -> None:
    """Right values, however odd, make no built-in fail."""
    (folder / "clip.json").write_text(json.dumps(beside))
    (folder / "clip.frames.csv").write_text("frame,motion_score,b\n0,0.5,1e300\n7,nan,-0.0\n")
    try:
        every = [word for slug in builtin_templates() for word in ("-t", slug)]
        ended = turnover("sidecar", folder / "clip.mp4", *every, "--out", folder / "all", "--json")
        assert (ended.status, ended.json["failed"]) == (0, [])
    finally:
        (folder / "clip.json").unlink()
        (folder / "clip.frames.csv").unlink()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(texts | st.text(max_size=40).map(lambda text: f'[set]\nshot = """{text}"""\n'.encode("utf-8", "surrogatepass")))
def test_any_settings_of_a_folder(folder: Path, content: bytes) -> None:
    """Anything in a folder's own settings."""
    (folder / "turnover.toml").write_bytes(content)
    try:
        command = ["sidecar", str(folder / "clip.mp4"), "-t", "nuke-xml", "--out", str(folder / "out")]
        _check(turnover(*command), command)
    finally:
        (folder / "turnover.toml").unlink()


@settings(max_examples=MOST // 2, suppress_health_check=[HealthCheck.too_slow])
@given(texts)
def test_any_template(folder: Path, content: bytes) -> None:
    """Anything in a template's file."""
    (folder / "any.json").write_bytes(content)
    try:
        for command in (
            ["templates", "check", str(folder / "any.json"), "--json"],
            ["templates", "preview", str(folder / "any.json"), str(folder / "clip.mp4")],
            ["sidecar", str(folder / "clip.mp4"), "-t", str(folder / "any.json"), "--out", str(folder / "out")],
        ):
            _check(turnover(*command), command)
    finally:
        (folder / "any.json").unlink()
