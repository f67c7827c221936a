"""SSIM with the plane before: the filter's numbers are those of its formula, and nothing else is read."""

from __future__ import annotations

import gc
import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from turnover.media.reduction import SMALL, reduced
from turnover.media.ssim import SsimToPrevious

Plane = NDArray[np.uint8]


def noise(seed: int, height: int = 48, width: int = 64) -> Plane:
    return np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)


def by_formula(one: Plane, other: Plane) -> float:
    """Wang et al. (2004), equation 13, over windows of 8x8 every 4 samples, variances with n - 1."""
    height, width = (side // 4 * 4 for side in one.shape)
    values = []
    for top in range(0, height - 4, 4):
        for left in range(0, width - 4, 4):
            a, b = (plane[top : top + 8, left : left + 8].astype(float).ravel() for plane in (one, other))
            covariance = np.cov(a, b)
            c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
            numerator = (2 * a.mean() * b.mean() + c1) * (2 * covariance[0, 1] + c2)
            values.append(
                numerator / ((a.mean() ** 2 + b.mean() ** 2 + c1) * (covariance[0, 0] + covariance[1, 1] + c2))
            )
    return float(np.mean(values))


@given(width=st.integers(8, 70), height=st.integers(8, 40), seed=st.integers(0, 999), share=st.floats(0, 1))
def test_formula(width: int, height: int, seed: int, share: float) -> None:
    """Of any size and likeness, the number is the formula's."""
    one = noise(seed, height, width)
    other = (one * (1 - share) + noise(seed + 1, height, width) * share).astype(np.uint8)
    similarity = SsimToPrevious()
    similarity.of(one)
    assert similarity.of(other) == pytest.approx(by_formula(one, other), abs=2e-4)


def test_first_and_same() -> None:
    """The first plane has nothing to be compared with; a plane is like itself."""
    similarity = SsimToPrevious()
    assert math.isnan(similarity.of(noise(1)))
    assert similarity.of(noise(1)) == 1
    assert similarity.of(noise(2)) < 0.1


def test_size_changes() -> None:
    """Planes of two sizes are not compared; from there on it is the new size."""
    similarity = SsimToPrevious()
    similarity.of(noise(1))
    assert math.isnan(similarity.of(noise(1, 30, 50)))
    assert similarity.of(noise(1, 30, 50)) == 1
    assert math.isnan(similarity.of(noise(1)))
    assert similarity.of(noise(1)) == 1


@pytest.mark.parametrize(("height", "width"), [(7, 64), (48, 1), (1, 1)])
def test_too_small(height: int, width: int) -> None:
    """Where no window fits, nothing is known."""
    similarity = SsimToPrevious()
    for _ in range(3):
        assert math.isnan(similarity.of(noise(1, height, width)))
    similarity.of(noise(1))
    assert similarity.of(noise(1)) == 1


def test_many_planes_that_nobody_keeps() -> None:
    """Planes are let go of while the filter holds them, and the numbers stay right."""
    similarity = SsimToPrevious()
    similarity.of(noise(0, 90, 123))
    for seed in range(1, 80):
        found = similarity.of(noise(seed // 2, 90, 123))
        if seed % 20 == 0:
            gc.collect()
        assert (found == 1) == (seed % 2 == 1)


def test_rows_that_lie_apart() -> None:
    """A part of a larger plane, or one upside down, is compared as what it shows."""
    large = noise(3, 100, 200)
    for part in (large[10:60, 20:90], large[::-1, :80], large[:, ::2]):
        similarity = SsimToPrevious()
        similarity.of(part.copy())
        assert similarity.of(part) == 1


@pytest.mark.parametrize(
    ("size", "expected"),
    [((480, 832), (240, 416)), ((270, 480), (270, 480)), ((1280, 720), (320, 180)), ((271, 4000), (135, 2000))],
)
def test_reduced(size: tuple[int, int], expected: tuple[int, int]) -> None:
    """The short side is halved until it is 270 or less; what is small stays itself."""
    plane = noise(4, *size)
    small = reduced(plane)
    assert expected == small.shape
    assert min(small.shape) <= SMALL
    assert (small is plane) == (expected == size)


def test_reduced_by_area() -> None:
    """Each sample is the mean of those that it stands for."""
    plane = noise(5, 480, 832)
    means = plane.reshape(240, 2, 416, 2).mean(axis=(1, 3))
    assert np.abs(reduced(plane) - means).max() <= 0.5
    assert cv2.norm(reduced(plane), reduced(plane)) == 0
