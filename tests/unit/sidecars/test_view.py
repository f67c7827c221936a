"""A view decides once what the sidecars of a clip say: what the file claims, what a person set, what is assumed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clips import PQ, clip, view
from turnover.core.colour import ASSUMABLE, Colour
from turnover.core.rate import Rate
from turnover.errors import RefusedError, UsageError
from turnover.settings import sidecar_settings
from turnover.sidecars.paths import PathRule
from turnover.sidecars.view import view_of

NTSC_30 = Rate(30000, 1001)


# --------------------------------------------------------------------------------------------------------- rate


def test_rate_of_the_file() -> None:
    """What the file says wins, with the NTSC decimals made exact."""
    seen = view(clip(rate=Rate(2997, 100)), assume_rate="24")
    assert (seen.rate, seen.rate_origin, seen.assumed) == (NTSC_30, "file", ())


def test_assumed_rate() -> None:
    """Where the file tells no constant rate, a person may; that is marked, and time follows from it."""
    seen = view(clip(rate=None, frames=48), assume_rate="24")
    assert (seen.rate, seen.rate_origin, seen.assumed) == (Rate(24), "set", ("frame_rate",))
    assert seen.duration_seconds == 2
    assert seen.timing() == (Rate(24), 48)


@pytest.mark.parametrize(("is_variable", "code"), [(True, "variable_frame_rate"), (None, "no_frame_rate")])
def test_no_constant_rate(is_variable: bool | None, code: str) -> None:
    """Without a constant rate a format that counts in frames is refused, with the reason."""
    seen = view(clip(rate=None, is_variable_frame_rate=is_variable))
    with pytest.raises(RefusedError) as refused:
        seen.timing()
    assert (refused.value.code, seen.rate_origin, seen.assumed) == (code, None, ())
    assert "assume_rate" in refused.value.hint


@pytest.mark.parametrize("frames", [None, 0])
def test_no_frames(frames: int | None) -> None:
    """A clip with no known frame, or none at all, has no rows."""
    with pytest.raises(RefusedError) as refused:
        view(clip(frames=frames)).frames()
    assert refused.value.code == "no_frame_count"


@pytest.mark.parametrize(
    ("rate", "frames", "stated", "expected"),
    [
        (Rate(24000, 1001), 48, Fraction(2), Fraction(1001, 500)),
        (Rate(24), None, Fraction(3), Fraction(3)),
        (None, 48, Fraction(3), Fraction(3)),
        (None, None, None, None),
    ],
)
def test_duration(rate: Rate | None, frames: int | None, stated: Fraction | None, expected: Fraction | None) -> None:
    """Frames over rate where both are known, else what the stream says."""
    assert view(clip(rate=rate, frames=frames, duration_seconds=stated)).duration_seconds == expected


@given(first=st.integers(-1000, 10_000), frames=st.integers(1, 1000))
def test_numbers_of_the_host(first: int, frames: int) -> None:
    """The host counts from the first frame that was set."""
    seen = view(clip(frames=frames), first_frame=str(first))
    assert (seen.first_frame, seen.last_frame) == (first, first + frames - 1)
    assert view(clip(frames=None), first_frame=str(first)).last_frame is None


# ----------------------------------------------------------------------------------------------------- timecode


def test_start_of_the_file() -> None:
    """The file's own timecode is taken as it is."""
    seen = view(clip(start="01:00:00:00"))
    assert (str(seen.start), seen.start_origin, seen.assumed) == ("01:00:00:00", "file", ())


def test_no_start() -> None:
    """A clip without timecode has none: nobody makes up a zero."""
    seen = view(clip())
    assert (seen.start, seen.start_origin) == (None, None)


def test_start_that_is_set() -> None:
    """A start that a person sets stands in for the file's, and is marked."""
    seen = view(clip(rate=NTSC_30, start="02:00:00;00"), start_timecode="01:00:00;00")
    assert (str(seen.start), seen.start_origin, seen.assumed) == ("01:00:00;00", "set", ("start_timecode",))


