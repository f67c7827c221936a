"""Measurements with whatever may stand in them, for properties."""

from __future__ import annotations

import math
from array import array

from hypothesis import strategies as st

from tests.unit.store.measured import FLOAT32_MAX, digest
from turnover.core.measurement import Box, Face, Measurement, Summary
from turnover.core.series import Series

numbers = st.floats(allow_nan=False, allow_infinity=False)
kept_numbers = st.floats(-FLOAT32_MAX, FLOAT32_MAX) | st.just(math.nan)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
metrics = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
series = st.builds(
    Series, names, st.lists(kept_numbers, max_size=9).map(lambda v: array("d", v)), st.none() | st.text(max_size=9)
)
boxes = st.builds(Box, numbers, numbers, numbers, numbers)
faces = st.builds(
    Face,
    st.integers(0, 10**6),
    boxes,
    numbers,
    st.lists(st.tuples(numbers, numbers), max_size=5).map(tuple),
    st.none() | numbers,
)
measurements = st.builds(
    Measurement,
    digest=st.sampled_from([digest("one"), digest("two")]),
    method=st.sampled_from(["metrics-1", "metrics-2"]),
    frame_count=st.integers(0, 2**63 - 1),
    series=st.lists(series, max_size=5).map(tuple),
    summaries=st.dictionaries(metrics, st.builds(Summary, numbers, numbers, numbers, numbers), max_size=4),
    quality_score=st.none() | st.floats(0, 1),
    faces=st.lists(faces, max_size=3).map(tuple),
    face_detector=st.none() | st.text(max_size=9),
    is_photographic=st.none() | st.booleans(),
    sizes=st.lists(st.tuples(st.integers(1, 10**5), st.integers(1, 10**5)), max_size=3).map(tuple),
    trouble=st.none() | st.text(max_size=20),
)
