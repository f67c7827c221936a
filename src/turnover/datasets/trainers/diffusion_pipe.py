"""tdrussell/diffusion-pipe: Wan, HunyuanVideo, LTX and more, on DeepSpeed.

Its loaders: `utils/dataset.py`, `models/base.py`; https://github.com/tdrussell/diffusion-pipe
It takes every file of a folder for media, except a few suffixes, does not look into sub-folders, and brings clips to
the model's rate. A clip goes to the longest frame bucket it reaches; one that reaches none is left out silently. How
long a clip is comes from its frames or, in other versions, from a duration that may be a frame short: so each bucket
has the next lower one beside it. The cache lies inside the folder; nothing can change that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from turnover.core.rate import Rate
from turnover.datasets.layout import Configuring, Shape, Trainer
from turnover.datasets.sample import Sample
from turnover.datasets.trainers.fitting import (
    EIGHT_N_PLUS_ONE,
    FOUR_N_PLUS_ONE,
    Model,
    chosen,
    few,
    fitted,
    for_most,
    resampled,
    short_at_rate,
    sizes_of,
    training_split,
    usable_counts,
    videos_of,
)
from turnover.datasets.trainers.lists import PICTURES, no_lists
from turnover.datasets.trainers.machine import Root
from turnover.datasets.trainers.writing import Table, toml

NAME = "diffusion-pipe"
SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".wmv", ".flv"}) | PICTURES

MODELS = (
    Model("wan", "Wan 2.1 and 2.2", FOUR_N_PLUS_ONE, Rate(16), 16, 81, {"ckpt_path": "Wan2.1-T2V-1.3B"}),
    Model("hunyuan-video", "HunyuanVideo", FOUR_N_PLUS_ONE, Rate(24), 16, 129, {"ckpt_path": "HunyuanVideo/ckpts"}),
    Model("ltx-video", "LTX-Video", EIGHT_N_PLUS_ONE, Rate(25), 32, 121, {"diffusers_path": "LTX-Video"}),
    Model(
        "ltx2", "LTX-2", EIGHT_N_PLUS_ONE, Rate(24), 32, 121,
        {"diffusion_model": "ltx-2-19b-dev.safetensors", "text_encoder": "gemma_3_12B_it.safetensors"},
    ),
)  # fmt: skip

OPTIMIZER: Table = {"type": "adamw_optimi", "lr": 2e-05, "betas": [0.9, 0.99], "weight_decay": 0.01, "eps": 1e-08}


def configuration(configuring: Configuring) -> Mapping[str, str]:
    """`diffusion-pipe.toml`, which trains, and the dataset's own file for each split that it names."""
    model = chosen(MODELS, configuring.model, NAME)
    split = training_split(configuring)
    files = {f"{NAME}-{split}.toml": _dataset(configuring, model, split)}
    held_out = [other for other in ("validation", "test") if other in configuring.splits and other != split][:1]
    for other in held_out:
        files[f"{NAME}-{other}.toml"] = _dataset(configuring, model, other)
    return {f"{NAME}.toml": _training(configuring, model, split, held_out), **files}


def _training(configuring: Configuring, model: Model, split: str, held_out: Sequence[str]) -> str:
    top: Table = {
        "output_dir": Root(configuring.root).beside(f"{NAME}/output"),
        "dataset": f"{NAME}-{split}.toml",
        "epochs": 100,
        "micro_batch_size_per_gpu": 1,
        "pipeline_stages": 1,
        "gradient_accumulation_steps": 1,
        "gradient_clipping": 1.0,
        "warmup_steps": 100,
        "eval_every_n_epochs": 1,
        "eval_before_first_step": True,
        "eval_micro_batch_size_per_gpu": 1,
        "eval_gradient_accumulation_steps": 1,
        "save_every_n_epochs": 10,
        "checkpoint_every_n_minutes": 120,
        "activation_checkpointing": True,
        "partition_method": "parameters",
        "save_dtype": "bfloat16",
        "caching_batch_size": 1,
        "steps_per_print": 1,
        "video_clip_mode": "single_beginning",
    }
    places: Table = {key: f"/path/to/{what}" for key, what in model.words.items()}
    tables: list[tuple[str, Table]] = [
        ("", top),
        *(("[[eval_datasets]]", {"name": other, "config": f"{NAME}-{other}.toml"}) for other in held_out),
        ("[model]", {"type": model.name, **places, "dtype": "bfloat16", "timestep_sample_method": "logit_normal"}),
        ("[adapter]", {"type": "lora", "rank": 32, "dtype": "bfloat16"}),
        (
            "[optimizer]",
            {"type": "adamw_optimi", "lr": 2e-05, "betas": [0.9, 0.99], "weight_decay": 0.01, "eps": 1e-08},
        ),
    ]
    comment = (
        f"{configuring.name} for {NAME} and {model.title}.\n"
        "Set the paths under [model]; start it in this file's folder, where the files it names are."
    )
    return toml(tables, comment=comment)


def _dataset(configuring: Configuring, model: Model, split: str) -> str:
    shapes = videos_of(configuring, split, SUFFIXES, NAME)
    root = Root(configuring.root)
    sizes = [fitted(size, model.multiple) for size in sizes_of(shapes)]
    top: Table = {
        "resolutions": [sizes[0]],
        "enable_ar_bucket": True,
        "ar_buckets": list(dict.fromkeys(sizes))[:6],
        "frame_buckets": _buckets(shapes, model, is_frames=configuring.is_frames),
    }
    folders = sorted({shape.folder for shape in shapes})
    directories: list[tuple[str, Table]] = [
        ("[[directory]]", {"path": root.path(folder), "num_repeats": 1}) for folder in folders
    ]
    return toml([("", top), *directories], comment=f"{configuring.name}, {split}, for {NAME} and {model.title}.")


def _buckets(shapes: Mapping[Shape, int], model: Model, *, is_frames: bool) -> list[int]:
    """1 is for pictures, and no clip goes there."""
    if is_frames:
        return [1]

    def frames(shape: Shape) -> int | None:
        known = shape.frame_count
        return None if known is None else resampled(known, shape.frame_rate, model.rate)

    counts = usable_counts(shapes, model, frames)
    for_most(counts, trainer=NAME, rule=model.rule)
    buckets = few(counts)
    lower = [frames - model.rule.step for frames in buckets if frames - model.rule.step >= model.rule.least]
    return sorted({1, *lower, *buckets})


COMMAND = """\
NCCL_P2P_DISABLE=1 NCCL_IB_DISABLE=1 deepspeed --num_gpus=1 "$DIFFUSION_PIPE/train.py" \\
  --deepspeed --config {config}"""


def not_ready(sample: Sample) -> tuple[str, ...]:
    return short_at_rate(sample, MODELS[0])


TRAINER = Trainer(
    name=NAME,
    title="diffusion-pipe",
    sentence="LoRAs and full fine-tunes of Wan, HunyuanVideo, LTX and others, from tdrussell",
    suffixes=SUFFIXES,
    frame_rule=MODELS[0].rule,
    frame_rate=MODELS[0].rate,
    size_multiple=MODELS[0].multiple,
    lists=no_lists,
    configuration=configuration,
    command=COMMAND,
    not_ready=not_ready,
    models=tuple(model.name for model in MODELS),
)
