"""The clips of one file as cuts of a timeline: its rate and start, and which frames of each clip it plays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.errors import RefusedError, UsageError
from turnover.sidecars.text import single_line
from turnover.sidecars.writer import Job, Sheet


@dataclass(frozen=True, slots=True)
class Cut:
    """One clip of a timeline; all numbers count the clip's own frames."""

    sheet: Sheet
    rate: Rate
    frame_count: int
    used: FrameRange
    """What the timeline plays: the clip without its handles."""
    start: Timecode | None
    """Timecode of frame 0, counted at the clip's rate; None when the clip has none."""

    @property
    def name(self) -> str:
        """The file's name on one line."""
        return single_line(self.sheet.view.clip.name)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Cuts back to back."""

    rate: Rate
    start: Timecode | None
    """None where timecode does not count the rate (12.5, 179/6)."""
    cuts: tuple[Cut, ...]

    @property
    def names_at_other_rates(self) -> tuple[str, ...]:
        """The clips whose rate is not the timeline's."""
        return tuple(cut.name for cut in self.cuts if cut.rate != self.rate)


def timeline_of(job: Job) -> Timeline:
    """The timeline of a job: at the rate that was set, else at the first clip's.

    Raises RefusedError for a clip without a constant rate, without a known number of frames, or all handles.
    """
    cuts = tuple(_cut(job, sheet) for sheet in job.sheets)
    settings = job.sheets[0].view.settings
    rate = settings.timeline_rate or cuts[0].rate
    others = tuple(cut.name for cut in cuts if cut.rate != rate)
    if others and settings.timeline_rate is None:
        job.findings.warn(
            f"the timeline has the {rate.decimal()} frames per second of {cuts[0].name}; {listed(others)} "
            f"{'have' if len(others) > 1 else 'has'} another rate (--set timeline_rate=… chooses the timeline's)"
        )
    return Timeline(rate, _start(settings.timeline_start, rate, cuts[0]), cuts)


def _cut(job: Job, sheet: Sheet) -> Cut:
    rate, frame_count = sheet.view.timing()
    handles = sheet.view.settings.handles
    if frame_count <= 2 * handles:
        raise RefusedError(
            f"{sheet.view.clip.name}: its {frame_count} frames are all handles ({handles} at each end)",
            hint="give fewer with --set handles=…",
            code="handles",
        )
    start = sheet.view.start
    if start is not None and start.nominal != rate.nominal:
        job.findings.warn(
            f"{sheet.view.clip.name}: its timecode {start} counts {start.nominal} frames a second, the picture has "
            f"{rate.decimal()}; it is left out (--set start_timecode=… states one)"
        )
        start = None
    return Cut(sheet, rate, frame_count, FrameRange(handles, frame_count - handles), start)


def _start(label: str, rate: Rate, first: Cut) -> Timecode | None:
    """Where the timeline starts; a label with colons only is drop-frame where the first clip is."""
    if rate.nominal is None:
        return None
    is_drop_frame = rate == first.rate and first.start is not None and first.start.is_drop_frame
    if is_drop_frame and not {";", ".", ","}.intersection(label):
        head, _, frames = label.rpartition(":")
        label = f"{head};{frames}"
    try:
        return Timecode.parse(label, rate)
    except ValueError as error:
        raise UsageError(
            f"timeline_start: {error}", hint=f"the timeline has {rate.decimal()} frames per second"
        ) from error


def listed(names: Iterable[str]) -> str:
    """Names for a sentence, the first three at most.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c", "d", "e"])
    ('a', 'a and b', 'a, b, c and 2 more')
    """
    known = list(names)
    if len(known) > 3:
        known = [*known[:3], f"{len(known) - 3} more"]
    return " and ".join([", ".join(known[:-1]), known[-1]]) if len(known) > 1 else "".join(known)
