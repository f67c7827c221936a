"""Cuts on the frame grid of an xmeml sequence, in the whole frames that the format counts in.

xmeml says a rate as a whole timebase and a flag for 1000/1001, and every time as a whole number of frames. In which
grid `in` and `out` of a clip item count, the file's or the sequence's, programs disagree. So a clip item is given the
sequence's rate here: then its own rate and the sequence's are one, and only the file keeps another.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.errors import RefusedError
from turnover.sidecars.writers.cuts import Cut, Timeline


@dataclass(frozen=True, slots=True)
class Sound:
    """One channel of a cut in an audio track."""

    identity: int
    """Unlike that of any other channel or picture of the sequence."""
    track: int
    """From 1; also the channel of the file."""
    position: int
    """Which clip of its track it is, from 1."""


@dataclass(frozen=True, slots=True)
class Item:
    """One cut in a sequence; the numbers count frames of the sequence."""

    cut: Cut
    number: int
    """From 1: which cut it is, and the identity of its picture."""
    file_number: int
    """From 1, the same for the same file."""
    is_first_of_file: bool
    sounds: tuple[Sound, ...]
    rate: Rate
    """The sequence's."""
    place: FrameRange
    """Where it lies in the sequence."""
    source_in: int
    """First frame it plays, from the start of the file."""

    @property
    def source_out(self) -> int:
        return self.source_in + self.place.count

    @property
    def media_duration(self) -> int:
        """How many whole frames of the sequence the file fills; never less than what is played."""
        return max(self.grid(self.cut.frame_count), self.source_out)

    def grid(self, frame: int) -> int:
        """The frame of the sequence that is shown when a frame of the clip begins, counted from the file's start."""
        return math.floor(frame * self._step)

    @property
    def is_on_grid(self) -> bool:
        """Whether first frame and length are whole frames of the sequence."""
        return all((frame * self._step).denominator == 1 for frame in (self.cut.used.start, self.cut.used.stop))

    @property
    def _step(self) -> Fraction:
        return self.rate.fraction / self.cut.rate.fraction

    @property
    def file_rate(self) -> Rate:
        """What the file counts in: its own rate, or the sequence's where xmeml cannot say that."""
        return self.rate if self.cut.rate.nominal is None else self.cut.rate

    @property
    def file_duration(self) -> int:
        return self.cut.frame_count if self.file_rate == self.cut.rate else self.grid(self.cut.frame_count)


def items_of(timeline: Timeline) -> tuple[Item, ...]:
    """Every cut on the grid, back to back.

    Raises RefusedError for a rate that xmeml cannot say, for a change of speed, for a cut shorter than one frame.
    """
    settings = timeline.cuts[0].sheet.view.settings
    if timeline.rate.nominal is None:
        raise RefusedError(
            f"{timeline.cuts[0].name}: xmeml cannot say {timeline.rate.decimal()} frames per second; "
            "it has whole rates and their 1000/1001",
            hint="choose the timeline's rate with --set timeline_rate=24, or use the template otio",
            code="rate",
        )
    others = timeline.names_at_other_rates
    if others and settings.timeline_policy == "every_frame":
        raise RefusedError(
            f"{others[0]}: xmeml has no exact way to play each frame once at {timeline.rate.decimal()} frames a second",
            hint="otio and fcp-fcpxml have one; or keep the duration with --set timeline_policy=keep_duration",
            code="timeline_rate",
        )
    return tuple(_laid_out(timeline))


def _laid_out(timeline: Timeline) -> Iterator[Item]:
    file_numbers: dict[Path, int] = {}
    clips_of_track: Counter[int] = Counter()
    identities = itertools.count(len(timeline.cuts) + 1)
    start = 0
    for number, cut in enumerate(timeline.cuts, start=1):
        tracks = range(1, channel_count(cut) + 1)
        clips_of_track.update(tracks)
        path = cut.sheet.view.clip.path
        is_first_of_file = path not in file_numbers
        source = _source(cut, timeline.rate)
        yield Item(
            cut,
            number,
            file_numbers.setdefault(path, len(file_numbers) + 1),
            is_first_of_file,
            tuple(Sound(next(identities), track, clips_of_track[track]) for track in tracks),
            timeline.rate,
            FrameRange(start, start + source.count),
            source.start,
        )
        start += source.count


def channel_count(cut: Cut) -> int:
    """The channels of all sound streams; a stream that does not say has one."""
    return sum(sound.channels or 1 for sound in cut.sheet.view.clip.probe.audio)


def _source(cut: Cut, rate: Rate) -> FrameRange:
    """What a cut plays of its file, in frames of the sequence."""
    step = rate.fraction / cut.rate.fraction
    # Inward, so that no cut asks for a picture that is a handle or past the end of the file.
    source_in, source_out = math.ceil(cut.used.start * step), math.floor(cut.used.stop * step)
    if source_out <= source_in:
        raise RefusedError(
            f"{cut.name}: it is shorter than one frame at {rate.decimal()} frames per second",
            hint="choose a higher rate with --set timeline_rate=…",
            code="timeline_rate",
        )
    return FrameRange(source_in, source_out)
