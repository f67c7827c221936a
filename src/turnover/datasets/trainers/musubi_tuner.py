"""kohya-ss/musubi-tuner: Wan, HunyuanVideo and FramePack LoRAs.

Its loaders: `dataset/config_utils.py`, `datasources.py`, `image_video_dataset.py`, `media_utils.py`;
https://github.com/kohya-ss/musubi-tuner/blob/main/docs/dataset_config.md
Frames are dropped to reach the model's rate only where `source_fps` says the file's, so clips of different rates stand
in blocks of their own. A path in a list is looked up from the working directory first.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from turnover.core.entry import Entry
from turnover.core.rate import Rate
from turnover.datasets import names
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Configuring, FrameRule, Shape, Trainer
from turnover.datasets.sample import Sample
from turnover.datasets.trainers.fitting import (
    FOUR_N_PLUS_ONE,
    Model,
    chosen,
    fitted,
    for_most,
    short_at_rate,
    sizes_of,
    training_split,
    usable_counts,
    videos_of,
)
from turnover.datasets.trainers.lists import PICTURES, Row, companion, json_lines, one_line, readable, shared_companions
from turnover.datasets.trainers.machine import Root
from turnover.datasets.trainers.writing import Table, Value, toml

NAME = "musubi-tuner"
VIDEOS = frozenset({".mp4", ".webm", ".avi", ".mkv", ".mov", ".flv", ".wmv", ".m4v", ".mpg", ".mpeg"})
SUFFIXES = VIDEOS | PICTURES

MODELS = (
    Model("wan", "Wan 2.1 and 2.2", FOUR_N_PLUS_ONE, Rate(16), 16, 81),
    Model("hunyuan-video", "HunyuanVideo", FOUR_N_PLUS_ONE, Rate(24), 16, 129),
    Model("hunyuan-video-1.5", "HunyuanVideo 1.5", FOUR_N_PLUS_ONE, Rate(24), 16, 121),
    Model("framepack", "FramePack", FrameRule(36, 1, least=37), Rate(30), 16, 145),
)

COMMAND = """\
python "$MUSUBI_TUNER/src/musubi_tuner/wan_cache_latents.py" --dataset_config {config} --vae wan_2.1_vae.safetensors
python "$MUSUBI_TUNER/src/musubi_tuner/wan_cache_text_encoder_outputs.py" --dataset_config {config} \\
  --t5 models_t5_umt5-xxl-enc-bf16.pth --batch_size 16
accelerate launch --num_cpu_threads_per_process 1 --mixed_precision bf16 \\
  "$MUSUBI_TUNER/src/musubi_tuner/wan_train_network.py" --dataset_config {config} \\
  --task t2v-14B --dit wan2.1_t2v_14B_bf16.safetensors \\
  --sdpa --mixed_precision bf16 --fp8_base --optimizer_type adamw8bit --learning_rate 2e-4 --gradient_checkpointing \\
  --network_module networks.lora_wan --network_dim 32 --timestep_sampling shift --discrete_flow_shift 3.0 \\
  --max_train_epochs 16 --save_every_n_epochs 1 --seed 42 --output_dir output --output_name lora"""


def lists(dataset: Dataset, split: str) -> Iterable[Entry]:
    """`musubi.jsonl`; its paths count from the dataset's root, where the trainer is to be started."""
    if dataset.is_frames:
        return ()

    def rows() -> Iterator[Row]:
        has_control = shared_companions(readable(dataset, split, VIDEOS), "control")
        for sample in readable(dataset, split, VIDEOS):
            control = {"control_path": companion(sample, "control")} if has_control else {}
            path = names.media_name(dataset, sample)
            yield {"video_path": path, "caption": one_line(sample.caption), **control}

    return (json_lines(f"{names.split_folder(split)}/musubi.jsonl", rows),)


