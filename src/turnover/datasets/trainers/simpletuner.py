"""bghira/SimpleTuner: Wan, LTX and HunyuanVideo.

Its loader: https://github.com/bghira/SimpleTuner/blob/main/documentation/DATALOADER.md
Each line of a caption file is a caption of its own; ours have one. It keeps the file's rate, and takes the first
`num_frames` of a clip; a shorter clip is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from turnover.core.clip import JsonValue
from turnover.datasets.layout import Configuring, Trainer
from turnover.datasets.trainers.fitting import (
    EIGHT_N_PLUS_ONE,
    FOUR_N_PLUS_ONE,
    Model,
    chosen,
    fitted,
    folder_above,
    for_most,
    side,
    sizes_of,
    training_split,
    usable_counts,
    videos_of,
)
from turnover.datasets.trainers.lists import PICTURES, no_lists
from turnover.datasets.trainers.machine import Root

NAME = "simpletuner"
VIDEOS = frozenset({".mp4", ".mov", ".avi", ".webm"})
SUFFIXES = VIDEOS | PICTURES

MODELS = (
    Model("wan", "Wan 2.1", FOUR_N_PLUS_ONE, None, 16, 81, {"path": "Wan-AI/Wan2.1-T2V-1.3B-Diffusers"}),
    Model("ltxvideo2", "LTX-2", EIGHT_N_PLUS_ONE, None, 32, 121, {"path": "Lightricks/LTX-2"}),
    Model("hunyuanvideo", "HunyuanVideo 1.5", FOUR_N_PLUS_ONE, None, 16, 121, {}),
)


def configuration(configuring: Configuring) -> Mapping[str, str]:
    """`simpletuner.json`, which trains, and the dataloader's file that it names."""
    model = chosen(MODELS, configuring.model, NAME)
    split = training_split(configuring)
    shapes = videos_of(configuring, split, PICTURES if configuring.is_frames else VIDEOS, NAME)
    root = Root(configuring.root)
    size = side(fitted(sizes_of(shapes)[0], model.multiple))
    backend: dict[str, JsonValue] = {
        "id": f"{configuring.name}-{split}",
        "type": "local",
        "dataset_type": "image" if configuring.is_frames else "video",
        "instance_data_dir": root.path(folder_above(shapes)),
        "caption_strategy": "textfile",
        "metadata_backend": "discovery",
        "crop": False,
        "resolution": size,
        "resolution_type": "pixel_area",
        "cache_dir_vae": root.beside(f"{NAME}/vae-{model.name}"),
        "repeats": 0,
    }
    if not configuring.is_frames:
        frames = for_most(usable_counts(shapes, model), trainer=NAME, rule=model.rule)
        backend["video"] = {"num_frames": frames, "min_frames": frames}
    texts: dict[str, JsonValue] = {
        "id": f"{configuring.name}-text",
        "type": "local",
        "dataset_type": "text_embeds",
        "default": True,
        "cache_dir": root.beside(f"{NAME}/text-{model.name}"),
    }
    training: dict[str, JsonValue] = {
        "model_type": "lora",
        "model_family": model.name,
        **({"pretrained_model_name_or_path": model.words["path"]} if model.words else {}),
        "data_backend_config": f"{NAME}-dataloader.json",
        "output_dir": root.beside(f"{NAME}/output"),
        "resolution": size,
        "resolution_type": "pixel_area",
        "train_batch_size": 1,
        "max_train_steps": 2000,
        "lora_rank": 32,
        "learning_rate": 0.0001,
        "optimizer": "adamw_bf16",
        "gradient_checkpointing": True,
        "seed": 42,
    }
    return {f"{NAME}.json": _text(training), f"{NAME}-dataloader.json": _text([backend, texts])}


def _text(value: JsonValue) -> str:
    return json.dumps(value, indent=2) + "\n"


TRAINER = Trainer(
    name=NAME,
    title="SimpleTuner",
    sentence="LoRAs and full fine-tunes of Wan, LTX and HunyuanVideo, from bghira",
    suffixes=SUFFIXES,
    frame_rule=MODELS[0].rule,
    frame_rate=None,
    size_multiple=MODELS[0].multiple,
    lists=no_lists,
    configuration=configuration,
    command="simpletuner train --config {config}",
    models=tuple(model.name for model in MODELS),
)
