"""Rows of cells (RFC 4180), over frames, clips or any collection of a clip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from turnover.core.clip import JsonValue
from turnover.core.series import Series
from turnover.sidecars.cells import CELL_KEYS, COLLECTIONS, Cell, cell_of, field_named, parse_cell
from turnover.sidecars.columns import Column, Part, constant, held, part_column, read_out, series_column
from turnover.sidecars.encoding import Findings
from turnover.sidecars.fields import series_field
from turnover.sidecars.item_fields import ITEMS
from turnover.sidecars.reading import Node
from turnover.sidecars.scope import Collection, Scope
from turnover.sidecars.values import MAX_DECIMALS, How
from turnover.sidecars.view import View

RowKind = Literal["clips"] | Collection
ROW_KINDS = ("clips", *COLLECTIONS)

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells become a line; the defaults are RFC 4180's."""

    delimiter: str = ","
    quoting: Literal["minimal", "all"] = "minimal"
    line_ending: Literal["crlf", "lf"] = "crlf"
    encoding: Literal["utf-8", "utf-8-sig", "utf-16"] = "utf-8"
    header: bool = True
    formula_guard: bool = False
    """Whether text that a spreadsheet would run as a formula gets an apostrophe in front."""

    @property
    def end(self) -> str:
        return "\r\n" if self.line_ending == "crlf" else "\n"

    @property
    def codec(self) -> str:
        return "utf-16-le" if self.encoding == "utf-16" else "utf-8"

    @property
    def mark(self) -> bytes:
        """The byte order mark that opens the file."""
        return {"utf-8": b"", "utf-8-sig": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe"}[self.encoding]

    def cell(self, text: str, *, is_text: bool = True) -> str:
        """One cell, quoted where it must be."""
        if is_text and self.formula_guard and text.startswith(_FORMULA_STARTS):
            text = "'" + text
        special = (self.delimiter, '"', "\r", "\n")
        if self.quoting == "minimal" and not any(c in text for c in special) and text == text.strip():
            return text
        return '"' + text.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class CsvColumn:
    """One column, or one for each series of the clip."""

    header: str
    cell: Cell
    each_series: bool = False
    fill: Literal["hold", "valid"] | None = None
    """`hold`: gaps repeat the number before them; `valid`: the column beside that says 1 where the number is known."""
    only_combined: bool = False
    """Whether it stands only in a file of several clips."""


@dataclass(frozen=True, slots=True)
class CsvBody:
    """A parsed body of `{"columns": …}`."""

    columns: tuple[CsvColumn, ...] = ()
    rows: RowKind = "clips"
    null: str = "null"
    dialect: Dialect = field(default_factory=Dialect)


class CsvEncoding:
    """Tables."""

    name = "csv"
    key = "columns"

    def parse(self, node: Node) -> CsvBody:
        members = node.members(("columns", "rows", "null", "dialect", "decimals"), required=("columns",))
        decimals = members["decimals"].whole(0, MAX_DECIMALS) if "decimals" in members else How().decimals
        column_nodes = members["columns"].items(least=1) if "columns" in members else []
        rows = _row_kind(members["rows"]) if "rows" in members else _natural_rows(column_nodes)
        inside: frozenset[Collection] = frozenset() if rows == "clips" else frozenset((rows,))
        return CsvBody(
            columns=tuple(_parse_column(column, inside, decimals) for column in column_nodes),
            rows=rows,
            null=members["null"].text() if "null" in members else "null",
            dialect=_parse_dialect(members["dialect"]) if "dialect" in members else Dialect(),
        )

    def holds_many(self, body: CsvBody) -> bool:
        return True

    def encode(self, body: CsvBody, views: Sequence[View], findings: Findings) -> Iterator[bytes]:
        dialect = body.dialect
        columns = _expanded(body, views, is_combined=len(views) > 1)
        yield dialect.mark
        if dialect.header:
            yield _line([dialect.cell(column.header) for column in columns], dialect)
        for position, view in enumerate(views, start=1):
            scope = Scope(view, position)
            if body.rows == "frames":
                yield from _frame_rows(body, columns, scope, view.frames(), findings)
            elif body.rows == "clips":
                yield _row(body, columns, scope, findings)
            else:
                for index, item in enumerate(ITEMS[body.rows](view)):
                    yield _row(body, columns, scope.inside(body.rows, index, item), findings)

    def schema(self) -> dict[str, JsonValue]:
        column: dict[str, JsonValue] = {
            "anyOf": [
                {"$ref": "#/$defs/field"},
                {
                    "type": "object",
                    "properties": {
                        "header": {"type": "string"},
                        "each": {"const": "series"},
                        "fill": {"const": "hold"},
                        "only_combined": {"type": "boolean"},
                        **{key: {"$ref": f"#/$defs/cell_object/properties/{key}"} for key in CELL_KEYS},
                    },
                    "additionalProperties": False,
                },
            ]
        }
        return {
            "type": "object",
            "properties": {
                "columns": {"type": "array", "minItems": 1, "items": column},
                "rows": {"enum": list(ROW_KINDS)},
                "null": {"type": "string"},
                "decimals": {"type": "integer", "minimum": 0, "maximum": MAX_DECIMALS},
                "dialect": {
                    "type": "object",
                    "properties": {
                        "delimiter": {"enum": [",", ";", "\t", "|"]},
                        "quoting": {"enum": ["minimal", "all"]},
                        "line_ending": {"enum": ["crlf", "lf"]},
                        "encoding": {"enum": ["utf-8", "utf-8-sig", "utf-16"]},
                        "header": {"type": "boolean"},
                        "formula_guard": {"type": "boolean"},
                    },
                    "additionalProperties": False,
                },
            },
            "required": ["columns"],
            "additionalProperties": False,
        }


def _row_kind(node: Node) -> RowKind:
    name = node.choice(ROW_KINDS)
    return next((kind for kind in COLLECTIONS if kind == name), "clips")


def _natural_rows(columns: Iterable[Node]) -> RowKind:
    """Frames where a column is per frame, else clips: what the specification's short form means."""
    for column in columns:
        value = column.value
        name = value.get("field") if isinstance(value, dict) else value
        if isinstance(value, dict) and "each" in value:
            return "frames"
        found = field_named(name) if isinstance(name, str) else None
        if found is not None and found.collection is not None:
            return found.collection
    return "clips"


def _parse_column(node: Node, inside: frozenset[Collection], decimals: int) -> CsvColumn:
    if isinstance(node.value, str):
        cell = parse_cell(node, inside)
        return CsvColumn(node.value, _with_decimals(cell, decimals))
    members = node.members(("header", "each", "fill", "only_combined", *CELL_KEYS))
    fill: Literal["hold"] | None = "hold" if "fill" in members and members["fill"].choice(("hold",)) else None
    only_combined = "only_combined" in members and members["only_combined"].boolean()
    own_decimals = members["decimals"].whole(0, MAX_DECIMALS) if "decimals" in members else decimals
    if "each" in members:
        members["each"].choice(("series",))
        for key in ("header", "field", "value", "join", "map", "encoder"):
            if key in members:
                members[key].wrong(f"{key!r} does not go with each: the columns are called like their series")
        if "frames" not in inside:
            node.wrong('each series needs "rows": "frames"')
        return CsvColumn("", Cell("series", how=How(decimals=own_decimals)), True, fill, only_combined)
    cell = cell_of(node, members, inside) if members else Cell("")
    if "decimals" not in members:
        cell = _with_decimals(cell, decimals)
    if fill and (cell.field is None or cell.field.type != "number" or "frames" not in inside):
        members["fill"].wrong("only a per-frame number can be held")
    header = members["header"].text() if "header" in members else cell.name
    return CsvColumn(header, cell, False, fill, only_combined)


def _with_decimals(cell: Cell, decimals: int) -> Cell:
    return replace(cell, how=replace(cell.how, decimals=decimals))


def _parse_dialect(node: Node) -> Dialect:
    members = node.members(("delimiter", "quoting", "line_ending", "encoding", "header", "formula_guard"))
    chosen: dict[str, object] = {}
    choices = {
        "delimiter": (",", ";", "\t", "|"),
        "quoting": ("minimal", "all"),
        "line_ending": ("crlf", "lf"),
        "encoding": ("utf-8", "utf-8-sig", "utf-16"),
    }
    for name, member in members.items():
        chosen[name] = member.choice(choices[name]) if name in choices else member.boolean()
    return Dialect(**chosen)  # type: ignore[arg-type]  # each choice is one of the literal's


def _expanded(body: CsvBody, views: Sequence[View], *, is_combined: bool) -> list[CsvColumn]:
    """The columns with `each: series` replaced by the series that the clips have."""
    columns: list[CsvColumn] = []
    for column in body.columns:
        if column.only_combined and not is_combined:
            continue
        if not column.each_series:
            columns.append(column)
        else:
            names = dict.fromkeys(s.name for v in views for s in v.clip.series if s.name != "pts_seconds")
            for name in names:
                cell = Cell(name, series_field(name), how=column.cell.how)
                columns.append(CsvColumn(name, cell, fill=column.fill))
    return [c for column in columns for c in _with_valid(column, views)]


def _with_valid(column: CsvColumn, views: Sequence[View]) -> list[CsvColumn]:
    """The column, with its `_valid` neighbour where gaps are held; nothing where a clip has no number to hold."""
    if column.fill is None:
        return [column]
    if any(series is None or series.is_empty for series in (_series(column, view) for view in views)):
        return []
    return [column, replace(column, header=f"{column.header}_valid", fill="valid")]


def _series(column: CsvColumn, view: View) -> Series | None:
    found = column.cell.field
    return None if found is None else view.clip.series_named(found.name.removeprefix("series."))


def _line(cells: Sequence[str], dialect: Dialect) -> bytes:
    return (dialect.delimiter.join(cells) + dialect.end).encode(dialect.codec)


def _row(body: CsvBody, columns: Sequence[CsvColumn], scope: Scope, findings: Findings) -> bytes:
    cells: list[str] = []
    for column in columns:
        text = column.cell.text(scope)
        if text is None:
            findings.null(column.header)
        is_text = column.cell.field is None or column.cell.field.type in ("text", "path", "list", "tree")
        cells.append(body.null if text is None else body.dialect.cell(text, is_text=is_text))
    return _line(cells, body.dialect)


def _frame_rows(
    body: CsvBody, columns: Sequence[CsvColumn], scope: Scope, frame_count: int, findings: Findings
) -> Iterator[bytes]:
    dialect = body.dialect
    pieces: list[Column] = []
    for index, column in enumerate(columns):
        before = dialect.delimiter.encode() if index else b""
        pieces.append(_frame_column(body, column, scope, frame_count, before))
        if _is_unknown_throughout(column, scope):
            findings.null(column.header)
    pieces.append(constant(dialect.end.encode()))
    for block in read_out(pieces, frame_count):
        yield block if dialect.codec == "utf-8" else block.decode("utf-8").encode(dialect.codec)


def _frame_column(body: CsvBody, column: CsvColumn, scope: Scope, frame_count: int, before: bytes) -> Column:
    field_of_cell = column.cell.field
    is_text = field_of_cell is None or field_of_cell.type in ("text", "path", "list", "tree")
    part = Part(
        column.cell,
        before,
        null=before + body.dialect.cell(body.null).encode(),
        escape=lambda text: body.dialect.cell(text, is_text=is_text).encode(),
    )
    series = _series(column, scope.view)
    if column.fill is None or series is None:
        return part_column(part, scope)
    filled, valid = held(series, frame_count)
    if column.fill == "valid":
        return series_column(valid, 0, part, null=before)
    return series_column(filled, column.cell.how.decimals, part, null=before)


def _is_unknown_throughout(column: CsvColumn, scope: Scope) -> bool:
    found = column.cell.field
    if found is None or found.collection != "frames" or found.type != "number":
        return False
    series = _series(column, scope.view)
    return series is None or series.is_empty


ENCODING = CsvEncoding()
