"""The planes of a decoded frame: luma and chroma in 8 bits, whatever the pixel format."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from numpy.typing import NDArray

from turnover.media.refusals import refusal

Plane: TypeAlias = NDArray[np.uint8]
"""(height, width), uint8; not to be written into, since the decoder goes on to predict from it."""

# Without the last two, swscale's result depends on the machine's vector instructions.
_EXACT = int(Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.BITEXACT)

LIMITED, FULL = int(ColorRange.MPEG), int(ColorRange.JPEG)
_BLACK_WHITE = {LIMITED: (16, 235), FULL: (0, 255)}
# Microsoft's formats of two planes keep their bits at the top of the word.
_BITS_AT_TOP = ("p0", "p2", "p4")


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """One frame's planes as coded: views on the decoder's memory where that has 8 bits, else rounded copies."""

    luma: Plane
    black: int
    """Code value of black: 16 in limited range, 0 in full."""
    white: int
    """Code value of white: 235 in limited range, 255 in full."""
    blue: Plane | None
    red: Plane | None
    """Cb and Cr, neutral at 128, subsampled as coded; None for pictures without colour."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the planes of a pixel format are reached."""

    target: str | None
    """The format to convert to first; None where the planes lie open."""
    bits: int
    """Of a component, counted as if its lowest bit were the lowest of its word."""
    is_big_endian: bool = False
    chroma: tuple[tuple[int, int], ...] = ()
    """Of Cb and of Cr: plane, and place in each pair of samples where both share one; empty for grey."""
    is_grey: bool = False
    is_rgb: bool = False


def planes_of(frame: VideoFrame) -> Planes:
    """The planes of a frame; alpha is left out.

    R'G'B' and palettes become Y'CbCr with BT.709's matrix in full range; deeper formats are rounded to 8 bits, half
    to even. Raises ProbeError `unreadable` for formats that are no picture yet, such as a sensor's raw mosaic.
    """
    name = frame.format.name
    layout = _layout(name)
    value_range = _range(name, layout, frame.color_range)
    if layout.target is not None:
        frame = _converted(frame, layout, value_range)
        layout = _layout(layout.target)
    planes = frame.planes
    luma = _rounded(_words(planes[0], layout), layout, value_range)
    chroma = [_chroma(planes[at], layout, place, value_range) for at, place in layout.chroma]
    blue, red = chroma or (None, None)
    black, white = _BLACK_WHITE[value_range]
    return Planes(luma, black, white, blue, red)


def range_of(frame: VideoFrame) -> int:
    """`FULL` or `LIMITED`: as the frame is flagged; without a flag R'G'B' and grey are full, all else is limited."""
    name = frame.format.name
    return _range(name, _layout(name), frame.color_range)


def _range(name: str, layout: _Layout, flag: int) -> int:
    if layout.is_rgb or name.startswith("yuvj") or flag == FULL:
        return FULL
    return FULL if layout.is_grey and flag != LIMITED else LIMITED


@lru_cache(maxsize=256)
def _layout(name: str) -> _Layout:
    """Raises ProbeError for what has no luma and gets none by a matrix."""
    known = av.VideoFormat(name)
    colours = [component for component in known.components if not component.is_alpha]
    # X'Y'Z' is an encoding for cinema projectors, which takes more than a matrix.
    if not colours or known.is_bayer or name.startswith("xyz"):
        raise refusal("unreadable", f"the pixel format {name} is not measured", hint="convert it to yuv420p or rgb24")
    bits = max(component.bits for component in colours)
    if known.is_rgb or known.has_palette:
        # Into 8 bits swscale would cut chroma off instead of rounding it.
        return _Layout("yuv444p16le", bits, is_rgb=True)
    if len(colours) == 1:
        is_float = "f16" in name or "f32" in name
        is_open = len(known.components) == 1 and not known.is_bit_stream and not is_float
        target = None if is_open else "gray" if bits <= 8 else "gray16le"
        return _Layout(target, bits, known.is_big_endian, is_grey=True)
    if name.startswith(_BITS_AT_TOP) or "msb" in name:
        bits = 16
    places = [component.plane for component in colours]
    if places == [0, 1, 2]:
        return _Layout(None, bits, known.is_big_endian, ((1, 0), (2, 0)))
    if places == [0, 1, 1]:
        order = ((1, 1), (1, 0)) if name in ("nv21", "nv42") else ((1, 0), (1, 1))
        return _Layout(None, bits, known.is_big_endian, order)
    is_422 = (known.chroma_width(16), known.chroma_height(16)) == (8, 16)
    return _Layout("yuv444p16le" if bits > 8 else "yuv422p" if is_422 else "yuv444p", bits)


def _converted(frame: VideoFrame, layout: _Layout, value_range: int) -> VideoFrame:
    # With more threads swscale's vector code writes past a slice into the next one, and the bytes depend on who wins.
    return frame.reformat(
        format=layout.target,
        dst_colorspace=Colorspace.ITU709 if layout.is_rgb else None,
        src_color_range=None if layout.is_rgb else value_range,
        dst_color_range=value_range,
        interpolation=_EXACT,
        threads=1,
    )


def _words(plane: VideoPlane, layout: _Layout, *, per_sample: int = 1) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(height, width × per_sample) of a plane, a view without the padding of its rows."""
    size = 1 if layout.bits <= 8 else 2
    shape = (plane.height, plane.width * per_sample * size)
    line = abs(plane.line_size)
    rows: NDArray[np.uint8] = np.ndarray(shape, np.uint8, memoryview(plane), strides=(line, 1))
    rows.flags.writeable = False
    if plane.line_size < 0:
        rows = rows[::-1]
    if size == 1:
        return rows
    words: NDArray[np.uint16] = rows.view(">u2" if layout.is_big_endian else "<u2")
    return words


def _chroma(plane: VideoPlane, layout: _Layout, place: int, value_range: int) -> Plane:
    (blue_plane, _), (red_plane, _) = layout.chroma
    is_shared = blue_plane == red_plane
    words = _words(plane, layout, per_sample=2)[:, place::2].copy() if is_shared else _words(plane, layout)
    return _rounded(words, layout, value_range, neutral=128)


def _rounded(
    words: NDArray[np.uint8] | NDArray[np.uint16], layout: _Layout, value_range: int, *, neutral: int = 0
) -> Plane:
    """`neutral` is the value in 8 bits that scaling keeps: no light, or no colour."""
    if layout.bits <= 8:
        return words.view(np.uint8)
    # In full range the largest value is white; in limited range a bit more means twice the value.
    step = 1 << (layout.bits - 8)
    scale = 255 / (256 * step - 1) if value_range == FULL else 1 / step
    native: NDArray[np.uint16] = words.astype(np.uint16, copy=False)
    rounded: Plane = cv2.convertScaleAbs(native, alpha=scale, beta=neutral * (1 - step * scale))  # type: ignore[assignment]
    return rounded
