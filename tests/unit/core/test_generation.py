"""What follows from how a clip was made: its native rate, the colour of untagged pictures, tags of what was done."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from turnover.core.colour import Colour
from turnover.core.generation import (
    Asked,
    Generation,
    NativeRate,
    Processing,
    ProcessingKind,
    UntaggedColour,
    inferred_colour,
    native_rate,
)
from turnover.core.probe import VideoStream
from turnover.core.rate import Rate

VIDEO = VideoStream(64, 48, "h264", frame_rate=Rate(32))
DOUBLED = Generation(processing=(Processing("interpolation", 2.0, "RIFE"),), sources=(("processing", "the graph"),))
REC_601 = UntaggedColour("Rec. 601", Colour(matrix=6, range="limited"), ("h264",), "it is so")


def test_native_rate() -> None:
    """Twice as many frames at 32 a second were drawn at 16, and it is said how that is known."""
    expected = NativeRate(Rate(16), "frame rate of the file ÷ interpolation ×2, the graph")
    assert expected == native_rate(DOUBLED, VIDEO)


@pytest.mark.parametrize(
    ("factors", "rate", "expected"),
    [
        ((2.0, 2.0), Rate(60), Rate(15)),
        ((2.5,), Rate(60), Rate(24)),
        ((2.0,), Rate(48000, 1001), Rate(24000, 1001)),
        ((2.0,), Rate(25), Rate(25, 2)),
        ((1.0,), Rate(25), Rate(25)),
    ],
)
def test_native_rate_is_exact(factors: tuple[float, ...], rate: Rate, expected: Rate) -> None:
    """All factors count, NTSC rates stay fractions."""
    made = Generation(processing=tuple(Processing("interpolation", factor) for factor in factors))
    found = native_rate(made, replace(VIDEO, frame_rate=rate))
    assert found is not None
    assert expected == found.rate


@pytest.mark.parametrize(
    ("made", "video"),
    [
        (None, VIDEO),
        (Generation(), VIDEO),
        (Generation(processing=(Processing("upscaling", 2.0),)), VIDEO),
        (Generation(processing=(Processing("interpolation"),)), VIDEO),
        (replace(DOUBLED, processing=(*DOUBLED.processing, Processing("interpolation"))), VIDEO),
        (Generation(processing=(Processing("interpolation", 0.0),)), VIDEO),
        (DOUBLED, replace(VIDEO, frame_rate=None)),
        (replace(DOUBLED, asked=Asked(frame_rate=Rate(24))), VIDEO),
    ],
    ids=["none", "nothing", "upscaled", "no-factor", "one-without", "zero", "varying", "timed-anew"],
)
def test_native_rate_is_not_known(made: Generation | None, video: VideoStream) -> None:
    """Without an interpolation of known factors, at one rate that fits what was asked for, none is told."""
    assert native_rate(made, video) is None


def test_native_rate_that_was_asked_for() -> None:
    """The rate that was asked for agrees."""
    found = native_rate(replace(DOUBLED, asked=Asked(frame_rate=Rate(16))), VIDEO)
    assert found is not None
    assert found.rate == Rate(16)


def test_inferred_colour() -> None:
    """An untagged picture of the writer's codec is what the writer means by it; its range may be claimed as well."""
    made = Generation(untagged_colour=REC_601)
    limited = replace(VIDEO, colour=Colour(range="limited"))
    assert (inferred_colour(made, VIDEO), inferred_colour(made, limited)) == (REC_601, REC_601)


@pytest.mark.parametrize(
    "colour", [Colour(1, 1, 1, "limited"), Colour(matrix=1), Colour(primaries=9), Colour(range="full")]
)
def test_claimed_colour_stands(colour: Colour) -> None:
    """Whatever the file claims of its colour, nothing is inferred beside it."""
    assert inferred_colour(Generation(untagged_colour=REC_601), replace(VIDEO, colour=colour)) is None


def test_work_of_another_program() -> None:
    """Another codec than the writer's, an unknown writer and no recipe tell nothing."""
    made = Generation(untagged_colour=REC_601)
    assert inferred_colour(made, replace(VIDEO, codec="hevc")) is None
    assert (inferred_colour(Generation(), VIDEO), inferred_colour(None, VIDEO)) == (None, None)


def test_processing_tags() -> None:
    """Each kind has its word, each word once, in the order it was done."""
    kinds: tuple[ProcessingKind, ...] = get_args(ProcessingKind)
    steps = tuple(Processing(kind) for kind in (*kinds, kinds[0]))
    assert Generation(processing=steps).processing_tags == (
        "interpolated", "upscaled", "ping_pong", "looped", "color_transferred", "reversed", "trimmed"
    )  # fmt: skip
