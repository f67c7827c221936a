"""Small pictures show what was drawn: its colours, its shape, the right way up, and the right moment."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests import videos
from tests.pictures import Pixels, gradient
from tests.recipes import Range, Recipe
from turnover.errors import ProbeError
from turnover.media.thumbnails import filmstrip, thumbnail

PATCHES = [(230, 40, 40), (40, 200, 60), (30, 60, 220), (250, 250, 250), (5, 5, 5), (128, 128, 128)]
REC601, REC709, REC2020 = (6, 6, 6), (1, 1, 1), (9, 16, 9)


def patches(frame: int, frames: int, width: int, height: int) -> Pixels:
    """Six upright bars of plain colour."""
    pixels = np.empty((height, width, 3), np.uint8)
    for place, colour in enumerate(PATCHES):
        pixels[:, place * width // 6 :] = colour
    return pixels


def opened(data: bytes) -> NDArray[np.int16]:
    """(height, width, 3) of a JPEG."""
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        return np.asarray(image.convert("RGB"), np.int16)


@pytest.mark.parametrize(
    ("colour", "told"),
    [(REC709, "limited"), (REC709, "full"), (REC601, "limited"), (REC601, "full"), (None, None), (REC2020, "limited")],
)
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv420p10le"])
def test_colours(tmp_path: Path, colour: tuple[int, int, int] | None, told: Range | None, pixel_format: str) -> None:
    """Whatever matrix and range a file tells, the colours are those drawn; untagged and small is Rec. 601."""
    path = videos.make(
        tmp_path,
        width=192,
        frames=2,
        picture=patches,
        colour=colour,
        colour_range=told,
        pixel_format=pixel_format,
        encoder={"qp": "4"},
    )
    check_patches(thumbnail(path, height=48))


def check_patches(data: bytes) -> None:
    shown = opened(data)
    assert np.abs(np.array([shown[24, (2 * place + 1) * 16] for place in range(6)]) - PATCHES).max() <= 8


@pytest.mark.parametrize("name", ["bars.gif", "bars.webp", "bars.png"])
def test_colours_of_animations(tmp_path: Path, name: str) -> None:
    """Animations keep their colours too."""
    check_patches(thumbnail(videos.make(tmp_path, name, width=192, frames=2, picture=patches), height=48))


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_upright(rotation: int, is_mirrored: bool) -> None:
    """The picture is turned clockwise and then flipped, as the file asks."""
    recipe = Recipe(f"turned-{rotation}-{is_mirrored}.mov", rotation=rotation, is_mirrored=is_mirrored)
    drawn = np.rot90(gradient(0, 8, 64, 48), -rotation // 90)
    expected = drawn[:, ::-1] if is_mirrored else drawn
    shown = opened(thumbnail(videos.cached(recipe), height=expected.shape[0]))
    assert expected.shape == shown.shape
    assert np.abs(expected - shown).mean() < 6


@pytest.mark.parametrize(("rotation", "shape"), [(0, (90, 240)), (90, (90, 34))])
def test_sample_aspect(rotation: int, shape: tuple[int, int]) -> None:
    """Samples twice as wide as high make the picture twice as wide, before it is turned."""
    recipe = Recipe(f"wide-{rotation}.mov", sample_aspect_ratio=Fraction(2), rotation=rotation, frames=1)
    assert shape == opened(filmstrip(videos.cached(recipe))).shape[:2]


def blues(data: bytes, count: int) -> list[float]:
    """How blue each of that many pictures side by side is: in a gradient it grows from 0 to 255 over the clip."""
    return [float(part[..., 2].mean()) for part in np.array_split(opened(data), count, axis=1)]


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe("short.mp4", frames=40),
        Recipe("long.mp4", frames=400, encoder={"g": "10"}),
        Recipe("reordered.mkv", frames=240, encoder={"g": "10", "bf": "3", "preset": "medium"}),
        Recipe("long.avi", frames=240, encoder={"g": "10"}),
        Recipe("few.mp4", frames=5),
        Recipe("some.webp", frames=30),
    ],
    ids=str,
)
def test_spread(recipe: Recipe) -> None:
    """The frames stand in the middles of equal parts of the clip, whether sought or decoded through."""
    parts = min(12, recipe.frames)
    expected = [255 * ((2 * part + 1) * recipe.frames // (2 * parts)) / (recipe.frames - 1) for part in range(parts)]
    assert expected == pytest.approx(blues(filmstrip(videos.cached(recipe)), parts), abs=9)


@pytest.mark.parametrize(("at", "frame"), [(-1.0, 0), (0.0, 0), (0.49, 11), (0.51, 12), (2.3, 55), (1e9, 95)])
@pytest.mark.parametrize("name", ["moments.mp4", "moments.mkv", "moments.webp"])
def test_moment(name: str, at: float, frame: int) -> None:
    """A picture is the frame that is shown at that moment; too late is the last."""
    path = videos.cached(Recipe(name, frames=96))
    assert blues(thumbnail(path, at), 1) == [pytest.approx(255 * frame / 95, abs=7)]


def test_extreme_shapes() -> None:
    """A flat strip or a high tower gives a picture that a page can hold."""
    flat = videos.cached(Recipe("flat.mkv", width=2048, height=2, frames=24))
    tower = videos.cached(Recipe("tower.mkv", width=2, height=2048, frames=24))
    assert opened(filmstrip(flat)).shape == (90, 12 * 720, 3)
    assert opened(filmstrip(flat, 24, 400)).shape[1] <= 65_500
    assert opened(filmstrip(tower)).shape == (90, 12, 3)


def test_same_bytes_again() -> None:
    """The same file gives the same bytes."""
    path = videos.cached(Recipe("face.mp4", width=320, height=240, picture="face"))
    assert len({filmstrip(path) for _ in range(4)}) == 1


def test_damaged(shared_media: Path) -> None:
    """A broken packet costs no more than its own frames."""
    assert opened(filmstrip(shared_media / "technical" / "corrupted.mp4")).shape == (90, 12 * 160, 3)


def test_refused(tmp_path: Path, shared_media: Path) -> None:
    """What is no video, and what does not decode, is refused with its reason."""
    with pytest.raises(ProbeError, match=r"fake\.mp4"):
        filmstrip(videos.fake(tmp_path))
    for name in ("invalid-bitstream.webm", "sample_audio_only.mp4", "QuickTime.mov"):
        with pytest.raises(ProbeError, match=name):
            thumbnail(shared_media / "technical" / name)
