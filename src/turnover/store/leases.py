"""Doing jobs: a lease gives the right to one for a time, and a fence makes who lost it harmless.

Leases are counted on the database's clock. Every write of a holder is bound to the fence that it was given: when the
lease ran out and another one has the job, it changes nothing and raises LostError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, Select, and_, case, func, literal, or_, select, true, update

from turnover.core.catalog import Held, Job, Progress
from turnover.core.clip import JsonValue
from turnover.store import checks
from turnover.store.dialect import Json, later, now
from turnover.store.engine import Store
from turnover.store.job_rows import job_of, status_id, tell
from turnover.store.refusals import LostError
from turnover.store.schema_specified import dataset_exports
from turnover.store.schema_work import deliveries
from turnover.store.schema_work import jobs as table

LEASE_SECONDS = 30.0
"""How long a job is its holder's without a sign of life; it gives one every third of that."""

MOST_FAILURES = 1000
"""How many failures of single files are kept of one job."""

_IS_RUNNING = table.c.status_id == status_id("running")
_HAS_RUN_OUT = and_(_IS_RUNNING, table.c.lease_until <= now())
_IS_OVER = or_(table.c.is_cancel_asked.is_(true()), table.c.attempt >= table.c.tries)
_NO_WORKER: dict[str, JsonValue] = {
    "code": "worker_lost",
    "message": "every worker that began it stopped before its end",
    "hint": "look at the workers' logs: it may take more memory than there is",
}
_NOBODYS: dict[str, object] = {"holder": None, "lease_until": None}
Also = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Leases:
    """How workers take jobs and tell of them; every method but `claim` and `release_all` may raise LostError."""

    store: Store

    def claim(
        self, holder: str, *, kinds: Iterable[str] | None = None, lease_seconds: float = LEASE_SECONDS
    ) -> Held | None:
        """The oldest job that waits, or whose holder has gone silent; None when there is none.

        `holder` names the worker's program, for `release_all`. Of one whose lease ran out at its last try nothing is
        tried any more: it has failed. Two workers never hold the same job.
        """
        ready = or_(table.c.status_id == status_id("pending"), _HAS_RUN_OUT)
        question = select(table.c.id).where(ready, table.c.attempt < table.c.tries)
        if kinds is not None:
            question = question.where(table.c.kind.in_(list(kinds)))
        with self.store.writing() as connection:
            _bury(connection)
            until = later(lease_seconds, dialect=connection.dialect.name)
            values = {
                "status_id": status_id("running"),
                "holder": checks.name(holder, "holder"),
                "lease_until": until,
                "fence": table.c.fence + 1,
                "attempt": table.c.attempt + 1,
                "started_at": func.coalesce(table.c.started_at, now()),
                "updated_at": now(),
            }
            first = _unclaimed(question.order_by(table.c.id).limit(1))
            row = connection.execute(
                update(table).where(table.c.id == first.scalar_subquery()).values(values).returning(table)
            ).one_or_none()
            if row is None:
                return None
            job = job_of(row)
            show_status(connection, job)
            tell(connection, job)
            return Held(job, row.fence, lease_seconds)

    def heartbeat(self, held: Held) -> bool:
        """Give a sign of life; True when somebody asked for an end, and `cancelled` is to be called."""
        return self._write(held, {}).is_cancel_asked

    def progress(self, held: Held, progress: Progress, *, failures: Iterable[JsonValue] = ()) -> bool:
        """Tell how far it is, with all failures up to now; a sign of life, too, and answered as one."""
        values = {**_progress(progress), "failures_json": _failures(failures)}
        return self._write(held, values).is_cancel_asked

    def finish(
        self,
        held: Held,
        *,
        result: JsonValue = None,
        file_path: str | None = None,
        failures: Iterable[JsonValue] | None = None,
    ) -> Job:
        """It is done; `file_path` is what can be downloaded, and is written before."""
        return self.end(held, {**ended("completed"), **outcome(result, file_path, failures)})

    def fail(self, held: Held, error: Mapping[str, JsonValue], *, is_final: bool = False) -> Job:
        """It went wrong: it waits to be tried again, or has failed where that was the last try or none would help.

        `error` is `{code, message, hint}`.
        """
        cause = checks.json_value(dict(error), "error")
        is_last = is_final or held.job.attempt >= held.job.tries
        status = ended("failed") if is_last else _waiting()
        return self.end(held, {**status, "error_json": cause})

    def cancelled(self, held: Held) -> Job:
        """It was ended because somebody asked for it, and what it had written is gone."""
        return self.end(held, ended("cancelled"))

    def give_back(self, held: Held) -> Job:
        """Let another worker do it, as if it had never been tried: for a worker that is told to stop."""
        return self.end(held, {**_waiting(), "attempt": table.c.attempt - 1})

    def release_all(self, holder: str) -> int:
        """Take back every job of a program that is known to be dead, for whoever claims next; returns how many.

        Its writes are fenced off from now on; the try counts, so that a job that kills its worker has an end.
        """
        mine = and_(_IS_RUNNING, table.c.holder == holder)
        values = {"lease_until": now(), "fence": table.c.fence + 1, "updated_at": now()}
        with self.store.writing() as connection:
            return connection.execute(update(table).where(mine).values(values)).rowcount

    def end(self, held: Held, values: Mapping[str, object], *, also: Also | None = None) -> Job:
        """Change the job's status, and in the same transaction what it fills."""
        with self.store.writing() as connection:
            job = _changed(connection, held, values)
            if also is not None:
                also(connection)
            show_status(connection, job)
            tell(connection, job)
            return job

    def _write(self, held: Held, values: Mapping[str, object]) -> Job:
        with self.store.writing() as connection:
            until = later(held.lease_seconds, dialect=connection.dialect.name)
            return _changed(connection, held, {**values, "lease_until": until})


