"""huggingface/diffusers, its example that trains on videos.

`examples/cogvideo/train_cogvideox_lora.py`; https://github.com/huggingface/diffusers/tree/main/examples/cogvideo
It pairs the lines of the two files that `cogvideox` writes, in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping

from turnover.datasets.layout import Configuring, Trainer
from turnover.datasets.trainers import cogvideox
from turnover.datasets.trainers.fitting import (
    EIGHT_N_PLUS_ONE,
    Model,
    chosen,
    for_most,
    training_split,
    usable_counts,
    videos_of,
)
from turnover.datasets.trainers.lists import no_lists
from turnover.datasets.trainers.machine import Root
from turnover.datasets.trainers.writing import script

NAME = "diffusers"
SUFFIXES = cogvideox.SUFFIXES
MODELS = (Model("cogvideox-2b", "CogVideoX 2B", EIGHT_N_PLUS_ONE, None, 16, 49, {"path": "THUDM/CogVideoX-2b"}),)


def configuration(configuring: Configuring) -> Mapping[str, str]:
    """`diffusers.sh`: the example has options and no file of settings."""
    model = chosen(MODELS, configuring.model, NAME)
    split = training_split(configuring)
    shapes = videos_of(configuring, split, SUFFIXES, NAME)
    frames = for_most(usable_counts(shapes, model), trainer=NAME, rule=model.rule)
    root = Root(configuring.root)
    words = (
        "accelerate", "launch", "$DIFFUSERS/examples/cogvideo/train_cogvideox_lora.py",
        "--pretrained_model_name_or_path", model.words["path"],
        "--instance_data_root", root.path(f"data/{split}"),
        "--caption_column", cogvideox.PROMPTS,
        "--video_column", cogvideox.VIDEOS,
        "--seed", "42",
        "--rank", "64",
        "--lora_alpha", "64",
        "--mixed_precision", "fp16",
        "--output_dir", root.beside(f"{NAME}/output"),
        "--height", "480",
        "--width", "720",
        "--fps", "8",
        "--max_num_frames", str(frames),
        "--skip_frames_start", "0",
        "--skip_frames_end", "0",
        "--train_batch_size", "1",
        "--num_train_epochs", "30",
        "--checkpointing_steps", "1000",
        "--gradient_accumulation_steps", "1",
        "--learning_rate", "1e-3",
        "--lr_scheduler", "cosine_with_restarts",
        "--lr_warmup_steps", "200",
        "--lr_num_cycles", "1",
        "--enable_slicing",
        "--enable_tiling",
        "--optimizer", "Adam",
    )  # fmt: skip
    comment = f"{configuring.name}, {split}, for {model.title}."
    return {f"{NAME}.sh": script(words, comment=comment, needs={"DIFFUSERS": "the folder of diffusers"})}


TRAINER = Trainer(
    name=NAME,
    title="diffusers",
    sentence="the CogVideoX example of Hugging Face diffusers",
    suffixes=SUFFIXES,
    frame_rule=MODELS[0].rule,
    frame_rate=None,
    size_multiple=MODELS[0].multiple,
    lists=no_lists,
    configuration=configuration,
    command="DIFFUSERS=diffusers sh {config}",
)
