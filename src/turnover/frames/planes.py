"""What can be told of one plane: (height, width), uint8, code values as coded."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import combinations
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.uint8]
"""(height, width), uint8."""

NAN = math.nan

SOFTENED_SCALE = 128
"""`softened` counts in this part of a code value: fine enough, and it still fits 16 bits."""

_VMAF_FILTER = np.array([0.054488685, 0.244201342, 0.402619947, 0.244201342, 0.054488685], np.float32)
_SOFTEN = _VMAF_FILTER * np.float32(math.sqrt(SOFTENED_SCALE))
_SECOND_DIFFERENCE = np.array([1, -2, 1], np.float32)

_BLOCK = 16
_BLOCK_ROWS = 6
"""Noise is the same everywhere, so at most this many rows of blocks, evenly spread, tell it."""
_FLATTEST = 0.3
_CLIPPED_MARGIN = 5
"""Code values from black or white within which a block is clipped, its noise cut off."""

_BOX = 9
_GRID = 8


def reduced(plane: Plane, short_side: int) -> Plane:
    """The plane halved, by area, until its short side is at most this; an odd last line or column is left out.

    Halving twice is ten times faster than going down by 4 or 3 at once.
    """
    while min(plane.shape) > short_side:
        height, width = plane.shape[0] // 2, plane.shape[1] // 2
        whole = plane[: 2 * height, : 2 * width]
        plane = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return plane


def levels(plane: Plane) -> NDArray[np.float64]:
    """(256,): the share of pixels of each code value."""
    counts = cv2.calcHist([plane], [0], None, [256], [0, 256])
    return counts.ravel().astype(np.float64) / plane.size


def softened(plane: Plane) -> NDArray[np.int16]:
    """The plane through the filter of VMAF's motion feature, in code values times `SOFTENED_SCALE`.

    Netflix/vmaf, libvmaf/src/feature/integer_motion.h; the border is mirrored.
    """
    return np.asarray(cv2.sepFilter2D(plane, cv2.CV_16S, _SOFTEN, _SOFTEN, borderType=cv2.BORDER_REFLECT_101), np.int16)


def mean_difference(one: Plane | NDArray[np.int16], other: Plane | NDArray[np.int16]) -> float:
    """Mean of the absolute differences, in the arrays' own values."""
    return cv2.norm(one, other, cv2.NORM_L1) / one.size


def field_means(plane: Plane, grid: tuple[int, int]) -> NDArray[np.float64]:
    """Mean code value of each field of a grid (across, down), row by row; a tiny plane has fewer fields."""
    corners, areas = _fields(plane.shape[0], plane.shape[1], grid)
    below = cv2.integral(plane).ravel()[corners]
    sums = below[1:, 1:] - below[1:, :-1] - below[:-1, 1:] + below[:-1, :-1]
    means: NDArray[np.float64] = sums / areas
    return means.ravel()


