"""Stills are the frames that were asked for: their pixels, colours and shape, as PNG."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests import videos
from tests.pictures import Pixels, gradient
from tests.recipes import Range, Recipe
from turnover.core.colour import Colour
from turnover.errors import ProbeError, RefusedError, UsageError
from turnover.media.stills import Still, stills

PATCHES = [(230, 40, 40), (40, 200, 60), (30, 60, 220), (250, 250, 250), (5, 5, 5), (128, 128, 128)]
REC601, REC709, REC2020 = (6, 6, 6), (1, 1, 1), (9, 14, 9)


def patches(frame: int, frames: int, width: int, height: int) -> Pixels:
    """Six upright bars of plain colour."""
    pixels = np.empty((height, width, 3), np.uint8)
    for place, colour in enumerate(PATCHES):
        pixels[:, place * width // 6 :] = colour
    return pixels


def opened(still: Still) -> NDArray[np.int16]:
    """(height, width, 3), R'G'B'."""
    with Image.open(io.BytesIO(still.content), formats=("PNG",)) as image:
        assert (image.mode, image.size) == ("RGB", (still.width, still.height))
        return np.asarray(image, np.int16)


@pytest.mark.parametrize(
    ("colour", "told"),
    [(REC709, "limited"), (REC709, "full"), (REC601, "limited"), (REC601, "full"), (None, None), (REC2020, "limited")],
)
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p", "yuv422p10le"])
def test_colours(tmp_path: Path, colour: tuple[int, int, int] | None, told: Range | None, pixel_format: str) -> None:
    """Whatever matrix and range a file tells, the colours are those drawn; untagged is Rec. 601."""
    path = videos.make(
        tmp_path, width=192, frames=1, picture=patches, colour=colour, colour_range=told, pixel_format=pixel_format,
        encoder={"qp": "1"},
    )  # fmt: skip
    check_patches(next(stills(path, [0])))


@pytest.mark.parametrize("name", ["bars.gif", "bars.webp", "bars.png"])
def test_colours_of_animations(tmp_path: Path, name: str) -> None:
    """R'G'B' stays as it is."""
    check_patches(next(stills(videos.make(tmp_path, name, width=192, frames=2, picture=patches), [0])))


def check_patches(still: Still) -> None:
    shown = opened(still)
    assert np.abs(np.array([shown[24, (2 * place + 1) * 16] for place in range(6)]) - PATCHES).max() <= 3


def test_colour_that_is_told(tmp_path: Path) -> None:
    """What a probe or a person says overrules what the frames say."""
    path = videos.make(tmp_path, width=192, frames=1, picture=patches, colour=REC709, encoder={"qp": "1"})
    (plain,), (same,), (other,) = (
        list(stills(path, [0], colour=one)) for one in (None, Colour(matrix=1), Colour(matrix=6))
    )
    assert plain == same
    assert np.abs(opened(plain) - opened(other)).max() > 10


def test_chroma_is_spread_smoothly(tmp_path: Path) -> None:
    """A ramp of colour has no steps of two pixels: chroma lies between its samples."""

    def ramp(frame: int, frames: int, width: int, height: int) -> Pixels:
        pixels = np.full((height, width, 3), 128, np.uint8)
        pixels[..., 2] = np.arange(width) * 2
        return pixels

    path = videos.make(tmp_path, width=96, frames=1, picture=ramp, colour=REC709, encoder={"qp": "0"})
    (still,) = stills(path, [0])
    assert np.abs(opened(still) - ramp(0, 1, 96, 48))[:, 4:-4].max() <= 3


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_upright(rotation: int, is_mirrored: bool) -> None:
    """The picture is turned clockwise and then flipped, as the file asks; odd sides stay."""
    recipe = Recipe(f"turned-{rotation}-{is_mirrored}.mov", width=65, height=47, pixel_format="yuv444p",
                    rotation=rotation, is_mirrored=is_mirrored, encoder={"qp": "4"})  # fmt: skip
    drawn = np.rot90(gradient(3, 8, 65, 47), -rotation // 90)
    expected = drawn[:, ::-1] if is_mirrored else drawn
    (still,) = stills(videos.cached(recipe), [3])
    assert expected.shape == opened(still).shape
    assert np.abs(expected - opened(still)).mean() < 3


def test_wide_samples() -> None:
    """Samples twice as wide as high make the still twice as wide."""
    (still,) = stills(videos.cached(Recipe("wide.mov", sample_aspect_ratio=Fraction(2), frames=1)), [0])
    assert (still.width, still.height) == (128, 48)


@pytest.mark.parametrize("name", ["many.mp4", "many.webp", "many.gif", "many.mkv"])
def test_which_frames(name: str) -> None:
    """Each frame comes once, in order, however it was asked for, with the moment at which it is shown."""
    found = list(stills(videos.cached(Recipe(name, frames=20)), [19, 4, 0, 4]))
    assert [one.frame for one in found] == [0, 4, 19]
    blues = [opened(one)[..., 2].mean() for one in found]
    assert blues == pytest.approx([0, 255 * 4 / 19, 255], abs=9)
    assert found[1].seconds == pytest.approx(4 / 24, abs=0.01)


def test_lossless_and_the_same_twice() -> None:
    """OpenCV reads back the same pixels as Pillow, and the bytes do not change from one run to the next."""
    path = videos.cached(Recipe("noise.mp4", frames=3, picture="noise"))
    first, second = list(stills(path, [1, 2])), list(stills(path, [1, 2]))
    assert first == second
    read = cv2.imdecode(np.frombuffer(first[0].content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert read is not None
    assert np.array_equal(read[..., ::-1], opened(first[0]))


def test_frames_that_are_not_there() -> None:
    """What comes before the start is a wrong request; past the end, the file is told to be too short."""
    path = videos.cached(Recipe("few.mp4", frames=3))
    with pytest.raises(UsageError, match="no frame -1"):
        stills(path, [-1])
    found = stills(path, [2, 3])
    assert next(found).frame == 2
    with pytest.raises(RefusedError, match="no frame 3: it ends after 3"):
        next(found)
    assert list(stills(path, [])) == []


def test_what_no_png_of_8_bits_holds(tmp_path: Path) -> None:
    """HDR is refused, and so is what is no video."""
    with pytest.raises(RefusedError, match=r"is HDR \(PQ\)"):
        list(stills(videos.cached(Recipe("pq.mp4", frames=1, pixel_format="yuv420p10le", colour=(9, 16, 9))), [0]))
    with pytest.raises(ProbeError):
        list(stills(videos.fake(tmp_path), [0]))
