"""A dataset as it stands on disk, read in place and not trusted, and what every loader should make of it."""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from turnover.core.clip import JsonValue
from turnover.datasets.layouts import parquet, tree, webdataset, zip_per_split
from turnover.datasets.layouts import zip as one_zip
from turnover.datasets.names import MANIFEST, SAMPLES
from turnover.datasets.ratios import name_mistake
from turnover.datasets.trainers.lists import PICTURES
from turnover.errors import ProbeError
from turnover.files.descriptors import bytes_at, open_to_read
from turnover.files.manifest_rows import BadManifestError, manifest_rows
from turnover.files.packing.reading import StoredZip
from turnover.files.packing.seen import Seen

Row = Mapping[str, JsonValue]

IN_MANIFEST = ("split", "sample_id", "caption", "prompt", "sha256", "num_frames", "width", "height", "quality_score")
"""What `manifest.json` says of a sample and every loader gives."""
EVERYWHERE = (*IN_MANIFEST, "negative_prompt", "seed", "model", "scene_type")
"""What every loader gives that reads whole rows."""

_CHUNK = 1 << 20
_LONGEST_LINE = 64 << 20
_WHOLE = "`turnover verify` tells more; take a whole copy"


class Standing:
    """A folder, or a ZIP that holds everything. Raises ProbeError where nothing, or no ZIP, stands there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive = None if path.is_dir() else StoredZip(path)

    def has(self, name: str) -> bool:
        if self._archive is not None:
            return name in self._archive
        return (self.path / name).is_file()

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file; raises ProbeError."""
        if self._archive is not None:
            yield from _of_member(self._archive, name, self.path)
            return
        try:
            descriptor = open_to_read(self.path / name)
        except OSError as error:
            raise ProbeError(f"{self.path / name}: {error.strerror or error}", hint=_WHOLE) from error
        try:
            position = 0
            while piece := bytes_at(descriptor, _CHUNK, position):
                position += len(piece)
                yield piece
        finally:
            os.close(descriptor)

    def rows(self) -> Iterator[Row]:
        """The rows of `samples.jsonl`; raises ProbeError."""
        for number, line in enumerate(_lines(self.chunks(SAMPLES)), 1):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise ProbeError(f"line {number} of {SAMPLES} is no JSON: {error}", hint=_WHOLE) from error
            if not isinstance(row, dict):
                raise ProbeError(f"line {number} of {SAMPLES} is no object", hint=_WHOLE)
            yield row

    def layout(self, splits: Mapping[str, int]) -> str:
        """The name of the layout, as the files show it."""
        if self._archive is not None:
            return one_zip.NAME
        if (self.path / "data").is_dir():
            return tree.NAME
        for split, count in splits.items():
            if count and (self.path / f"{split}.zip").is_file():
                return zip_per_split.NAME
            if count and (self.path / f"{split}-000000.tar").is_file():
                return webdataset.NAME
        return parquet.NAME if (self.path / "clips").is_dir() else tree.NAME


@dataclass(slots=True)
class Reference:
    """What the dataset says of itself; of each sample only what is needed to know it again."""

    counts: dict[str, int]
    """Split → samples, in the manifest's order; those without any are left out."""
    faces: Counter[str] = field(default_factory=Counter)
    """Split → face pictures."""
    size_bytes: int = 0
    """Of the media."""
    is_frames: bool = False
    manifest: Seen = field(default_factory=Seen)
    rows: Seen = field(default_factory=Seen)

    @property
    def splits(self) -> tuple[str, ...]:
        return tuple(split for split, count in self.counts.items() if count)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def reference_of(standing: Standing) -> Reference:
    """Reads `manifest.json`, then `samples.jsonl`; raises ProbeError where they are damaged or do not agree."""
    reference = _from_manifest(standing)
    left = Counter(reference.counts)
    for number, row in enumerate(standing.rows(), 1):
        if fingerprint(row, IN_MANIFEST) not in reference.manifest:
            told = f"line {number} of {SAMPLES}, sample {row.get('sample_id')!r}, is not so in {MANIFEST}"
            raise ProbeError(told, hint=_WHOLE)
        if not reference.rows.add(fingerprint(row, EVERYWHERE)):
            raise ProbeError(f"sample {row.get('sample_id')!r} is twice in {SAMPLES}", hint=_WHOLE)
        split, faces = str(row.get("split")), row.get("face_crops")
        left[split] -= 1
        reference.faces[split] += len(faces) if isinstance(faces, list) else 0
    wrong = [f"{count:+d} in {split}" for split, count in sorted(left.items()) if count]
    if wrong:
        raise ProbeError(f"{MANIFEST} has other samples than {SAMPLES}: {', '.join(wrong)}", hint=_WHOLE)
    return reference


def _from_manifest(standing: Standing) -> Reference:
    counts: Counter[str] = Counter()
    reference = Reference(counts)
    total: JsonValue = None
    suffixes: set[str] = set()
    try:
        for split, row in manifest_rows(standing.chunks(MANIFEST)):
            if not split:
                total = row
            elif (mistake := name_mistake(split)) is not None:
                raise ProbeError(f"{MANIFEST}: {mistake}", hint=_WHOLE)
            elif not isinstance(row, dict):
                raise ProbeError(f"{MANIFEST}: a row of {split!r} is no object", hint=_WHOLE)
            else:
                counts[split] += 1
                size = row.get("bytes")
                reference.size_bytes += size if isinstance(size, int) and size > 0 else 0
                reference.manifest.add(fingerprint({**row, "split": split}, IN_MANIFEST))
                suffixes.add(PurePosixPath(str(row.get("path"))).suffix)
    except BadManifestError as error:
        raise ProbeError(f"{MANIFEST} is damaged: {error}", hint=_WHOLE) from error
    if total is not None and total != sum(counts.values()):
        raise ProbeError(f"{MANIFEST} says {total} samples, and has {sum(counts.values())}", hint=_WHOLE)
    reference.is_frames = bool(suffixes) and suffixes <= PICTURES | {".image"}
    return reference


def fingerprint(row: Row, columns: tuple[str, ...]) -> str:
    """One text for what matters of a row, the same whether numbers came as whole ones or not."""
    return json.dumps([_plain(row.get(name)) for name in columns])


def differing(row: Row, other: Row, columns: tuple[str, ...]) -> Iterator[str]:
    """Column by column, how a row differs from what it should be."""
    for name in columns:
        if _plain(row.get(name)) != _plain(other.get(name)):
            yield f"{name} is {_shown(row.get(name))}, and should be {_shown(other.get(name))}"


def _plain(value: JsonValue) -> JsonValue:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return None if math.isnan(value) else float(value)


def _shown(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "…"


def _of_member(archive: StoredZip, name: str, path: Path) -> Iterator[bytes]:
    position = 0
    try:
        while piece := archive.read_part(name, _CHUNK, position):
            position += len(piece)
            yield piece
    except KeyError as error:
        raise ProbeError(f"{path}: it has no {name}", hint=_WHOLE) from error


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Lines that are not blank; raises ProbeError for one that is too long."""
    waiting = b""
    for piece in chunks:
        *whole, waiting = (waiting + piece).split(b"\n")
        yield from (line for line in whole if line.strip())
        if len(waiting) > _LONGEST_LINE:
            raise ProbeError(f"a line of {SAMPLES} is longer than {_LONGEST_LINE >> 20} MiB", hint=_WHOLE)
    if waiting.strip():
        yield waiting
