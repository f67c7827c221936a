"""Time as FCPXML writes it: exact fractions of a second on a grid of frames."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from turnover.core.rate import Rate
from turnover.errors import RefusedError
from turnover.sidecars.writer import Job
from turnover.sidecars.writers.cuts import Cut, Timeline

# "A rational number of seconds with a 64-bit numerator and 32-bit denominator" (the DTD's comment on `time`).
_LARGEST_NUMERATOR = 2**63 - 1
_LARGEST_DENOMINATOR = 2**31 - 1


def time_text(seconds: Fraction, rate: Rate) -> str:
    """Seconds over the rate's own denominator where they lie on its grid, so that a person can count frames.

    >>> time_text(Fraction(1001, 30000) * 60, Rate(30000, 1001)), time_text(Fraction(3600), Rate(24))
    ('60060/30000s', '3600s')
    """
    if seconds.denominator == 1:
        return f"{seconds.numerator}s"
    over = rate.numerator if rate.numerator % seconds.denominator == 0 else seconds.denominator
    return f"{seconds * over}/{over}s"


@dataclass(frozen=True, slots=True)
class Clock:
    """A clip's own time, in which its start, its markers and its keywords are told."""

    start: Fraction
    """Seconds of frame 0: its timecode, zero when the file has none."""
    rate: Rate
    """How fast the frames pass in it: the media's rate, the timeline's where each frame is played once."""

    def at(self, frame: int) -> str:
        """When a frame of the clip begins."""
        return time_text(self.start + self.rate.seconds(frame), self.rate)

    def lasting(self, frames: int) -> str:
        return time_text(self.rate.seconds(frames), self.rate)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a cut stands on the timeline, and how fast it plays there."""

    cut: Cut
    offset: int
    """Timeline frames from the timeline's start."""
    frame_count: int
    """Timeline frames."""
    plays_every_frame: bool
    """Whether each frame of the clip is one of the timeline, although the rates differ."""

    @property
    def media(self) -> Clock:
        start = self.cut.start
        return Clock(Fraction(0) if start is None else self.cut.rate.seconds(start.frame), self.cut.rate)

    def local(self, timeline: Timeline) -> Clock:
        """The time in which the clip's start and markers are told: the media's, unless a time map changes its speed."""
        return Clock(self.media.start, timeline.rate) if self.plays_every_frame else self.media


def placed(job: Job, timeline: Timeline) -> tuple[Placement, ...]:
    """The cuts of a timeline back to back.

    Raises RefusedError for a clip that is shorter than one timeline frame, and for times that FCPXML cannot write.
    """
    placements = tuple(_placed(job, timeline))
    for placement in placements:
        _check_precision(placement, timeline)
    return placements


def _placed(job: Job, timeline: Timeline) -> Iterator[Placement]:
    policy = job.sheets[0].view.settings.timeline_policy
    offset = 0
    for cut in timeline.cuts:
        plays_every_frame = cut.rate != timeline.rate and policy == "every_frame"
        count = cut.used.count if plays_every_frame else _whole_frames(job, cut, timeline.rate)
        yield Placement(cut, offset, count, plays_every_frame)
        offset += count


def _whole_frames(job: Job, cut: Cut, rate: Rate) -> int:
    """The timeline frames that lie wholly inside a cut: one more would reach past the media, which hosts refuse."""
    exact = cut.rate.seconds(cut.used.count) * rate.fraction
    count = math.floor(exact)
    if count == 0:
        raise RefusedError(
            f"{cut.name}: it lasts less than one frame of the timeline, which has {rate.decimal()} frames per second",
            hint="choose a faster timeline with --set timeline_rate=…, or --set timeline_policy=every_frame",
            code="timeline_rate",
        )
    if count != exact:
        job.findings.warn(
            f"{cut.name}: it lasts {float(exact):.2f} timeline frames; the {count} whole ones are played "
            "(--set timeline_policy=every_frame plays each of its own frames)"
        )
    return count


def _check_precision(placement: Placement, timeline: Timeline) -> None:
    cut = placement.cut
    over = math.lcm(cut.rate.numerator, timeline.rate.numerator) if placement.plays_every_frame else cut.rate.numerator
    start = Fraction(0) if timeline.start is None else timeline.rate.seconds(timeline.start.frame)
    timeline_end = start + timeline.rate.seconds(placement.offset + placement.frame_count)
    clocks = (placement.media, placement.local(timeline))
    media_end = max(clock.start + clock.rate.seconds(cut.frame_count) for clock in clocks)
    largest = max(media_end * over, timeline_end * timeline.rate.numerator)
    if max(over, timeline.rate.numerator) > _LARGEST_DENOMINATOR or largest > _LARGEST_NUMERATOR:
        raise RefusedError(
            f"{cut.name}: FCPXML cannot write its times: {cut.rate} frames per second, {cut.frame_count} frames",
            hint="use frames-csv, which has no such limit",
            code="rate_precision",
        )
