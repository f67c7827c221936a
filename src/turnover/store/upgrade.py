"""Brings a database to this program's revision, and says which one it has.

SQLite upgrades itself at start, after a backup of what was there; PostgreSQL when it is told to.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, text

from turnover.errors import StoreError
from turnover.store.backup import back_up
from turnover.store.engine import Store, open_store
from turnover.store.tree import BUILTIN, Tree

# Any number that no other program takes for a lock in the same database.
_LOCK = 0x7475726E6F766572


def start(place: str | Path, *, tree: Tree = BUILTIN) -> Store:
    """The database at a path or an address, open and of this program's revision; what every command begins with.

    Raises StoreError, also for a PostgreSQL that waits to be upgraded.
    """
    store = open_store(place)
    try:
        if store.is_server and needs_upgrade(store, tree=tree):
            has = current(store)
            state = "has no tables of turnover yet" if has is None else f"is of revision {has}, not {tree.head}"
            raise StoreError(f"{store.name}: it {state}", hint="run `turnover db upgrade`", code="store_outdated")
        upgrade(store, tree=tree)
    except BaseException:
        store.close()
        raise
    return store


def current(store: Store) -> str | None:
    """The revision of a database; None where turnover made nothing in it yet."""
    with store.reading() as connection:
        return _revision(connection)


def needs_upgrade(store: Store, *, tree: Tree = BUILTIN) -> bool:
    """Whether a database is older than this program; StoreError where it is newer."""
    return _is_older(current(store), store.name, tree)


def upgrade(store: Store, *, tree: Tree = BUILTIN) -> None:
    """Bring the tables to this program's revision, whole or not at all; does nothing where they are.

    Of several programs that do so at once one does it, and the others wait. Raises StoreError.
    """
    if not needs_upgrade(store, tree=tree):
        return
    if store.path is None:
        _upgrade_server(store, tree)
    else:
        _upgrade_file(store, store.path, tree)


def _upgrade_server(store: Store, tree: Tree) -> None:
    with store.writing() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _is_older(_revision(connection), store.name, tree):
            _migrate(connection, tree)


def _upgrade_file(store: Store, path: Path, tree: Tree) -> None:
    with store.alone() as connection:
        revision = _revision(connection)
        if not _is_older(revision, store.name, tree):
            return
        if revision is not None:
            # Whoever writes is alone, and the backup only reads: it holds exactly what was before.
            back_up(path, revision)
        _migrate(connection, tree)
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if dangling is not None:
            raise StoreError(f"{path}: after its upgrade table {dangling[0]} would point to rows that are not there")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar()


def _is_older(revision: str | None, name: str, tree: Tree) -> bool:
    if revision in (None, tree.head):
        return revision is None
    from turnover.store.migrating import revisions  # noqa: PLC0415  # Alembic is slow to load, and seldom needed

    if revision in revisions(tree):
        return True
    raise StoreError(
        f"{name}: it is of revision {revision}, and this turnover knows up to {tree.head}",
        hint="a newer turnover wrote it: install that one, or name another database",
        code="store_newer",
    )


def _migrate(connection: Connection, tree: Tree) -> None:
    from turnover.store.migrating import migrate  # noqa: PLC0415  # as above

    migrate(connection, tree)