@lru_cache(maxsize=8)
def _fields(height: int, width: int, grid: tuple[int, int]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Where the corners of a grid's fields lie in an integral image, (down + 1, across + 1), and their areas."""
    across, down = min(grid[0], width), min(grid[1], height)
    x = np.arange(across + 1) * width // across
    y = np.arange(down + 1) * height // down
    return y[:, None] * (width + 1) + x, np.outer(np.diff(y), np.diff(x)).astype(np.float64)


def laplacian_power(plane: Plane) -> float:
    """Mean square of the Laplacian (4 neighbours) over the pixels that have all four; NaN where there is none.

    Its mean over a picture is next to nothing, so this is its variance. With the neighbours a, b, c, d of a pixel p,
    (a + b + c + d - 4p)² = 4 Σ(a - p)² - Σ(a - b)², over 4 neighbours and their 6 pairs: exact, without the plane of
    16 bits that would cost more than all else.
    """
    height, width = plane.shape
    if min(height, width) < 3:
        return NAN
    middle = plane[1:-1, 1:-1]
    around = (plane[:-2, 1:-1], plane[2:, 1:-1], plane[1:-1, :-2], plane[1:-1, 2:])
    return 4 * sum(_power(one, middle) for one in around) - sum(_power(*pair) for pair in combinations(around, 2))


def grain(plane: Plane, *, black: int, white: int) -> float:
    """Standard deviation of the noise in code values, NaN for a plane below one block.

    Immerkær, "Fast Noise Variance Estimation", 1996: the mean size of what a filter blind to planes and edges leaves,
    here of the flattest 30 % of 16x16 blocks, those left out that are clipped to black or white.
    """
    blocks = _blocks(plane)
    if blocks is None:
        return NAN
    noise = _left_of_blocks(blocks)
    light, unevenness = _flatness(blocks)
    candidates = (light > black + _CLIPPED_MARGIN) & (light < white - _CLIPPED_MARGIN)
    if not candidates.any():
        candidates[:] = True
    evenest = np.argsort(unevenness[candidates], kind="stable")
    flattest = noise[candidates][evenest[: max(1, round(_FLATTEST * evenest.size))]]
    return math.sqrt(math.pi / 2) / 6 * float(flattest.mean())


def _left_of_blocks(blocks: Plane) -> NDArray[np.float64]:
    """(rows, columns): the mean size of what Immerkær's filter leaves of each block."""
    rows, _, width = blocks.shape
    left = cv2.sepFilter2D(blocks.reshape(-1, width), cv2.CV_16S, _SECOND_DIFFERENCE, _SECOND_DIFFERENCE)
    # The first and last line of each row of blocks have seen the next one, which is none of theirs.
    inner = np.abs(left).view(np.uint16).reshape(rows, _BLOCK, width)[:, 1:-1]
    columns = np.add.reduce(inner, axis=1, dtype=np.uint16)
    sums: NDArray[np.float64] = columns.reshape(rows, -1, _BLOCK).sum(axis=2, dtype=np.float64)
    return sums / (_BLOCK * (_BLOCK - 2))


def _flatness(blocks: Plane) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean luma and variance of each block, (rows, columns), of means of 4x4 pixels, which know little of noise."""
    rows, _, width = blocks.shape
    halves = cv2.resize(blocks.reshape(-1, width), (width // 2, rows * _BLOCK // 2), interpolation=cv2.INTER_AREA)
    cells = cv2.resize(halves, (width // 4, rows * _BLOCK // 4), interpolation=cv2.INTER_AREA).astype(np.float32)
    light = np.asarray(cv2.resize(cells, (width // _BLOCK, rows), interpolation=cv2.INTER_AREA), np.float32)
    power = np.asarray(cv2.resize(cells * cells, (width // _BLOCK, rows), interpolation=cv2.INTER_AREA), np.float32)
    return light, power - light * light


def _blocks(plane: Plane) -> Plane | None:
    """(rows of blocks, 16, width) of whole blocks, evenly spread from top to bottom; None where there is none."""
    rows, columns = plane.shape[0] // _BLOCK, plane.shape[1] // _BLOCK
    if not rows or not columns:
        return None
    step = -(-rows // _BLOCK_ROWS)
    first = (rows - 1) % step // 2
    whole = plane[: rows * _BLOCK, : columns * _BLOCK]
    # A copy of what is used, since a plane's lines are padded; splitting the first axis alone needs none before.
    return np.ascontiguousarray(whole.reshape(rows, _BLOCK, columns * _BLOCK)[first::step])


def reblur(plane: Plane, *, grain: float) -> float:
    """How much of the plane's gradient a blur of 9 pixels would leave: 0 (all fine detail) to 1 (blurred already).

    The idea is Crete's ("The blur effect", 2007); gradients are RMS here instead of sums of absolute values, so that
    the noise's share, 2σ², can be taken off exactly. Of the two directions the blurrier one counts. NaN: no gradient.
    """
    # A blur by a box of 9 leaves between neighbours a ninth of the difference of the pixels 9 apart.
    noise = 0.0 if math.isnan(grain) else 2 * grain**2
    height, width = plane.shape
    found = []
    if width > _BOX:
        found.append(_left(_power(plane[:, 1:], plane[:, :-1]), _power(plane[:, _BOX:], plane[:, :-_BOX]), noise))
    if height > _BOX:
        found.append(_left(_power(plane[1:], plane[:-1]), _power(plane[_BOX:], plane[:-_BOX]), noise))
    return max((value for value in found if not math.isnan(value)), default=NAN)


def _power(one: Plane, other: Plane) -> float:
    return cv2.norm(one, other, cv2.NORM_L2SQR) / one.size


def _left(fine: float, coarse: float, noise: float) -> float:
    """The share of the RMS gradient that a blur leaves, from the power between pixels 1 and 9 apart."""
    if fine < _NO_GRADIENT:
        return NAN
    # Where noise is nearly all there is, what is left of the difference is chance: a tenth at least stays.
    fine = max(fine - noise, 0.1 * fine)
    return min(1.0, math.sqrt(max(coarse - noise, 0.0) / fine) / _BOX)


_NO_GRADIENT = 0.01
"""Mean square step between neighbours, in code values, below which a plane is one plain colour."""


def blockiness(plane: Plane, *, gain: float) -> float:
    """Mean step between neighbours on the grid of 8 pixels over the mean step elsewhere: about 1 without blocks.

    Both are taken a twentieth of a level larger, on the scale of 255, so that a plain picture has 1. NaN: too small.
    """
    height, width = plane.shape
    if min(height, width) <= _GRID:
        return NAN
    across = cv2.reduce(cv2.absdiff(plane[:, 1:], plane[:, :-1]), 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() / height
    down = cv2.reduce(cv2.absdiff(plane[1:], plane[:-1]), 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() / width
    return (_on_grid(across, gain) + _on_grid(down, gain)) / 2


def _on_grid(steps: NDArray[np.float64], gain: float) -> float:
    on = steps[_GRID - 1 :: _GRID]
    elsewhere = (steps.sum() - on.sum()) / (steps.size - on.size)
    return float((on.mean() * gain + 0.05) / (elsewhere * gain + 0.05))
