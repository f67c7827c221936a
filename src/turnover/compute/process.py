"""One worker process, as its parent sees it."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait
from types import ModuleType

from turnover.compute.outcomes import how_it_ended
from turnover.compute.settling import SINGLE_THREAD
from turnover.compute.worker import Duties, serve

END_SECONDS = 5.0
"""How long an end that was seen, or asked for, may take to be confirmed by the system."""

# Starting, and asking for the exit code, touch tables that multiprocessing keeps for the whole program without a lock.
_LOCK = threading.RLock()


class Process:
    """A running worker and the line to it."""

    def __init__(self, duties: Duties) -> None:
        """Start it. Raises OSError or EOFError when the system does not let it start."""
        if sys.platform == "linux":
            context = multiprocessing.get_context("forkserver")
        else:
            context = multiprocessing.get_context("spawn")
        self._line, its_end = context.Pipe()
        try:
            # Daemonic: should the parent leave without a word, multiprocessing ends it.
            process = context.Process(target=serve, args=(its_end, duties), name=duties.name, daemon=True)
            with _LOCK:
                _prepare((SINGLE_THREAD, serve.__module__, *duties.preload))
                with _interrupts_held(), _no_main_module():
                    process.start()
        except BaseException:
            self._line.close()
            raise
        finally:
            its_end.close()
        self._process = process
        self._sentinel = process.sentinel
        self.handles = (self._line, self._sentinel)
        """For `multiprocessing.connection.wait`: ready when it has said something, or has ended."""

    def send(self, message: bytes) -> bool:
        """Whether the message could be put on the line."""
        try:
            self._line.send_bytes(message)
        except OSError:
            return False
        return True

    def hear(self) -> tuple[list[bytes], bool]:
        """What it said since the last time, and whether that was all it will ever say."""
        # Asked first: what it said before it ended is on the line by then.
        is_over = bool(wait([self._sentinel], 0))
        said = []
        try:
            while self._line.poll():
                said.append(self._line.recv_bytes())
        except (EOFError, OSError):
            is_over = True
        return said, is_over

    def post_mortem(self) -> str:
        """How a process that says nothing more has ended, in words."""
        with _LOCK:
            self._process.join(END_SECONDS)
            exit_code = self._process.exitcode
        return "it does not answer" if exit_code is None else how_it_ended(exit_code)

    def kill(self) -> None:
        """End it now, and forget it."""
        with _LOCK:
            if self._process.is_alive():
                self._process.kill()
            self._process.join(END_SECONDS)
            with suppress(ValueError):  # it has still not ended
                self._process.close()
        self._line.close()


def _prepare(preload: Sequence[str]) -> None:
    """See that the fork server runs, with the modules loaded that its children are to find there.

    The first call of a program decides which, and with which environment; later workers import what is missing there.
    """
    if sys.platform == "linux":
        from multiprocessing import forkserver, resource_tracker  # noqa: PLC0415  # not on Windows

        # By itself the fork server would start it, and let interrupts through again afterwards.
        resource_tracker.ensure_running()
        with _interrupts_held(), _no_main_module():
            forkserver.set_forkserver_preload(list(preload))
            forkserver.ensure_running()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits until the end of the block; a process started in it never hears Ctrl-C."""
    if sys.platform == "win32":
        yield
    else:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _no_main_module() -> Iterator[None]:
    """A process started in the block does not run the program's main script again.

    Workers need nothing of it; it would take longer than the rest of the start, and would need a guard in every script.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
