"""Parquet files of plain Arrow types, written row group by row group."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from turnover.core.entry import Cell, ColumnType, FileSource, TableSource
from turnover.files.packing.copying import load

BATCH_ROWS = 4096
"""So many rows at most are at hand as Python's objects."""
GROUP_BYTES = 64 << 20
"""What ends a group of rows: writer and readers hold one whole group in memory."""
EMBEDDING_ROWS = 16
"""What ends a group of a table with embedded files too."""

_FILE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
_TYPES: Mapping[ColumnType, Any] = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "number": pa.float64(),
    "whole": pa.int32(),
    "big_whole": pa.int64(),
    "flag": pa.bool_(),
    "loras": pa.list_(
        pa.struct(
            [("name", pa.string()), ("weight", pa.float64()), ("weight_clip", pa.float64()), ("sha256", pa.string())]
        )
    ),
    "bytes": _FILE,
    "pictures": pa.list_(_FILE),
}
_EMBEDDING = ("bytes", "pictures")
_FEATURE = re.compile(r"List\((\w+)\)|(\w+)")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}", re.ASCII)


def write_table(source: TableSource, sink: io.RawIOBase) -> None:
    """Write the table as Parquet. Raises as `copying.load` for an embedded file that is not what it was."""
    schema = _schema(source)
    is_embedding = any(kind in _EMBEDDING for kind in source.columns.values())
    leaves = [leaf for name in schema.names for leaf in _leaves(name, schema.field(name).type)]
    with pq.ParquetWriter(
        sink,
        schema,
        # Media are compressed already.
        compression={leaf: "none" if leaf.endswith(".bytes") else "zstd" for leaf in leaves},
        use_dictionary=[leaf for leaf in leaves if not leaf.endswith(".bytes")],
        write_page_index=True,
        # Where a page ends depends on what it holds: versions of a table have most pages in common.
        use_content_defined_chunking=not is_embedding,
    ) as writer:
        for group in _groups(source, schema, is_embedding=is_embedding):
            writer.write_table(group, row_group_size=max(group.num_rows, 1))


def _schema(source: TableSource) -> Any:
    if source.features is None:
        return pa.schema(_types(source))
    features = {name: _feature(text) for name, text in source.features.items()}
    told = json.dumps({"info": {"features": features}}, sort_keys=True)
    return pa.schema(_types(source), metadata={"huggingface": told})


def _leaves(name: str, kind: Any) -> Iterator[str]:
    """The columns that a column is stored as, by the names that Parquet gives them."""
    if pa.types.is_list(kind):
        yield from _leaves(f"{name}.list.element", kind.value_type)
    elif pa.types.is_struct(kind):
        for field in kind:
            yield from _leaves(f"{name}.{field.name}", field.type)
    else:
        yield name


def _feature(text: str) -> dict[str, object]:
    """A Hugging Face feature as its schema metadata has it.

    >>> _feature("Video"), _feature("List(Image)")
    ({'_type': 'Video'}, {'feature': {'_type': 'Image'}, '_type': 'List'})
    """
    match = _FEATURE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no feature")
    return {"feature": {"_type": match[1]}, "_type": "List"} if match[1] else {"_type": match[2]}


def _groups(source: TableSource, schema: Any, *, is_embedding: bool) -> Iterator[Any]:
    """The rows as tables of one group each; one empty table where there are no rows."""
    batches: list[Any] = []
    size = 0
    for rows in _batches(source, is_embedding=is_embedding):
        arrays = [pa.array([_value(row[name]) for row in rows], kind) for name, kind in _types(source)]
        batches.append(pa.record_batch(arrays, schema=schema))
        size += batches[-1].nbytes
        if is_embedding or size >= GROUP_BYTES:
            yield pa.Table.from_batches(batches, schema)
            batches, size = [], 0
    if batches:
        yield pa.Table.from_batches(batches, schema)


def _batches(source: TableSource, *, is_embedding: bool) -> Iterator[list[Mapping[str, Cell]]]:
    """The rows, some at a time; one empty batch where there are none."""
    most = EMBEDDING_ROWS if is_embedding else BATCH_ROWS
    batch: list[Mapping[str, Cell]] = []
    size, is_any = 0, False
    for row in source.rows():
        # A row that is too large for what is gathered starts a batch of its own.
        coming = sum(map(_size, row.values())) if is_embedding else 0
        if batch and (len(batch) == most or size + coming > GROUP_BYTES):
            yield batch
            batch, size, is_any = [], 0, True
        batch.append(row)
        size += coming
    if batch or not is_any:
        yield batch


def _types(source: TableSource) -> list[tuple[str, Any]]:
    return [(name, _TYPES[kind]) for name, kind in source.columns.items()]


def _size(cell: Cell) -> int:
    return sum(one.size_bytes for one in _files(cell))


def _files(cell: Cell) -> Iterable[FileSource]:
    if isinstance(cell, FileSource):
        return (cell,)
    return (one for one in cell if isinstance(one, FileSource)) if isinstance(cell, tuple) else ()


def _value(cell: Cell) -> object:
    if isinstance(cell, FileSource):
        return _embedded(cell)
    if isinstance(cell, tuple):
        return [_embedded(one) if isinstance(one, FileSource) else one for one in cell]
    return cell


def _embedded(source: FileSource) -> dict[str, object]:
    """Bytes and a name: as given, else opaque with the suffix by which readers know the kind."""
    content = bytearray(source.size_bytes)
    load(source, memoryview(content))
    suffix = _SUFFIX.fullmatch(source.path.suffix.lower())
    name = source.name or source.digest[:16] + (suffix[0] if suffix else "")
    return {"bytes": bytes(content), "path": name}
