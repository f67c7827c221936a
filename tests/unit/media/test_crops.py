"""Crops of faces: in the picture, in its colours, and with a transform that says where they come from."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from turnover.core.measurement import Box, Face
from turnover.errors import UsageError
from turnover.media.alignment import template
from turnover.media.crops import Crop, CropStyle, NoCrop, crop, square_of
from turnover.media.faces import finder
from turnover.media.shown_colours import CodedPicture
from turnover.media.upright import Region

Pixels = NDArray[np.uint8]
LANDMARKS = ((198.8, 103.2), (247.2, 103.7), (222.3, 126.1), (201.7, 144.2), (241.8, 144.0))
FACE = Face(5, Box(177, 64, 92, 113), 0.92, LANDMARKS)


@cache
def astronaut() -> CodedPicture:
    """A portrait in 4:4:4, Rec. 601, full range."""
    yuv = np.asarray(cv2.cvtColor(_whole(), cv2.COLOR_BGR2YCrCb), np.uint8)
    luma, red, blue = (np.ascontiguousarray(yuv[..., index]) for index in range(3))
    return CodedPicture(luma, 0, 255, blue, red, 6)


def _cropped(style: CropStyle, face: Face = FACE, picture: CodedPicture | None = None) -> tuple[Crop, Pixels]:
    """The crop and its decoded pixels."""
    found = crop(picture or astronaut(), face, style)
    assert isinstance(found, Crop), found
    pixels = cv2.imdecode(np.frombuffer(found.content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    assert (found.width, found.height, 3) == (pixels.shape[1], pixels.shape[0], pixels.shape[2])
    return found, np.asarray(pixels, np.uint8)


@cache
def _whole() -> Pixels:
    """(512, 512, 3): Eileen Collins, by NASA."""
    portrait = skimage.data.astronaut()  # type: ignore[no-untyped-call]
    return np.ascontiguousarray(portrait[..., ::-1], np.uint8)


# ------------------------------------------------------------------------------------------------------------ square


def test_pixels_as_they_are() -> None:
    """Without a size the crop has the picture's own pixels, in its own colours, losing nothing."""
    found, pixels = _cropped(CropStyle(size=None))
    assert (found.frame, found.side, found.suffix, found.confidence) == (5, 203, ".png", 0.92)
    (_, _, left), (_, _, top) = found.transform
    x, y = round(-left), round(-top)
    expected = _whole()[y : y + 203, x : x + 203]
    assert np.abs(expected.astype(int) - pixels).max() <= 2


def test_square_lies_around_the_face() -> None:
    """The middle of the face is a twentieth of the side below the middle of the crop."""
    found, _ = _cropped(CropStyle(size=None))
    (_, _, left), (_, _, top) = found.transform
    assert (177 + 92 / 2 + left, 64 + 113 / 2 + top) == pytest.approx((203 * 0.5, 203 * 0.55), abs=1)


@given(
    box=st.builds(Box, *[st.floats(-50, 450)] * 2, *[st.floats(1, 900)] * 2),
    size=st.tuples(st.integers(1, 400), st.integers(1, 400)),
    margin=st.floats(1, 4),
)
def test_square_never_leaves_the_picture(box: Box, size: tuple[int, int], margin: float) -> None:
    """It is square, in the picture, and as large as asked for unless the picture is smaller."""
    region = square_of(box, size, margin=margin, is_padded=False)
    side = region.right - region.left
    assert side == region.bottom - region.top
    assert region.within(size) == region
    assert side == max(1, min(round(margin * max(box.width, box.height)), *size))


def test_face_in_the_corner() -> None:
    """The square is shifted, not squashed; padded, it stays around the face, and is black outside."""
    face = replace(FACE, box=Box(0, 0, 100, 100), landmarks=())
    shifted, pixels = _cropped(CropStyle(size=None), face)
    assert np.abs(_whole()[:180, :180].astype(int) - pixels).max() <= 2
    padded, pixels = _cropped(CropStyle(size=None, is_padded=True), face)
    assert (shifted.side, padded.side) == (180, 180)
    assert not pixels[:49, :].any()
    assert not pixels[:, :40].any()
    assert np.abs(_whole()[:131, :140].astype(int) - pixels[49:, 40:]).max() <= 2


# ------------------------------------------------------------------------------------------------------- transforms


