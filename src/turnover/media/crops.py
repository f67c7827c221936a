"""Pictures of single faces, cut out of a frame for training."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from turnover.core.measurement import Box, Face
from turnover.errors import UsageError
from turnover.media.alignment import Pixels, Transform, sharpness, similarity, source_square, template, warped, yaw
from turnover.media.shown_colours import CodedPicture
from turnover.media.upright import Region

Reason = Literal["outside", "too_small", "blurred", "no_landmarks", "leaves_picture"]

# Of the side: a box ends at the brows, a portrait does not.
_UP = 0.05
_LARGEST = 2048
_TOLERANCE = 1.0


@dataclass(frozen=True, slots=True)
class CropStyle:
    """What crops are to be; raises UsageError for what cannot be made."""

    size: int | None = 256
    """Side of the result in pixels; None keeps the pixels of the picture."""
    is_aligned: bool = False
    """Turned and scaled so that eyes, nose and mouth are where the template of that size has them."""
    margin: float = 1.8
    """Side of the square cut out, as a multiple of the face's longer side; not used where aligned."""
    is_padded: bool = False
    """Black where the square leaves the picture; otherwise it is shifted back in, and an aligned one refused."""
    least_sharpness: float = 30.0
    """Less is refused as blurred; 0 takes all. 30 keeps 97 % of sharp faces and drops 95 % of blurred ones."""
    suffix: Literal[".png", ".jpg"] = ".png"
    """PNG loses nothing; JPEG has quality 95."""

    def __post_init__(self) -> None:
        if self.size is not None and not 16 <= self.size <= _LARGEST:
            raise UsageError(f"crops of {self.size} pixels cannot be made", hint=f"choose 16 to {_LARGEST}")
        if self.is_aligned and (self.size is None or template(self.size) is None):
            raise UsageError(f"no template says where a face lies in {self.size}", hint="choose 112, 224, 256 or 512")
        if not 1 <= self.margin <= 4:
            raise UsageError(f"a margin of {self.margin} cannot be made", hint="choose 1 to 4; 1.6 to 2 is usual")

    @property
    def least_face(self) -> float:
        """Pixels that the longer side of a face must have: nothing is enlarged more than twice.

        >>> [CropStyle(size=size).least_face for size in (112, 256, 512)]
        [64.0, 128.0, 256.0]
        """
        return 0.0 if self.size is None else max(64.0, self.size / 2)


@dataclass(frozen=True, slots=True)
class Crop:
    """One face's picture, ready to be written."""

    frame: int
    box: Box
    """Of the face, in the shown picture."""
    side: float
    """Of the square that was cut out, in pixels of the shown picture."""
    transform: tuple[tuple[float, float, float], tuple[float, float, float]]
    """From pixels of the shown picture to pixels of the crop; whole numbers are the middles of pixels."""
    width: int
    height: int
    content: bytes
    suffix: str
    confidence: float
    sharpness: float | None
    """As `Face.sharpness`."""
    yaw: float | None
    """Nose off the middle of the eyes, in eye distances, positive to the viewer's right; None without landmarks."""


@dataclass(frozen=True, slots=True)
class NoCrop:
    """Why a face gave no picture."""

    reason: Reason
    sentence: str


def crop(picture: CodedPicture, face: Face, style: CropStyle | None = None) -> Crop | NoCrop:
    """The crop of one face of this picture, or why there is none. The same input gives the same bytes."""
    style = CropStyle() if style is None else style
    extent = max(face.box.width, face.box.height)
    if not _is_inside(face.box, picture.shown_size):
        return NoCrop("outside", "the face lies outside the picture")
    if extent < style.least_face:
        return NoCrop("too_small", f"the face has {extent:.0f} pixels, {style.least_face:.0f} are needed")
    found = sharpness(picture.gray, picture.shown_size, face.landmarks) if face.sharpness is None else face.sharpness
    if found is not None and found < style.least_sharpness:
        return NoCrop("blurred", f"the face has a sharpness of {found:.0f}, {style.least_sharpness:.0f} is needed")
    face = replace(face, sharpness=found)
    return _aligned(picture, face, style) if style.is_aligned else _square(picture, face, style)


