"""kohya-ss/sd-scripts: picture models, on the face pictures of a dataset, or on its frames.

Its loader: `FineTuningDataset`; https://github.com/kohya-ss/sd-scripts/blob/main/docs/config_README-en.md
A metadata file names each picture of a folder without its suffix, so no caption file lies among the faces.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from turnover.core.entry import ChunksSource, Entry
from turnover.datasets import names
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import Configuring, Trainer
from turnover.datasets.manifest import coalesced
from turnover.datasets.sample import Sample
from turnover.datasets.trainers.fitting import fitted, side, sizes_of, training_split, videos_of
from turnover.datasets.trainers.lists import PICTURES, one_line
from turnover.datasets.trainers.machine import Root
from turnover.datasets.trainers.writing import Table, Value, toml
from turnover.errors import RefusedError

NAME = "kohya"
LIST = "kohya.json"
FACE_SIDE = 512
STEP = 64


def lists(dataset: Dataset, split: str) -> Iterable[Entry]:
    """`faces/<split>/kohya.json`, where there are faces: the caption of the clip that each comes from."""
    if not any(sample.faces for sample in dataset.samples(split)):
        return ()

    def pieces() -> Iterator[str]:
        before = "{\n"
        for sample in dataset.samples(split):
            for index, crop in enumerate(sample.faces):
                stem = names.face_file(sample, index, crop).removesuffix(crop.suffix)
                told = {"caption": one_line(sample.caption), "image_size": [crop.width, crop.height]}
                yield f"{before}{json.dumps(stem)}: {json.dumps(told)}"
                before = ",\n"
        yield "\n}\n"

    return (Entry(f"faces/{split}/{LIST}", ChunksSource(lambda: coalesced(pieces()))),)


def configuration(configuring: Configuring) -> Mapping[str, str]:
    """`kohya.toml`, of the faces, or of the frames where the dataset is made of them."""
    split = training_split(configuring)
    root = Root(configuring.root)
    if configuring.is_frames:
        shapes = videos_of(configuring, split, PICTURES, NAME)
        edge = side(fitted(sizes_of(shapes)[0], STEP, pixels=1024 * 1024))
        folders = sorted({shape.folder for shape in shapes})
        subsets: list[Table] = [
            {"image_dir": root.path(folder), "caption_extension": ".txt", "num_repeats": 1} for folder in folders
        ]
    elif configuring.faces.get(split):
        edge = FACE_SIDE
        folder = f"faces/{split}"
        subsets = [{"image_dir": root.path(folder), "metadata_file": root.path(f"{folder}/{LIST}"), "num_repeats": 1}]
    else:
        raise RefusedError(
            f"{NAME} trains on pictures, and {split!r} of {configuring.name} has neither frames nor faces",
            hint="make the dataset with `--frames`, or with faces",
        )
    top: dict[str, Value] = {"resolution": edge, "batch_size": 1, "enable_bucket": True, "bucket_no_upscale": True}
    tables = [("[[datasets]]", top), *(("[[datasets.subsets]]", subset) for subset in subsets)]
    return {f"{NAME}.toml": toml(tables, comment=f"{configuring.name}, {split}, for sd-scripts.")}


def not_ready(sample: Sample) -> tuple[str, ...]:
    is_picture = sample.suffix in PICTURES
    return () if is_picture or sample.faces else ("it is a video and no face was cut out of it",)


COMMAND = """\
accelerate launch --num_cpu_threads_per_process 1 "$SD_SCRIPTS/sdxl_train_network.py" --dataset_config {config} \\
  --pretrained_model_name_or_path sd_xl_base_1.0.safetensors --network_module networks.lora --network_dim 32 \\
  --learning_rate 1e-4 --max_train_epochs 10 --mixed_precision bf16 --gradient_checkpointing --sdpa \\
  --output_dir output --output_name lora"""

TRAINER = Trainer(
    name=NAME,
    title="sd-scripts",
    sentence="picture LoRAs on faces or frames, from kohya-ss",
    suffixes=frozenset(PICTURES | {".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".gif"}),
    frame_rule=None,
    frame_rate=None,
    size_multiple=1,
    lists=lists,
    configuration=configuration,
    command=COMMAND,
    not_ready=not_ready,
)
