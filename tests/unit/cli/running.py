"""Runs the command line, in this process or in one of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turnover.cli.main import main

PROGRAM = Path(sys.executable).with_name("turnover")


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its one JSON document."""
        return json.loads(self.out)


def turnover(*words: str | Path) -> Ended:
    """The command in this process; whatever it raises but an exit rises."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    status = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(word) for word in words])
        except SystemExit as leaving:
            status = int(leaving.code or 0)
    return Ended(status, *(_text(stream) for stream in (out, err)))


def process(*words: str | Path | bytes, environment: Mapping[str, str] | None = None, **options: Any) -> Ended:
    """The command in a process of its own, through the program that set-up installs."""
    done = subprocess.run(
        [str(PROGRAM), *(os.fsencode(word) for word in words)],
        capture_output=True,
        env={**os.environ, **(environment or {})},
        check=False,
        **options,
    )
    return Ended(done.returncode, done.stdout.decode(errors="surrogateescape"), done.stderr.decode(errors="replace"))


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode(errors="surrogateescape")
