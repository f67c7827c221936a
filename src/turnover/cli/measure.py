"""`turnover measure`: how good each clip is, frame by frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from turnover.cli.chosen import NamePatterns
from turnover.cli.measuring import measure_all, measuring
from turnover.cli.place import ledger, workers
from turnover.cli.screen import count_of, counted, listed, out, plain, print_failure, print_json
from turnover.core.clip import Clip, JsonValue
from turnover.core.measurement import Gate, Level
from turnover.errors import WriteError
from turnover.files.atomic import draft
from turnover.files.finding import find
from turnover.work.look import Failed, Looking, look, one_of_each
from turnover.work.making import checked_patterns
from turnover.work.measure import Measured, Measuring, measured
from turnover.work.measure_page import pages
from turnover.work.measure_page_values import ClipOnPage
from turnover.work.measure_report import measured_report
from turnover.work.measuring import filmstrip_of
from turnover.work.report import failure_report, relative_name

_MARKS: dict[Level, tuple[str, str]] = {"pass": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}
_BAR = 8


def measure(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders to walk.", show_default=False)],
    series: Annotated[
        bool, typer.Option("--series", help="In the JSON every number of every frame, and every face.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write one HTML page with pictures, curves and tags.")
    ] = None,
    name_pattern: NamePatterns = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Measure each clip frame by frame, once: quality, motion, flicker, faces, seams, and what fails."""
    found = list(find(paths, with_stills=False))
    how = Looking(ledger().is_own, forgives_values=True, name_patterns=checked_patterns(name_pattern or []))
    seen = list(one_of_each(counted(look(found, how, workers=workers()), total=len(found), doing="probing")))
    failures = [one for one in seen if isinstance(one, Failed)]
    clips = [one for one in seen if isinstance(one, Clip)]
    with measuring() as how_to_measure:
        failures += measure_all(clips, how_to_measure)
        gone = {one.path for one in failures}
        clips = [clip for clip in clips if clip.path not in gone]
        if report is not None:
            _write_report(report, clips, failures, how_to_measure)
        if json or series:
            results = measured(clips, how_to_measure)
            print_json([*_objects(results, with_series=series), *map(failure_report, failures)])
        else:
            failures += _show(measured(clips, how_to_measure), looked_at=len(found))
    for failed in failures:
        print_failure(str(failed.path), failed.error)
    if report is not None and not json:
        out().print(plain(f"Report: {report}"), soft_wrap=True)
    if failures:
        raise typer.Exit(1)


def _objects(results: Iterable[Measured | Failed], *, with_series: bool) -> Iterator[dict[str, JsonValue]]:
    for one in results:
        if isinstance(one, Measured):
            yield measured_report(one, with_series=with_series)
        else:
            yield failure_report(one)


def _write_report(target: Path, clips: Sequence[Clip], failures: Sequence[Failed], how: Measuring) -> None:
    def entries() -> Iterator[ClipOnPage | Failed]:
        yield from failures
        for one in counted(measured(clips, how), total=len(clips), doing="drawing"):
            if isinstance(one, Measured):
                yield ClipOnPage(one.clip, one.measurement, one.gates, filmstrip_of(one.clip), None)
            else:
                yield one

    ours = ledger()
    made = draft(target.absolute(), pages(entries(), roots={clip.root for clip in clips}))
    if target.exists() and not ours.is_own(target.absolute()):
        made.discard()
        raise WriteError(
            f"{target}: there is a file that this program did not write", hint="choose another name", code="exists"
        )
    made.publish()
    ours.record(target.absolute(), made.digest)


def _show(results: Iterable[Measured | Failed], *, looked_at: int) -> list[Failed]:
    """Print the table; what failed after all."""
    failures: list[Failed] = []
    rows: list[Measured] = []
    for one in results:
        if isinstance(one, Measured):
            rows.append(one)
        else:
            failures.append(one)
    console = out()
    if not looked_at:
        console.print("No clips here.")
    if rows:
        console.print(_table(rows))
        console.print(_summary(rows))
    return failures


def _table(rows: Sequence[Measured]) -> Table:
    roots = {one.clip.root for one in rows}
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("")
    table.add_column("clip", overflow="ellipsis", no_wrap=True, ratio=3)
    table.add_column("quality", no_wrap=True)
    for heading in ("motion", "faces", "flicker"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("what to look at", ratio=4)
    for one in rows:
        mark, style = _MARKS[_worst(one)]
        table.add_row(
            Text(mark, style),
            plain(relative_name(one.clip.path, roots)),
            _quality(one.clip.quality_score),
            _number(one, "motion_score"),
            _number(one, "face_confidence"),
            _number(one, "flicker"),
            _findings(one),
        )
    return table


def _worst(one: Measured) -> Level:
    if one.clip.failure_tags:
        return "fail"
    return "warn" if any(gate.level == "warn" for gate in one.gates) else "pass"


def _quality(score: float | None) -> Text:
    """A bar and the number; a dash where it is not known."""
    if score is None:
        return Text("–", "dim")
    full = round(score * _BAR)
    style = "green" if score >= 0.6 else "yellow" if score >= 0.4 else "red"
    return Text.assemble(("█" * full, style), ("░" * (_BAR - full), "dim"), f" {score:.2f}")


def _number(one: Measured, metric: str) -> Text:
    summary = one.measurement.summaries.get(metric)
    return Text("–", "dim") if summary is None else Text(f"{summary.mean:.2f}")


def _findings(one: Measured) -> Text:
    words = [Text.assemble((gate.tag, _MARKS[gate.level][1]), ": ", plain(gate.sentence)) for gate in _remarkable(one)]
    given = [tag for tag in one.clip.failure_tags if tag not in one.failure_tags]
    words += [Text.assemble(plain(tag, "red"), ": given") for tag in given]
    return Text("; ").join(words)


def _remarkable(one: Measured) -> list[Gate]:
    return [gate for level in ("fail", "warn") for gate in one.gates if gate.level == level]


def _summary(rows: Sequence[Measured]) -> str:
    worst = [_worst(one) for one in rows]
    words = {"fail": "fail", "warn": "to look at", "pass": "pass"}
    counts = [f"{worst.count(level)} {word}" for level, word in words.items() if level in worst]
    return f"\n{count_of(len(rows), 'clip')}: {listed(counts)}"
