"""Parquet files from rows."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.files.packing.entries import noise, source
from turnover.core.entry import Cell, ColumnType, FileSource, TableSource
from turnover.errors import WriteError
from turnover.files.packing import tables
from turnover.files.packing.making import Sink
from turnover.files.packing.tables import write_table
from turnover.files.packing.watching import Watch

COLUMNS: Mapping[str, ColumnType] = {
    "sample_id": "text",
    "tags": "texts",
    "quality": "number",
    "frames": "whole",
    "bytes": "big_whole",
    "has_sound": "flag",
    "loras": "loras",
}
LORA = {"name": "detail", "weight": 0.8, "weight_clip": None, "sha256": None}
ROWS: list[Mapping[str, Cell]] = [
    {"sample_id": "v0", "tags": ("a", "b"), "quality": 1.0, "frames": 49, "bytes": 1 << 40, "has_sound": True,
     "loras": (LORA,)},
    {"sample_id": "NA", "tags": (), "quality": 0.5, "frames": -1, "bytes": 0, "has_sound": False, "loras": ()},
    dict.fromkeys(COLUMNS),
]  # fmt: skip


def _bytes(table: TableSource) -> bytes:
    file = io.BytesIO()
    write_table(table, Sink(file, Watch()))
    return file.getvalue()


def test_every_type() -> None:
    """What goes in comes out, typed as the columns say; unknown stays null; no reader finds a stranger's mark."""
    file = pq.ParquetFile(io.BytesIO(_bytes(TableSource(COLUMNS, lambda: ROWS))))
    expected = [{k: list(v) if isinstance(v, tuple) else v for k, v in row.items()} for row in ROWS]
    assert expected == file.read().to_pylist()
    kinds = {field.name: str(field.type) for field in file.schema_arrow}
    lora = "list<element: struct<name: string, weight: double, weight_clip: double, sha256: string>>"
    assert kinds == {
        "sample_id": "string", "tags": "list<element: string>", "quality": "double", "frames": "int32",
        "bytes": "int64", "has_sound": "bool", "loras": lora,
    }  # fmt: skip
    assert not file.schema_arrow.metadata


def test_all_null_and_no_rows() -> None:
    """Types do not depend on what stands in the rows."""
    sources = [TableSource(COLUMNS, partial(iter, rows)) for rows in ([], ROWS[2:], ROWS)]
    schemas = [pq.read_schema(io.BytesIO(_bytes(table))) for table in sources]
    assert schemas[0] == schemas[1] == schemas[2]


def test_how_it_is_stored() -> None:
    """Zstandard and a page index in every column; the same rows give the same bytes."""
    content = _bytes(TableSource(COLUMNS, lambda: ROWS))
    assert content == _bytes(TableSource(COLUMNS, lambda: iter(ROWS)))
    group = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    assert {("ZSTD", True)} == {(one.compression, one.has_offset_index) for one in columns}


