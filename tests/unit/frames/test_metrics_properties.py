"""What holds of every metric: range and size change nothing that they should not, and each damage shows."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import damage
from tests.damage import Plane, Planes
from tests.footage import FULL, LIMITED, as_full_range, panned, pictures
from turnover.core.measurement import Box, Face
from turnover.frames.measure import measure, metrics
from turnover.frames.metric import Numbers
from turnover.frames.photographic import is_photographic
from turnover.frames.picture import Picture


def numbers(planes: Planes, name: str, *, rate: float | None = 24, levels: tuple[int, int] = LIMITED) -> Numbers:
    return measure(pictures(planes, levels), frames_per_second=rate, names=[name]).series[name]


# ---------------------------------------------------------------------------------------------------- invariance


def test_full_and_limited_range() -> None:
    """The same pictures in full range have the same numbers, but for what rounding does to them."""
    planes = panned(6)
    limited = measure(pictures(planes), frames_per_second=24).series
    full = measure(pictures(as_full_range(planes), FULL), frames_per_second=24).series
    # One code value is one sixth less in full range: noise and steps at the limit of 8 bits differ by so much.
    close = {"noise": 0.12, "fields_turned_median": 0.05, "flicker_local_median": 0.05, "flow": 0.001}
    for name in metrics():
        np.testing.assert_allclose(full[name], limited[name], rtol=0.02, atol=close.get(name, 0.015), err_msg=name)


def test_mirrored_pictures() -> None:
    """Left and right are alike to every metric; what follows moving points is so within a fifth."""
    planes = panned(6)
    straight = measure(pictures(planes), frames_per_second=24).series
    mirrored = measure(pictures([np.ascontiguousarray(p[:, ::-1]) for p in planes]), frames_per_second=24).series
    for name in metrics():
        tolerance = 0.2 if name in ("flow", "motion_score") else 1e-6
        np.testing.assert_allclose(mirrored[name], straight[name], rtol=tolerance, err_msg=name)


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=0, max_size=5),
    st.integers(0, 2**32 - 1),
    st.sampled_from([None, 0.5, 24.0, 1000.0]),
)
@settings(max_examples=25)
def test_any_size(sizes: list[tuple[int, int]], seed: int, rate: float | None) -> None:
    """Pictures of any size, changing at any time, give one number or NaN each, within the metric's range."""
    draw = np.random.default_rng(seed)
    planes = [draw.integers(0, 256, size, np.uint8) for size in sizes]
    taken = measure(pictures(planes), frames_per_second=rate)
    for name, metric in metrics().items():
        found = taken.series[name]
        known = found[~np.isnan(found)]
        assert len(found) == len(planes), name
        assert np.all(known >= metric.low), name
        assert np.all(known <= (math.inf if metric.high is None else metric.high)), name
    assert taken.frame_count == len(planes)


@pytest.mark.parametrize("level", [16, 100, 235])
def test_plain_colour(level: int) -> None:
    """A plain colour has no noise, no blocks and no motion; how sharp it is cannot be said."""
    series = measure(pictures([np.full((64, 96), level, np.uint8)] * 4), frames_per_second=24).series
    assert {name: series[name][3] for name in ("noise", "blockiness", "mafd", "motion_score", "sharpness")} == {
        "noise": 0.0, "blockiness": 1.0, "mafd": 0.0, "motion_score": 0.0, "sharpness": 0.0,
    }  # fmt: skip
    assert np.isnan(series["reblur"]).all()
    assert np.isnan(series["quality_metric"]).all()


# -------------------------------------------------------------------------------------------------------- flicker


def test_flicker_that_was_put_in() -> None:
    """Light that alternates by 1 % turns back by its whole step in every frame; the clean clip by next to nothing."""
    planes = panned(12, step=0.25)
    light = np.array([plane.mean() - 16 for plane in planes[2:]])
    flickering = numbers(damage.flickering(planes, percent=1), "flicker")
    assert np.isnan(flickering[:2]).all()
    np.testing.assert_allclose(flickering[2:], 0.02 * light * 255 / 219, rtol=0.15)
    assert np.nanmax(numbers(planes, "flicker")) < 0.2


def test_flicker_of_parts() -> None:
    """Patches that flicker against each other show in `flicker_local`, hardly in the light of the whole."""
    planes = damage.flickering_patches(panned(12), percent=2)
    assert np.nanmean(numbers(planes, "flicker_local")) > 5 * np.nanmean(numbers(planes, "flicker"))
    assert np.nanmean(numbers(planes, "flicker_local")) > 3 * np.nanmean(numbers(panned(12), "flicker_local"))


