"""One loader loads one dataset: the program of a process of its own, so that whatever breaks, breaks alone.

It reads what is asked from stdin, as JSON, and writes a JSON object a line: `{"version": …}`, then `{"row": {…}}` for
each sample and `{"face": split}` for each face, at last `{"done": true}`, or `{"error": …}`; `{"missing": name}` where
the loader is not installed. What libraries print goes to stderr. Neither the network nor another program is to be
reached from here.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import importlib.util
import io
import json
import os
import sys
import tarfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from turnover.errors import TurnoverError
from turnover.files.packing.reading import StoredZip
from turnover.work.doctor_dataset import EVERYWHERE

_MOST_MEDIA = 3
"""Of each split, whose bytes are compared: `verify` compares them all."""
_SMALL_BYTES = 512 << 20
"""Media of a whole dataset that a loader may hold in memory."""
_REFUSED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen", "os.system", "os.exec",
            "os.posix_spawn")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What to load, and how."""

    loader: str
    path: str
    layout: str
    splits: tuple[str, ...]
    """Those that have samples."""
    face_splits: tuple[str, ...]
    is_frames: bool
    size_bytes: int
    """Of all media."""
    croissant: str
    """The description; empty where there is none."""


class _MissingError(Exception):
    """A loader is not installed."""


@dataclass(frozen=True, slots=True)
class _Telling:
    out: TextIO

    def say(self, **message: object) -> None:
        self.out.write(json.dumps(message, default=repr) + "\n")

    def row(self, split: str, row: Mapping[str, Any], media: object = None, columns: Any = EVERYWHERE) -> None:
        known = {name: row[name] for name in columns if name in row}
        digest = {} if media is None else {"media": _digest(media)}
        self.say(row={**known, "split": split}, **digest)


# ---------------------------------------------------------------------------------------------------------- the loaders


def _pyarrow(asked: Asked, tell: _Telling) -> None:
    parquet = _module("pyarrow.parquet", tell)
    for split, source in _tables(asked):
        table = parquet.ParquetFile(source)
        columns = [name for name in EVERYWHERE if name in table.schema_arrow.names]
        for batch in table.iter_batches(1000, columns=columns):
            for row in batch.to_pylist():
                tell.row(split, row)


def _pandas(asked: Asked, tell: _Telling) -> None:
    pandas = _module("pandas", tell)
    for split, source in _tables(asked):
        table = pandas.read_parquet(source, columns=list(EVERYWHERE))
        for row in table.to_dict("records"):
            tell.row(split, {name: None if pandas.isna(value) else value for name, value in row.items()})


def _tables(asked: Asked) -> Iterator[tuple[str, Any]]:
    """Each split with each of its tables."""
    for split in asked.splits:
        name = f"data/{split}/metadata.parquet"
        if asked.layout == "parquet":
            yield from ((split, path) for path in sorted(Path(asked.path, "clips").glob(f"{split}-*.parquet")))
        elif asked.layout == "tree":
            yield split, Path(asked.path, name)
        else:
            archive = Path(asked.path) if asked.layout == "zip" else Path(asked.path, f"{split}.zip")
            yield split, io.BytesIO(StoredZip(archive).read(name))


def _datasets_whole(asked: Asked, tell: _Telling) -> None:
    _give(_load(asked, tell, streaming=False), asked, tell)


def _datasets_streaming(asked: Asked, tell: _Telling) -> None:
    _give(_load(asked, tell, streaming=True), asked, tell)


def _load(asked: Asked, tell: _Telling, *, streaming: bool) -> Any:
    """As the dataset's card says."""
    datasets = _module("datasets", tell)
    if asked.layout != "zip":
        return datasets.load_dataset(asked.path, streaming=streaming)
    files = {split: f"zip://data/{split}/metadata.parquet::{asked.path}" for split in asked.splits}
    builder = "imagefolder" if asked.is_frames else "videofolder"
    return datasets.load_dataset(builder, data_files=files, streaming=streaming)


def _give(loaded: Any, asked: Asked, tell: _Telling) -> None:
    for split in loaded:
        for number, row in enumerate(_undecoded(loaded[split])):
            media = _media(row) if number < _MOST_MEDIA else None
            tell.row(split, json.loads(row["json"]["metadata"]) if asked.layout == "webdataset" else row, media)


def _undecoded(loaded: Any) -> Any:
    for name, feature in loaded.features.items():
        if type(feature).__name__ in ("Video", "Image"):
            loaded = loaded.cast_column(name, type(feature)(decode=False))
    return loaded


def _media(row: Mapping[str, Any]) -> Any:
    """The sample's clip: under the name of its kind, or in tars of its suffix."""
    named = next((row[name] for name in ("video", "image") if row.get(name)), None)
    return named or next(value for name, value in row.items() if isinstance(value, dict) and "bytes" in value)


def _datasets_faces(asked: Asked, tell: _Telling) -> None:
    datasets = _module("datasets", tell)
    if asked.layout == "tree":
        files = {split: f"{asked.path}/faces/{split}/**" for split in asked.face_splits}
        loaded = datasets.load_dataset("imagefolder", data_files=files, metadata_filenames=["faces.parquet"])
    else:
        loaded = datasets.load_dataset(asked.path, "faces", streaming=True)
    for split in loaded:
        for _ in _undecoded(loaded[split]):
            tell.say(face=split)


