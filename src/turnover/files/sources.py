"""Files that were read once, remembered: a file that is still the same is not read again for its digest."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from turnover.core.entry import FileSource, Stamp
from turnover.files.ingest import read_once, stamp_of

_ENTRY = re.compile(rb"(\d+) (\d+) (\d+) (\d+) ([0-9a-f]{64}) (\d{1,10})", re.ASCII)


@dataclass(frozen=True, slots=True)
class SourceCache:
    """Digest and CRC of each file, computed once: one small entry a file in the folder of this program's data.

    An entry holds for one size, time of change and inode; what is lost or damaged costs one more reading. No lock is
    needed: each entry is replaced in one step.
    """

    folder: Path

    def source(self, path: Path) -> FileSource:
        """The file as a source of bytes; read now, unless it is the one that was read before.

        Raises ProbeError: `not_found`, `unreadable`, or `source_changed` where it changed while it was read.
        """
        known = self._known(path)
        if known is not None:
            return known
        source = read_once(path)
        if source.stamp is not None:
            self._write(source, source.stamp)
        return source

    def _known(self, path: Path) -> FileSource | None:
        try:
            now = stamp_of(path.stat())
            match = _ENTRY.fullmatch(self._entry(path).read_bytes()[:400])
        except (OSError, ValueError):
            return None
        if match is None or Stamp(*map(int, match.group(1, 2, 3, 4))) != now:
            return None
        return FileSource(path, now.size_bytes, match[5].decode(), int(match[6]), now)

    def _write(self, source: FileSource, stamp: Stamp) -> None:
        """A data folder that cannot be written is no failure."""
        entry = self._entry(source.path)
        words = (stamp.size_bytes, stamp.modified_ns, stamp.changed_ns, stamp.inode, source.digest, source.crc32)
        with suppress(OSError):
            entry.parent.mkdir(parents=True, exist_ok=True)
            temporary = entry.with_suffix(f".{os.getpid()}.part")
            temporary.write_text(" ".join(map(str, words)), encoding="ascii")
            temporary.replace(entry)

    def _entry(self, path: Path) -> Path:
        name = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()
        return self.folder / "sources" / name[:2] / name