def test_flicker_begins_anew_at_a_cut() -> None:
    """A step of light that a cut makes is no flicker, and neither is black."""
    other = panned(8, name="coffee.png", step=0.5)
    cut = [*panned(8, step=0.5), *damage.brighter(other, factor=1.3)]
    assert np.flatnonzero(numbers(cut, "scene_cut") >= 0.5).tolist() == [8]
    assert np.flatnonzero(np.isnan(numbers(cut, "flicker"))).tolist() == [0, 1, 8, 9]
    dark = damage.blackened(panned(12), start=5, stop=6)
    assert np.flatnonzero(np.isnan(numbers(dark, "flicker"))).tolist() == [0, 1, 5, 6, 7]


# ------------------------------------------------------------------------------------------- freezes, repetitions


def test_repeated_picture() -> None:
    """A picture shown again is a duplicate; moving ones are none."""
    assert np.flatnonzero(numbers(damage.repeated(panned(8), at=3), "duplicate") == 1).tolist() == [4]


def test_repeated_picture_after_an_encoder() -> None:
    """One that an encoder changed a little is a duplicate still, beside pictures that move."""
    planes = damage.repeated(panned(8), at=3)
    planes[4] = damage.noisy([planes[4]], sigma=0.35)[0]
    assert np.flatnonzero(numbers(planes, "duplicate") == 1).tolist() == [4]


def test_animated_on_twos() -> None:
    """Every second picture is a duplicate; nothing is frozen, and nothing is a cut."""
    planes = damage.on_twos(panned(12, step=4))
    assert np.flatnonzero(numbers(planes, "duplicate") == 1).tolist() == [1, 3, 5, 7, 9, 11]
    assert not numbers(planes, "frozen").any()
    assert np.nanmax(numbers(planes, "scene_cut")) < 0.5


@pytest.mark.parametrize(
    ("rate", "length", "is_frozen"),
    [
        (8, 2, False),
        (8, 3, True),
        (24, 4, False),
        (24, 5, True),
        (24000 / 1001, 5, True),
        (60, 11, False),
        (60, 12, True),
    ],
)
def test_how_long_a_freeze_is(rate: float, length: int, is_frozen: bool) -> None:
    """A standstill is a freeze from 3 frames and 0.2 seconds on."""
    planes = damage.frozen(panned(20), start=4, stop=4 + length)
    expected = list(range(4, 4 + length)) if is_frozen else []
    assert np.flatnonzero(numbers(planes, "frozen", rate=rate)).tolist() == expected


def test_slow_drift() -> None:
    """A picture that creeps is compared with where it began, so it is no freeze though neighbours are alike."""
    base = panned(1)[0].astype(np.float64)
    planes = [np.clip(np.rint(base + 0.2 * index), 0, 255).astype(np.uint8) for index in range(30)]
    assert not numbers(planes, "frozen", rate=8).all()


def test_black_is_not_frozen() -> None:
    """Black stands still by nature."""
    assert not numbers(damage.blackened(panned(20), start=5, stop=15), "frozen").any()


# ----------------------------------------------------------------------------------------------------------- cuts


def test_cuts() -> None:
    """The first frame of another scene stands out; pans, a flash and a flicker do not."""
    scenes = [panned(8, step=3, name=name) for name in ("astronaut.png", "coffee.png", "camera.png")]
    cut = numbers([plane for scene in scenes for plane in scene], "scene_cut")
    assert np.flatnonzero(cut >= 0.5).tolist() == [8, 16]
    flash = panned(12, step=3)
    flash[5] = damage.brighter([flash[5]], factor=1.8)[0]
    assert np.nanmax(numbers(flash, "scene_cut")) < 0.5
    assert np.nanmax(numbers(damage.flickering(flash, percent=5), "scene_cut")) < 0.5


# -------------------------------------------------------------------------------------------------------- quality


@pytest.mark.parametrize("name", ["astronaut.png", "coffee.png", "camera.png", "chelsea.png"])
def test_damage_lowers_quality(name: str) -> None:
    """Blur, lost detail, JPEG, blocks and noise each lower the quality of every picture."""
    planes = panned(3, width=320, height=240, name=name)
    clean = numbers(planes, "quality_metric")
    damaged = {
        "blur": damage.blurred(planes, sigma=1),
        "scaled": damage.rescaled(planes),
        "jpeg": damage.jpeg(planes, quality=20),
        "blocks": damage.blocky(planes, strength=0.4),
        "noise": damage.noisy(planes, sigma=4),
        "strong noise": damage.noisy(planes, sigma=12),
    }
    for what, worse in damaged.items():
        assert np.all(numbers(worse, "quality_metric") < clean), what
    assert np.all((clean > 0.5) & (clean <= 1))


def test_noise_is_no_sharpness() -> None:
    """Noise leaves `reblur` where it was, while the Laplacian takes it for detail."""
    planes = panned(2, width=320, height=240)
    noisy = damage.noisy(planes, sigma=6)
    np.testing.assert_allclose(numbers(noisy, "reblur"), numbers(planes, "reblur"), atol=0.04)
    assert np.all(numbers(noisy, "sharpness") > 2 * numbers(planes, "sharpness"))


