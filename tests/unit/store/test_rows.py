"""Measurements and boundaries as rows."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given

from tests.unit.store.measured import as_kept, comparable, measured, seam
from tests.unit.store.strategies import measurements
from turnover.core.measurement import Boundary, Box, Face, Measurement, Summary
from turnover.errors import StoreError
from turnover.store.rows import boundary_of, boundary_text, measurement_of, row_of


@given(measurement=measurements)
def test_round_trip(measurement: Measurement) -> None:
    """Everything comes back, and of series the nearest float32; the header is ASCII without NUL."""
    row = row_of(measurement)
    assert comparable(as_kept(measurement)) == comparable(measurement_of(row))
    assert row.header.isascii()
    assert "\0" not in row.header


@pytest.mark.parametrize(
    "measurement",
    [
        replace(measured(), digest="abc"),
        replace(measured(), digest="A" * 64),
        replace(measured(), method=""),
        replace(measured(), method="a\0"),
        replace(measured(), method="é"),
        replace(measured(), frame_count=-1),
        replace(measured(), frame_count=2**63),
        replace(measured(), quality_score=math.nan),
        replace(measured(), summaries={"": Summary(0, 0, 0, 0)}),
        replace(measured(), summaries={"noise": Summary(math.nan, 0, 0, 0)}),
        replace(measured(), summaries={"noise": Summary(0, 0, 0, math.inf)}),
        replace(measured(), faces=(Face(0, Box(math.nan, 0, 1, 1), 0.5),)),
    ],
)
def test_what_cannot_be_kept(measurement: Measurement) -> None:
    """What one of the databases would refuse, or give back as something else, is refused for all."""
    with pytest.raises(StoreError):
        row_of(measurement)


HEADER = json.loads(row_of(measured()).header)
HOSTILE_HEADERS = [
    "",
    "null",
    "[]",
    "{}",
    "[" * 100_000,
    *(
        json.dumps({**HEADER, key: value})
        for key in ("sources", "summaries", "faces", "sizes")
        for value in (7, [7], None)
    ),
    json.dumps({**HEADER, "sources": ["one too few"]}),
    json.dumps({**HEADER, "faces": [[0, [0, 0, 1], 0.5, [], None]]}),
    json.dumps({**HEADER, "sizes": [[1e400, 1]]}),
    json.dumps({**HEADER, "summaries": {"noise": ["much"] * 4}}),
]


@pytest.mark.parametrize("header", HOSTILE_HEADERS, ids=lambda header: header[:60])
def test_hostile_header(header: str) -> None:
    """A header that this program did not write is refused, with the file it is about and what to do."""
    row = row_of(measured())
    with pytest.raises(StoreError, match=f"{row.digest}.*measure it again"):
        measurement_of(replace(row, header=header))


@pytest.mark.parametrize("boundary", [seam(), seam(None), replace(seam(), difference=0.0, rates=(None, None))])
def test_boundary_round_trip(boundary: Boundary) -> None:
    """A boundary comes back as it was."""
    assert boundary == boundary_of(boundary_text(boundary))


@pytest.mark.parametrize(
    "text", ["", "null", "{}", '{"sizes":[[1,2]],"rates":[null,null]}', boundary_text(seam()).replace("24000", "0")]
)
def test_hostile_boundary(text: str) -> None:
    """A text that is no boundary is refused."""
    with pytest.raises(StoreError, match="boundary cannot be read"):
        boundary_of(text)


def test_boundary_without_number() -> None:
    """NaN is no number of a boundary: not known is None."""
    with pytest.raises(StoreError, match="not known is None"):
        boundary_text(seam(math.nan))
