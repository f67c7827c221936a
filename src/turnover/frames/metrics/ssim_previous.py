"""How alike neighbouring pictures are."""

from __future__ import annotations

from turnover.frames.metric import Metric
from turnover.frames.picture import Picture


def _take(picture: Picture, previous: Picture | None) -> float:
    return picture.ssim_previous


METRIC = Metric(
    name="ssim_previous",
    sentence="How alike the picture and the one before it are; 1 is the same.",
    unit="index",
    low=-1.0,
    high=1.0,
    source="SSIM of FFmpeg's ssim filter (8x8 blocks, every 4 pixels), on luma reduced to at most 270 lines",
    start=lambda: _take,
)
