"""How a database comes to this program's revision."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from tests.unit.store.measured import comparable, digest, measured, seam
from tests.unit.store.processes import PROCESSES, upgrade_to
from turnover.errors import StoreError
from turnover.store import migrating, schema
from turnover.store.backup import backups
from turnover.store.engine import Store, open_store
from turnover.store.measurements import Measurements
from turnover.store.seeds import STATUSES
from turnover.store.templates import Templates
from turnover.store.tree import BUILTIN, Tree
from turnover.store.upgrade import current, needs_upgrade, start, upgrade

# What a later version may bring: SQLite can do it only by making the table anew and dropping the old one.
LATER = """
from alembic import op
from sqlalchemy import Column, Text

revision = "9001"
down_revision = "0004"

def upgrade():
    with op.batch_alter_table("measurements", recreate="auto") as batch:
        batch.add_column(Column("note", Text, nullable=False, server_default="none"))
        batch.alter_column("quality_score", nullable=False, server_default="0")
"""
FAILS = """
from alembic import op

revision = "9002"
down_revision = "9001"

def upgrade():
    op.drop_table("boundaries")
    op.execute("INSERT INTO no_such_table VALUES (1)")
"""
ORPHANS = """
from alembic import op

revision = "9002"
down_revision = "9001"

def upgrade():
    op.execute("DELETE FROM measurements")
"""


def _tree(folder: Path, *revisions: str) -> Tree:
    """The program's tree, with these revisions after it."""
    folder.mkdir(exist_ok=True)
    for number, content in enumerate(revisions):
        (folder / f"r{9001 + number}.py").write_text(content)
    return Tree((*BUILTIN.folders, folder), f"{9000 + len(revisions)}")


@pytest.fixture
def later(tmp_path: Path) -> Tree:
    return _tree(tmp_path / "revisions", LATER)


def _filled(place: str) -> None:
    with open_store(place) as store:
        upgrade(store)
        Measurements(store).save(measured("clip"))
        Measurements(store).save_boundary(digest("clip"), digest("other"), "metrics-1", seam())


def _kept(store: Store) -> object:
    return comparable(Measurements(store).load(digest("clip"), "metrics-1"))


# --------------------------------------------------------------------------------------------------------- drift


def test_head() -> None:
    """The revision that the program states without loading Alembic is the newest one that there is."""
    scripts = ScriptDirectory(str(BUILTIN.folders[0]), version_locations=[str(folder) for folder in BUILTIN.folders])
    assert scripts.get_heads() == [schema.REVISION]
    assert migrating.revisions(BUILTIN) >= {schema.REVISION}


def test_no_drift(place: str) -> None:
    """Alembic finds no difference between what the revisions make and what the program wants."""
    with open_store(place) as store:
        upgrade(store)
        with store.reading() as connection:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            assert compare_metadata(context, schema.metadata) == []


def test_same_statements(tmp_path: Path) -> None:
    """SQLite's own record of every table, index and trigger is that of tables made from the program's description."""

    def statements(path: Path, make: Callable[[Store], None]) -> dict[str, str]:
        with open_store(path) as store:
            make(store)
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%'")
            return {name: sql for name, sql in rows if sql}

    def create(store: Store) -> None:
        with store.writing() as connection:
            schema.metadata.create_all(connection)

    migrated = statements(tmp_path / "migrated.db", upgrade)
    assert migrated == statements(tmp_path / "created.db", create)
    ours = [sql for name, sql in migrated.items() if sql.startswith("CREATE TABLE") and name != "sqlite_sequence"]
    assert len(ours) == len(schema.metadata.tables)
    assert all("STRICT" in sql for sql in ours)


# --------------------------------------------------------------------------------------------------------- start


def test_sqlite_upgrades_itself(tmp_path: Path) -> None:
    """A path where nothing is becomes a database of this program's revision, without a backup of nothing."""
    path = tmp_path / "new" / "turnover.db"
    with start(path) as store:
        assert current(store) == schema.REVISION
        assert not needs_upgrade(store)
    assert backups(path) == {}


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_postgres_is_asked(place: str, later: Tree) -> None:
    """PostgreSQL is upgraded when it is asked to; until then the command for it is told, and nothing is changed."""
    with pytest.raises(StoreError, match=r"no tables of turnover yet .*turnover db upgrade"):
        start(place)
    with open_store(place) as store:
        assert current(store) is None
        upgrade(store)
    with start(place) as store:
        assert current(store) == schema.REVISION
    with pytest.raises(StoreError, match=rf"is of revision {schema.REVISION}, not 9001 .*turnover db upgrade"):
        start(place, tree=later)


def test_twice(place: str) -> None:
    """An upgrade of what is up to date changes nothing."""
    with open_store(place) as store:
        assert needs_upgrade(store)
        upgrade(store)
        upgrade(store)
        assert current(store) == schema.REVISION