def configuration(configuring: Configuring) -> Mapping[str, str]:
    """`musubi-tuner.toml`, and a list for each block that is not simply a folder."""
    model = chosen(MODELS, configuring.model, NAME)
    split = training_split(configuring)
    shapes = videos_of(configuring, split, PICTURES if configuring.is_frames else VIDEOS, NAME)
    by_rate: dict[Rate | None, dict[Shape, int]] = {}
    for shape, samples in shapes.items():
        by_rate.setdefault(shape.frame_rate, {})[shape] = samples
    is_one_folder = len(by_rate) == 1 and len({shape.folder for shape in shapes}) == 1
    blocks: list[tuple[str, Table]] = []
    files: dict[str, str] = {}
    every: Counter[int] = Counter()
    for rate in sorted(by_rate, key=lambda rate: float(rate) if rate else 0.0):
        counts = usable_counts(by_rate[rate], model, lambda shape: _frames(shape, model))
        if not counts and not configuring.is_frames:
            continue  # a block that would train on nothing
        every += counts
        word = _word(rate)
        source = next(iter(by_rate[rate])).folder if is_one_folder else f"{NAME}-{split}-{word}.jsonl"
        if not is_one_folder:
            files[source] = _list(configuring, split, rate)
        blocks.append(("[[datasets]]", _block(configuring, model, counts, rate, source, word)))
    if not configuring.is_frames:
        for_most(every, trainer=NAME, rule=model.rule)
    general: Table = {
        "resolution": fitted(sizes_of(shapes)[0], model.multiple),
        "caption_extension": ".txt",
        "batch_size": 1,
        "enable_bucket": True,
        "bucket_no_upscale": True,
    }
    comment = f"{configuring.name}, {split}, for {NAME} and {model.title}: a block for each frame rate."
    return {f"{NAME}.toml": toml([("[general]", general), *blocks], comment=comment), **files}


def _word(rate: Rate | None) -> str:
    """The rate in names of files and folders, another for each: `24`, `24000-1001`."""
    if rate is None:
        return "varying"
    return str(rate.numerator) if rate.denominator == 1 else f"{rate.numerator}-{rate.denominator}"


def _block(
    configuring: Configuring, model: Model, counts: Counter[int], rate: Rate | None, source: str, word: str
) -> Table:
    root = Root(configuring.root)
    kind = "image" if configuring.is_frames else "video"
    is_list = source.endswith(".jsonl")
    block: dict[str, Value] = {
        f"{kind}_jsonl_file" if is_list else f"{kind}_directory": source if is_list else root.path(source),
        "cache_directory": root.beside(f"{NAME}/cache-{model.name}-{word}"),
        "num_repeats": 1,
    }
    if configuring.is_frames:
        return block
    if model.name != "framepack" and len(counts) == 1:
        block |= {"target_frames": [*counts], "frame_extraction": "head"}
    else:  # each clip as long as the rule lets it be
        block |= {"frame_extraction": "full", "max_frames": max(counts)}
    if rate is not None and rate != model.rate:
        block["source_fps"] = float(rate)
    return block


def _frames(shape: Shape, model: Model) -> int | None:
    """How many frames its loader keeps, counted in floats as it does."""
    if shape.frame_count is None or shape.frame_rate is None or model.rate is None or shape.frame_rate <= model.rate:
        return shape.frame_count
    step = float(model.rate) / float(shape.frame_rate)
    at, kept, last = 0.0, 0, -1
    for _ in range(min(shape.frame_count, 100_000)):
        kept, last = kept + (int(at) != last), int(at)
        at += step
    return kept


def _list(configuring: Configuring, split: str, rate: Rate | None) -> str:
    """The clips of one rate with their whole paths, which mean the same wherever it is started."""
    root, kind = Root(configuring.root), "image" if configuring.is_frames else "video"
    return "".join(
        json.dumps({f"{kind}_path": root.path(clip.path), "caption": one_line(clip.caption)}) + "\n"
        for clip in configuring.clips(split)
        if clip.shape.suffix in SUFFIXES and clip.shape.frame_rate == rate
    )


def not_ready(sample: Sample) -> tuple[str, ...]:
    if sample.frame_rate is None and sample.suffix in VIDEOS:
        return ("its frame rate varies or is not known, so frames cannot be dropped to the model's",)
    return short_at_rate(sample, MODELS[0])


TRAINER = Trainer(
    name=NAME,
    title="musubi-tuner",
    sentence="LoRAs of Wan, HunyuanVideo and FramePack, from kohya-ss",
    suffixes=SUFFIXES,
    frame_rule=MODELS[0].rule,
    frame_rate=MODELS[0].rate,
    size_multiple=MODELS[0].multiple,
    lists=lists,
    configuration=configuration,
    command=COMMAND,
    not_ready=not_ready,
    models=tuple(model.name for model in MODELS),
)
