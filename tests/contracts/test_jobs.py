"""What every database makes of jobs."""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Barrier, Thread

import pytest

from turnover.core.catalog import Held, Job, Progress
from turnover.core.clip import JsonValue
from turnover.store.catalog import Catalog
from turnover.store.checks import MOST_ID
from turnover.store.engine import Store
from turnover.store.events import Events
from turnover.store.job_rows import NewJob
from turnover.store.jobs import Jobs
from turnover.store.leases import MOST_FAILURES, Leases
from turnover.store.refusals import BadValueError, KeyReusedError, LostError, NotFoundError
from turnover.store.seeds import LOCAL_USER

NEW = NewJob("sidecars", {"template_ids": [1]})
ERROR: dict[str, JsonValue] = {"code": "unreadable", "message": "a.mp4: no video", "hint": None}
GONE = -1.0
"""A lease that ran out when it was given."""


@pytest.fixture
def jobs(database: Store) -> Jobs:
    return Jobs(database)


@pytest.fixture
def leases(database: Store) -> Leases:
    return Leases(database)


def _claimed(leases: Leases, *, lease_seconds: float = 30) -> Held:
    held = leases.claim("one", lease_seconds=lease_seconds)
    assert held is not None
    return held


def _told(jobs: Jobs) -> list[str]:
    return [event.kind for event in Events(jobs.store).after(0)]


# -------------------------------------------------------------------------------------------------------- enqueue


def test_enqueued(jobs: Jobs) -> None:
    """A job waits with what was asked for, and who watches is told."""
    job = jobs.enqueue(replace(NEW, created_by=LOCAL_USER, total=7, unit="videos"))
    assert job == jobs.get(job.id)
    assert (job.status, job.request, job.created_by, job.attempt) == ("pending", {"template_ids": [1]}, LOCAL_USER, 0)
    assert (job.progress, job.failures, job.result, job.error) == (Progress(0, 7, "videos"), (), None, None)
    assert (job.started_at, job.finished_at) == (None, None)
    (event,) = Events(jobs.store).after(0)
    assert (event.kind, event.payload) == ("job.pending", {"job_id": job.id, "kind": "sidecars", "project_id": None})


def test_same_key(jobs: Jobs) -> None:
    """Asked for twice with one key it is one job, however it went on; for another kind it is another."""
    new = replace(NEW, idempotency_key="k1", request={"list": [1.5, "é", {"a": None}]})
    job = jobs.enqueue(new)
    jobs.cancel(job.id)
    assert jobs.enqueue(new) == jobs.get(job.id)
    assert jobs.enqueue(replace(new, kind="dataset")).id != job.id
    assert jobs.enqueue(replace(new, idempotency_key="k2")).id != job.id
    assert jobs.enqueue(replace(new, idempotency_key=None)).id != job.id


@pytest.mark.parametrize("other", [replace(NEW, request={}), replace(NEW, created_by=LOCAL_USER)])
def test_key_of_another_request(jobs: Jobs, other: NewJob) -> None:
    """A key that came with another request, or from another user, is refused."""
    jobs.enqueue(replace(NEW, idempotency_key="k"))
    with pytest.raises(KeyReusedError) as raised:
        jobs.enqueue(replace(other, idempotency_key="k"))
    assert raised.value.code == "key_reused"


def test_same_key_at_once(jobs: Jobs) -> None:
    """Of several that ask at once with one key one makes the job, and all are given it."""
    ready = Barrier(4)
    made: list[int] = []

    def ask() -> None:
        ready.wait()
        made.append(jobs.enqueue(replace(NEW, idempotency_key="k")).id)

    _all(*[Thread(target=ask) for _ in range(4)])
    assert len(made) == 4
    assert len(set(made)) == 1


def _all(*threads: Thread) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    "new",
    [
        replace(NEW, kind=""),
        replace(NEW, request={"a": float("nan")}),
        replace(NEW, request=7),
        replace(NEW, tries=0),
        replace(NEW, tries=-1),
        replace(NEW, request={"a": "\0"}),
        replace(NEW, idempotency_key="x" * 999),
    ],
)
def test_refused(jobs: Jobs, new: NewJob) -> None:
    """A job that cannot be kept is none."""
    with pytest.raises(BadValueError):
        jobs.enqueue(new)
    assert jobs.list().items == ()


