"""The planes of a frame are what was put into it, whatever the pixel format; numpy's arithmetic is the oracle."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from turnover.errors import ProbeError
from turnover.media.planes import FULL, LIMITED, planes_of, range_of

SIZES = [(64, 48), (161, 121), (7, 5), (1, 1)]
# Y' and Cb, Cr of R'G'B' (ITU-R BT.709, 3.2 and 3.3), full range.
LUMA = np.array([0.2126, 0.7152, 0.0722])

Words: TypeAlias = NDArray[np.generic]


def noise(height: int, width: int, bits: int = 8) -> NDArray[np.uint16]:
    return np.random.default_rng(height * 1000 + width + bits).integers(0, 1 << bits, (height, width), np.uint16)


def filled(
    name: str, width: int, height: int, fill: Callable[[int, int, int], Words], word: str = "u1"
) -> av.VideoFrame:
    """A frame whose planes hold what `fill(plane, height, width)` gives, in words of that kind."""
    frame = av.VideoFrame(width, height, name)
    for number, plane in enumerate(frame.planes):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
        rows[:] = 0xEE  # what stands in the padding is nobody's business
        content = np.ascontiguousarray(fill(number, plane.height, plane.width).astype(word))
        data = content.view(np.uint8).reshape(plane.height, -1)
        rows[:, : data.shape[1]] = data
    return frame


def chroma_size(name: str, width: int, height: int) -> tuple[int, int]:
    known = av.VideoFormat(name, width, height)
    return known.chroma_height(height), known.chroma_width(width)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize(
    "name", ["yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv410p", "yuvj420p", "yuva420p", "yuva444p"]
)
def test_eight_bits(name: str, width: int, height: int) -> None:
    """Planes of 8 bits are handed on as they are, without a copy, and cannot be written into."""
    frame = filled(name, width, height, lambda at, h, w: noise(h, w).astype(np.uint8) ^ at)
    planes = planes_of(frame)
    size = chroma_size(name, width, height)
    assert planes.blue is not None
    assert planes.red is not None
    np.testing.assert_array_equal(noise(height, width), planes.luma)
    np.testing.assert_array_equal(noise(*size) ^ 1, planes.blue)
    np.testing.assert_array_equal(noise(*size) ^ 2, planes.red)
    assert frame.planes[0].buffer_ptr == planes.luma.ctypes.data
    assert not planes.luma.flags.writeable


@pytest.mark.parametrize(
    ("name", "bits", "word", "shift"),
    [
        ("yuv420p9le", 9, "<u2", 0),
        ("yuv420p10le", 10, "<u2", 0),
        ("yuv420p10be", 10, ">u2", 0),
        ("yuv422p10le", 10, "<u2", 0),
        ("yuva444p12le", 12, "<u2", 0),
        ("yuv444p16be", 16, ">u2", 0),
    ],
)
@pytest.mark.parametrize("told", [0, LIMITED, FULL])
def test_deep(name: str, bits: int, word: str, shift: int, told: int) -> None:
    """Deeper planes are rounded: by whole bits in limited range, so that 64 of 1023 is 16; in full 1023 is 255."""
    content = noise(25, 33, bits)
    frame = filled(name, 33, 25, lambda at, h, w: content[:h, :w] << shift, word)
    frame.color_range = told
    scale = 255 / ((1 << bits) - 1) if told == FULL else 1 / (1 << bits - 8)
    planes = planes_of(frame)
    assert planes.blue is not None
    h, w = planes.blue.shape
    around_neutral = 128 + (content[:h, :w] - float(1 << bits - 1)) * scale
    np.testing.assert_array_equal(np.clip(np.rint(content * scale), 0, 255), planes.luma)
    np.testing.assert_array_equal(np.clip(np.rint(around_neutral), 0, 255), planes.blue)
    assert ((0, 255) if told == FULL else (16, 235)) == (planes.black, planes.white)


@pytest.mark.parametrize(("name", "is_red_first"), [("nv12", False), ("nv21", True), ("nv16", False), ("nv24", False)])
def test_two_planes(name: str, is_red_first: bool) -> None:
    """Chroma in one plane, sample by sample, is taken apart."""
    width, height = 34, 26
    size = chroma_size(name, width, height)
    if name == "nv24":
        size = (height, width)
    first, second = noise(*size) & 0x7F, noise(*size) | 0x80

    def fill(at: int, h: int, w: int) -> Words:
        return noise(h, w) if at == 0 else np.stack([first, second], axis=2).reshape(h, -1)

    planes = planes_of(filled(name, width, height, fill))
    expected = (second, first) if is_red_first else (first, second)
    assert planes.blue is not None
    assert planes.red is not None
    np.testing.assert_array_equal(noise(height, width), planes.luma)
    np.testing.assert_array_equal(expected[0], planes.blue)
    np.testing.assert_array_equal(expected[1], planes.red)


def test_bits_at_the_top() -> None:
    """P010 has its ten bits at the top of the word."""
    content = noise(26, 34, 10)
    frame = filled("p010le", 34, 26, lambda at, h, w: noise(h, w if at == 0 else 2 * w, 10) << 6, "<u2")
    np.testing.assert_array_equal(np.clip(np.rint(content / 4), 0, 255), planes_of(frame).luma)


@pytest.mark.parametrize(
    ("name", "bits", "word"), [("gray", 8, "u1"), ("gray10le", 10, "<u2"), ("gray16be", 16, ">u2")]
)
def test_grey(name: str, bits: int, word: str) -> None:
    """Grey has no chroma, and is in full range unless it says otherwise."""
    content = noise(25, 33, bits)
    frame = filled(name, 33, 25, lambda at, h, w: content, word)
    planes = planes_of(frame)
    np.testing.assert_array_equal(np.rint(content * (255 / ((1 << bits) - 1))), planes.luma)
    assert (planes.black, planes.white, planes.blue, planes.red) == (0, 255, None, None)
    frame.color_range = LIMITED
    assert range_of(frame) == LIMITED


def test_grey_with_alpha() -> None:
    """Alpha beside grey is left out."""
    content = noise(25, 33)
    frame = filled("ya8", 33, 25, lambda at, h, w: np.stack([content, 255 - content], axis=2).reshape(h, -1))
    np.testing.assert_array_equal(content, planes_of(frame).luma)


def test_black_and_white() -> None:
    """One bit is black or white."""
    frame = filled("monob", 16, 4, lambda at, h, w: np.full((h, 2), 0b10100000))
    np.testing.assert_array_equal([255, 0, 255, 0, 0, 0, 0, 0] * 2, planes_of(frame).luma[3])


@pytest.mark.parametrize(("name", "first"), [("yuyv422", 0), ("uyvy422", 1)])
@pytest.mark.parametrize("told", [LIMITED, FULL])
def test_packed(name: str, first: int, told: int) -> None:
    """Samples of all three in one plane are taken apart; the range stays as told."""
    content = noise(20, 64)
    frame = filled(name, 32, 20, lambda at, h, w: content)
    frame.color_range = told
    planes = planes_of(frame)
    assert planes.blue is not None
    assert planes.red is not None
    np.testing.assert_array_equal(content[:, first::2], planes.luma)
    np.testing.assert_array_equal(content[:, 1 - first :: 4], planes.blue)
    np.testing.assert_array_equal(content[:, 3 - first :: 4], planes.red)


def rgb_noise() -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, (31, 45, 3), np.uint8)


def check_rgb(frame: av.VideoFrame, pixels: NDArray[np.uint8], *, within: float) -> None:
    planes = planes_of(frame)
    luma = pixels @ LUMA
    blue, red = 128 + (pixels[..., 2] - luma) / 1.8556, 128 + (pixels[..., 0] - luma) / 1.5748
    assert planes.blue is not None
    assert planes.red is not None
    for expected, found in ((luma, planes.luma), (blue, planes.blue), (red, planes.red)):
        assert np.abs(expected - found).max() <= within
    assert (planes.black, planes.white) == (0, 255)


@pytest.mark.parametrize("name", ["rgb24", "bgr24", "gbrp"])
def test_rgb(name: str) -> None:
    """R'G'B' becomes Y'CbCr of BT.709 in full range and at full size, rounded."""
    pixels = rgb_noise()
    frame = av.VideoFrame.from_ndarray(pixels[..., ::-1].copy() if name == "bgr24" else pixels, name)
    check_rgb(frame, pixels, within=0.52)


def test_rgb_with_alpha() -> None:
    """Alpha changes nothing."""
    pixels = rgb_noise()
    frame = av.VideoFrame.from_ndarray(np.dstack([pixels, np.zeros(pixels.shape[:2], np.uint8)]), "rgba")
    check_rgb(frame, pixels, within=0.52)


@pytest.mark.parametrize("name", ["rgb48le", "gbrp16le"])
def test_deep_rgb(name: str) -> None:
    """The same with 16 bits, which swscale takes less exactly."""
    pixels = rgb_noise()
    check_rgb(av.VideoFrame.from_ndarray(pixels.astype(np.uint16) * 257, name), pixels, within=1.4)


def test_float_rgb() -> None:
    """The same with floating point numbers, where 1 is white."""
    pixels = rgb_noise()
    check_rgb(av.VideoFrame.from_ndarray((pixels / 255).astype(np.float32), "gbrpf32le"), pixels, within=1.4)


def test_palette() -> None:
    """Indexes are no luma: the colours they stand for are taken."""
    table = np.random.default_rng(4).integers(0, 256, (256, 4), np.uint8)
    table[:, 0] = 255
    indexes = noise(31, 45).astype(np.uint8)
    frame = av.VideoFrame(45, 31, "pal8")
    for plane, content in zip(
        frame.planes, (indexes, np.ascontiguousarray(table[:, ::-1]).reshape(1, -1)), strict=True
    ):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(content.shape[0], -1)
        rows[:, : content.shape[1]] = content
    check_rgb(frame, table[indexes][..., 1:], within=1.1)


@pytest.mark.parametrize("name", ["xyz12le", "bayer_rggb8"])
def test_no_picture_yet(name: str) -> None:
    """What a projector or a developer has to make into a picture is refused by its name."""
    with pytest.raises(ProbeError, match=name):
        planes_of(av.VideoFrame(16, 16, name))


def test_same_bytes_again() -> None:
    """Conversion gives the same bytes each time."""
    frame = av.VideoFrame.from_ndarray(np.random.default_rng(5).integers(0, 256, (270, 480, 3), np.uint8), "rgb24")
    assert len({planes_of(frame).luma.tobytes() for _ in range(20)}) == 1
