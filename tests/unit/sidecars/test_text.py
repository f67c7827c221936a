"""Text is cleaned in one way, and what is clean stays as it is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from turnover.sidecars.text import clean, single_line

# Hypothesis leaves lone surrogates out unless they are asked for.
any_text = st.text(st.characters(codec=None))


@given(text=any_text)
def test_clean_text_is_xml(text: str) -> None:
    """Cleaned text goes through an XML parser, through UTF-8, and is clean already."""
    cleaned = clean(text)

    element = etree.Element("a")
    element.text = cleaned
    assert (element.text or "") == cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned) == cleaned


@given(text=any_text)
def test_what_changes(text: str) -> None:
    """Cleaning goes character by character and changes only what XML 1.0 cannot hold, and DEL."""
    for before, after in zip(text, clean(text), strict=True):
        if before in "\ufffe\uffff" or unicodedata.category(before) == "Cs":
            assert after == "\ufffd"
        elif (before < " " and before not in "\t\r\n") or before == "\x7f":
            assert unicodedata.name(after).startswith("SYMBOL FOR ")
        else:
            assert after == before


def test_control_pictures() -> None:
    """Each control becomes the picture of itself."""
    controls = [chr(code) for code in (*range(32), 127) if chr(code) not in "\t\r\n"]
    names = [unicodedata.name(clean(control)).removeprefix("SYMBOL FOR ") for control in controls]
    assert names[:3] == ["NULL", "START OF HEADING", "START OF TEXT"]
    assert names[-6:] == ["ESCAPE", "FILE SEPARATOR", "GROUP SEPARATOR", "RECORD SEPARATOR", "UNIT SEPARATOR", "DELETE"]
    assert len(set(names)) == 30


@given(text=any_text)
def test_one_line_has_no_breaks(text: str) -> None:
    """No reader finds a second line, not even one that breaks at every break Unicode has."""
    line = single_line(text)
    assert len(line.splitlines()) <= 1
    assert "\t" not in line
    assert single_line(line) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\nb", "a b"),
        ("a\r\n\r\n  b", "a b"),
        ("\n a \n", "a"),
        ("a\u2028b\u0085c", "a b c"),
        ("a  b", "a  b"),
        ("a\x0bb", "a␋b"),
        ("", ""),
    ],
)
def test_breaks_become_one_space(text: str, line: str) -> None:
    """A run of breaks is one space; spaces between words stay."""
    assert single_line(text) == line