@pytest.mark.parametrize(
    ("rate", "label", "message"),
    [
        (Rate(24), "01:00:00;00", "drop-frame exists at 29.97 and 59.94 only"),
        (Rate(24), "01:00:00:24", "is no timecode at 24 frames per second"),
        (Rate(24), "25:00:00:00", "is no timecode at 24 frames per second"),
        (NTSC_30, "00:01:00;00", "does not exist: drop-frame skips it"),
    ],
)
def test_start_that_is_wrong(rate: Rate, label: str, message: str) -> None:
    """A label that the clip's rate has not is a mistake in what was asked for."""
    with pytest.raises(UsageError, match=rf"start_timecode: .*{message}"):
        view(clip(rate=rate), start_timecode=label)


@pytest.mark.parametrize("label", ["", "now", "1:0:0:0", "01:00:00"])
@pytest.mark.parametrize("name", ["start_timecode", "timeline_start"])
def test_start_that_is_none(name: str, label: str) -> None:
    """What has not even the form of a timecode is a mistake whatever the clip."""
    with pytest.raises(UsageError, match=rf"{name}: .*is no timecode; write"):
        view_of(clip(rate=None), sidecar_settings({name: label}))


@pytest.mark.parametrize("rate", [Rate(25, 2), None])
def test_start_where_timecode_does_not_count(rate: Rate | None) -> None:
    """A clip of a batch whose rate has no timecode has none, whatever is set for the batch."""
    assert view(clip(rate=rate), start_timecode="01:00:00:00").start is None


@pytest.mark.parametrize(("label", "start"), [("01:00:00:00", "01:00:00:00"), ("01:00:00;00", "None"), (None, "None")])
def test_start_at_an_assumed_rate(label: str | None, start: str) -> None:
    """A label in a file that tells no rate gets its count from the rate that is assumed."""
    one = clip(rate=None)
    one = replace(one, probe=replace(one.probe, start_timecode_label=label))
    assert str(view(one, assume_rate="24").start) == start
    assert view(one).start is None


# ------------------------------------------------------------------------------------------------ colour, reel


@pytest.mark.parametrize("word", ASSUMABLE)
def test_assumed_colour(word: str) -> None:
    """An untagged file takes the colour that a person assumes, marked; a range it does tell stays."""
    assert view(clip(), assume_color=word).colour == ASSUMABLE[word]
    full = view(clip(colour=Colour(range="full")), assume_color=word)
    assert full.colour == replace(ASSUMABLE[word], range="full")
    assert (full.colour.source, full.assumed) == ("set", ("color",))


def test_colour_that_is_tagged() -> None:
    """What a file claims is never overridden by an assumption."""
    seen = view(clip(colour=PQ), assume_color="rec709")
    assert (seen.colour, seen.assumed) == (PQ, ())
    partly = Colour(primaries=9)
    assert view(clip(colour=partly), assume_color="rec709").colour == partly


def test_untagged_colour() -> None:
    """Untagged stays untagged: it is not Rec. 709."""
    assert view(clip()).colour == Colour()


@pytest.mark.parametrize(
    ("of_file", "settings", "expected"),
    [
        ("A001", {"reel": "B002"}, ("B002", "set", ("reel",))),
        ("A001", {}, ("A001", "file", ())),
        (None, {"reel": "B002"}, ("B002", "set", ("reel",))),
        (None, {}, ("shot_010", "name", ())),
        ("", {}, ("shot_010", "name", ())),
    ],
)
def test_reel(of_file: str | None, settings: dict[str, str], expected: tuple[str, str, tuple[str, ...]]) -> None:
    """The reel that was set, else the file's, else its stem."""
    seen = view_of(clip(reel=of_file), sidecar_settings(settings))
    assert (seen.reel, seen.reel_origin, seen.assumed) == expected


def test_path() -> None:
    """The path is spelled by the run's rule."""
    seen = view(clip("/show/a/b.mp4"), paths=PathRule((("/show", "/vol"),)))
    assert (seen.path, seen.clip.path) == ("/vol/a/b.mp4", Path("/show/a/b.mp4"))
