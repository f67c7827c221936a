"""The seam of two segments, against scikit-image and against what was done to the pictures."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from turnover.core.clip import Segment
from turnover.core.measurement import Boundary
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.frames.boundaries import NEIGHBOURS, SeamWatch, boundary, boundary_ssim, seams_of, ssim
from turnover.frames.picture import Picture
from turnover.frames.planes import Plane


@cache
def _photograph() -> Plane:
    """(512, 512), uint8, a real picture."""
    gray: Plane = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2GRAY)  # type: ignore[assignment, no-untyped-call]
    return gray


def _expected_ssim(one: Plane, other: Plane) -> float:
    """Scikit-image's, the Gaussian variant."""
    return float(
        structural_similarity(  # type: ignore[no-untyped-call]
            one, other, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
        )
    )


def _pan(frame: int, *, width: int = 320, height: int = 180) -> Picture:
    """A camera moving over the photograph, a pixel a frame; full range."""
    plane = _photograph()[100 : 100 + height, frame : frame + width]
    return Picture(plane, 0, 255, _chroma(128), _chroma(128))


def _chroma(level: int) -> Plane:
    return np.full((90, 160), level, dtype=np.uint8)


def _gained(picture: Picture, gain: float) -> Picture:
    return replace(picture, luma=_rounded(picture.luma * gain))


def _rounded(values: NDArray[np.floating]) -> Plane:
    plane: Plane = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return plane


def _limited(picture: Picture) -> Picture:
    """The same picture in limited range; a quarter of the levels is lost to rounding."""
    return replace(picture, luma=_rounded(16 + picture.luma * (219 / 255)), black=16, white=235)


FIRST = [_pan(frame) for frame in range(20)]
SECOND = [_pan(frame) for frame in range(20, 40)]


# ---------------------------------------------------------------------------------------------------------- SSIM


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(_photograph(), id="the same"),
        pytest.param(_rounded(np.random.default_rng(1).normal(_photograph(), 6.0)), id="noise"),
        pytest.param(cv2.GaussianBlur(_photograph(), (0, 0), 2), id="blur"),
        pytest.param(np.full_like(_photograph(), 255), id="white"),
        pytest.param(255 - _photograph(), id="negative"),
    ],
)
def test_ssim_is_scikit_images(other: Plane) -> None:
    """The number is that of scikit-image with the Gaussian window and population covariance."""
    assert ssim(_photograph(), other) == pytest.approx(_expected_ssim(_photograph(), other), abs=1e-4)


@pytest.mark.parametrize("shape", [(1, 1), (2, 1), (1, 50), (10, 10), (11, 11), (3, 200)])
def test_ssim_of_tiny_pictures(shape: tuple[int, int]) -> None:
    """A picture smaller than the window has a number as well, and is like itself."""
    plane = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)

    assert ssim(plane, plane) == pytest.approx(1)
    assert -1 <= ssim(plane, 255 - plane) < 1


# ------------------------------------------------------------------------------------------------- two segments


def test_motion_goes_on() -> None:
    """A true continuation is as like as its neighbours are, and no step of light or colour."""
    seam = boundary(FIRST, SECOND)

    assert seam.ratio == pytest.approx(1, abs=0.1)
    assert seam.difference == pytest.approx(seam.difference_expected, rel=0.1)
    assert (seam.luma_step, seam.blue_step, seam.red_step) == pytest.approx((0, 0, 0), abs=0.05)
    assert not seam.is_duplicate


def test_full_size_number() -> None:
    """`ssim` compares the two pictures as large as they are; beside their neighbours they are compared reduced."""
    before, after = ([_pan(frame, width=400, height=300) for frame in frames] for frames in (range(8), range(8, 16)))
    seam = boundary(before, after)

    assert seam.ssim == pytest.approx(_expected_ssim(before[-1].luma, after[0].luma), abs=1e-4)
    assert seam.ssim_small == pytest.approx(_expected_ssim(before[-1].small, after[0].small), abs=1e-4)
    assert seam.ssim != pytest.approx(seam.ssim_small, abs=0.01)


def test_jump() -> None:
    """Frames missing at the seam make it several times less alike than its neighbours."""
    seam = boundary(FIRST, SECOND[8:])

    assert seam.ratio is not None
    assert seam.ratio > 2


def test_exposure_step() -> None:
    """A gain of 3 % is a step of 3 % of the mean, and next to nothing to SSIM."""
    seam = boundary(FIRST, [_gained(picture, 1.03) for picture in SECOND])

    assert seam.luma_step == pytest.approx(0.03 * SECOND[0].luma.mean(), abs=0.4)
    assert seam.ratio == pytest.approx(1, abs=0.15)


def test_colour_step() -> None:
    """Chroma steps are told for each plane, on the scale 0 to 255 of limited range too."""
    shifted = [replace(_limited(p), blue=_chroma(132), red=_chroma(127)) for p in SECOND]
    seam = boundary(map(_limited, FIRST), shifted)

    assert (seam.blue_delta, seam.red_delta) == pytest.approx((4 * 255 / 224, -255 / 224))
    assert (seam.blue_step, seam.red_step) == pytest.approx((4 * 255 / 224, 255 / 224))