def test_database_of_a_newer_program(place: str, later: Tree) -> None:
    """What a newer program wrote is refused, with both revisions and what to do, and left as it is."""
    _filled(place)
    with open_store(place) as store:
        upgrade(store, tree=later)
    with pytest.raises(
        StoreError, match=rf"revision 9001, and this turnover knows up to {schema.REVISION} .*install that one"
    ):
        start(place)
    with open_store(place) as store:
        assert current(store) == "9001"


# ------------------------------------------------------------------------------------------------- older revisions


def test_measurements_of_the_first_revision(place: str) -> None:
    """A database that only held measurements keeps them, and has what a new one has; a file is backed up before."""
    first = Tree(BUILTIN.folders, "0001")
    with open_store(place) as store:
        upgrade(store, tree=first)
        assert current(store) == "0001"
        Measurements(store).save(measured("clip"))
        before = _kept(store)
        upgrade(store)
        assert before == _kept(store)
        assert current(store) == schema.REVISION
        assert len(Templates(store).list().items) == 3
        with store.reading() as connection:
            statuses = connection.execute(text("SELECT id, name FROM job_statuses ORDER BY id")).all()
        if store.path is not None:
            (backup,) = backups(store.path).values()
            assert backup.name.endswith("-revision-0001.db")
    assert [(number + 1, name) for number, name in enumerate(STATUSES)] == [tuple(row) for row in statuses]


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_tables_of_the_specification(place: str) -> None:
    """On PostgreSQL the server itself tells of the specification's tables what the specification says."""
    template = [
        "id bigint NOT NULL nextval('sidecar_templates_id_seq'::regclass)",
        "name text NOT NULL",
        "description text",
        "format text NOT NULL",
        "target_tool text",
        "template_json jsonb NOT NULL",
        "is_builtin boolean NOT NULL false",
        "created_by bigint",
        "created_at timestamp with time zone NOT NULL now()",
        "updated_at timestamp with time zone NOT NULL now()",
    ]
    export = [
        "id bigint NOT NULL nextval('dataset_exports_id_seq'::regclass)",
        "project_id bigint NOT NULL",
        "name text NOT NULL",
        "config_json jsonb NOT NULL",
        "manifest_json jsonb",
        "file_path text",
        "file_size_bytes bigint",
        "sample_count integer",
        "status_id bigint NOT NULL",
        "exported_by bigint NOT NULL",
        "created_at timestamp with time zone NOT NULL now()",
        "updated_at timestamp with time zone NOT NULL now()",
    ]
    keys = {
        "FOREIGN KEY (created_by) REFERENCES users(id) ON UPDATE CASCADE ON DELETE SET NULL",
        "FOREIGN KEY (project_id) REFERENCES projects(id) ON UPDATE CASCADE ON DELETE CASCADE",
        "FOREIGN KEY (status_id) REFERENCES job_statuses(id) ON UPDATE CASCADE ON DELETE RESTRICT",
        "FOREIGN KEY (exported_by) REFERENCES users(id) ON UPDATE CASCADE ON DELETE RESTRICT",
    }
    names = {
        "idx_sidecar_templates_created_by",
        "uq_sidecar_templates_name",
        "idx_dataset_exports_project_id",
        "idx_dataset_exports_status_id",
        "idx_dataset_exports_exported_by",
    }
    trigger = (
        "CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.{} "
        "FOR EACH ROW EXECUTE FUNCTION trigger_set_updated_at()"
    )
    with open_store(place) as store:
        upgrade(store)
        told = {}
        for table in ("sidecar_templates", "dataset_exports"):
            with store.reading() as connection:
                ask = connection.exec_driver_sql
                columns = ask(
                    "SELECT concat_ws(' ', column_name, data_type, CASE is_nullable WHEN 'NO' THEN 'NOT NULL' END, "
                    f"column_default) FROM information_schema.columns WHERE table_name = '{table}' "
                    "AND column_name NOT IN ('slug', 'source_text', 'version') ORDER BY ordinal_position"
                )
                told[table] = list(columns.scalars())
                foreign = ask(
                    "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
                    f"WHERE conrelid = '{table}'::regclass AND contype = 'f'"
                )
                keys -= set(foreign.scalars())
                names -= set(ask(f"SELECT indexname FROM pg_indexes WHERE tablename = '{table}'").scalars())
                triggers = ask(
                    "SELECT pg_get_triggerdef(oid) FROM pg_trigger "
                    f"WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal"
                )
                assert list(triggers.scalars()) == [trigger.format(table)]
    assert told == {"sidecar_templates": template, "dataset_exports": export}
    assert (keys, names) == (set(), set())


