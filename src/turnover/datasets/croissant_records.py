"""The files of a dataset and the record sets read out of them, layout by layout, as Croissant tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from turnover.core.entry import ColumnType, Packed
from turnover.datasets import names
from turnover.datasets.croissant_nodes import (
    Json,
    file_inside,
    file_itself,
    file_set,
    folder,
    from_column,
    from_file,
    from_json,
    given,
    record_set,
)
from turnover.datasets.dataset import Dataset
from turnover.datasets.layouts import parquet, webdataset, zip_per_split
from turnover.datasets.layouts import zip as one_zip
from turnover.datasets.layouts.webdataset import member_suffix
from turnover.datasets.rows import FACE_TYPED, TYPED
from turnover.datasets.survey import Survey

_ROW: Mapping[str, ColumnType] = {
    "path": "text",
    "sample_id": "text",
    "split": "text",
    "caption": "text",
    "prompt": "text",
    "quality_score": "number",
    "scene_type": "text",
    "character_name": "text",
    "sha256": "text",
    "bytes": "big_whole",
    "width": "whole",
    "height": "whole",
    "num_frames": "whole",
    "frame_rate": "text",
}
"""What is read of a row of `manifest.json`."""

_ARCHIVE = "archive"
"""Its key; its name is a person's."""

_SPLITS = {
    "train": "cr:TrainingSplit",
    "training": "cr:TrainingSplit",
    "validation": "cr:ValidationSplit",
    "valid": "cr:ValidationSplit",
    "val": "cr:ValidationSplit",
    "dev": "cr:ValidationSplit",
    "test": "cr:TestSplit",
}


@dataclass(frozen=True, slots=True)
class Described:
    """What is to be described."""

    dataset: Dataset
    survey: Survey
    target: str
    """The name of the folder or archive."""
    files: Mapping[str, Packed]

    def file(self, name: str) -> Packed:
        """Raises ValueError where it was not given."""
        if name not in self.files:
            raise ValueError(f"{name} is not among the files given: {sorted(self.files)[:20]}")
        return self.files[name]

    @property
    def kind(self) -> str:
        return names.kind_folder(self.dataset)


Nodes = tuple[list[Json], list[Json]]
"""Of `distribution`, of `recordSet`."""


def distribution_and_records(it: Described, layout: str) -> Nodes:
    """Everything. Raises ValueError where a file was not given whose digest is to be named."""
    if layout == one_zip.NAME:
        archive = it.file(it.target)
        first = [file_itself(archive, archive.name, key=_ARCHIVE), file_inside(names.MANIFEST, _ARCHIVE)]
    else:
        first = [file_itself(it.file(names.MANIFEST), names.MANIFEST)]
    if not it.dataset.splits:
        return first, []
    files, records = LAYOUTS[layout](it)
    return [*first, *files], [_splits(it.dataset), _samples(), *records]


def _splits(dataset: Dataset) -> Json:
    """Which splits there are, and what each is for."""
    fields: list[Json] = [
        {"@type": "cr:Field", "@id": "splits/name", "name": "name", "dataType": "sc:Text"},
        {"@type": "cr:Field", "@id": "splits/url", "name": "url", "dataType": ["sc:URL", "cr:Split"]},
    ]
    rows = [{"name": split, "url": _SPLITS.get(split, "cr:Split")} for split in dataset.splits]
    found = record_set("splits", "The splits that have samples.", fields, unique="name")
    return {**found, "dataType": "cr:Split", "data": list(given("splits", rows))}


def _samples() -> Json:
    """Every sample of every split, as `manifest.json` lists them."""
    fields = [
        from_json("samples", name, kind, names.MANIFEST, f"$.splits.*[*].{name}")
        | ({"references": {"field": {"@id": "splits/name"}}} if name == "split" else {})
        for name, kind in _ROW.items()
    ]
    return record_set("samples", "All samples, with what matters most of each.", fields, unique="sample_id")


# ------------------------------------------------------------------------------------- the tree, however it is packed


def _in_folder(it: Described) -> Nodes:
    # Of loose files mlcroissant reads only what it decodes; a folder may stand for an archive, of one set each.
    digest = it.dataset.digest.removeprefix("sha256:") or it.file(names.MANIFEST).digest

    def place(key: str) -> tuple[list[Json], list[str]]:
        return [folder(f"{key}-folder", it.target, digest)], [f"{key}-folder"]

    return _tree(it, lambda split, name: file_itself(it.file(name), name), place)


def _in_zip(it: Described) -> Nodes:
    return _tree(it, lambda split, name: file_inside(name, _ARCHIVE), lambda key: ([], [_ARCHIVE]))


def _in_zips(it: Described) -> Nodes:
    archives = {split: it.file(f"{split}.zip") for split in it.dataset.splits}
    files, records = _tree(
        it,
        lambda split, name: file_inside(name, archives[split].name),
        lambda key: ([], [archive.name for archive in archives.values()]),
    )
    return [*(_unpacked(it, archive) for archive in archives.values()), *files], records


def _unpacked(it: Described, archive: Packed) -> Json:
    # What was unpacked is kept by its address, so that it must tell one dataset from another.
    return file_itself(archive, f"../{it.target}/{archive.name}")


