"""Where each clip of an edit decision list lies, with every timecode counted at the list's one rate.

An EDL has no place for a rate: a reader is told one and counts all four timecodes of an event in it. So a clip of
another rate is described as a host shows it on a timeline of that rate, and never with labels of its own count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.errors import RefusedError
from turnover.settings import TimelinePolicy
from turnover.sidecars.encoding import Findings
from turnover.sidecars.writer import Job, Sheet
from turnover.sidecars.writers.cuts import Cut, Timeline, listed, timeline_of

LISTED_NOMINALS = (24, 25, 30, 48, 50, 60)
"""Nominal rates that edit systems offer when they ask for the rate of a list."""


@dataclass(frozen=True, slots=True)
class Placement:
    """One cut's place on the timeline; all frames count the timeline's rate."""

    cut: Cut
    source_in: Timecode
    """Of the first frame that is played."""
    offset: int
    """Frames of the timeline before it."""
    count: int
    """Frames of the timeline that it fills."""
    stretch: Fraction
    """Frames of the timeline for one frame of the clip; 1 where each is shown once."""
    is_retimed: bool
    """Whether picture plays at another speed than the clip's own, so that its sound would not fit."""

    @property
    def sheet(self) -> Sheet:
        return self.cut.sheet

    @property
    def source_out(self) -> Timecode:
        """After its last frame."""
        return self.source_in + self.count

    @property
    def source_range(self) -> tuple[int, int]:
        """Source frames [start, stop) as counted from midnight; stop may lie past midnight."""
        return self.source_in.frame, self.source_in.frame + self.count

    def span(self, frames: FrameRange) -> tuple[int, int] | None:
        """Position on the timeline and number of timeline frames, at least one, of a range of the clip's frames.

        None where nothing of it is played.
        """
        used = self.cut.used
        if frames.stop <= used.start or frames.start >= used.stop:
            return None
        first = min(int(max(0, frames.start - used.start) * self.stretch), self.count - 1)
        stop = min(int((frames.stop - used.start) * self.stretch), self.count)
        return self.offset + first, max(1, stop - first)


@dataclass(frozen=True, slots=True)
class Layout:
    """The clips of a list, back to back in the order given."""

    rate: Rate
    start: Timecode
    placements: tuple[Placement, ...]

    def at(self, offset: int) -> Timecode:
        """The record timecode of a position, in frames from the start."""
        return self.start + offset


def laid_out(job: Job) -> Layout:
    """The clips on their timeline; raises RefusedError where an EDL cannot tell the truth about one of them."""
    timeline = timeline_of(job)
    start = _start(timeline)
    policy = job.sheets[0].view.settings.timeline_policy
    placements: list[Placement] = []
    offset = 0
    for cut in timeline.cuts:
        placement = _placed(cut, timeline.rate, policy, offset)
        placements.append(placement)
        offset += placement.count
    if start.frame + offset > _frames_per_day(start, timeline.rate):
        raise RefusedError(
            f"the list runs past 24 hours of timecode: {offset} frames from {start}",
            hint="write fewer clips into one list, or start it earlier with --set timeline_start=00:00:00:00",
            code="too_long",
        )
    _warn_of_rates(timeline.rate, placements, job.findings)
    return Layout(timeline.rate, start, tuple(placements))


def names(placements: Sequence[Placement]) -> str:
    """The clips' names for a sentence."""
    return listed(placement.cut.name for placement in placements)


def _start(timeline: Timeline) -> Timecode:
    if timeline.start is not None and timeline.start.nominal < 100:
        return timeline.start
    reason = "timecode has no count for it" if timeline.start is None else "an EDL has two digits for frames"
    raise RefusedError(
        f"{timeline.cuts[0].name}: no EDL at {timeline.rate.decimal()} frames per second: {reason}",
        hint="put it on a timeline of another rate with --set timeline_rate=24",
        code="rate",
    )


