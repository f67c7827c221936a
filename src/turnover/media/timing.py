"""Whether frames follow each other at one rate, and at which, from times and what the header declares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from turnover.core.rate import Rate

# What films and broadcasts run at; what a measured rate is taken for when it is as near as clocks allow.
STANDARD = tuple(
    Rate(numerator, denominator)
    for numerator, denominator in (
        (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48000, 1001), (48, 1), (50, 1),
        (60000, 1001), (60, 1), (100, 1), (120000, 1001), (120, 1),
    )
)  # fmt: skip

# Clocks of a millisecond or a microsecond write 1/1001 of a second this badly; 24 and 24000/1001 differ by 1e-3.
_SNAP = Fraction(1, 100_000)
# Above this it is a clock (1000, 57600, 90000), not a frame rate.
_TOO_FAST = 1000
# How far a frame may stand from its place before a player would notice: recorders' clocks jitter that much.
_JITTER_SECONDS = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Times:
    """When frames are shown."""

    tick: Fraction
    """Seconds of one step of the clock."""
    starts: Sequence[int] = ()
    """Ticks at which frames start, ascending, without a gap that is only not read yet."""
    last_duration: int | None = None
    """Ticks that the last frame lasts; None when not known or the end was not reached."""
    is_whole: bool = True
    """Whether no frame follows."""
    reordered: int = 0
    """How many frames the codec may hold back to show others before them; 0 where it never does."""
    is_cycle: bool = False
    """Whether the last frame's duration counts as strictly as the others', as in an animation that starts again."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The answer."""

    rate: Rate | None
    """None where no single rate is true, or none is known."""
    is_variable: bool | None
    """None when nothing decides it."""
    average: Rate | None = None
    """Frames over duration where the rate varies."""


@lru_cache(maxsize=256)
def plausible(rate: Fraction | None) -> Rate | None:
    """A declared or measured number as a rate, tidied; None for none, zero and what is a clock and no frame rate.

    >>> str(plausible(Fraction(2997, 100))), plausible(Fraction(90000))
    ('30000/1001', None)
    """
    if rate is None or not 0 < rate < _TOO_FAST:
        return None
    nearest = min(
        (*(standard.fraction for standard in STANDARD), Fraction(round(rate) or 1)), key=lambda f: abs(f - rate)
    )
    return Rate(nearest if abs(nearest - rate) <= rate * _SNAP else rate)


@dataclass(frozen=True, slots=True)
class Header:
    """What the container declares about its frames' times."""

    rates: Sequence[Rate] = ()
    """The likeliest first."""
    average: Rate | None = None
    """Frames over duration from a table of every frame; None where nothing that exact is there."""
    frame_count: int | None = None


def timing_of(times: Times, header: Header) -> Timing:
    """The rate that the times agree with, the declared ones tried first in their order.

    With fewer than two frames the first declared rate is believed.
    """
    if len(times.starts) < 2:
        return Timing(header.rates[0], False) if header.rates else Timing(None, None)
    rate = _constant_rate(times, header.rates)
    if rate is None or not (times.is_whole or _is_true_to_the_end(rate, header)):
        return Timing(None, True, header.average or plausible(_between_ends(times)))
    return Timing(rate, False)


def _is_true_to_the_end(rate: Rate, header: Header) -> bool:
    """Whether the frames that were not looked at can have the rate of those that were."""
    if header.average is None or header.frame_count is None:
        return True
    claimed, expected = header.average.seconds(header.frame_count), rate.seconds(header.frame_count)
    return abs(claimed - expected) <= 2 * rate.frame_seconds


def _constant_rate(times: Times, declared: Sequence[Rate]) -> Rate | None:
    rate = _rate_on_grid(times, declared)
    if rate is not None or not times.reordered or len(times.starts) <= 2 * times.reordered:
        return rate
    # Cutting without encoding leaves out frames that are shown between the last ones.
    end = len(times.starts) - times.reordered
    rate = _rate_on_grid(replace(times, starts=times.starts[:end]), declared)
    is_near = rate is not None and _seconds(times, end - 1, -1) <= rate.seconds(2 * times.reordered)
    return rate if is_near else None


def _rate_on_grid(times: Times, declared: Sequence[Rate]) -> Rate | None:
    # What FFmpeg declares is partly its own guess from a few times; where that is a standard rate, it is a good one.
    likely = sorted(declared, key=lambda rate: rate not in STANDARD)
    candidates = tuple(dict.fromkeys((*likely, *_estimates(times))))
    for allowed in (_rounding, _jitter):
        for rate in candidates:
            tolerance = allowed(rate, times.tick)
            if _drift(times, rate) <= tolerance and _is_last_true(times, rate):
                return rate
    return None


def _seconds(times: Times, first: int, last: int) -> Fraction:
    """From one frame's start to another's."""
    return (times.starts[last] - times.starts[first]) * times.tick


def _rounding(rate: Rate, tick: Fraction) -> Fraction:
    """Seconds by which the clock itself must misplace frames.

    None where a frame is a whole number of ticks, or so few of them that the clock was made for another rate.
    """
    ticks = rate.frame_seconds / tick
    return Fraction(0) if ticks.denominator == 1 or ticks < 2 else tick


def _jitter(rate: Rate, tick: Fraction) -> Fraction:
    """The same for a recorder that jitters, or for a file that came from a coarser clock."""
    return _rounding(rate, tick) + min(_JITTER_SECONDS, rate.frame_seconds / 4)


def _drift(times: Times, rate: Rate) -> Fraction:
    """Seconds between the earliest and the latest frame, each measured from its place on the rate's grid."""
    # In whole numbers: fractions are ten times slower.
    per_tick = times.tick.numerator * rate.numerator
    per_frame = times.tick.denominator * rate.denominator
    offsets = [start * per_tick - place * per_frame for place, start in enumerate(times.starts)]
    return Fraction(max(offsets) - min(offsets), times.tick.denominator * rate.numerator)


def _is_last_true(times: Times, rate: Rate) -> bool:
    """Whether the last frame lasts about as long as the others; a file may cut it short or round it up."""
    if times.last_duration is None:
        return True
    excess = times.last_duration * times.tick - rate.frame_seconds
    return abs(excess) <= _rounding(rate, times.tick) if times.is_cycle else excess <= rate.frame_seconds


def _estimates(times: Times) -> Iterator[Rate]:
    """Rates that nobody declared: the measured one if the clock can show it, else standard or whole ones near it."""
    measured = _between_ends(times)
    if measured is None:
        return
    exact = plausible(measured)
    if exact is not None and _rounding(exact, times.tick) == 0:
        yield exact
    slack = max(times.tick, _JITTER_SECONDS) * 2 / times.tick / (times.starts[-1] - times.starts[0])
    near = {*STANDARD, Rate(round(measured) or 1)}
    # A short clip on a coarse clock cannot tell 30 from 30000/1001 and 31: whole standard rates are the likeliest.
    for rate in sorted(near, key=lambda rate: (rate not in STANDARD, rate.denominator, abs(rate.fraction - measured))):
        if abs(rate.fraction - measured) <= rate.fraction * slack:
            yield rate


def _between_ends(times: Times) -> Fraction | None:
    """Frames per second from the first start to the last; None where they stand still or run like a clock."""
    span = _seconds(times, 0, -1)
    rate = (len(times.starts) - 1) / span if span > 0 else None
    return rate if rate is not None and rate < _TOO_FAST else None
