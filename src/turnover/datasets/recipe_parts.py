"""The values that a recipe is put together from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Statistic = Literal["mean", "p10", "low", "high"]
Cuts = Literal["keep", "exclude", "split"]
Reencode = Literal["never", "auto", "always"]
Changed = Literal["exclude", "fail"]
Role = Literal["start_image", "end_image", "control", "reference"]
Leak = Literal[
    "source_image", "batch", "near_duplicate", "reference", "control", "prompt", "seed", "model", "character", "scene",
    "scene_type", "project",
]  # fmt: skip
Trait = Literal["scene_type", "character", "scene", "project", "status", "tool", "model"]


@dataclass(frozen=True, slots=True)
class Bound:
    """What one number of a metric must be, ends included."""

    metric: str
    statistic: Statistic = "mean"
    """Which of the four numbers that sum a series up."""
    least: float | None = None
    most: float | None = None

    @property
    def name(self) -> str:
        """As a person writes it: `flicker` for its mean, `flicker.p10`."""
        return self.metric if self.statistic == "mean" else f"{self.metric}.{self.statistic}"


@dataclass(frozen=True, slots=True)
class FaceCrops:
    """Which pictures of faces go along; None is "not asked"."""

    most: int = 3
    size: int | Literal["frame"] = 256
    """Side in pixels; `frame` keeps the pixels of the frame."""
    aligned: bool = False
    margin: float = 1.8
    min_confidence: float | None = None
    min_sharpness: float = 30.0
    format: Literal["png", "jpg"] = "png"


@dataclass(frozen=True, slots=True)
class Stills:
    """Which frames stand for a clip where pictures are asked for; one of `every` and `best` is given."""

    every: int | None = None
    best: int | None = None
    by: str = "sharpness"
