"""`turnover dataset`: a folder of clips becomes a training dataset."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from turnover.cli.measuring import measure_all, measuring
from turnover.cli.place import ledger, sources, workers
from turnover.cli.plan_table import show_plan
from turnover.cli.screen import counted, err, out, plain, print_failure, print_json, print_warnings
from turnover.core.clip import Clip, JsonValue
from turnover.datasets.plan import Plan, plan_report
from turnover.datasets.recipe import Recipe, recipe_from
from turnover.errors import UsageError
from turnover.files.finding import find
from turnover.files.packing.folder import Link
from turnover.files.packing.pack import PackResult
from turnover.frames.measure import metrics
from turnover.work.appending import appended
from turnover.work.assignment import read_assignment
from turnover.work.beside import read_json, read_metadata
from turnover.work.dataset import DatasetRun, planned, write_dataset
from turnover.work.delta import check_layout, whole_name, write_delta
from turnover.work.layouts import layout_named, layouts
from turnover.work.look import Failed, Looking, look, one_of_each
from turnover.work.previous import Previous, previous_version
from turnover.work.recipes import dataset_name

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]*")
LAYOUTS = ", ".join(layouts())


def dataset(
    source: Annotated[list[Path], typer.Argument(help="A folder of clips; several, or files.", show_default=False)],
    target: Annotated[Path, typer.Option("--out", help="The folder or .zip to write.", show_default=False)],
    layout: Annotated[str | None, typer.Option("--layout", help=f"One of {LAYOUTS}; zip where --out ends so.")] = None,
    recipe_file: Annotated[
        Path | None, typer.Option("--recipe", help="A recipe as JSON; options come over it.")
    ] = None,
    splits: Annotated[
        str | None, typer.Option("--splits", help="train=80,validation=10,test=10, or weights:train=2,test=1.")
    ] = None,
    assign: Annotated[Path | None, typer.Option("--assign", help="CSV or JSON of file and split.")] = None,
    min_quality: Annotated[float | None, typer.Option("--min-quality", help="Keep clips that score as much.")] = None,
    least: Annotated[list[str] | None, typer.Option("--min", help="Least of a metric: motion_score=0.1.")] = None,
    most: Annotated[list[str] | None, typer.Option("--max", help="Most of a metric: flicker=0.5.")] = None,
    scene_type: Annotated[list[str] | None, typer.Option("--scene-type", help="Only this; may be repeated.")] = None,
    character: Annotated[list[str] | None, typer.Option("--character", help="Only this; may be repeated.")] = None,
    caption: Annotated[str | None, typer.Option("--caption", help="Format: '{trigger}, {caption}'.")] = None,
    trigger: Annotated[str | None, typer.Option("--trigger", help="The word that calls what is trained.")] = None,
    link: Annotated[Link, typer.Option("--link", help="How files get into a folder: copy, hard, reflink.")] = "copy",
    reencode: Annotated[str | None, typer.Option("--reencode", help="never, auto or always.")] = None,
    frames: Annotated[bool, typer.Option("--frames", help="Pictures instead of videos: every 8th frame.")] = False,
    append: Annotated[
        Path | None, typer.Option("--append", help="The version before: its samples and their splits are kept.")
    ] = None,
    delta: Annotated[
        bool,
        typer.Option("--delta", help="With --append: write only what is new, to be unpacked over the version before."),
    ] = False,
    name: Annotated[str | None, typer.Option("--name", help="The dataset's name; else that of --out.")] = None,
    version: Annotated[str | None, typer.Option("--version", help="MAJOR.MINOR.PATCH; 1.0.0 at first.")] = None,
    metadata: Annotated[
        Path | None, typer.Option("--metadata", help="JSON file of values for many clips, by relative path.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a dataset that stands there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and write nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Package clips for training: filtered, captioned, split without leakage, loadable as it is."""
    previous = None if append is None else previous_version(append)
    if delta:
        _check_delta(previous, layout)
    options: dict[str, Any] = {
        "splits": splits, "min_quality": min_quality, "metrics": _bounds(least or [], most or []),
        "scene_types": scene_type, "characters": character, "caption": caption, "trigger": trigger,
        "reencode": reencode, "frames": {"every": 8} if frames else None, "name": name, "version": version,
        "assign_file": None if assign is None else str(assign),
    }  # fmt: skip
    recipe = _recipe(recipe_file, options, previous)
    arrangement = layout_named(layout or ("zip" if target.suffix.lower() == ".zip" else "tree"))
    found = list(find(source, with_stills=False))
    how = Looking(ledger().is_own, {} if metadata is None else read_metadata(metadata), forgives_values=True)
    seen = list(one_of_each(counted(look(found, how, workers=workers()), total=len(found), doing="probing")))
    clips = [one for one in seen if isinstance(one, Clip)]
    failures = [one for one in seen if isinstance(one, Failed)]
    with measuring() as how_to_measure, _workspace(target, is_dry=dry_run) as workspace:
        failures += measure_all(clips, how_to_measure)
        gone = {one.path for one in failures}
        run = DatasetRun(
            recipe=recipe,
            name=dataset_name(recipe, target),
            measuring=how_to_measure,
            workspace=workspace,
            assignment={}
            if recipe.assign_file is None
            else read_assignment(Path(recipe.assign_file), key=recipe.assign_key),
            ledger={} if previous is None else previous.ledger,
            parent=None if previous is None else previous.digest,
            earliest=_epoch(),
            called=_called(target),
            is_dry=dry_run,
        )
        written = None
        kept = [clip for clip in clips if clip.path not in gone]
        planning = (
            planned(kept, failures, run)
            if previous is None
            else appended(kept, failures, run, previous, reads_media=not (delta or dry_run))
        )
        with planning as made:
            if not dry_run and made.plan.total:
                with _packing_bar(made.plan.bytes) as progress:
                    if delta and previous is not None:
                        written = write_delta(
                            made.dataset, previous, target, sources=sources(), overwrites=overwrite, progress=progress
                        )
                    else:
                        written = write_dataset(
                            made.dataset, arrangement, target, link=link, overwrites=overwrite, progress=progress
                        )
            plan = made.plan
    next_step = "Check it: turnover verify {0}; turnover doctor {0}"
    if delta:
        next_step = "Apply it: unpack it over the version before; what removed.txt names is gone."
    _tell(plan, written, failures, as_json=json, is_dry=dry_run, next_step=next_step)


