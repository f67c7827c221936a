"""What is left of a program when it ends: no process, and no word that is not its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

pytestmark = pytest.mark.platform("linux")

MARK = "TURNOVER_TEST_RUN"

# A script as a user writes one: nothing guards it against being run again by a worker.
SCRIPT = """
import sys
from tests.unit.compute import jobs
from turnover.compute.local import run_each

print("begun", flush=True)
try:
    for outcome in run_each(jobs.act, sys.argv[1:], workers=3):
        print(outcome, flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
print("ended", flush=True)
"""


class Program:
    """The script, running in a process group of its own, and every process that comes of it."""

    def __init__(self, folder: Path, *tasks: str) -> None:
        script = folder / "script.py"
        script.write_text(SCRIPT)
        run = uuid.uuid4().hex
        self._mark = f"{MARK}={run}".encode()
        self.process = subprocess.Popen(
            [sys.executable, str(script), *tasks],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, MARK: run, "PYTHONPATH": str(REPOSITORY)},
            start_new_session=True,
            # A parent that runs in the background hands on an ignored SIGINT, and Python would keep it so.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )

    def read_until(self, line: str) -> None:
        assert self.process.stdout is not None
        while (read := self.process.stdout.readline()) != f"{line}\n":
            assert read, "the script ended"

    def alive(self) -> list[str]:
        """The names of its processes that still run, as the system knows them by their environment."""
        names = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if self._mark in (folder / "environ").read_bytes().split(b"\0"):
                    names.append((folder / "comm").read_text().strip())
            except OSError:
                continue  # It ended, or belongs to somebody else.
        return sorted(names)

    def comes_to(self, expected: list[str]) -> bool:
        """Whether these processes, and no others, run before long."""
        until = time.monotonic() + 10
        while self.alive() != expected and time.monotonic() < until:
            time.sleep(0.02)
        return self.alive() == expected


def test_parent_that_is_killed(tmp_path: Path) -> None:
    """Its workers end with it, idle or at work, also where C code lets no other thread run; so does the fork server."""
    program = Program(tmp_path, "say here", "hold 60", "sleep 60", "sleep 0")
    program.read_until("Done(task='sleep 0', value='0')")
    # The program itself, the fork server and the resource tracker.
    assert program.comes_to([*["python"] * 3, *["turnover worker"] * 3])
    time.sleep(0.2)  # so that all are at work
    program.process.kill()
    program.process.communicate()
    assert program.comes_to([])


@pytest.mark.parametrize("seconds", [0.1, 0.8])
def test_interrupt(tmp_path: Path, seconds: float) -> None:
    """Ctrl-C, whenever it comes, is heard by the program alone: no worker complains, and none is left."""
    program = Program(tmp_path, "say here", "hold 60", "sleep 60", "sleep 60")
    program.read_until("begun")
    time.sleep(seconds)
    os.killpg(program.process.pid, signal.SIGINT)
    out, err = program.process.communicate(timeout=30)
    assert (out.splitlines()[-2:], err, program.process.returncode) == (["interrupted", "ended"], "", 0)
    assert program.comes_to([])


def test_what_a_library_prints(tmp_path: Path) -> None:
    """It goes to stderr, for stdout belongs to the findings; and the script is run once, not again by each worker."""
    program = Program(tmp_path, "print from below")
    out, err = program.process.communicate(timeout=30)
    told = "Done(task='print from below', value='from below')"
    assert (out.splitlines(), err) == (["begun", told, "ended"], "from below\n")
    assert program.comes_to([])
