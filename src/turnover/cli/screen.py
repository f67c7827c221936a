"""What people see: findings on stdout, progress and failures on stderr."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from turnover.core.clip import JsonValue
from turnover.errors import TurnoverError
from turnover.sidecars.text import clean, single_line

T = TypeVar("T")

PIPED_WIDTH = 200
"""Columns of a table that goes to a file or another program."""

# C1 controls, which some terminals obey as they obey ESC, and the marks that turn the direction of text around.
_UNSEEN_POWERS = re.compile("[\x80-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class _Console(Console):
    """A console whose reader may leave (`| head`): what is left of the work is done, and its exit status is true."""

    def on_broken_pipe(self) -> None:
        leave_unread(self.file)


def leave_unread(stream: IO[str]) -> None:
    """Send what is still written to a stream nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def out() -> Console:
    """The console of findings; wide when nobody looks and COLUMNS says nothing, so that one clip stays one line."""
    has_width = sys.stdout.isatty() or "COLUMNS" in os.environ
    return _Console(width=None if has_width else PIPED_WIDTH, highlight=False, soft_wrap=False)


def err() -> Console:
    """The console of failures and progress."""
    return _Console(stderr=True, highlight=False, soft_wrap=True)


def plain(text: str, style: str = "") -> Text:
    """Text from outside on one line: no control character reaches the terminal, nothing in it is markup."""
    return Text(_UNSEEN_POWERS.sub("\ufffd", single_line(text)), style=style)


def print_json(value: JsonValue) -> None:
    """One JSON document on stdout, as UTF-8."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)
    try:
        encoded = text.encode()
    except UnicodeEncodeError:  # A file name that is no UTF-8: escapes keep it exact.
        encoded = json.dumps(value, ensure_ascii=True, allow_nan=False, indent=2).encode()
    _write(encoded + b"\n")


def print_failure(name: str, error: TurnoverError) -> None:
    """A failure with its name, reason and next step, on stderr."""
    is_named = error.message.startswith((name, name.replace("\\", "/").rpartition("/")[2]))
    console = err()
    console.print(Text("✗ ", "red") + (Text() if is_named else plain(name, "bold") + Text(": ")) + plain(error.message))
    if error.hint:
        console.print(Text("  → ") + plain(error.hint), style="dim")


def print_warnings(warnings: Iterable[str]) -> None:
    """Sentences a person should read, on stderr, each once."""
    for sentence in dict.fromkeys(warnings):
        err().print(Text.assemble(("! ", "yellow"), plain(sentence)))


def print_bytes(content: bytes) -> None:
    """A document on stdout as it is; on a terminal as text without control characters."""
    if sys.stdout.isatty():
        encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        out().print(Text(_UNSEEN_POWERS.sub("\ufffd", clean(content.decode(encoding, "replace")))), soft_wrap=True)
    else:
        _write(content)


def _write(content: bytes) -> None:
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        leave_unread(sys.stdout)


def counted(things: Iterable[T], *, total: int | None, doing: str) -> Iterator[T]:
    """The things as they come, with a bar on stderr where a person is looking."""
    console = err()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Not the console's own word: it takes a pipe for a terminal where FORCE_COLOR is set.
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(doing, total=total)
        for thing in things:
            yield thing
            progress.advance(task)


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def count_of(number: int, thing: str) -> str:
    """`1 clip`, `2 clips`."""
    return f"{number} {thing}" + ("" if number == 1 else "s")
