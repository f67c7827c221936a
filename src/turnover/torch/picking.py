"""Which frames of a clip are taken."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from turnover.core.rate import Rate
from turnover.errors import ProbeError, UsageError

Sampling = Literal["first", "middle", "uniform", "random"]
"""Neighbouring frames from the start, around the middle or from a place drawn by lot; or spread over the whole clip."""

MOST_FRAMES = 1_000_000


@dataclass(frozen=True, slots=True)
class Picking:
    """What a person asks of frames: first the clip is played at `fps`, then `num_frames` of it are taken."""

    num_frames: int | None = None
    """None for all."""
    sampling: Sampling = "first"
    fps: Fraction | None = None
    """None for the clip's own."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.num_frames is not None and not 1 <= self.num_frames <= MOST_FRAMES:
            raise UsageError(f"num_frames is 1 or more, not {self.num_frames}")
        if self.sampling not in get_args(Sampling):
            raise UsageError(f"sampling is one of {', '.join(get_args(Sampling))}, not {self.sampling!r}")
        if self.fps is not None and not 0 < self.fps <= MOST_FRAMES:
            raise UsageError(f"fps is more than 0, not {float(self.fps)}")

    def count(self, frame_count: int | None, rate: Fraction | None) -> int | None:
        """How many frames come out of a clip; None where it cannot be known before decoding, or has too few."""
        played = _played_count(frame_count, rate, self.fps) if frame_count is not None else None
        if self.num_frames is None:
            return played
        return None if played is None or played < self.num_frames else self.num_frames

    def steady(self, frame_count: int, rate: Fraction | None, *, key: str) -> list[int] | None:
        """The places of the frames in a clip of one rate, ascending; None where it needs a rate that is not known.

        `key` names the draw of the lot. Raises ProbeError `too_short`.
        """
        played = _played_count(frame_count, rate, self.fps)
        if played is None:
            return None
        if self.fps is None or rate is None:
            return self._window(range(frame_count), key)
        step = rate / self.fps
        return self._window([int(tick * step) for tick in range(played)], key)

    def timed(self, starts: Sequence[float], *, key: str) -> list[int]:
        """As `steady`, for frames that start at these seconds, the first at 0."""
        if self.fps is None or len(starts) < 2:
            return self._window(range(len(starts)), key)
        # How long the last frame lasts is not told; it gets the mean of the others.
        end = starts[-1] * len(starts) / (len(starts) - 1)
        played = min(max(1, -int(-end * float(self.fps) // 1)), MOST_FRAMES)
        ticks = (float(tick / self.fps) for tick in range(played))
        # A clock of thousandths starts a frame a little late.
        return self._window([max(0, bisect_right(starts, tick + 0.0005) - 1) for tick in ticks], key)

    def _window(self, places: Sequence[int], key: str) -> list[int]:
        count = len(places) if self.num_frames is None else self.num_frames
        spare = len(places) - count
        if spare < 0:
            raise ProbeError(
                f"has {len(places)} frames, {count} are asked for",
                hint="ask for fewer, or leave it out with `keep`",
                code="too_short",
            )
        if self.sampling == "uniform" and self.num_frames is not None:
            return [places[place] for place in _spread(len(places), count)]
        start = {"middle": spare // 2, "random": self._lot(key, spare + 1)}.get(self.sampling, 0)
        return list(places[start : start + count])

    def _lot(self, key: str, count: int) -> int:
        """A number below `count`; the same for the same seed and key, whatever runs it."""
        return int.from_bytes(hashlib.sha256(f"{self.seed}/{key}".encode()).digest()[:16], "big") % count


def rate_of(fps: float | Fraction | None) -> Fraction | None:
    """A rate as a person writes it, exact: decimals of the NTSC family become what they stand for.

    >>> rate_of(23.976)
    Fraction(24000, 1001)
    """
    if fps is None:
        return None
    try:
        return Rate(fps).fraction if isinstance(fps, Fraction) else Rate.parse(str(fps)).fraction
    except ValueError as error:
        raise UsageError(f"fps is a rate such as 24 or 23.976, not {fps!r}") from error


def _played_count(frame_count: int, rate: Fraction | None, fps: Fraction | None) -> int | None:
    """Frames after the change of rate: one for each tick before the clip ends."""
    if fps is None:
        return frame_count
    if rate is None:
        return None
    return min(-(-frame_count * fps // rate), MOST_FRAMES)


def _spread(total: int, count: int) -> list[int]:
    """Places from the first to the last at even distances, rounded half up; of one, the middle.

    >>> _spread(10, 4), _spread(9, 1)
    ([0, 3, 6, 9], [4])
    """
    if count == 1:
        return [(total - 1) // 2]
    return [(2 * place * (total - 1) + count - 1) // (2 * (count - 1)) for place in range(count)]
