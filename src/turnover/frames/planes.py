"""What can be told of one plane: (height, width), uint8, code values as coded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import cv2
import numpy as np
from cv2.typing import MatLike
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


def share_above(plane: Plane, value: int) -> float:
    """Share of the pixels above a code value; of one value it is a tenth of the work of `levels`."""
    return cv2.countNonZero(cv2.threshold(plane, value, 1, cv2.THRESH_BINARY)[1]) / plane.size


def mean_and_deviation(plane: Plane) -> tuple[float, float]:
    """Mean and standard deviation of the code values."""
    mean, deviation = cv2.meanStdDev(plane)
    return float(mean[0, 0]), float(deviation[0, 0])


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
    rows_above = cv2.integral(plane).take(corners)
    rows = rows_above[1:] - rows_above[:-1]
    means: NDArray[np.float64] = (rows[:, 1:] - rows[:, :-1]) / areas
    return means.ravel()


@lru_cache(maxsize=8)
def _fields(height: int, width: int, grid: tuple[int, int]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Where the corners of a grid's fields lie in an integral image, (down + 1, across + 1), and their areas."""
    across, down = min(grid[0], width), min(grid[1], height)
    x = np.arange(across + 1) * width // across
    y = np.arange(down + 1) * height // down
    return y[:, None] * (width + 1) + x, np.outer(np.diff(y), np.diff(x)).astype(np.float64)


def grain(plane: Plane, *, black: int, white: int) -> float:
    """Standard deviation of the noise in code values, NaN for a plane below one block.

    Immerkær, "Fast Noise Variance Estimation", 1996: the mean size of what a filter blind to planes and edges leaves,
    here of the flattest 30 % of 16x16 blocks, those left out that are clipped to black or white.
    """
    blocks = _blocks(plane)
    if blocks is None:
        return NAN
    left = _left_of_blocks(blocks)
    light, unevenness = _flatness(blocks)
    is_candidate = (light > black + _CLIPPED_MARGIN) & (light < white - _CLIPPED_MARGIN)
    if is_candidate.any():
        unevenness[~is_candidate] = np.inf
        count = int(np.count_nonzero(is_candidate))
    else:
        count = unevenness.size
    flattest = _of_smallest(left, unevenness, max(1, round(_FLATTEST * count)))
    return math.sqrt(math.pi / 2) / 6 * float(flattest.sum(dtype=np.float64)) / (flattest.size * _BLOCK * (_BLOCK - 2))


