"""Typed values become text or JSON; numbers are rounded half to even and never have an exponent."""

from __future__ import annotations

import json
import math
import re
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turnover.core.colour import Colour
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.sidecars.scope import FieldType, Value
from turnover.sidecars.text import clean
from turnover.sidecars.values import (
    ENCODERS,
    MAX_DECIMALS,
    How,
    fixed,
    is_null,
    json_of,
    json_text,
    plain_json,
    text_of,
)

NTSC_24, NTSC_30 = Rate(24000, 1001), Rate(30000, 1001)

finite = st.floats(allow_nan=False, allow_infinity=False)
decimals = st.integers(0, MAX_DECIMALS)
any_text = st.text(st.characters(codec=None))
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=20,
)


# ------------------------------------------------------------------------------------------------ fixed numbers


@given(value=finite, places=decimals)
@example(value=1e308, places=12)
@example(value=-0.0, places=3)
@example(value=5e-324, places=0)
@example(value=2.0**53, places=1)
def test_form_of_a_number(value: float, places: int) -> None:
    """A sign, digits, exactly the decimals asked for; never an exponent, never -0."""
    text = fixed(value, places)
    assert re.fullmatch(r"-?(0|[1-9]\d*)" + (rf"\.\d{{{places}}}" if places else ""), text)
    assert not (text.startswith("-") and float(text) == 0)


@given(value=st.fractions(), places=decimals)
def test_fractions_are_rounded_exactly(value: Fraction, places: int) -> None:
    """A fraction is rounded half to even from its exact value, as decimal arithmetic does."""
    scaled = value * 10**places
    whole = math.floor(scaled)
    rest = scaled - whole
    expected = whole + (1 if rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2) else 0)
    assert Fraction(fixed(value, places)) * 10**places == expected


@given(value=st.integers(-(10**9), 10**9), places=st.integers(0, 3))
def test_halves_go_to_even(value: int, places: int) -> None:
    """Numbers that stand exactly between two go to the even one, as `decimal` has it."""
    halved = value / 2  # exact in binary, so nothing but the rounding rule is at work
    with localcontext() as context:
        context.prec = 60
        expected = Decimal(halved).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    assert Decimal(fixed(halved, places)) == expected


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0.5, 0, "0"),
        (1.5, 0, "2"),
        (2.5, 0, "2"),
        (-2.5, 0, "-2"),
        (0.125, 2, "0.12"),
        (-0.0004, 3, "0.000"),
        (Fraction(1, 3), 4, "0.3333"),
        (Fraction(5, 2), 0, "2"),
        (1e22, 1, "10000000000000000000000.0"),
        (0.1, 12, "0.100000000000"),
    ],
)
def test_known_numbers(value: float | Fraction, places: int, text: str) -> None:
    """What a person would write."""
    assert fixed(value, places) == text


@given(value=finite)
def test_enough_decimals_bring_a_number_back(value: float) -> None:
    """With twelve decimals a number comes back to half a unit of the last of them, or exactly where it is large."""
    back = float(fixed(value, MAX_DECIMALS))
    assert abs(back - value) <= max(0.6 * 10**-MAX_DECIMALS, math.ulp(value))


# ----------------------------------------------------------------------------------------------------- encoders

CASES: list[tuple[FieldType, str | None, Value, str]] = [
    ("text", None, "a\nb\x00", "a\nb␀"),
    ("text", "plain", "a\nb", "a\nb"),
    ("text", "single_line", "a\nb", "a b"),
    ("integer", None, 2**64 - 1, "18446744073709551615"),
    ("number", None, 0.5, "0.500000"),
    ("number", "decimal", 1, "1.000000"),
    ("boolean", None, True, "true"),
    ("boolean", "upper", False, "FALSE"),
    ("boolean", "digit", True, "1"),
    ("rate", None, NTSC_24, "24000/1001"),
    ("rate", None, Rate(24), "24"),
    ("rate", "decimal", NTSC_24, "23.976"),
    ("rate", "nominal", NTSC_24, "24"),
    ("rate", "nominal", Rate(25, 2), "12"),
    ("rate", "numerator", NTSC_24, "24000"),
    ("rate", "denominator", NTSC_24, "1001"),
    ("time", None, Fraction(1001, 24000), "0.041708"),
    ("time", "milliseconds", Fraction(1001, 24000), "41"),
    ("time", "fraction", Fraction(1001, 24000), "1001/24000"),
    ("timecode", None, Timecode.parse("01:00:00;02", NTSC_30), "01:00:00;02"),
    ("timecode", "semicolons", Timecode.parse("01:00:00;02", NTSC_30), "01;00;00;02"),
    ("timecode", "semicolons", Timecode.parse("01:00:00:02", NTSC_30), "01:00:00:02"),
    ("timecode", "frames", Timecode.parse("01:00:00;00", NTSC_30), "107892"),
    ("path", None, "/a b/c.mp4", "/a b/c.mp4"),
    ("path", "forward", "C:\\a\\b.mp4", "C:/a/b.mp4"),
    ("path", "url", "/a b/c.mp4", "file:///a%20b/c.mp4"),
    ("path", "name", "C:\\a\\b.mp4", "b.mp4"),
    ("path", "name", "/a/b\\c.mp4", "b\\c.mp4"),
    ("colour", None, Colour(9, 16, 9), "9-16-9"),
    ("colour", "cicp", Colour(1), "1-2-2"),
    ("colour", "name", Colour(9, 16, 9), "Rec. 2020 PQ"),
    ("list", None, ("a", "b\x00"), "a, b␀"),
    ("tree", None, {"a": [1, None]}, '{"a": [1, null]}'),
    ("tree", "json", {}, "{}"),
]


