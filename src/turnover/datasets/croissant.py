"""Croissant: a dataset described in JSON-LD, so that other programs find, judge and load it.

http://mlcommons.org/croissant/1.1 and http://mlcommons.org/croissant/RAI/1.0

A description may be valid and still not load, so it is written as mlcroissant 1.1.1 loads it:

- Of JSON lines pandas takes a column of texts that look like numbers for numbers, and so bends seeds. Nothing is read
  from `samples.jsonl`: what all splits share comes from `manifest.json`, all the rest from the typed tables, a record
  set for each split.
- A table is read only where it is a FileObject of its own; in an archive, a FileSet of tables gives no columns.
- Media that are joined to a table lose their bytes, so they are record sets of their own, with `sample_id` in each.
- An archive is unpacked once for each text of `contentUrl`, wherever it lies. So that text has the dataset's name and
  version in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from turnover.core.clip import JsonValue
from turnover.core.entry import Packed
from turnover.datasets.croissant_making import making_of
from turnover.datasets.croissant_records import LAYOUTS, Described, distribution_and_records
from turnover.datasets.croissant_words import origin, responsible
from turnover.datasets.dataset import Dataset
from turnover.datasets.names import MANIFEST
from turnover.datasets.survey import survey_of

NAME = "croissant.json"
"""In the folder of a dataset; beside an archive it is `<archive's name without .zip>.croissant.json`."""

# Appendix 1 of the specification, and what mlcroissant misses beside it. The keys of Croissant are those of its
# vocabulary but for these.
_SAME = (
    "annotation", "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "excludes", "extract",
    "field", "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath",
    "key", "md5", "parentField", "path", "readLines", "recordSet", "references", "regex", "repeated", "replace",
    "samplingRate", "sdVersion", "separator", "source", "subField", "transform", "unArchive", "value",
)  # fmt: skip
_CONTEXT: dict[str, JsonValue] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{key: f"cr:{key}" for key in _SAME},
}

# Those that people write most; an address, or any other text, stands as it was given.
_SPDX = {
    name.lower(): f"https://spdx.org/licenses/{name}.html"
    for name in (
        "Apache-2.0", "MIT", "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0",
        "CC-BY-NC-ND-4.0", "ODbL-1.0", "ODC-By-1.0", "PDDL-1.0", "CDLA-Permissive-2.0", "CDLA-Sharing-1.0",
    )
}  # fmt: skip


def file_name(target: str) -> str:
    """Where the description of a dataset of that name stands: for a folder its path inside, for a ZIP its neighbour.

    >>> file_name("demo-1.0.0"), file_name("demo-1.0.0.zip")
    ('croissant.json', 'demo-1.0.0.croissant.json')
    """
    return f"{target.removesuffix('.zip')}.{NAME}" if target.endswith(".zip") else NAME


def can_describe(layout: str) -> bool:
    """Whether this layout can be described; one from outside cannot."""
    return layout in LAYOUTS


def is_described(name: str) -> bool:
    """Whether the description of a folder names this file with its digest; all others it finds by their patterns."""
    return name == MANIFEST or name.endswith((".zip", ".tar", ".parquet"))


def croissant(dataset: Dataset, *, layout: str, target: str, files: Iterable[Packed]) -> str:
    """The description of a dataset as it lies in a layout.

    layout: the name of one that it `can_describe`.
    target: the name, without a path, of the folder or the ZIP.
    files: what was written into the folder, at least what `is_described`; for the layout `zip`, the archive alone.
    Raises ValueError where one of them is missing. The same dataset gives the same text.
    """
    survey, making = survey_of(dataset), making_of(dataset)
    by_name = {file.name: file for file in files}
    distribution, records = distribution_and_records(Described(dataset, survey, target, by_name), layout)
    day = dataset.date.strftime("%Y-%m-%d")
    found: dict[str, JsonValue] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": dataset.name,
        "description": dataset.description or _description(dataset),
        "version": dataset.version,
        "identifier": dataset.digest or None,
        "license": _licence(dataset.licence),
        "citeAs": ", ".join(filter(None, [dataset.name, f"version {dataset.version}", day, dataset.digest])),
        "dateCreated": day,
        "datePublished": day,
        "keywords": ["image" if dataset.is_frames else "video", "caption", "generative AI"],
        **origin(dataset, survey, making),
        **responsible(dataset, survey, making),
        "distribution": list[JsonValue](distribution),
        "recordSet": list[JsonValue](records),
    }
    known = {key: value for key, value in found.items() if value not in (None, [])}
    # Half a surrogate pair, which no file can hold, becomes a question mark.
    return json.dumps(known, ensure_ascii=False, indent=2).encode(errors="replace").decode() + "\n"


def _description(dataset: Dataset) -> str:
    kind = "frames" if dataset.is_frames else "clips"
    return f"{dataset.total} {kind} with captions and how each was made."


def _licence(licence: str | None) -> str | None:
    return None if licence is None else _SPDX.get(licence.strip().lower(), licence)
