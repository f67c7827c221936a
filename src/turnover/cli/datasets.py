"""What is done with datasets that stand on disk: verify, diff, config."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.text import Text

from turnover.cli.place import ledger
from turnover.cli.screen import count_of, err, out, plain, print_json
from turnover.core.clip import JsonValue
from turnover.errors import WriteError
from turnover.files.atomic import draft
from turnover.files.verifying import Finding, Verification
from turnover.work.configuring import configuration
from turnover.work.differences import differences, differences_report

_MOST_NAMED = 20


def verify(
    path: Annotated[Path, typer.Argument(help="A dataset: a folder or a .zip.", show_default=False)],
    quick: Annotated[
        bool, typer.Option("--quick", help="Members of a .zip by CRC-32 alone: as fast as reading.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Compare every byte of a dataset with its own lists; files that trainers put beside are no failure."""
    columns = (TextColumn("reading"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    findings: list[Finding] = []
    with Progress(*columns, console=err(), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("reading", total=None)
        seen = Verification(path, progress=lambda done: bar.update(task, completed=done), is_quick=quick)
        for finding in seen.findings():
            findings.append(finding)
            if not json and len(findings) <= _MOST_NAMED:
                mark = Text("✗ ", "red") if finding.is_failure else Text("+ ", "dim")
                out().print(mark + plain(f"{finding.kind}: {finding.sentence}"), soft_wrap=True)
    failures = [finding for finding in findings if finding.is_failure]
    if json:
        told: list[JsonValue] = [{"kind": one.kind, "name": one.name, "message": one.sentence} for one in findings]
        print_json(
            {
                "path": str(path),
                "ok": not failures,
                "files": seen.file_count,
                "bytes": seen.size_bytes,
                "findings": told,
            }
        )
    else:
        if len(findings) > _MOST_NAMED:
            out().print(f"… and {len(findings) - _MOST_NAMED} more")
        good = f"{count_of(seen.file_count, 'file')} as they should be, {seen.size_bytes:,} bytes"
        bad = f"; {len(failures)} not" if failures else ""
        out().print(plain(good + bad))
    if failures:
        raise typer.Exit(1)


def diff(
    before: Annotated[Path, typer.Argument(help="The earlier dataset.", show_default=False)],
    after: Annotated[Path, typer.Argument(help="The later one.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Say which samples one version has otherwise than another."""
    found = differences(before, after)
    report = differences_report(found)
    if json:
        print_json(report)
        return
    for name, ids in report.items():
        if isinstance(ids, list):
            shown = " ".join(map(str, ids[:5])) + (" …" if len(ids) > 5 else "")
            out().print(plain(f"{name.replace('_', ' '):<17}{len(ids):>7}  {shown}".rstrip()), soft_wrap=True)
    out().print(plain(f"{'same':<17}{found.same:>7}"))


def config(
    trainer: Annotated[str, typer.Argument(help="musubi-tuner, diffusion-pipe, ai-toolkit …", show_default=False)],
    dataset: Annotated[Path, typer.Argument(help="A dataset as a folder.", show_default=False)],
    root: Annotated[
        str | None, typer.Option("--root", help="Where the dataset lies on the machine that trains.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="One of the trainer's models.")] = None,
    out_folder: Annotated[Path | None, typer.Option("--out", help="Write the files here instead of stdout.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that stand there.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Write a trainer's configuration for a dataset, on this machine or another."""
    chosen, told, files = configuration(trainer, dataset, root=root, model=model)
    command = chosen.command.replace("{dataset}", told.root).replace("{config}", next(iter(files), ""))
    if out_folder is not None:
        for name, text in files.items():
            _write(out_folder / name, text, overwrites=overwrite)
    if json:
        document: dict[str, Any] = {"trainer": chosen.name, "files": dict(files), "command": command}
        print_json(document)
        return
    for name, text in files.items():
        if out_folder is not None:
            out().print(plain(str(out_folder / name)), soft_wrap=True)
        else:
            sys.stdout.write(f"# ---- {name}\n{text}\n" if len(files) > 1 else text)
    err().print(Text("Train:\n") + Text(command, "dim"), soft_wrap=True)


def _write(target: Path, text: str, *, overwrites: bool) -> None:
    ours = ledger()
    target = target.absolute()
    made = draft(target, [text.encode()])
    if target.exists() and not overwrites and not ours.is_own(target):
        made.discard()
        raise WriteError(
            f"{target}: there is a file that this program did not write, or that was changed since",
            hint="--overwrite replaces it",
            code="exists",
        )
    made.publish()
    ours.record(target, made.digest)
