"""Drawn pictures are the same each time, and the drawn face is one to a detector."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from tests import videos
from tests.pictures import PICTURES, Pattern


@pytest.mark.parametrize("pattern", list(PICTURES))
def test_pattern(pattern: Pattern) -> None:
    """A pattern gives the same picture for the same numbers, and moves unless it is black."""
    draw = PICTURES[pattern]
    first, again, last = draw(0, 5, 96, 64), draw(0, 5, 96, 64), draw(4, 5, 96, 64)
    assert first.shape == (64, 96, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert np.array_equal(first, last) == (pattern == "black")


@pytest.mark.parametrize("size", [(64, 48), (320, 180), (640, 640)])
def test_detectors_find_the_face(size: tuple[int, int], tmp_path: Path) -> None:
    """OpenCV's Haar cascade finds one face in every frame, and follows it to the right."""
    cv2 = pytest.importorskip("cv2", reason="OpenCV, which has the detector, is not installed")
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_alt2.xml")
    path = videos.make(tmp_path, width=size[0], height=size[1], picture="face", frames=6)
    with av.open(str(path)) as container:
        pictures = [frame.reformat(format="gray", threads=1).to_ndarray() for frame in container.decode(video=0)]
    found = [cascade.detectMultiScale(picture, 1.1, 3) for picture in pictures]
    assert [len(faces) for faces in found] == [1] * 6
    left = [int(faces[0][0]) for faces in found]
    assert left == sorted(left)
    assert left[-1] - left[0] > 0.2 * size[0]