@pytest.mark.parametrize(("kind", "encoder", "value", "text"), CASES)
def test_encoders(kind: FieldType, encoder: str | None, value: Value, text: str) -> None:
    """Each type has a text, and others by name."""
    assert text_of(value, kind, How(encoder)) == text


def test_every_encoder_has_a_case() -> None:
    """The table above leaves no encoder out, and the first of each type is its default."""
    named = {(kind, encoder or next(iter(ENCODERS[kind]))) for kind, encoder, _, _ in CASES}
    assert named == {(kind, encoder) for kind, table in ENCODERS.items() for encoder in table}


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf, ()])
@pytest.mark.parametrize("kind", ENCODERS)
def test_not_known(kind: FieldType, value: Value) -> None:
    """None, a number that is none and an empty list are "not known" in every type."""
    assert is_null(value)
    assert (text_of(value, kind, How()), json_of(value, kind, How())) == (None, None)


@pytest.mark.parametrize("value", [0, 0.0, False, "", {}, Fraction(0)])
def test_known_though_empty(value: Value) -> None:
    """Zero, false and empty text are known."""
    assert not is_null(value)


# --------------------------------------------------------------------------------------------------------- JSON


@pytest.mark.parametrize(
    ("kind", "how", "value", "expected"),
    [
        ("integer", How(), 2**64 - 1, 2**64 - 1),
        ("integer", How("plain"), 7, "7"),
        ("number", How(decimals=2), 0.125, 0.12),
        ("number", How("decimal", decimals=2), 0.125, "0.12"),
        ("boolean", How(), True, True),
        ("boolean", How("digit"), True, "1"),
        ("time", How(), Fraction(1, 3), 0.333333),
        ("time", How("fraction"), Fraction(1, 3), "1/3"),
        ("list", How(), ("a", "b"), ["a", "b"]),
        ("list", How("joined", separator="|"), ("a", "b"), "a|b"),
        ("tree", How(), {"a": (1, 2)}, {"a": [1, 2]}),
        ("rate", How(), NTSC_24, "24000/1001"),
        ("text", How(), "a", "a"),
    ],
)
def test_json_values(kind: FieldType, how: How, value: Any, expected: object) -> None:
    """Numbers stay numbers and lists lists; a named encoder makes text."""
    assert json_of(value, kind, how) == expected


@given(tree=trees)
def test_any_tree_is_json(tree: Any) -> None:
    """Any tree becomes one line of strict JSON: the same tree with clean text and without NaN."""

    def expected(value: Any) -> Any:
        if isinstance(value, dict):
            return {clean(key): expected(member) for key, member in value.items()}
        if isinstance(value, list):
            return [expected(item) for item in value]
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return clean(value) if isinstance(value, str) else value

    def no_constant(token: str) -> float:
        raise AssertionError(f"{token} is no JSON")

    text = json_text(tree)

    assert "\n" not in text
    assert json.loads(text.encode(), parse_constant=no_constant) == expected(tree)


@pytest.mark.parametrize("value", [10**400, -(10**400), 1e308, -1e308, 5e-324])
def test_numbers_of_any_size(value: float) -> None:
    """A number that no double holds is not known; the largest and smallest that are stay finite."""
    text, as_json = text_of(value, "number", How()), json_of(value, "number", How())
    if abs(value) > 10**309:
        assert (text, as_json) == (None, None)
    else:
        assert text is not None
        assert isinstance(as_json, float)
        assert math.isfinite(as_json)


def test_a_duration_of_any_size() -> None:
    """A time that no double holds is text of digits, and null in JSON."""
    forever = Fraction(10**400)
    assert text_of(forever, "time", How(decimals=0)) == "1" + "0" * 400
    assert json_of(forever, "time", How(decimals=0)) is None


@pytest.mark.parametrize("depth", [65, 900, 50_000])
def test_a_very_deep_tree(depth: int) -> None:
    """However deep a tree is, its JSON has at most 66 levels, and nothing overflows."""
    tree: Any = "bottom"
    for level in range(depth):
        tree = [tree] if level % 2 else {"a": tree}

    back = json.loads(json_text(tree))

    levels = 0
    while isinstance(back, list | dict):
        (back,) = back if isinstance(back, list) else back.values()
        levels += 1
    assert levels == 65
    assert back == ("bottom" if depth == 65 else "…")


def test_keys_that_become_one() -> None:
    """Two keys that are the same when cleaned are one member, the last one's; the JSON has no key twice."""
    assert plain_json({"\x00": 1, "␀": 2}) == {"␀": 2}
