"""What every built-in keeps to: name, suffix and hosts are fixed; any clip gives a document or a refusal."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.clips import GENERATED, PQ, clip, view
from tests.hostile import hostile_clips, texts
from tests.readers.documents import read_document
from tests.readers.rfc4180 import read_rows
from turnover.core.clip import Clip, Marker, Place, Rights, Segment
from turnover.core.generation import Generation, InputMedia, Pass
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.core.series import Series
from turnover.errors import RefusedError
from turnover.settings import sidecar_settings
from turnover.sidecars.builtin import HOSTS, builtin_templates, templates_for
from turnover.sidecars.encodings.csv import CsvBody
from turnover.sidecars.mapping import WriterBody
from turnover.sidecars.template import Template, render
from turnover.sidecars.text import clean
from turnover.sidecars.view import view_of

BUILTINS = builtin_templates()

# What other programs rely on.
SUFFIXES = {
    "nuke-xml": ".xml",
    "after-effects-csv": ".csv",
    "resolve-xml": ".xml",
    "adobe-xmp": ".xmp",
    "after-effects-data-csv": ".ae.csv",
    "after-effects-mgjson": ".ae.mgjson",
    "avid-ale": ".ale",
    "ayon-csv": ".ayon.csv",
    "clip-json": ".turnover.json",
    "edl": ".edl",
    "fcp-fcpxml": ".fcp.fcpxml",
    "frames-csv": ".turnover.csv",
    "kitsu-csv": ".kitsu.csv",
    "netflix-csv": ".netflix.csv",
    "nuke-script": ".nk",
    "nuke-studio-xml": ".nukestudio.xml",
    "otio": ".otio",
    "premiere-xml": ".premiere.xml",
    "resolve-fcpxml": ".resolve.fcpxml",
    "resolve-markers-edl": ".resolve.edl",
    "resolve-metadata-csv": ".resolve.csv",
}
FOR_HOSTS = {
    "nuke": {"nuke-script", "nuke-studio-xml"},
    "resolve": {"resolve-fcpxml", "resolve-metadata-csv", "resolve-markers-edl"},
    "after-effects": {"after-effects-mgjson", "after-effects-data-csv"},
    "premiere": {"premiere-xml"},
    "fcp": {"fcp-fcpxml"},
    "avid": {"avid-ale"},
}
HOLD_MANY = {
    "after-effects-csv", "after-effects-data-csv", "avid-ale", "ayon-csv", "edl", "fcp-fcpxml", "frames-csv",
    "kitsu-csv", "netflix-csv", "nuke-script", "nuke-studio-xml", "otio", "premiere-xml", "resolve-fcpxml",
    "resolve-markers-edl", "resolve-metadata-csv",
}  # fmt: skip

# The rows that the specification seeds its table with.
SPECIFIED: dict[str, tuple[str, str, str, str, Any]] = {
    "nuke-xml": (
        "Nuke XML", "Foundry Nuke compatible XML sidecar", "xml", "nuke",
        {"root_element": "clip",
         "fields": ["resolution", "framerate", "codec", "duration", "color_space", "generation_params"]},
    ),
    "after-effects-csv": (
        "After Effects CSV", "Adobe After Effects frame-level CSV", "csv", "after_effects",
        {"columns": ["frame", "face_confidence", "motion_score", "quality_metric", "boundary_ssim"]},
    ),
    "resolve-xml": (
        "Resolve XML", "DaVinci Resolve compatible XML sidecar", "xml", "resolve",
        {"root_element": "media", "fields": ["resolution", "framerate", "codec", "duration", "pixel_format"]},
    ),
}  # fmt: skip


# ------------------------------------------------------------------------------------------------- fixed points


def test_slugs_and_suffixes() -> None:
    """There are these built-ins and no others, each with its own suffix for ever."""
    assert {slug: template.suffix for slug, template in BUILTINS.items()} == SUFFIXES


@pytest.mark.parametrize("slug", SPECIFIED)
def test_as_specified(slug: str) -> None:
    """The specification's three are exactly as it gives them, and say that hosts do not import them by themselves."""
    found = BUILTINS[slug]
    assert (found.name, found.description, found.format, found.target_tool, found.source) == SPECIFIED[slug]
    assert found.hosts == ()
    assert found.import_steps is not None
    assert "not" in found.import_steps or "only where" in found.import_steps


