"""The strict reader of CSV is strict, so that what it takes says something."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.readers.rfc4180 import BadCsvError, Cell, read_cells, read_rows

tables = st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(st.text(), min_size=n, max_size=n), max_size=4))


@given(table=tables)
def test_what_python_writes(table: list[list[str]]) -> None:
    """With everything quoted, what Python's own writer writes comes back."""
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(table)
    assert read_rows(out.getvalue()) == table


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", []),
        ("a\r\n", [[Cell("a")]]),
        ("\r\n", [[Cell("")]]),
        (",\r\n", [[Cell(""), Cell("")]]),
        ('"",x\r\n', [[Cell("", is_quoted=True), Cell("x")]]),
        ('"a""b","c\r\nd"\r\n', [[Cell('a"b', is_quoted=True), Cell("c\r\nd", is_quoted=True)]]),
        ("é,\t\r\n", [[Cell("é"), Cell("\t")]]),
    ],
)
def test_what_is_right(text: str, cells: list[list[Cell]]) -> None:
    """Fields are bare or quoted, quotes inside are doubled, lines end in CR LF."""
    assert read_cells(text) == cells


@pytest.mark.parametrize(
    "text",
    ["a", "a\n", "a\r", "a\rb\r\n", "a\r\nb", 'a"b\r\n', '"a\r\n', '"a"b\r\n', '"a" ,b\r\n', "a,b\r\nc\r\n",
     "a\x00\r\n", "a\x7f\r\n", "a\x0b\r\n", ' "a"\r\n', "a\r\n\r\nb,c\r\n"],
)  # fmt: skip
def test_what_is_wrong(text: str) -> None:
    """Anything else is refused."""
    with pytest.raises(BadCsvError):
        read_cells(text)
