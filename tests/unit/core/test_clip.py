"""What clips, streams and generations say of themselves."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.clips import clip
from turnover.core.generation import Generation, ModelUse


@pytest.mark.parametrize(
    ("size", "aspect", "rotation", "shown"),
    [
        ((1280, 720), None, 0, (1280, 720)),
        ((1280, 720), None, 90, (720, 1280)),
        ((1280, 720), None, 180, (1280, 720)),
        ((1280, 720), None, 270, (720, 1280)),
        ((720, 576), Fraction(64, 45), 0, (1024, 576)),
        ((720, 576), Fraction(64, 45), 90, (576, 1024)),
        ((1440, 1080), Fraction(4, 3), 0, (1920, 1080)),
    ],
)
def test_display_size(size: tuple[int, int], aspect: Fraction | None, rotation: int, shown: tuple[int, int]) -> None:
    """The width takes the pixel aspect, then the picture is turned."""
    assert clip(size=size, aspect=aspect, rotation=rotation).probe.video.display_size == shown


@pytest.mark.parametrize(
    ("claimed", "counted", "expected"), [(48, None, 48), (48, 47, 47), (None, 0, 0), (None, None, None)]
)
def test_frame_count(claimed: int | None, counted: int | None, expected: int | None) -> None:
    """What was counted wins over what is claimed."""
    video = replace(clip(frames=claimed).probe.video, frame_count_counted=counted)
    assert video.frame_count == expected


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        ((), None),
        ((ModelUse("vae", "vae"),), "vae"),
        ((ModelUse("vae", "vae"), ModelUse("wan", "diffusion")), "wan"),
        ((ModelUse("vae", "vae"), ModelUse("wan")), "wan"),
        ((ModelUse("high", "diffusion"), ModelUse("low", "diffusion")), "high"),
    ],
)
def test_the_model_that_drew(models: tuple[ModelUse, ...], expected: str | None) -> None:
    """The first model that draws, else the first of all."""
    assert Generation(models=models).model == expected


def test_names_and_series() -> None:
    """A clip knows its file's name and finds its series by name."""
    one = clip("/show/a b.c.mp4", series={"motion_score": [0.5]})
    found = one.series_named("motion_score")
    assert (one.name, one.stem) == ("a b.c.mp4", "a b.c")
    assert found is not None
    assert (found.at(0), one.series_named("other")) == (0.5, None)
