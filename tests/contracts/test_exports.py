"""What every database keeps of dataset exports and deliveries."""

from __future__ import annotations

from dataclasses import replace

import pytest

from turnover.core.catalog import Held
from turnover.core.clip import JsonValue
from turnover.store.catalog import Catalog
from turnover.store.engine import Store
from turnover.store.exports import Exports
from turnover.store.job_rows import NewJob
from turnover.store.jobs import Jobs
from turnover.store.leases import Leases
from turnover.store.refusals import BadValueError, InUseError, KeyReusedError, LostError, NotFoundError
from turnover.store.seeds import LOCAL_USER

CONFIG: dict[str, JsonValue] = {"quality_threshold": 0.5, "train_split": 0.8, "scene_types": None}
MANIFEST: dict[str, JsonValue] = {"version": "1.0", "total_samples": 2, "splits": {"train": [{"path": "a.mp4"}]}}


@pytest.fixture(params=["dataset_export", "delivery"])
def exports(request: pytest.FixtureRequest, database: Store) -> Exports:
    return Exports(database, request.param)


@pytest.fixture
def new(database: Store) -> NewJob:
    """A job of a project that there is."""
    return NewJob("export", {"any": 1}, project_id=Catalog(database).projects.create(name="Night").id)


def _created(exports: Exports, new: NewJob, name: str = "First") -> int:
    return exports.create(new, name=name, config=CONFIG, by=LOCAL_USER)[0].id


def _claimed(exports: Exports) -> Held:
    held = Leases(exports.store).claim("w")
    assert held is not None
    return held


def test_completed(exports: Exports, new: NewJob) -> None:
    """An export is what was asked for, has the status of its job, and then what came of it, all at once."""
    export, job = exports.create(new, name="First", config=CONFIG, by=LOCAL_USER)
    assert export == exports.get(export.id)
    assert (export.project_id, export.config, export.status, export.by) == (
        new.project_id,
        CONFIG,
        "pending",
        LOCAL_USER,
    )
    assert (export.manifest, export.file_path, export.sample_count) == (None, None, None)
    held = _claimed(exports)
    assert held.job.id == job.id
    assert exports.get(export.id).status == "running"
    count = 2 if exports.kind == "dataset_export" else None
    done = exports.complete(
        held, manifest=MANIFEST, file_path="1.zip", file_size_bytes=2**40, sample_count=count, result={"url": 1}
    )
    assert (done.status, done.file_path, done.result) == ("completed", "1.zip", {"url": 1})
    complete = exports.get(export.id)
    assert complete == replace(
        export,
        status="completed",
        manifest=MANIFEST,
        file_path="1.zip",
        file_size_bytes=2**40,
        sample_count=count,
        updated_at=complete.updated_at,
    )
    assert exports.named_files() == {"1.zip"}


def test_lost(exports: Exports, new: NewJob) -> None:
    """Who lost the job fills nothing."""
    export = _created(exports, new)
    lost = Leases(exports.store).claim("w", lease_seconds=-1)
    assert lost is not None
    held = _claimed(exports)
    with pytest.raises(LostError):
        exports.complete(lost, manifest=MANIFEST, file_path="1.zip", file_size_bytes=1)
    assert exports.get(export).file_path is None
    exports.complete(held, manifest=MANIFEST, file_path="2.zip", file_size_bytes=1)
    assert exports.get(export).file_path == "2.zip"


@pytest.mark.parametrize("end", ["cancelled", "failed"])
def test_ended(exports: Exports, new: NewJob, end: str) -> None:
    """An export whose job fails, or is cancelled while it waits, shows that."""
    export, job = exports.create(new, name="First", config=CONFIG, by=LOCAL_USER)
    if end == "cancelled":
        Jobs(exports.store).cancel(job.id)
    else:
        Leases(exports.store).fail(_claimed(exports), {"code": "x"}, is_final=True)
    assert exports.get(export.id).status == end


def test_worker_lost(exports: Exports, new: NewJob) -> None:
    """An export whose workers all died has failed."""
    export = _created(exports, replace(new, tries=1))
    leases = Leases(exports.store)
    leases.claim("w", lease_seconds=-1)
    assert leases.claim("w") is None
    assert exports.get(export).status == "failed"


def test_same_key(exports: Exports, new: NewJob) -> None:
    """Asked for twice with one key there is one export and one job."""
    keyed = replace(new, idempotency_key="k")
    first = exports.create(keyed, name="First", config=CONFIG, by=LOCAL_USER)
    assert first == exports.create(keyed, name="First", config=CONFIG, by=LOCAL_USER)
    with pytest.raises(KeyReusedError):
        exports.create(replace(keyed, request={}), name="First", config=CONFIG, by=LOCAL_USER)
    assert len(exports.list(new.project_id or 0).items) == 1


def test_both_or_none(exports: Exports, new: NewJob) -> None:
    """Where the job or the export cannot be made, neither is."""
    for wrong, by in ((replace(new, tries=0), LOCAL_USER), (replace(new, project_id=999), LOCAL_USER), (new, 999)):
        with pytest.raises((BadValueError, NotFoundError)):
            exports.create(wrong, name="First", config=CONFIG, by=by)
    assert exports.list(new.project_id or 0).items == ()
    assert Jobs(exports.store).list().items == ()


def test_pages(exports: Exports, new: NewJob) -> None:
    """A project's exports by page, the newest first, without what is long."""
    made = [_created(exports, new, f"E{number}") for number in range(5)]
    exports.complete(_claimed(exports), manifest=MANIFEST, file_path="1.zip", file_size_bytes=1)
    first = exports.list(new.project_id or 0, limit=3)
    rest = exports.list(new.project_id or 0, limit=3, before=first.next)
    assert [one.id for one in (*first.items, *rest.items)] == made[::-1]
    assert (rest.next, rest.items[-1].manifest, rest.items[-1].file_path) == (None, None, "1.zip")
    assert exports.list(999).items == ()


def test_what_goes_together(exports: Exports, new: NewJob) -> None:
    """A project takes its exports and their jobs with it; who asked for one stays while it does."""
    catalog = Catalog(exports.store)
    anna = catalog.users.create(name="Anna", role="creator").id
    export = exports.create(new, name="First", config=CONFIG, by=anna)[0].id
    held = _claimed(exports)
    with pytest.raises(InUseError):
        catalog.users.delete(anna)
    catalog.projects.delete(new.project_id or 0)
    with pytest.raises(NotFoundError):
        exports.get(export)
    with pytest.raises(LostError):
        exports.complete(held, manifest=MANIFEST, file_path="1.zip", file_size_bytes=1)
    catalog.users.delete(anna)


def test_not_there(exports: Exports) -> None:
    """An id that no row has is not found."""
    for key in (0, 999, 2**70):
        with pytest.raises(NotFoundError):
            exports.get(key)
