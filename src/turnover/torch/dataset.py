"""The clips of one split by number."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from turnover.errors import ProbeError
from turnover.torch.contents import Keep
from turnover.torch.decoding import Decoder
from turnover.torch.needed import MapBase, SharedEpoch
from turnover.torch.picking import Sampling
from turnover.torch.samples import Bucket, ClipSample, OnError, SampleReader, Transform


class ClipDataset(MapBase):  # type: ignore[misc]
    """A dataset for `DataLoader` that any sampler may choose from.

    It reads every layout in place, and works in any number of workers, forked or spawned.
    """

    def __init__(
        self,
        path: str | Path,
        split: str = "train",
        *,
        num_frames: int | None = None,
        sampling: Sampling = "first",
        fps: float | Fraction | None = None,
        seed: int = 0,
        decoder: Decoder = "auto",
        keep: Keep | None = None,
        transform: Transform | None = None,
        on_error: OnError = "raise",
    ) -> None:
        """path: the folder, or the ZIP that holds the whole dataset.

        num_frames: how many frames to take of each clip, None for all; a clip with fewer is an error.
        sampling: neighbours from the `first`, around the `middle`, from a `random` place that changes with the epoch;
        or `uniform`, spread over the whole clip.
        fps: play clips at this rate first, repeating or leaving out frames; None for their own.
        keep: which samples are wanted, by their row of `samples.jsonl`; it is asked now, and once.
        transform: from the video to what is to stand in its place; with spawned workers it must pickle.
        on_error: with `skip`, the next clip of the same bucket takes the place of one that cannot be read.
        Raises UsageError for what is no such dataset, ProbeError for one that is damaged.
        """
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
        self._epoch = SharedEpoch()

    def __len__(self) -> int:
        return len(self._reader)

    def __getitem__(self, index: int) -> ClipSample:
        """The sample of that number, from 0; raises ProbeError, which names the clip, where it cannot be read."""
        count = len(self)
        if not -count <= index < count:
            raise IndexError(f"there are samples 0 to {count - 1}, and {index} is asked for")
        index %= count
        epoch = self._epoch.get()
        sample = self._reader.sample_or_none(index, epoch=epoch)
        for other in () if sample is not None else self._alike(index):
            sample = self._reader.sample_or_none(other, epoch=epoch)
            if sample is not None:
                break
        if sample is None:
            raise ProbeError(
                f"no clip of the same size and number of frames can be read in place of sample {index}",
                hint="`turnover verify` tells what is damaged",
            )
        return sample

    def bucket(self, index: int) -> Bucket | None:
        """Width, height and number of frames of the video, before the transform; None where they are not known."""
        return self._reader.bucket(index)

    def set_epoch(self, epoch: int) -> None:
        """Which pass this is, for `random` sampling; workers that run already learn of it."""
        self._epoch.set(epoch)

    def _alike(self, index: int) -> list[int]:
        """The numbers after this one, and then those before it, whose clips are of the same bucket."""
        count, bucket = len(self), self.bucket(index)
        others = (place % count for place in range(index + 1, index + count))
        return [other for other in others if bucket is not None and self.bucket(other) == bucket]
