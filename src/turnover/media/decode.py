"""The pictures of a file, one after the other, ready to be measured."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from av.video.frame import VideoFrame

from turnover.media.demuxing import DAMAGE
from turnover.media.planes import Plane, planes_of
from turnover.media.reduction import reduced
from turnover.media.refusals import refusal
from turnover.media.shown import Shown, shown
from turnover.media.ssim import SsimToPrevious


@dataclass(frozen=True, slots=True, eq=False)
class DecodedFrame:
    """One frame as coded: not turned upright, fields not separated.

    Planes are (height, width), uint8, and not to be written into. Those of 8-bit video are views that keep the
    decoder's memory from being used again, so a frame may be kept, but not thousands of them.
    """

    index: int
    """Place among the shown frames, from 0."""
    seconds: float | None
    """From the start of the first shown frame to this one's; None where the file does not tell."""
    luma: Plane
    """Code values, `black` to `white`; deeper formats are rounded to 8 bits, R'G'B' is turned by BT.709's matrix."""
    black: int
    """16 in limited range, 0 in full."""
    white: int
    """235 in limited range, 255 in full."""
    blue: Plane | None
    red: Plane | None
    """Cb and Cr, neutral at 128, subsampled as coded; None for pictures without colour."""
    small: Plane
    """Luma by `reduction.reduced`; luma itself where that is small already."""
    ssim_previous: float
    """SSIM of `small` with the frame before, as `ssim.METHOD` names it; NaN for the first, and after a new size."""
    rotation: int
    """Degrees clockwise to turn the planes for display: 0, 90, 180 or 270."""
    is_mirrored: bool
    """Whether the turned planes are then flipped left to right as well."""


class Pictures:
    """An iterator over a file's frames, of which each is decoded when it is asked for."""

    def __init__(self, frames: Shown, name: str) -> None:
        self._frames = frames
        self._iterator = self._decoded(name)

    def __iter__(self) -> Iterator[DecodedFrame]:
        return self._iterator

    def __next__(self) -> DecodedFrame:
        return next(self._iterator)

    @property
    def trouble(self) -> str | None:
        """What kept frames from being decoded, or decoded well, so far; None where nothing did."""
        return self._frames.trouble

    def _decoded(self, name: str) -> Iterator[DecodedFrame]:
        similarity = SsimToPrevious()
        turn: tuple[int, bool] | None = None
        for index, frame in enumerate(self._frames):
            turn = turn or self._frames.turn_of(frame)
            yield decoded_frame(self._frames, frame, index, turn=turn, similarity=similarity, name=name)


@contextmanager
def pictures(path: Path, *, stream_index: int | None = None) -> Iterator[Pictures]:
    """The frames that a player shows, in showing order, decoded by one thread in one pass.

    The stream is the one of that index, else the one that a probe describes. Frames that an edit list hides are left
    out. Damaged packets are passed over: `Pictures.trouble` tells of them.
    Raises ProbeError, with a code of `refusals.REFUSALS`, where the file cannot be opened; while iterating only
    for a pixel format that is no picture yet.
    """
    with shown(path, stream_index) as frames:
        yield Pictures(frames, path.name)


def decoded_frame(
    frames: Shown,
    frame: VideoFrame,
    index: int,
    *,
    turn: tuple[int, bool],
    name: str,
    similarity: SsimToPrevious | None = None,
) -> DecodedFrame:
    """The index-th of a file's shown frames, with its planes; without `similarity` nothing is compared.

    Raises ProbeError `unreadable` for a frame whose planes cannot be had; the name is for messages.
    """
    try:
        planes = planes_of(frame)
    except DAMAGE as error:
        raise refusal(
            "unreadable", f"{name}: frame {index} of {frame.format.name} is not converted: {error}"
        ) from error
    small = reduced(planes.luma)
    rotation, is_mirrored = turn
    return DecodedFrame(
        index=index,
        seconds=frames.seconds_of(frame, index),
        luma=planes.luma,
        black=planes.black,
        white=planes.white,
        blue=planes.blue,
        red=planes.red,
        small=small,
        ssim_previous=math.nan if similarity is None else similarity.of(small),
        rotation=rotation,
        is_mirrored=is_mirrored,
    )
