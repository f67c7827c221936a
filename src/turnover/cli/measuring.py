"""How the command line measures: the database, the detector, the processes, and the bar a person sees."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from turnover.cli.place import FolderThresholds, data_folder, database, processes, sources
from turnover.cli.screen import err, print_warnings
from turnover.core.clip import Clip
from turnover.errors import StoreError
from turnover.files.models import model_file
from turnover.store.keeping import Keeping
from turnover.store.measurements import Measurements
from turnover.store.memory import MemoryMeasurements
from turnover.store.upgrade import start
from turnover.work.look import Failed
from turnover.work.measure import Measured, Measuring, measure_missing, measured


@contextmanager
def measuring(*, forgives_store: bool = False) -> Iterator[Measuring]:
    """How to measure, with the database open; without one that can be used StoreError, or nothing is kept, and told."""
    try:
        store = start(database())
    except StoreError as error:
        if not forgives_store:
            raise
        print_warnings([f"{error}; what is measured now is not kept"])
        yield _how(MemoryMeasurements())
        return
    with store:
        yield _how(Measurements(store))


def _how(keeping: Keeping) -> Measuring:
    return Measuring(
        keeping=keeping,
        sources=sources(),
        thresholds_of=FolderThresholds().of,
        model=model_file(data_folder()),
        workers=processes(),
    )


@dataclass(slots=True)
class MeasuringBar:
    """Frames done of all clips, as a bar: where one is long it still moves."""

    bar: Progress
    task: TaskID
    frames: dict[Path, float] = field(default_factory=dict)
    """Of each clip at work how many are done."""
    finished: float = 0

    def at(self, clip: Clip, done: float) -> None:
        """A clip at work has so many frames done."""
        self.frames[clip.path] = done
        self._show()

    def done(self, one: Clip | Failed) -> Clip | Failed:
        """A clip is through, or failed; passes it on."""
        self.frames.pop(one.path, None)
        self.finished += _frames(one) if isinstance(one, Clip) else 0
        self._show()
        return one

    def _show(self) -> None:
        self.bar.update(self.task, completed=self.finished + sum(self.frames.values()))


@contextmanager
def measuring_bar(clips: Sequence[Clip]) -> Iterator[MeasuringBar]:
    """A bar on stderr where a person is looking."""
    columns = (
        TextColumn("measuring"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("frames"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err(), transient=True, disable=not sys.stderr.isatty()) as bar:
        yield MeasuringBar(bar, bar.add_task("measuring", total=sum(map(_frames, clips))))


def _frames(clip: Clip) -> int:
    return clip.probe.video.frame_count or 0


def measure_all(clips: Sequence[Clip], how: Measuring) -> list[Failed]:
    """Measure what was never measured, with a bar; those that could not be."""
    with measuring_bar(clips) as bar:
        results = measure_missing(clips, how, on_progress=bar.at)
        return [one for one in map(bar.done, results) if isinstance(one, Failed)]


def with_numbers(seen: Sequence[Clip | Failed]) -> list[Clip | Failed]:
    """The clips with what was measured of them beside what was given; one that cannot be measured stays as it is."""
    clips = [one for one in seen if isinstance(one, Clip)]
    with measuring(forgives_store=True) as how:
        print_warnings(f"{one.path}: not measured: {one.error}" for one in measure_all(clips, how))
        numbers = {one.clip.path: one.clip for one in measured(clips, how) if isinstance(one, Measured)}
    return [numbers.get(one.path, one) for one in seen]
