"""One sample of a dataset as training wants it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, TypedDict, get_args

from turnover.core.clip import JsonValue
from turnover.errors import TurnoverError, UsageError
from turnover.torch.contents import Contents, Keep, Row
from turnover.torch.decoding import Claim, Decoder, decoded, decoder_for
from turnover.torch.needed import Tensor, torch_module
from turnover.torch.picking import Picking, Sampling, rate_of

OnError = Literal["raise", "skip"]
Transform = Callable[[Tensor], Tensor]


class ClipSample(TypedDict):
    """What both datasets give; no value is ever None."""

    video: Tensor
    """(frames, 3, height, width), uint8, R'G'B' 0-255, as a player shows it; or what the transform made of it."""
    caption: str
    """What is trained on."""
    prompt: str
    """As it was given to the generator; empty where it is not known."""
    sample_id: str
    fps: float
    """That the clip was played at: its own, or what was asked for; NaN where it varies or is not known."""
    num_frames: int
    """Taken of the clip, as asked for."""
    quality_score: float
    """0 to 1; NaN where it was not measured."""
    metadata: dict[str, JsonValue]
    """Everything that the dataset knows of the clip, by the names of `samples.jsonl`; what is not known is left out."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """What the clips of one batch have in common."""

    width: int
    height: int
    num_frames: int


class SampleReader:
    """Makes samples; safe in worker processes however they are started."""

    def __init__(
        self,
        path: str | Path,
        split: str,
        *,
        num_frames: int | None,
        sampling: Sampling,
        fps: float | Fraction | None,
        seed: int,
        decoder: Decoder,
        keep: Keep | None,
        transform: Transform | None,
        on_error: OnError,
    ) -> None:
        torch_module()
        if on_error not in get_args(OnError):
            raise UsageError(f"on_error is one of {', '.join(get_args(OnError))}, not {on_error!r}")
        self.is_skipping = on_error == "skip"
        self.picking = Picking(num_frames, sampling, rate_of(fps), seed)
        self.contents = Contents(Path(path), split, keep=keep)
        self._decoder = decoder_for(decoder)
        self._transform = transform

    def __len__(self) -> int:
        return len(self.contents)

    def bucket(self, index: int) -> Bucket | None:
        """Of the pictures as they come out, before the transform; None where that is not known beforehand."""
        shape = self.contents.shape(index)
        count = self.picking.count(shape.frame_count, shape.rate)
        if shape.width is None or shape.height is None or count is None:
            return None
        return Bucket(shape.width, shape.height, count)

    def sample(self, index: int, *, epoch: int) -> ClipSample:
        """Raises ProbeError, which names the clip, where it cannot be read or decoded, or is too short."""
        row = self.contents.row(index)
        shape = self.contents.shape(index)
        sample_id = _text(row, "sample_id")
        claim = Claim(_text(row, "path") or sample_id, shape.frame_count, shape.rate, f"{epoch}/{sample_id}")
        video = decoded(self.contents.media(row), claim, self.picking, decoder=self._decoder)
        rate = self.picking.fps or shape.rate
        return {
            "video": video if self._transform is None else self._transform(video),
            "caption": _text(row, "caption"),
            "prompt": _text(row, "prompt"),
            "sample_id": sample_id,
            "fps": math.nan if rate is None else float(rate),
            "num_frames": len(video),
            "quality_score": _number(row, "quality_score"),
            "metadata": _known(row),
        }

    def sample_or_none(self, index: int, *, epoch: int) -> ClipSample | None:
        """As `sample`; None, with a warning, where it is to be skipped."""
        try:
            return self.sample(index, epoch=epoch)
        except TurnoverError as error:
            if not self.is_skipping:
                raise
            warnings.warn(f"skipped: {error}", RuntimeWarning, stacklevel=3)
            return None


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _number(row: Row, name: str) -> float:
    value = row.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


def _known(row: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Without what is None, on every level."""
    return {
        name: _known(value) if isinstance(value, dict) else value for name, value in row.items() if value is not None
    }
