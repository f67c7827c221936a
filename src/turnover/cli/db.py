"""`turnover db`: the database, where a person sees to it."""

from __future__ import annotations

import typer

from turnover.cli.place import database
from turnover.cli.screen import out, plain
from turnover.store.engine import open_store
from turnover.store.upgrade import current, upgrade

app = typer.Typer(help="The database that keeps what was measured.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The database that keeps what was measured."""


@app.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to this program's revision; one that is a file does so by itself, after a backup."""
    with open_store(database()) as store:
        before = current(store)
        upgrade(store)
        now = current(store)
    told = "is up to date" if before == now else f"went from {before or 'empty'} to {now}"
    out().print(plain(f"{store.name} {told}"), soft_wrap=True)
