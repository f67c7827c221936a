"""Pictures are turned as players turn them, and regions keep their pixels."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.videos import make
from turnover.media.probe import probe
from turnover.media.upright import Region, shown_size, upright

TURNS = [(rotation, mirrored) for rotation in (0, 90, 180, 270) for mirrored in (False, True)]


@pytest.mark.parametrize(("rotation", "mirrored"), TURNS)
def test_turned_then_flipped(rotation: int, mirrored: bool) -> None:
    """Quarters clockwise first, left and right swapped after, as numpy does both."""
    plane = np.arange(15, dtype=np.uint8).reshape(3, 5)
    turned = np.rot90(plane, -rotation // 90)
    expected = np.fliplr(turned) if mirrored else turned
    shown = upright(plane, rotation, mirrored)
    assert np.array_equal(expected, shown)
    assert shown_size((5, 3), rotation) == (shown.shape[1], shown.shape[0])


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_video(tmp_path: Path, rotation: int) -> None:
    """What a probe says of a file turns its frames to what OpenCV's own reader shows."""
    path = make(tmp_path, rotation=rotation, width=64, height=48)
    video = probe(path).video
    with av.open(str(path)) as container:
        stored = np.asarray(next(container.decode(video=0)).to_ndarray(format="bgr24"), np.uint8)
    shown = cv2.VideoCapture(str(path)).read()[1]
    difference = np.abs(upright(stored, video.rotation, video.is_mirrored).astype(int) - shown)
    assert difference.max() <= 3


@given(
    turn=st.sampled_from(TURNS),
    edges=st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 7), st.integers(0, 7)),
)
def test_region_of_a_turned_picture(turn: tuple[int, bool], edges: tuple[int, int, int, int]) -> None:
    """Cutting then turning is turning then cutting."""
    plane = np.arange(63, dtype=np.uint8).reshape(7, 9)
    whole = upright(plane, *turn)
    size = (whole.shape[1], whole.shape[0])
    region = Region(min(edges[:2]), min(edges[2:]), max(edges[:2]), max(edges[2:])).within(size)
    stored = region.stored(shown_size=size, rotation=turn[0], is_mirrored=turn[1])
    cut = upright(plane[stored.top : stored.bottom, stored.left : stored.right], *turn)
    expected = whole[region.top : region.bottom, region.left : region.right]
    assert region.is_empty == (expected.size == 0)
    assert region.is_empty or np.array_equal(expected, cut)