@pytest.mark.parametrize("column", ["format = 'pdf'", "format = NULL", "name = 'Resolve XML'", "created_by = 999"])
def test_rules_of_the_database(place: str, column: str) -> None:
    """What the specification rules out the database itself refuses, whoever writes."""
    with open_store(place) as store:
        upgrade(store)
        with pytest.raises(StoreError), store.writing() as connection:
            connection.execute(text(f"UPDATE sidecar_templates SET {column} WHERE slug = 'nuke-xml'"))


def test_text_that_is_no_object(place: str) -> None:
    """Where JSON belongs no other text stands."""
    with open_store(place) as store:
        upgrade(store)
        with pytest.raises(StoreError), store.writing() as connection:
            connection.execute(text("UPDATE sidecar_templates SET template_json = 'nothing'"))


def test_older_database(place: str, later: Tree) -> None:
    """An upgrade that makes a table anew keeps its rows and all that point to them."""
    _filled(place)
    with open_store(place) as store:
        before = _kept(store)
        upgrade(store, tree=later)
        assert current(store) == "9001"
        assert before == _kept(store)
        with store.reading() as connection:
            notes = connection.execute(text("SELECT note FROM measurements")).scalars().all()
            assert notes == ["none"]


def test_foreign_keys_after_an_upgrade(tmp_path: Path, later: Tree) -> None:
    """Foreign keys, which an upgrade has to leave aside, hold again in the same run."""
    _filled(str(tmp_path / "turnover.db"))
    with start(tmp_path / "turnover.db", tree=later) as store:
        Measurements(store).forget(digest("clip"))
        with store.reading() as connection:
            for name in ("measurement_series", "measurement_summaries"):
                assert connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() == 0


def test_backup(tmp_path: Path, later: Tree) -> None:
    """What was there before an upgrade stands beside the database, whole, and opens as it was; for its owner only."""
    path = tmp_path / "data" / "turnover.db"
    _filled(str(path))
    with start(path, tree=later) as store:
        before = _kept(store)
    (backup,) = backups(path).values()
    assert backup.name == f"turnover-backup-0001-revision-{schema.REVISION}.db"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with start(backup) as store:
        assert before == _kept(store)


def test_newest_backups(tmp_path: Path, later: Tree) -> None:
    """Three backups stay, the newest; other files are left alone."""
    path = tmp_path / "turnover.db"
    _filled(str(path))
    others = [tmp_path / name for name in ("turnover-backup.db", "turnover-backup-x-revision-0001.db", "mine.db")]
    for number in (2, 9, 10, 11):
        (tmp_path / f"turnover-backup-{number:04}-revision-0000.db").touch()
    for other in others:
        other.touch()
    start(path, tree=later).close()
    assert sorted(backups(path)) == [10, 11, 12]
    assert all(other.exists() for other in others)


def test_no_room_for_a_backup(tmp_path: Path, later: Tree) -> None:
    """Without a backup there is no upgrade: everything is as it was."""
    path = tmp_path / "turnover.db"
    _filled(str(path))
    (tmp_path / ".turnover-backup.part").mkdir()
    with pytest.raises(StoreError, match="no backup could be made"):
        start(path, tree=later)
    with start(path) as store:
        assert _kept(store) is not None


@pytest.mark.parametrize("revision", [FAILS, ORPHANS], ids=["fails", "leaves rows that point nowhere"])
def test_upgrade_that_fails(tmp_path: Path, place: str, revision: str) -> None:
    """An upgrade that fails in its second step leaves the database at the revision it had, with all its rows."""
    if "postgresql" in place and revision == ORPHANS:
        revision = FAILS  # PostgreSQL deletes what pointed to the rows, as it is told to; there is nothing to find
    _filled(place)
    with open_store(place) as store:
        before = _kept(store)
        with pytest.raises(StoreError):
            upgrade(store, tree=_tree(tmp_path / "revisions", LATER, revision))
        assert current(store) == schema.REVISION
        assert before == _kept(store)
        with store.reading() as connection:
            assert set(inspect(connection).get_table_names()) == {"alembic_version", *schema.metadata.tables}


# ------------------------------------------------------------------------------------------------------ processes


@pytest.mark.parametrize("is_new", [True, False], ids=["new", "older"])
def test_several_at_once(place: str, later: Tree, *, is_new: bool) -> None:
    """Of programs that start at once one upgrades and the others wait; all of them work, and there is one backup."""
    if not is_new:
        _filled(place)
    all_ready = PROCESSES.Barrier(3)
    programs = [PROCESSES.Process(target=upgrade_to, args=(place, later, all_ready)) for _ in range(3)]
    for program in programs:
        program.start()
    for program in programs:
        program.join(120)
    assert [program.exitcode for program in programs] == [0, 0, 0]
    with open_store(place) as store:
        assert current(store) == "9001"
        if store.path is not None:
            assert len(backups(store.path)) == (0 if is_new else 1)
