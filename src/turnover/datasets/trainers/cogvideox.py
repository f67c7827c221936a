"""THUDM/CogVideo, the fine-tuning of CogVideoX 1.5.

Its loader: `finetune/datasets/utils.py`, `t2v_dataset.py`; https://github.com/THUDM/CogVideo/tree/main/finetune
Line i of one file belongs to line i of the other, after empty lines were dropped from each: one empty caption would
shift every pair after it. Paths count from the list's folder. Pictures are resized without keeping their shape, and
the cache lies in the dataset; nothing can change that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from turnover.core.entry import Entry
from turnover.datasets import names
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Configuring, Trainer
from turnover.datasets.trainers.fitting import (
    EIGHT_N_PLUS_ONE,
    Model,
    chosen,
    for_most,
    training_split,
    usable_counts,
    videos_of,
)
from turnover.datasets.trainers.lists import one_line, readable, text_lines
from turnover.datasets.trainers.machine import Root
from turnover.datasets.trainers.writing import script

NAME = "cogvideox"
SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".webm", ".avi"})
PROMPTS, VIDEOS = "prompts.txt", "videos.txt"

MODELS = (
    Model(
        "cogvideox1.5-t2v",
        "CogVideoX 1.5",
        EIGHT_N_PLUS_ONE,
        None,
        16,
        81,
        {"path": "THUDM/CogVideoX1.5-5B", "size": "768x1360"},
    ),
    Model(
        "cogvideox-t2v", "CogVideoX", EIGHT_N_PLUS_ONE, None, 16, 49, {"path": "THUDM/CogVideoX-5b", "size": "480x720"}
    ),
)


def lists(dataset: Dataset, split: str) -> Iterable[Entry]:
    """`prompts.txt` and `videos.txt`, with as many lines each."""
    if dataset.is_frames:
        return ()
    folder = names.split_folder(split)
    return (
        text_lines(
            f"{folder}/{PROMPTS}", lambda: (one_line(one.caption) for one in readable(dataset, split, SUFFIXES))
        ),
        text_lines(
            f"{folder}/{VIDEOS}",
            lambda: (names.media_in_split(dataset, one) for one in readable(dataset, split, SUFFIXES)),
        ),
    )


def configuration(configuring: Configuring) -> Mapping[str, str]:
    """`cogvideox.sh`: this trainer has options and no file of settings."""
    model = chosen(MODELS, configuring.model, NAME)
    split = training_split(configuring)
    shapes = videos_of(configuring, split, SUFFIXES, NAME)
    frames = for_most(usable_counts(shapes, model), trainer=NAME, rule=model.rule)
    root = Root(configuring.root)
    words = (
        "accelerate", "launch", "$COGVIDEO/finetune/train.py",
        "--model_path", model.words["path"],
        "--model_name", model.name,
        "--model_type", "t2v",
        "--training_type", "lora",
        "--output_dir", root.beside(f"{NAME}/output"),
        "--report_to", "tensorboard",
        "--data_root", root.path(f"data/{split}"),
        "--caption_column", PROMPTS,
        "--video_column", VIDEOS,
        "--train_resolution", f"{frames}x{model.words['size']}",
        "--train_epochs", "10",
        "--batch_size", "1",
        "--gradient_accumulation_steps", "1",
        "--mixed_precision", "bf16",
        "--seed", "42",
        "--num_workers", "4",
        "--pin_memory", "True",
        "--nccl_timeout", "1800",
        "--checkpointing_steps", "100",
        "--checkpointing_limit", "10",
        "--do_validation", "false",
    )  # fmt: skip
    comment = f"{configuring.name}, {split}, for {model.title}."
    return {f"{NAME}.sh": script(words, comment=comment, needs={"COGVIDEO": "CogVideo's folder"})}


TRAINER = Trainer(
    name=NAME,
    title="CogVideoX",
    sentence="CogVideoX LoRAs and full fine-tunes, from its authors",
    suffixes=SUFFIXES,
    frame_rule=MODELS[0].rule,
    frame_rate=None,
    size_multiple=MODELS[0].multiple,
    lists=lists,
    configuration=configuration,
    command="COGVIDEO=CogVideo sh {config}",
    models=tuple(model.name for model in MODELS),
)
