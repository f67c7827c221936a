"""Samples that wait on the disk, so that memory does not grow with them."""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO

from turnover.datasets.sample import Sample


@dataclass(slots=True)
class Spool:
    """Samples in a file without a name, which vanishes by itself; of each only its place and id are in memory."""

    _file: IO[bytes] = field(default_factory=TemporaryFile)
    _places: array[int] = field(default_factory=lambda: array("Q"))
    _ids: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, sample: Sample) -> None:
        """Put a sample at the end."""
        self._places.append(self._file.seek(0, 2))
        self._ids.append(sample.id)
        # Only this process writes the file, and nobody else can open it: what is unpickled is our own.
        pickle.dump(sample, self._file, pickle.HIGHEST_PROTOCOL)

    def __iter__(self) -> Iterator[Sample]:
        """Every sample as it came."""
        return map(self._at, range(len(self)))

    def by_id(self) -> Iterator[Sample]:
        """Every sample by its id."""
        return map(self._at, sorted(range(len(self)), key=self._ids.__getitem__))

    def close(self) -> None:
        self._file.close()

    def _at(self, row: int) -> Sample:
        self._file.seek(self._places[row])
        sample = pickle.load(self._file)
        assert isinstance(sample, Sample)
        return sample
