"""Per-frame CSV and XML: time to a file in the page cache."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path

from lxml import etree

from benchmarks.frame_input import HEADER, Frames, frames
from benchmarks.frame_writers import KINDS, OURS
from benchmarks.measuring import Contender, Table, compared

Cells = tuple[float | None, ...]


def tables(*, is_quick: bool) -> Iterator[Table]:
    for count, rounds in ((2_000, 2),) if is_quick else ((100_000, 9), (1_000_000, 3)):
        given = frames(count)
        for kind in KINDS:
            with tempfile.TemporaryDirectory() as folder:
                yield _table(kind, given, Path(folder), rounds)


def _table(kind: str, given: Frames, folder: Path, rounds: int) -> Table:
    writers = {name: prepare(given) for name, prepare in KINDS[kind].items()}
    for name, write in writers.items():
        path = folder / "checked"
        write(path)
        _check(name, kind, path, given)
    writers[OURS](folder / "ours")
    same = (folder / "ours").read_bytes()
    runs = [Contender(n, partial(w, folder / str(i))) for i, (n, w) in enumerate(writers.items())]
    floor = Contender("write the same bytes", lambda: (folder / "floor").write_bytes(same))
    rows = compared(runs[0], [*runs[1:], floor], rounds=rounds)
    return Table(f"{given.count:,} frames, {kind.upper()}, {len(same) / 1e6:.1f} MB", "seconds", rows)


def _check(name: str, kind: str, path: Path, given: Frames) -> None:
    """Raise ValueError where a file does not hold the input's values."""
    found = _csv_rows(path) if kind == "csv" else _xml_rows(path)
    wanted = zip(*given.columns.values(), strict=True)
    for frame, (row, expected) in enumerate(zip_longest(found, wanted)):
        if row != expected:
            raise ValueError(f"{name}, {kind}, frame {frame}: {row} instead of {expected}")


def _csv_rows(path: Path) -> Iterator[Cells]:
    with path.open(newline="", encoding="utf-8") as source:
        reader = csv.reader(source)
        if tuple(next(reader)) != HEADER:
            raise ValueError(f"{path.name}: another header")
        for row in reader:
            yield tuple(float(cell) if cell else None for cell in row)


def _xml_rows(path: Path) -> Iterator[Cells]:
    for _, element in etree.iterparse(str(path), tag="f"):
        yield tuple(float(element.attrib[name]) if name in element.attrib else None for name in HEADER)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
