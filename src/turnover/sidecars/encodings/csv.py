"""Rows of cells (RFC 4180), over frames, clips or any collection of a clip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from turnover.core.clip import JsonValue
from turnover.core.series import Series
from turnover.sidecars.cells import ANYWHERE, CELL_KEYS, CELL_KINDS, COLLECTIONS, Cell, cell_of, field_named, parse_cell
from turnover.sidecars.columns import (
    Column,
    Part,
    constant,
    held,
    is_unknown_throughout,
    part_column,
    read_out,
    series_column,
)
from turnover.sidecars.encoding import Findings
from turnover.sidecars.fields import series_field
from turnover.sidecars.item_fields import ITEMS
from turnover.sidecars.reading import Node
from turnover.sidecars.scope import Collection, Scope
from turnover.sidecars.text import clean
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

    def cell(self, text: str, *, is_text: bool = True, null: str = "") -> str:
        """One cell, quoted where it must be: empty text and text that reads like `null`, the token, as well."""
        if is_text:
            text = self.guarded(text)
        if self.quoting == "all" or (is_text and text in ("", null)) or text != text.strip():
            return f'"{within_quotes(text)}"'
        is_special = any(sign in text for sign in (self.delimiter, '"', "\r", "\n"))
        return f'"{within_quotes(text)}"' if is_special else text

    def guarded(self, text: str) -> str:
        return f"'{text}" if self.formula_guard and text.startswith(_FORMULA_STARTS) else text


def within_quotes(text: str) -> str:
    return text.replace('"', '""')


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

    def null_cell(self, column_count: int) -> str:
        """The token for "not known" as it stands in a row; a row of one cell is never an empty line."""
        return '""' if column_count == 1 and not self.null else self.dialect.cell(self.null, is_text=False)


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
        if "rows" in members and members["rows"].value != rows:
            inside = ANYWHERE
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
        if body.rows == "frames":
            for view in views:
                view.frames()
        columns = _expanded(body, views, findings)
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
        shared: dict[str, JsonValue] = {"fill": {"const": "hold"}, "only_combined": {"type": "boolean"}}
        one: dict[str, JsonValue] = {
            "type": "object",
            "properties": {
                "header": {"type": "string"},
                **shared,
                **{key: {"$ref": f"#/$defs/cell_object/properties/{key}"} for key in CELL_KEYS},
            },
            "oneOf": CELL_KINDS,
            "additionalProperties": False,
        }
        series: dict[str, JsonValue] = {
            "type": "object",
            "properties": {
                "each": {"const": "series"},
                "decimals": {"$ref": "#/$defs/cell_object/properties/decimals"},
                **shared,
            },
            "required": ["each"],
            "additionalProperties": False,
        }
        column: dict[str, JsonValue] = {"anyOf": [{"$ref": "#/$defs/field"}, one, series]}
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
        for key in ("header", *CELL_KEYS):
            if key in members and key != "decimals":
                members[key].wrong(f"{key!r} does not go with each: the columns are called like their series")
        if "frames" not in inside:
            node.wrong('each series needs "rows": "frames"')
        return CsvColumn("", Cell("series", how=How(decimals=own_decimals)), True, fill, only_combined)
    cell = cell_of(node, members, inside) if isinstance(node.value, dict) else Cell("")
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


def _expanded(body: CsvBody, views: Sequence[View], findings: Findings) -> list[CsvColumn]:
    """The columns with `each: series` replaced by the series that the clips have."""
    columns: list[CsvColumn] = []
    for column in body.columns:
        if column.only_combined and len(views) == 1:
            continue
        if not column.each_series:
            columns.append(column)
        else:
            names = dict.fromkeys(s.name for v in views for s in v.clip.series if s.name != "pts_seconds")
            for name in names:
                cell = Cell(name, series_field(name), how=column.cell.how)
                columns.append(CsvColumn(clean(name), cell, fill=column.fill))
    return [c for column in columns for c in _with_valid(column, views, findings)]


def _with_valid(column: CsvColumn, views: Sequence[View], findings: Findings) -> list[CsvColumn]:
    """The column, with its `_valid` neighbour where gaps are held; nothing where a clip has no number to hold."""
    if column.fill is None:
        return [column]
    if any(is_unknown_throughout(replace(column.cell, default=None), Scope(view)) for view in views):
        findings.null(column.header)
        return []
    return [column, replace(column, header=f"{column.header}_valid", fill="valid")]


def _series(column: CsvColumn, view: View) -> Series | None:
    found = column.cell.field
    return None if found is None else view.clip.series_named(found.name.removeprefix("series."))


def _line(cells: Sequence[str], dialect: Dialect) -> bytes:
    return (dialect.delimiter.join(cells) + dialect.end).encode(dialect.codec)


def _is_text(cell: Cell) -> bool:
    return cell.field is None or cell.field.type in ("text", "path", "list", "tree")


def _row(body: CsvBody, columns: Sequence[CsvColumn], scope: Scope, findings: Findings) -> bytes:
    cells: list[str] = []
    for column in columns:
        text = column.cell.text(scope)
        if text is None:
            findings.null(column.header)
            cells.append(body.null_cell(len(columns)))
        else:
            cells.append(body.dialect.cell(text, is_text=_is_text(column.cell), null=body.null))
    return _line(cells, body.dialect)


def _frame_rows(
    body: CsvBody, columns: Sequence[CsvColumn], scope: Scope, frame_count: int, findings: Findings
) -> Iterator[bytes]:
    dialect = body.dialect
    null = body.null_cell(len(columns)).encode()
    pieces: list[Column] = []
    for index, column in enumerate(columns):
        before = dialect.delimiter.encode() if index else b""
        pieces.append(_frame_column(column, scope, frame_count, _part(body, column.cell, before, null)))
        if is_unknown_throughout(column.cell, scope):
            findings.null(column.header)
    pieces.append(constant(dialect.end.encode()))
    for block in read_out(pieces, frame_count):
        yield block if dialect.codec == "utf-8" else block.decode("utf-8").encode(dialect.codec)


def _part(body: CsvBody, cell: Cell, before: bytes, null: bytes) -> Part:
    """The cell with its delimiter; quotes that are always there stand around it, others come from the dialect."""
    dialect, is_text = body.dialect, _is_text(cell)
    if dialect.quoting == "all":
        return Part(
            cell,
            before + b'"',
            b'"',
            before + null,
            lambda text: within_quotes(dialect.guarded(text) if is_text else text).encode(),
        )
    return Part(
        cell, before, b"", before + null, lambda text: dialect.cell(text, is_text=is_text, null=body.null).encode()
    )


def _frame_column(column: CsvColumn, scope: Scope, frame_count: int, part: Part) -> Column:
    series = _series(column, scope.view)
    if column.fill is None or series is None:
        return part_column(part, scope)
    filled, valid = held(series, frame_count)
    if column.fill == "valid":
        return series_column(valid, 0, part, null=b"")
    return series_column(filled, column.cell.how.decimals, part, null=b"")


ENCODING = CsvEncoding()
