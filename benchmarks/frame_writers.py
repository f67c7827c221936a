"""How each contender writes the per-frame input: name → a function that makes its own input and gives the writer."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv
from lxml import etree

from benchmarks.frame_input import DECIMALS, HEADER, Frames, csv_template, write_ours, xml_template

Write = Callable[[Path], object]
Prepare = Callable[[Frames], Write]
OURS = "turnover"


def _our_csv(given: Frames) -> Write:
    template = csv_template()
    return lambda path: write_ours(template, given.view, path)


def _our_xml(given: Frames) -> Write:
    template = xml_template()
    return lambda path: write_ours(template, given.view, path)


def _stdlib(given: Frames) -> Write:
    columns = list(given.columns.values())

    def write(path: Path) -> None:
        with path.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(HEADER)
            writer.writerows(zip(*columns, strict=True))

    return write


def _pyarrow(given: Frames) -> Write:
    table = pa.table(given.columns)
    return lambda path: pyarrow.csv.write_csv(table, str(path))


def _polars(given: Frames) -> Write:
    frame = pl.DataFrame(given.columns)
    return lambda path: frame.write_csv(path, float_precision=DECIMALS)


def _attributes(row: tuple[object, ...]) -> dict[str, str]:
    pairs = zip(HEADER, row, strict=True)
    return {n: str(v) if isinstance(v, int) else f"{v:.{DECIMALS}f}" for n, v in pairs if v is not None}


def _lxml(given: Frames) -> Write:
    columns = list(given.columns.values())

    def write(path: Path) -> None:
        with path.open("wb") as out, etree.xmlfile(out, encoding="UTF-8") as document, document.element("clip"):
            for row in zip(*columns, strict=True):
                document.write(etree.Element("f", _attributes(row)))

    return write


def _joined(given: Frames) -> Write:
    columns = list(given.columns.values())

    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8") as out:
            out.write("<clip>")
            for row in zip(*columns, strict=True):
                out.write("<f " + " ".join(f'{n}="{v}"' for n, v in _attributes(row).items()) + "/>")
            out.write("</clip>")

    return write


CSV: Mapping[str, Prepare] = {OURS: _our_csv, "csv (stdlib)": _stdlib, "pyarrow.csv": _pyarrow, "polars": _polars}
XML: Mapping[str, Prepare] = {OURS: _our_xml, "lxml xmlfile": _lxml, "joined f-strings": _joined}
KINDS: Mapping[str, Mapping[str, Prepare]] = {"csv": CSV, "xml": XML}
