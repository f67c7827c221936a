"""How often each frame is written, so that all of them last equally long."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

from av.video.frame import VideoFrame

from turnover.core.rate import Rate
from turnover.media.shown import Shown
from turnover.media.timing import STANDARD

# What generators write beside what films and broadcasts run at.
_USUAL = (Rate(8), Rate(10), Rate(12), Rate(25, 2), Rate(15), Rate(16), Rate(20), *STANDARD)


def nearest_usual(rate: Rate) -> Rate:
    """The usual rate that is nearest by ratio.

    >>> str(nearest_usual(Rate(298, 10))), str(nearest_usual(Rate(9)))
    ('30000/1001', '10/1')
    """
    return min(_USUAL, key=lambda usual: max(usual.fraction / rate.fraction, rate.fraction / usual.fraction))


def repeats(
    frames: Shown, numbered: Iterable[tuple[int, VideoFrame]], *, stop: int | None, end: Fraction | None, rate: Rate
) -> Iterator[tuple[VideoFrame, int]]:
    """Each frame, and how many periods of the rate it takes up: 0 where others are nearer to every one of them.

    numbered: the frames to write, and the one numbered `stop` after them, for its time alone. end: when the whole file
    ends, in seconds from its first frame; None where nothing tells. The first frame starts the first period.
    """
    held: VideoFrame | None = None
    start = at = Fraction(0)
    done = 0
    for number, frame in numbered:
        at = max(at, _seconds(frames, frame, number) or at)
        if held is None:
            start = at
        else:
            due = _periods(at - start, rate)
            yield held, due - done
            done = due
        if number == stop:
            return
        held = frame
    if held is not None:
        last = at + rate.frame_seconds if end is None or end <= at else end
        yield held, max(_periods(last - start, rate), 1) - done


def _seconds(frames: Shown, frame: VideoFrame, number: int) -> Fraction | None:
    seconds = frames.seconds_of(frame, number)
    return None if seconds is None else Fraction(seconds)


def _periods(seconds: Fraction, rate: Rate) -> int:
    """Rounded, and half up."""
    return math.floor(seconds * rate.fraction + Fraction(1, 2))
