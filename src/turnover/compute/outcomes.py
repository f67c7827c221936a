"""What became of a task."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeAlias, TypeVar

from turnover.errors import TurnoverError

Task = TypeVar("Task")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Done(Generic[Task, Value]):
    """The function returned."""

    task: Task
    value: Value


@dataclass(frozen=True, slots=True)
class Failed(Generic[Task]):
    """The function raised."""

    task: Task
    error: TurnoverError
    """Our own as it was raised; any other has the code `unexpected`, and its type and text as the message."""
    details: str = ""
    """The traceback of an error that is not our own, for a log; empty for our own."""


@dataclass(frozen=True, slots=True)
class Crashed(Generic[Task]):
    """The process ended while the function was at work on this task, and on no other."""

    task: Task
    how: str
    """In words, such as `it touched memory that is not its own (SIGSEGV)`."""

    @property
    def error(self) -> TurnoverError:
        """The crash as an error to report, code `crashed`."""
        hint = "a damaged file can do this to a decoder; the others are not touched by it"
        return TurnoverError(f"the process at work on it crashed: {self.how}", hint=hint, code="crashed")


@dataclass(frozen=True, slots=True)
class TimedOut(Generic[Task]):
    """The function neither returned nor told of progress in its time; its process was killed."""

    task: Task
    seconds: float
    """The time it had."""

    @property
    def error(self) -> TurnoverError:
        """The hang as an error to report, code `timed_out`."""
        hint = "allow more time, or leave it out"
        return TurnoverError(f"nothing was heard of it for {self.seconds:g} seconds", hint=hint, code="timed_out")


Outcome: TypeAlias = Done[Task, Value] | Failed[Task] | Crashed[Task] | TimedOut[Task]

TROUBLES: Mapping[str, str] = MappingProxyType(
    {
        "crashed": "The process that was at work on the file ended, and only it; the others are done.",
        "timed_out": "The decoder gave no picture for many minutes, and its process was ended.",
        "no_memory": "The file needs more memory than there is.",
        "unexpected": "A mistake of this program, told with its own words; the others are done.",
        "no_workers": "The system starts no process to work in.",
    }
)
"""Code → sentence of each error that the work on one file may end with, beside the file's own."""

_SIGNALS = {
    "SIGABRT": "it gave up by itself",
    "SIGBUS": "a part of a mapped file or of memory was gone",
    "SIGFPE": "it divided by zero",
    "SIGILL": "it met an instruction that this processor does not know",
    "SIGKILL": "it was killed from outside, most often because memory ran out",
    "SIGSEGV": "it touched memory that is not its own",
    "SIGTERM": "it was asked from outside to end",
}

# https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-erref/596a1078-e883-4972-9bbc-49e60bebca55
_WINDOWS = {
    0xC0000005: "it touched memory that is not its own",
    0xC000001D: "it met an instruction that this processor does not know",
    0xC0000094: "it divided by zero",
    0xC00000FD: "its stack was full",
    0xC0000409: "it gave up by itself",
}


def how_it_ended(exit_code: int) -> str:
    """The end of a process in words; a negative code is the number of the signal that ended it.

    >>> how_it_ended(3), how_it_ended(0xC0000005)
    ('it ended by itself with status 3', 'it touched memory that is not its own (0xc0000005)')
    """
    if exit_code < 0:
        return _signal_in_words(-exit_code)
    if exit_code in _WINDOWS:
        return f"{_WINDOWS[exit_code]} ({exit_code:#x})"
    return f"it ended by itself with status {exit_code}"


def _signal_in_words(number: int) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"a signal ended it (number {number})"
    return f"{_SIGNALS.get(name, 'a signal ended it')} ({name})"
