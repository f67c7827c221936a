"""modelscope/DiffSynth-Studio: Wan, full and LoRA.

Its loaders: `diffsynth/core/data/unified_dataset.py`, `operators.py`; its options: `diffsynth/diffusion/parsers.py`;
https://github.com/modelscope/DiffSynth-Studio
Paths count from `--dataset_base_path`. A table would go through pandas, which takes a caption `NA` for a missing one;
lines of JSON do not. An empty line ends its run. It takes the first frames of a clip, at the file's rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

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
    sizes_of,
    training_split,
    usable_counts,
    videos_of,
)
from turnover.datasets.trainers.lists import Row, json_lines, one_line, readable
from turnover.datasets.trainers.machine import Root
from turnover.datasets.trainers.writing import script

NAME = "diffsynth"
SUFFIXES = frozenset({".mp4", ".avi", ".mov", ".wmv", ".mkv", ".flv", ".webm", ".gif"})


def _parts(model: str, transformer: str = "") -> Mapping[str, str]:
    weights = (
        f"{transformer}diffusion_pytorch_model*.safetensors",
        "models_t5_umt5-xxl-enc-bf16.pth",
        "Wan2.1_VAE.pth",
    )
    return {"parts": ",".join(f"{model}:{part}" for part in weights)}


# The half of the noise that each of Wan 2.2's two models is for, as `max_timestep_boundary` and `min_…` count it.
HIGH = {"max": "0.417", "min": "0"}
LOW = {"max": "1", "min": "0.417"}

MODELS = (
    Model("wan2.1-t2v-1.3b", "Wan 2.1 1.3B", FOUR_N_PLUS_ONE, None, 16, 81, _parts("Wan-AI/Wan2.1-T2V-1.3B")),
    Model("wan2.1-t2v-14b", "Wan 2.1 14B", FOUR_N_PLUS_ONE, None, 16, 81, _parts("Wan-AI/Wan2.1-T2V-14B")),
    Model(
        "wan2.2-t2v-a14b-high", "Wan 2.2 14B, high noise", FOUR_N_PLUS_ONE, None, 16, 81,
        {**_parts("Wan-AI/Wan2.2-T2V-A14B", "high_noise_model/"), **HIGH},
    ),
    Model(
        "wan2.2-t2v-a14b-low", "Wan 2.2 14B, low noise", FOUR_N_PLUS_ONE, None, 16, 81,
        {**_parts("Wan-AI/Wan2.2-T2V-A14B", "low_noise_model/"), **LOW},
    ),
)  # fmt: skip


def lists(dataset: Dataset, split: str) -> Iterable[Entry]:
    """`diffsynth.jsonl`."""
    if dataset.is_frames:
        return ()

    def rows() -> Iterator[Row]:
        for sample in readable(dataset, split, SUFFIXES):
            yield {"video": names.media_in_split(dataset, sample), "prompt": one_line(sample.caption)}

    return (json_lines(f"{names.split_folder(split)}/diffsynth.jsonl", rows),)


def configuration(configuring: Configuring) -> Mapping[str, str]:
    """`diffsynth.sh`: this trainer has options and no file of settings."""
    model = chosen(MODELS, configuring.model, NAME)
    split = training_split(configuring)
    shapes = videos_of(configuring, split, SUFFIXES, NAME)
    frames = for_most(usable_counts(shapes, model), trainer=NAME, rule=model.rule)
    width, height = fitted(sizes_of(shapes)[0], model.multiple)
    root = Root(configuring.root)
    words = (
        "accelerate", "launch", "$DIFFSYNTH/examples/wanvideo/model_training/train.py",
        "--dataset_base_path", root.path(f"data/{split}"),
        "--dataset_metadata_path", root.path(f"data/{split}/diffsynth.jsonl"),
        "--data_file_keys", "video",
        "--height", str(height),
        "--width", str(width),
        "--num_frames", str(frames),
        "--dataset_repeat", "1",
        "--model_id_with_origin_paths", model.words["parts"],
        "--learning_rate", "1e-4",
        "--num_epochs", "50",
        "--remove_prefix_in_ckpt", "pipe.dit.",
        "--output_path", root.beside(f"{NAME}/output"),
        "--lora_base_model", "dit",
        "--lora_target_modules", "q,k,v,o,ffn.0,ffn.2",
        "--lora_rank", "32",
        *_boundaries(model),
    )  # fmt: skip
    comment = f"{configuring.name}, {split}, for DiffSynth-Studio and {model.title}."
    return {f"{NAME}.sh": script(words, comment=comment, needs={"DIFFSYNTH": "DiffSynth-Studio's folder"})}


def _boundaries(model: Model) -> Sequence[str]:
    return [
        word
        for key in ("max", "min")
        if key in model.words
        for word in (f"--{key}_timestep_boundary", model.words[key])
    ]


TRAINER = Trainer(
    name=NAME,
    title="DiffSynth-Studio",
    sentence="LoRAs and full fine-tunes of Wan, from ModelScope",
    suffixes=SUFFIXES,
    frame_rule=MODELS[0].rule,
    frame_rate=None,
    size_multiple=MODELS[0].multiple,
    lists=lists,
    configuration=configuration,
    command="DIFFSYNTH=DiffSynth-Studio sh {config}",
    models=tuple(model.name for model in MODELS),
)
