"""aigc-apps/VideoX-Fun: Wan and CogVideoX-Fun.

Its loaders: `videox_fun/data/dataset_image_video.py`, `dataset_video.py`; https://github.com/aigc-apps/VideoX-Fun
A row without `"type": "video"` is taken for a picture. Every `video_sample_stride`-th frame is used.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

from turnover.core.clip import JsonValue
from turnover.core.entry import Entry
from turnover.datasets import names
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Configuring, Trainer
from turnover.datasets.trainers.fitting import (
    FOUR_N_PLUS_ONE,
    Model,
    chosen,
    fitted,
    for_most,
    side,
    sizes_of,
    training_split,
    usable_counts,
    videos_of,
)
from turnover.datasets.trainers.lists import Row, companion, json_list, one_line, readable, shared_companions
from turnover.datasets.trainers.machine import Root
from turnover.datasets.trainers.writing import script

NAME = "videox-fun"
SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v"})
MODELS = (Model("wan2.1", "Wan 2.1", FOUR_N_PLUS_ONE, None, 16, 81),)


def lists(dataset: Dataset, split: str) -> Iterable[Entry]:
    """`videox_fun.json`, with control videos where every clip has one."""
    if dataset.is_frames:
        return ()
    folder = names.split_folder(split)

    def rows() -> Iterator[Row]:
        has_control = shared_companions(readable(dataset, split, SUFFIXES), "control")
        for sample in readable(dataset, split, SUFFIXES):
            row: dict[str, JsonValue] = {
                "file_path": names.media_in_split(dataset, sample),
                "text": one_line(sample.caption),
                "type": "video",
                "width": sample.width,
                "height": sample.height,
            }
            if has_control:
                row["control_file_path"] = posixpath.relpath(companion(sample, "control"), folder)
            yield row

    return (json_list(f"{folder}/videox_fun.json", rows),)


def configuration(configuring: Configuring) -> Mapping[str, str]:
    """`videox-fun.sh`: this trainer has options, and a file of settings for each model with it."""
    model = chosen(MODELS, configuring.model, NAME)
    split = training_split(configuring)
    shapes = videos_of(configuring, split, SUFFIXES, NAME)
    frames = for_most(usable_counts(shapes, model), trainer=NAME, rule=model.rule)
    edge = str(side(fitted(sizes_of(shapes)[0], model.multiple)) // model.multiple * model.multiple)
    root = Root(configuring.root)
    words = (
        "accelerate", "launch", "$VIDEOX_FUN/scripts/wan2.1/train_lora.py",
        "--config_path", "$VIDEOX_FUN/config/wan2.1/wan_civitai.yaml",
        "--pretrained_model_name_or_path", "$WAN_MODEL",
        "--train_data_dir", root.path(f"data/{split}"),
        "--train_data_meta", root.path(f"data/{split}/videox_fun.json"),
        "--image_sample_size", edge,
        "--video_sample_size", edge,
        "--token_sample_size", edge,
        "--video_sample_stride", "1",
        "--video_sample_n_frames", str(frames),
        "--train_batch_size", "1",
        "--gradient_accumulation_steps", "1",
        "--dataloader_num_workers", "4",
        "--num_train_epochs", "100",
        "--checkpointing_steps", "500",
        "--learning_rate", "1e-04",
        "--seed", "42",
        "--output_dir", root.beside(f"{NAME}/output"),
        "--gradient_checkpointing",
        "--mixed_precision", "bf16",
        "--vae_mini_batch", "1",
        "--enable_bucket",
        "--uniform_sampling",
        "--rank", "64",
        "--network_alpha", "32",
        "--low_vram",
        "--train_mode", "normal",
    )  # fmt: skip
    comment = f"{configuring.name}, {split}, for VideoX-Fun and {model.title}."
    return {
        f"{NAME}.sh": script(
            words, comment=comment, needs={"VIDEOX_FUN": "VideoX-Fun's folder", "WAN_MODEL": "the model's folder"}
        )
    }


TRAINER = Trainer(
    name=NAME,
    title="VideoX-Fun",
    sentence="Wan-Fun and CogVideoX-Fun, from Alibaba PAI",
    suffixes=SUFFIXES,
    frame_rule=MODELS[0].rule,
    frame_rate=None,
    size_multiple=MODELS[0].multiple,
    lists=lists,
    configuration=configuration,
    command="VIDEOX_FUN=VideoX-Fun WAN_MODEL=Wan2.1-T2V-1.3B sh {config}",
)
