"""`turnover doctor`: what really loads a dataset, and which trainers can use it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from turnover.cli.screen import counted, out, plain, print_json
from turnover.work.doctor import Check, State, doctor

_MARKS: dict[State, tuple[str, str]] = {"ok": ("✓", "green"), "failed": ("✗", "red"), "skipped": ("–", "dim")}


def check_up(
    path: Annotated[Path, typer.Argument(help="A dataset: a folder or a .zip.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Load a dataset with everything installed that loads datasets, and say which trainers can use it."""
    checks = list(counted(doctor(path), total=None, doing="loading"))
    is_sound = not any(check.state == "failed" for check in checks)
    if json:
        print_json({"path": str(path), "ok": is_sound, "checks": [check.as_dict() for check in checks]})
    else:
        out().print(_table(checks))
    if not is_sound:
        raise typer.Exit(1)


def _table(checks: list[Check]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("")
    table.add_column("what")
    table.add_column("what came of it")
    for check in checks:
        mark, style = _MARKS[check.state]
        lines = [plain(check.sentence), *(plain(line, "dim") for line in check.detail)]
        table.add_row(Text(mark, style), plain(check.name), Text("\n").join(lines))
    return table