@pytest.mark.parametrize("key", [0, -1, 999, MOST_ID + 1])
def test_not_there(jobs: Jobs, key: int) -> None:
    """An id that no row has is not found."""
    for ask in (jobs.get, jobs.cancel):
        with pytest.raises(NotFoundError):
            ask(key)
    with pytest.raises(NotFoundError):
        jobs.enqueue(replace(NEW, project_id=key or None, created_by=77))


def test_pages(jobs: Jobs, leases: Leases) -> None:
    """Lists are the newest first, by page, of the statuses and the project asked for."""
    project = Catalog(jobs.store).projects.create(name="P")
    made = [jobs.enqueue(replace(NEW, project_id=project.id if number % 2 else None)).id for number in range(5)]
    first = jobs.list(limit=3)
    assert [job.id for job in first.items] == made[:1:-1]
    assert [job.id for job in jobs.list(limit=3, before=first.next).items] == made[1::-1]
    assert [job.id for job in jobs.list(project_id=project.id).items] == [made[3], made[1]]
    _claimed(leases)
    assert [job.id for job in jobs.list(statuses=["running"]).items] == made[:1]
    assert jobs.list(statuses=[]).items == ()
    assert jobs.list(before=2**70, created_by=2**70).items == ()


# ---------------------------------------------------------------------------------------------------------- claim


def test_claimed(jobs: Jobs, leases: Leases) -> None:
    """The oldest comes first, each once, of the kinds that a worker knows; then there is nothing."""
    first, second = jobs.enqueue(NEW), jobs.enqueue(replace(NEW, kind="dataset"))
    third = jobs.enqueue(NEW)
    claimed = [leases.claim("w", kinds=["sidecars"]) for _ in range(3)]
    assert [held and held.job.id for held in claimed] == [first.id, third.id, None]
    held = _claimed(leases)
    assert (held.job.id, held.job.status, held.job.attempt, held.fence) == (second.id, "running", 1, 1)
    assert held.job.started_at is not None
    assert leases.claim("w") is None


def test_many_workers(jobs: Jobs, leases: Leases) -> None:
    """Workers that claim at once never hold the same job, and nothing is left over."""
    made = {jobs.enqueue(NEW).id for _ in range(12)}
    ready = Barrier(3)
    held: list[int] = []

    def work() -> None:
        ready.wait()
        while (one := leases.claim("w")) is not None:
            held.append(one.job.id)

    _all(*[Thread(target=work) for _ in range(3)])
    # Who looks past rows that others are just taking may see none for a moment; who comes later does.
    while (one := leases.claim("w")) is not None:
        held.append(one.job.id)
    assert sorted(held) == sorted(made)


def test_lease_ran_out(jobs: Jobs, leases: Leases) -> None:
    """A job whose holder went silent is another one's; the first is fenced off, whatever it does, and stops nothing."""
    jobs.enqueue(NEW)
    lost = _claimed(leases, lease_seconds=GONE)
    held = _claimed(leases)
    assert (held.job.id, held.job.attempt, held.fence) == (lost.job.id, 2, lost.fence + 1)
    before = jobs.get(held.job.id)
    for write in (
        lambda: leases.heartbeat(lost),
        lambda: leases.progress(lost, Progress(9)),
        lambda: leases.finish(lost),
        lambda: leases.fail(lost, ERROR),
        lambda: leases.cancelled(lost),
        lambda: leases.give_back(lost),
    ):
        with pytest.raises(LostError) as raised:
            write()
        assert raised.value.code == "lost"
    assert before == jobs.get(held.job.id)
    assert leases.finish(held).status == "completed"


