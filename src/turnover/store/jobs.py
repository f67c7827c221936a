"""Work in the background, as those see it who ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select, update

from turnover.core.catalog import Job, Page, Status
from turnover.store import checks
from turnover.store.dialect import now
from turnover.store.engine import Store
from turnover.store.job_rows import NewJob, add, earlier, job_of, status_id, tell
from turnover.store.leases import show_status
from turnover.store.refusals import TakenError, not_found
from turnover.store.schema_work import jobs as table


@dataclass(frozen=True, slots=True)
class Jobs:
    """Keeps jobs; `leases.Leases` is how they are done."""

    store: Store

    def enqueue(self, new: NewJob) -> Job:
        """A new job, or the one that came with the same key before. Raises KeyReusedError, BadValueError."""
        try:
            with self.store.writing() as connection:
                return earlier(connection, new) or add(connection, new)
        except TakenError:
            # On PostgreSQL another one may have come with the same key in this moment: it is there now.
            with self.store.reading() as connection:
                found = earlier(connection, new)
            if found is None:
                raise
            return found

    def get(self, job_id: int) -> Job:
        """The job of that id. Raises NotFoundError."""
        row = None
        if checks.is_id(job_id):
            with self.store.reading() as connection:
                row = connection.execute(select(table).where(table.c.id == job_id)).one_or_none()
        if row is None:
            raise not_found("job", job_id)
        return job_of(row)

    def list(
        self,
        *,
        statuses: Iterable[Status] | None = None,
        project_id: int | None = None,
        created_by: int | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> Page[Job]:
        """A page of jobs, the newest first."""
        question = select(table).order_by(table.c.id.desc()).limit(checks.page_size(limit) + 1)
        if statuses is not None:
            question = question.where(table.c.status_id.in_([status_id(one) for one in statuses]))
        if project_id is not None:
            question = question.where(table.c.project_id == checks.cursor(project_id))
        if created_by is not None:
            question = question.where(table.c.created_by == checks.cursor(created_by))
        if before is not None:
            question = question.where(table.c.id < checks.cursor(before))
        with self.store.reading() as connection:
            rows = connection.execute(question).all()
        return Page(tuple(map(job_of, rows[:limit])), rows[limit - 1].id if len(rows) > limit else None)

    def cancel(self, job_id: int) -> Job:
        """Ask for an end: at once where nobody has begun, else when its holder writes next; after its end nothing.

        Raises NotFoundError.
        """
        if not checks.is_id(job_id):
            raise not_found("job", job_id)
        is_alive = or_(table.c.status_id == status_id("pending"), table.c.status_id == status_id("running"))
        with self.store.writing() as connection:
            row = connection.execute(select(table).where(table.c.id == job_id).with_for_update()).one_or_none()
            if row is None:
                raise not_found("job", job_id)
            values: dict[str, object] = {"is_cancel_asked": True, "updated_at": now()}
            is_waiting = row.status_id == status_id("pending")
            if is_waiting:
                values |= {"status_id": status_id("cancelled"), "finished_at": now()}
            statement = update(table).where(table.c.id == job_id, is_alive).values(values).returning(table)
            changed = connection.execute(statement).one_or_none()
            job = job_of(row if changed is None else changed)
            if is_waiting:
                show_status(connection, job)
                tell(connection, job)
        return job
