"""Faces are laid on their template as other programs lay them."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from skimage.transform import SimilarityTransform

from turnover.media.alignment import sharpness, similarity, template, warped, yaw
from turnover.media.upright import Region

Pixels = NDArray[np.uint8]
FACE = ((198.8, 103.2), (247.2, 103.7), (222.3, 126.1), (201.7, 144.2), (241.8, 144.0))
coordinates = st.floats(-3000, 3000)
points = st.lists(st.tuples(coordinates, coordinates), min_size=5, max_size=5)


def _cut(picture: Pixels, region: Region) -> Pixels:
    return picture[region.top : region.bottom, region.left : region.right]


@given(turn=st.floats(-3.1, 3.1), scale=st.floats(0.05, 20), shift=st.tuples(coordinates, coordinates), wobble=points)
def test_like_umeyama(turn: float, scale: float, shift: tuple[float, float], wobble: list[tuple[float, float]]) -> None:
    """The fit is scikit-image's (Umeyama 1991), for faces that are no exact copies of the template."""
    places = template(112)
    assert places is not None
    spin = scale * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    exact = np.array(places) @ spin.T + shift
    seen = exact + np.array(wobble) * scale / 1000
    found = similarity([(x, y) for x, y in seen.tolist()], places)
    expected = SimilarityTransform.from_estimate(seen, np.array(places))
    assert found is not None
    assert np.allclose(expected.params[:2], found, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("bad", [FACE[:1] * 5, (), ((float("nan"), 0.0),) * 5, ((1e300, -1e300),) * 2 + FACE[2:]])
def test_points_that_are_no_face(bad: tuple[tuple[float, float], ...]) -> None:
    """Points that coincide, are no numbers or are none have no fit."""
    places = template(112)
    assert places is not None
    assert similarity(bad, places) is None


@pytest.mark.parametrize(("side", "eye"), [(112, 38.2946), (224, 76.5892), (256, 92.5892), (512, 192.98138)])
def test_templates(side: int, eye: float) -> None:
    """Multiples of 112 are ArcFace's, 256 sets it in the middle, 512 is FFHQ's; the viewer's left comes first."""
    places = template(side)
    assert places is not None
    assert places[0][0] == pytest.approx(eye)
    assert places[0][0] < places[2][0] < places[1][0]
    assert places[0][1] < places[2][1] < places[3][1]


def test_sides_without_a_template() -> None:
    """No convention says where a face lies in other squares."""
    assert [template(side) for side in (0, -112, 100, 300)] == [None] * 4


@pytest.mark.parametrize("side", [112, 256, 512])
def test_part_of_a_picture_is_warped_as_the_whole(side: int) -> None:
    """What is asked of the picture is enough: OpenCV gives the same from all of it."""
    places = template(side)
    picture = _soft(400, 300)
    assert places is not None
    transform = similarity(FACE, places)
    assert transform is not None
    expected = cv2.warpAffine(picture, transform, (side, side))
    found = warped(lambda region: _cut(picture, region), (400, 300), transform, side)
    assert found is not None
    assert np.abs(expected.astype(int) - found).max() <= 1


@pytest.mark.parametrize("factor", [2.4, 5.7])
def test_face_much_larger_than_the_template(factor: float) -> None:
    """A large face is reduced by area: it gives nearly what the small one gives, not a sieve of its pixels."""
    places = template(112)
    assert places is not None
    random = np.random.default_rng(3)
    small = np.asarray(cv2.GaussianBlur(random.integers(0, 256, (300, 400), np.uint8), (0, 0), 3), np.uint8)
    size = (round(400 * factor), round(300 * factor))
    large = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    noisy = np.clip(large + random.normal(0, 20, large.shape), 0, 255).astype(np.uint8)
    results = []
    for picture, scale in ((small, 1.0), (noisy, factor)):
        # Pixels are edges apart here, middles there.
        face = [((x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5) for x, y in FACE]
        transform = similarity(face, places)
        assert transform is not None
        result = warped(lambda region: _cut(picture, region), picture.shape[::-1], transform, 112)  # noqa: B023
        assert result is not None
        results.append(result.astype(float))
    assert np.abs(results[0] - results[1]).mean() < 20 / factor


@given(where=st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), scale=st.floats(1e-4, 1e4), turn=st.floats(0, 6.3))
def test_face_anywhere(where: tuple[float, float], scale: float, turn: float) -> None:
    """However far, large or small a face is said to be, only pixels of the picture are asked for."""
    places = template(112)
    assert places is not None
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * scale
    face = [(float(x), float(y)) for x, y in np.array(places) @ spin.T + where]
    transform = similarity(face, places)
    if transform is None:
        return
    picture = np.full((30, 40), 200, np.uint8)

    def pixels_of(region: Region) -> Pixels:
        assert region == region.within((40, 30))
        assert not region.is_empty
        return _cut(picture, region)

    result = warped(pixels_of, (40, 30), transform, 112)
    assert result is None or result.shape == (112, 112)


def test_sharpness() -> None:
    """Blur takes most of it, and a face that cannot be aligned has none."""
    picture = np.random.default_rng(5).integers(0, 256, (300, 400), np.uint8)
    blurred = np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.5), np.uint8)
    sharp = sharpness(lambda region: _cut(picture, region), (400, 300), FACE)
    soft = sharpness(lambda region: _cut(blurred, region), (400, 300), FACE)
    assert sharp is not None
    assert soft is not None
    assert soft < sharp / 10
    assert sharpness(lambda region: _cut(picture, region), (400, 300), ()) is None


@given(points=points)
def test_yaw_of_the_mirrored_face(points: list[tuple[float, float]]) -> None:
    """A face seen in a mirror is turned the other way by as much."""
    mirrored = [(-x, y) for x, y in points]
    swapped = [mirrored[1], mirrored[0], *mirrored[2:]]
    one, other = yaw(points), yaw(swapped)
    assert (one is None) == (other is None)
    assert one is None or other is None or one == pytest.approx(-other, abs=1e-6)


def test_yaw() -> None:
    """A nose on the way to the viewer's right eye is turned to the right; without points nothing is known."""
    assert yaw(((0, 0), (10, 0), (9, 5))) == pytest.approx(0.4)
    assert yaw(()) is None
    assert yaw(((1, 1), (1, 1), (9, 5))) is None


def _soft(width: int, height: int) -> Pixels:
    noise = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), 3), np.uint8)
