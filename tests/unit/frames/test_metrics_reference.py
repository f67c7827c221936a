"""Metrics against other programs' numbers for the same pictures: FFmpeg's filters, OpenCV, scikit-image."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import pytest
from skimage.filters import laplace
from skimage.measure import blur_effect

from tests import damage
from tests.damage import Plane, Planes
from tests.footage import FULL, LIMITED, panned, pictures, told_by_ffmpeg
from turnover.frames.measure import measure
from turnover.frames.metric import Numbers, Taken

RATE = 24


def taken(planes: Planes, *names: str, levels: tuple[int, int] = FULL) -> Taken:
    return measure(pictures(planes, levels), frames_per_second=RATE, names=names or None)


def numbers(planes: Planes, name: str, levels: tuple[int, int] = FULL) -> Numbers:
    return taken(planes, name, levels=levels).series[name]


def frames(told: Sequence[Mapping[str, str]], key: str) -> list[int]:
    """The frames that a filter gives as seconds under that key."""
    return [round(float(said[key]) * RATE) for said in told if key in said]


# --------------------------------------------------------------------------------------------------------- FFmpeg


def test_motion_as_vmaf_counts_it() -> None:
    """`motion_vmaf` is what FFmpeg's vmafmotion says, to its two decimals and the rounding of its integers."""
    planes = panned(8)
    told = [float(said["lavfi.vmafmotion.score"]) for said in told_by_ffmpeg(planes, "vmafmotion")]
    ours = numbers(planes, "motion_vmaf")
    assert math.isnan(ours[0])
    np.testing.assert_allclose(ours[1:], told[1:], atol=0.02)


def test_change_of_luma() -> None:
    """`mafd` is FFmpeg's signalstats YDIF, `luma_mean` its YAVG."""
    planes = panned(6)
    told = told_by_ffmpeg(planes, "signalstats")
    series = taken(planes, "mafd", "luma_mean").series
    np.testing.assert_allclose(series["luma_mean"], [float(s["lavfi.signalstats.YAVG"]) for s in told], atol=1e-3)
    np.testing.assert_allclose(series["mafd"][1:] * 255, [float(s["lavfi.signalstats.YDIF"]) for s in told[1:]], 1e-4)


@pytest.mark.parametrize("stop", [18, 30], ids=["then-goes-on", "to-the-end"])
def test_freeze(stop: int) -> None:
    """A freeze begins and ends where FFmpeg's freezedetect says; one that runs to the end has no end there."""
    planes = damage.frozen(panned(30), start=9, stop=stop)
    told = told_by_ffmpeg(planes, "freezedetect", "n=0.001:d=0.2", rate=RATE)
    starts = [
        float(said["lavfi.freezedetect.freeze_start"]) for said in told if "lavfi.freezedetect.freeze_start" in said
    ]
    ends = [float(said["lavfi.freezedetect.freeze_end"]) for said in told if "lavfi.freezedetect.freeze_end" in said]
    frozen = np.flatnonzero(numbers(planes, "frozen"))
    assert [round(second * RATE) for second in starts] == [frozen[0]] == [9]
    assert [round(second * RATE) for second in ends] == ([frozen[-1] + 1] if stop < 30 else [])
    assert frozen.tolist() == list(range(9, stop))


def test_black() -> None:
    """A picture is black where FFmpeg's blackdetect says so."""
    planes = damage.blackened(panned(12), start=4, stop=9)
    told = told_by_ffmpeg(planes, "blackdetect", "d=0.01:pix_th=0.1")
    (start,), (stop,) = frames(told, "lavfi.black_start"), frames(told, "lavfi.black_end")
    black = np.flatnonzero(numbers(planes, "black", LIMITED) >= 0.98)
    assert black.tolist() == list(range(start, stop))


# -------------------------------------------------------------------------------------------- OpenCV, scikit-image


@pytest.mark.parametrize("size", [(208, 160), (417, 275), (3, 3), (5, 640)])
def test_sharpness(size: tuple[int, int]) -> None:
    """`sharpness` is the mean square, and so the variance, of scikit-image's Laplacian where it has four neighbours."""
    plane = damage.noisy([np.full((size[1], size[0]), 120, np.uint8)], sigma=20)[0]
    inner = laplacian(plane)
    assert numbers([plane], "sharpness")[0] == pytest.approx(float(np.mean(inner**2)), rel=1e-9)
    moving = panned(1, width=size[0], height=size[1])[0]
    inner = laplacian(moving)
    assert numbers([moving], "sharpness")[0] == pytest.approx(float(np.mean(inner**2)), rel=1e-9)


def laplacian(plane: Plane) -> Numbers:
    """Without the border, on the scale of the plane."""
    found: Numbers = laplace(plane.astype(np.float64))[1:-1, 1:-1]  # type: ignore[no-untyped-call]
    return found


def test_sharpness_as_opencv_users_know_it() -> None:
    """It is close to the usual `cv2.Laplacian(gray, cv2.CV_64F).var()`, which mirrors the border."""
    plane = panned(1, width=440, height=420)[0]
    assert numbers([plane], "sharpness")[0] == pytest.approx(float(cv2.Laplacian(plane, cv2.CV_64F).var()), rel=0.03)


def test_blur_like_scikit_image() -> None:
    """`reblur` orders pictures from sharp to blurred as scikit-image's blur_effect does, and lies near it."""
    sharp = panned(1)
    planes = [damage.blurred(sharp, sigma=sigma)[0] if sigma else sharp[0] for sigma in (0, 0.7, 1, 1.5, 2, 3)]
    ours = numbers(planes, "reblur")
    theirs = np.array([blur_effect(plane, h_size=9) for plane in planes])  # type: ignore[no-untyped-call]
    assert np.all(np.diff(ours) > 0)
    assert np.all(np.diff(theirs) > 0)
    np.testing.assert_allclose(ours, theirs, atol=0.17)


@pytest.mark.parametrize("sigma", [4, 10, 20])
@pytest.mark.parametrize("name", ["astronaut.png", "coffee.png", "camera.png"])
def test_noise_that_was_put_in(name: str, sigma: int) -> None:
    """`noise` is the noise put in, within 10 %, whatever the picture."""
    planes = damage.noisy(panned(2, width=320, height=240, name=name), sigma=sigma)
    np.testing.assert_allclose(numbers(planes, "noise"), sigma, rtol=0.1)


def test_noise_at_full_size() -> None:
    """A large picture is not made smaller before its noise is taken, which would halve it."""
    planes = damage.noisy([cv2.resize(panned(1)[0], (1280, 720)).astype(np.uint8)], sigma=8)
    np.testing.assert_allclose(numbers(planes, "noise"), 8, rtol=0.1)


def test_contrast_and_light() -> None:
    """`contrast` and `luma_mean` are NumPy's deviation and mean."""
    planes = panned(2)
    series = taken(planes, "contrast", "luma_mean").series
    np.testing.assert_allclose(series["contrast"], [plane.std() for plane in planes])
    np.testing.assert_allclose(series["luma_mean"], [plane.mean() for plane in planes])


def test_motion_that_is_known() -> None:
    """A pan of 3 pixels a frame has the score of its speed in diagonals, within 10 %."""
    planes = panned(6, width=240, height=180, step=3)
    speed = 3 / math.hypot(240, 180) * RATE
    np.testing.assert_allclose(numbers(planes, "motion_score")[1:], 1 - math.exp(-speed / 0.15), rtol=0.1)
