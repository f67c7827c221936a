"""The plan of a dataset as a person reads it."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from turnover.cli.screen import count_of, out, plain
from turnover.datasets.plan import Plan, Told

_MOST_ROWS = 12


def show_plan(plan: Plan) -> None:
    """Counts, what is left out and why, who can train on it."""
    console = out()
    shares = ", ".join(f"{split} {count}" for split, count in plan.counts.items())
    console.print(
        plain(f"{plan.name or 'dataset'} {plan.version}: {count_of(plan.total, 'sample')} ({shares})", "bold")
    )
    seconds = f"{plan.duration_seconds:,.1f} s, {plan.frame_count:,} frames, {plan.bytes:,} bytes"
    console.print(plain(seconds, "dim"))
    if any(cell.scene_type or cell.character for cell in plan.cells):
        console.print(_cells(plan))
    _show_told("left out", plan.excluded_count, plan.excluded)
    _show_told("to know", None, plan.warnings)
    for warning in plan.policy.get("warnings", []) if isinstance(plan.policy.get("warnings"), list) else []:  # type: ignore[union-attr]
        console.print(Text.assemble(("! ", "yellow"), plain(str(warning))), soft_wrap=True)
    if plan.readiness and plan.total:
        console.print(_readiness(plan))


def _cells(plan: Plan) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for heading in ("split", "scene type", "character"):
        table.add_column(heading)
    table.add_column("samples", justify="right")
    for cell in plan.cells[:_MOST_ROWS]:
        table.add_row(cell.split, plain(cell.scene_type or "–"), plain(cell.character or "–"), str(cell.count))
    rest = sum(cell.count for cell in plan.cells[_MOST_ROWS:]) + plan.cells_left_out
    if rest:
        table.add_row("…", "", "", str(rest))
    return table


def _show_told(title: str, total: int | None, told: tuple[Told, ...]) -> None:
    if not told:
        return
    console = out()
    heading = title if total is None else f"{title}: {count_of(total, 'clip')}"
    console.print(Text.assemble("\n", plain(heading, "bold")))
    for one in told:
        console.print(Text.assemble(f"{one.count:>5}  ", plain(one.code.replace("_", " "))))
        for example in one.examples[:2]:
            console.print(Text.assemble(" " * 7, plain(example, "dim")), soft_wrap=True)


def _readiness(plan: Plan) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("\ntrainer")
    table.add_column("\nready", justify="right")
    table.add_column("\nwhy not")
    for one in plan.readiness:
        style = "green" if one.ready == one.total else "yellow" if one.ready else "red"
        reasons = "; ".join(f"{reason} ({count})" for reason, count in list(one.reasons.items())[:3])
        table.add_row(plain(one.trainer), Text(f"{one.ready}/{one.total}", style), plain(reasons))
    return table
