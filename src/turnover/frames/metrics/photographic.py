"""Whether a picture looks like a photograph, asked of some."""

from __future__ import annotations

from turnover.frames.metric import Metric, Taker
from turnover.frames.photographic import is_photographic
from turnover.frames.picture import Picture
from turnover.frames.planes import NAN

_EVERY = 8


def _start() -> Taker:
    frames_left = 0

    def take(picture: Picture, previous: Picture | None) -> float:
        nonlocal frames_left
        frames_left -= 1
        if frames_left > 0:
            return NAN
        answer = is_photographic(picture)
        if answer is None:
            return NAN
        frames_left = _EVERY
        return float(answer)

    return take


METRIC = Metric(
    name="photographic",
    sentence="Whether the picture looks like a photograph, not like a depth map, a skeleton or a drawing.",
    unit="yes or no",
    low=0.0,
    high=1.0,
    source="Shares of flat, softly stepped and textured pixels; asked of every eighth picture that is not black",
    start=_start,
    is_intermediate=True,
)
