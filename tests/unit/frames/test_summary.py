"""The numbers of a clip summed up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.footage import panned, pictures
from turnover.core.measurement import Summary
from turnover.frames.measure import METHOD, measure, metrics
from turnover.frames.summary import measurement_of, quality_score, summed_up


def test_four_numbers() -> None:
    """Mean, tenth percentile, lowest and highest are of the frames that have a number."""
    assert summed_up(np.array([np.nan, *range(11)])) == Summary(mean=5.0, p10=1.0, low=0.0, high=10.0)


def test_nothing_known() -> None:
    """Of no number there is no summary, and no score."""
    assert summed_up(np.array([np.nan, np.nan])) is None
    assert summed_up(np.empty(0)) is None
    assert quality_score(None) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_score_is_a_score(values: list[float]) -> None:
    """It lies between 0 and 1, and never below the lowest frame."""
    summary = summed_up(np.array(values))
    score = quality_score(summary)
    assert summary is not None
    assert score is not None
    assert summary.low - 1e-12 <= score <= 1


def test_a_bad_tenth_shows() -> None:
    """A clip of which a tenth and more is bad scores well below its mean."""
    assert quality_score(summed_up(np.array([0.8] * 8 + [0.2] * 2))) == pytest.approx((0.68 + 0.2) / 2)


def test_measurement() -> None:
    """It holds the series in order without those that were only a means, their summaries and what else is known."""
    taken = measure(pictures(panned(5)), frames_per_second=24)
    found = measurement_of(taken, digest="ab" * 32, face_detector="none", trouble="cut short")
    names = [series.name for series in found.series]
    assert names == sorted(name for name, metric in metrics().items() if not metric.is_intermediate)
    assert (found.method, found.frame_count, found.sizes) == (METHOD, 5, ((208, 160),))
    assert (found.face_detector, found.trouble, found.is_photographic) == ("none", "cut short", True)
    assert all(len(series.values) == 5 for series in found.series)
    assert ("face_confidence" in found.summaries, "mafd" in found.summaries) == (False, True)
    quality = found.summaries["quality_metric"]
    assert found.quality_score == pytest.approx((quality.mean + quality.p10) / 2)


def test_nothing_decoded() -> None:
    """Of no picture everything is unknown."""
    found = measurement_of(measure([], frames_per_second=None), digest="ab" * 32)
    assert (found.frame_count, found.quality_score, found.is_photographic, found.summaries) == (0, None, None, {})


def test_what_was_not_asked_for() -> None:
    """Metrics that were not taken are no part of it."""
    found = measurement_of(measure(pictures(panned(3)), frames_per_second=24, names=["mafd"]), digest="ab" * 32)
    assert [series.name for series in found.series] == ["mafd"]
    assert found.is_photographic is None