def test_hosts() -> None:
    """Each host gets the files that it really reads."""
    assert {host: {template.slug for template in templates_for(host)} for host in HOSTS} == FOR_HOSTS


def test_which_hold_many() -> None:
    """One file for a whole batch is there wherever the format can hold many clips."""
    assert {slug for slug, template in BUILTINS.items() if template.holds_many} == HOLD_MANY


@pytest.mark.parametrize("slug", BUILTINS)
def test_what_is_said_of_it(slug: str) -> None:
    """A built-in has a name, one sentence and one line of how to import it."""
    found = BUILTINS[slug]
    assert found.is_builtin
    for text in (found.name, found.description, found.target_tool, found.import_steps):
        assert text
        assert "\n" not in text
    assert len({template.name for template in BUILTINS.values()}) == len(BUILTINS)


def checked(template: Template, *seen: Clip, **of_run: str) -> bytes | None:
    """The document after an independent reader took it; None for a refusal. Twice the same either way."""
    views = [view_of(one, sidecar_settings(of_run)) for one in seen]
    try:
        content = render(template, views, title="batch").content()
    except RefusedError:
        with pytest.raises(RefusedError) as refused:
            next(render(template, views, title="batch").chunks)
        assert refused.value.hint
        return None
    assert content == render(template, views, title="batch").content()
    read_document(template, content)
    return content


# --------------------------------------------------------------------------------------------- clips of all kinds

FULL = replace(
    clip(
        "/show/sq 010/100% & <é> 日本 🎬.mp4", audio=True, start="01:00:00:00", colour=PQ, reel="A001",
        frames=8, series={"face_confidence": [0.9, 0.1, None, 0.2], "motion_score": [1.0] * 8, "mine": []},
        generation=replace(GENERATED, passes=(Pass(seed=1, model="high"),), inputs=(InputMedia("a.png"),)),
        markers=(Marker(FrameRange(1, 2), "one\ntwo", 'a "note"', "red"), Marker(FrameRange(0, 8), "all")),
    ),
    segments=(Segment(FrameRange(0, 4), 0, "first", GENERATED), Segment(FrameRange(4, 8), 1)),
    failure_tags=("flicker", "face_lost"), quality_score=0.5, caption="a, b", status="approved",
    rights=Rights("notAllowed", "CC-BY-4.0"), is_ai_generated=True, place=Place("P", "Mara", "walk", "Mara walk", 3),
    extra={"mood": ["calm", None]}, generation_params={"a b": {"x": [1, 2.5, True, None]}},
)  # fmt: skip

SITUATIONS = {
    "bare": clip(),
    "everything": FULL,
    "8": clip(rate=Rate(8)),
    "12.5": clip(rate=Rate(25, 2)),
    "16": clip(rate=Rate(16)),
    "23.976": clip(rate=Rate(24000, 1001), start="01:00:00:00"),
    "29.97 drop-frame": clip(rate=Rate(30000, 1001), start="00:59:59;29"),
    "59.94 drop-frame": clip(rate=Rate(60000, 1001), start="01:00:00;00"),
    "120": clip(rate=Rate(120), start="01:00:00:00"),
    "rate varies": clip(rate=None, series={"pts_seconds": [n / 20 for n in range(48)]}),
    "frames not known": clip(frames=None),
    "one frame": clip(frames=1),
    "over midnight": clip(start="23:59:59:00", frames=48),
    "vertical and anamorphic": clip(size=(720, 1280), rotation=90, aspect=Fraction(4, 3)),
    "no name to speak of": clip("/.mp4"),
    "a name that is no UTF-8": clip("/show/\udcff\udcfe.mp4"),
}


