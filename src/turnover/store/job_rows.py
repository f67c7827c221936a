"""A job as a row: what it needs to be made, and the value it is read as."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Row, insert, select

from turnover.core.catalog import Job, Progress, Status
from turnover.core.clip import JsonValue
from turnover.store import checks
from turnover.store.events import record
from turnover.store.refusals import KeyReusedError, keeping
from turnover.store.schema_work import jobs as table
from turnover.store.seeds import STATUSES

TRIES = 3
"""How often a job is begun before it is given up, where its kind says nothing else."""


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job that somebody asks for."""

    kind: str
    request: JsonValue
    """An object or a list."""
    project_id: int | None = None
    created_by: int | None = None
    idempotency_key: str | None = None
    """Asked for again with the same key, it is the same job."""
    tries: int = TRIES
    total: int | None = None
    unit: str | None = None


def status_id(status: Status) -> int:
    """The id of a status, as it was sown."""
    return STATUSES.index(status) + 1


def status_of(row_id: int) -> Status:
    """The status of an id."""
    return cast(Status, STATUSES[row_id - 1])


def job_of(row: Row[Any]) -> Job:
    """A row as a value."""
    return Job(
        id=row.id,
        kind=row.kind,
        status=status_of(row.status_id),
        request=row.request_json,
        project_id=row.project_id,
        dataset_export_id=row.dataset_export_id,
        delivery_id=row.delivery_id,
        created_by=row.created_by,
        is_cancel_asked=row.is_cancel_asked,
        attempt=row.attempt,
        tries=row.tries,
        progress=Progress(row.done, row.total, row.unit),
        failures=tuple(row.failures_json),
        result=row.result_json,
        error=row.error_json,
        file_path=row.file_path,
        created_at=row.created_at,
        updated_at=row.updated_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def earlier(connection: Connection, new: NewJob) -> Job | None:
    """The job that came with the same key; None when there is none. Raises KeyReusedError."""
    if new.idempotency_key is None:
        return None
    key = checks.name(new.idempotency_key, "idempotency key")
    same = select(table).where(table.c.kind == new.kind, table.c.idempotency_key == key)
    row = connection.execute(same).one_or_none()
    if row is None:
        return None
    # As it comes back: a tuple is a list.
    request = json.loads(json.dumps(checks.json_value(new.request, "request")))
    asked = (request, new.project_id, new.created_by)
    if (row.request_json, row.project_id, row.created_by) != asked:
        raise KeyReusedError(f"the idempotency key {key!r} came with another request", hint="use a new key")
    return job_of(row)


def add(connection: Connection, new: NewJob, **fills: int) -> Job:
    """A new job; `fills` names the export or the delivery that it fills."""
    values = {
        "kind": checks.name(new.kind, "kind of job"),
        "request_json": checks.json_tree(new.request, "request"),
        "project_id": None if new.project_id is None else checks.row_id(new.project_id, "project"),
        "created_by": None if new.created_by is None else checks.row_id(new.created_by, "user"),
        "idempotency_key": None if new.idempotency_key is None else checks.name(new.idempotency_key),
        "tries": checks.whole(new.tries, "number of tries"),
        "total": None if new.total is None else checks.whole(new.total, "total"),
        "unit": None if new.unit is None else checks.name(new.unit, "unit"),
        "status_id": status_id("pending"),
        **fills,
    }
    with keeping("job"):
        job = job_of(connection.execute(insert(table).values(values).returning(table)).one())
    tell(connection, job)
    return job


def tell(connection: Connection, job: Job) -> None:
    """Let those who watch know of a job's status."""
    payload: dict[str, JsonValue] = {"job_id": job.id, "kind": job.kind, "project_id": job.project_id}
    for name in ("dataset_export_id", "delivery_id"):
        if getattr(job, name) is not None:
            payload[name] = getattr(job, name)
    record(connection, f"job.{job.status}", payload)
