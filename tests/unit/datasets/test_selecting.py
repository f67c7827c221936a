"""A clip is left out for every reason that holds, each with the value seen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.datasets.samples import sample
from turnover.core.clip import Place, Rights
from turnover.core.measurement import Summary
from turnover.datasets.recipe import recipe_from
from turnover.datasets.selecting import REASONS, RIGHTS_WARNINGS, excluded, rights_warnings

NAN = float("nan")
NOT_A_NUMBER = {"flicker": Summary(NAN, 0, 0, 0)}
METRIC_AT_HALF = {"flicker": {"min": 0.5, "max": 0.5}}


def reasons(asked: dict[str, Any], *, cut_count: int | None = None, **members: Any) -> list[tuple[str, str]]:
    found = excluded(sample(**members), recipe_from(asked), cut_count=cut_count)
    return [(reason.code, reason.sentence) for reason in found]


@pytest.mark.parametrize(
    ("asked", "members", "expected"),
    [
        ({"min_quality": 0.75}, {}, None),
        ({"min_quality": 0.75}, {"quality_score": 0.7499999}, ("quality_low", "quality score 0.7499999, below 0.75")),
        ({"min_quality": 0.0}, {"quality_score": None}, ("quality_unknown", "no quality score; at least 0 is asked")),
        ({"min_quality": 0.5}, {"quality_score": NAN}, ("quality_unknown", "no quality score; at least 0.5 is asked")),
        ({"metrics": METRIC_AT_HALF}, {}, None),
        ({"metrics": {"flicker.p10": {"min": 0.3}}}, {}, ("metric_low", "flicker.p10 0.25, below 0.3")),
        ({"metrics": {"flicker.high": {"max": 1}}}, {}, ("metric_high", "flicker.high 2, above 1")),
        ({"metrics": {"flicker.low": {"min": 0.125}}}, {}, None),
        ({"metrics": {"noise": {"max": 1}}}, {}, ("metric_unknown", "noise was not measured")),
        ({"metrics": METRIC_AT_HALF}, {"metrics": NOT_A_NUMBER}, ("metric_unknown", "flicker was not measured")),
        ({"scene_types": ["walk"]}, {}, None),
        ({"scene_types": ["Walk", "run"]}, {}, ("scene_type", "scene type 'walk'; asked for: Walk, run")),
        ({"characters": ["Val"]}, {"place": Place()}, ("character", "its character is not known; asked for: Val")),
        ({"statuses": ["approved"]}, {}, None),
        ({"statuses": ["approved"]}, {"status": "draft"}, ("status", "status 'draft'; asked for: approved")),
        ({"required_tags": ["flicker"]}, {}, None),
        ({"required_tags": ["flicker", "black"]}, {}, ("tag_missing", "without the failure tag black")),
        ({"forbidden_tags": ["black"]}, {}, None),
        ({"forbidden_tags": ["black", "flicker"]}, {}, ("tag_forbidden", "failure tag flicker")),
        ({"forbidden_tags": ["*"]}, {}, ("tag_forbidden", "failure tag flicker")),
        ({"forbidden_tags": ["*"]}, {"failure_tags": ()}, None),
        ({"min_width": 832, "min_height": 480, "min_frames": 49, "min_seconds": 3.0625}, {}, None),
        ({"min_width": 833}, {}, ("too_small", "832 pixels wide, at least 833 are asked")),
        ({"min_height": 481}, {}, ("too_small", "480 pixels high, at least 481 are asked")),
        ({"min_frames": 50}, {}, ("too_few_frames", "49 frames, at least 50 are asked")),
        (
            {"min_frames": 2},
            {"frame_count": None},
            ("frames_unknown", "number of frames not known; at least 2 are asked"),
        ),
        ({"min_seconds": 4}, {}, ("too_short", "3.06 s, at least 4 s are asked")),
        (
            {"min_seconds": 0},
            {"duration_seconds": None},
            ("duration_unknown", "duration not known; at least 0 s are asked"),
        ),
        (
            {},
            {"rights": Rights("notAllowed")},
            ("rights_not_allowed", "its rights say notAllowed; include_not_allowed keeps it all the same"),
        ),
        ({"include_not_allowed": True}, {"rights": Rights("notAllowed")}, None),
        ({}, {"rights": Rights("constrained")}, None),
    ],
)  # fmt: skip
def test_one_bound(asked: dict[str, Any], members: dict[str, Any], expected: tuple[str, str] | None) -> None:
    """A bound keeps what reaches it, and what is not known never does."""
    assert reasons(asked, **members) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("cuts", "count", "expected"),
    [
        ("exclude", 0, []),
        ("exclude", 2, [("cuts", "2 cuts")]),
        ("exclude", None, [("cuts_unknown", "nobody looked for cuts")]),
        ("keep", 2, []),
    ],
)
def test_cuts(cuts: str, count: int | None, expected: list[tuple[str, str]]) -> None:
    """Clips of several shots go where they are not wanted, and so do those nobody looked at."""
    assert reasons({"cuts": cuts}, cut_count=count) == expected


def test_nothing_asked() -> None:
    """With nothing asked, a clip of which nothing is known stays."""
    assert reasons({}, quality_score=None, metrics={}, frame_count=None, duration_seconds=None, place=Place()) == []


def test_many_reasons() -> None:
    """All reasons are told, in the order in which they count."""
    asked = {"min_frames": 50, "min_quality": 0.9, "scene_types": ["run"], "metrics": {"noise": {"min": 1}}}
    codes = [code for code, _ in reasons(asked, rights=Rights("notAllowed"))]
    assert codes == ["rights_not_allowed", "scene_type", "quality_low", "metric_unknown", "too_few_frames"]
    assert [code for code in REASONS if code in codes] == codes


@given(st.floats(0, 1), st.floats(0, 1))
def test_quality_threshold(score: float, least: float) -> None:
    """A clip stays exactly where its score is not below the threshold, and the sentence tells the two apart."""
    found = reasons({"min_quality": least}, quality_score=score)
    assert bool(found) == (score < least)
    if found:
        seen, bound = found[0][1].removeprefix("quality score ").split(", below ")
        assert seen != bound


def test_rights() -> None:
    """Constrained rights are told with the licence, and so is what is kept against its rights."""
    constrained = rights_warnings(sample(rights=Rights("constrained", "CC-BY-4.0")), recipe_from({}))
    forced = rights_warnings(sample(rights=Rights("notAllowed")), recipe_from({"include_not_allowed": True}))
    assert [(one.code, one.message) for one in (*constrained, *forced)] == [
        ("rights_constrained", "walk/a.mp4: training is constrained, licence CC-BY-4.0"),
        ("rights_forced", "walk/a.mp4: training is not allowed; kept all the same"),
    ]
    assert {one.code for one in (*constrained, *forced)} == RIGHTS_WARNINGS.keys()
    assert rights_warnings(sample(), recipe_from({})) == rights_warnings(sample(rights=Rights()), recipe_from({})) == ()