def test_versions_have_pages_in_common() -> None:
    """One row more near the start leaves most of a plain table's bytes as they were."""
    captions = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(60_000)]

    def stored(rows: list[str]) -> bytes:
        return _bytes(TableSource({"caption": "text"}, lambda: ({"caption": text} for text in rows)))

    before, after = stored(captions), stored([*captions[:5], "one more", *captions[5:]])
    blocks = [before[at : at + 64] for at in range(0, len(before) - 64, len(before) // 100)]
    assert sum(block in after for block in blocks) > 60


def test_groups_of_a_plain_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain table has one group, unless it grows too large to be held."""
    rows = [{"caption": f"a fox, {n}"} for n in range(10_000)]
    table = TableSource({"caption": "text"}, lambda: rows)
    assert pq.ParquetFile(io.BytesIO(_bytes(table))).num_row_groups == 1
    monkeypatch.setattr(tables, "GROUP_BYTES", 60_000)
    file = pq.ParquetFile(io.BytesIO(_bytes(table)))
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [4096, 4096, 1808]
    assert rows == file.read().to_pylist()


def test_embedded_file_with_a_name(tmp_path: Path) -> None:
    """A name that is given for it stands in the table."""
    clip = replace(_clips(tmp_path, 1)[0], name="v0.mp4")
    content = _bytes(TableSource({"video": "bytes"}, lambda: [{"video": clip}]))
    assert pq.read_table(io.BytesIO(content)).to_pylist() == [{"video": {"bytes": noise(1000, 0), "path": "v0.mp4"}}]


def _clips(folder: Path, count: int, size: int = 1000) -> list[FileSource]:
    return [source(folder / f"Secret Name {n}.MP4", noise(size, n)) for n in range(count)]


def test_embedded_files(tmp_path: Path) -> None:
    """Bytes travel uncompressed in groups of few rows, under names that tell nothing but their kind."""
    clips = _clips(tmp_path, 40)
    rows: list[Mapping[str, Cell]] = [{"id": str(n), "video": one, "faces": (one, one)} for n, one in enumerate(clips)]
    features = {"video": "Video", "faces": "List(Image)"}
    columns: Mapping[str, ColumnType] = {"id": "text", "video": "bytes", "faces": "pictures"}
    content = _bytes(TableSource(columns, lambda: rows, features))
    file = pq.ParquetFile(io.BytesIO(content))
    for number, row in enumerate(file.read().to_pylist()):
        name = clips[number].digest[:16] + ".mp4"
        expected = {"bytes": noise(1000, number), "path": name}
        assert {"id": str(number), "video": expected, "faces": [expected, expected]} == row
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [16, 16, 8]
    group = file.metadata.row_group(0)
    codecs = {group.column(n).path_in_schema: group.column(n).compression for n in range(group.num_columns)}
    assert (codecs["video.bytes"], codecs["video.path"]) == ("UNCOMPRESSED", "ZSTD")
    assert b"Secret" not in content


def test_groups_of_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group ends before it holds more bytes than one should; a file that is larger has one to itself."""
    monkeypatch.setattr(tables, "GROUP_BYTES", 2500)
    sizes = (1000, 1000, 1000, 9000, 10)
    rows = [{"video": source(tmp_path / f"{n}.mp4", noise(size))} for n, size in enumerate(sizes)]
    content = _bytes(TableSource({"video": "bytes"}, lambda: rows))
    file = pq.ParquetFile(io.BytesIO(content))
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [2, 1, 1, 1]


def test_embedded_file_that_changed(tmp_path: Path) -> None:
    """It is named."""
    clips = _clips(tmp_path, 1)
    clips[0].path.write_bytes(noise(1000, 9))
    with pytest.raises(WriteError, match=r"Secret Name 0\.MP4"):
        _bytes(TableSource({"video": "bytes"}, lambda: [{"video": clips[0]}]))


def test_features_as_their_library_reads_them(tmp_path: Path) -> None:
    """Hugging Face's `datasets` takes the marked columns for video and pictures, the others for what they are."""
    datasets = pytest.importorskip("datasets", reason="the loader is not installed")
    clips = _clips(tmp_path, 2)
    columns: Mapping[str, ColumnType] = {"id": "text", "video": "bytes", "faces": "pictures", "loras": "loras"}
    rows: list[Mapping[str, Cell]] = [{"id": "v", "video": one, "faces": (one,), "loras": (LORA,)} for one in clips]
    schema = pq.read_schema(
        io.BytesIO(_bytes(TableSource(columns, lambda: rows, {"video": "Video", "faces": "List(Image)"})))
    )
    features = datasets.Features.from_arrow_schema(schema)
    assert datasets.Video() == features["video"]
    assert datasets.List(datasets.Image()) == features["faces"]
    assert datasets.Value("string") == features["id"]
    assert pa.types.is_list(schema.field("loras").type)
