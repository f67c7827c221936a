"""How trainers' own loaders find clips and captions, written again from their sources; each gives (video, caption).

Where a loader opens a file without naming an encoding, ASCII is read here: the outcome must not depend on the machine.
"""

from __future__ import annotations

import glob
import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pandas
import pyarrow
import yaml

Pairs = set[tuple[Path, str]]

MUSUBI_VIDEOS = (".mp4", ".webm", ".avi", ".mkv", ".mov", ".flv", ".wmv", ".m4v", ".mpg", ".mpeg")
MUSUBI_KEYS = {
    "caption_extension": str, "batch_size": int, "num_repeats": int, "resolution": list, "enable_bucket": bool,
    "bucket_no_upscale": bool, "video_directory": str, "video_jsonl_file": str, "image_directory": str,
    "image_jsonl_file": str, "target_frames": list, "frame_extraction": str, "max_frames": int, "cache_directory": str,
    "source_fps": float,
}  # fmt: skip
AI_TOOLKIT_VIDEOS = (".mp4", ".avi", ".mov", ".webm", ".mkv", ".wmv", ".m4v", ".flv")


def musubi_list(jsonl: Path, working_directory: Path) -> Pairs:
    """`VideoJsonlDatasource` before it looked beside the list: paths from the working directory, no line empty."""
    pairs = set()
    for line in jsonl.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        video = working_directory / row["video_path"]
        assert video.is_file(), "it would take this for a folder of pictures, and train on nothing"
        pairs.add((video, row["caption"]))
    return pairs


def musubi(configuration: Path) -> Pairs:
    """`ConfigSanitizer` and the datasources, started in the configuration's folder."""
    settings = tomllib.loads(configuration.read_text(encoding="utf-8"))
    assert set(settings) == {"general", "datasets"}
    for table in (settings["general"], *settings["datasets"]):
        assert {key: type(value) for key, value in table.items()} == {key: MUSUBI_KEYS[key] for key in table}
    caches = [block["cache_directory"] for block in settings["datasets"]]
    assert len(set(caches)) == len(caches)
    pairs: Pairs = set()
    for block in settings["datasets"]:
        if "video_jsonl_file" in block:
            pairs |= musubi_list(configuration.parent / block["video_jsonl_file"], configuration.parent)
            continue
        folder = block["video_directory"]
        for suffix in MUSUBI_VIDEOS:
            for found in glob.glob(os.path.join(glob.escape(folder), "*" + suffix)):  # noqa: PTH118, PTH207
                pairs.add((Path(found), Path(found).with_suffix(".txt").read_text(encoding="utf-8").strip()))
    return pairs


def diffusion_pipe(configuration: Path) -> Pairs:
    """`DirectoryDataset`: every file of a folder but a few suffixes, and no folder below it."""
    settings = tomllib.loads(configuration.read_text(encoding="utf-8"))
    assert 1 in settings["frame_buckets"]
    pairs = set()
    for directory in settings["directory"]:
        for file in sorted(Path(directory["path"]).glob("*")):
            if file.is_file() and file.suffix not in (".txt", ".npz", ".json", ".parquet", ".bak", ".db"):
                pairs.add((file, file.with_suffix(".txt").read_text(encoding="utf-8").strip()))
    return pairs


def ai_toolkit(configuration: Path) -> Pairs:
    """`AiToolkitDataset`: everything below the folder."""
    settings = yaml.safe_load(configuration.read_text(encoding="utf-8"))
    pairs = set()
    for dataset in settings["config"]["process"][0]["datasets"]:
        assert dataset["num_frames"] > 1
        for folder, _, files in os.walk(dataset["folder_path"]):
            for file in files:
                if file.lower().endswith(AI_TOOLKIT_VIDEOS) and not file.startswith("."):
                    video = Path(folder) / file
                    pairs.add(
                        (video, video.with_suffix(f".{dataset['caption_ext']}").read_text(encoding="utf-8").strip())
                    )
    return pairs


