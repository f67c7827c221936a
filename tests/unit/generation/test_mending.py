"""Graphs that were damaged by a byte on the way into a file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.carrier import Carrier
from turnover.generation.mending import MOST_MISSING, mended
from turnover.generation.normal import parts

GRAPH = {"3": {"class_type": "KSampler", "inputs": {"seed": 2**64 - 1, "text": 'a "fox" }\\'}, "is_changed": ["ab"]}}
TEXT = json.dumps(GRAPH)


@pytest.mark.parametrize("missing", [1, 2])
def test_last_brackets_lost(missing: int) -> None:
    """A value that was counted too short comes back whole, and its source says so."""
    (part,) = parts(Carrier("EXIF Model", "Model", "prompt:" + TEXT[:-missing]), file_name="a.webp")
    assert (part.source, part.reading.value) == ("EXIF Model prompt (mended)", GRAPH)


def test_end_of_one_value_inside_another() -> None:
    """A NUL for a quotation mark is one."""
    assert mended(TEXT.replace('["ab"', '[\0ab"')) == GRAPH


def test_nul_inside_a_text() -> None:
    """A NUL for a letter shows that one is missing."""
    assert mended('{"a": "f\0x"}') == {"a": "f\ufffdx"}


@pytest.mark.parametrize(
    "text",
    [
        TEXT[:40],
        '{"a": "b',
        '{"a": }',
        '{"a": [1}',
        '{"a": 1}}',
        "{a fox}",
        '[{"a": 1}',
        '{"a":' * (MOST_MISSING + 1) + "1",
        "{" + "\0" * 50 + "}",
    ],
)
def test_more_is_lost(text: str) -> None:
    """Where a value is missing, or several repairs are thinkable, there is none."""
    assert mended(text) is None


@given(text=st.text('{}[]",:\\\0a1', max_size=60))
def test_any_damage(text: str) -> None:
    """No text makes it fail; what comes out is an object."""
    assert isinstance(mended("{" + text), dict | None)


@pytest.mark.parametrize("text", ['{"' + '\\"' * 1_000_000, "{" * 1_000_000, '{"a"' * 500_000, '{"":[' * 200_000])
def test_text_made_to_take_long(text: str) -> None:
    """Time grows with the length alone."""
    assert mended(text) is None
