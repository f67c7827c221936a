"""Markers come from the clip, its segments, and runs of frames that break a threshold."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clips import GENERATED, clip, view
from turnover.core.clip import MARKER_COLOURS, Marker, MarkerColour, Segment
from turnover.core.ranges import FrameRange
from turnover.errors import Mistake
from turnover.sidecars.marking import MarkerRule, markers_of, parse_rules
from turnover.sidecars.reading import Node
from turnover.sidecars.values import fixed

LOW = MarkerRule("series", "face", below=0.5)
HIGH = MarkerRule("series", "face", above=0.5, name="too high", colour="cyan")


def rules(source: Any) -> tuple[tuple[MarkerRule, ...], list[Mistake]]:
    mistakes: list[Mistake] = []
    return parse_rules(Node(source, "$", mistakes)), mistakes


# --------------------------------------------------------------------------------------------------- thresholds


@given(
    values=st.lists(st.none() | st.sampled_from([0.0, 0.49, 0.5, 0.51, 1.0]), max_size=30),
    frame_count=st.integers(1, 40),
)
def test_runs_below(values: list[float | None], frame_count: int) -> None:
    """Each frame that breaks the threshold lies in exactly one marker, no other frame in any; runs are not parted."""
    markers = markers_of(view(clip(frames=frame_count, series={"face": values})), [LOW])

    marked = [frame for marker in markers for frame in range(marker.range.start, marker.range.stop)]
    breaking = [n for n, value in enumerate(values[:frame_count]) if value is not None and value < 0.5]
    assert marked == breaking
    assert all(a.range.stop < b.range.start for a, b in pairwise(markers))


@given(values=st.lists(st.floats(-2, 2), min_size=1, max_size=20), limit=st.floats(-2, 2))
def test_the_worst_number(values: list[float], limit: float) -> None:
    """The comment has the worst number of the run and the threshold."""
    seen = view(clip(frames=len(values), series={"face": values}))
    for marker in markers_of(seen, [MarkerRule("series", "face", above=limit)]):
        worst = max(values[marker.range.start : marker.range.stop])
        assert (marker.name, marker.colour) == ("high face", "red")
        assert marker.comment == f"{fixed(worst, 3)} > {fixed(limit, 3)}"


def test_names_and_colours() -> None:
    """A rule's name and colour are the marker's; without a name it says which way the series broke."""
    seen = view(clip(frames=4, series={"face": [0.25, 0.75, math.nan, 0.125]}))
    assert markers_of(seen, [LOW, HIGH]) == (
        Marker(FrameRange(0, 1), "low face", "0.250 < 0.500", "red"),
        Marker(FrameRange(1, 2), "too high", "0.750 > 0.500", "cyan"),
        Marker(FrameRange(3, 4), "low face", "0.125 < 0.500", "red"),
    )


def test_a_number_on_the_threshold() -> None:
    """A number that equals the threshold does not break it."""
    assert markers_of(view(clip(frames=1, series={"face": [0.5]})), [LOW, HIGH]) == ()


def test_a_series_that_is_not_there() -> None:
    """A clip without the series has no markers for it."""
    assert markers_of(view(clip()), [LOW]) == ()


# ------------------------------------------------------------------------------------------ markers, segments


def test_all_sources_in_order() -> None:
    """Markers of all sources come by first frame, cut to the clip; what lies past its end is left out."""
    own = (Marker(FrameRange(6, 99), "long", "note", "pink"), Marker(FrameRange(8, 9), "past"))
    segments = (Segment(FrameRange(0, 4), 0, None, GENERATED), Segment(FrameRange(4, 8), 1, "walk"))
    one = replace(clip(frames=8, series={"face": [1] * 7 + [0]}, markers=own), segments=segments)
    found = markers_of(view(one), [MarkerRule("markers"), MarkerRule("segments"), LOW])
    assert found == (
        Marker(FrameRange(0, 4), "segment 0", GENERATED.prompt, "green"),
        Marker(FrameRange(4, 8), "walk", None, "green"),
        Marker(FrameRange(6, 8), "long", "note", "pink"),
        Marker(FrameRange(7, 8), "low face", "0.000 < 0.500", "red"),
    )


def test_frames_not_known() -> None:
    """Where the number of frames is not known, nothing is cut."""
    own = (Marker(FrameRange(6, 99), "long"),)
    assert markers_of(view(clip(frames=None, markers=own)), [MarkerRule("markers")]) == own


# -------------------------------------------------------------------------------------------------------- rules


@pytest.mark.parametrize("colour", MARKER_COLOURS)
def test_rules_that_are_right(colour: MarkerColour) -> None:
    """A rule is a word, or a series with one threshold."""
    source = ["markers", "segments", {"series": "face", "below": 0.5},
              {"series": "face", "above": 1, "name": "n", "color": colour}]  # fmt: skip
    expected = (
        MarkerRule("markers"),
        MarkerRule("segments"),
        MarkerRule("series", "face", below=0.5),
        MarkerRule("series", "face", above=1.0, name="n", colour=colour),
    )
    assert rules(source) == (expected, [])


@pytest.mark.parametrize(
    ("rule", "path", "message"),
    [
        ("marker", "$[0]", 'expected one of markers, segments, found "marker"'),
        ({"below": 1}, "$[0]", "'series' is missing"),
        ({"series": "a b", "below": 1}, "$[0].series", 'expected a series\' name, found "a b"'),
        ({"series": "a"}, "$[0]", "expected exactly one of below, above"),
        ({"series": "a", "below": 1, "above": 2}, "$[0]", "expected exactly one of below, above"),
        ({"series": "a", "below": "low"}, "$[0].below", 'expected a number, found "low"'),
        ({"series": "a", "below": 1, "color": "mauve"}, "$[0].color",
         'expected one of red, orange, yellow, green, cyan, blue, purple, pink, white, found "mauve"'),
        ({"series": "a", "below": 1, "colour": "red"}, "$[0].colour", "no option 'colour' here"),
        (7, "$[0]", "expected an object, found 7"),
    ],
)  # fmt: skip
def test_rules_that_are_wrong(rule: Any, path: str, message: str) -> None:
    """One thing wrong is one mistake in its place."""
    _, mistakes = rules([rule])
    # A rule that is no object has no series either; the first mistake is the one to mend.
    assert (mistakes[0].path, mistakes[0].message) == (path, message)
    assert len(mistakes) == 1