def _tell(
    plan: Plan,
    written: PackResult | None,
    failures: Sequence[Failed],
    *,
    as_json: bool,
    is_dry: bool,
    next_step: str,
) -> None:
    if as_json:
        report: dict[str, JsonValue] = {"plan": plan_report(plan), "written": None}
        if written is not None:
            report["written"] = {
                "path": str(written.path),
                "files": written.file_count,
                "bytes": written.size_bytes,
                "digest": written.digest,
            }
        print_json(report)
    else:
        show_plan(plan)
        if written is not None:
            out().print(
                plain(f"\n{written.path}: {written.file_count} files, {written.size_bytes:,} bytes"), soft_wrap=True
            )
            out().print(plain(next_step.format(written.path)), soft_wrap=True)
    for failed in failures:
        print_failure(str(failed.path), failed.error)
    if not plan.total:
        print_warnings(["No sample is left, so nothing is written."] if not is_dry else ["No sample is left."])
    if failures or not plan.total:
        raise typer.Exit(1)


def _recipe(file: Path | None, options: Mapping[str, Any], previous: Previous | None) -> Recipe:
    """The recipe of the file, with what the command says over it. Raises RecipeError with every mistake."""
    told: JsonValue = {} if file is None else read_json(file)
    if not isinstance(told, dict):
        raise UsageError(f"{file}: no JSON object", hint="`turnover templates schema recipe` shows what a recipe is")
    given = {name: value for name, value in options.items() if value not in (None, [], {})}
    merged: dict[str, Any] = {**told, **given}
    if previous is not None:
        merged.setdefault("version", previous.next_version)
        merged.setdefault("name", previous.name)
    return recipe_from(merged, metrics=[name for name, metric in metrics().items() if not metric.is_intermediate])


def _bounds(least: Sequence[str], most: Sequence[str]) -> dict[str, dict[str, float]]:
    bounds: dict[str, dict[str, float]] = {}
    for end, texts in (("min", least), ("max", most)):
        for text in texts:
            metric, _, number = text.partition("=")
            try:
                bounds.setdefault(metric, {})[end] = float(number)
            except ValueError as error:
                raise UsageError(f"--{end} {text!r}: expected METRIC=NUMBER", hint="--min motion_score=0.1") from error
    return bounds


def _check_delta(previous: Previous | None, layout: str | None) -> None:
    if previous is None:
        raise UsageError("--delta without --append", hint="name the version before with --append")
    check_layout(previous)
    if layout not in (None, previous.layout):
        raise UsageError(
            f"--layout {layout}: {previous.path} is of the layout {previous.layout}", hint="a delta keeps the layout"
        )


def _called(target: Path) -> str | None:
    """The target's name without `.delta` and `.zip`, where it can stand in the examples of the dataset's own page."""
    name = whole_name(target)
    return name if _PLAIN_NAME.fullmatch(name) else None


def _epoch() -> datetime | None:
    """`$SOURCE_DATE_EPOCH` (reproducible-builds.org): the date that everything gets."""
    text = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if not text:
        return None
    try:
        return datetime.fromtimestamp(int(text), tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is {text!r}", hint="seconds since 1970 as a whole number") from error


@contextmanager
def _workspace(target: Path, *, is_dry: bool) -> Iterator[Path]:
    """A folder for what is made on the way: beside the target, where there is room for it and a link can lead.

    A run that was killed leaves it, and the next run to the same target goes on from it.
    """
    absolute = target.absolute()
    folder = absolute.with_name(f".{absolute.name[:60]}.making")
    if is_dry:
        yield folder
        return
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _packing_bar(size_bytes: int) -> Iterator[Any]:
    columns = (TextColumn("writing"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err(), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("writing", total=size_bytes)
        yield lambda done: bar.update(task, completed=done)
