"""In which order samples come, and who gives which of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from turnover.errors import UsageError
from turnover.torch.needed import torch_module


def shuffled(count: int, *, seed: int, epoch: int) -> NDArray[np.int64]:
    """The numbers below `count` in an order that only these three decide, on every machine and in every version.

    A bit generator's numbers are promised never to change (NEP 19); what is drawn from them by name is not.
    """
    lots = np.random.Philox(key=[seed % (1 << 64), epoch]).random_raw(count)
    return np.argsort(lots, kind="stable").astype(np.int64)


@dataclass(frozen=True, slots=True)
class Ranks:
    """Which of the processes that train together this is."""

    rank: int
    count: int

    def share(self, order: NDArray[np.int64], *, is_equal: bool) -> NDArray[np.int64]:
        """Every count-th; all ranks together have each once, or each has as many, and a few at the end are left out."""
        whole = len(order) // self.count * self.count if is_equal else len(order)
        return order[self.rank : whole : self.count]


def ranks(rank: int | None, world_size: int | None) -> Ranks:
    """As given, else as `torch.distributed` says, which must have been started; else this process alone."""
    if (rank is None) != (world_size is None):
        raise UsageError("rank and world_size are given together")
    if rank is None or world_size is None:
        distributed = torch_module().distributed
        if not (distributed.is_available() and distributed.is_initialized()):
            return Ranks(0, 1)
        rank, world_size = distributed.get_rank(), distributed.get_world_size()
    if not 0 <= rank < world_size:
        raise UsageError(f"rank is from 0 to {world_size - 1}, not {rank}")
    return Ranks(rank, world_size)


def worker_places(
    count: int, *, origin: int = 0, start: int = 0, block: int, worker: int, workers: int
) -> Iterator[int]:
    """Which of a rank's `count` places a worker gives: whole blocks in turn, without those before place `start`.

    origin: where the first block of the first worker starts. A loader takes a batch from each worker in turn, so that
    blocks of a batch's size come out in order.

    >>> list(worker_places(7, block=2, worker=1, workers=2))
    [2, 3, 6]
    """
    for first in range(origin + worker * block, count, workers * block):
        yield from range(max(first, start), min(first + block, count))
