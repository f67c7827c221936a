"""Labels and frames agree over the whole day, checked against counting and against OpenTimelineIO."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.rate import Rate
from turnover.core.timecode import Timecode

NTSC_24, NTSC_30, NTSC_60 = (Rate(nominal * 1000, 1001) for nominal in (24, 30, 60))
DROP_FRAME = (NTSC_30, NTSC_60)
DROPPED = {30: 2, 60: 4}
FRAMES_PER_DAY = {30: 2_589_408, 60: 5_178_816}

# Rates that both sides know.
OTIO_RATES = (NTSC_24, Rate(24), Rate(25), NTSC_30, Rate(30), Rate(50), NTSC_60, Rate(60))

nominals = st.integers(1, 1000)
labelled_rates = nominals.map(Rate) | nominals.map(lambda n: Rate(n * 1000, 1001)).filter(lambda rate: rate.is_ntsc)


def counted(nominal: int, offsets: Callable[[int], Iterable[int]]) -> Iterator[tuple[int, str]]:
    """Frames of a day with their labels, minute by minute as the standard has it: no 00 and 01 in nine of ten.

    `offsets` chooses frames of a minute that has so many.
    """
    before = 0
    for minute in range(24 * 60):
        skipped = DROPPED[nominal] if minute % 10 else 0
        frame_count = 60 * nominal - skipped
        for offset in offsets(frame_count):
            second, frame = divmod(offset + skipped, nominal)
            yield before + offset, f"{minute // 60:02}:{minute % 60:02}:{second:02};{frame:02}"
        before += frame_count
    assert before == FRAMES_PER_DAY[nominal]


def round_trips(rate: Rate, offsets: Callable[[int], Iterable[int]]) -> None:
    midnight = Timecode.at(0, rate, is_drop_frame=True)
    for frame, label in counted(rate.nominal or 0, offsets):
        timecode = midnight + frame
        assert str(timecode) == label
        assert Timecode.parse(label, rate) == timecode


# --------------------------------------------------------------------------------------------------- drop-frame


@pytest.mark.slow
@pytest.mark.parametrize("rate", DROP_FRAME, ids=str)
def test_every_frame_of_a_day(rate: Rate) -> None:
    """All frames of 24 hours of drop-frame go to their label and back."""
    round_trips(rate, range)


@pytest.mark.parametrize("rate", DROP_FRAME, ids=str)
def test_frames_of_a_day_by_strides(rate: Rate) -> None:
    """Every 997th frame of each minute of a day, and all around its ends, go to their label and back."""
    round_trips(rate, lambda count: (*range(5), *range(5, count - 3, 997), *range(count - 3, count)))


@pytest.mark.parametrize("rate", DROP_FRAME, ids=str)
def test_labels_that_drop_frame_skips(rate: Rate) -> None:
    """Each of the labels that the standard drops is refused, with the one that comes instead."""
    nominal = rate.nominal or 0
    for minute in range(24 * 60):
        for frame in range(DROPPED[nominal]):
            label = f"{minute // 60:02}:{minute % 60:02}:00;{frame:02}"
            if minute % 10 == 0:
                assert str(Timecode.parse(label, rate)) == label
                continue
            with pytest.raises(ValueError, match=rf"does not exist.*frame {DROPPED[nominal]:02}"):
                Timecode.parse(label, rate)


@pytest.mark.parametrize(
    ("label", "rate", "frame"),
    [
        ("01:00:00;00", NTSC_30, 107_892),
        ("01:00:00:00", NTSC_30, 108_000),
        ("01;00;00;00", NTSC_30, 107_892),
        ("01:00:00.00", NTSC_30, 107_892),
        ("01:00:00,00", NTSC_30, 107_892),
        ("00:00:59;29", NTSC_30, 1_799),
        ("00:01:00;02", NTSC_30, 1_800),
        ("00:10:00;00", NTSC_30, 17_982),
        ("23:59:59;29", NTSC_30, 2_589_407),
        ("01:00:00;00", NTSC_60, 215_784),
        ("23:59:59;59", NTSC_60, 5_178_815),
        (" 00:00:01:00 ", Rate(8), 8),
        ("00:00:01:119", Rate(120), 239),
    ],
)
def test_known_labels(label: str, rate: Rate, frame: int) -> None:
    """The numbers of the standard and of every editor."""
    assert Timecode.parse(label, rate).frame == frame


@pytest.mark.parametrize("rate", [Rate(8), NTSC_24, Rate(24), Rate(25), Rate(30), Rate(50), Rate(60)], ids=str)
def test_drop_frame_at_other_rates(rate: Rate) -> None:
    """Drop-frame exists at 29.97 and 59.94 only."""
    with pytest.raises(ValueError, match=r"29\.97 and 59\.94 only"):
        Timecode.parse("01:00:00;00", rate)
    with pytest.raises(ValueError, match=r"29\.97 and 59\.94 only"):
        Timecode.at(0, rate, is_drop_frame=True)


# ------------------------------------------------------------------------------------------------- other oracles


def by_otio(label: str, rate: Rate) -> int:
    return int(otio.opentime.from_timecode(label, float(rate.fraction)).value)


@pytest.mark.parametrize("rate", OTIO_RATES, ids=str)
@given(data=st.data())
def test_opentimelineio_reads_the_same(rate: Rate, data: st.DataObject) -> None:
    """Where OpenTimelineIO knows the rate, it gives each of our labels the frame we mean, drop-frame or not."""
    is_drop_frame = rate.allows_drop_frame and data.draw(st.booleans())
    timecode = Timecode.at(data.draw(st.integers(0, 10**7)), rate, is_drop_frame=is_drop_frame)

    assert by_otio(str(timecode), rate) == timecode.frame


@pytest.mark.parametrize("rate", DROP_FRAME, ids=str)
@given(data=st.data())
def test_opentimelineio_writes_the_same(rate: Rate, data: st.DataObject) -> None:
    """OpenTimelineIO gives each frame of the day the drop-frame label that we give it."""
    frame = data.draw(st.integers(0, FRAMES_PER_DAY[rate.nominal or 0] - 1))
    time = otio.opentime.RationalTime(frame, float(rate.fraction))
    expected = otio.opentime.to_timecode(time, float(rate.fraction), drop_frame=True)

    assert str(Timecode.at(frame, rate, is_drop_frame=True)) == expected


# ---------------------------------------------------------------------------------------------------- properties


@given(rate=labelled_rates, frame=st.integers(-(10**9), 10**9), data=st.data())
def test_round_trip(rate: Rate, frame: int, data: st.DataObject) -> None:
    """A timecode comes back from its label at every rate that timecode counts."""
    is_drop_frame = rate.allows_drop_frame and data.draw(st.booleans())
    timecode = Timecode.at(frame, rate, is_drop_frame=is_drop_frame)

    again = Timecode.parse(str(timecode), rate)

    assert again == timecode
    assert Timecode.of(*timecode.parts, rate=rate, is_drop_frame=is_drop_frame) == timecode


@given(rate=labelled_rates, frame=st.integers(0, 10**8), more=st.integers(-(10**9), 10**9))
def test_adding_frames_wraps_at_midnight(rate: Rate, frame: int, more: int) -> None:
    """Adding goes round the clock, as `at` does."""
    assert Timecode.at(frame, rate) + more == Timecode.at(frame + more, rate)


def test_midnight() -> None:
    """The label after the last of the day is the first."""
    last = Timecode.parse("23:59:59;29", NTSC_30)
    assert str(last + 1) == "00:00:00;00"
    assert str(Timecode.at(-1, NTSC_30, is_drop_frame=True)) == "23:59:59;29"


@pytest.mark.parametrize("rate", [Rate(25, 2), Rate(179, 6), Rate(2397, 100), Rate(24001, 1001)], ids=str)
def test_rates_without_timecode(rate: Rate) -> None:
    """12.5 and the like have no timecode, and asking for one says so."""
    with pytest.raises(ValueError, match="timecode does not count"):
        Timecode.at(0, rate)
    with pytest.raises(ValueError, match="timecode does not count"):
        Timecode.parse("00:00:00:00", rate)


@pytest.mark.parametrize(
    "label",
    ["", "01:00:00", "1:00:00:00", "01:00:00:0", "01:00:00:0000", "01:00;00:00", "01:00:00:00\n00", "aa:bb:cc:dd",
     "-1:00:00:00", "01 00 00 00", "01:00:00:00:00", "٠١:٠٠:٠٠:٠٠"],
)  # fmt: skip
def test_what_is_no_label(label: str) -> None:
    """Anything but two digits four times is no timecode; digits are ASCII."""
    with pytest.raises(ValueError, match="is no timecode; write"):
        Timecode.parse(label, Rate(24))


@pytest.mark.parametrize("label", ["24:00:00:00", "00:60:00:00", "00:00:60:00", "00:00:00:24", "99:99:99:99"])
def test_numbers_past_their_end(label: str) -> None:
    """Hours end at 23, minutes and seconds at 59, frames before the nominal rate."""
    with pytest.raises(ValueError, match="is no timecode at 24 frames per second"):
        Timecode.parse(label, Rate(24))


@pytest.mark.parametrize("parts", [(-1, 0, 0, 0), (0, -1, 0, 0), (0, 0, -1, 0), (0, 0, 0, -1)])
def test_numbers_below_zero(parts: tuple[int, int, int, int]) -> None:
    """No part of a label is below zero."""
    with pytest.raises(ValueError, match="is no timecode"):
        Timecode.of(*parts, rate=Rate(24), is_drop_frame=False)


@given(text=st.text())
def test_any_text(text: str) -> None:
    """Any text is a timecode or a ValueError."""
    try:
        timecode = Timecode.parse(text, NTSC_30)
    except ValueError:
        return
    assert Timecode.parse(str(timecode), NTSC_30) == timecode


def test_one_separator_everywhere() -> None:
    """`01;00;00;00` is how some hosts write drop-frame."""
    assert Timecode.parse("01:00:00;02", NTSC_30).with_separator(";") == "01;00;00;02"
    assert Timecode.parse("01:00:00:02", NTSC_30).with_separator(":") == "01:00:00:02"
