"""hao-ai-lab/FastVideo: Wan.

Its loader: `fastvideo/workflow/preprocess/components.py`, dataset type `merged`; https://github.com/hao-ai-lab/FastVideo
It wants a folder `videos` beside its list, and paths from that folder. A row without rate, frames and size is dropped,
and so is a clip that is upright, very wide, or several times as long as what is trained on. A caption stands in a list:
there are versions that take the first of it, which of a text would be its first letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from turnover.core.entry import Entry
from turnover.core.rate import Rate
from turnover.datasets import names
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Configuring, FrameRule, Shape, Trainer
from turnover.datasets.sample import Sample
from turnover.datasets.trainers.fitting import (
    Model,
    chosen,
    fitted,
    for_most,
    resampled,
    short_at_rate,
    sizes_of,
    training_split,
    usable_counts,
    videos_of,
)
from turnover.datasets.trainers.lists import Row, json_list, one_line, readable
from turnover.datasets.trainers.machine import Root
from turnover.datasets.trainers.writing import Tree, yaml

NAME = "fastvideo"
SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".webm", ".avi"})
MODELS = (
    Model(
        "wan2.1",
        "Wan 2.1 1.3B",
        FrameRule(4, 1, least=5),
        Rate(16),
        16,
        77,
        {"path": "Wan-AI/Wan2.1-T2V-1.3B-Diffusers"},
    ),
)

TALLEST, WIDEST = 17 / 16, 8 / 16
"""Height over width beyond which its check drops a clip."""
TIMES_AS_LONG = 5


def lists(dataset: Dataset, split: str) -> Iterable[Entry]:
    """`videos2caption.json`, of the clips whose rate and length are known."""
    if dataset.is_frames:
        return ()
    kind = names.kind_folder(dataset)

    def rows() -> Iterator[Row]:
        for sample in readable(dataset, split, SUFFIXES):
            if sample.frame_rate is not None and sample.frame_count is not None:
                yield {
                    "path": names.media_in_split(dataset, sample).removeprefix(f"{kind}/"),
                    "cap": [one_line(sample.caption)],
                    "resolution": {"width": sample.width, "height": sample.height},
                    "fps": float(sample.frame_rate),
                    "num_frames": sample.frame_count,
                }

    return (json_list(f"{names.split_folder(split)}/videos2caption.json", rows),)


def configuration(configuring: Configuring) -> Mapping[str, str]:
    """`fastvideo.yaml`, which makes the latents that its training reads."""
    model = chosen(MODELS, configuring.model, NAME)
    split = training_split(configuring)
    shapes = videos_of(configuring, split, SUFFIXES, NAME)
    frames = for_most(usable_counts(shapes, model, lambda shape: _frames(shape, model)), trainer=NAME, rule=model.rule)
    width, height = fitted(sizes_of(shapes)[0], model.multiple)
    root = Root(configuring.root)
    tree: dict[str, Tree] = {
        "model_path": model.words["path"],
        "pipeline": {"workload_type": "t2v"},
        "preprocess": {
            "dataset_type": "merged",
            "dataset_path": root.path(f"data/{split}"),
            "dataset_output_dir": root.beside(f"{NAME}/latents-{split}"),
            "video_loader_type": "torchcodec",
            "preprocess_video_batch_size": 2,
            "dataloader_num_workers": 0,
            "max_height": height,
            "max_width": width,
            "num_frames": frames,
            "train_fps": round(float(model.rate or 16)),
            "samples_per_file": 8,
            "flush_frequency": 8,
            "video_length_tolerance_range": TIMES_AS_LONG,
        },
    }
    return {f"{NAME}.yaml": yaml(tree, comment=f"{configuring.name}, {split}, for FastVideo and {model.title}.")}


def _frames(shape: Shape, model: Model) -> int | None:
    if shape.frame_count is None or shape.frame_rate is None:
        return None
    return resampled(shape.frame_count, shape.frame_rate, model.rate)


def not_ready(sample: Sample) -> tuple[str, ...]:
    reasons = []
    if sample.frame_rate is None:
        reasons.append("its frame rate varies or is not known, and a row needs one")
    if sample.height and sample.width and not WIDEST <= sample.height / sample.width <= TALLEST:
        reasons.append(f"{sample.width}x{sample.height} is upright or very wide, which its check drops")
    return (*reasons, *short_at_rate(sample, MODELS[0]))


TRAINER = Trainer(
    name=NAME,
    title="FastVideo",
    sentence="Wan fine-tunes and distillation, from hao-ai-lab",
    suffixes=SUFFIXES,
    frame_rule=MODELS[0].rule,
    frame_rate=MODELS[0].rate,
    size_multiple=MODELS[0].multiple,
    lists=lists,
    configuration=configuration,
    command="torchrun --nproc_per_node=1 -m fastvideo.pipelines.preprocess.v1_preprocessing_new --config {config}",
    not_ready=not_ready,
)
