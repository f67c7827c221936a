"""Datasets that this program wrote, as PyTorch reads them.

    from torch.utils.data import DataLoader
    from turnover.torch import BucketSampler, ClipDataset, ClipStream, collate

    clips = ClipDataset("fox-1.0.0", "train", num_frames=49, sampling="random")
    loader = DataLoader(clips, batch_sampler=BucketSampler(clips, 4), collate_fn=collate, num_workers=4)

The names above are made when they are first asked for, so that importing this needs no PyTorch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnover.torch.batch import collate
    from turnover.torch.buckets import BucketSampler
    from turnover.torch.dataset import ClipDataset
    from turnover.torch.stream import ClipStream

__all__ = ["BucketSampler", "ClipDataset", "ClipStream", "collate"]

_PLACES = {"BucketSampler": "buckets", "ClipDataset": "dataset", "ClipStream": "stream", "collate": "batch"}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