def _is_inside(box: Box, size: tuple[int, int]) -> bool:
    """Whether a box has numbers and lies in the picture; a few pixels may hang over."""
    if not all(map(math.isfinite, (box.x, box.y, box.width, box.height))) or min(box.width, box.height) < 1:
        return False
    width, height = size
    middle_x, middle_y = box.x + box.width / 2, box.y + box.height / 2
    return 0 <= middle_x < width and 0 <= middle_y < height and max(box.width, box.height) <= 2 * max(size)


# ------------------------------------------------------------------------------------------------------------ square


def _square(picture: CodedPicture, face: Face, style: CropStyle) -> Crop:
    area = square_of(face.box, picture.shown_size, margin=style.margin, is_padded=style.is_padded)
    inside = area.within(picture.shown_size)
    side = area.right - area.left
    pixels = picture.bgr(inside)
    if inside != area:
        pixels = np.asarray(
            cv2.copyMakeBorder(
                pixels, inside.top - area.top, area.bottom - inside.bottom, inside.left - area.left,
                area.right - inside.right, cv2.BORDER_CONSTANT, value=(0, 0, 0),
            ), np.uint8,
        )  # fmt: skip
    size = side if style.size is None else style.size
    if size != side:
        # Area to shrink, or pixels between would be passed over; a curve to enlarge, or edges would show steps.
        way = cv2.INTER_AREA if size < side else cv2.INTER_CUBIC
        pixels = np.asarray(cv2.resize(pixels, (size, size), interpolation=way), np.uint8)
    scale = size / side
    transform = np.array(
        [[scale, 0, scale * (0.5 - area.left) - 0.5], [0, scale, scale * (0.5 - area.top) - 0.5]], np.float64
    )
    return _crop(face, side, transform, pixels, style)


def square_of(box: Box, size: tuple[int, int], *, margin: float, is_padded: bool) -> Region:
    """The square around a face, a little above its middle; in the picture, shifted rather than squashed, unless padded.

    >>> square_of(Box(0, 0, 50, 50), (400, 300), margin=1.8, is_padded=False)
    Region(left=0, top=0, right=90, bottom=90)
    """
    width, height = size
    side = round(margin * max(box.width, box.height))
    side = max(1, min(side, max(size) if is_padded else min(size)))
    left = round(box.x + box.width / 2 - side / 2)
    top = round(box.y + box.height / 2 - side / 2 - _UP * side)
    if not is_padded:
        left, top = min(max(left, 0), width - side), min(max(top, 0), height - side)
    return Region(left, top, left + side, top + side)


# ----------------------------------------------------------------------------------------------------------- aligned


def _aligned(picture: CodedPicture, face: Face, style: CropStyle) -> Crop | NoCrop:
    size = style.size or 0
    targets = template(size)
    transform = similarity(face.landmarks, targets) if face.landmarks and targets else None
    if transform is None:
        return NoCrop("no_landmarks", "the detector gave no eyes, nose and mouth to align by")
    corners = source_square(transform, size)
    # Edges of pixels lie half a pixel before their middles.
    low, high = -0.5 - _TOLERANCE, np.array(picture.shown_size) - 0.5 + _TOLERANCE
    if not style.is_padded and bool(np.any(corners < low) or np.any(corners > high)):
        return NoCrop("leaves_picture", "the aligned face leaves the picture")
    pixels = warped(picture.bgr, picture.shown_size, transform, size)
    if pixels is None:
        return NoCrop("outside", "the aligned face lies outside the picture")
    scale = math.hypot(transform[0, 0], transform[1, 0])
    return _crop(face, size / scale, transform, pixels, style)


def _crop(face: Face, side: float, transform: Transform, pixels: Pixels, style: CropStyle) -> Crop:
    across, down = transform.tolist()
    return Crop(
        frame=face.frame,
        box=face.box,
        side=side,
        transform=(tuple(across), tuple(down)),
        width=pixels.shape[1],
        height=pixels.shape[0],
        content=_encoded(pixels, style.suffix),
        suffix=style.suffix,
        confidence=face.confidence,
        sharpness=face.sharpness,
        yaw=yaw(face.landmarks),
    )


def _encoded(pixels: Pixels, suffix: str) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, 95] if suffix == ".jpg" else [cv2.IMWRITE_PNG_COMPRESSION, 3]
    return cv2.imencode(suffix, pixels, options)[1].tobytes()
