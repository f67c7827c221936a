"""Where the media of a dataset lie: in a folder, in tars, in Parquet files; all are read in place, as `StoredZip` is.

Files are opened for each read, or by each process for itself, so that workers share no position in them, however they
were started. What comes from a dataset's rows is not trusted: a path that leads out of the dataset is refused.
"""

from __future__ import annotations

import os
import tarfile
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from turnover.errors import ProbeError
from turnover.files.descriptors import bytes_at, open_to_read
from turnover.files.packing.names import fault_of

_WHOLE = "take a whole copy; `turnover verify` tells more"


class Media(Protocol):
    """Gives the bytes of a file by its path in the dataset."""

    def read(self, name: str) -> bytes:
        """All of it; raises ProbeError, or KeyError where there is none of that name."""


class Folder:
    """Files below a folder."""

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.abspath(root))  # noqa: PTH100  # links are not resolved

    def __contains__(self, name: str) -> bool:
        return (self._root / name).is_file()

    def read(self, name: str) -> bytes:
        return _bytes(_path(self._root, name), None, 0)

    def read_part(self, name: str, size_bytes: int, position: int) -> bytes:
        """Up to so many bytes from a position."""
        return _bytes(_path(self._root, name), size_bytes, position)


class Tars:
    """Members of tars, by `<tar>/<member>`."""

    def __init__(self, root: Path, names: Iterable[str]) -> None:
        """names: of the tars."""
        self._folder = Folder(root)
        self._places: dict[str, int] = {}
        self._numbers = array("Q")
        for name in names:
            path = _path(root, name)
            with _told(path):
                self._index(path, name)

    def read(self, name: str) -> bytes:
        at = self._places[name]
        start, size = self._numbers[at : at + 2]
        content = self._folder.read_part(name.partition("/")[0], size, start)
        if len(content) != size:
            raise ProbeError(f"{name}: ends after {len(content)} of {size} bytes", hint=_WHOLE)
        return content

    def _index(self, path: Path, name: str) -> None:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                if member.isreg() and not member.issparse():
                    self._places[f"{name}/{member.name}"] = len(self._numbers)
                    self._numbers.extend((member.offset_data, member.size))
                tar.members = []  # type: ignore[attr-defined]  # else each is kept


class Tables:
    """Bytes in the rows of Parquet files, by `<file>/<sample id><suffix>`.

    Rows lie in groups of up to 16 clips, of which those before the one that is asked for are read too.
    """

    def __init__(self, root: Path, names: Iterable[str]) -> None:
        """names: of the files, from the root."""
        self._root = root
        self._places: dict[str, tuple[int, int]] = {}
        self._columns: dict[str, str] = {}
        for name in names:
            path = _path(root, name)
            with _told(path), pq.ParquetFile(path) as table:
                self._columns[name] = _column(table.schema_arrow)
                for group in range(table.num_row_groups):
                    ids = table.read_row_group(group, columns=["sample_id"], use_threads=False)["sample_id"]
                    for row, sample_id in enumerate(ids.to_pylist()):
                        self._places[f"{name}/{sample_id}"] = group, row

    def read(self, name: str) -> bytes:
        file = name.rpartition("/")[0]
        group, row = self._places[os.path.splitext(name)[0]]  # noqa: PTH122  # the name is no path of this system
        with (
            _told(self._root / file),
            # Neither threads nor reading ahead: a row comes before the whole group has been read.
            pq.ParquetFile(self._root / file, buffer_size=1 << 20, pre_buffer=False) as table,
        ):
            column = self._columns[file]
            batches = table.iter_batches(1, row_groups=[group], columns=[f"{column}.bytes"], use_threads=False)
            for place, batch in enumerate(batches):
                if place == row:
                    return _cell(batch.column(column)[0].as_py(), name)
        raise KeyError(name)


def _column(schema: Any) -> str:
    """The column that holds the media."""
    for name in ("video", "image"):
        if name in schema.names and pa.types.is_struct(schema.field(name).type):
            return name
    raise ValueError("has neither a column 'video' nor 'image'")


def _cell(cell: Any, name: str) -> bytes:
    content = cell.get("bytes") if isinstance(cell, dict) else None
    if not isinstance(content, bytes):
        raise ProbeError(f"{name}: its row holds no bytes", hint=_WHOLE)
    return content


def _path(root: Path, name: str) -> Path:
    """Where a name that a row tells lies; raises ProbeError where it leads out of the dataset."""
    fault = fault_of(name)
    if fault is not None:
        raise ProbeError(f"{root}: {name!r} cannot be in a dataset: {fault}", hint=_WHOLE)
    return root / name


def _bytes(path: Path, size_bytes: int | None, position: int) -> bytes:
    """So many bytes of a file, all of them for None."""
    with _told(path):
        descriptor = open_to_read(path)
        try:
            rest = max(0, os.fstat(descriptor).st_size - position)
            return bytes_at(descriptor, rest if size_bytes is None else min(rest, size_bytes), position)
        finally:
            os.close(descriptor)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Errors with the path of the file."""
    try:
        yield
    except FileNotFoundError as error:
        raise ProbeError(f"{path}: no such file", hint=_WHOLE, code="not_found") from error
    except (tarfile.TarError, pa.ArrowException, EOFError, ValueError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProbeError(f"{path}: {reason}", hint=_WHOLE) from error
