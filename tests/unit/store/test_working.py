"""Jobs done by processes that are killed, stopped and woken."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

import pytest

from tests.unit.store.processes import PROCESSES, work_off, work_slowly
from turnover.core.catalog import Held, Progress
from turnover.store.engine import Store, open_store
from turnover.store.job_rows import NewJob
from turnover.store.jobs import Jobs
from turnover.store.leases import Leases
from turnover.store.upgrade import upgrade

LEASE = 0.5
NEW = NewJob("count", {})


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    with open_store(place) as store:
        upgrade(store)
        yield store


def _claimed(store: Store) -> Held:
    """The job, as soon as its lease ran out."""
    until = time.monotonic() + 30
    while (held := Leases(store).claim("two")) is None:
        assert time.monotonic() < until
        time.sleep(0.02)
    return held


def _begun(said: Connection) -> int:
    fence: int = said.recv()
    return fence


def test_two_workers(place: str, store: Store) -> None:
    """Two programs do all jobs, each once."""
    made = [Jobs(store).enqueue(NEW).id for _ in range(20)]
    said, told = PROCESSES.Pipe(duplex=False)
    programs = [PROCESSES.Process(target=work_off, args=(place, told)) for _ in range(2)]
    for program in programs:
        program.start()
    for program in programs:
        program.join(120)
    told.close()
    done = [job_id for _ in programs for job_id in said.recv()]
    said.close()
    assert sorted(made) == sorted(done)
    assert {job.attempt for job in Jobs(store).list().items} == {1}
    assert {job.status for job in Jobs(store).list().items} == {"completed"}


def test_killed(place: str, store: Store) -> None:
    """The job of a worker that was killed waits for its lease, and is begun again by another one."""
    job = Jobs(store).enqueue(NEW)
    said, told = PROCESSES.Pipe(duplex=False)
    program = PROCESSES.Process(target=work_slowly, args=(place, LEASE, told))
    program.start()
    assert _begun(said) == 1
    # Its signs of life keep the job, for longer than a lease lasts.
    time.sleep(2 * LEASE)
    assert Leases(store).claim("two") is None
    program.kill()
    program.join()
    for end in (said, told):
        end.close()
    held = _claimed(store)
    assert (held.job.id, held.job.attempt, held.fence) == (job.id, 2, 2)
    assert Leases(store).finish(held).status == "completed"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop and wake a process")
def test_stopped_and_woken(place: str, store: Store) -> None:
    """A worker that slept longer than its lease changes nothing when it wakes, and knows that it lost the job."""
    job = Jobs(store).enqueue(NEW)
    said, told = PROCESSES.Pipe(duplex=False)
    program = PROCESSES.Process(target=work_slowly, args=(place, LEASE, told))
    program.start()
    _begun(said)
    # Asleep within a transaction it would hold up every writer of SQLite: it is let sleep between two.
    assert program.pid is not None
    said.recv()
    os.kill(program.pid, signal.SIGSTOP)
    held = _claimed(store)
    Leases(store).progress(held, Progress(1000))
    os.kill(program.pid, signal.SIGCONT)
    program.join(60)
    for end in (said, told):
        end.close()
    assert program.exitcode == 3
    seen = Jobs(store).get(job.id)
    assert (seen.status, seen.progress, seen.attempt) == ("running", Progress(1000), 2)


def test_worker_killed_at_each_try(place: str, store: Store) -> None:
    """A job that takes its workers with it has failed after its tries."""
    job = Jobs(store).enqueue(NewJob("count", {}, tries=2))
    fences = []
    for _ in range(2):
        said, told = PROCESSES.Pipe(duplex=False)
        program = PROCESSES.Process(target=work_slowly, args=(place, LEASE, told))
        program.start()
        fences.append(_begun(said))
        program.kill()
        program.join()
        Leases(store).release_all("slow")
        for end in (said, told):
            end.close()
    assert fences[0] < fences[1]
    assert Leases(store).claim("two") is None
    assert Jobs(store).get(job.id).status == "failed"
