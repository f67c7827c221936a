"""Batches of clips of one size and length."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from turnover.errors import UsageError
from turnover.torch.dataset import ClipDataset
from turnover.torch.needed import SharedEpoch
from turnover.torch.order import ranks, shuffled
from turnover.torch.samples import Bucket

BatchSize = Callable[[Bucket], int]


class BucketSampler:
    """What `DataLoader` takes as `batch_sampler`: every sample once, each batch from one bucket.

    A clip whose size or number of frames is not known beforehand is a batch of its own.
    """

    def __init__(
        self,
        dataset: ClipDataset,
        batch_size: int | BatchSize,
        *,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
        rank: int | None = None,
        world_size: int | None = None,
        equal_ranks: bool = False,
    ) -> None:
        """batch_size: of every bucket, or by bucket, so that large pictures come in smaller batches.

        shuffle: samples among their bucket and batches among each other, by seed and epoch.
        drop_last: leave out the batch of each bucket that is not full.
        rank, world_size, equal_ranks: as in `ClipStream`; ranks share the batches.
        """
        self._members: dict[Bucket | int, list[int]] = {}
        for index in range(len(dataset)):
            self._members.setdefault(dataset.bucket(index) or index, []).append(index)
        self._sizes = {key: 1 if isinstance(key, int) else _size(batch_size, key) for key in self._members}
        self._is_shuffled = shuffle
        self._seed = seed
        self._is_dropping = drop_last
        self._ranks = ranks(rank, world_size)
        self._is_equal = equal_ranks
        self._epoch = SharedEpoch()
        self._start = 0
        self._position = 0

    @property
    def buckets(self) -> dict[Bucket, int]:
        """Samples in each, in the order in which they first come."""
        return {key: len(members) for key, members in self._members.items() if isinstance(key, Bucket)}

    def __len__(self) -> int:
        """Batches of this rank in a whole pass."""
        count = sum(map(self._batch_count, self._members))
        return len(self._ranks.share(np.arange(count), is_equal=self._is_equal))

    def __iter__(self) -> Iterator[list[int]]:
        """The batches of the pass: from its start, or once from where `load_state_dict` says."""
        start, self._start = self._start, 0
        self._position = start
        return self._batches(start, self._epoch.get())

    def set_epoch(self, epoch: int) -> None:
        """Which pass comes next: call it before each one, or all have the same order."""
        self._epoch.set(epoch)

    def state_dict(self) -> dict[str, int]:
        return {"epoch": self._epoch.get(), "position": self._position}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Go on from there in the next iteration."""
        self._epoch.set(state["epoch"])
        self._start = self._position = state["position"]

    def _batch_count(self, key: Bucket | int) -> int:
        samples, size = len(self._members[key]), self._sizes[key]
        return samples // size if self._is_dropping else -(-samples // size)

    def _batches(self, start: int, epoch: int) -> Iterator[list[int]]:
        every = list(self._every(epoch))
        order = np.arange(len(every))
        if self._is_shuffled:
            order = shuffled(len(every), seed=self._seed + 1, epoch=epoch)
        share = self._ranks.share(order, is_equal=self._is_equal)
        for place in range(start, len(share)):
            self._position = place + 1
            yield every[share[place]]

    def _every(self, epoch: int) -> Iterator[list[int]]:
        """All batches, bucket by bucket."""
        for key, members in self._members.items():
            if self._is_shuffled:
                members = [members[place] for place in shuffled(len(members), seed=self._seed, epoch=epoch)]
            size = self._sizes[key]
            for number in range(self._batch_count(key)):
                yield members[number * size : (number + 1) * size]


def _size(batch_size: int | BatchSize, bucket: Bucket) -> int:
    size = batch_size if isinstance(batch_size, int) else batch_size(bucket)
    if size < 1:
        raise UsageError(f"a batch has 1 sample or more, not {size}")
    return size