def _tree(
    it: Described, table: Callable[[str, str], Json], place: Callable[[str], tuple[list[Json], list[str]]]
) -> Nodes:
    """`table` is the node of a table by split and name; `place` gives what a set of files lies in, and its keys."""
    files: list[Json] = []
    records: list[Json] = []
    for split, row in it.survey.splits.items():
        name = f"{names.split_folder(split)}/{names.METADATA}"
        files.append(table(split, name))
        records.append(_sample_table(split, {"file_name": "text", **TYPED}, {"fileObject": {"@id": name}}))
        if row.faces:
            name = f"faces/{split}/{names.FACES_TABLE}"
            files.append(table(split, name))
            records.append(_face_table(split, {"file_name": "text", **FACE_TYPED}, {"fileObject": {"@id": name}}))

    def add_set(key: str, patterns: Iterable[str]) -> str:
        holders, inside = place(key)
        files.extend([*holders, file_set(f"{key}-files", list(patterns), inside)])
        return f"{key}-files"

    suffixes = it.survey.suffixes
    key = add_set("media", (f"data/*/{it.kind}/*{suffix}" for suffix in suffixes))
    records.extend(_media(it.kind, key, it.kind, _split_of(rf"data/(.+)/{it.kind}/", suffixes)))
    if it.survey.faces:
        suffixes = it.survey.face_suffixes
        key = add_set("face", (f"faces/*/*{suffix}" for suffix in suffixes))
        records.extend(_media("faces", key, "images", _split_of("faces/(.+)/", suffixes)))
    if it.survey.companions:
        suffixes = tuple(sorted({suffix for counter in it.survey.companions.values() for suffix in counter}))
        key = add_set("companion", (f"companions/*/*{suffix}" for suffix in suffixes))
        records.append(_companions(key, _split_of("companions/(.+)/", suffixes)))
    return files, records


def _split_of(path: str, suffixes: Sequence[str]) -> str:
    """What finds the split in a path. Filters turn it into a pattern of names: its end tells media from captions."""
    ends = "".join(sorted({suffix[-1] for suffix in suffixes}))
    return f"^{path}.*[{ends}]$"


# --------------------------------------------------------------------------------------------- tables, tars with media


def _in_tables(it: Described) -> Nodes:
    files: list[Json] = []
    records: list[Json] = []
    columns: dict[str, ColumnType] = {**TYPED, "image" if it.dataset.is_frames else "video": "bytes"}
    for split, row in it.survey.splits.items():
        key = f"{split}-samples"
        files.append(file_set(key, [f"clips/{split}-*.parquet"]))
        records.append(_sample_table(split, columns, {"fileSet": {"@id": key}}))
        if row.faces:
            key = f"{split}-faces"
            files.append(file_set(key, [f"faces/{split}-*.parquet"]))
            records.append(_face_table(split, {**FACE_TYPED, "image": "bytes"}, {"fileSet": {"@id": key}}))
    return files, records


def _in_tars(it: Described) -> Nodes:
    tars = sorted(name for name in it.files if name.endswith(".tar"))
    clips = [name for name in tars if "/" not in name]
    faces = [name for name in tars if name.startswith("faces/")]
    if not clips or (it.survey.faces and not faces):
        raise ValueError(f"no tars are among the files given: {sorted(it.files)[:20]}")
    files = [_unpacked(it, it.files[name]) for name in (*clips, *faces)]
    files.append(file_set("media-files", [f"*{member_suffix(it.dataset, it.survey)}"], clips))
    records = _media(it.kind, "media-files", it.kind, None)
    if faces:
        suffixes = it.survey.face_suffixes
        files.append(file_set("face-files", [f"*{suffixes[0] if len(suffixes) == 1 else '.image'}"], faces))
        records += _media("faces", "face-files", "images", None)
    return files, records


# ---------------------------------------------------------------------------------------------------------- record sets


def _sample_table(split: str, columns: Mapping[str, ColumnType], table: Json) -> Json:
    key = f"{split}_samples"
    fields = [from_column(key, name, kind, table) for name, kind in columns.items()]
    return record_set(key, f"The samples of {split} with all that is known of each.", fields, unique="sample_id")


def _face_table(split: str, columns: Mapping[str, ColumnType], table: Json) -> Json:
    key = f"{split}_faces"
    fields = [from_column(key, name, kind, table) for name, kind in columns.items()]
    return record_set(key, f"The faces cut out of the samples of {split}.", fields)


def _media(key: str, files: str, kind: str, split: str | None) -> list[Json]:
    """The contents of media, and a second set that only says where they lie."""
    what = "sc:ImageObject" if kind == "images" else "sc:VideoObject"
    content = from_file(key, "content", "content", files, kind=what)
    paths = f"{key}_paths"
    path = from_file(paths, "path", "filepath", files)
    return [
        record_set(key, "Contents of the files; mlcroissant holds all at once.", [content, *_whose(key, files, split)]),
        record_set(
            paths, f"Where the files of `{key}` lie once they are unpacked.", [path, *_whose(paths, files, split)]
        ),
    ]


def _companions(files: str, split: str) -> Json:
    key = "companions"
    path = from_file(key, "path", "filepath", files)
    role = from_file(key, "role", "filename", files, regex=r"^[^_]+_(.+)\..*$")
    return record_set(key, "Where files lie that belong to samples.", [path, role, *_whose(key, files, split)])


def _whose(key: str, files: str, split: str | None) -> list[Json]:
    """The name of a file, the sample it belongs to, and its split where the path tells."""
    found = [
        from_file(key, "file_name", "filename", files),
        from_file(key, "sample_id", "filename", files, regex=r"^([a-z0-9]+).*$"),
    ]
    return found if split is None else [*found, from_file(key, "split", "fullpath", files, regex=split)]


LAYOUTS: Mapping[str, Callable[[Described], Nodes]] = {
    "tree": _in_folder,
    one_zip.NAME: _in_zip,
    zip_per_split.NAME: _in_zips,
    webdataset.NAME: _in_tars,
    parquet.NAME: _in_tables,
}
