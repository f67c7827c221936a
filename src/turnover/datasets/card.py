"""`README.md`: what the dataset is, for a person, and in its YAML head how Hugging Face loads it.

Without the head, the loader guesses the format from whatever suffix is most frequent: captions beside clips would make
it a dataset of texts. The clips are named by suffixes of its own video builder alone (`.webm` and `.gif` count there as
sound and as pictures); the others are found through `metadata.parquet`, which lists every clip.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from turnover.datasets.dataset import Dataset
from turnover.datasets.plain import json_text
from turnover.datasets.survey import Survey

WITNESS = {False: "as-video.mkv", True: "as-image.png"}
"""By whether samples are frames: an empty file whose suffix tells the loader what it is about to load."""

LOADABLE = {
    False: frozenset({".mp4", ".mov", ".mkv", ".avi", ".mpeg"}),
    True: frozenset({".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp"}),
}
"""By whether samples are frames: suffixes by which `datasets` knows a video, or a picture."""

# Those of huggingface.co/docs/hub/repositories-licenses that data usually has.
_LICENCES = frozenset({
    "apache-2.0", "mit", "bsd-3-clause", "odbl", "odc-by", "pddl", "cdla-permissive-2.0", "cdla-sharing-1.0", "c-uda",
    "cc", "cc0-1.0", "cc-by-2.0", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0",
    "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-4.0", "openrail", "gfdl",
})  # fmt: skip

_YAML_WORDS = frozenset({"y", "yes", "true", "on", "n", "no", "false", "off", "null"})
"""What YAML takes for something else than text."""

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))

_TORCHCODEC = """\
Videos decode through torchcodec, which needs FFmpeg as shared libraries; on a machine without CUDA install
`torchcodec==0.13.*`, as later wheels for Linux want CUDA. Without torchcodec everything but the pictures loads:
add `.cast_column("video", Video(decode=False))` (`from datasets import Video`) and decode with what you like.
A torchcodec that is installed but does not import breaks loading itself: mend it or uninstall it.
"""


@dataclass(frozen=True, slots=True)
class Config:
    """One entry of `configs` in the head."""

    name: str
    files: Mapping[str, tuple[str, ...]]
    """Split → patterns, from the root; a configuration without files is left out."""
    features: tuple[str, ...] = ()
    """Lines of YAML that say every column's type; empty where the files tell."""
    drop_labels: bool = False


@dataclass(frozen=True, slots=True)
class Loading:
    """How one layout is loaded."""

    configs: tuple[Config, ...]
    examples: tuple[tuple[str, str], ...]
    """Title → lines of Python."""
    files: tuple[tuple[str, str], ...]
    """Name or pattern → what it is, for a person."""


def card(dataset: Dataset, survey: Survey, loading: Loading) -> str:
    """The whole text."""
    return "\n".join([*_head(dataset, survey, loading), *_body(dataset, survey, loading)])


def _head(dataset: Dataset, survey: Survey, loading: Loading) -> Iterator[str]:
    yield "---"
    yield f"license: {_licence(dataset.licence)}"
    yield f"pretty_name: {json_text(dataset.name)}"
    yield f"task_categories: [{', '.join(_tasks(dataset, survey))}]"
    yield f"size_categories: [{json_text(next((name for most, name in _SIZES if dataset.total < most), '1M<n<10M'))}]"
    configs = [config for config in loading.configs if config.files]
    if configs:
        yield "configs:"
    for config in configs:
        yield f"- config_name: {config.name}"
        if config.drop_labels:
            yield "  drop_labels: true"
        yield "  data_files:"
        for split, patterns in config.files.items():
            yield f"  - split: {json_text(split) if split in _YAML_WORDS else split}"
            yield f"    path: [{', '.join(map(json_text, patterns))}]"
    typed = [config for config in configs if config.features]
    if typed:
        yield "dataset_info:"
    for config in typed:
        yield f"- config_name: {config.name}"
        yield "  features:"
        yield from (f"  {line}" for line in config.features)
    yield "---"
    yield ""


