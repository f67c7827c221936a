"""Measures clips that were not measured before, and says what the numbers mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from turnover.compute.local import Stop, run_each
from turnover.compute.outcomes import Done
from turnover.core.clip import Clip
from turnover.core.measurement import Boundary, Gate, Measurement
from turnover.errors import ProbeError, StoreError, TurnoverError
from turnover.files.sources import SourceCache
from turnover.frames.boundaries import boundary_ssim, seams_of
from turnover.frames.gates import decide, failure_tags
from turnover.frames.measure import METHOD
from turnover.frames.thresholds import Thresholds
from turnover.store.keeping import Keeping
from turnover.work.look import Failed
from turnover.work.measuring import FACE_STEP, MeasureTask, Result, measure_file, seam_between
from turnover.work.scenes import neighbours

STALL_SECONDS = 600.0
"""A file whose decoder gives no picture for so long is given up."""


@dataclass(frozen=True, slots=True)
class Measuring:
    """How to measure."""

    keeping: Keeping
    sources: SourceCache
    thresholds_of: Callable[[Clip], Thresholds]
    model: Path | None
    """The face detector's file; None for the detector that comes with OpenCV."""
    workers: int
    """Processes; 0 measures in this one."""
    stop: Stop | None = None

    @property
    def method(self) -> str:
        """What the numbers depend on beside the file."""
        return f"{METHOD} {'haar' if self.model is None else 'yunet'}/{FACE_STEP}"


@dataclass(frozen=True, slots=True)
class Measured:
    """A clip with its numbers."""

    clip: Clip
    """With series, quality and failure tags, those given first."""
    measurement: Measurement
    gates: tuple[Gate, ...]
    quality_source: str | None
    """`given` or `measured`; None where there is no score."""

    @property
    def failure_tags(self) -> tuple[str, ...]:
        """Of the gates that failed, without those that a person gave."""
        return failure_tags(self.gates)


Progress = Callable[[Clip, float], None]
"""Told how many frames of a clip are done."""


def measure_missing(
    clips: Sequence[Clip], how: Measuring, *, on_progress: Progress | None = None
) -> Iterator[Clip | Failed]:
    """Measure what was never measured; each clip, as soon as its numbers are kept, or why there are none.

    Clips with the same bytes are measured once. What is kept stays kept, whenever this is stopped.
    """
    by_digest: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips:
        known = _with_digest(clip, how)
        if isinstance(known, Failed) or (known.digest is not None and _is_kept(known, how)):
            yield known
        else:
            by_digest[known.digest or ""].append(known)
    tasks = [_task(twins[0], how) for twins in by_digest.values()]
    outcomes = run_each(
        measure_file,
        tasks,
        workers=how.workers,
        names="turnover measure",
        timeout_seconds=STALL_SECONDS,
        stop=how.stop,
        on_progress=lambda task, done: on_progress(by_digest[task.digest][0], done) if on_progress else None,
    )
    for outcome in outcomes:
        twins = by_digest[outcome.task.digest]
        if isinstance(outcome, Done):
            _keep(outcome.task, outcome.value, how)
            yield from twins
        else:
            yield from (Failed(twin.path, outcome.error) for twin in twins)


def measured(clips: Sequence[Clip], how: Measuring) -> Iterator[Measured | Failed]:
    """What is known of each clip that was measured before, in order; one at a time is in memory."""
    pairs = neighbours(clips)
    before = {later.path: earlier for earlier, later in pairs}
    after = {earlier.path: later for earlier, later in pairs}
    for clip in clips:
        known = _with_digest(clip, how)
        if isinstance(known, Failed):
            yield known
            continue
        kept = how.keeping.load(known.digest or "", how.method)
        if kept is None:
            continue
        try:
            seams = _seams(known, kept, before.get(clip.path), after.get(clip.path), how)
        except TurnoverError as error:
            yield Failed(clip.path, error)
            continue
        yield _judged(known, kept, seams, how)


