"""Writes sidecars for clips."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from turnover.core.clip import Clip
from turnover.errors import RefusedError, TurnoverError, UsageError, WriteError
from turnover.files.atomic import Draft, draft, file_digest
from turnover.files.ledger import Ledger
from turnover.settings import SidecarSettings
from turnover.sidecars.mapping import WriterBody
from turnover.sidecars.paths import PathRule
from turnover.sidecars.template import Template, render
from turnover.sidecars.view import Redaction, View, view_of
from turnover.work.naming import Output
from turnover.work.needed import Needs


@dataclass(frozen=True, slots=True)
class SidecarRun:
    """Everything a person asked of one run, but for the clips and templates."""

    ledger: Ledger
    settings_of: Callable[[Clip], SidecarSettings]
    """The settings for a clip: its folder's, and over them the command's."""
    path_maps: tuple[tuple[str, str], ...] = ()
    is_relative: bool = False
    """Whether paths are spelled relative to the sidecar's folder."""
    redact: tuple[Redaction, ...] = ()
    options_of: Callable[[Output], Mapping[str, str]] = lambda output: {}
    """Option → text for an output, over the template's own options."""
    overwrites: bool = False
    title: str = ""
    """Name of a combined file's content."""


@dataclass(frozen=True, slots=True)
class Written:
    """One sidecar that is there now."""

    output: Output
    size_bytes: int
    digest: str
    nulls: tuple[str, ...] = ()
    """Names of fields that came out as "not known"."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotWritten:
    """One sidecar that could not, or must not, be written."""

    output: Output
    error: TurnoverError


def write_sidecars(outputs: Sequence[Output], run: SidecarRun) -> Iterator[Written | NotWritten]:
    """Write each output, or say why not; one that fails leaves the others alone.

    Raises UsageError before anything is written, for settings and options that are wrong whatever the clip.
    """
    clips = {clip.path: clip for output in outputs for clip in output.clips}
    for clip in clips.values():
        run.settings_of(clip)
    for output in outputs:
        check_options(output.template, run.options_of(output))
    takers: dict[Path, list[str]] = {}
    for output in outputs:
        takers.setdefault(output.target, []).append(str(output.clips[0].path))
    needs = Needs()
    for output in outputs:
        try:
            _check_target(output.target, takers[output.target], clips.keys())
            yield from _written(output, run, needs)
        except TurnoverError as error:
            yield NotWritten(output, error)


def _written(output: Output, run: SidecarRun, needs: Needs) -> Iterator[Written | NotWritten]:
    """What comes of one output. Of a file of several clips, those that its format cannot describe are left out, named.

    Raises TurnoverError where nothing can be written at all.
    """
    try:
        yield _write(output, run, needs)
    except RefusedError:
        refusals = {clip.path: _refusal(clip, output, run, needs) for clip in output.clips}
        rest = tuple(clip for clip in output.clips if refusals[clip.path] is None)
        if not 0 < len(rest) < len(output.clips):
            raise
        for clip in output.clips:
            refusal = refusals[clip.path]
            if refusal is not None:
                yield NotWritten(replace(output, clips=(clip,)), refusal)
        yield _write(replace(output, clips=rest), run, needs)


def _refusal(clip: Clip, output: Output, run: SidecarRun, needs: Needs) -> RefusedError | None:
    """Why the format cannot describe this clip, which it says before its first piece; None where it can."""
    view = _view(needs.met(clip, output.template), output, run)
    try:
        next(iter(render(output.template, [view], options=run.options_of(output)).chunks), None)
    except RefusedError as error:
        return error
    return None


def check_options(template: Template, options: Mapping[str, str]) -> None:
    """Raise UsageError for an option that the template's writer does not have, or a value that it cannot have."""
    if isinstance(template.body, WriterBody):
        template.body.options_with(options)
    elif options:
        raise UsageError(f"{template.slug} has no option {next(iter(options))!r}", hint="only writers have options")


def _check_target(target: Path, takers: Sequence[str], clips: Collection[Path]) -> None:
    if len(takers) > 1:
        raise WriteError(
            f"{target}: {' and '.join(takers)} would take this name",
            hint="give one folder at a time, or another --out",
            code="name_taken",
        )
    if target in clips:
        raise WriteError(f"{target}: this is one of the clips", hint="give the template a suffix", code="is_a_clip")


def _write(output: Output, run: SidecarRun, needs: Needs) -> Written:
    views = [_view(needs.met(clip, output.template), output, run) for clip in output.clips]
    title = run.title if len(views) > 1 else ""
    rendering = render(output.template, views, title=title, options=run.options_of(output))
    made = draft(output.target, rendering.chunks)
    try:
        _settle(made, run)
    except WriteError:
        made.discard()
        raise
    made.publish()
    run.ledger.record(output.target, made.digest)
    findings = rendering.findings
    return Written(output, made.size_bytes, made.digest, tuple(findings.nulls), tuple(findings.warnings))


def _view(clip: Clip, output: Output, run: SidecarRun) -> View:
    rule = PathRule(run.path_maps, output.target.parent if run.is_relative else None)
    return view_of(clip, run.settings_of(clip), paths=rule, redact=run.redact)


def _settle(made: Draft, run: SidecarRun) -> None:
    """Raise WriteError when something stands there that is not ours to replace."""
    target = made.target
    if not os.path.lexists(target) or run.overwrites or run.ledger.is_own(target):
        return
    try:
        is_same = target.is_file() and file_digest(target) == made.digest
    except OSError:
        is_same = False
    if not is_same:
        raise WriteError(
            f"{target}: there is a file that this program did not write, or that was changed since",
            hint="--overwrite replaces it, --out writes elsewhere",
            code="exists",
        )


def preview(
    template: Template, clip: Clip, settings: SidecarSettings
) -> tuple[bytes, tuple[str, ...], tuple[str, ...]]:
    """What a template gives for a clip: content, names that came out as "not known", warnings.

    Raises RefusedError where the format cannot describe the clip, ProbeError where its file is gone.
    """
    rendering = render(template, [view_of(Needs().met(clip, template), settings)])
    content = rendering.content()
    return content, tuple(rendering.findings.nulls), tuple(rendering.findings.warnings)
