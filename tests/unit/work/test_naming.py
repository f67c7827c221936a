"""A sidecar's name follows from its clip and its template, and two sidecars never take one name unseen."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clips import clip
from turnover.core.clip import Clip, JsonValue
from turnover.errors import UsageError
from turnover.sidecars.builtin import builtin_template, builtin_templates
from turnover.sidecars.template import Template, parse_template
from turnover.work.naming import combined_outputs, sidecar_outputs

SHOW = Path("/show")

# The contract's list: what each host-native built-in's file is called, whatever else is asked for.
SUFFIXES = {
    "clip-json": ".turnover.json",
    "frames-csv": ".turnover.csv",
    "nuke-script": ".nk",
    "nuke-studio-xml": ".nukestudio.xml",
    "resolve-fcpxml": ".resolve.fcpxml",
    "resolve-metadata-csv": ".resolve.csv",
    "resolve-markers-edl": ".resolve.edl",
    "premiere-xml": ".premiere.xml",
    "after-effects-mgjson": ".ae.mgjson",
    "after-effects-data-csv": ".ae.csv",
    "fcp-fcpxml": ".fcp.fcpxml",
    "adobe-xmp": ".xmp",
    "otio": ".otio",
    "avid-ale": ".ale",
    "edl": ".edl",
    "ayon-csv": ".ayon.csv",
    "kitsu-csv": ".kitsu.csv",
    "netflix-csv": ".netflix.csv",
    "nuke-xml": ".xml",
    "resolve-xml": ".xml",
    "after-effects-csv": ".csv",
}


def _clip(path: str, root: Path = SHOW) -> Clip:
    return replace(clip(path), root=root)


def _own(slug: str, suffix: str | None = None) -> Template:
    body: JsonValue = {"object": [{"name": "a", "field": "codec"}]}
    source: JsonValue = body if suffix is None else {"template_json": body, "suffix": suffix}
    return parse_template(source, slug=slug)


def _names(
    clips: list[Clip], templates: list[Template], out: Path | None = None, shared: tuple[str, ...] = ()
) -> list[str]:
    outputs = sidecar_outputs(clips, templates, out=out, shares_stem=lambda path: path.name in shared)
    return [str(output.target) for output in outputs]


def test_suffixes_of_the_builtins() -> None:
    """Every built-in has the suffix that was promised, and no built-in is missing."""
    assert {slug: template.suffix for slug, template in builtin_templates().items()} == SUFFIXES


@pytest.mark.parametrize(
    ("slugs", "names"),
    [
        (["nuke-xml"], ["/show/scene_video.xml"]),
        (["after-effects-csv", "nuke-xml"], ["/show/scene_video.csv", "/show/scene_video.xml"]),
        (["clip-json", "premiere-xml"], ["/show/scene_video.turnover.json", "/show/scene_video.premiere.xml"]),
        (["nuke-xml", "resolve-xml"], ["/show/scene_video.nuke-xml.xml", "/show/scene_video.resolve-xml.xml"]),
        (
            ["resolve-xml", "premiere-xml", "nuke-xml"],
            ["/show/scene_video.resolve-xml.xml", "/show/scene_video.premiere.xml", "/show/scene_video.nuke-xml.xml"],
        ),
    ],
)
def test_names(slugs: list[str], names: list[str]) -> None:
    """A name is stem and suffix; where two templates of a run would take one, all of them carry their slug."""
    assert _names([_clip("/show/scene_video.mp4")], [builtin_template(slug) for slug in slugs]) == names


def test_own_templates() -> None:
    """A person's own template takes the format's suffix, or the one it states."""
    templates = [_own("mine"), _own("his", ".notes"), _own("her", ".notes")]
    assert _names([_clip("/show/a.mp4")], templates) == ["/show/a.json", "/show/a.his.notes", "/show/a.her.notes"]


@pytest.mark.parametrize("slugs", [["nuke-xml"], ["nuke-xml", "resolve-xml"], ["premiere-xml", "clip-json"]])
def test_shared_stem(slugs: list[str]) -> None:
    """Where another video has the stem, the video's own suffix stays in, whatever was asked for."""
    templates = [builtin_template(slug) for slug in slugs]
    clips = [_clip("/show/scene_video.mov"), _clip("/show/scene_video.mp4"), _clip("/show/other.mp4")]
    names = _names(clips, templates, shared=("scene_video.mov", "scene_video.mp4"))
    alone = _names([_clip("/show/X.mp4")], templates)
    stems = ("scene_video.mov", "scene_video.mp4", "other")
    assert names == [name.replace("/X.", f"/{stem}.") for stem in stems for name in alone]


