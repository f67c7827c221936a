"""The record of files this program wrote, so that it replaces its own and leaves everybody else's alone."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from turnover.files.atomic import file_digest


@dataclass(frozen=True, slots=True)
class Ledger:
    """One small file for each output, named by the output's path and holding the digest of what was written.

    No lock is needed: each entry is replaced in one step, and an entry that is lost only means asking before replacing.
    """

    folder: Path

    def record(self, path: Path, digest: str) -> None:
        """Remember that this program wrote these bytes there. A data folder that cannot be written is no failure."""
        entry = self._entry(path)
        with suppress(OSError):
            entry.parent.mkdir(parents=True, exist_ok=True)
            temporary = entry.with_suffix(f".{os.getpid()}.part")
            temporary.write_text(digest, encoding="ascii")
            temporary.replace(entry)

    def is_own(self, path: Path) -> bool:
        """Whether the file there is one this program wrote and nobody changed."""
        try:
            return self._entry(path).read_bytes() == file_digest(path).encode()
        except OSError:
            return False

    def _entry(self, path: Path) -> Path:
        # Links of folders lead to one place; a link in the file's own place is a file of its own.
        place = Path(os.path.realpath(path.parent), path.name)
        name = hashlib.sha256(os.fsencode(place)).hexdigest()
        return self.folder / "written" / name[:2] / name
