"""The life of a worker process: take a task, call the function, say what came of it, until the parent is gone."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TypeAlias

from turnover.compute import messages
from turnover.compute.settling import settle

Report: TypeAlias = Callable[[float], None]
"""What a function calls to say how far it is, in units of its own; calls in quick succession are dropped."""

REPORT_SECONDS = 0.1
"""The shortest time between two reports that are sent."""


@dataclass(frozen=True, slots=True)
class Duties:
    """What a worker is told when it starts."""

    function: bytes
    """The pickled function of a task and a report."""
    name: str
    preload: tuple[str, ...]
    memory_limit_bytes: int | None


def serve(connection: Connection, duties: Duties) -> None:
    """The main function of a worker process."""
    settle(name=duties.name, preload=duties.preload, memory_limit_bytes=duties.memory_limit_bytes)
    try:
        while True:
            task = connection.recv_bytes()
            connection.send_bytes(messages.TAKEN)
            answer, is_sound = _answer(connection, duties.function, task)
            connection.send_bytes(answer)
            if not is_sound:
                return
    except (EOFError, OSError):
        return  # The parent is gone, or needs this process no more.


def _answer(connection: Connection, function: bytes, task: bytes) -> tuple[bytes, bool]:
    """The last message about a task, and whether this process is fit for another."""
    reporter = _Reporter(connection)
    try:
        value = pickle.loads(function)(pickle.loads(task), reporter)
    except BaseException as error:  # noqa: BLE001  # whatever a task raises, SystemExit too, is told and not passed on
        # Where memory ran out, other parts of the program may have lost something without saying so.
        return messages.failed(messages.failure_of(error)), not isinstance(error, MemoryError)
    finally:
        reporter.close()
    return messages.done(value), True


class _Reporter:
    """Sends how far a task is, and not too often; silent once the task is over."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._not_before = float("-inf")

    def __call__(self, amount: float) -> None:
        with self._lock:
            now = time.monotonic()
            if now >= self._not_before:
                self._not_before = now + REPORT_SECONDS
                self._connection.send_bytes(messages.progress(amount))

    def close(self) -> None:
        with self._lock:
            self._not_before = float("inf")