def ended(status: Literal["completed", "failed", "cancelled"]) -> dict[str, object]:
    """What changes when a job comes to its end."""
    return {"status_id": status_id(status), "finished_at": now(), **_NOBODYS}


def _waiting() -> dict[str, object]:
    """What changes when a job is to be begun again; one whose end somebody asked for is not."""
    is_cancelled = table.c.is_cancel_asked.is_(true())
    status = case((is_cancelled, status_id("cancelled")), else_=status_id("pending"))
    return {"status_id": status, "finished_at": case((is_cancelled, now()), else_=None), **_NOBODYS}


def outcome(result: JsonValue, file_path: str | None, failures: Iterable[JsonValue] | None) -> dict[str, object]:
    """What a finished job says; a cause of earlier tries is gone."""
    values: dict[str, object] = {
        "result_json": None if result is None else checks.json_tree(result, "result"),
        "file_path": None if file_path is None else checks.sound_text(file_path, "path"),
        "error_json": None,
    }
    return values if failures is None else {**values, "failures_json": _failures(failures)}


def show_status(connection: Connection, job: Job) -> None:
    """Let what the job fills have its status."""
    for filled, row_id in ((dataset_exports, job.dataset_export_id), (deliveries, job.delivery_id)):
        if row_id is not None:
            values = {"status_id": status_id(job.status), "updated_at": now()}
            connection.execute(update(filled).where(filled.c.id == row_id).values(values))


def _changed(connection: Connection, held: Held, values: Mapping[str, object]) -> Job:
    """The one door of a holder's writes."""
    mine = and_(table.c.id == held.job.id, table.c.fence == held.fence, _IS_RUNNING)
    statement = update(table).where(mine).values({**values, "updated_at": now()}).returning(table)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise LostError(f"job {held.job.id} is not this worker's any more", hint="what it wrote is left to the sweeper")
    return job_of(row)


def _bury(connection: Connection) -> None:
    """End jobs whose lease ran out and that nobody is to begin again."""
    dead = _unclaimed(select(table.c.id).where(_HAS_RUN_OUT, _IS_OVER).order_by(table.c.id))
    is_cancelled = table.c.is_cancel_asked.is_(true())
    values = {
        "status_id": case((is_cancelled, status_id("cancelled")), else_=status_id("failed")),
        "error_json": case((is_cancelled, table.c.error_json), else_=literal(_NO_WORKER, Json())),
        "finished_at": now(),
        "fence": table.c.fence + 1,
        "updated_at": now(),
        **_NOBODYS,
    }
    statement = update(table).where(table.c.id.in_(dead.scalar_subquery())).values(values).returning(table)
    for row in connection.execute(statement).all():
        job = job_of(row)
        show_status(connection, job)
        tell(connection, job)


def _unclaimed(question: Select[tuple[int]]) -> Select[tuple[int]]:
    """Only rows that nobody is writing in this moment; SQLite has one writer, and this one waited for its turn."""
    return question.with_for_update(skip_locked=True)


def _progress(progress: Progress) -> dict[str, object]:
    return {
        "done": checks.whole(progress.done, "count"),
        "total": None if progress.total is None else checks.whole(progress.total, "total"),
        "unit": None if progress.unit is None else checks.name(progress.unit, "unit"),
    }


def _failures(failures: Iterable[JsonValue]) -> JsonValue:
    """The first of them; that there are more is the last one's news."""
    kept = list(failures)
    if len(kept) > MOST_FAILURES:
        more = len(kept) - MOST_FAILURES + 1
        kept = [*kept[: MOST_FAILURES - 1], {"code": "more", "message": f"{more} more failures are not listed"}]
    return checks.json_value(kept, "list of failures")
