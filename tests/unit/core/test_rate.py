"""Rates are exact, and the usual decimals mean the NTSC family."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.rate import Rate

rates = st.builds(Rate, st.integers(1, 10**9 - 1), st.integers(1, 10**9 - 1))


@given(rate=rates)
def test_round_trip(rate: Rate) -> None:
    """A rate comes back from how FFmpeg writes it, unless that is a usual spelling of an NTSC rate."""
    assert Rate.parse(str(rate)) == rate.standard
    assert rate.standard.standard == rate.standard


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24", Rate(24)),
        (" 24 ", Rate(24)),
        ("24.0", Rate(24)),
        ("24/1", Rate(24)),
        ("48/2", Rate(24)),
        ("24000 / 1001", Rate(24000, 1001)),
        ("23.976", Rate(24000, 1001)),
        ("23.98", Rate(24000, 1001)),
        ("23.97", Rate(24000, 1001)),
        ("2397/100", Rate(24000, 1001)),
        ("29.97", Rate(30000, 1001)),
        ("29.970", Rate(30000, 1001)),
        ("47.952", Rate(48000, 1001)),
        ("59.94", Rate(60000, 1001)),
        ("119.88", Rate(120000, 1001)),
        ("12.5", Rate(25, 2)),
        ("0.5", Rate(1, 2)),
        ("29.97002997", Rate(Fraction("29.97002997"))),
    ],
)
def test_spellings(text: str, expected: Rate) -> None:
    """Decimals of the NTSC family become exact; all else is what it says."""
    assert Rate.parse(text) == expected


@pytest.mark.parametrize("text", ["", "abc", "24fps", "-24", "0", "0.0", "0/1", "24/0", "1e3", "24.", ".5", "24/1.5",
                                  "nan", "inf", "24,5", "٢٤", "1234567890", "24\n24"])  # fmt: skip
def test_what_is_no_rate(text: str) -> None:
    """Anything else is a ValueError."""
    with pytest.raises(ValueError):
        Rate.parse(text)


@given(text=st.text())
def test_any_text(text: str) -> None:
    """Any text is a rate above zero or a ValueError."""
    try:
        rate = Rate.parse(text)
    except ValueError:
        return
    assert rate.fraction > 0


@pytest.mark.parametrize("fraction", [Fraction(0), Fraction(-24)])
def test_not_above_zero(fraction: Fraction) -> None:
    """There is no rate of zero or less."""
    with pytest.raises(ValueError, match="above zero"):
        Rate(fraction)


@pytest.mark.parametrize(
    ("rate", "nominal", "allows_drop_frame"),
    [
        (Rate(24), 24, False),
        (Rate(24000, 1001), 24, False),
        (Rate(30), 30, False),
        (Rate(30000, 1001), 30, True),
        (Rate(60), 60, False),
        (Rate(60000, 1001), 60, True),
        (Rate(120000, 1001), 120, False),
        (Rate(16), 16, False),
        (Rate(16000, 1001), 16, False),
        (Rate(25, 2), None, False),
        (Rate(179, 6), None, False),
        (Rate(24001, 1001), None, False),
        (Rate(2997, 100), None, False),
    ],
)
def test_what_timecode_counts(rate: Rate, nominal: int | None, allows_drop_frame: bool) -> None:
    """Timecode counts whole rates and the NTSC family; drop-frame is for 29.97 and 59.94."""
    assert (rate.nominal, rate.allows_drop_frame) == (nominal, allows_drop_frame)


@given(rate=rates, frames=st.integers(0, 10**9))
def test_seconds_are_exact(rate: Rate, frames: int) -> None:
    """Frames become seconds without loss."""
    assert rate.seconds(frames) * rate.fraction == frames
    assert rate.frame_seconds == rate.seconds(1)


@pytest.mark.parametrize(
    ("rate", "places", "text"),
    [
        (Rate(24), 3, "24"),
        (Rate(24000, 1001), 3, "23.976"),
        (Rate(24000, 1001), 2, "23.98"),
        (Rate(30000, 1001), 3, "29.97"),
        (Rate(25, 2), 3, "12.5"),
        (Rate(25, 2), 0, "12"),
        (Rate(100), 0, "100"),
        (Rate(100), 3, "100"),
    ],
)
def test_as_people_write_it(rate: Rate, places: int, text: str) -> None:
    """No trailing zeros after the point, and none lost before it."""
    assert rate.decimal(places) == text