def test_another_folder() -> None:
    """Elsewhere the folders below the one that was named stand again; a clip from no such folder stands at the top."""
    clips = [_clip("/show/sq 1/sh/a.mp4"), _clip("/show/b.mp4"), _clip("/else/c.mp4")]
    names = _names(clips, [builtin_template("nuke-xml")], out=Path("/out"))
    assert names == ["/out/sq 1/sh/a.xml", "/out/b.xml", "/out/c.xml"]


@pytest.mark.parametrize(
    "stem", ["take 100% final", "fox & hare <2>", 'the "best" it\'s', "走る狐", "🦊", "a.v001", "\udcff"]
)
def test_any_stem(stem: str) -> None:
    """A stem stands in the name as it is."""
    assert _names([_clip(f"/show/{stem}.mp4")], [builtin_template("clip-json")]) == [f"/show/{stem}.turnover.json"]


@given(
    st.lists(st.sampled_from(sorted(SUFFIXES)), unique=True, min_size=1),
    st.lists(st.sampled_from(["a.mp4", "a.mov", "b.mp4", "a.turnover.mp4", "sub/a.mp4"]), unique=True, min_size=1),
)
def test_two_sidecars_never_take_one_name(slugs: list[str], names: list[str]) -> None:
    """Whatever built-ins are asked for, different clips and templates have different names."""
    stems = [str(Path(name).with_suffix("")) for name in names]
    shared = {str(SHOW / name) for name, stem in zip(names, stems, strict=True) if stems.count(stem) > 1}
    outputs = sidecar_outputs(
        [_clip(f"/show/{name}") for name in names],
        [builtin_template(slug) for slug in slugs],
        out=None,
        shares_stem=lambda path: str(path) in shared,
    )
    same = [(a.target, b.target) for a, b in itertools.combinations(outputs, 2) if a.target == b.target]
    # One pair is a person's own doing: a.mp4 with .turnover.csv, and a.turnover.mp4 with .csv.
    assert all(".turnover." in target.name for target, _ in same)


def test_combined() -> None:
    """One file for the batch is named for its folder and stands there, or where it was asked for."""
    clips = [_clip("/show/a.mp4"), _clip("/show/sub/b.mp4")]
    templates = [builtin_template(slug) for slug in ("edl", "avid-ale", "after-effects-csv")]
    outputs = combined_outputs(clips, templates, out=None, title="show")
    assert [str(o.target) for o in outputs] == ["/show/show.edl", "/show/show.ale", "/show/show.csv"]
    assert all(output.clips == tuple(clips) for output in outputs)
    (elsewhere,) = combined_outputs(clips, templates[:1], out=Path("/out"), title="Harbour")
    assert str(elsewhere.target) == "/out/Harbour.edl"


def test_combined_formats() -> None:
    """Every CSV, ALE, EDL, FCPXML, xmeml, OTIO and Nuke script holds many clips; the others are refused by name."""
    many = {slug for slug, template in builtin_templates().items() if template.holds_many}
    assert {
        slug for slug in SUFFIXES if SUFFIXES[slug].endswith((".csv", ".ale", ".edl", ".fcpxml", ".otio", ".nk"))
    } <= many
    assert {"premiere-xml", "nuke-studio-xml"} <= many
    single = [slug for slug in builtin_templates() if slug not in many]
    with pytest.raises(UsageError) as caught:
        combined_outputs([clip()], [builtin_template(slug) for slug in (*single, "edl")], out=None, title="show")
    assert caught.value.message == f"--combine: {', '.join(single)} hold one clip a file"


def test_combined_of_one_suffix() -> None:
    """Combined files carry their slug on the same terms as single ones."""
    templates = [_table("mine"), _table("his"), builtin_template("edl")]
    outputs = combined_outputs([_clip("/show/a.mp4")], templates, out=None, title="show")
    assert [output.target.name for output in outputs] == ["show.mine.csv", "show.his.csv", "show.edl"]


def _table(slug: str) -> Template:
    return parse_template({"columns": ["clip.name"]}, slug=slug)