def test_heartbeat(jobs: Jobs, leases: Leases) -> None:
    """A sign of life in time keeps the job, even just after the lease ran out where nobody took it."""
    jobs.enqueue(NEW)
    held = _claimed(leases, lease_seconds=GONE)
    assert leases.heartbeat(replace(held, lease_seconds=30)) is False
    assert leases.claim("two") is None


# ------------------------------------------------------------------------------------------------ progress and end


def test_progress(jobs: Jobs, leases: Leases) -> None:
    """How far it is can be seen, with what went wrong so far."""
    job = jobs.enqueue(NEW)
    held = _claimed(leases)
    assert leases.progress(held, Progress(3, 10, "videos"), failures=[ERROR]) is False
    seen = jobs.get(job.id)
    assert (seen.status, seen.progress, seen.failures) == ("running", Progress(3, 10, "videos"), (ERROR,))


def test_many_failures(jobs: Jobs, leases: Leases) -> None:
    """Of very many failures the first are kept, and how many more there are."""
    job = jobs.enqueue(NEW)
    leases.finish(_claimed(leases), failures=[ERROR] * (MOST_FAILURES + 5))
    failures = jobs.get(job.id).failures
    assert (len(failures), failures[0]) == (MOST_FAILURES, ERROR)
    assert failures[-1] == {"code": "more", "message": "6 more failures are not listed"}


def test_finished(jobs: Jobs, leases: Leases) -> None:
    """What came of it is kept, the end is final, and who watches was told each step."""
    job = jobs.enqueue(NEW)
    held = _claimed(leases)
    done = leases.finish(held, result={"files": 3}, file_path="exports/1.zip", failures=[ERROR])
    assert done == jobs.get(job.id)
    assert (done.status, done.result, done.file_path, done.failures) == (
        "completed",
        {"files": 3},
        "exports/1.zip",
        (ERROR,),
    )
    assert done.finished_at is not None
    assert jobs.cancel(job.id) == done
    with pytest.raises(LostError):
        leases.fail(held, ERROR)
    assert leases.claim("w") is None
    assert _told(jobs) == ["job.pending", "job.running", "job.completed"]


def test_result_that_is_no_tree(jobs: Jobs, leases: Leases) -> None:
    """What a job gives is an object or a list; one that gives something else is not done."""
    job = jobs.enqueue(NEW)
    with pytest.raises(BadValueError):
        leases.finish(_claimed(leases), result="done")
    assert jobs.get(job.id).status == "running"


def test_failed_and_tried_again(jobs: Jobs, leases: Leases) -> None:
    """A job that fails is tried as often as its tries say; then it has failed, with the cause; success forgets it."""
    jobs.enqueue(replace(NEW, tries=2))
    first = leases.fail(_claimed(leases), ERROR)
    assert (first.status, first.error, first.finished_at) == ("pending", ERROR, None)
    last = leases.fail(_claimed(leases), {**ERROR, "message": "again"})
    assert (last.status, last.attempt, last.error) == ("failed", 2, {**ERROR, "message": "again"})
    assert last.finished_at is not None
    assert leases.claim("w") is None
    jobs.enqueue(NEW)
    leases.fail(_claimed(leases), ERROR)
    assert leases.finish(_claimed(leases)).error is None


def test_no_use_to_try_again(jobs: Jobs, leases: Leases) -> None:
    """What would fail for ever has failed at once."""
    jobs.enqueue(NEW)
    assert leases.fail(_claimed(leases), ERROR, is_final=True).status == "failed"


def test_poison(jobs: Jobs, leases: Leases) -> None:
    """A job that takes every worker with it has failed after its tries, with that cause."""
    job = jobs.enqueue(replace(NEW, tries=2))
    for _ in range(2):
        _claimed(leases, lease_seconds=GONE)
    assert leases.claim("w") is None
    dead = jobs.get(job.id)
    assert (dead.status, dead.attempt) == ("failed", 2)
    assert isinstance(dead.error, dict)
    assert dead.error["code"] == "worker_lost"
    assert _told(jobs)[-1] == "job.failed"