def test_repeated_picture() -> None:
    """The last picture again is a duplicate, though SSIM calls it perfect."""
    seam = boundary(FIRST, [FIRST[-1], *SECOND])

    assert seam.is_duplicate
    assert seam.ssim == pytest.approx(1)
    assert seam.difference_least is not None
    assert seam.difference_least > 0.01


def test_ranges_differ() -> None:
    """Limited and full range compare by what they show, not by their code values."""
    seam = boundary(FIRST, map(_limited, SECOND))

    assert seam.luma_step == pytest.approx(0, abs=0.3)
    assert seam.ratio == pytest.approx(1, abs=0.2)


def test_sizes_and_rates_differ() -> None:
    """Pictures of two sizes have no SSIM; sizes, rates and the mean light are told."""
    small = [_pan(frame, width=160, height=90) for frame in range(20, 40)]
    seam = boundary(FIRST, small, rates=(Rate(16), Rate(24)))

    assert (seam.sizes, seam.rates) == (((320, 180), (160, 90)), (Rate(16), Rate(24)))
    assert (seam.ssim, seam.ssim_small, seam.ratio, seam.difference, seam.is_duplicate) == (None,) * 5
    assert seam.luma_delta == pytest.approx(small[0].luma.mean() - FIRST[-1].luma.mean())


def test_no_neighbours() -> None:
    """Two single pictures are compared, and nothing is expected of them."""
    seam = boundary(FIRST[-1:], SECOND[:1])

    assert seam.ssim is not None
    assert (seam.ssim_expected, seam.ratio, seam.difference_expected, seam.luma_step) == (None,) * 4


def test_gray_pictures() -> None:
    """Without chroma its change is not known."""
    seam = boundary([Picture(p.luma, 0, 255) for p in FIRST], SECOND)

    assert (seam.blue_delta, seam.blue_step, seam.red_delta, seam.red_step) == (None,) * 4


@pytest.mark.parametrize(("before", "after"), [([], SECOND), (FIRST, [])])
def test_side_without_pictures(before: list[Picture], after: list[Picture]) -> None:
    """A seam has two sides."""
    with pytest.raises(ValueError, match="at least one picture"):
        boundary(before, after)


# ---------------------------------------------------------------------------------------------- seams in one video


@settings(max_examples=15)
@given(starts=st.sets(st.integers(1, 29), max_size=4))
def test_seams_seen_in_passing(starts: set[int]) -> None:
    """The seams met in one pass are those of the two sides taken apart."""
    pictures = [_pan(frame, width=48, height=32) for frame in range(30)]
    watch = SeamWatch(starts)

    assert list(watch.watched(pictures)) == pictures
    assert watch.boundaries == {
        start: boundary(pictures[max(0, start - NEIGHBOURS) : start], pictures[start:]) for start in sorted(starts)
    }


def test_seam_never_reached() -> None:
    """A seam at the start, or after the last picture, is not known."""
    watch = SeamWatch({0, 20, 99})

    assert len(list(watch.watched(FIRST))) == 20
    assert watch.boundaries == {}


def test_which_segments_meet() -> None:
    """A seam is where one segment starts as another stops; after a gap there is none."""
    ranges = [(24, 48), (0, 24), (50, 60), (60, 61)]
    segments = [Segment(FrameRange(*pair), index) for index, pair in enumerate(ranges)]

    assert seams_of(segments) == (24, 60)
    assert seams_of([]) == ()


# ------------------------------------------------------------------------------------------------- as a series


def _seam(ssim: float | None) -> Boundary:
    return replace(boundary(FIRST, SECOND), ssim=ssim)


def test_series_has_numbers_at_seams() -> None:
    """Both frames at a seam have its number, the ends of a clip between clips too, all others none."""
    series = boundary_ssim({0: _seam(0.9), 3: _seam(0.5), 6: _seam(0.8)}, frame_count=6)

    assert [series.at(frame) for frame in range(6)] == [0.9, None, 0.5, 0.5, None, 0.8]


def test_frame_between_two_seams() -> None:
    """A segment of one frame has the lower number of its two seams."""
    series = boundary_ssim({2: _seam(0.9), 3: _seam(0.4), 4: _seam(0.7)}, frame_count=6)

    assert [series.at(frame) for frame in range(6)] == [None, 0.9, 0.4, 0.4, 0.7, None]


def test_seam_without_number() -> None:
    """Where the sizes differ no frame gets a number, and a clip without frames is empty."""
    assert boundary_ssim({1: _seam(None)}, frame_count=3).is_empty
    assert boundary_ssim({0: _seam(0.5)}, frame_count=0).values.tolist() == []
    assert all(math.isnan(value) for value in boundary_ssim({}, frame_count=2).values)
