"""What a worker process does to itself before its first task."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import wait

SINGLE_THREAD = "turnover.compute.single_thread"
"""The module to import before all others; by name, because the parent must not import it."""

# linux/prctl.h
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


def settle(*, name: str, preload: Sequence[str], memory_limit_bytes: int | None) -> None:
    """Tie this process to its parent, keep it quiet, and load what its tasks need."""
    # Ctrl-C reaches every process of the terminal; the parent hears it and ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    if sys.platform == "linux":
        _prctl(_PR_SET_NAME, name.encode()[:15])
    _leave_stdout()
    _limit(memory_limit_bytes)
    _load((SINGLE_THREAD, *preload))
    _one_opencv_thread()


def _load(modules: Sequence[str]) -> None:
    """Import modules; that one is missing is told by the task that needs it."""
    for module in modules:
        with suppress(ImportError):
            importlib.import_module(module)


def _die_with_parent() -> None:
    """However the parent ends, this process ends with it, also in the middle of a task.

    A thread waits for that everywhere. On Linux the kernel does it too, since C code can keep all threads waiting.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel
    if sys.platform == "linux":
        _be_killed_when_closed(sentinel)
    threading.Thread(target=_exit_when_closed, args=(sentinel,), daemon=True, name="parent watch").start()


def _exit_when_closed(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


if sys.platform == "linux":

    def _be_killed_when_closed(sentinel: int) -> None:
        """The sentinel is a pipe whose other end the parent holds; the kernel signals its closing (fcntl(2), O_ASYNC).

        The death signal is a second line: it comes when the process that forked this one ends, the fork server.
        """
        import fcntl  # noqa: PLC0415  # not on Windows

        forked_by = os.getppid()
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(sentinel, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(sentinel, fcntl.F_SETFL, fcntl.fcntl(sentinel, fcntl.F_GETFL) | os.O_ASYNC)
        # Either may have ended a moment before it was asked for.
        if os.getppid() != forked_by or wait([sentinel], 0):
            os._exit(1)

    def _prctl(option: int, argument: int | bytes) -> None:
        import ctypes  # noqa: PLC0415  # only here

        ctypes.CDLL(None).prctl(option, argument, 0, 0, 0)


def _leave_stdout() -> None:
    """What a library prints goes to stderr: stdout belongs to the parent's findings."""
    with suppress(OSError):
        os.dup2(2, 1)


def _limit(memory_limit_bytes: int | None) -> None:
    """No core files, which a crash on a large picture makes large; and the bound on address space where it works."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  # not on Windows

        # A limit is refused where a tighter one holds already.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        if memory_limit_bytes is not None and sys.platform == "linux":
            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_AS, (memory_limit_bytes, memory_limit_bytes))


def _one_opencv_thread() -> None:
    with suppress(ImportError):
        import cv2  # noqa: PLC0415  # after the modules above

        cv2.setNumThreads(1)
