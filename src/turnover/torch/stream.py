"""The clips of one split one after the other, from any place on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from turnover.errors import UsageError
from turnover.torch.contents import Keep
from turnover.torch.decoding import Decoder
from turnover.torch.needed import SharedEpoch, StreamBase, torch_module
from turnover.torch.order import ranks, shuffled, worker_places
from turnover.torch.picking import Sampling
from turnover.torch.samples import ClipSample, OnError, SampleReader, Transform

_IDENTITY = ("seed", "shuffled", "samples", "world_size")


@dataclass(frozen=True, slots=True)
class Place:
    """How far a rank's pass has come."""

    origin: int = 0
    """Where the pass was taken up: there the first worker's first block starts."""
    position: int = 0
    """No sample before this place is given again."""


class ClipStream(StreamBase):  # type: ignore[misc]
    """An iterable dataset for `DataLoader` and `StatefulDataLoader`: each sample once over all workers and ranks.

    A pass can be taken up where it was left: `StatefulDataLoader` keeps and restores the state by itself; with any
    other loader `load_state_dict(state_after(n))` goes on behind the n-th sample of this pass.
    """

    def __init__(
        self,
        path: str | Path,
        split: str = "train",
        *,
        shuffle: bool = True,
        batch_size: int = 1,
        rank: int | None = None,
        world_size: int | None = None,
        equal_ranks: bool = False,
        num_frames: int | None = None,
        sampling: Sampling = "first",
        fps: float | Fraction | None = None,
        seed: int = 0,
        decoder: Decoder = "auto",
        keep: Keep | None = None,
        transform: Transform | None = None,
        on_error: OnError = "raise",
    ) -> None:
        """batch_size: the loader's; then samples come in the same order whatever the number of workers.

        shuffle: by seed and epoch; else the order of `samples.jsonl`.
        rank, world_size: as `torch.distributed` says where it has been started; construct the stream after that.
        equal_ranks: leave out a few samples at the end of each pass, so that every rank has as many.
        on_error: with `skip`, a clip that cannot be read is passed over.
        All else is as in `ClipDataset`.
        """
        if batch_size < 1:
            raise UsageError(f"batch_size is 1 or more, not {batch_size}")
        self._reader = SampleReader(
            path,
            split,
            num_frames=num_frames,
            sampling=sampling,
            fps=fps,
            seed=seed,
            decoder=decoder,
            keep=keep,
            transform=transform,
            on_error=on_error,
        )
        self._is_shuffled = shuffle
        self._seed = seed
        self._block = batch_size
        self._ranks = ranks(rank, world_size)
        self._is_equal = equal_ranks
        self._epoch = SharedEpoch()
        self._next = Place()
        self._place = Place()

    def __len__(self) -> int:
        """Samples of this rank in a whole pass."""
        return len(self._share(np.arange(len(self._reader))))

    def __iter__(self) -> Iterator[ClipSample]:
        """What this worker gives of the pass: from its start, or once from where `load_state_dict` says."""
        self._place, self._next = self._next, Place()
        return self._samples(self._epoch.get())

    def set_epoch(self, epoch: int) -> None:
        """Which pass comes next: call it before each one, or all have the same order. Running workers learn of it."""
        self._epoch.set(epoch)

    def state_after(self, samples: int) -> dict[str, int]:
        """The state once this rank has taken so many samples of the pass from its loader."""
        if samples < 0:
            raise UsageError(f"samples are 0 or more, not {samples}")
        return self._state(Place(samples, samples))

    def state_dict(self) -> dict[str, int]:
        """Where this process stands: in a worker, what it has given; elsewhere, what was iterated here."""
        is_worker = torch_module().utils.data.get_worker_info() is not None
        return self._state(self._place) if is_worker else self.state_after(self._place.position)

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Go on from there in the next iteration, in this process and in workers that start from now on.

        Raises UsageError for the state of another stream.
        """
        own = self._state(Place())
        missing = own.keys() - state.keys()
        if missing:
            raise UsageError(f"a state has {', '.join(own)}; {min(missing)!r} is missing")
        # Which places a worker has given depends on the blocks; which ones a rank has taken does not.
        decisive = _IDENTITY if state["origin"] == state["position"] else (*_IDENTITY, "batch_size")
        other = next((name for name in decisive if state[name] != own[name]), None)
        if other is not None:
            raise UsageError(f"this is the state of another stream: {other} is {state[other]}, here it is {own[other]}")
        self._epoch.set(state["epoch"])
        self._next = self._place = Place(state["origin"], state["position"])

    def _state(self, place: Place) -> dict[str, int]:
        return {
            "epoch": self._epoch.get(),
            "origin": place.origin,
            "position": place.position,
            "batch_size": self._block,
            "seed": self._seed,
            "shuffled": int(self._is_shuffled),
            "samples": len(self._reader),
            "world_size": self._ranks.count,
        }

    def _share(self, order: NDArray[np.int64]) -> NDArray[np.int64]:
        return self._ranks.share(order, is_equal=self._is_equal)

    def _samples(self, epoch: int) -> Iterator[ClipSample]:
        count = len(self._reader)
        share = self._share(shuffled(count, seed=self._seed, epoch=epoch) if self._is_shuffled else np.arange(count))
        found = torch_module().utils.data.get_worker_info()
        worker, workers = (0, 1) if found is None else (found.id, found.num_workers)
        origin, start = self._place.origin, self._place.position
        for place in worker_places(
            len(share), origin=origin, start=start, block=self._block, worker=worker, workers=workers
        ):
            sample = self._reader.sample_or_none(int(share[place]), epoch=epoch)
            self._place = Place(origin, place + 1)
            if sample is not None:
                yield sample