@pytest.mark.parametrize("slug", BUILTINS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_clips_of_all_kinds(slug: str, situation: str) -> None:
    """Every kind of clip gives a document that an independent reader takes, or a refusal before its first byte."""
    checked(BUILTINS[slug], SITUATIONS[situation])


@pytest.mark.parametrize("slug", BUILTINS)
@pytest.mark.parametrize("situation", ["bare", "everything", "23.976", "one frame"])
def test_usual_clips_are_not_refused(slug: str, situation: str) -> None:
    """A clip with a constant rate and a known number of frames is refused by none."""
    assert checked(BUILTINS[slug], SITUATIONS[situation])


@pytest.mark.parametrize("slug", sorted(HOLD_MANY))
def test_several_clips(slug: str) -> None:
    """Several clips of one rate go into one file, longer than that of the first alone; of several, or a refusal."""
    other = replace(FULL, path=FULL.path.with_name("other.mp4"))
    alone, both = checked(BUILTINS[slug], FULL), checked(BUILTINS[slug], FULL, other)
    assert alone is not None
    assert both is not None
    assert len(both) > len(alone)
    checked(BUILTINS[slug], FULL, SITUATIONS["23.976"], SITUATIONS["8"])


@pytest.mark.parametrize("slug", BUILTINS)
def test_settings_of_a_run(slug: str) -> None:
    """Everything that can be set may be set at once."""
    of_run = {
        "first_frame": "1", "handles": "2", "reel": "B,\"2\"", "start_timecode": "10:00:00:00", "show": "<S>",
        "timeline_start": "00:00:00:00", "assume_color": "rec709", "description": "one; two\nthree", "take": "=1",
    }  # fmt: skip
    assert checked(BUILTINS[slug], SITUATIONS["bare"], **of_run)


# -------------------------------------------------------------------------------------------------- any value


@pytest.mark.parametrize("slug", BUILTINS)
@settings(max_examples=settings().max_examples // 2)  # one of twenty-one
@given(one=hostile_clips())
def test_any_values(slug: str, one: Clip) -> None:
    """Whatever the values are, there is a document that an independent reader takes, or a refusal."""
    checked(BUILTINS[slug], one)


@given(text=texts, seed=st.integers(0, 2**64 - 1))
def test_prompt_and_seed_come_back(text: str, seed: int) -> None:
    """The prompt comes back clean and the seed exact from the built-ins that are XML and JSON."""
    one = clip(generation=Generation(prompt=text, seed=seed))

    def content(slug: str) -> bytes:
        return render(BUILTINS[slug], [view(one)]).content()

    nuke = etree.fromstring(content("nuke-xml"))
    found = json.loads(content("clip-json"))["generation"]
    (prompt,) = etree.fromstring(content("adobe-xmp")).iter("{*}AIPromptInformation")

    assert (nuke.findtext("generation_params/prompt"), nuke.findtext("generation_params/seed")) == (
        clean(text),
        str(seed),
    )
    assert found == {"prompt": clean(text), "seed": seed}
    assert (prompt.text or "") == clean(text)


# ------------------------------------------------------------------------------------------------------- frames


# The built-ins of the encodings that stand per frame; writers have tests of their own.
PER_FRAME = [
    slug for slug, template in BUILTINS.items() if template.uses_series and not isinstance(template.body, WriterBody)
]


@pytest.mark.parametrize("slug", PER_FRAME)
def test_a_million_frames_stream(slug: str) -> None:
    """A million frames come in pieces of bounded size."""
    frame_count = 1_000_000
    one = clip(frames=frame_count, start="01:00:00:00")
    one = replace(one, series=(Series.of("face_confidence", [0.5] * frame_count), Series.of("mine", [None, 0.25])))
    sizes = [len(chunk) for chunk in render(BUILTINS[slug], [view(one)]).chunks]
    assert max(sizes) < 8 << 20
    assert sum(sizes) > 8 * frame_count


@pytest.mark.parametrize("slug", [slug for slug in PER_FRAME if slug != "clip-json"])
@pytest.mark.parametrize("known", [0, 1, 5, 9])
def test_one_row_a_frame(slug: str, known: int) -> None:
    """However many numbers are known, none or too many, there is one row for each frame."""
    one = clip(frames=5, series={"face_confidence": [0.5] * known})
    content = render(BUILTINS[slug], [view(one)]).content()
    assert isinstance(getattr(BUILTINS[slug].body, "body", None), CsvBody)
    assert len(read_rows(content.decode())) == 1 + 5
