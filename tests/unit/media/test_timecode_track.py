"""The start timecode is read from where it stands, and told apart from labels that cannot be."""

from __future__ import annotations

import pytest

from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.media.timecode_track import Start, start_of

NTSC = Rate(30_000, 1001)


def test_drop_frame() -> None:
    """A semicolon means drop-frame, and the label counts as such."""
    places = ({"timecode": "01:00:00;00"}, {"reel_name": "A001"}, {"timecode": "00:00:00:00"})
    assert Start("01:00:00;00", Timecode(107_892, 30, True), reel="A001") == start_of(places, NTSC)


def test_matroska_writes_capitals() -> None:
    """Names of tags are found whatever their case."""
    assert Start("00:00:01:00", Timecode(24, 24)) == start_of(({"TIMECODE": "00:00:01:00"},), Rate(24))


@pytest.mark.parametrize(
    ("label", "rate"),
    [
        ("01:00:00;00", Rate(24)),
        ("00:01:00;00", NTSC),
        ("00:00:00:24", Rate(24)),
        ("25:00:00:00", Rate(25)),
        ("tomorrow", Rate(25)),
    ],
)
def test_label_that_cannot_be(label: str, rate: Rate) -> None:
    """An impossible label is kept as it is, with the reason, and gives no timecode."""
    found = start_of(({"timecode": label},), rate)
    assert (label, None, True) == (found.label, found.timecode, bool(found.trouble))


@pytest.mark.parametrize("rate", [None, Rate(25, 2)])
def test_rate_without_timecode(rate: Rate | None) -> None:
    """Where timecode counts no such frames the label alone is kept, and it is nobody's mistake."""
    assert Start("01:00:00:00") == start_of(({"timecode": "01:00:00:00"},), rate)


def test_nothing_there() -> None:
    """A file without a timecode has no label; an empty tag is none."""
    assert Start() == start_of(({"timecode": " "}, {}), Rate(24))
