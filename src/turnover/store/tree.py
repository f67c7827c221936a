"""Where the revisions of the tables are, and which is the newest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from turnover.store.schema import REVISION


@dataclass(frozen=True, slots=True)
class Tree:
    """Folders of revisions, one a module, as Alembic reads them."""

    folders: tuple[Path, ...]
    head: str


BUILTIN = Tree((Path(__file__).parent / "migrations",), REVISION)
"""The program's own."""