def _datasets_decoding(asked: Asked, tell: _Telling) -> None:
    _module("datasets", tell)
    _module("torchcodec", tell)
    importlib.import_module("torchcodec.decoders")
    loaded = _load(asked, tell, streaming=True)
    for split in loaded:
        row = next(iter(loaded[split]))
        decoder = row["video"] if "video" in row else next(v for v in row.values() if hasattr(v, "get_frame_at"))
        decoder.get_frame_at(0)


def _torch(asked: Asked, tell: _Telling) -> None:
    """Every row, and the first and last clip of each split decoded."""
    _module("torch", tell)
    ours = importlib.import_module("turnover.torch")
    for split in asked.splits:

        def keep(row: Mapping[str, Any], split: str = split) -> bool:
            tell.row(split, row)
            return True

        clips = ours.ClipDataset(asked.path, split, keep=keep)
        for index in {0, len(clips) - 1}:
            clips[index]


def _webdataset(asked: Asked, tell: _Telling) -> None:
    library = _module("webdataset", tell)
    for split in asked.splits:
        shards = [str(path) for path in sorted(Path(asked.path).glob(f"{split}-*.tar"))]
        for number, one in enumerate(library.WebDataset(shards, shardshuffle=False, empty_check=False)):
            row = json.loads(json.loads(one["json"])["metadata"])
            member = next(name for name in one if not name.startswith("__") and name not in ("json", "txt"))
            tell.row(split, {**row, "caption": one["txt"].decode()}, one[member] if number < _MOST_MEDIA else None)


def _mlcroissant(asked: Asked, tell: _Telling) -> None:
    croissant = _module("mlcroissant", tell)
    loaded = croissant.Dataset(asked.croissant)
    known = {one.uuid for one in loaded.metadata.record_sets}
    has_tables = all(f"{split}_samples" in known for split in asked.splits)
    if has_tables and (asked.layout != "parquet" or asked.size_bytes <= _SMALL_BYTES):
        sets = {split: f"{split}_samples" for split in asked.splits}
    else:
        sets = {"": "samples"}
    for split, name in sets.items():
        for record in loaded.records(name):
            row = {column: _text(record[key]) for column in EVERYWHERE if (key := f"{name}/{column}") in record}
            tell.row(split or row["split"], row)
    paths = "images_paths" if asked.is_frames else "videos_paths"
    for number, record in enumerate(loaded.records(paths) if paths in known else ()):
        path = _text(record[f"{paths}/path"])
        if number < _MOST_MEDIA * len(asked.splits):
            tell.say(clip=_text(record[f"{paths}/sample_id"]), media=_digest({"bytes": None, "path": path}))


def _text(value: Any) -> Any:
    """Texts come as bytes."""
    return value.decode() if isinstance(value, bytes) else value


LOADERS: Mapping[str, Callable[[Asked, _Telling], None]] = {
    "pyarrow": _pyarrow,
    "pandas": _pandas,
    "datasets": _datasets_whole,
    "datasets, streaming": _datasets_streaming,
    "datasets, faces": _datasets_faces,
    "datasets, decoding": _datasets_decoding,
    "torch": _torch,
    "webdataset": _webdataset,
    "mlcroissant": _mlcroissant,
}
"""Name → what loads."""

# ------------------------------------------------------------------------------------------------------------ around it


def _module(name: str, tell: _Telling) -> Any:
    top = name.partition(".")[0]
    if importlib.util.find_spec(top) is None:
        raise _MissingError(top)
    module = importlib.import_module(name)
    tell.say(version=f"{top} {importlib.metadata.version(top)}")
    return module


def _digest(media: Any) -> str:
    """Of bytes, or of what a loader gives instead: bytes or the path of a file, also of one inside an archive."""
    content = media if isinstance(media, bytes) else media["bytes"]
    if content is None and "::" not in media["path"]:
        with Path(media["path"]).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    if content is None:
        with importlib.import_module("fsspec").open(media["path"], "rb") as file:
            content = file.read()
    return hashlib.sha256(content).hexdigest()


def _first_cause(error: BaseException) -> str:
    """What went wrong at first: loaders wrap it in errors that say less."""
    while not isinstance(error, TurnoverError) and (before := error.__cause__ or error.__context__) is not None:
        error = before
    return str(error) if isinstance(error, TurnoverError) else f"{type(error).__name__}: {error}"


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event in _REFUSED:
        raise PermissionError(f"{event} is refused: a dataset must load by itself, offline")


def main() -> None:
    """Do what stdin asks."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    told = json.load(sys.stdin)
    asked = Asked(**{**told, "splits": tuple(told["splits"]), "face_splits": tuple(told["face_splits"])})
    sys.addaudithook(_refuse)
    # mlcroissant unpacks tars; Python before 3.14 would let their members go anywhere.
    tarfile.TarFile.extraction_filter = staticmethod(tarfile.data_filter)
    tell = _Telling(out)
    try:
        LOADERS[asked.loader](asked, tell)
        tell.say(done=True)
    except _MissingError as error:
        tell.say(missing=str(error), done=True)
    except Exception as error:  # noqa: BLE001  # whatever a loader does is what is asked for
        traceback.print_exc()
        tell.say(error=_first_cause(error))
    out.flush()
    # Threads of libraries may never end.
    os._exit(0)


if __name__ == "__main__":
    main()
