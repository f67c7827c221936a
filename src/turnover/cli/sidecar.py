"""`turnover sidecar`: the files that hosts read, beside each clip or elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, cast

import typer

from turnover.cli.chosen import NamePatterns, templates_named, texts_set
from turnover.cli.measuring import with_numbers
from turnover.cli.place import FolderSettings, ledger, workers
from turnover.cli.screen import count_of, counted, err, out, plain, print_failure, print_json, print_warnings
from turnover.core.clip import Clip, JsonValue
from turnover.errors import UsageError
from turnover.files.finding import Found, find, stem_sharing
from turnover.settings import SETTINGS
from turnover.sidecars.builtin import HOSTS
from turnover.sidecars.template import Template
from turnover.sidecars.view import REDACTIONS, Redaction
from turnover.work.beside import REMARKS_ON_VALUES, entry_key, read_metadata
from turnover.work.look import Failed, Looking, look, one_of_each
from turnover.work.making import checked_patterns
from turnover.work.naming import Output, combined_outputs, sidecar_outputs
from turnover.work.report import failure_report
from turnover.work.sidecar import NotWritten, SidecarRun, Written, write_sidecars

SET_HELP = (
    "Set a value for this run, KEY=VALUE: " + ", ".join(setting.name for setting in SETTINGS) + "; or TEMPLATE.OPTION."
)


MOST_WARNINGS = 12
"""Sentences that a person reads; the JSON report has all."""


def sidecar(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders to walk.", show_default=False)],
    template: Annotated[
        list[str] | None, typer.Option("--template", "-t", help="A built-in's slug or a .json file; may be repeated.")
    ] = None,
    host: Annotated[
        list[str] | None, typer.Option("--for", help=f"What a host really reads: {', '.join(HOSTS)}.")
    ] = None,
    out_folder: Annotated[Path | None, typer.Option("--out", help="Write here instead of beside the clips.")] = None,
    combine: Annotated[
        bool, typer.Option("--combine", help="One file for all clips, where the format holds many.")
    ] = False,
    assignments: Annotated[list[str] | None, typer.Option("--set", help=SET_HELP)] = None,
    path_map: Annotated[
        list[str] | None, typer.Option("--path-map", help="Spell paths under FROM as if they were under TO: FROM=TO.")
    ] = None,
    relative: Annotated[bool, typer.Option("--relative", help="Spell paths relative to the sidecar.")] = False,
    redact: Annotated[
        list[str] | None, typer.Option("--redact", help=f"Leave out, by comma: {', '.join(REDACTIONS)}.")
    ] = None,
    metadata: Annotated[
        Path | None, typer.Option("--metadata", help="JSON file of values for many clips, by relative path.")
    ] = None,
    name_pattern: NamePatterns = None,
    no_measure: Annotated[
        bool, typer.Option("--no-measure", help="Take only the numbers that are given; measure nothing.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that this program did not write.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Write sidecars: one file for each clip and template, or one for all clips with --combine."""
    chosen = templates_named(template or [], host or [])
    if path_map and relative:
        raise UsageError("--path-map and --relative do not go together", hint="give one of them")
    settings = FolderSettings(texts_set(assignments or [], chosen))
    found = list(find(paths, with_stills=False))
    run = SidecarRun(
        ledger=ledger(),
        settings_of=settings.of,
        path_maps=_path_maps(path_map or []),
        is_relative=relative,
        redact=_redactions(redact or []),
        options_of=settings.options_of,
        overwrites=overwrite,
        title=_title(sorted({one.root for one in found if isinstance(one, Found)})),
    )
    values = {} if metadata is None else read_metadata(metadata)
    patterns = checked_patterns(name_pattern or [])
    how = Looking(run.ledger.is_own, values, counts="missing", name_patterns=patterns)
    seen = list(one_of_each(counted(look(found, how, workers=workers()), total=len(found), doing="probing")))
    if not no_measure and any(template.asks_quality for template in chosen):
        seen = with_numbers(seen)
    clips = [one for one in seen if isinstance(one, Clip)]
    absolute_out = None if out_folder is None else out_folder.absolute()
    outputs = _outputs(clips, chosen, absolute_out, combine=combine, title=run.title)
    results = list(counted(write_sidecars(outputs, run), total=len(outputs), doing="writing"))
    failures = [one for one in seen if isinstance(one, Failed)]
    print_warnings([*_remarks_on_values(clips), *_unused(values, clips, failures)])
    _show(results, failures, chosen, as_json=json, looked_at=len(found))
    if failures or any(isinstance(result, NotWritten) for result in results):
        raise typer.Exit(1)


def _outputs(
    clips: list[Clip], templates: Sequence[Template], folder: Path | None, *, combine: bool, title: str
) -> list[Output]:
    if not combine:
        return sidecar_outputs(clips, templates, out=folder, shares_stem=stem_sharing())
    return combined_outputs(clips, templates, out=folder, title=title) if clips else []


