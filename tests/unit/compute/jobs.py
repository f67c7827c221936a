"""Functions that workers run in the tests: well behaved ones, and others."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from turnover.compute.worker import REPORT_SECONDS, Report
from turnover.errors import Mistake, TemplateError, TurnoverError


class HeldError(TurnoverError):
    """Holds what cannot be pickled."""

    def __init__(self, message: str, *, hint: str, code: str) -> None:
        super().__init__(message, hint=hint, code=code)
        self.lock = threading.Lock()


class MuteError(Exception):
    """Cannot even say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


def double(task: int, report: Report) -> int:
    return 2 * task


def same(task: object, report: Report) -> object:
    return task


def act(task: str, report: Report) -> object:
    """Does what the task says."""
    word, _, rest = task.partition(" ")
    return _ACTS[word](rest)


def count(task: int, report: Report) -> str:
    """Says how far it is, slowly enough to be heard each time."""
    for amount in range(task):
        report(amount)
        time.sleep(REPORT_SECONDS * 1.1)
    return "counted"


def chatter(task: int, report: Report) -> str:
    """Says how far it is without a pause."""
    for amount in range(task):
        report(amount)
    return "chattered"


def _segfault(rest: str) -> object:
    ctypes.string_at(0)
    return rest


def _signal(rest: str) -> object:
    os.kill(os.getpid(), signal.Signals[rest])
    time.sleep(60)
    return rest


def _exit(rest: str) -> object:
    os._exit(int(rest))


def _raise(rest: str) -> object:
    if rest == "own":
        raise TemplateError((Mistake("$.fields[0]", "no field 'nam'", "did you mean 'name'?"),), name="mine.json")
    if rest == "held":
        raise HeldError("held", hint="let go", code="held")
    if rest == "exit":
        sys.exit(3)
    if rest == "memory":
        raise MemoryError
    if rest == "mute":
        raise MuteError
    raise KeyError(rest)


def _hold(rest: str) -> object:
    """Sleeps with the interpreter's lock held, as C code may."""
    ctypes.PyDLL(None).sleep(int(rest))
    return rest


def _sleep(rest: str) -> object:
    time.sleep(float(rest))
    return rest


def _large(rest: str) -> object:
    return bytes(int(rest))


def _allocate(rest: str) -> object:
    return len(bytearray(int(rest)))


def _print(rest: str) -> object:
    print(rest, flush=True)  # noqa: T201  # what a library might do
    return rest


def _pid(rest: str) -> object:
    if rest:
        Path(rest).write_text(str(os.getpid()))
    return os.getpid()


class Unreadable:
    """Can be pickled, and then not be read."""

    def __reduce__(self) -> tuple[object, ...]:
        return int, ("no number",)


_ACTS: dict[str, Callable[[str], object]] = {
    "segfault": _segfault,
    "signal": _signal,
    "exit": _exit,
    "raise": _raise,
    "hold": _hold,
    "sleep": _sleep,
    "large": _large,
    "allocate": _allocate,
    "print": _print,
    "say": lambda rest: rest,
    "pid": _pid,
    "lock": lambda rest: threading.Lock(),
    "unreadable": lambda rest: Unreadable(),
}
