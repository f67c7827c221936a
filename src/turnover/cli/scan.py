"""`turnover FOLDER`: the first look at a folder of clips."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from turnover.cli.chosen import NamePatterns
from turnover.cli.clip_table import clip_table, short
from turnover.cli.place import ledger, workers
from turnover.cli.screen import count_of, counted, listed, out, plain, print_failure, print_json
from turnover.core.clip import Clip, JsonValue
from turnover.files.finding import find
from turnover.work.look import Failed, Looking, duplicates, look, one_of_each
from turnover.work.making import checked_patterns
from turnover.work.report import clip_report, failure_report, relative_name


def scan(
    paths: Annotated[list[Path], typer.Argument(help="Folders or files to look at.", show_default=False)],
    name_pattern: NamePatterns = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Look at clips and write nothing: one line each, what is wrong, and what to do next."""
    found = list(find(paths, with_stills=False))
    patterns = checked_patterns(name_pattern or [])
    how = Looking(ledger().is_own, forgives_values=True, name_patterns=patterns)
    seen = list(one_of_each(counted(look(found, how, workers=workers()), total=len(found), doing="looking")))
    clips = [one for one in seen if isinstance(one, Clip)]
    failed = [one for one in seen if isinstance(one, Failed)]
    same = duplicates(clips)
    if json:
        print_json(_report(seen, same))
    elif clips:
        console = out()
        console.print(clip_table(clips, same, width=console.width))
    roots = {one.root for one in clips} or {Path.cwd()}
    for one in failed:
        print_failure(relative_name(one.path, roots), one.error)
    if not json:
        _print_end(clips, failed, same, paths)
    if failed:
        raise typer.Exit(1)


def _report(seen: Sequence[Clip | Failed], same: dict[Path, Path]) -> JsonValue:
    reports: list[JsonValue] = []
    for one in seen:
        if isinstance(one, Failed):
            reports.append(failure_report(one))
        else:
            original = same.get(one.path)
            reports.append({**clip_report(one), "duplicate_of": None if original is None else str(original)})
    return reports


def _print_end(clips: list[Clip], failed: list[Failed], same: dict[Path, Path], paths: list[Path]) -> None:
    console = out()
    if not clips and not failed:
        console.print("No clips here.")
        console.print("Video files are looked for by their suffix: mp4, mov, mkv, webm, gif, webp and the like.")
        return
    console.print(Text("\n") + _summary(clips, failed, same))
    if clips:
        console.print("\nNext:", style="dim")
        for command in _next_commands(paths):
            console.print(Text("  ") + plain(command, "cyan"), soft_wrap=True)


def _summary(clips: list[Clip], failed: list[Failed], same: dict[Path, Path]) -> Text:
    seconds = sum(float(clip.probe.video.duration_seconds or 0) for clip in clips)
    size = sum(clip.probe.size_bytes for clip in clips)
    parts = [count_of(len(clips), "clip"), f"{seconds:.0f} s", _bytes(size)]
    if failed:
        parts.append(f"{len(failed)} unreadable")
    line = Text(" · ".join(parts), style="bold")
    counts = Counter(short(warning.code) for clip in clips for warning in clip.probe.warnings)
    if same:
        counts["duplicate" if len(same) == 1 else "duplicates"] = len(same)
    if counts:
        line.append("\n").append(listed([f"{number} {name}" for name, number in counts.most_common()]), style="yellow")
    return line


def _bytes(size: int) -> str:
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("the loop returns")


def _next_commands(paths: list[Path]) -> list[str]:
    # A name that starts with a dash would be taken for an option.
    named = " ".join(shlex.quote(f"./{path}" if str(path).startswith("-") else str(path)) for path in paths)
    return [
        f"turnover probe {named}",
        f"turnover sidecar {named} --for resolve",
        f"turnover sidecar {named} -t nuke-script -t clip-json --out sidecars",
    ]
