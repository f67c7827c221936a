"""hpcaitech/Open-Sora 2.

Its loader: `opensora/datasets/datasets.py`, `utils.py`; https://github.com/hpcaitech/Open-Sora/blob/main/docs/train.md
The table is read by pandas with its defaults. It takes `NA`, `null` and their like for missing values even in quotes,
but not with a space before them; so such a caption has one. Paths count from the working directory.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from turnover.core.entry import ChunksSource, Entry
from turnover.datasets import names
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Configuring, FrameRule, Listed, Shape, Trainer
from turnover.datasets.manifest import coalesced
from turnover.datasets.sample import Sample
from turnover.datasets.trainers.fitting import Model, chosen, for_most, training_split, usable_counts, videos_of
from turnover.datasets.trainers.lists import one_line, readable
from turnover.datasets.trainers.machine import Root

NAME = "open-sora"
SUFFIXES = frozenset({".mp4", ".avi", ".mov", ".mkv"})
MODELS = (Model("open-sora-2", "Open-Sora 2", FrameRule(32, 1, least=33), None, 16, 129),)
COLUMNS = ("path", "text", "num_frames", "height", "width", "aspect_ratio", "resolution", "fps")

MISSING = frozenset(
    ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
     "NULL", "NaN", "None", "n/a", "nan", "null"]
)  # fmt: skip
"""What pandas takes for a missing value: `na_values` of https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html"""


def lists(dataset: Dataset, split: str) -> Iterable[Entry]:
    """`opensora.csv`; its paths count from the dataset's root, where the trainer is to be started."""
    if dataset.is_frames:
        return ()

    def lines() -> Iterator[str]:
        yield _line(COLUMNS)
        for sample in readable(dataset, split, SUFFIXES):
            shape = Shape(
                sample.width,
                sample.height,
                sample.frame_count,
                sample.frame_rate,
                sample.suffix,
                names.split_folder(split),
            )
            yield from _row(Listed(names.media_name(dataset, sample), sample.caption, shape), root=None)

    return (Entry(f"{names.split_folder(split)}/opensora.csv", ChunksSource(lambda: coalesced(lines()))),)


def configuration(configuring: Configuring) -> Mapping[str, str]:
    """`open-sora.csv`: the same table with whole paths, for a start anywhere."""
    model = chosen(MODELS, configuring.model, NAME)
    split = training_split(configuring)
    shapes = videos_of(configuring, split, SUFFIXES, NAME)
    for_most(usable_counts(shapes, model), trainer=NAME, rule=model.rule)
    root = Root(configuring.root)
    clips = (clip for clip in configuring.clips(split) if clip.shape.suffix in SUFFIXES)
    return {f"{NAME}.csv": _line(COLUMNS) + "".join(row for clip in clips for row in _row(clip, root=root))}


def _row(clip: Listed, *, root: Root | None) -> Iterator[str]:
    """The clip's line; none where its length is not known, as buckets go by it."""
    shape = clip.shape
    if shape.frame_count is None or shape.frame_rate is None:
        return
    text = one_line(clip.caption)
    yield _line(
        (
            root.path(clip.path) if root else clip.path,
            f" {text}" if text in MISSING else text,
            shape.frame_count,
            shape.height,
            shape.width,
            shape.height / shape.width,
            shape.height * shape.width,
            float(shape.frame_rate),
        )
    )


def _line(cells: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def not_ready(sample: Sample) -> tuple[str, ...]:
    reasons = []
    if sample.frame_rate is None:
        reasons.append("its frame rate varies or is not known, and a row needs one")
    try:
        float(sample.caption)
    except ValueError:
        pass
    else:
        reasons.append(f"its caption {sample.caption!r} is a number, which pandas may read as one")
    return tuple(reasons)


COMMAND = """\
cd "$OPEN_SORA"
torchrun --nproc_per_node 1 scripts/diffusion/train.py configs/diffusion/train/stage1.py \\
  --dataset.data-path {config} --model.from_pretrained ckpts/Open_Sora_v2.safetensors"""

TRAINER = Trainer(
    name=NAME,
    title="Open-Sora 2",
    sentence="Open-Sora 2 from scratch or fine-tuned, from HPC-AI",
    suffixes=SUFFIXES,
    frame_rule=MODELS[0].rule,
    frame_rate=None,
    size_multiple=MODELS[0].multiple,
    lists=lists,
    configuration=configuration,
    command=COMMAND,
    not_ready=not_ready,
)