def test_black_frames_have_no_quality() -> None:
    """A fade to black is no bad photograph: its black frames are not judged, the others are."""
    planes = damage.blackened(panned(6), start=4, stop=6)
    assert np.flatnonzero(np.isnan(numbers(planes, "quality_metric"))).tolist() == [4, 5]


# --------------------------------------------------------------------------------------------------- photographic


def skeleton() -> Plane:
    plane = np.full((240, 320), 16, np.uint8)
    for start, stop in (((160, 60), (160, 140)), ((160, 80), (110, 120)), ((160, 140), (130, 210))):
        cv2.line(plane, start, stop, 180, 5, cv2.LINE_AA)
    return plane


def depth_map() -> Plane:
    y, x = np.mgrid[:240, :320].astype(np.float64)
    depth = 60 + 70 * y / 240
    for left, top, radius, near in ((90, 120, 50, 190), (220, 150, 70, 220)):
        inside = (x - left) ** 2 + (y - top) ** 2 < radius**2
        depth = np.where(inside, near - 25 * ((x - left) ** 2 + (y - top) ** 2) / radius**2, depth)
    return np.asarray(np.rint(cv2.GaussianBlur(depth, (0, 0), 0.8)), np.uint8)


def flat_graphic() -> Plane:
    return np.repeat(np.repeat(np.arange(40, 220, 15, dtype=np.uint8).reshape(3, 4), 80, axis=0), 80, axis=1)


def line_art() -> Plane:
    plane = np.full((240, 320), 235, np.uint8)
    for corner in range(20, 300, 14):
        cv2.line(plane, (corner, 10), (320 - corner, 230), 30, 2, cv2.LINE_AA)
    return plane


@pytest.mark.parametrize("draw", [skeleton, depth_map, flat_graphic, line_art])
def test_what_is_no_photograph(draw: object) -> None:
    """Skeletons, depth maps, flat graphics and line art are told apart, and are not judged."""
    assert callable(draw)
    planes = [draw()] * 3
    assert is_photographic(Picture(planes[0], *LIMITED)) is False
    assert np.isnan(numbers(planes, "quality_metric")).all()


@pytest.mark.parametrize("name", ["astronaut.png", "coffee.png", "camera.png", "chelsea.png", "moon.png", "coins.png"])
def test_what_is_a_photograph(name: str) -> None:
    """Photographs are photographs, blurred and squeezed ones too."""
    planes = panned(1, width=240, height=180, name=name)
    versions = (planes, damage.blurred(planes, sigma=1.5), damage.jpeg(planes, quality=30), damage.rescaled(planes))
    assert [is_photographic(Picture(version[0], *LIMITED)) for version in versions] == [True] * 4


def test_black_tells_nothing() -> None:
    """Whether a black picture, or one of a few pixels, is a photograph is not known."""
    assert is_photographic(Picture(np.full((64, 64), 16, np.uint8), *LIMITED)) is None
    assert is_photographic(Picture(panned(1)[0][:9, :9], *LIMITED)) is None


# ---------------------------------------------------------------------------------------------------------- faces


def looked_at(confidences: list[float | None]) -> list[Picture]:
    """Pictures that a detector saw: a face of that confidence, 0.0 where it found none, None where nobody looked."""
    seen = pictures(panned(len(confidences), width=32, height=32))
    for frame, (picture, confidence) in enumerate(zip(seen, confidences, strict=True)):
        if confidence is not None:
            picture.faces = (Face(frame, Box(1, 1, 9, 9), confidence),) if confidence else ()
    return seen


FACES: list[float | None] = [None, 0.8, None, None, 0.5, None, 0.0, None, 0.9]


def face_numbers(*, finds_every_face: bool) -> tuple[list[float | None], list[float | None]]:
    names = ["face_confidence", "face_confidence_measured"]
    series = measure(looked_at(FACES), frames_per_second=24, names=names, finds_every_face=finds_every_face).series
    confidence, measured = ([None if math.isnan(v) else round(v, 6) for v in series[name].tolist()] for name in names)
    return confidence, measured


def test_faces_of_a_good_detector() -> None:
    """Between frames looked at confidence is linear, a frame without a face has 0, and it is told which is which."""
    assert face_numbers(finds_every_face=True) == (
        [None, 0.8, 0.7, 0.6, 0.5, 0.25, 0.0, 0.45, 0.9],
        [None, 1, 0, 0, 1, 0, 1, 0, 1],
    )


def test_faces_of_a_detector_that_misses_half() -> None:
    """Where it found none nothing is known, nor between such a frame and the next."""
    assert face_numbers(finds_every_face=False) == (
        [None, 0.8, 0.7, 0.6, 0.5, None, None, None, 0.9],
        [None, 1, 0, 0, 1, None, 1, None, 1],
    )


def test_nobody_looked_for_faces() -> None:
    """Then nothing is known of any."""
    series = measure(pictures(panned(3)), frames_per_second=24).series
    assert np.isnan(series["face_confidence"]).all()
    assert np.isnan(series["face_confidence_measured"]).all()
