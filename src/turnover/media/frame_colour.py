"""What a decoded frame's code values stand for: as a probe or a person says it, else as the frame itself does."""

from __future__ import annotations

from dataclasses import dataclass

from av.video.frame import VideoFrame

from turnover.core.colour import MATRICES, PRIMARIES, TRANSFERS, Colour
from turnover.errors import RefusedError
from turnover.media.planes import FULL, LIMITED, range_of

_RANGES = {"limited": LIMITED, "full": FULL}
_HDR = {16: "PQ", 18: "HLG"}
_RGB_MATRIX = 0


@dataclass(frozen=True, slots=True)
class FrameColour:
    """Codes of H.273; None where nobody says it."""

    primaries: int | None
    transfer: int | None
    matrix: int | None
    """None for R'G'B' as well, which has none."""
    range: int
    """`planes.FULL` or `planes.LIMITED`."""
    is_rgb: bool
    """Whether the frame holds R'G'B' or a palette of it."""


def frame_colour(frame: VideoFrame, told: Colour | None, *, name: str) -> FrameColour:
    """The colour of a frame; what `told` does not say is taken from the frame. The name is for messages.

    Raises RefusedError for HDR: in 8 bits it shows bands, and there is no one way to tone it down.
    """
    told = told or Colour()
    is_rgb = frame.format.is_rgb or frame.format.has_palette
    transfer = _first(told.transfer, frame.color_trc, TRANSFERS)
    if transfer in _HDR:
        raise RefusedError(
            f"{name} is HDR ({_HDR[transfer]}), which pictures of 8 bits cannot hold",
            hint="convert it to Rec. 709 first",
        )
    matrix = _first(told.matrix, frame.colorspace, MATRICES)
    return FrameColour(
        primaries=_first(told.primaries, frame.color_primaries, PRIMARIES),
        transfer=transfer,
        matrix=None if is_rgb or matrix == _RGB_MATRIX else matrix,
        range=range_of(frame) if is_rgb or told.range is None else _RANGES[told.range],
        is_rgb=is_rgb,
    )


def _first(told: int | None, found: int, known: dict[int, str]) -> int | None:
    """FFmpeg's numbers are H.273's, beside 2 for "not said" and some reserved ones."""
    return told if told is not None else found if found in known else None