def _body(dataset: Dataset, survey: Survey, loading: Loading) -> Iterator[str]:
    kind = "frames" if dataset.is_frames else "clips"
    yield f"# {dataset.name} {dataset.version}"
    yield ""
    if dataset.description:
        yield _inline(dataset.description)
        yield ""
    yield f"{dataset.total} {kind} with captions and how each was made."
    yield ""
    yield "## Load"
    yield ""
    for title, code in loading.examples:
        yield f"{title}:"
        yield ""
        yield "```python"
        yield code.strip("\n")
        yield "```"
        yield ""
    if not dataset.is_frames:
        yield _TORCHCODEC
    yield "## What is in it"
    yield ""
    yield from _table(("File", "Is"), ((f"`{name}`", sentence) for name, sentence in loading.files))
    yield from _counts(dataset, survey)
    yield "## How it was made"
    yield ""
    yield from _making(dataset, survey)
    yield "## Licence"
    yield ""
    yield _inline(dataset.licence) if dataset.licence else "Nobody said under which licence this may be used."
    yield ""


def _counts(dataset: Dataset, survey: Survey) -> Iterator[str]:
    yield "## Counts"
    yield ""
    yield from _table(
        ("Split", "Samples", "Seconds", "Face crops", "Bytes of media", "Kinds"),
        (
            (split, row.samples, f"{row.seconds:.1f}", row.faces, row.media_bytes, ", ".join(sorted(row.suffixes)))
            for split, row in survey.splits.items()
        ),
    )
    empty = [split for split, count in dataset.counts.items() if not count]
    if empty:
        yield f"Empty, so left out: {', '.join(empty)}."
        yield ""
    yield f"{survey.scored} of {dataset.total} have a quality score."
    yield ""
    for reason, count in sorted(dataset.excluded.items()):
        yield f"- {count} left out: {_inline(reason)}"
    if dataset.excluded:
        yield ""


def _making(dataset: Dataset, survey: Survey) -> Iterator[str]:
    yield f"{survey.synthetic} of {dataset.total} are known to be synthetic: a generative model made them, no camera."
    yield "Prompts, seeds, models and LoRAs are what a person gave, else what the generating program wrote down."
    yield ""
    rates = Counter({"varies" if rate is None else rate.decimal(): count for rate, count in survey.rates.items()})
    sizes = Counter({f"{width}×{height}": count for (width, height), count in survey.sizes.items()})
    yield from _table(
        ("What", "Which (how many)"),
        (
            (what, _most(counter))
            for what, counter in (
                ("Tools", survey.tools),
                ("Models", survey.models),
                ("LoRAs", survey.loras),
                ("Sizes", sizes),
                ("Frame rates", rates if not dataset.is_frames else Counter[str]()),
            )
            if counter
        ),
    )
    if dataset.trigger:
        yield f"Trigger word: {_inline(dataset.trigger)}."
        yield ""
    algorithm = dataset.policy.get("algorithm")
    if algorithm:
        yield f"Splits are made by {_inline(str(algorithm))}; `splits.lock.jsonl` keeps every sample where it is."
        yield ""


def _most(counter: Counter[str], most: int = 12) -> str:
    """The most frequent ones, equal ones by name."""
    ranked = sorted(counter.items(), key=lambda entry: (-entry[1], entry[0]))
    named = [f"{_inline(name)} ({count})" for name, count in ranked[:most]]
    return ", ".join([*named, *([f"{len(ranked) - most} more"] if len(ranked) > most else [])])


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    lines = [f"| {' | '.join(map(str, row))} |" for row in rows]
    if lines:
        yield f"| {' | '.join(head)} |"
        yield "|---" * len(head) + "|"
        yield from lines
        yield ""


def _tasks(dataset: Dataset, survey: Survey) -> tuple[str, ...]:
    if dataset.is_frames:
        return ("text-to-image",)
    return ("text-to-video", "image-to-video") if "start_image" in survey.companions else ("text-to-video",)


def _licence(licence: str | None) -> str:
    if licence is None:
        return "unknown"
    return licence.strip().lower() if licence.strip().lower() in _LICENCES else "other"


def _inline(text: str) -> str:
    """A person's text on one line, without a meaning in Markdown or HTML."""
    line = "".join(sign if sign.isprintable() else "\ufffd" for sign in " ".join(text.split()))
    return re.sub(r"([\\`*_\[\]<>|#~&])", r"\\\1", line)
