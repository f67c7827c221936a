"""Dataset exports and deliveries: what was asked for, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, Table, insert, select, update

from turnover.core.catalog import Export, Held, Job, Page
from turnover.core.clip import JsonValue
from turnover.store import checks
from turnover.store.dialect import now
from turnover.store.engine import Store
from turnover.store.job_rows import NewJob, add, earlier, status_id, status_of
from turnover.store.leases import Leases, ended, outcome
from turnover.store.refusals import LostError, NotFoundError, TakenError, keeping, not_found
from turnover.store.schema_specified import dataset_exports
from turnover.store.schema_work import deliveries

Kind = Literal["dataset_export", "delivery"]


@dataclass(frozen=True, slots=True)
class Exports:
    """Keeps exports of one kind, each beside the job that fills it; its status is that of the job."""

    store: Store
    kind: Kind = "dataset_export"

    def create(self, new: NewJob, *, name: str, config: Mapping[str, JsonValue], by: int) -> tuple[Export, Job]:
        """An export and the job that will fill it, both or none; with a key that came before, those of then.

        The job needs its project. Raises NotFoundError (of project or user), KeyReusedError, BadValueError.
        """
        values = {
            "project_id": checks.row_id(new.project_id, "project"),
            "name": checks.name(name),
            "config_json": checks.json_value(dict(config), "configuration"),
            "status_id": status_id("pending"),
            self._by: checks.row_id(by, "user"),
        }
        try:
            with self.store.writing() as connection:
                job = earlier(connection, new)
                if job is None:
                    with keeping("export"):
                        made = connection.execute(insert(self._table).values(values).returning(self._table.c.id))
                        job = add(connection, new, **{f"{self.kind}_id": made.scalar_one()})
        except TakenError:
            with self.store.reading() as connection:
                job = earlier(connection, new)
            if job is None:
                raise
        return self.get(self._filled_by(job)), job

    def get(self, export_id: int) -> Export:
        """The export of that id, with its manifest. Raises NotFoundError."""
        row = None
        if checks.is_id(export_id):
            with self.store.reading() as connection:
                row = connection.execute(select(self._table).where(self._table.c.id == export_id)).one_or_none()
        if row is None:
            raise not_found(self.kind.replace("_", " "), export_id)
        return self._read(row)

    def list(self, project_id: int, *, before: int | None = None, limit: int = 100) -> Page[Export]:
        """A page of a project's exports, the newest first, without their manifests."""
        columns = [column for column in self._table.c if column.name != "manifest_json"]
        question = (
            select(*columns)
            .where(self._table.c.project_id == checks.cursor(project_id))
            .order_by(self._table.c.id.desc())
        )
        if before is not None:
            question = question.where(self._table.c.id < checks.cursor(before))
        with self.store.reading() as connection:
            rows = connection.execute(question.limit(checks.page_size(limit) + 1)).all()
        return Page(tuple(map(self._read, rows[:limit])), rows[limit - 1].id if len(rows) > limit else None)

    def complete(
        self,
        held: Held,
        *,
        manifest: JsonValue,
        file_path: str,
        file_size_bytes: int,
        sample_count: int | None = None,
        result: JsonValue = None,
        failures: Iterable[JsonValue] | None = None,
    ) -> Job:
        """Finish the job and fill its export, in one transaction. Raises LostError."""
        values: dict[str, object] = {
            "manifest_json": checks.json_tree(manifest, "manifest"),
            "file_path": checks.sound_text(file_path, "path"),
            "file_size_bytes": checks.whole(file_size_bytes, "size"),
            "updated_at": now(),
        }
        if self.kind == "dataset_export":
            values["sample_count"] = None if sample_count is None else checks.whole(sample_count, "count")
        export_id = self._filled_by(held.job)

        def fill(connection: Connection) -> None:
            statement = update(self._table).where(self._table.c.id == export_id).values(values)
            if not connection.execute(statement).rowcount:
                raise LostError(f"the {self.kind} {export_id} was deleted")

        finished = {**ended("completed"), **outcome(result, file_path, failures)}
        return Leases(self.store).end(held, finished, also=fill)

    def named_files(self) -> frozenset[str]:
        """The files that exports name; what is not named may be swept away, or must not be served."""
        column = self._table.c.file_path
        with self.store.reading() as connection:
            return frozenset(connection.execute(select(column).where(column.is_not(None))).scalars())

    @property
    def _table(self) -> Table:
        return dataset_exports if self.kind == "dataset_export" else deliveries

    @property
    def _by(self) -> str:
        return "exported_by" if self.kind == "dataset_export" else "delivered_by"

    def _filled_by(self, job: Job) -> int:
        export_id = job.dataset_export_id if self.kind == "dataset_export" else job.delivery_id
        if export_id is None:
            raise NotFoundError(f"job {job.id} fills no {self.kind.replace('_', ' ')}")
        return export_id

    def _read(self, row: Row[Any]) -> Export:
        values = row._mapping
        return Export(
            id=row.id,
            project_id=row.project_id,
            name=row.name,
            config=row.config_json,
            status=status_of(row.status_id),
            by=values[self._by],
            created_at=row.created_at,
            updated_at=row.updated_at,
            manifest=values.get("manifest_json"),
            file_path=row.file_path,
            file_size_bytes=row.file_size_bytes,
            sample_count=values.get("sample_count"),
        )
