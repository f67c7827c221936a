"""Stored ZIPs read in place: nothing is extracted."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from isal.isal_zlib import crc32

from turnover.core.entry import Stamp
from turnover.errors import ProbeError
from turnover.files.descriptors import bytes_at, open_to_read
from turnover.files.ingest import stamp_of
from turnover.files.packing.directory import BadArchiveError, Member, content_at, members

_NUMBERS = 4


class StoredZip:
    """The members of a ZIP, by name.

    Safe in threads, after a fork and, as it pickles, in spawned processes: bytes are read by position, and each
    process opens the file for itself.
    Raises ProbeError: `not_found`, `unreadable`, `bad_archive` where it is damaged, `source_changed` where another file
    has taken its place.
    """

    def __init__(self, path: Path) -> None:
        self._descriptors: dict[int, int] = {}
        self._path = Path(os.path.abspath(path))  # noqa: PTH100  # links are not resolved
        self._stamp: Stamp | None = None
        # Name → which member; four numbers each, as many small objects would take five times the memory.
        self._places: dict[str, int] = {}
        self._numbers = array("Q")
        with self._told():
            for member in members(self._descriptor()):
                self._places[member.name] = len(self._numbers) // _NUMBERS
                self._numbers.extend((member.header_at, member.size_bytes, member.crc32, member.is_stored))

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[str]:
        """The names, in the order of the archive."""
        return iter(self._places)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def size_of(self, name: str) -> int:
        """How many bytes a member has; KeyError where there is none of that name."""
        return self._member(name).size_bytes

    def place_of(self, name: str) -> tuple[int, int]:
        """Where in the file a member's bytes start, and how many there are; KeyError as above."""
        member = self._member(name)
        with self._told():
            if not member.is_stored:
                raise BadArchiveError(f"{name!r} is compressed, and cannot be read in place")
            return content_at(self._descriptor(), member), member.size_bytes

    def read(self, name: str) -> bytes:
        """All bytes of a member, compared with its CRC-32; KeyError as above."""
        start, size = self.place_of(name)
        with self._told():
            if start + size > os.fstat(self._descriptor()).st_size:
                raise BadArchiveError(f"{name!r} lies outside of the file")
            content = bytes_at(self._descriptor(), size, start)
            if crc32(content) != self._member(name).crc32:
                raise BadArchiveError(f"{name!r} has other bytes than the directory tells")
        return content

    def read_part(self, name: str, size_bytes: int, position: int) -> bytes:
        """Up to so many bytes from a position in a member, not compared; KeyError as above."""
        start, size = self.place_of(name)
        with self._told():
            return bytes_at(self._descriptor(), max(0, min(size_bytes, size - position)), start + position)

    def close(self) -> None:
        """Close the file in this process; it is opened again when it is needed."""
        descriptor = self._descriptors.pop(os.getpid(), None)
        if descriptor is not None:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_descriptors": {}}

    def _member(self, name: str) -> Member:
        at = self._places[name] * _NUMBERS
        header_at, size, crc, is_stored = self._numbers[at : at + _NUMBERS]
        return Member(name, size, size, crc, header_at, bool(is_stored))

    def _descriptor(self) -> int:
        """This process's own; one that came over a fork is left alone."""
        process = os.getpid()
        found = self._descriptors.get(process)
        if found is not None:
            return found
        opened = open_to_read(self._path)
        stamp = stamp_of(os.fstat(opened))
        self._stamp = self._stamp or stamp
        if stamp != self._stamp:
            os.close(opened)
            raise ProbeError(f"{self._path}: changed since it was opened", hint="open it anew", code="source_changed")
        kept = self._descriptors.setdefault(process, opened)
        if kept != opened:  # another thread was quicker
            os.close(opened)
        return kept

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors with the path of the archive."""
        try:
            yield
        except BadArchiveError as error:
            hint = "`turnover verify` tells more; take a whole copy"
            raise ProbeError(f"{self._path}: {error}", hint=hint, code="bad_archive") from error
        except FileNotFoundError as error:
            raise ProbeError(f"{self._path}: no such file", hint="check the spelling", code="not_found") from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise ProbeError(f"{self._path}: {reason}", hint="check the disk, and who may read it") from error
