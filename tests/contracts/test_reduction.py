"""The two rooms that reduce pictures do it alike, though neither knows the other."""

from __future__ import annotations

import numpy as np
import pytest

from turnover.frames import picture, planes
from turnover.media import reduction


@pytest.mark.parametrize("size", [(1, 1), (270, 480), (271, 300), (480, 832), (720, 1280), (1081, 1921), (2000, 541)])
def test_reduced_alike(size: tuple[int, int]) -> None:
    """What the decoder hands over as small is what a metric would have made itself."""
    plane = np.random.default_rng(0).integers(0, 256, size, np.uint8)
    assert reduction.SMALL == picture.SMALL
    assert np.array_equal(reduction.reduced(plane), planes.reduced(plane, picture.SMALL))