def _placed(cut: Cut, rate: Rate, policy: TimelinePolicy, offset: int) -> Placement:
    is_real_time = policy == "keep_duration"
    stretch = rate.fraction / cut.rate.fraction if is_real_time else Fraction(1)
    # Rounded down: an edit may leave the last part of a frame out, and must not show what the clip does not have.
    count = int(cut.used.count * stretch)
    if count == 0:
        raise RefusedError(
            f"{cut.name}: its {cut.used.count} frames are shorter than one frame at {rate.decimal()} frames per second",
            hint="show each frame once with --set timeline_policy=every_frame",
            code="timeline_rate",
        )
    source_in = _source_in(cut, rate, is_real_time=is_real_time)
    return Placement(cut, source_in, offset, count, stretch, is_retimed=not is_real_time and rate != cut.rate)


def _source_in(cut: Cut, rate: Rate, *, is_real_time: bool) -> Timecode:
    """Timecode of the first frame that is played, at the timeline's rate; counted from zero where the clip has none.

    Hours, minutes and seconds of a label stay. In real time its frames are scaled; where each frame is shown once, the
    host takes the clip as one of the timeline's rate, and the label stays as it is.
    """
    if cut.rate == rate:
        return (cut.start or Timecode.at(0, rate)) + cut.used.start
    if not is_real_time:
        return _relabelled(cut, rate, Fraction(1)) + cut.used.start
    lead = cut.used.start * rate.fraction / cut.rate.fraction
    if lead.denominator != 1:
        raise RefusedError(
            f"{cut.name}: {cut.used.start} handle frames are no whole number of frames at {rate.decimal()}",
            hint="give other handles with --set handles=…; FCPXML and OTIO can place it as it is",
            code="timeline_rate",
        )
    scale = Fraction(rate.nominal or 1, cut.rate.nominal or 1)
    return _relabelled(cut, rate, scale) + int(lead)


def _relabelled(cut: Cut, rate: Rate, scale: Fraction) -> Timecode:
    if cut.start is None:
        return Timecode.at(0, rate)
    hours, minutes, seconds, frames = cut.start.parts
    scaled = frames * scale
    is_drop_frame = cut.start.is_drop_frame and rate.allows_drop_frame
    try:
        if scaled.denominator != 1:
            raise ValueError("it falls between two frames")
        return Timecode.of(hours, minutes, seconds, int(scaled), rate=rate, is_drop_frame=is_drop_frame)
    except ValueError as error:
        raise RefusedError(
            f"{cut.name}: its start timecode {cut.start} has no label at {rate.decimal()} frames per second: {error}",
            hint="FCPXML and OTIO can place it; or set a start with --set start_timecode=…",
            code="timeline_rate",
        ) from error


def _frames_per_day(label: Timecode, rate: Rate) -> int:
    last = Timecode.of(23, 59, 59, label.nominal - 1, rate=rate, is_drop_frame=label.is_drop_frame)
    return last.frame + 1


def _warn_of_rates(rate: Rate, placements: Sequence[Placement], findings: Findings) -> None:
    if rate.nominal not in LISTED_NOMINALS:
        findings.warn(
            f"{names(placements)}: edit systems offer no list of {rate.decimal()} frames per second; "
            "--set timeline_rate=24 (or 25, 30) writes one they take"
        )
    part_left_out = [p for p in placements if (p.cut.used.count * p.stretch).denominator != 1]
    if part_left_out:
        findings.warn(
            f"{names(part_left_out)}: not a whole number of frames at {rate.decimal()}; "
            "less than one frame is left out at the end"
        )
    retimed = [p for p in placements if p.is_retimed]
    if retimed:
        findings.warn(
            f"{names(retimed)}: each frame is shown once; "
            f"set the clip's frame rate to {rate.decimal()} in the host before the list is imported"
        )
    past_midnight = [p for p in placements if p.source_range[1] > _frames_per_day(p.source_in, rate)]
    if past_midnight:
        findings.warn(
            f"{names(past_midnight)}: its timecode runs past midnight, which many readers take for an error; "
            "--set start_timecode=… sets another"
        )
