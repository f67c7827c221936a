"""Damage done to pictures on purpose: luma planes in, damaged copies out.

A plane is (height, width), uint8, code values as coded; the planes given are never changed.
Gains act on the distance from `black`, as light does: 16 is the black of limited range, 0 that of full range.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.uint8]
Planes: TypeAlias = Sequence[Plane]

# ------------------------------------------------------------------------------------------------ in each picture


def blurred(planes: Planes, *, sigma: float) -> list[Plane]:
    """Out of focus: a Gaussian of that many pixels."""
    return [_plane(cv2.GaussianBlur(plane, (0, 0), sigma)) for plane in planes]


def noisy(planes: Planes, *, sigma: float, seed: int = 0) -> list[Plane]:
    """Grain, new in each picture: Gaussian noise of that many code values."""
    draw = np.random.default_rng(seed)
    return [_rounded(plane + draw.normal(0.0, sigma, plane.shape)) for plane in planes]


def jpeg(planes: Planes, *, quality: int) -> list[Plane]:
    """Each picture through JPEG at that quality, 1 to 100."""
    return [_through_jpeg(plane, quality) for plane in planes]


def blocky(planes: Planes, *, strength: float, side: int = 8) -> list[Plane]:
    """Each block of `side` pixels moved towards its own mean: 0 changes nothing, 1 leaves flat blocks."""
    return [_towards_blocks(plane, strength, side) for plane in planes]


def rescaled(planes: Planes, *, factor: int = 2) -> list[Plane]:
    """Reduced by a factor, then enlarged to the old size: sharp edges, no detail."""
    return [_down_and_up(plane, factor) for plane in planes]


def brighter(planes: Planes, *, factor: float, start: int = 0, black: int = 16) -> list[Plane]:
    """A step of exposure: from picture `start` on, light is multiplied by `factor`."""
    return [_gained(plane, factor, black) if index >= start else plane.copy() for index, plane in enumerate(planes)]


# ---------------------------------------------------------------------------------------------------- over time


def flickering(planes: Planes, *, percent: float = 1.0, black: int = 16) -> list[Plane]:
    """Light that goes up and down by that many percent with each picture."""
    return [_gained(plane, 1 + (-1) ** index * percent / 100, black) for index, plane in enumerate(planes)]


def flickering_patches(planes: Planes, *, percent: float, black: int = 16) -> list[Plane]:
    """The fields of a 16x9 chessboard flicker against each other, the whole staying about as light as it was."""
    board = np.where(np.indices((9, 16)).sum(axis=0) % 2, 1.0, -1.0)
    damaged = []
    for index, plane in enumerate(planes):
        height, width = plane.shape
        signs = cv2.resize(board, (width, height), interpolation=cv2.INTER_NEAREST)
        gains = 1 + (-1) ** index * percent / 100 * signs
        damaged.append(_rounded(black + gains * (plane.astype(np.float64) - black)))
    return damaged


def frozen(planes: Planes, *, start: int, stop: int) -> list[Plane]:
    """The pictures [start, stop) all show the picture `start`."""
    return [planes[start if start <= index < stop else index].copy() for index in range(len(planes))]


def blackened(planes: Planes, *, start: int, stop: int, black: int = 16) -> list[Plane]:
    """The pictures [start, stop) are black."""
    return [np.full_like(plane, black) if start <= i < stop else plane.copy() for i, plane in enumerate(planes)]


def repeated(planes: Planes, *, at: int) -> list[Plane]:
    """The picture `at` twice in a row: one picture more."""
    return [plane.copy() for plane in (*planes[: at + 1], *planes[at:])]


def on_twos(planes: Planes) -> list[Plane]:
    """Animated on twos: every second picture held for two, the number of pictures kept."""
    return [planes[index - index % 2].copy() for index in range(len(planes))]


# ------------------------------------------------------------------------------------------------------- details


def _plane(array: NDArray[np.generic]) -> Plane:
    return np.ascontiguousarray(array, dtype=np.uint8)


def _rounded(values: NDArray[np.floating]) -> Plane:
    clipped: Plane = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return clipped


def _gained(plane: Plane, factor: float, black: int) -> Plane:
    return _rounded(black + factor * (plane.astype(np.float64) - black))


def _through_jpeg(plane: Plane, quality: int) -> Plane:
    _, content = cv2.imencode(".jpg", plane, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    return _plane(decoded)


def _towards_blocks(plane: Plane, strength: float, side: int) -> Plane:
    height, width = plane.shape
    size = (-(-width // side), -(-height // side))
    padded = cv2.copyMakeBorder(plane, 0, size[1] * side - height, 0, size[0] * side - width, cv2.BORDER_REPLICATE)
    means = np.kron(cv2.resize(padded, size, interpolation=cv2.INTER_AREA), np.ones((side, side)))[:height, :width]
    return _rounded(plane + strength * (means - plane))


def _down_and_up(plane: Plane, factor: int) -> Plane:
    height, width = plane.shape
    size = (max(1, width // factor), max(1, height // factor))
    reduced = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
    return _plane(cv2.resize(reduced, (width, height), interpolation=cv2.INTER_CUBIC))
