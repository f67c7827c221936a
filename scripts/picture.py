"""Draws docs/images/first-screen.svg from what `turnover FOLDER` prints about the demonstration's clips."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

REPOSITORY = Path(__file__).resolve().parent.parent
PICTURE = REPOSITORY / "docs" / "images" / "first-screen.svg"
WIDTH = 170

# Rich's own frame names a font at a host of its own; a picture in a repository asks nobody.
FRAME = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def main() -> int:
    clips = REPOSITORY / "demo" / "clips"
    if not clips.is_dir():
        sys.stderr.write("run `make demo` first: it makes the clips\n")
        return 2
    environment = {
        **os.environ,
        "FORCE_COLOR": "1",
        "COLUMNS": str(WIDTH),
        "PYTHONUNBUFFERED": "1",
        "TURNOVER_DATA": str(clips.parent / "data"),
    }
    command = [str(Path(sys.executable).with_name("turnover")), "demo/clips"]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        cwd=REPOSITORY,
        check=False,
    )
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    console.print(Text("$ turnover demo/clips"))
    console.print(Text.from_ansi(done.stdout.rstrip()))
    svg = console.export_svg(title="turnover", theme=MONOKAI, code_format=FRAME, unique_id="screen")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(re.sub(r"[ \t]+\n", "\n", svg), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
