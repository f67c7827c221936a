"""ostris/ai-toolkit: Wan and LTX LoRAs.

Its loaders: `toolkit/data_loader.py`, `toolkit/dataloader_mixins.py`; https://github.com/ostris/ai-toolkit
It walks a folder with all below it. By itself it squeezes a whole clip into `num_frames`; with
`shrink_video_to_frames: false` it takes every n-th frame from a random start, n being the clip's rate over `fps`,
rounded, which keeps motion as it is. Sizes and caches are kept in the folder.
"""

from __future__ import annotations

from collections.abc import Mapping

from turnover.core.rate import Rate
from turnover.datasets.layout import Configuring, Shape, Trainer
from turnover.datasets.sample import Sample
from turnover.datasets.trainers.fitting import (
    EIGHT_N_PLUS_ONE,
    FOUR_N_PLUS_ONE,
    Model,
    chosen,
    fitted,
    folder_above,
    for_most,
    short_at_rate,
    side,
    sizes_of,
    training_split,
    usable_counts,
    videos_of,
)
from turnover.datasets.trainers.lists import PICTURES, no_lists
from turnover.datasets.trainers.machine import Root
from turnover.datasets.trainers.writing import Tree, yaml

NAME = "ai-toolkit"
VIDEOS = frozenset({".mp4", ".avi", ".mov", ".webm", ".mkv", ".wmv", ".m4v", ".flv"})
SUFFIXES = VIDEOS | PICTURES

MODELS = (
    Model(
        "wan21", "Wan 2.1", FOUR_N_PLUS_ONE, Rate(16), 16, 81, {"name_or_path": "Wan-AI/Wan2.1-T2V-14B-Diffusers"}
    ),
    Model(
        "wan22_14b", "Wan 2.2", FOUR_N_PLUS_ONE, Rate(16), 16, 81,
        {"name_or_path": "ai-toolkit/Wan2.2-T2V-A14B-Diffusers-bf16"},
    ),
    Model("ltx2", "LTX-2", EIGHT_N_PLUS_ONE, Rate(24), 32, 121, {"name_or_path": "Lightricks/LTX-2"}),
)  # fmt: skip


def configuration(configuring: Configuring) -> Mapping[str, str]:
    """`ai-toolkit.yaml`, a whole job."""
    model = chosen(MODELS, configuring.model, NAME)
    split = training_split(configuring)
    shapes = videos_of(configuring, split, PICTURES if configuring.is_frames else VIDEOS, NAME)
    size = fitted(sizes_of(shapes)[0], model.multiple)
    dataset: dict[str, Tree] = {
        "folder_path": Root(configuring.root).path(folder_above(shapes)),
        "caption_ext": "txt",
        "caption_dropout_rate": 0.05,
        "shuffle_tokens": False,
        "resolution": [side(size)],
    }
    if not configuring.is_frames and model.rate is not None:
        counts = usable_counts(shapes, model, lambda shape: _frames(shape, model))
        most = for_most(counts, trainer=NAME, rule=model.rule)
        dataset |= {"num_frames": most, "shrink_video_to_frames": False, "fps": round(float(model.rate))}
    comment = (
        f"{configuring.name}, {split}, for {NAME} and {model.title}.\n"
        + (f"The captions have the trigger word {configuring.trigger!r} already.\n" if configuring.trigger else "")
    ).rstrip()  # fmt: skip
    return {f"{NAME}.yaml": yaml(_job(configuring, model, dataset), comment=comment)}


def _job(configuring: Configuring, model: Model, dataset: Mapping[str, Tree]) -> Mapping[str, Tree]:
    process: dict[str, Tree] = {
        "type": "sd_trainer",
        "training_folder": Root(configuring.root).beside(f"{NAME}/output"),
        "device": "cuda:0",
        "network": {"type": "lora", "linear": 32, "linear_alpha": 32},
        "save": {"dtype": "float16", "save_every": 250, "max_step_saves_to_keep": 4, "push_to_hub": False},
        "datasets": [dataset],
        "train": {
            "batch_size": 1,
            "steps": 2000,
            "gradient_accumulation": 1,
            "train_unet": True,
            "train_text_encoder": False,
            "gradient_checkpointing": True,
            "noise_scheduler": "flowmatch",
            "timestep_type": "sigmoid",
            "optimizer": "adamw8bit",
            "lr": 0.0001,
            "optimizer_params": {"weight_decay": 0.0001},
            "disable_sampling": True,
            "dtype": "bf16",
            "cache_text_embeddings": True,
        },
        "model": {
            **model.words,
            "arch": model.name,
            "quantize": True,
            "quantize_te": True,
            "low_vram": True,
        },
    }
    name = configuring.name
    return {
        "job": "extension",
        "config": {"name": name, "process": [process]},
        "meta": {"name": "[name]", "version": "1.0"},
    }


def _frames(shape: Shape, model: Model) -> int | None:
    """How many frames it finds at the model's rate without stretching."""
    if shape.frame_count is None or shape.frame_rate is None or model.rate is None:
        return shape.frame_count
    return shape.frame_count // max(1, round(float(shape.frame_rate) / float(model.rate)))


def not_ready(sample: Sample) -> tuple[str, ...]:
    return short_at_rate(sample, MODELS[0])


TRAINER = Trainer(
    name=NAME,
    title="AI Toolkit",
    sentence="LoRAs of Wan, LTX-2 and picture models, from ostris",
    suffixes=SUFFIXES,
    frame_rule=MODELS[0].rule,
    frame_rate=MODELS[0].rate,
    size_multiple=MODELS[0].multiple,
    lists=no_lists,
    configuration=configuration,
    command='python "$AI_TOOLKIT/run.py" {config}',
    not_ready=not_ready,
    models=tuple(model.name for model in MODELS),
)
