"""One function, many tasks, several processes of this machine."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Literal, Protocol, TypeVar

from turnover.compute import messages
from turnover.compute.crew import Crew, Terms
from turnover.compute.outcomes import Done, Failed, Outcome
from turnover.compute.worker import Duties, Report

Task = TypeVar("Task")
Value = TypeVar("Value")

PRELOAD = ("av", "cv2", "numpy")
"""What takes long to import and most functions need."""


class Stop(Protocol):
    """A wish to stop, as `threading.Event` is one."""

    def is_set(self) -> bool: ...


def run_each(
    function: Callable[[Task, Report], Value],
    tasks: Iterable[Task],
    *,
    workers: int,
    names: str = "turnover worker",
    timeout_seconds: float | None = None,
    stop: Stop | None = None,
    when_stopped: Literal["kill", "finish"] = "kill",
    order: Literal["finished", "given"] = "finished",
    on_progress: Callable[[Task, float], None] | None = None,
    preload: Sequence[str] = PRELOAD,
    tasks_per_worker: int = 100,
    memory_limit_bytes: int | None = None,
) -> Generator[Outcome[Task, Value], None, None]:
    """What became of each task, as they finish or in the order in which they were given.

    function: importable by name from its module. It gets a task and a `Report`, which it may call to say how far it is.
    tasks: read one at a time, only as far as there is a worker free for them.
    workers: processes at most; 0 runs the tasks one after the other in this process, where a crash ends the program,
        and time and memory have no limit.
    names: what the processes are called.
    timeout_seconds: how long the function may be at one task without a word of progress before its process is killed;
        None is "any time".
    stop: once it is set no task is begun.
    when_stopped: those at work are killed and have no outcome, or finish.
    on_progress: is called here, between two outcomes, with a task and what the function said last.
    preload: modules to load once for all workers, beside the function's own.
    tasks_per_worker: after so many tasks a process makes room for a fresh one.
    memory_limit_bytes: of address space, libraries and all, so not under 2 GiB; on Linux only.

    A process that dies takes only its own task with it. To leave the loop early, also by an exception, ends all.
    Raises ValueError for a function of the main script or a negative number of workers, and TurnoverError `no_workers`
    where the system starts none.

    >>> def double(task: int, report: Report) -> int:
    ...     return 2 * task
    >>> list(run_each(double, [1, 2], workers=0))
    [Done(task=1, value=2), Done(task=2, value=4)]
    """
    if workers < 0:
        raise ValueError(f"{workers} workers; 0 or more are expected")
    if workers == 0:
        return _run_here(function, tasks, stop, on_progress)
    if function.__module__ == "__main__":
        raise ValueError(f"{function!r} is of the main script; a worker finds only what it can import from a module")
    terms = Terms(
        duties=Duties(pickle.dumps(function), names, (*preload, function.__module__), memory_limit_bytes),
        timeout_seconds=timeout_seconds,
        tasks_per_worker=tasks_per_worker,
        keeps_order=order == "given",
    )
    return _run(Crew[Task, Value](terms, workers, on_progress), iter(tasks), stop, when_stopped)


def _run(
    crew: Crew[Task, Value], tasks: Iterator[Task], stop: Stop | None, when_stopped: Literal["kill", "finish"]
) -> Generator[Outcome[Task, Value], None, None]:
    is_more = True
    try:
        while is_more or not crew.is_done:
            is_stopped = stop is not None and stop.is_set()
            is_cut = is_stopped and when_stopped == "kill"
            is_more = is_more and not is_stopped and _fill(crew, tasks)
            yield from crew.tell(leaves_gaps=is_cut)
            if is_cut:
                return
            crew.listen()
    finally:
        crew.dismiss()


def _fill(crew: Crew[Task, Value], tasks: Iterator[Task]) -> bool:
    """Give tasks while there is room; whether there may be more."""
    while crew.has_room:
        try:
            task = next(tasks)
        except StopIteration:
            return False
        crew.give(task)
    return True


def _run_here(
    function: Callable[[Task, Report], Value],
    tasks: Iterable[Task],
    stop: Stop | None,
    on_progress: Callable[[Task, float], None] | None,
) -> Generator[Outcome[Task, Value], None, None]:
    for task in tasks:
        if stop is not None and stop.is_set():
            return
        try:
            value = function(task, _reporter(task, on_progress))
        except (Exception, SystemExit) as error:  # noqa: BLE001  # told as a worker tells it
            failure = messages.failure_of(error)
            yield Failed(task, failure.error, failure.details)
        else:
            yield Done(task, value)


def _reporter(task: Task, on_progress: Callable[[Task, float], None] | None) -> Report:
    def report(amount: float) -> None:
        if on_progress is not None:
            on_progress(task, amount)

    return report
