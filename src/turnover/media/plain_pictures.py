"""Decoded frames as every reader takes them: 8 bits, square pixels, upright, without alpha."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from numpy.typing import NDArray

from turnover.core.colour import MATRICES
from turnover.errors import RefusedError
from turnover.media.demuxing import DAMAGE
from turnover.media.frame_colour import FrameColour
from turnover.media.planes import FULL, LIMITED, planes_of
from turnover.media.refusals import refusal
from turnover.media.upright import upright

Pixels = NDArray[np.uint8]
"""(height, width) or (height, width, channels), uint8."""

REC601 = 6
"""The matrix that R'G'B' is turned into Y'CbCr with: readers that do not look at tags take it."""

# Chroma is spread smoothly; without the two flags of exactness the result depends on the machine's vector instructions.
_SMOOTH = int(
    Interpolation.BICUBIC
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
    | Interpolation.ACCURATE_RND
    | Interpolation.BITEXACT
)
# H.273 matrix → swscale's number of it. Where nobody says it, generators mean Rec. 601, as `shown_colours` has it.
_MATRICES = {None: 5, 1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}


def square_size(width: int, height: int, aspect: Fraction) -> tuple[int, int]:
    """The size with square samples: the width takes the pixel aspect, and becomes even where it is changed.

    >>> square_size(720, 576, Fraction(16, 15)), square_size(161, 121, Fraction(1))
    ((768, 576), (161, 121))
    """
    return (width, height) if aspect == 1 else (max(2, 2 * round(width * aspect / 2)), height)


def rgb_of(frame: VideoFrame, colour: FrameColour, *, aspect: Fraction, turn: tuple[int, bool], name: str) -> Pixels:
    """(height, width, 3), uint8: B'G'R' 0-255 of a frame as it is shown, primaries and transfer as coded.

    Raises RefusedError for matrices that are no weighing of red, green and blue, ProbeError for what is not converted.
    """
    if colour.matrix not in _MATRICES:
        raise RefusedError(
            f"{name}: pictures of the matrix {MATRICES.get(colour.matrix or 0)} have no plain conversion to RGB",
            hint="convert it to Rec. 709 first",
        )
    width, height = square_size(frame.width, frame.height, aspect)
    try:
        converted = frame.reformat(
            width=width,
            height=height,
            format="bgr24",
            src_colorspace=None if colour.is_rgb else _MATRICES[colour.matrix],
            src_color_range=None if colour.is_rgb else colour.range,
            dst_color_range=FULL,
            interpolation=_SMOOTH,
            threads=1,
        )
        return upright(np.asarray(converted.to_ndarray(), np.uint8), *turn)
    except DAMAGE as error:
        raise _not_converted(frame, name, error) from error


def yuv_of(
    frame: VideoFrame, colour: FrameColour, *, size: tuple[int, int], turn: tuple[int, bool], name: str
) -> VideoFrame:
    """A new frame of 8-bit 4:2:0 in limited range as it is shown, with the matrix as coded, or Rec. 601 of R'G'B'.

    size: of the stored picture with square samples; one line or column at its end is left out where it is odd.
    Deeper formats are dithered. Raises ProbeError for what is not converted.
    """
    width, height = size
    # Between two kinds of Y'CbCr no matrix is applied; naming one keeps swscale from refusing those it does not know.
    try:
        converted = frame.reformat(
            width=width,
            height=height,
            format=_target(frame, size),
            src_colorspace=None if colour.is_rgb else Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU601 if colour.is_rgb else Colorspace.ITU709,
            src_color_range=None if colour.is_rgb else colour.range,
            dst_color_range=LIMITED if colour.is_rgb else colour.range,
            interpolation=_SMOOTH,
            threads=1,
        )
        found = planes_of(converted)
    except DAMAGE as error:
        raise _not_converted(frame, name, error) from error
    assert found.blue is not None, "the target has chroma"
    assert found.red is not None, "the target has chroma"
    rows, columns = height // 2, width // 2
    planes = [found.luma[: 2 * rows, : 2 * columns], *(_halved(p, size) for p in (found.blue, found.red))]
    if colour.range == FULL and not colour.is_rgb:
        # Not by swscale: its chroma would come out half a code value too high.
        planes = [cv2.LUT(plane, table) for plane, table in zip(planes, _limited(), strict=True)]  # type: ignore[misc]
    turned = [upright(plane, *turn) for plane in planes]
    shown_height, shown_width = turned[0].shape
    flat = np.concatenate([plane.reshape(-1) for plane in turned])
    return VideoFrame.from_ndarray(flat.reshape(shown_height * 3 // 2, shown_width), "yuv420p")


def _target(frame: VideoFrame, size: tuple[int, int]) -> str:
    """The format to convert to: finer chroma where swscale would squeeze an odd number of samples into half of them."""
    is_even = not (size[0] % 2 or size[1] % 2)
    is_420 = (frame.format.chroma_width(16), frame.format.chroma_height(16)) == (8, 8)
    return "yuv420p" if is_even or is_420 else "yuv444p"


def _halved(chroma: Pixels, size: tuple[int, int]) -> Pixels:
    """The chroma of the whole pairs of lines and columns of a picture of that size."""
    columns, rows = size[0] // 2, size[1] // 2
    if chroma.shape != size[::-1]:
        return chroma[:rows, :columns]
    pairs = chroma[: 2 * rows, : 2 * columns]
    return np.asarray(cv2.resize(pairs, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)


@cache
def _limited() -> tuple[Pixels, Pixels, Pixels]:
    """(256,) each for Y', Cb, Cr: from full to limited range (H.273, equations 8.3)."""
    codes = np.arange(256)
    luma = np.rint(16 + codes * 219 / 255).astype(np.uint8)
    chroma = np.rint(128 + (codes - 128) * 224 / 255).astype(np.uint8)
    return luma, chroma, chroma


def _not_converted(frame: VideoFrame, name: str, error: BaseException) -> Exception:
    return refusal("unreadable", f"{name}: a frame of {frame.format.name} is not converted: {error}")
