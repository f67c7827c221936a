"""Lightricks/LTX-2, the trainer of LTX-2 and LTX-2.3.

Its loaders: `scripts/process_dataset.py`, `scripts/process_videos.py`; its settings: `docs/configuration-reference.md`;
https://github.com/Lightricks/LTX-2/tree/main/packages/ltx-trainer
Latents are made once, from a list whose paths count from its own folder. It keeps the file's rate and the first frames
of a clip; a clip shorter than the smallest bucket is left out.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from turnover.core.entry import Entry
from turnover.datasets import names
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Configuring, Trainer
from turnover.datasets.trainers.fitting import (
    EIGHT_N_PLUS_ONE,
    Model,
    chosen,
    fitted,
    for_most,
    sizes_of,
    training_split,
    usable_counts,
    videos_of,
)
from turnover.datasets.trainers.lists import Row, companion, json_list, one_line, readable, shared_companions
from turnover.datasets.trainers.machine import Root
from turnover.datasets.trainers.writing import Tree, script, yaml

NAME = "ltx-2"
SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v"})
MODELS = (Model("ltx-2", "LTX-2", EIGHT_N_PLUS_ONE, None, 32, 121),)

MOST_BUCKETS = 4


def lists(dataset: Dataset, split: str) -> Iterable[Entry]:
    """`ltx.json`, with the reference videos of an IC-LoRA where every clip has one."""
    if dataset.is_frames:
        return ()
    folder = names.split_folder(split)

    def rows() -> Iterator[Row]:
        has_reference = shared_companions(readable(dataset, split, SUFFIXES), "reference")
        for sample in readable(dataset, split, SUFFIXES):
            row = {"caption": one_line(sample.caption), "video": names.media_in_split(dataset, sample)}
            if has_reference:
                row["reference_video"] = posixpath.relpath(companion(sample, "reference"), folder)
            yield row

    return (json_list(f"{folder}/ltx.json", rows),)


def configuration(configuring: Configuring) -> Mapping[str, str]:
    """`ltx-2.yaml`, which trains, and `ltx-2-prepare.sh`, which makes the latents it needs."""
    model = chosen(MODELS, configuring.model, NAME)
    split = training_split(configuring)
    shapes = videos_of(configuring, split, SUFFIXES, NAME)
    frames = for_most(usable_counts(shapes, model), trainer=NAME, rule=model.rule)
    sizes = list(dict.fromkeys(fitted(size, model.multiple) for size in sizes_of(shapes)))[:MOST_BUCKETS]
    root = Root(configuring.root)
    latents = root.beside(f"{NAME}/latents-{split}")
    prepare: Sequence[str] = (
        "uv", "run", "--project", "$LTX_TRAINER", "python", "$LTX_TRAINER/scripts/process_dataset.py",
        root.path(f"data/{split}/ltx.json"),
        "--resolution-buckets", ";".join(f"{width}x{height}x{frames}" for width, height in sizes),
        "--output-dir", latents,
        "--video-column", "video",
        "--caption-column", "caption",
        "--model-path", "$LTX_MODEL",
        "--text-encoder-path", "$GEMMA",
    )  # fmt: skip
    comment = f"{configuring.name}, {split}, for the trainer of LTX-2."
    needs = {
        "LTX_TRAINER": "packages/ltx-trainer of LTX-2",
        "LTX_MODEL": "the checkpoint's file",
        "GEMMA": "the text encoder's folder",
    }
    return {
        f"{NAME}.yaml": yaml(
            _training(root, latents, (*sizes[0], frames)), comment=f"{comment}\nSet the two paths under model."
        ),
        f"{NAME}-prepare.sh": script(prepare, comment=f"{comment}", needs=needs),
    }


def _training(root: Root, latents: str, bucket: tuple[int, int, int]) -> Mapping[str, Tree]:
    modules = [f"{block}.{part}" for block in ("attn1", "attn2") for part in ("to_k", "to_q", "to_v", "to_out.0")]
    return {
        "model": {
            "model_path": "/path/to/ltx-2.safetensors",
            "text_encoder_path": "/path/to/gemma",
            "training_mode": "lora",
            "load_checkpoint": None,
        },
        "lora": {"rank": 32, "alpha": 32, "dropout": 0.0, "target_modules": modules},
        "training_strategy": {
            "name": "flexible",
            "video": {"is_generated": True, "latents_dir": "latents", "conditions": []},
        },
        # More than one bucket asks for a batch of one.
        "optimization": {
            "learning_rate": 0.0001,
            "steps": 2000,
            "batch_size": 1,
            "gradient_accumulation_steps": 1,
            "max_grad_norm": 1.0,
            "optimizer_type": "adamw",
            "scheduler_type": "linear",
            "enable_gradient_checkpointing": True,
        },
        "acceleration": {"mixed_precision_mode": "bf16", "quantization": None, "load_text_encoder_in_8bit": False},
        "data": {"preprocessed_data_root": latents, "num_dataloader_workers": 2},
        "validation": {"video_dims": list(bucket), "interval": None, "skip_initial_validation": True},
        "checkpoints": {"interval": 250, "keep_last_n": 3, "precision": "bfloat16"},
        "seed": 42,
        "output_dir": root.beside(f"{NAME}/output"),
    }


COMMAND = """\
LTX_MODEL=ltx-2.safetensors GEMMA=gemma sh ltx-2-prepare.sh
uv run --project "$LTX_TRAINER" python "$LTX_TRAINER/scripts/train.py" {config}"""

TRAINER = Trainer(
    name=NAME,
    title="LTX-2 trainer",
    sentence="LoRAs, IC-LoRAs and full fine-tunes of LTX-2, from Lightricks",
    suffixes=SUFFIXES,
    frame_rule=MODELS[0].rule,
    frame_rate=None,
    size_multiple=MODELS[0].multiple,
    lists=lists,
    configuration=configuration,
    command=COMMAND,
)
