"""Clips as a table, one line each, that stays readable in a narrow window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.cells import cell_len
from rich.table import Table

from turnover.cli.screen import plain
from turnover.core.clip import Clip
from turnover.work.report import relative_name

# What a warning is called on a line of the table, where its code does not say it well.
_SHORT = {
    "untagged_colour": "untagged colour",
    "variable_frame_rate": "varying rate",
    "suffix_mismatch": "wrong suffix",
    "claimed_count_differs": "wrong frame count",
    "non_square_pixels": "non-square pixels",
    "several_video_streams": "several pictures",
    "bad_timecode": "impossible timecode",
    "bad_values": "unusable values beside it",
    "near_key": "misspelt key",
    "frames_beyond_end": "values past the end",
}
_GAP = 2


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    cell: Callable[[Clip], str]
    is_number: bool = False
    least: int | None = None
    """Characters that it may be cut to; None is never cut."""
    most: int | None = None
    style: str = ""


# In a window that cannot hold them all, columns go in this order.
_DISPENSABLE = ("codec", "LoRAs", "model", "tool", "seed", "prompt")


def short(code: str) -> str:
    """A warning's code in one to three words."""
    return _SHORT.get(code, code.replace("_", " "))


def clip_table(clips: Sequence[Clip], same: dict[Path, Path], *, width: int) -> Table:
    """The table for a window of that many characters; columns that no clip fills are left out."""
    columns = _columns(same, {clip.root for clip in clips})
    rows = [[column.cell(clip) for column in columns] for clip in clips]
    shown = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    content = [max([cell_len(c.heading), *(cell_len(row[i]) for row in rows)]) for i, c in enumerate(columns)]
    wanted = [min(wide, c.most or wide) for c, wide in zip(columns, content, strict=True)]
    least = [min(wide, c.least or wide) for c, wide in zip(columns, wanted, strict=True)]
    for heading in _DISPENSABLE:
        if sum(least[index] + _GAP for index in shown) <= width:
            break
        shown = [index for index in shown if columns[index].heading != heading]
    left = width - sum(least[index] + _GAP for index in shown)
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, _GAP, 0, 0))
    widths = dict(zip(shown, (least[index] for index in shown), strict=True))
    for index in reversed(shown):  # What is wrong with a clip comes last and is widened first.
        more = max(0, min(wanted[index] - least[index], left))
        widths[index] += more
        left -= more
    for index in shown:
        column = columns[index]
        justify: Literal["left", "right"] = "right" if column.is_number else "left"
        table.add_column(
            column.heading, justify=justify, no_wrap=True, overflow="ellipsis", width=widths[index], style=column.style
        )
    for row in rows:
        table.add_row(*(plain(row[index]) for index in shown))
    return table


def _columns(same: dict[Path, Path], roots: set[Path]) -> list[_Column]:
    return [
        _Column("clip", lambda c: relative_name(c.path, roots), least=24),
        _Column("size", lambda c: f"{c.probe.video.width}x{c.probe.video.height}", True),
        _Column("fps", _rate, True),
        _Column("frames", lambda c: "" if c.probe.video.frame_count is None else str(c.probe.video.frame_count), True),
        _Column("codec", lambda c: c.probe.video.codec),
        _Column("tool", lambda c: _made(c, "tool"), least=10, most=24),
        _Column("model", lambda c: _made(c, "model"), least=10, most=32),
        _Column("seed", lambda c: _made(c, "seed"), True),
        _Column("LoRAs", _loras, least=10, most=32),
        _Column("prompt", lambda c: _made(c, "prompt"), least=16, most=48),
        _Column("notes", lambda c: _notes(c, same, roots), least=16, style="yellow"),
    ]


def _made(clip: Clip, name: Literal["tool", "model", "seed", "prompt"]) -> str:
    found = None if clip.generation is None else getattr(clip.generation, name)
    return "" if found is None else str(found)


def _loras(clip: Clip) -> str:
    return "" if clip.generation is None else ", ".join(x.name for x in clip.generation.loras if x.is_enabled)


def _rate(clip: Clip) -> str:
    video = clip.probe.video
    if video.frame_rate is not None:
        return video.frame_rate.decimal()
    return "varies" if video.is_variable_frame_rate else ""


def _notes(clip: Clip, same: dict[Path, Path], roots: set[Path]) -> str:
    notes = [short(warning.code) for warning in clip.probe.warnings]
    if clip.path in same:
        notes.append(f"same as {relative_name(same[clip.path], roots)}")
    return ", ".join(dict.fromkeys(notes))