@pytest.mark.parametrize(
    "style",
    [
        CropStyle(size=None),
        CropStyle(size=256),
        CropStyle(size=112),
        CropStyle(size=112, is_aligned=True),
        CropStyle(size=224, is_aligned=True),
    ],
)
def test_recorded_transform(style: CropStyle) -> None:
    """OpenCV makes the same crop from the whole picture by the transform that is recorded."""
    face = replace(FACE, box=Box(177, 64, 92, 128), sharpness=100.0)
    found, pixels = _cropped(style, face)
    expected = cv2.warpAffine(_whole(), np.array(found.transform), (found.width, found.height), flags=cv2.INTER_CUBIC)
    assert np.abs(expected.astype(int) - pixels).mean() < 6
    assert found.side == pytest.approx(found.width / math.hypot(found.transform[0][0], found.transform[1][0]))


@settings(max_examples=12)
@given(
    size=st.sampled_from([112, 224, 256, 512]),
    scale=st.floats(0.2, 3),
    turn=st.floats(-0.6, 0.6),
    shift=st.tuples(st.floats(-30, 30), st.floats(-30, 30)),
)
@example(size=512, scale=0.2, turn=0.0, shift=(0.0, 0.0))
@example(size=112, scale=3.0, turn=0.5, shift=(0.3, 0.7))
def test_aligned_eyes(size: int, scale: float, turn: float, shift: tuple[float, float]) -> None:
    """Eyes drawn as dots are, in the aligned crop, where the template has them, within 1.5 pixels of 112."""
    places = np.array(template(size))
    spin = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]) * scale * 112 / size
    landmarks = (places - size / 2) @ spin.T + 256 + shift
    down, across = np.mgrid[:512, :512]
    dots = np.zeros((512, 512))
    for x, y in landmarks[:2]:
        dots += 250 * np.exp(-((across - x) ** 2 + (down - y) ** 2) / (2 * (4 * scale) ** 2))
    picture = CodedPicture(np.clip(dots, 0, 255).astype(np.uint8), 0, 255)
    points = tuple((float(x), float(y)) for x, y in landmarks)
    face = Face(0, Box(100, 100, 300, 300), 0.9, points, sharpness=100.0)
    _, pixels = _cropped(CropStyle(size=size, is_aligned=True, is_padded=True), face, picture)
    middle = round(float(places[:2, 0].mean()))
    for half, offset, expected in ((pixels[:, :middle, 0], 0, places[0]), (pixels[:, middle:, 0], middle, places[1])):
        weights = half.astype(float)
        y, x = (float((weights * axis).sum() / weights.sum()) for axis in np.mgrid[: half.shape[0], : half.shape[1]])
        assert (x + offset, y) == pytest.approx(tuple(expected), abs=1.5 * size / 112)


@pytest.mark.parametrize("size", [112, 256, 512])
def test_second_look_at_an_aligned_face(shared_media: Path, size: int) -> None:
    """The detector finds the eyes of the aligned crop near the template's; how near is a matter of its own."""
    yunet = finder(shared_media / "models" / "face_detection_yunet_2023mar.onnx", max_side=640)
    face = replace(FACE, box=Box(100, 0, 256, 256))
    _, pixels = _cropped(CropStyle(size=size, is_aligned=True, is_padded=True), face)
    gray = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    (found,) = yunet.find(gray, black=0, white=255)
    distance = np.abs(np.array(found.landmarks[:2]) - np.array(template(size))[:2])
    assert distance.max() < 0.04 * size


def test_turned_video() -> None:
    """A picture stored on its side gives the crop of the picture as it is shown."""
    upright = astronaut()
    assert upright.blue is not None
    assert upright.red is not None
    luma, blue, red = (np.ascontiguousarray(np.rot90(p)) for p in (upright.luma, upright.blue, upright.red))
    stored = CodedPicture(luma, 0, 255, blue, red, 6, rotation=90)
    for style in (CropStyle(size=128), CropStyle(size=112, is_aligned=True)):
        assert crop(stored, FACE, style) == crop(upright, FACE, style)


# ----------------------------------------------------------------------------------------------------------- refusals


def test_small_faces() -> None:
    """Nothing is enlarged more than twice: 64 pixels for 112, 128 for 256, 256 for 512."""
    assert [CropStyle(size=size).least_face for size in (112, 256, 512)] == [64, 128, 256]
    found = crop(astronaut(), FACE, CropStyle(size=256))
    assert isinstance(found, NoCrop)
    assert (found.reason, "113 pixels" in found.sentence) == ("too_small", True)


