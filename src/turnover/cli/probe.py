"""`turnover probe`: what each file is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.text import Text

from turnover.cli.chosen import NamePatterns
from turnover.cli.place import ledger, workers
from turnover.cli.screen import count_of, counted, out, plain, print_failure, print_json
from turnover.core.clip import Clip
from turnover.files.finding import find
from turnover.work.look import Failed, Looking, look
from turnover.work.making import checked_patterns
from turnover.work.report import clip_report, failure_report


def probe(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders to walk.", show_default=False)],
    scan: Annotated[bool, typer.Option("--scan", help="Read every packet and count the frames.")] = False,
    name_pattern: NamePatterns = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Say exactly what each file is: picture, colour, timing, sound, tags, and what is wrong with it."""
    found = list(find(paths, with_stills=True))
    patterns = checked_patterns(name_pattern or [])
    counts: Literal["always", "never"] = "always" if scan else "never"
    how = Looking(ledger().is_own, counts=counts, forgives_values=True, name_patterns=patterns)
    seen = list(counted(look(found, how, workers=workers()), total=len(found), doing="probing"))
    if json:
        print_json([clip_report(one) if isinstance(one, Clip) else failure_report(one) for one in seen])
    for one in seen:
        if isinstance(one, Failed):
            print_failure(str(one.path), one.error)
        elif not json:
            out().print(_block(one), soft_wrap=True)
    if any(isinstance(one, Failed) for one in seen):
        raise typer.Exit(1)


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
        ("sound", "; ".join(
            _joined(a.codec, a.sample_rate and f"{a.sample_rate} Hz", a.channel_layout) for a in probed.audio)),
        ("timecode", _joined(probed.start_timecode_label, probed.reel and f"reel {probed.reel}")),
        ("container", _joined(probed.container, f"{probed.size_bytes:,} bytes")),
        ("made by", _made(clip)),
        ("prompt", (clip.generation.prompt or "") if clip.generation else ""),
        ("caption", clip.caption or ""),
        ("series", ", ".join(series.name for series in clip.series)),
    ]  # fmt: skip


def _made(clip: Clip) -> str:
    made = clip.generation
    if made is None:
        return ""
    loras = [f"{x.name} {x.weight:g}" if x.weight is not None else x.name for x in made.loras if x.is_enabled]
    seed = None if made.seed is None else f"seed {made.seed}"
    return _joined(made.tool, made.model, seed, f"LoRA {', '.join(loras)}" if loras else None)


def _joined(*parts: str | int | None) -> str:
    return ", ".join(str(part) for part in parts if part)
