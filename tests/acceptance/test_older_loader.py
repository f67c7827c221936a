"""The folder loads in an older `datasets` too, row for row: what was written today is read by yesterday's machines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import datasets_made

OLDER = ("datasets==3.6.0", "pyarrow<22", "fsspec<2025.4")

_LOAD = """
import json, sys
from datasets import Video, load_dataset
loaded = load_dataset(sys.argv[1], cache_dir=sys.argv[2])
rows = {}
for split, table in loaded.items():
    table = table.cast_column("video", Video(decode=False))
    rows[split] = [
        [row["sample_id"], row["prompt"], row["seed"], row["quality_score"], row["scene_type"], row["video"]["path"]]
        for row in table
    ]
print(json.dumps(rows))
"""


@pytest.mark.slow
def test_tree_in_datasets_3(tmp_path: Path) -> None:
    """Every split, id, prompt, seed of 64 bits and score comes out of datasets 3.6 as it went in."""
    made = datasets_made.plain(tmp_path / "made", {"train": 3, "validation": 1, "test": 1}, name="older")
    root = datasets_made.written(made, "tree", tmp_path)
    uv = Path(sys.executable).with_name("uv")
    python = tmp_path / "older" / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", tmp_path / "older"], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *OLDER], check=True)
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "HOME": str(tmp_path)}
    done = subprocess.run(
        [python, "-c", _LOAD, root, tmp_path / "cache"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert list(loaded) == list(made.splits)
    for split in made.splits:
        for sample, row in zip(made.samples(split), loaded[split], strict=True):
            expected = [sample.id, sample.prompt, str(sample.seed), sample.quality_score, sample.place.scene_type]
            assert expected == row[:5]
            assert Path(row[5]).is_file()
