"""Runs the revisions of a tree, wherever the package is installed; apart from the rest, for Alembic is slow to load."""

from __future__ import annotations

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from turnover.errors import StoreError
from turnover.store.tree import Tree


def revisions(tree: Tree) -> frozenset[str]:
    """All revisions that the tree leads through."""
    return frozenset(script.revision for script in _scripts(tree).walk_revisions())


def migrate(connection: Connection, tree: Tree) -> None:
    """Run what is missing, inside the transaction that the connection is in. Raises StoreError."""
    scripts = _scripts(tree)

    def steps(revision: str, context: MigrationContext) -> list[RevisionStep]:
        # Alembic's own page on EnvironmentContext calls it so.
        return scripts._upgrade_revs(tree.head, revision)

    context = MigrationContext.configure(connection, opts={"fn": steps, "script": scripts})
    try:
        with Operations.context(context):
            context.run_migrations()
    except CommandError as error:
        raise StoreError(f"the database cannot be upgraded: {error}", hint="install the newest turnover") from error


def _scripts(tree: Tree) -> ScriptDirectory:
    return ScriptDirectory(tree.folders[0], version_locations=tree.folders)
