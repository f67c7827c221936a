"""Colour is code points; nothing said is not Rec. 709."""

from __future__ import annotations

import pytest

from turnover.core.colour import ASSUMABLE, Colour


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        (Colour(), None),
        (Colour(range="full"), None),
        (Colour(1, 1, 1), "Rec. 709"),
        (Colour(1, 6, 1), "Rec. 709"),
        (Colour(1, 13, 1), "sRGB"),
        (Colour(1, 13, 0), "sRGB"),
        (Colour(6, 6, 6), "Rec. 601 (NTSC)"),
        (Colour(6, 1, 5), "Rec. 601 (NTSC)"),
        (Colour(5, 6, 5), "Rec. 601 (PAL)"),
        (Colour(9, 14, 9), "Rec. 2020"),
        (Colour(9, 15, 9), "Rec. 2020"),
        (Colour(9, 16, 9), "Rec. 2020 PQ"),
        (Colour(9, 18, 9), "Rec. 2020 HLG"),
        (Colour(12, 13, 1), "Display P3"),
        (Colour(1, None, None), "bt709/unspecified/unspecified"),
        (Colour(9, 1, 1), "bt2020/bt709/bt709"),
        (Colour(99, 99, 99), "reserved 99/reserved 99/reserved 99"),
    ],
)
def test_names(colour: Colour, name: str | None) -> None:
    """Codes that are one colour space have one name; anything else is its three names; nothing said has none."""
    assert (colour.name, colour.is_tagged) == (name, name is not None)


@pytest.mark.parametrize("colour", [Colour(), Colour(1, 1), Colour(1, None, 1), Colour(None, 1, 1)])
def test_incomplete_codes(colour: Colour) -> None:
    """The triple exists only when all three are known."""
    assert colour.cicp is None


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("rec709", "Rec. 709"),
        ("srgb", "sRGB"),
        ("rec601-ntsc", "Rec. 601 (NTSC)"),
        ("rec601-pal", "Rec. 601 (PAL)"),
        ("rec2020", "Rec. 2020"),
        ("rec2020-pq", "Rec. 2020 PQ"),
        ("rec2020-hlg", "Rec. 2020 HLG"),
    ],
)
def test_what_can_be_assumed(word: str, name: str) -> None:
    """Each word gives the colour of that name, marked as set."""
    assert (ASSUMABLE[word].name, ASSUMABLE[word].source) == (name, "set")
    assert len(ASSUMABLE) == 7
