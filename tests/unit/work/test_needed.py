"""A template gets what it needs, and a clip is read for nothing else."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from pathlib import Path

import pytest

from tests import videos
from tests.clips import clip
from tests.recipes import Recipe
from turnover.core.clip import Clip, JsonValue
from turnover.core.rate import Rate
from turnover.core.series import Series
from turnover.errors import ProbeError
from turnover.files.finding import Found
from turnover.settings import SidecarSettings
from turnover.sidecars.builtin import builtin_template
from turnover.sidecars.mapping import PTS_SERIES
from turnover.sidecars.template import Template, parse_template
from turnover.work.look import Looking, look
from turnover.work.needed import Needs
from turnover.work.sidecar import preview

VARYING = Recipe("vfr.mp4", variable=(1, 3, 1, 2), rate=Rate(25))
STARTS = [0.0, 0.04, 0.16, 0.2]


def _looked_at(path: Path) -> Clip:
    (one,) = look([Found(path, path.parent)], Looking(lambda path: False, counts="missing"), workers=1)
    assert isinstance(one, Clip)
    return one


def _template(body: JsonValue) -> Template:
    return parse_template(body, slug="mine")


@pytest.mark.parametrize(
    "template",
    [
        builtin_template("frames-csv"),
        builtin_template("clip-json"),
        builtin_template("after-effects-mgjson"),
        _template({"rows": "frames", "columns": ["frame", "frame.seconds"]}),
        _template({"object": [{"name": "m", "each": "markers", "object": [{"name": "t", "field": "marker.seconds"}]}]}),
    ],
    ids=lambda template: template.slug,
)
def test_times_of_a_varying_rate(template: Template) -> None:
    """A template that tells times of frames gets them from the file, where no rate gives them."""
    one = Needs().met(_looked_at(videos.cached(VARYING)), template)
    series = one.series_named(PTS_SERIES)
    assert series is not None
    assert list(series.values) == pytest.approx(STARTS)
    assert series.source == "vfr.mp4"


@pytest.mark.parametrize("slug", ["nuke-xml", "resolve-xml", "netflix-csv", "kitsu-csv"])
def test_templates_that_tell_no_times(slug: str) -> None:
    """Where no frame's time is told the packets stay unread: the file may even be gone."""
    gone = clip("/nowhere/x.mp4", rate=None)
    assert Needs().met(gone, builtin_template(slug)).series == ()


def test_constant_rate_needs_no_times() -> None:
    """Where a rate gives the times nothing is read."""
    gone = clip("/nowhere/x.mp4", rate=Rate(25))
    assert Needs().met(gone, builtin_template("frames-csv")) == gone


def test_times_that_a_person_gave() -> None:
    """Times that stand in a table beside the clip win."""
    given = clip("/nowhere/x.mp4", rate=None, series={PTS_SERIES: [0.0, 0.5]})
    assert Needs().met(given, builtin_template("frames-csv")) == given


def test_digest(tmp_path: Path) -> None:
    """A template that names the digest gets it; the others do not pay for it."""
    path = Path(shutil.copy(videos.cached(Recipe("clip.mp4")), tmp_path / "clip.mp4"))
    one = _looked_at(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    content, nulls, _ = preview(builtin_template("clip-json"), one, SidecarSettings())
    assert json.loads(content)["clip"]["digest"] == digest
    assert "clip.digest" not in nulls
    assert Needs().met(one, builtin_template("nuke-xml")).digest is None


def test_file_that_is_gone() -> None:
    """What can no longer be read is a ProbeError, not a wrong number."""
    for one in (clip("/nowhere/x.mp4"), clip("/nowhere/x.mp4", rate=None)):
        with pytest.raises(ProbeError):
            Needs().met(one, builtin_template("clip-json"))


def test_each_file_is_read_once(tmp_path: Path) -> None:
    """Templates that follow each other share what was read."""
    path = Path(shutil.copy(videos.cached(VARYING), tmp_path / "vfr.mp4"))
    one, needs = _looked_at(path), Needs()
    first = needs.met(one, builtin_template("clip-json"))
    path.unlink()
    assert needs.met(one, builtin_template("clip-json")) == first
    assert needs.met(one, builtin_template("frames-csv")).series == first.series


def test_seconds_of_frames_csv() -> None:
    """The column `seconds` has the real times, and the times are no series of their own."""
    one = _looked_at(videos.cached(VARYING))
    content, _, _ = preview(builtin_template("frames-csv"), one, SidecarSettings())
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert [float(row["seconds"]) for row in rows] == pytest.approx(STARTS)
    assert PTS_SERIES not in rows[0]


def test_more_frames_than_times(tmp_path: Path) -> None:
    """Frames that the header claims and nobody finds have no time."""
    one = clip("/show/x.mp4", rate=None, frames=3)
    one = Clip(one.path, one.root, one.probe, series=(Series.of(PTS_SERIES, [0.0, 0.5]),))
    content, _, _ = preview(builtin_template("frames-csv"), one, SidecarSettings())
    assert [line.split(",")[3] for line in content.decode().split()] == ["seconds", "0.000000", "0.500000", "null"]