def measure(
    clips: Sequence[Clip], how: Measuring, *, on_progress: Progress | None = None
) -> Iterator[Measured | Failed]:
    """The clips with their numbers, in order; those that could not be measured as failures, first."""
    failed: set[Path] = set()
    for one in measure_missing(clips, how, on_progress=on_progress):
        if isinstance(one, Failed):
            failed.add(one.path)
            yield one
    yield from measured([clip for clip in clips if clip.path not in failed], how)


# ------------------------------------------------------------------------------------------------------- one clip


def _with_digest(clip: Clip, how: Measuring) -> Clip | Failed:
    if clip.digest is not None:
        return clip
    try:
        return replace(clip, digest=how.sources.source(clip.path).digest)
    except ProbeError as error:
        return Failed(clip.path, error)


def _is_kept(clip: Clip, how: Measuring) -> bool:
    digest = clip.digest or ""
    seams = seams_of(clip.segments)
    try:
        if how.keeping.load(digest, how.method) is None:
            return False
        return all(how.keeping.load_boundary(digest, digest, _seam_method(start)) for start in seams)
    except StoreError:
        return False  # What is kept and cannot be read is measured again; where nothing can be kept, saving says so.


def _task(clip: Clip, how: Measuring) -> MeasureTask:
    rate = clip.probe.video.frame_rate
    return MeasureTask(
        path=clip.path,
        digest=clip.digest or "",
        method=how.method,
        stream_index=clip.probe.video.stream_index,
        frames_per_second=None if rate is None else float(rate),
        model=how.model,
        seams=seams_of(clip.segments),
    )


def _keep(task: MeasureTask, result: Result, how: Measuring) -> None:
    for start, seam in result.seams.items():
        how.keeping.save_boundary(task.digest, task.digest, _seam_method(start), seam)
    how.keeping.save(result.measurement)


def _seam_method(start: int) -> str:
    """Under which name a seam inside a file is kept."""
    return f"{METHOD} at {start}"


def _seams(
    clip: Clip, kept: Measurement, before: Clip | None, after: Clip | None, how: Measuring
) -> dict[int, Boundary]:
    """Frame of this clip right after a seam → the seam; one that cannot be told is left out."""
    digest = clip.digest or ""
    found = {start: how.keeping.load_boundary(digest, digest, _seam_method(start)) for start in seams_of(clip.segments)}
    if before is not None:
        found[0] = _between(before, clip, how)
    if after is not None:
        found[kept.frame_count] = _between(clip, after, how)
    return {start: seam for start, seam in found.items() if seam is not None}


def _between(earlier: Clip, later: Clip, how: Measuring) -> Boundary | None:
    """The seam of two files, measured once; None where one of them cannot be read, which it tells of itself."""
    first, second = (_with_digest(clip, how) for clip in (earlier, later))
    if isinstance(first, Failed) or isinstance(second, Failed) or not first.digest or not second.digest:
        return None
    known = how.keeping.load_boundary(first.digest, second.digest, METHOD)
    if known is None:
        try:
            known = seam_between(first, second)
        except ProbeError:
            return None
        if known is not None:
            how.keeping.save_boundary(first.digest, second.digest, METHOD, known)
    return known


def _judged(clip: Clip, kept: Measurement, seams: Mapping[int, Boundary], how: Measuring) -> Measured:
    gates = decide(
        kept,
        thresholds=how.thresholds_of(clip),
        boundaries=seams,
        frame_count_expected=clip.probe.video.frame_count,
    )
    series = (*kept.series, boundary_ssim(seams, frame_count=kept.frame_count))
    given = {one.name for one in clip.series}
    whole = replace(
        clip,
        series=(*clip.series, *(one for one in series if one.name not in given)),
        quality_score=kept.quality_score if clip.quality_score is None else clip.quality_score,
        failure_tags=tuple(dict.fromkeys((*clip.failure_tags, *failure_tags(gates)))),
    )
    source = "given" if clip.quality_score is not None else "measured" if kept.quality_score is not None else None
    return Measured(whole, kept, gates, source)


def given_and_measured(clips: Iterable[Clip], how: Measuring) -> Iterator[Clip | Failed]:
    """The clips as they are for sidecars: with what was measured beside what was given."""
    for one in measure(tuple(clips), how):
        yield one.clip if isinstance(one, Measured) else one