def simpletuner(configuration: Path) -> Pairs:
    """A local backend with captions in text files, of which every line is one."""
    backends = json.loads(configuration.read_text(encoding="utf-8"))
    assert [backend["dataset_type"] for backend in backends] == ["video", "text_embeds"]
    assert backends[0]["caption_strategy"] == "textfile"
    pairs = set()
    for video in Path(backends[0]["instance_data_dir"]).rglob("*"):
        if video.suffix in (".mp4", ".mov", ".avi", ".webm"):
            lines = video.with_suffix(".txt").read_text(encoding="utf-8").strip().split("\n")
            assert len(lines) == 1, "each line would be a caption of its own"
            pairs.add((video, lines[0]))
    return pairs


def ltx(metadata: Path) -> list[dict[str, Path | str]]:
    """`MediaDataset`: a list whose paths count from its own folder."""
    rows = json.loads(metadata.read_text(encoding="utf-8"))
    assert isinstance(rows, list)
    found = []
    for row in rows:
        paths = {key: metadata.parent / row[key].strip() for key in row if key in ("video", "reference_video")}
        assert all(path.is_file() for path in paths.values())
        found.append({"caption": row["caption"], **paths})
    return found


def diffsynth(metadata: Path, base: Path) -> Pairs:
    """`UnifiedDataset`: every line is JSON, and a path is joined to the base."""
    pairs = set()
    with metadata.open(encoding="ascii") as lines:
        for line in lines:
            row = json.loads(line.strip())
            pairs.add((base / row["video"], row["prompt"]))
    return pairs


def videox_fun(metadata: Path, data: Path) -> Pairs:
    """`ImageVideoDataset`: pictures unless the row says otherwise."""
    rows = json.loads(metadata.read_text(encoding="ascii"))
    assert {row.get("type", "image") for row in rows} == {"video"}
    assert all(isinstance(row[key], int) for row in rows for key in ("width", "height"))
    return {(data / row["file_path"], row["text"]) for row in rows}


def fastvideo(data: Path) -> Pairs:
    """`build_dataset` of a merged dataset, with its validator of types."""
    table = pyarrow.Table.from_pylist(json.loads((data / "videos2caption.json").read_text(encoding="utf-8")))
    pairs = set()
    for row in table.to_pylist():
        assert row["fps"] > 0
        assert row["num_frames"] > 0
        assert {"width", "height"} == set(row["resolution"])
        pairs.add((data / "videos" / row["path"], row["cap"][0]))
    return pairs


def open_sora(table: Path, working_directory: Path) -> Pairs:
    """`read_file`, with pandas' defaults."""
    rows = pandas.read_csv(table)
    assert list(rows.columns) == ["path", "text", "num_frames", "height", "width", "aspect_ratio", "resolution", "fps"]
    return {(working_directory / row["path"], row["text"].strip()) for row in rows.to_dict("records")}


def cogvideox(data: Path) -> Pairs:
    """`load_prompts` and `load_videos`: lines that are not empty, paired by their number."""

    def lines(name: str) -> list[str]:
        with (data / name).open(encoding="utf-8") as file:
            return [line.strip() for line in file.readlines() if len(line.strip()) > 0]

    prompts, videos = lines("prompts.txt"), lines("videos.txt")
    assert len(prompts) == len(videos)
    return {(data / video, prompt) for video, prompt in zip(videos, prompts, strict=True)}


def kohya(configuration: Path) -> Pairs:
    """`FineTuningDataset`: keys without a suffix are looked for in the folder."""
    settings: dict[str, Any] = tomllib.loads(configuration.read_text(encoding="utf-8"))
    pairs = set()
    for dataset in settings["datasets"]:
        for subset in dataset["subsets"]:
            told = json.loads(Path(subset["metadata_file"]).read_text(encoding="utf-8"))
            for key, row in told.items():
                [picture] = glob.glob(glob.escape(os.path.join(subset["image_dir"], key)) + ".png")  # noqa: PTH118, PTH207
                pairs.add((Path(picture), row["caption"]))
    return pairs
