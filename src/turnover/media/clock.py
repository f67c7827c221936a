"""How many frames a stream has, when they are shown and for how long."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from av.container import InputContainer
from av.video.stream import VideoStream

from turnover.core.rate import Rate
from turnover.media.containers import WITHOUT_CLOCK
from turnover.media.look import GLANCE_PACKETS, Look
from turnover.media.timing import Header, Timing, plausible, timing_of

# FFmpeg's AV_TIME_BASE: what it counts a container's duration in.
_MICROSECONDS = 1_000_000
# Edit lists hide frames at the ends, so it is there that the index is asked.
_INDEX_ENDS = 32
# A microsecond each; two minutes at 25 frames per second.
_INDEX_STEPS = 3000
_DURATION = re.compile(r"(\d{1,4}):(\d\d):(\d\d(?:\.\d{1,9})?)\Z")


@dataclass(frozen=True, slots=True)
class Clock:
    """A stream's frames in number and time."""

    timing: Timing
    claimed: int | None
    counted: int | None
    duration_seconds: Fraction | None
    start_seconds: Fraction | None


def packets_needed(stream: VideoStream, kind: str) -> int:
    """How many packets the rate cannot be known without: none where the header has a table of all frames' times.

    `kind` is our name of the container.
    """
    rates = header_of(stream, kind).rates
    if kind != "mov" or stream.frames <= 0 or not rates:
        return GLANCE_PACKETS
    is_agreed = plausible(stream.average_rate) == plausible(stream.base_rate) == rates[0]
    is_plain = len(stream.index_entries) == stream.frames and not _is_trimmed(stream)
    return 0 if is_agreed and is_plain and _is_steady(stream) else GLANCE_PACKETS


def _is_steady(stream: VideoStream) -> bool:
    """Whether the frames that the index lists first follow each other at equal steps."""
    index = stream.index_entries
    times = [index[place].timestamp for place in range(min(len(index), _INDEX_STEPS))]
    return len({later - earlier for earlier, later in pairwise(times)}) <= 1


def header_of(stream: VideoStream, kind: str) -> Header:
    """What the container declares about the stream's rate."""
    coded = plausible(stream.codec_context.framerate)
    if kind in WITHOUT_CLOCK:
        return Header(() if coded is None else (coded,))
    average = plausible(stream.average_rate)
    declared = dict.fromkeys((average, plausible(stream.base_rate), coded))
    return Header(
        rates=tuple(rate for rate in declared if rate is not None),
        average=average if kind == "mov" and stream.frames > 0 else None,
        frame_count=stream.frames or None,
    )


def clock_of(container: InputContainer, stream: VideoStream, kind: str, seen: Look, *, scan: bool) -> Clock:
    """The stream's clock after a look at its packets; `scan` says that the look was at all of them."""
    header = header_of(stream, kind)
    timing = timing_of(seen.times, header)
    claimed = _claimed(stream, kind, timing.rate)
    counted = seen.shown if scan or (seen.is_whole and seen.shown > 0) else None
    start = stream.start_time * stream.time_base if stream.start_time is not None and stream.time_base else None
    seconds = _frames_seconds(stream, timing.rate, claimed, counted)
    if seconds is None:
        seconds = _told_seconds(container, stream, seen, start)
    if timing.is_variable and header.average is None and counted and seconds:
        timing = replace(timing, average=plausible(counted / seconds))
    return Clock(timing, claimed, counted, seconds, start)


def _claimed(stream: VideoStream, kind: str, rate: Rate | None) -> int | None:
    if stream.frames > 0:
        return stream.frames
    # MXF counts its duration in edit units, which are frames (SMPTE ST 377-1, B.2).
    if kind == "mxf" and rate is not None and stream.duration and stream.time_base == rate.frame_seconds:
        return stream.duration
    return None


def _frames_seconds(
    stream: VideoStream, rate: Rate | None, claimed: int | None, counted: int | None
) -> Fraction | None:
    """Frames × frame duration; None where one of them is not known, or an edit list shows fewer than are claimed."""
    if rate is None:
        return None
    if counted is not None:
        return rate.seconds(counted)
    return None if claimed is None or _is_trimmed(stream) else rate.seconds(claimed)


def _is_trimmed(stream: VideoStream) -> bool:
    """Whether an edit list hides frames at an end."""
    index = stream.index_entries
    size = len(index)
    if 0 < size < stream.frames:
        return True
    ends = {*range(min(size, _INDEX_ENDS)), *range(max(0, size - _INDEX_ENDS), size)}
    return any(index[place].is_discard for place in ends)


def _told_seconds(
    container: InputContainer, stream: VideoStream, seen: Look, start: Fraction | None
) -> Fraction | None:
    """The duration that the stream tells, else its packets, else the container."""
    if stream.duration and stream.duration > 0 and stream.time_base:
        return stream.duration * stream.time_base
    tagged = _tagged_end(stream)
    if tagged is not None and tagged > (start or 0):
        return tagged - (start or 0)
    times = seen.times
    if seen.is_whole and times.starts and times.last_duration:
        return (times.starts[-1] - times.starts[0] + times.last_duration) * times.tick
    if container.duration is None or container.duration <= 0:
        return None
    # A container's duration counts from its own start, which is its earliest stream's.
    late = (start or Fraction(0)) - Fraction(container.start_time or 0, _MICROSECONDS)
    return max(Fraction(container.duration, _MICROSECONDS) - max(late, Fraction(0)), Fraction(0)) or None


def _tagged_end(stream: VideoStream) -> Fraction | None:
    """When a Matroska stream ends, in seconds, by the tag DURATION that most writers set."""
    match = _DURATION.match(stream.metadata.get("DURATION", ""))
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