def test_given_back(jobs: Jobs, leases: Leases) -> None:
    """A worker that is told to stop gives its job back, and that was no try."""
    jobs.enqueue(NEW)
    assert leases.give_back(_claimed(leases)).status == "pending"
    held = _claimed(leases)
    assert (held.job.attempt, held.fence) == (1, 2)


def test_server_that_died(jobs: Jobs, leases: Leases) -> None:
    """What a program held that is known to be dead can be claimed at once; others keep theirs; old writes are lost."""
    made = [jobs.enqueue(NEW) for _ in range(2)]
    lost = leases.claim("server")
    kept = leases.claim("other")
    assert lost is not None
    assert kept is not None
    assert leases.release_all("server") == 1
    with pytest.raises(LostError):
        leases.heartbeat(lost)
    again = leases.claim("server")
    assert again is not None
    assert (again.job.id, again.job.attempt) == (made[0].id, 2)
    assert leases.heartbeat(kept) is False


def test_server_that_died_of_it(jobs: Jobs, leases: Leases) -> None:
    """A job that kills its server each time has an end, too."""
    job = jobs.enqueue(replace(NEW, tries=1))
    leases.claim("server")
    leases.release_all("server")
    assert leases.claim("server") is None
    assert jobs.get(job.id).status == "failed"


# --------------------------------------------------------------------------------------------------------- cancel


def test_cancelled_while_it_waits(jobs: Jobs, leases: Leases) -> None:
    """What nobody has begun is cancelled at once, and asking twice is the same."""
    job = jobs.cancel(jobs.enqueue(NEW).id)
    assert job.status == "cancelled"
    assert job.finished_at is not None
    assert jobs.cancel(job.id) == job
    assert leases.claim("w") is None
    assert _told(jobs) == ["job.pending", "job.cancelled"]


def test_cancelled_while_it_runs(jobs: Jobs, leases: Leases) -> None:
    """The holder sees it at its next write, clears up, and says so."""
    jobs.enqueue(NEW)
    held = _claimed(leases)
    asked = jobs.cancel(held.job.id)
    assert (asked.status, asked.is_cancel_asked) == ("running", True)
    assert leases.heartbeat(held)
    assert leases.progress(held, Progress(1))
    assert leases.cancelled(held).status == "cancelled"
    assert _told(jobs) == ["job.pending", "job.running", "job.cancelled"]


@pytest.mark.parametrize("how", ["fails", "gives back", "dies"])
def test_cancelled_and_not_heard(jobs: Jobs, leases: Leases, how: str) -> None:
    """Nobody begins again what somebody asked to end."""
    jobs.enqueue(NEW)
    held = _claimed(leases, lease_seconds=GONE)
    jobs.cancel(held.job.id)
    if how == "fails":
        leases.fail(held, ERROR)
    elif how == "gives back":
        leases.give_back(held)
    assert leases.claim("two") is None
    job: Job = jobs.get(held.job.id)
    assert job.status == "cancelled"
    assert job.finished_at is not None


def test_finished_before_it_heard(jobs: Jobs, leases: Leases) -> None:
    """What is done is done."""
    jobs.enqueue(NEW)
    held = _claimed(leases)
    jobs.cancel(held.job.id)
    assert leases.finish(held).status == "completed"


# --------------------------------------------------------------------------------------------------------- events


def test_events_in_order(database: Store) -> None:
    """Who reads on from the last number misses nothing, though several tell at once."""
    events = Events(database)
    ready = Barrier(3)
    seen: list[int] = []

    def tell() -> None:
        ready.wait()
        for number in range(10):
            events.tell("test.told", {"number": number})

    def watch() -> None:
        ready.wait()
        last = start
        while len(seen) < 20:
            for event in events.after(last, limit=3):
                seen.append(event.id)
                last = event.id
            time.sleep(0.001)

    start = events.newest()
    _all(Thread(target=tell), Thread(target=tell), Thread(target=watch))
    assert seen == sorted(set(seen))
    assert len(events.after(start)) == 20
    events.forget(older_than_seconds=3600)
    assert len(events.after(start)) == 20
    events.forget(older_than_seconds=-3600)
    assert events.after(start) == ()