def _path_maps(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    pairs = [text.partition("=") for text in texts]
    wrong = [text for text, (old, _, new) in zip(texts, pairs, strict=True) if not old or not new]
    if wrong:
        raise UsageError(f"--path-map {', '.join(map(repr, wrong))}: expected FROM=TO", hint="/mnt/show=P:/show")
    return tuple((old, new) for old, _, new in pairs)


def _redactions(texts: Sequence[str]) -> tuple[Redaction, ...]:
    words = [word.strip() for text in texts for word in text.split(",")]
    unknown = [word for word in words if word not in REDACTIONS]
    if unknown:
        raise UsageError(f"--redact {', '.join(map(repr, unknown))}: there are {', '.join(REDACTIONS)}")
    return cast(tuple[Redaction, ...], tuple(words))


def _remarks_on_values(clips: Sequence[Clip]) -> list[str]:
    return [
        f"{clip.path}: {warning.message}"
        for clip in clips
        for warning in clip.probe.warnings
        if warning.code in REMARKS_ON_VALUES
    ]


def _unused(values: Mapping[str, JsonValue], clips: Sequence[Clip], failures: Sequence[Failed]) -> list[str]:
    unknown = sorted(values.keys() - {entry_key(clip, values) for clip in clips})
    unused = [key for key in unknown if not any(failed.path.as_posix().endswith(f"/{key}") for failed in failures)]
    named = ", ".join(unused[:5]) + (" …" if len(unused) > 5 else "")
    return [f"--metadata: no clip here is called {named}"] if unused else []


def _title(roots: Sequence[Path]) -> str:
    return (roots[0].name or "clips") if roots else "clips"


def _show(
    results: list[Written | NotWritten],
    failures: list[Failed],
    templates: list[Template],
    *,
    as_json: bool,
    looked_at: int,
) -> None:
    written = [result for result in results if isinstance(result, Written)]
    not_written = [result for result in results if isinstance(result, NotWritten)]
    if as_json:
        print_json(_report(written, not_written, failures))
    else:
        console = out()
        for result in written:
            console.print(plain(str(result.output.target)), soft_wrap=True)
        if not looked_at:
            err().print("No clips here: video files are looked for by their suffix.")
    for failure in failures:
        print_failure(str(failure.path), failure.error)
    for refused in not_written:
        print_failure(str(refused.output.target), refused.error)
    print_warnings(_grouped(written))
    if not as_json and written:
        _print_end(written, len(failures) + len(not_written), templates)


def _grouped(written: list[Written]) -> list[str]:
    """Warnings of all clips, those that differ only in the clip's name as one sentence; at most MOST_WARNINGS."""
    clips_of: dict[str, dict[str, None]] = {}
    for result in written:
        for sentence in result.warnings:
            name = next((c.name for c in result.output.clips if sentence.startswith(f"{c.name}: ")), "")
            clips_of.setdefault(sentence.removeprefix(f"{name}: "), {}).setdefault(name)
    sentences = []
    for sentence, names in clips_of.items():
        known = [name for name in names if name]
        more = f" and {len(known) - 3} more" if len(known) > 3 else ""
        sentences.append(f"{', '.join(known[:3])}{more}: {sentence}" if known else sentence)
    left_out = len(sentences) - MOST_WARNINGS
    return sentences if left_out <= 0 else [*sentences[:MOST_WARNINGS], f"{left_out} more; --json lists every one"]


def _print_end(written: list[Written], failed: int, templates: list[Template]) -> None:
    ending = f", {failed} failed" if failed else ""
    console = out()
    console.print(f"\n{count_of(len(written), 'sidecar')} written{ending}", style="bold")
    slugs = {result.output.template.slug for result in written}
    for template in templates:
        if template.slug in slugs and template.import_steps:
            console.print(plain(f"{template.slug}: {template.import_steps}", "dim"), soft_wrap=True)


def _report(written: list[Written], not_written: list[NotWritten], failures: list[Failed]) -> JsonValue:
    failed: list[JsonValue] = [failure_report(failure) for failure in failures]
    failed += [
        {"path": str(r.output.target), "template": r.output.template.slug,
         "clips": [str(clip.path) for clip in r.output.clips], "error": dict(r.error.as_dict())}
        for r in not_written
    ]  # fmt: skip
    return {
        "written": [
            {"path": str(r.output.target), "template": r.output.template.slug,
             "clips": [str(clip.path) for clip in r.output.clips], "size_bytes": r.size_bytes, "sha256": r.digest,
             "nulls": list(r.nulls), "warnings": list(r.warnings)}
            for r in written
        ],
        "failed": failed,
    }  # fmt: skip
