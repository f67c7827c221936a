"""How far a piece of work is, and whether it is still wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from turnover.errors import WriteError

Progress = Callable[[int], None]
"""Told the bytes done so far; by any thread, one at a time."""


class Stop(Protocol):
    """A wish to stop, as `threading.Event` is one."""

    def is_set(self) -> bool: ...


@dataclass(slots=True)
class Watch:
    """Counts bytes for whoever shows progress, and ends the work when it is told to."""

    progress: Progress | None = None
    stop: Stop | None = None
    done_bytes: int = 0
    is_over: bool = False
    """Set where one thread failed, so that the others end too."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def passed(self, size_bytes: int) -> None:
        """So many bytes more are done; raises WriteError `cancelled` where no more are wanted."""
        if self.is_over or (self.stop is not None and self.stop.is_set()):
            raise WriteError("stopped before it was complete", hint="run it again", code="cancelled")
        if self.progress is not None:
            with self._lock:
                self.done_bytes += size_bytes
                self.progress(self.done_bytes)
