"""The nodes of a Croissant description: files, sets of files, record sets and their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from turnover.core.clip import JsonValue
from turnover.core.entry import ColumnType, Packed

Json = dict[str, JsonValue]

_KINDS = {
    ".avi": "video/x-msvideo",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".m4v": "video/x-m4v",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".parquet": "application/x-parquet",  # the one that mlcroissant knows
    ".png": "image/png",
    ".tar": "application/x-tar",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".zip": "application/zip",
}
_TYPES: Mapping[ColumnType, str] = {
    "text": "sc:Text",
    "texts": "sc:Text",
    "number": "sc:Float",
    "whole": "sc:Integer",
    "big_whole": "sc:Integer",
    "flag": "sc:Boolean",
}
_LORA: Mapping[str, ColumnType] = {"name": "text", "weight": "number", "weight_clip": "number", "sha256": "text"}


def file_itself(file: Packed, address: str, *, key: str | None = None) -> Json:
    """A file that is vouched for by its own digest; `address` is its path from the description."""
    return {
        **_file(file.name, address),
        "@id": key or file.name,
        "contentSize": f"{file.size_bytes} B",
        "sha256": file.digest,
    }


def file_inside(name: str, archive: str) -> Json:
    """A member of an archive, whose digest vouches for it."""
    return {**_file(name, name), "containedIn": {"@id": archive}}


def folder(key: str, name: str, digest: str) -> Json:
    """The folder of the description, as one file that a set of files lies in."""
    return {
        "@type": "cr:FileObject",
        "@id": key,
        "name": name,
        "description": "The folder that this description lies in; the digest of the dataset stands as its sha256.",
        "contentUrl": ".",
        "encodingFormat": "inode/directory",
        "sha256": digest,
    }


def file_set(key: str, patterns: Sequence[str], inside: Sequence[str] = ()) -> Json:
    """Files by patterns of paths, whose ends tell what they are: in archives or a folder, else loose ones."""
    kinds = dict.fromkeys(_kind(pattern) for pattern in patterns)
    found: Json = {
        "@type": "cr:FileSet",
        "@id": key,
        "name": key,
        "encodingFormat": list[JsonValue](kinds),
        "includes": list[JsonValue](patterns),
    }
    return {**found, "containedIn": [{"@id": one} for one in inside]} if inside else found


def record_set(key: str, description: str, fields: Sequence[Json], *, unique: str | None = None) -> Json:
    """`unique` is the field that no two records share."""
    found: Json = {"@type": "cr:RecordSet", "@id": key, "name": key, "description": description}
    if unique is not None:
        found["key"] = {"@id": f"{key}/{unique}"}
    return {**found, "field": list[JsonValue](fields)}


def from_column(key: str, name: str, kind: ColumnType, table: Json) -> Json:
    """A column of a table: of `{"fileObject": …}` or `{"fileSet": …}`."""
    source: Json = {**table, "extract": {"column": name}}
    if kind == "loras":
        parts = [_field(f"{key}/{name}", part, _TYPES[of], _changed(source, part)) for part, of in _LORA.items()]
        return {**_named(key, name), **_LIST, "subField": list[JsonValue](parts)}
    if kind == "bytes":
        what = "sc:ImageObject" if name == "image" else "sc:VideoObject"
        return _field(key, name, what, _changed(source, "bytes"))
    return _field(key, name, _TYPES[kind], source) | (_LIST if kind == "texts" else {})


def from_json(key: str, name: str, kind: ColumnType, file: str, path: str) -> Json:
    """What a JSON path finds in a file."""
    return _field(key, name, _TYPES[kind], {"fileObject": {"@id": file}, "extract": {"jsonPath": path}})


def from_file(key: str, name: str, what: str, files: str, *, kind: str = "sc:Text", regex: str | None = None) -> Json:
    """A property of each file of a set: `content`, `filename`, `fullpath`, `filepath`; of it the regex's one group."""
    source: Json = {"fileSet": {"@id": files}, "extract": {"fileProperty": what}}
    return _field(key, name, kind, source if regex is None else {**source, "transform": {"regex": regex}})


def given(key: str, rows: Sequence[Mapping[str, str]]) -> Iterator[JsonValue]:
    """Records that stand in the description itself."""
    return ({f"{key}/{name}": value for name, value in row.items()} for row in rows)


_LIST: Json = {"isArray": True, "arrayShape": "-1"}


def _file(name: str, address: str) -> Json:
    return {"@type": "cr:FileObject", "@id": name, "name": name, "contentUrl": address, "encodingFormat": _kind(name)}


def _kind(name: str) -> str:
    return _KINDS.get(name[name.rfind(".") :], "application/octet-stream")


def _changed(source: Json, path: str) -> Json:
    return {**source, "transform": {"jsonPath": path}}


def _field(key: str, name: str, kind: str, source: Json) -> Json:
    return {**_named(key, name), "dataType": kind, "source": source}


def _named(key: str, name: str) -> Json:
    return {"@type": "cr:Field", "@id": f"{key}/{name}", "name": name}
