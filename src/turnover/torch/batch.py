"""Samples into one batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from turnover.core.clip import JsonValue
from turnover.errors import UsageError
from turnover.torch.needed import Tensor, torch_module
from turnover.torch.samples import ClipSample


class ClipBatch(TypedDict):
    """One value a sample in each; none is ever None."""

    video: Tensor
    """(samples, frames, 3, height, width), uint8, as long as no transform made it something else."""
    caption: list[str]
    prompt: list[str]
    sample_id: list[str]
    fps: Tensor
    """float64; NaN where it varies or is not known."""
    num_frames: Tensor
    """int64."""
    quality_score: Tensor
    """float64; NaN where it was not measured."""
    metadata: list[dict[str, JsonValue]]


def collate(samples: Sequence[ClipSample]) -> ClipBatch:
    """What `DataLoader` takes as `collate_fn`; raises UsageError where the videos are not of one size and length."""
    torch = torch_module()
    videos = [sample["video"] for sample in samples]
    if len({tuple(video.shape) for video in videos}) > 1:
        told = ", ".join(f"{sample['sample_id']} {tuple(sample['video'].shape)}" for sample in samples)
        raise UsageError(
            f"clips of different size or length are no batch: {told}",
            hint="give DataLoader a BucketSampler as batch_sampler, or batch_size=1; num_frames makes lengths equal",
        )
    return {
        # In a worker it puts the batch into shared memory at once.
        "video": torch.utils.data.default_collate(videos),
        "caption": [sample["caption"] for sample in samples],
        "prompt": [sample["prompt"] for sample in samples],
        "sample_id": [sample["sample_id"] for sample in samples],
        "fps": torch.tensor([sample["fps"] for sample in samples], dtype=torch.float64),
        "num_frames": torch.tensor([sample["num_frames"] for sample in samples], dtype=torch.int64),
        "quality_score": torch.tensor([sample["quality_score"] for sample in samples], dtype=torch.float64),
        "metadata": [sample["metadata"] for sample in samples],
    }
