"""`turnover workflow`: the ComfyUI workflow inside a clip, ready to load again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from turnover.cli.place import ledger
from turnover.cli.screen import print_failure, print_json
from turnover.errors import ProbeError
from turnover.work.making import workflow_of


def workflow(path: Annotated[Path, typer.Argument(help="A video or picture.", show_default=False)]) -> None:
    """Print the ComfyUI workflow that a file, or the picture beside it, carries; ComfyUI loads it by drag and drop."""
    found = workflow_of(path.absolute(), is_own=ledger().is_own)
    if found is None:
        print_failure(str(path), _failure(path))
        raise typer.Exit(1)
    print_json(found)


def _failure(path: Path) -> ProbeError:
    if not path.exists():
        return ProbeError(f"{path}: no such file", hint="check the spelling", code="not_found")
    hint = "a clip made through the API has only the graph that ran; `turnover probe` shows what it tells"
    return ProbeError(f"{path}: it carries no ComfyUI workflow", hint=hint, code="no_workflow")
