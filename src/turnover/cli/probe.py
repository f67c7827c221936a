"""`turnover probe`: what each file is."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from turnover.cli.chosen import NamePatterns
from turnover.cli.place import data_folder, ledger, workers
from turnover.cli.screen import count_of, counted, err, out, plain, print_failure, print_json
from turnover.core.clip import Clip
from turnover.core.generation import ModelFile, inferred_colour, native_rate
from turnover.files.finding import find
from turnover.files.model_files import DigestCache
from turnover.files.model_files import Progress as Told
from turnover.work.look import Failed, Looking, look
from turnover.work.making import checked_patterns
from turnover.work.models import Models, with_model_files
from turnover.work.report import clip_report, failure_report


def probe(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders to walk.", show_default=False)],
    scan: Annotated[bool, typer.Option("--scan", help="Read every packet and count the frames.")] = False,
    models: Annotated[
        Path | None,
        typer.Option("--models", help="Folder of model files: names and hashes those that a clip was made with."),
    ] = None,
    name_pattern: NamePatterns = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Say exactly what each file is: picture, colour, timing, sound, tags, and what is wrong with it."""
    shelf = None if models is None else Models(models, DigestCache(data_folder()))
    found = list(find(paths, with_stills=True))
    patterns = checked_patterns(name_pattern or [])
    counts: Literal["always", "never"] = "always" if scan else "never"
    how = Looking(ledger().is_own, counts=counts, forgives_values=True, name_patterns=patterns)
    seen = list(counted(look(found, how, workers=workers()), total=len(found), doing="probing"))
    if shelf is not None:
        seen = _with_models(seen, shelf)
    if json:
        print_json([clip_report(one) if isinstance(one, Clip) else failure_report(one) for one in seen])
    for one in seen:
        if isinstance(one, Failed):
            print_failure(str(one.path), one.error)
        elif not json:
            out().print(_block(one), soft_wrap=True)
    if any(isinstance(one, Failed) for one in seen):
        raise typer.Exit(1)


def _with_models(seen: Sequence[Clip | Failed], models: Models) -> list[Clip | Failed]:
    with _hashing() as progress:
        models.progress = progress
        return [with_model_files(one, models) if isinstance(one, Clip) else one for one in seen]


@contextmanager
def _hashing() -> Iterator[Told]:
    """A bar on stderr, where a person is looking, for the model file that is being read."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err(), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("hashing", total=None, visible=False)

        def told(path: Path, done: int, size: int) -> None:
            name = escape(plain(path.name).plain)
            bar.update(task, description=f"hashing {name}", completed=done, total=size, visible=done < size)

        yield told


def _block(clip: Clip) -> Text:
    rows = [(name, words) for name, words in _rows(clip) if words]
    text = plain(str(clip.path), "bold")
    for name, words in rows:
        text.append("\n  ").append(f"{name:<10}", style="dim").append_text(plain(words))
    for warning in clip.probe.warnings:
        text.append("\n  ").append("! ", style="yellow").append_text(plain(warning.message))
    return text


def _rows(clip: Clip) -> list[tuple[str, str]]:
    probed, video = clip.probe, clip.probe.video
    rate = "varying rate" if video.is_variable_frame_rate else None
    if video.frame_rate is not None:
        rate = f"{video.frame_rate.decimal()} fps"
        rate += "" if video.frame_rate.denominator == 1 else f" ({video.frame_rate})"
    frames = None if video.frame_count is None else count_of(video.frame_count, "frame")
    seconds = None if video.duration_seconds is None else f"{float(video.duration_seconds):.2f} s"
    size = f"{video.width}x{video.height}"
    if video.display_size != (video.width, video.height):
        size += f", shown {video.display_size[0]}x{video.display_size[1]}"
    return [
        ("picture", _joined(size, rate, frames, seconds)),
        ("codec", _joined(video.codec, video.profile, video.pixel_format, video.bit_depth and f"{video.bit_depth} bit",
                          video.chroma, "alpha" if video.has_alpha else None, video.field_order)),
        ("colour", _joined(video.colour.name or "untagged", video.colour.range and f"{video.colour.range} range")),
        ("", _inferred(clip)),
        ("sound", "; ".join(
            _joined(a.codec, a.sample_rate and f"{a.sample_rate} Hz", a.channel_layout) for a in probed.audio)),
        ("timecode", _joined(probed.start_timecode_label, probed.reel and f"reel {probed.reel}")),
        ("container", _joined(probed.container, f"{probed.size_bytes:,} bytes")),
        ("made by", _made(clip)),
        ("drawn at", _native(clip)),
        ("prompt", (clip.generation.prompt or "") if clip.generation else ""),
        ("caption", clip.caption or ""),
        ("series", ", ".join(series.name for series in clip.series)),
    ]  # fmt: skip


def _made(clip: Clip) -> str:
    made = clip.generation
    if made is None:
        return ""
    loras = [
        (f"{x.name} {x.weight:g}" if x.weight is not None else x.name) + _hash(x.file)
        for x in made.loras
        if x.is_enabled
    ]
    seed = None if made.seed is None else f"seed {made.seed}"
    file = next((m.file for m in made.models if m.name == made.model), None)
    model = None if made.model is None else made.model + _hash(file)
    return _joined(made.tool, model, seed, f"LoRA {', '.join(loras)}" if loras else None)


def _hash(file: ModelFile | None) -> str:
    return "" if file is None else f" (sha256 {file.sha256[:12]}…)"


def _inferred(clip: Clip) -> str:
    found = inferred_colour(clip.generation, clip.probe.video)
    return "" if found is None else f"inferred {found.name}: {found.reason}"


def _native(clip: Clip) -> str:
    found = native_rate(clip.generation, clip.probe.video)
    return "" if found is None else f"{found.rate.decimal()} fps: {found.source}"


def _joined(*parts: str | int | None) -> str:
    return ", ".join(str(part) for part in parts if part)