def _of_smallest(values: NDArray[np.float32], keys: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """The values with the `count` smallest keys; of equal keys the first ones count.

    A partition and a mask, because sorting costs several times as much.
    """
    largest = np.partition(keys, count - 1, axis=None)[count - 1]
    chosen: NDArray[np.float32] = values[keys <= largest]
    if chosen.size == count:
        return chosen
    smaller = values[keys < largest]
    return np.concatenate((smaller, values[keys == largest][: count - smaller.size]))


def _left_of_blocks(blocks: Plane) -> NDArray[np.float32]:
    """(rows, columns): the sum of the sizes of what Immerkær's filter leaves of each block, without its outer lines.

    Those have seen the row of blocks above or below, which is none of theirs.
    """
    rows, _, width = blocks.shape
    left = cv2.sepFilter2D(blocks.reshape(-1, width), cv2.CV_16S, _SECOND_DIFFERENCE, _SECOND_DIFFERENCE)
    inner = np.abs(left, out=left).view(np.uint16).reshape(rows, _BLOCK, width)[:, 1:-1]
    columns = np.add.reduce(inner, axis=1, dtype=np.uint16)
    sums = cv2.reduce(columns.reshape(-1, _BLOCK), 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F)
    return np.asarray(sums, np.float32).reshape(rows, -1)


def _flatness(blocks: Plane) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean luma and variance of each block, (rows, columns), of means of 4x4 pixels, which know little of noise."""
    rows, _, width = blocks.shape
    halves = cv2.resize(blocks.reshape(-1, width), (width // 2, rows * _BLOCK // 2), interpolation=cv2.INTER_AREA)
    cells = cv2.resize(halves, (width // 4, rows * _BLOCK // 4), interpolation=cv2.INTER_AREA).astype(np.float32)
    light = np.asarray(cv2.resize(cells, (width // _BLOCK, rows), interpolation=cv2.INTER_AREA), np.float32)
    cells *= cells
    power = np.asarray(cv2.resize(cells, (width // _BLOCK, rows), interpolation=cv2.INTER_AREA), np.float32)
    power -= light * light
    return light, power


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


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What pixels differ by from the next one in a row, or in a column."""

    power: float
    """Mean square of the steps, in code values."""
    on_grid: float
    """Mean size of the steps that cross the grid of 8 pixels; NaN where there is no such grid."""
    elsewhere: float
    """Mean size of all others."""
    inner: float
    """Sum of the squares of the steps from each pixel that has four neighbours to both of its own in this direction."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What pixels of a plane differ by from those around them, all from one look at it."""

    across: Neighbours
    down: Neighbours
    far_across: float
    """Mean square of the difference between pixels 9 apart in a row; NaN where there are none."""
    far_down: float
    """The same in a column."""
    laplacian: float
    """Mean square of the Laplacian (4 neighbours) over the pixels that have all four.

    Its mean over a picture is next to nothing, so this is its variance.
    """


def steps_of(plane: Plane) -> Steps | None:
    """The steps of a plane; None for one of less than 3 lines or columns.

    With the neighbours a, b, c, d of a pixel p, (a + b + c + d - 4p)² = 4 Σ(a - p)² - Σ(a - b)², over 4 neighbours and
    their 6 pairs: the Laplacian's power is exact without its plane of 16 bits, which would cost more than all else.
    """
    height, width = plane.shape
    if min(height, width) < 3:
        return None
    across, down = _across(plane), _down(plane)
    pairs = (
        _apart(plane[:-2, 1:-1], plane[2:, 1:-1])
        + _apart(plane[1:-1, :-2], plane[1:-1, 2:])
        + _diagonal(plane[:-1, :-1], plane[1:, 1:], ((0, -1), (-1, 0)))
        + _diagonal(plane[:-1, 1:], plane[1:, :-1], ((0, 0), (-1, -1)))
    )
    return Steps(
        across=across,
        down=down,
        far_across=_apart(plane[:, _BOX:], plane[:, :-_BOX]) / (height * (width - _BOX)) if width > _BOX else NAN,
        far_down=_apart(plane[_BOX:], plane[:-_BOX]) / (width * (height - _BOX)) if height > _BOX else NAN,
        laplacian=(4 * (across.inner + down.inner) - pairs) / ((height - 2) * (width - 2)),
    )


# Each of these lets go of its steps before the next one makes others: memory that was just used is there at once.


def _across(plane: Plane) -> Neighbours:
    steps = cv2.absdiff(plane[:, 1:], plane[:, :-1])
    inner = steps[1:-1]
    sums = cv2.reduce(steps, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    return _neighbours(steps, inner, (steps[:1], steps[-1:]), (inner[:, :1], inner[:, -1:]), sums)


def _down(plane: Plane) -> Neighbours:
    steps = cv2.absdiff(plane[1:], plane[:-1])
    inner = steps[:, 1:-1]
    sums = cv2.reduce(steps, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    return _neighbours(steps, inner, (steps[:, :1], steps[:, -1:]), (inner[:1], inner[-1:]), sums)


def _neighbours(
    steps: MatLike, inner: MatLike, rims: tuple[MatLike, MatLike], ends: tuple[MatLike, MatLike], sums: MatLike
) -> Neighbours:
    """From the steps, those of them between inner lines, the outer lines, the first and last inner ones, and sums."""
    squares = _squares(inner)
    totals = np.asarray(sums).ravel()
    on = totals[_GRID - 1 :: _GRID]
    lines = steps.size // totals.size
    on_grid, every = int(on.sum()), int(totals.sum())
    rest = totals.size - on.size
    return Neighbours(
        power=(squares + sum(map(_squares, rims))) / steps.size,
        on_grid=on_grid / (on.size * lines) if on.size else NAN,
        elsewhere=(every - on_grid) / (rest * lines) if rest else NAN,
        # A step between two inner pixels belongs to both of them, one from an inner to an outer one to the inner alone.
        inner=2 * squares - sum(map(_squares, ends)),
    )


def _diagonal(one: Plane, other: Plane, corners: tuple[tuple[int, int], tuple[int, int]]) -> float:
    """Sum of the squares of the differences of two neighbours of a pixel that are diagonal to each other, both pairs.

    At the rim a pair belongs to one pixel that has all four neighbours, in these two corners to none, else to two.
    """
    rim = sum(_apart(one[part], other[part]) for part in _RIM)
    return 2 * _apart(one, other) - rim + sum((int(one[at]) - int(other[at])) ** 2 for at in corners)


_RIM = (np.s_[:1], np.s_[-1:], np.s_[:, :1], np.s_[:, -1:])


def _squares(plane: MatLike) -> float:
    """Sum of the squares."""
    return cv2.norm(plane, cv2.NORM_L2SQR)


def _apart(one: Plane, other: Plane) -> float:
    """Sum of the squares of the differences."""
    return cv2.norm(one, other, cv2.NORM_L2SQR)


def reblur(steps: Steps | None, *, grain: float) -> float:
    """How much of a plane's gradient a blur of 9 pixels would leave: 0 (all fine detail) to 1 (blurred already).

    The idea is Crete's ("The blur effect", 2007); gradients are RMS here instead of sums of absolute values, so that
    the noise's share, 2σ², can be taken off exactly. Of the two directions the blurrier one counts. NaN: no gradient.
    """
    # A blur by a box of 9 leaves between neighbours a ninth of the difference of the pixels 9 apart.
    noise = 0.0 if math.isnan(grain) else 2 * grain**2
    if steps is None:
        return NAN
    found = (
        _left(steps.across.power, steps.far_across, noise),
        _left(steps.down.power, steps.far_down, noise),
    )
    return max((value for value in found if not math.isnan(value)), default=NAN)


def _left(fine: float, coarse: float, noise: float) -> float:
    """The share of the RMS gradient that a blur leaves, from the power between pixels 1 and 9 apart."""
    if fine < _NO_GRADIENT or math.isnan(coarse):
        return NAN
    # Where noise is nearly all there is, what is left of the difference is chance: a tenth at least stays.
    fine = max(fine - noise, 0.1 * fine)
    return min(1.0, math.sqrt(max(coarse - noise, 0.0) / fine) / _BOX)


_NO_GRADIENT = 0.01
"""Mean square step between neighbours, in code values, below which a plane is one plain colour."""


def blockiness(steps: Steps | None, *, gain: float) -> float:
    """Mean step between neighbours on the grid of 8 pixels over the mean step elsewhere: about 1 without blocks.

    Both are taken a twentieth of a level larger, on the scale of 255, so that a plain picture has 1. NaN: too small.
    """
    if steps is None:
        return NAN
    directions = (steps.across, steps.down)
    return sum((one.on_grid * gain + 0.05) / (one.elsewhere * gain + 0.05) for one in directions) / 2
