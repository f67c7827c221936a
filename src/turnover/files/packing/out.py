"""The growing end of an archive: small pieces are gathered into one write, large ones copied apart."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from turnover.core.entry import FileSource
from turnover.files.descriptors import CHUNK_BYTES, write_at
from turnover.files.packing.copying import copy, load
from turnover.files.packing.made import Made, Spool, copy_spool
from turnover.files.packing.watching import Watch

LARGE_BYTES = 256 << 10
"""From here on a content is copied apart from its neighbours."""

_THREADED_BYTES = 4 << 20
_WAITING = 4


class Out:
    """Writes from the start of an open file on.

    Sizes are known before the bytes are there, so that the next piece has its place while threads still copy this one.
    """

    def __init__(self, descriptor: int, *, watch: Watch, threads: int) -> None:
        self._descriptor = descriptor
        self._watch = watch
        self._buffer = memoryview(bytearray(CHUNK_BYTES))
        self._start = 0
        self._used = 0
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="turnover copy") if threads > 1 else None
        self._copies: deque[Future[None]] = deque()
        self._scratch = threading.local()

    def __enter__(self) -> Out:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watch.is_over = self._watch.is_over or error is not None
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def at(self) -> int:
        """Where the next byte goes."""
        return self._start + self._used

    def put(self, content: bytes | memoryview) -> None:
        """Append these bytes."""
        size = len(content)
        used = self._used
        if used + size <= CHUNK_BYTES:
            self._buffer[used : used + size] = content
            self._used = used + size
            return
        self._flush()
        if size > CHUNK_BYTES:
            write_at(self._descriptor, content, self._start)
            self._start += size
        else:
            self.put(content)

    def put_content(self, made: Made) -> None:
        """Append a content, every byte of it compared with what is known; raises as `copying.load`."""
        content, size = made.content, made.size_bytes
        if isinstance(content, bytes):
            self.put(content)
            self._watch.passed(size)
        elif isinstance(content, FileSource) and size < LARGE_BYTES:
            if self._used + size > CHUNK_BYTES:
                self._flush()
            used = self._used
            load(content, self._buffer[used : used + size])
            self._used = used + size
            self._watch.passed(size)
        else:
            self._flush()
            at, self._start = self._start, self._start + size
            if isinstance(content, Spool):
                copy_spool(content, self._descriptor, at, scratch=self._buffer, watch=self._watch)
            elif self._pool is not None and size >= _THREADED_BYTES:
                self._copy_later(self._pool, content, at)
            else:
                copy(content, self._descriptor, at, scratch=self._buffer, watch=self._watch)

    def finish(self) -> int:
        """Write what waits; how many bytes there are."""
        self._flush()
        while self._copies:
            self._copies.popleft().result()
        return self._start

    def _flush(self) -> None:
        write_at(self._descriptor, self._buffer[: self._used], self._start)
        self._start += self._used
        self._used = 0

    def _copy_later(self, pool: ThreadPoolExecutor, source: FileSource, at: int) -> None:
        if len(self._copies) >= _WAITING:
            self._copies.popleft().result()
        self._copies.append(pool.submit(self._copy, source, at))

    def _copy(self, source: FileSource, at: int) -> None:
        if not hasattr(self._scratch, "view"):
            self._scratch.view = memoryview(bytearray(CHUNK_BYTES))
        copy(source, self._descriptor, at, scratch=self._scratch.view, watch=self._watch)