def test_blurred_face() -> None:
    """A face that lost its detail is refused, unless all are wanted; of a face without landmarks nobody knows."""
    picture = astronaut()
    blurred = replace(picture, luma=np.asarray(cv2.GaussianBlur(picture.luma, (0, 0), 8), np.uint8))
    style = CropStyle(size=112)
    found = crop(blurred, FACE, style)
    assert isinstance(found, NoCrop)
    assert found.reason == "blurred"
    assert isinstance(crop(blurred, FACE, replace(style, least_sharpness=0)), Crop)
    unknown = crop(blurred, replace(FACE, landmarks=()), style)
    assert isinstance(unknown, Crop)
    assert (unknown.sharpness, unknown.yaw) == (None, None)


def test_aligned_without_landmarks() -> None:
    """A cascade's face cannot be aligned."""
    found = crop(astronaut(), replace(FACE, landmarks=()), CropStyle(size=112, is_aligned=True))
    assert isinstance(found, NoCrop)
    assert found.reason == "no_landmarks"


def test_aligned_face_at_the_edge() -> None:
    """Where the template's square leaves the picture, it is refused, or black there where padding is wanted."""
    shifted = replace(FACE, landmarks=tuple((x - 190, y) for x, y in LANDMARKS), sharpness=100.0)
    style = CropStyle(size=112, is_aligned=True)
    found = crop(astronaut(), shifted, style)
    assert isinstance(found, NoCrop)
    assert found.reason == "leaves_picture"
    _, pixels = _cropped(replace(style, is_padded=True), shifted)
    assert not pixels[:, :5].any()


numbers = st.floats(allow_nan=True, allow_infinity=True)


@given(
    box=st.tuples(*[numbers] * 4) | st.tuples(*[st.floats(-99, 99)] * 4),
    landmarks=st.just(()) | st.tuples(*[st.tuples(numbers, numbers)] * 5),
    style=st.sampled_from(
        [CropStyle(size=None), CropStyle(None, is_padded=True), CropStyle(112, is_aligned=True, is_padded=True)]
    ),
)
def test_hostile_boxes(
    box: tuple[float, float, float, float], landmarks: tuple[tuple[float, float], ...], style: CropStyle
) -> None:
    """Whatever a face says, there is a crop of no more than the picture, or a reason."""
    plane = np.random.default_rng(2).integers(0, 256, (70, 90), np.uint8)
    found = crop(CodedPicture(plane, 16, 235), Face(0, Box(*box), 0.9, landmarks), style)
    assert isinstance(found, NoCrop) or max(found.width, found.height) <= 112


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"size": 0}, "0 pixels"),
        ({"size": 100_000}, "100000 pixels"),
        ({"size": 100, "is_aligned": True}, "template"),
        ({"size": None, "is_aligned": True}, "template"),
        ({"margin": 0.5}, "margin of 0.5"),
        ({"margin": float("nan")}, "margin of nan"),
    ],
)
def test_styles_that_cannot_be(options: dict[str, int], said: str) -> None:
    """A style is refused when it is made, with the next step."""
    with pytest.raises(UsageError, match=said) as caught:
        CropStyle(**options)  # type: ignore[arg-type]
    assert caught.value.hint


# --------------------------------------------------------------------------------------------------------------- files


def test_same_bytes_twice() -> None:
    """A crop is the same to the byte, whichever run made it."""
    style = CropStyle(size=112)
    assert crop(astronaut(), FACE, style) == crop(astronaut(), FACE, style)


def test_jpeg() -> None:
    """A JPEG is close to the PNG."""
    (png, exact), (jpeg, near) = (_cropped(CropStyle(size=112, suffix=suffix)) for suffix in (".png", ".jpg"))
    assert (png.content[1:4], jpeg.content[:2], jpeg.suffix) == (b"PNG", b"\xff\xd8", ".jpg")
    assert np.abs(exact.astype(int) - near).mean() < 4


def test_region_of_a_face_only() -> None:
    """A picture without chroma gives a gray crop, not an error."""
    picture = CodedPicture(astronaut().luma, 0, 255)
    _, pixels = _cropped(CropStyle(size=112), FACE, picture)
    assert np.ptp(pixels.astype(int), axis=2).max() == 0
    assert picture.shown_size == (512, 512)
    assert picture.gray(Region(0, 0, 3, 2)).shape == (2, 3)
