"""Single frames of a video as PNG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from turnover.core.colour import Colour
from turnover.errors import RefusedError, UsageError
from turnover.media.frame_colour import frame_colour
from turnover.media.plain_pictures import rgb_of
from turnover.media.shown import shown


@dataclass(frozen=True, slots=True)
class Still:
    """One frame as it is shown: upright, square pixels, R'G'B' in 8 bits, without alpha."""

    frame: int
    """Its place among the shown frames, from 0."""
    width: int
    height: int
    content: bytes
    """A PNG without a date or a name; primaries and transfer are those of the video, and not told."""
    seconds: float | None
    """From the start of the first shown frame; None where the file does not tell."""


def stills(
    source: Path, frames: Sequence[int], *, stream_index: int | None = None, colour: Colour | None = None
) -> Iterator[Still]:
    """Those frames in showing order, each once, out of one pass that ends at the last of them.

    colour: what a probe or a person says; what it leaves open is taken from the frames. Where nobody says a matrix,
    it is Rec. 601. The same input gives the same bytes.
    Raises UsageError for a frame before the first; while iterating ProbeError for what cannot be opened or converted,
    RefusedError for HDR, for matrices without a plain conversion, and where the file ends before a frame.
    """
    wanted = sorted(set(frames))
    if wanted and wanted[0] < 0:
        raise UsageError(f"there is no frame {wanted[0]}", hint="frames are counted from 0")
    return _stills(source, wanted, stream_index, colour) if wanted else iter(())


def _stills(source: Path, wanted: Sequence[int], stream_index: int | None, told: Colour | None) -> Iterator[Still]:
    places = frozenset(wanted)
    count = 0
    with shown(source, stream_index) as frames:
        turn: tuple[int, bool] | None = None
        for index, frame in enumerate(frames):
            count += 1
            turn = turn or frames.turn_of(frame)
            if index in places:
                colour = frame_colour(frame, told, name=source.name)
                pixels = rgb_of(frame, colour, aspect=frames.sample_aspect, turn=turn, name=source.name)
                height, width, _ = pixels.shape
                content = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])[1].tobytes()
                yield Still(index, width, height, content, frames.seconds_of(frame, index))
            if index == wanted[-1]:
                return
        why = f": {frames.trouble}" if frames.trouble else ""
    raise RefusedError(
        f"{source.name} has no frame {wanted[-1]}: it ends after {count}{why}",
        hint="measure it again, or choose frames that it has",
    )
