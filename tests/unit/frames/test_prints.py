"""Pictures that look the same have nearly the same print."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from skimage import data

from turnover.frames.picture import Picture
from turnover.frames.planes import Plane
from turnover.frames.prints import PrintWatch, difference_hash


def _picture(luma: Plane) -> Picture:
    return Picture(luma, black=0, white=255)


def _photo() -> Plane:
    photo: Plane = np.asarray(Image.fromarray(data.astronaut()).convert("L"))  # type: ignore[no-untyped-call]
    return photo


def _apart(one: Plane, other: Plane) -> int:
    return (difference_hash(_picture(one)) ^ difference_hash(_picture(other))).bit_count()


def test_ramp() -> None:
    """A picture that darkens to the right has all bits, one that brightens has none, and so has a flat one."""
    ramp = np.tile(np.arange(180, dtype=np.uint8), (80, 1))
    hashes = [difference_hash(_picture(plane)) for plane in (np.ascontiguousarray(ramp[:, ::-1]), ramp, ramp * 0 + 9)]
    assert hashes == [2**64 - 1, 0, 0]


@pytest.mark.parametrize("size", [(512, 512), (256, 256), (720, 720), (135, 240)])
def test_scaled(size: tuple[int, int]) -> None:
    """Another size changes a few bits at most."""
    scaled = np.asarray(Image.fromarray(_photo()).resize((size[1], size[0]), Image.Resampling.LANCZOS))
    assert _apart(_photo(), scaled) <= 4


def test_brighter_and_noisy() -> None:
    """Light and grain change a few bits at most."""
    noise = np.random.default_rng(0).normal(0, 6, (512, 512))
    changed = np.clip(_photo() * 0.8 + 20 + noise, 0, 255).astype(np.uint8)
    assert _apart(_photo(), changed) <= 4


def test_another_picture() -> None:
    """Another picture changes many bits."""
    assert _apart(_photo(), data.camera()) > 16  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(("count", "places"), [(0, ()), (1, (0, 0, 0)), (2, (0, 1, 1)), (9, (0, 4, 8))])
def test_which_frames(count: int, places: tuple[int, ...]) -> None:
    """The first, the middle and the last frame stand for a clip."""
    pictures = [_picture(np.random.default_rng(frame).integers(0, 255, (60, 90), np.uint8)) for frame in range(count)]
    watch = PrintWatch()
    assert list(watch.watched(pictures)) == pictures
    assert watch.prints == tuple(difference_hash(pictures[place]) for place in places)
