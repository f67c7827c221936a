"""What already stands whole in a folder that is being built: a line a file, in their order, on the disk."""

from __future__ import annotations

import os
import re

from turnover.core.entry import Packed
from turnover.files.descriptors import CHUNK_BYTES, bytes_at, write_at

_LINE = re.compile(rb"([0-9a-f]{64}) ([0-9a-f]{8}) (\d{1,19}) ([0-9a-f]{64}|-) ([^\n]+)\n")


class Journal:
    """Read line by line as long as a run does the same as the one before it, then cut there and written on."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._at = 0
        self._read_to = 0
        self._waiting = b""
        self._is_cut = False

    def coming(self) -> tuple[Packed, str] | None:
        """The next line of the run before, and its mark; None where there is none, or what stands there is damaged."""
        if self._is_cut:
            return None
        if b"\n" not in self._waiting:
            piece = bytes_at(self._descriptor, CHUNK_BYTES, self._read_to)
            self._waiting += piece
            self._read_to += len(piece)
        match = _LINE.match(self._waiting)
        if match is None:
            return None
        try:
            name = match[5].decode()
        except UnicodeDecodeError:
            return None
        return Packed(name, int(match[3]), match[1].decode(), int(match[2], 16)), match[4].decode()

    def keep(self) -> None:
        """The line that was coming holds for this run too."""
        length = self._waiting.index(b"\n") + 1
        self._waiting = self._waiting[length:]
        self._at += length

    def cut(self) -> None:
        """Nothing that comes holds any more."""
        os.ftruncate(self._descriptor, self._at)
        self._is_cut = True

    def add(self, packed: Packed, mark: str) -> None:
        """A file stands whole. What was still coming is cut."""
        if not self._is_cut:
            self.cut()
        line = f"{packed.digest} {packed.crc32:08x} {packed.size_bytes} {mark} {packed.name}\n".encode()
        write_at(self._descriptor, line, self._at)
        self._at += len(line)
