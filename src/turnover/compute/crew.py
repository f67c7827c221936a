"""Worker processes, the tasks they hold, and what is heard of them."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Generic, TypeVar, cast

from turnover.compute import messages
from turnover.compute.outcomes import Crashed, Failed, Outcome, TimedOut
from turnover.compute.process import Process
from turnover.compute.worker import Duties
from turnover.errors import TurnoverError

Task = TypeVar("Task")
Value = TypeVar("Value")

START_SECONDS = 120.0
"""A process that has not taken its first task by then will not: many times what imports need from a slow disk."""

STARTS = 3
"""So many processes in a row that never took a task, and there is no use in starting more."""

LOOK_SECONDS = 0.1
"""The longest wait between two looks at whether to stop, or whose time is over."""

AHEAD = 4
"""For each worker, so many tasks may lie between the first whose outcome is not told and the last begun."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How tasks are worked on."""

    duties: Duties
    timeout_seconds: float | None
    tasks_per_worker: int
    keeps_order: bool


@dataclass(slots=True)
class _Given(Generic[Task]):
    """A task on its way to an outcome."""

    number: int
    task: Task
    message: bytes
    is_taken: bool = False
    since: float = 0.0
    """When it was sent, taken, or last heard of; by the crew's clock."""


@dataclass(slots=True, eq=False)
class _Worker(Generic[Task]):
    process: Process
    given: _Given[Task] | None = None
    finished: int = 0
    """Tasks it is through with."""


class Crew(Generic[Task, Value]):
    """Up to so many workers with a task each, started when there is a task for them."""

    def __init__(self, terms: Terms, size: int, on_progress: Callable[[Task, float], None] | None) -> None:
        self._terms = terms
        self._size = size
        self._on_progress = on_progress
        self._workers: list[_Worker[Task]] = []
        self._failed_starts = 0
        self._outcomes: dict[int, Outcome[Task, Value]] = {}
        """By number of the task, those that are not told yet."""
        self._given = 0
        self._told = 0
        self._clock = _Clock()

    @property
    def has_room(self) -> bool:
        """Whether another task would be worked on at once."""
        return len(self._busy) < self._size and self._given - self._told < AHEAD * self._size

    @property
    def is_done(self) -> bool:
        """Whether the outcome of every task that was given has been told."""
        return self._told == self._given

    def give(self, task: Task) -> None:
        """Set a worker to a task; only where there is room."""
        number = self._given
        self._given += 1
        try:
            message = pickle.dumps(task, pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # noqa: BLE001  # any code can run while a task is pickled
            failure = messages.unexpected(error, before="the task cannot be sent: ")
            self._outcomes[number] = Failed(task, failure.error, failure.details)
        else:
            self._send(_Given(number, task, message))

    def tell(self, *, leaves_gaps: bool = False) -> Iterator[Outcome[Task, Value]]:
        """The outcomes there are, each once; where order is kept, none before those of all tasks before it.

        With gaps, those too that would wait for an earlier one.
        """
        for number in sorted(self._outcomes) if self._terms.keeps_order else list(self._outcomes):
            if self._terms.keeps_order and not leaves_gaps and number != self._told:
                return
            self._told += 1
            yield self._outcomes.pop(number)

    def listen(self) -> None:
        """Wait a moment for news of the workers at work, and answer it."""
        busy = self._busy
        if not busy:
            return
        ready = set(wait([handle for worker in busy for handle in worker.process.handles], LOOK_SECONDS))
        self._clock.look()
        for worker in busy:
            if ready.intersection(worker.process.handles):
                self._hear(worker)
        for worker in self._busy:
            self._hurry(worker)

    def dismiss(self) -> None:
        """End all workers, whatever they are at."""
        while self._workers:
            self._drop(self._workers[-1])

    @property
    def _busy(self) -> list[_Worker[Task]]:
        return [worker for worker in self._workers if worker.given is not None]

    def _send(self, given: _Given[Task]) -> None:
        worker = next((one for one in self._workers if one.given is None), None) or self._started()
        worker.given = given
        given.since = self._clock.now
        if not worker.process.send(given.message):
            self._give_again(worker, given)

    def _started(self) -> _Worker[Task]:
        try:
            worker = _Worker[Task](Process(self._terms.duties))
        except (OSError, EOFError) as error:
            raise _no_workers(str(error) or type(error).__name__) from error
        self._workers.append(worker)
        return worker

    def _hear(self, worker: _Worker[Task]) -> None:
        said, is_over = worker.process.hear()
        for message in said:
            self._answer(worker, message)
        if is_over:
            self._mourn(worker)
        elif worker.given is None and worker.finished >= self._terms.tasks_per_worker:
            self._drop(worker)

    def _answer(self, worker: _Worker[Task], message: bytes) -> None:
        given = worker.given
        if given is None:
            return
        kind = message[:1]
        if kind == messages.TAKEN:
            given.is_taken = True
            given.since = self._clock.now
            self._failed_starts = 0
        elif kind == messages.PROGRESS:
            given.since = self._clock.now
            if self._on_progress is not None:
                self._on_progress(given.task, messages.amount(message))
        else:
            # What it holds is what the function returned.
            self._finish(worker, given, cast("Outcome[Task, Value]", messages.outcome(given.task, message)))

    def _finish(self, worker: _Worker[Task], given: _Given[Task], outcome: Outcome[Task, Value]) -> None:
        self._outcomes[given.number] = outcome
        worker.given = None
        worker.finished += 1

    def _mourn(self, worker: _Worker[Task]) -> None:
        given = worker.given
        if given is None:
            self._drop(worker)
        elif given.is_taken:
            self._outcomes[given.number] = Crashed(given.task, worker.process.post_mortem())
            self._drop(worker)
        else:
            self._give_again(worker, given)

    def _hurry(self, worker: _Worker[Task]) -> None:
        """Act where the time of a task, or of a start, is over."""
        given = worker.given
        if given is None:
            return
        spent = self._clock.now - given.since
        limit = self._terms.timeout_seconds
        if given.is_taken and limit is not None and spent > limit:
            self._outcomes[given.number] = TimedOut(given.task, limit)
            self._drop(worker)
        elif not given.is_taken and spent > START_SECONDS:
            self._give_again(worker, given)

    def _give_again(self, worker: _Worker[Task], given: _Given[Task]) -> None:
        """A worker that dies before it takes a task says nothing about the task."""
        if worker.finished == 0:
            self._failed_starts += 1
        how = worker.process.post_mortem() if self._failed_starts >= STARTS else ""
        self._drop(worker)
        if how:
            raise _no_workers(how)
        self._send(given)

    def _drop(self, worker: _Worker[Task]) -> None:
        self._workers.remove(worker)
        worker.process.kill()


class _Clock:
    """Seconds that this process was there to see: while it was itself held (Ctrl-Z), no task's time runs out."""

    def __init__(self) -> None:
        self.now = 0.0
        self._last = time.monotonic()

    def look(self) -> None:
        this = time.monotonic()
        self.now += min(this - self._last, 10 * LOOK_SECONDS)
        self._last = this


def _no_workers(how: str) -> TurnoverError:
    hint = "see whether memory, processes (ulimit -u) or open files (ulimit -n) have run out"
    return TurnoverError(f"no worker process can be started: {how}", hint=hint, code="no_workers")
