"""What files of a dataset are called: made from opaque ids and split names alone, so that no loader reads into them.

Loaders find splits, labels and formats by words in names (`train station.mp4`, a folder `dev`), and systems differ in
what they take for one name; so everything here is lower-case ASCII, and what is not is refused.
"""

from __future__ import annotations

import re
from collections import Counter

from turnover.datasets.dataset import Dataset
from turnover.datasets.ratios import name_mistake
from turnover.datasets.sample import FaceCrop, Sample
from turnover.errors import WriteError

MOST_ENTRIES = 10_000
"""What a folder may hold on the Hugging Face Hub; a clip and its caption are two."""

MANIFEST = "manifest.json"
CARD = "README.md"
SAMPLES = "samples.jsonl"
METADATA = "metadata.parquet"
FACES = "faces.jsonl"
FACES_TABLE = "faces.parquet"

_ID = re.compile(r"[a-z][a-z0-9]{1,63}")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,9}")
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
_HEX = re.compile(r"v[0-9a-f]+")


def check(sample: Sample) -> None:
    """Raises WriteError `bad_name` where a name made from the sample would not be safe everywhere."""
    suffixes = [sample.suffix, *(face.suffix for face in sample.faces), *(one.suffix for one in sample.companions)]
    wrong = [
        *([] if _ID.fullmatch(sample.id) and sample.id not in _DEVICES else [f"the id {sample.id!r}"]),
        *(f"the suffix {suffix!r}" for suffix in suffixes if not _SUFFIX.fullmatch(suffix)),
    ]
    if wrong:
        raise WriteError(
            f"{' and '.join(wrong)} cannot be part of a file's name",
            hint="ids are `v` and 16 hex digits, suffixes a dot and lower-case letters or digits",
            code="bad_name",
        )


def check_split(split: str) -> None:
    """Raises WriteError `bad_name` for a split that cannot be a folder everywhere, or that loaders keep for themselves.

    >>> check_split("train")
    """
    mistake = name_mistake(split)
    if mistake is not None:
        raise WriteError(mistake, hint="give the split another name", code="bad_name")


def kind_folder(dataset: Dataset) -> str:
    """What the folder of a split's media is called."""
    return "images" if dataset.is_frames else "videos"


def split_folder(split: str) -> str:
    return f"data/{split}"


def shelf(dataset: Dataset, split: str, sample_id: str) -> str:
    """The sub-folder of the media folder that a sample lies in, with `/`; empty while one folder can hold them all.

    It comes from the id and not from a count, so that a sample that is added moves no other.
    """
    digits = shelf_digits(dataset.counts.get(split, 0))
    return f"{sample_id[1 : 1 + digits]}/" if digits and _HEX.fullmatch(sample_id) else ""


def shelf_digits(count: int) -> int:
    """How many digits of the id name a sub-folder: none while clips and captions fit into one folder.

    >>> shelf_digits(5_000), shelf_digits(5_001), shelf_digits(1_000_000)
    (0, 1, 3)
    """
    digits = 0
    # Ids are hashes: they fill folders evenly; three quarters leave room for chance.
    while 2 * count > MOST_ENTRIES * (12**digits):
        digits += 1
    return digits


def media_name(dataset: Dataset, sample: Sample) -> str:
    """From the root of the dataset: `data/train/videos/v13f244b3545cab53.mp4`."""
    return f"{split_folder(sample.split)}/{media_in_split(dataset, sample)}"


def media_in_split(dataset: Dataset, sample: Sample) -> str:
    """From the folder of its split: `videos/v13f244b3545cab53.mp4`."""
    return f"{kind_folder(dataset)}/{shelf(dataset, sample.split, sample.id)}{sample.id}{sample.suffix}"


def caption_name(dataset: Dataset, sample: Sample) -> str:
    return media_name(dataset, sample).removesuffix(sample.suffix) + ".txt"


def sample_name(sample: Sample) -> str:
    """Away from the clips, so that no loader takes it for one: `samples/13/v13f244b3545cab53.json`."""
    return f"samples/{sample.id[1:3]}/{sample.id}.json"


def face_file(sample: Sample, index: int, crop: FaceCrop) -> str:
    """Beside `faces.jsonl`: `v13f244b3545cab53_f00.png`."""
    return f"{sample.id}_f{index:02d}{crop.suffix}"


def face_name(sample: Sample, index: int, crop: FaceCrop) -> str:
    return f"faces/{sample.split}/{face_file(sample, index, crop)}"


def companion_fields(sample: Sample) -> tuple[str, ...]:
    """What each companion is, by its role; the second of a role and further ones with their number.

    For two references and a start image: `reference`, `reference_1`, `start_image`.
    """
    met: Counter[str] = Counter()
    fields: list[str] = []
    for companion in sample.companions:
        number = met[companion.role]
        fields.append(f"{companion.role}_{number}" if number else companion.role)
        met[companion.role] += 1
    return tuple(fields)


def companion_names(sample: Sample) -> tuple[str, ...]:
    """`companions/train/v13f244b3545cab53_control.mp4`: never among the clips, or trainers would train on them."""
    return tuple(
        f"companions/{sample.split}/{sample.id}_{field}{companion.suffix}"
        for field, companion in zip(companion_fields(sample), sample.companions, strict=True)
    )
