"""Samples that were never files: `sample`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from turnover.core.clip import Place, Rights
from turnover.core.entry import FileSource
from turnover.core.generation import Generation, ModelUse
from turnover.core.measurement import Summary
from turnover.core.rate import Rate
from turnover.datasets.sample import Sample


def source(name: str = "a.mp4", *, size: int = 1000, digest: str = "0" * 64) -> FileSource:
    return FileSource(Path("/clips") / name, size, digest, 0)


def sample(**members: Any) -> Sample:
    """A sample about which everything is known; `members` replace what they name."""
    one = Sample(
        id="v0000000000000001",
        media=source(),
        suffix=".mp4",
        source_name="walk/a.mp4",
        caption="a fox walks",
        frame_count=49,
        frame_rate=Rate(16),
        width=832,
        height=480,
        duration_seconds=49 / 16,
        place=Place("show", "Ana", "walk", "sc01", 0),
        status="approved",
        prompt="a fox walks",
        generation=Generation(tool="ComfyUI", prompt="a fox walks", seed=7, models=(ModelUse("wan2.2"),)),
        quality_score=0.75,
        metrics={"flicker": Summary(mean=0.5, p10=0.25, low=0.125, high=2.0)},
        failure_tags=("flicker",),
        rights=Rights("allowed", "CC0-1.0"),
        split="train",
    )
    return replace(one, **members)
