"""A sample as a row, once for each reader: manifest, `samples.jsonl`, tables, its own JSON file; a face crop as well.

A column has one type whatever its values are, and every row has every column: loaders guess types from the first rows
and refuse, or silently bend, what comes later. So a seed is text, a weight is a float even where it is 1, LoRAs are a
list of like objects (as an object, each LoRA's name would be a column), and what has no fixed shape is JSON in a text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from turnover.core.clip import JsonValue
from turnover.core.entry import Cell, ColumnType
from turnover.core.generation import Lora
from turnover.datasets import names
from turnover.datasets.dataset import Dataset
from turnover.datasets.plain import clean, json_text, plain
from turnover.datasets.sample import FaceCrop, Sample

TYPED: Mapping[str, ColumnType] = {
    "sample_id": "text",
    "caption": "text",
    "prompt": "text",
    "negative_prompt": "text",
    "loras": "loras",
    "quality_score": "number",
    "failure_tags": "texts",
    "scene_type": "text",
    "character_names": "texts",
    "face_crops": "texts",
    "seed": "text",
    "model": "text",
    "created_at": "text",
    "split": "text",
    "group_id": "text",
    "fps": "number",
    "num_frames": "whole",
    "width": "whole",
    "height": "whole",
    "duration_s": "number",
    "sha256": "text",
    "bytes": "big_whole",
    "extra_json": "text",
}
"""Columns of every table of samples, in order; loaders keep `video`, `image` and `label` for themselves."""

FACE_TYPED: Mapping[str, ColumnType] = {
    "sample_id": "text",
    "split": "text",
    "character_name": "text",
    "frame_index": "whole",
    "bbox_x": "number",
    "bbox_y": "number",
    "bbox_width": "number",
    "bbox_height": "number",
    "det_score": "number",
    "sharpness": "number",
    "width": "whole",
    "height": "whole",
    "sha256": "text",
    "landmarks_json": "text",
}
"""Columns of every table of face crops, in order."""

_WHOLE_MOST = 2**31 - 1


def manifest_row(dataset: Dataset, sample: Sample, path: str) -> dict[str, JsonValue]:
    """What `manifest.json` says of a sample; `path` is where it lies, from the root."""
    return {
        "path": path,
        "prompt": _text(sample.prompt),
        "lora_weights": lora_weights(sample),
        "quality_score": _number(sample.quality_score),
        "scene_type": _text(sample.place.scene_type),
        "character_name": _text(sample.place.character),
        "split": sample.split,
        "sample_id": sample.id,
        "caption": _text(sample.caption),
        "sha256": sample.media.digest,
        "bytes": sample.media.size_bytes,
        "width": sample.width,
        "height": sample.height,
        "num_frames": _whole(sample.frame_count),
        "frame_rate": None if sample.frame_rate is None else str(sample.frame_rate),
    }


def typed_row(sample: Sample, *, face_crops: tuple[str, ...]) -> dict[str, Cell]:
    """The columns of `TYPED`; `face_crops` are the names of its face pictures, from the root."""
    return {**_columns(sample, face_crops), "extra_json": json_text(_extra(sample))}


def _columns(sample: Sample, face_crops: tuple[str, ...]) -> dict[str, Cell]:
    """Those of `TYPED` with a fixed shape."""
    rate = sample.frame_rate
    return {
        "sample_id": sample.id,
        "caption": _text(sample.caption),
        "prompt": _text(sample.prompt),
        "negative_prompt": _text(sample.negative_prompt),
        "loras": tuple(_lora(lora) for lora in _enabled(sample)),
        "quality_score": _number(sample.quality_score),
        "failure_tags": tuple(clean(tag) for tag in sample.failure_tags),
        "scene_type": _text(sample.place.scene_type),
        "character_names": tuple(filter(None, [_text(sample.place.character)])),
        "face_crops": face_crops,
        "seed": None if sample.seed is None else str(sample.seed),
        "model": _text(sample.model),
        "created_at": _text(sample.created_at),
        "split": sample.split,
        "group_id": sample.group or sample.id,
        "fps": None if rate is None else float(rate),
        "num_frames": _whole(sample.frame_count),
        "width": sample.width,
        "height": sample.height,
        "duration_s": _number(sample.duration_seconds),
        "sha256": sample.media.digest,
        "bytes": sample.media.size_bytes,
    }


def samples_row(
    dataset: Dataset, sample: Sample, path: str, *, face_crops: tuple[str, ...] | None = None
) -> dict[str, JsonValue]:
    """A line of `samples.jsonl`: the manifest's row and the typed columns, without the object of LoRA weights.

    face_crops: None for where they lie in a tree.
    """
    row = manifest_row(dataset, sample, path)
    del row["lora_weights"]
    crops = face_names(sample) if face_crops is None else face_crops
    for name, cell in typed_row(sample, face_crops=crops).items():
        row[name] = plain(cell)
    return row


def sample_document(dataset: Dataset, sample: Sample, path: str) -> dict[str, JsonValue]:
    """Everything about one sample, for a person or a program that reads one at a time."""
    row = manifest_row(dataset, sample, path)
    for name, cell in _columns(sample, face_names(sample)).items():
        row[name] = plain(cell)
    return {
        **row,
        "source_name": _text(sample.source_name),
        **_extra(sample),
        "generation": plain(sample.generation),
        "faces": [face_row(sample, index, crop) for index, crop in enumerate(sample.faces)],
        # What a later version groups by; 64 bits are text, because readers of JSON bend them.
        "keys": [clean(key) for key in sample.keys],
        "prints": [f"{one:016x}" for one in sample.prints],
    }


def face_names(sample: Sample) -> tuple[str, ...]:
    """Where the face pictures of a sample lie, from the root."""
    return tuple(names.face_name(sample, index, crop) for index, crop in enumerate(sample.faces))


def face_files(sample: Sample) -> tuple[str, ...]:
    """What the face pictures of a sample are called, wherever they lie."""
    return tuple(names.face_file(sample, index, crop) for index, crop in enumerate(sample.faces))


def face_row(sample: Sample, index: int, crop: FaceCrop) -> dict[str, JsonValue]:
    """A line of `faces.jsonl`; the box is in pixels of the picture as shown, from the top left."""
    face = crop.face
    return {
        "file_name": names.face_file(sample, index, crop),
        "sample_id": sample.id,
        "split": sample.split,
        "character_name": _text(sample.place.character),
        "frame_index": face.frame,
        "bbox_xywh": [_number(v) for v in (face.box.x, face.box.y, face.box.width, face.box.height)],
        "det_score": _number(face.confidence),
        "landmarks": [[_number(x), _number(y)] for x, y in face.landmarks],
        "sharpness": _number(face.sharpness),
        "width": crop.width,
        "height": crop.height,
        "sha256": crop.source.digest,
    }


def face_typed_row(sample: Sample, crop: FaceCrop) -> dict[str, Cell]:
    """The columns of `FACE_TYPED`."""
    face = crop.face
    return {
        "sample_id": sample.id,
        "split": sample.split,
        "character_name": _text(sample.place.character),
        "frame_index": _whole(face.frame),
        "bbox_x": _number(face.box.x),
        "bbox_y": _number(face.box.y),
        "bbox_width": _number(face.box.width),
        "bbox_height": _number(face.box.height),
        "det_score": _number(face.confidence),
        "sharpness": _number(face.sharpness),
        "width": crop.width,
        "height": crop.height,
        "sha256": crop.source.digest,
        "landmarks_json": json_text([[_number(x), _number(y)] for x, y in face.landmarks]),
    }


def lora_weights(sample: Sample) -> dict[str, JsonValue] | None:
    """LoRA name → weight; the first one of a name stands, None where nothing is known of how the clip was made."""
    if sample.generation is None:
        return None
    weights: dict[str, JsonValue] = {}
    for lora in _enabled(sample):
        weights.setdefault(_text(lora.name) or "", _number(lora.weight))
    return weights


def content_of(sample: Sample) -> bytes:
    """What makes a sample this one, wherever it lies: canonical JSON of its row with its media's digest, and a newline.

    A dataset's digest is made over these, by sample id.
    """
    row: dict[str, JsonValue] = {name: plain(cell) for name, cell in typed_row(sample, face_crops=()).items()}
    row["faces"] = [face_row(sample, index, crop) for index, crop in enumerate(sample.faces)]
    row["companions"] = [[one.role, one.suffix, one.source.digest] for one in sample.companions]
    row["suffix"] = sample.suffix
    return json_text(_sorted(row)).encode() + b"\n"


def _extra(sample: Sample) -> dict[str, JsonValue]:
    """What has no column of its own."""
    made = sample.generation
    return {
        "tool": _text(sample.tool),
        "steps": made.steps if made else None,
        "cfg": _number(made.cfg) if made else None,
        "guidance": _number(made.guidance) if made else None,
        "sampler": _text(made.sampler) if made else None,
        "scheduler": _text(made.scheduler) if made else None,
        "models": plain(made.models) if made else [],
        "passes": plain(made.passes) if made else [],
        "inputs": plain(made.inputs) if made else [],
        "processing": plain(made.processing) if made else [],
        "source_type": _text(made.source_type) if made else None,
        "generation_params": plain(sample.generation_params),
        "metrics": plain(sample.metrics),
        "project": _text(sample.place.project),
        "scene": _text(sample.place.scene),
        "segment_index": sample.place.segment_index,
        "status": _text(sample.status),
        "has_sound": sample.has_sound,
        "is_ai_generated": sample.is_ai_generated,
        "rights": {"training": sample.rights.training, "licence": _text(sample.rights.licence)},
        "companions": [
            {"role": one.role, "file_name": name.rpartition("/")[2], "sha256": one.source.digest}
            for one, name in zip(sample.companions, names.companion_names(sample), strict=True)
        ],
        "extra": plain(sample.extra),
    }


def _enabled(sample: Sample) -> Iterator[Lora]:
    return (lora for lora in (sample.generation.loras if sample.generation else ()) if lora.is_enabled)


def _lora(lora: Lora) -> dict[str, object]:
    return {
        "name": _text(lora.name),
        "weight": _number(lora.weight),
        "weight_clip": _number(lora.weight_clip),
        "sha256": lora.sha256 or (lora.file.sha256 if lora.file else None),
    }


def _sorted(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def _text(value: str | None) -> str | None:
    return None if value is None else clean(value)


def _number(value: float | None) -> float | None:
    """A float even where it is whole; None where it is no number."""
    return float(value) if value is not None and math.isfinite(value) else None


def _whole(value: int | None) -> int | None:
    """A count that 32 bits hold; None for one that no file has."""
    return value if value is not None and 0 <= value <= _WHOLE_MOST else None
