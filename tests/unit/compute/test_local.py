"""Real processes, and everything that can befall them: each task has its own outcome and touches no other's."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.compute import jobs
from turnover.compute.local import run_each
from turnover.compute.outcomes import Crashed, Done, Failed, Outcome, TimedOut
from turnover.compute.worker import REPORT_SECONDS, Report
from turnover.errors import Mistake, TemplateError, TurnoverError


def _by_task(outcomes: Iterator[Outcome[str, object]]) -> dict[str, Outcome[str, object]]:
    return {outcome.task: outcome for outcome in outcomes}


def _segfault_in_words() -> str:
    return "it touched memory that is not its own (SIGSEGV)"


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_every_task_once(workers: int) -> None:
    """Each task has one outcome, however many processes share the work."""
    outcomes = run_each(jobs.double, range(50), workers=workers)
    assert sorted((one.task, one.value) for one in outcomes if isinstance(one, Done)) == [(n, 2 * n) for n in range(50)]


def test_order_that_is_kept() -> None:
    """On request outcomes come in the order of the tasks, also where a later task is done sooner."""
    tasks = ["sleep 0.3", *(f"say {n}" for n in range(20)), "segfault", "raise own", "say last"]
    assert [one.task for one in run_each(jobs.act, tasks, workers=2, order="given")] == tasks


def test_a_thousand_tiny_tasks() -> None:
    """A task costs so little that a thousand take a moment."""
    begun = time.monotonic()
    assert len(list(run_each(jobs.double, range(1000), workers=2))) == 1000
    assert time.monotonic() - begun < 20


def test_tasks_without_end() -> None:
    """Tasks are read only as they are needed, and processes end when nobody asks for more outcomes."""
    read = 0

    def endless() -> Iterator[int]:
        nonlocal read
        while True:
            yield read
            read += 1

    outcomes = run_each(jobs.double, endless(), workers=2)
    told = [next(outcomes) for _ in range(40)]
    outcomes.close()
    assert len(told) <= read <= len(told) + 8


@pytest.mark.platform("linux", "darwin")
def test_tasks_that_kill_their_process() -> None:
    """Each is named alone, with how the process ended; its neighbours in other processes know nothing of it."""
    fine = [f"say {n}" for n in range(10)]
    deadly = {
        "segfault": _segfault_in_words(),
        "signal SIGKILL": "it was killed from outside, most often because memory ran out (SIGKILL)",
        "signal SIGUSR1": "a signal ended it (SIGUSR1)",
        "exit 0": "it ended by itself with status 0",
        "exit 3": "it ended by itself with status 3",
    }
    tasks = [*fine[:3], *deadly, *fine[3:], "sleep 0.3"]
    expected: dict[str, Outcome[str, object]] = {task: Done(task, task.split()[1]) for task in [*fine, "sleep 0.3"]}
    expected |= {task: Crashed(task, how) for task, how in deadly.items()}
    assert _by_task(run_each(jobs.act, tasks, workers=3)) == expected


def test_process_that_dies_between_tasks(tmp_path: Path) -> None:
    """A task that had not arrived when its process was killed is not to blame, and is done by another."""
    note = tmp_path / "pid"

    def tasks() -> Iterator[str]:
        yield f"pid {note}"
        os.kill(int(note.read_text()), signal.SIGTERM)
        time.sleep(0.1)
        yield "say still here"

    assert Done("say still here", "still here") in list(run_each(jobs.act, tasks(), workers=1))


@pytest.mark.parametrize("workers", [0, 1])
def test_our_own_error(workers: int) -> None:
    """It arrives whole: its type, its message and all that it holds."""
    (outcome,) = run_each(jobs.act, ["raise own"], workers=workers)
    expected = TemplateError((Mistake("$.fields[0]", "no field 'nam'", "did you mean 'name'?"),), name="mine.json")
    assert isinstance(outcome, Failed)
    assert (type(outcome.error), outcome.error.as_dict(), vars(outcome.error), outcome.error.args, outcome.details) == (
        TemplateError,
        expected.as_dict(),
        vars(expected),
        expected.args,
        "",
    )


def test_our_own_error_that_cannot_travel() -> None:
    """Its code, message and hint arrive all the same."""
    (outcome,) = run_each(jobs.act, ["raise held"], workers=1)
    assert isinstance(outcome, Failed)
    assert outcome.error.as_dict() == {"code": "held", "message": "held", "hint": "let go"}


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize(
    ("task", "code", "message"),
    [
        ("raise key", "unexpected", "KeyError: 'key'"),
        ("raise exit", "unexpected", "SystemExit: 3"),
        ("raise mute", "unexpected", "MuteError"),
        ("raise memory", "no_memory", "memory ran out"),
    ],
)
def test_other_errors(workers: int, task: str, code: str, message: str) -> None:
    """They arrive as a text, and the next task is done."""
    failed, after = run_each(jobs.act, [task, "say after"], workers=workers)
    assert isinstance(failed, Failed)
    assert (failed.error.code, failed.error.message) == (code, message)
    assert after == Done("say after", "after")


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ("lock", "the result cannot be sent: TypeError: cannot pickle '_thread.lock' object"),
        ("unreadable", "the result cannot be read: ValueError: invalid literal for int() with base 10: 'no number'"),
    ],
)
def test_result_that_cannot_travel(task: str, message: str) -> None:
    """It is a failure of its task, which says why."""
    (outcome,) = run_each(jobs.act, [task], workers=1)
    assert isinstance(outcome, Failed)
    assert (outcome.error.code, outcome.error.message) == ("unexpected", message)


def test_task_that_cannot_travel() -> None:
    """It is a failure of its own, and the others are done."""
    tasks: list[object] = [threading.Lock(), 4]
    failed, done = sorted(run_each(jobs.same, tasks, workers=1), key=lambda one: isinstance(one, Done))
    assert isinstance(failed, Failed)
    assert failed.error.message == "the task cannot be sent: TypeError: cannot pickle '_thread.lock' object"
    assert done == Done(4, 4)


def test_function_of_the_main_script() -> None:
    """It is refused at once: no worker could import it."""

    def mine(task: int, report: Report) -> int:
        return task

    mine.__module__ = "__main__"
    with pytest.raises(ValueError, match="main script"):
        run_each(mine, [1], workers=1)


def test_less_than_no_workers() -> None:
    """It is refused at once, instead of waiting for them."""
    with pytest.raises(ValueError, match="-1 workers"):
        run_each(jobs.double, [1], workers=-1)


def test_large_tasks_and_results() -> None:
    """What is larger than any buffer of a pipe goes through whole, both ways and at once."""
    large = [bytes([n]) * 5_000_000 for n in range(4)]
    outcomes = list(run_each(jobs.same, large, workers=2, order="given"))
    assert outcomes == [Done(one, one) for one in large]


def test_hang() -> None:
    """A task whose time is over is killed, also where C code keeps the interpreter to itself; the others are done."""
    begun = time.monotonic()
    outcomes = _by_task(run_each(jobs.act, ["hold 60", "say a", "sleep 0.2", "say b"], workers=2, timeout_seconds=1.5))
    assert outcomes == {
        "hold 60": TimedOut("hold 60", 1.5),
        "say a": Done("say a", "a"),
        "sleep 0.2": Done("sleep 0.2", "0.2"),
        "say b": Done("say b", "b"),
    }
    assert time.monotonic() - begun < 15


def test_long_work_that_goes_on() -> None:
    """A task that tells of its progress may take longer than the time a silent one has."""
    (outcome,) = run_each(jobs.count, [8], workers=1, timeout_seconds=6 * REPORT_SECONDS)
    assert outcome == Done(8, "counted")


def test_slow_reader() -> None:
    """Time that the parent spends elsewhere is no hang: what was finished meanwhile is done."""
    outcomes = run_each(jobs.act, ["say a", "sleep 0.3", "say b"], workers=2, timeout_seconds=1)
    told = []
    for outcome in outcomes:
        told.append(outcome)
        time.sleep(0.6)
    assert all(isinstance(one, Done) for one in told)


@pytest.mark.platform("linux")
def test_memory_that_is_bounded() -> None:
    """A task that wants more than its process may have fails by itself, and leaves the next a fresh process."""
    tasks = ["allocate 30000000000", "allocate 1000"]
    failed, done = run_each(jobs.act, tasks, workers=1, memory_limit_bytes=4 << 30)
    assert isinstance(failed, Failed)
    assert (failed.error.code, done) == ("no_memory", Done("allocate 1000", 1000))


def test_processes_are_renewed() -> None:
    """After so many tasks a process makes room for another, and what it leaked goes with it."""
    outcomes = run_each(jobs.act, ["pid"] * 6, workers=1, tasks_per_worker=2)
    pids = [one.value for one in outcomes if isinstance(one, Done)]
    assert [pids[0::2], len(set(pids))] == [pids[1::2], 3]


@pytest.mark.parametrize("workers", [0, 1])
def test_progress(workers: int) -> None:
    """What a function says of how far it is reaches the parent, with the task, before the outcome."""
    heard: list[tuple[int, float]] = []
    (outcome,) = run_each(
        jobs.count, [3], workers=workers, on_progress=lambda task, amount: heard.append((task, amount))
    )
    assert (heard, outcome) == ([(3, 0), (3, 1), (3, 2)], Done(3, "counted"))


def test_chatter() -> None:
    """A function that reports all the time is not slowed down by it, and the parent is not flooded."""
    heard: list[float] = []
    (outcome,) = run_each(jobs.chatter, [100_000], workers=1, on_progress=lambda task, amount: heard.append(amount))
    assert outcome == Done(100_000, "chattered")
    assert 1 <= len(heard) < 100


def test_stop_at_once() -> None:
    """What is at work is killed and has no outcome; nothing more is begun."""
    stop = threading.Event()
    tasks = iter(["say a", "sleep 60", *["say never"] * 100])
    told = []
    begun = time.monotonic()
    for outcome in run_each(jobs.act, tasks, workers=2, stop=stop):
        told.append(outcome)
        stop.set()
    assert told[0] == Done("say a", "a")
    assert len(list(tasks)) > 90
    assert time.monotonic() - begun < 15


def test_stop_when_finished() -> None:
    """What is at work is done; nothing more is begun."""
    stop = threading.Event()
    told = []
    for outcome in run_each(
        jobs.act, ["say a", "sleep 0.5", *["say b"] * 100], workers=2, stop=stop, when_stopped="finish"
    ):
        told.append(outcome)
        stop.set()
    assert Done("sleep 0.5", "0.5") in told
    assert len(told) < 10


@pytest.mark.parametrize("workers", [0, 1])
def test_stopped_before_the_start(workers: int) -> None:
    """Nothing is done at all."""
    stop = threading.Event()
    stop.set()
    assert list(run_each(jobs.act, ["say a"], workers=workers, stop=stop)) == []


def test_tasks_that_raise() -> None:
    """An error of whoever names the tasks comes through, and leaves no process."""

    def tasks() -> Iterator[str]:
        yield "sleep 60"
        raise TurnoverError("the list of clips ends here")

    with pytest.raises(TurnoverError, match="ends here"):
        list(run_each(jobs.act, tasks(), workers=2))


def test_no_process_can_be_started() -> None:
    """Where every process dies before its first task, that is said, instead of starting more without end."""
    # The fork server, once it runs, loads nothing more, so that the workers do it themselves.
    assert list(run_each(jobs.act, ["say a"], workers=1)) == [Done("say a", "a")]
    with pytest.raises(TurnoverError) as caught:
        list(run_each(jobs.act, ["say a"], workers=1, preload=["tests.unit.compute.deadly"]))
    message = "no worker process can be started: it ended by itself with status 7"
    assert (caught.value.code, caught.value.message) == ("no_workers", message)


def test_several_runs_at_once() -> None:
    """Runs in threads of their own share nothing but the machine."""
    results: dict[int, list[Outcome[int, int]]] = {}

    def run(number: int) -> None:
        results[number] = list(run_each(jobs.double, range(number, number + 20), workers=2, order="given"))

    threads = [threading.Thread(target=run, args=(100 * number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {start: [Done(n, 2 * n) for n in range(start, start + 20)] for start in (0, 100, 200)}


@pytest.mark.parametrize(
    ("outcome", "code", "words"),
    [
        (Crashed("a.mp4", _segfault_in_words()), "crashed", "SIGSEGV"),
        (TimedOut("a.mp4", 90.0), "timed_out", "90 seconds"),
    ],
)
def test_error_to_report(outcome: Crashed[str] | TimedOut[str], code: str, words: str) -> None:
    """What has no exception has an error all the same, with a code, what happened, and a next step."""
    error = outcome.error
    assert (error.code, words in error.message, bool(error.hint)) == (code, True, True)
