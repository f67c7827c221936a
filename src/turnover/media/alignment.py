"""A face laid on a template by its five points, and what is read from them: sharpness, turn of the head."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from turnover.media.upright import Region

Points = Sequence[tuple[float, float]]
"""Eye, eye, nose, mouth corner, mouth corner, the viewer's left first: x, y in pixels."""

Transform = NDArray[np.float64]
"""(2, 3): from pixels of the shown picture to pixels of the result, whole numbers being the middles of pixels."""

Pixels = NDArray[np.uint8]
"""(height, width) or (height, width, channels), uint8."""

SIDE = 112
"""Side of the aligned face that sharpness is taken on."""

# No picture is that large; NaN is not less either.
_FAR = 1e7

# ArcFace's 112x112 template (deepinsight/insightface, face_align.py).
_ARCFACE = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))
# FFHQ's framing at 512x512 (xinntao/facexlib, face_restoration_helper.py).
_FFHQ = ((192.98138, 239.94708), (318.90277, 240.1936), (256.63416, 314.01935), (201.26117, 371.41043),
         (313.08905, 371.15118))  # fmt: skip


def template(side: int) -> tuple[tuple[float, float], ...] | None:
    """Where the five points belong in a square of that side; None where no convention says it.

    512 is FFHQ's framing; multiples of 112 are ArcFace's, and those of 128 have it in the middle of a wider picture.

    >>> template(112)[0], template(256)[0], template(100)
    ((38.2946, 51.6963), (92.5892, 103.3926), None)
    """
    if side == 512:
        return _FFHQ
    if side <= 0 or (side % 112 and side % 128):
        return None
    factor = side / 112 if side % 112 == 0 else side / 128
    shift = 0.0 if side % 112 == 0 else 8 * factor
    return tuple((x * factor + shift, y * factor) for x, y in _ARCFACE)


def similarity(points: Points, targets: Points) -> Transform | None:
    """The turn, scale and shift with the least squared distance to the targets; None where there is none.

    On complex numbers it is the regression of the targets on the points.
    """
    source = np.array([complex(*point) for point in points])
    target = np.array([complex(*point) for point in targets])
    if not len(source) == len(target) > 1 or not np.all(np.abs(source) < _FAR):
        return None
    middle = source.mean()
    spread = float(np.sum(np.abs(source - middle) ** 2))
    if spread < 1e-6:
        return None
    turn = np.sum(np.conj(source - middle) * (target - target.mean())) / spread
    if abs(turn) < 1e-6:
        return None
    shift = target.mean() - turn * middle
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def source_square(transform: Transform, side: int) -> NDArray[np.float64]:
    """(4, 2): the corners of the result's pixels, in pixels of the shown picture."""
    corners = np.array([[0.0, 0.0], [side, 0], [side, side], [0, side]]) - 0.5
    turn, shift = transform[:, :2], transform[:, 2]
    return np.asarray((corners - shift) @ np.linalg.inv(turn).T, np.float64)


def warped(
    pixels_of: Callable[[Region], Pixels], shown_size: tuple[int, int], transform: Transform, side: int
) -> Pixels | None:
    """The square that the transform shows, black where it leaves the picture; None where all of it does.

    `pixels_of` gives a region of the shown picture: no more of it is asked for than is seen.
    """
    corners = source_square(transform, side)
    # What shrinks to less than half is first reduced by a whole factor, or pixels between would be passed over.
    factor = max(1, int(1 / math.hypot(transform[0, 0], transform[1, 0])))
    low, high = np.floor(corners.min(axis=0)) - 2 - factor, np.ceil(corners.max(axis=0)) + 2 + factor
    size = np.array(shown_size)
    (left, top), (right, bottom) = np.clip(low, 0, size).astype(int), np.clip(high, 0, size).astype(int)
    region = Region(int(left), int(top), int(right), int(bottom))
    if region.right - region.left < factor or region.bottom - region.top < factor:
        return None
    pixels = pixels_of(region)
    if factor > 1:
        columns, rows = pixels.shape[1] // factor, pixels.shape[0] // factor
        whole = pixels[: rows * factor, : columns * factor]
        pixels = np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    # From pixels of the reduced region to those of the picture.
    origin = np.array([region.left, region.top]) + (factor - 1) / 2
    local = np.column_stack([transform[:, :2] * factor, transform[:, :2] @ origin + transform[:, 2]])
    return np.asarray(cv2.warpAffine(pixels, local, (side, side), flags=cv2.INTER_LINEAR), np.uint8)


def sharpness(luma_of: Callable[[Region], Pixels], shown_size: tuple[int, int], points: Points) -> float | None:
    """Variance of the Laplacian on the face aligned to 112x112 (ArcFace), on the scale 0-255; None without points.

    `luma_of` gives luma stretched to 0-255. Sharp faces have 34 to 1786 (5 and 95 %), the same blurred by 1.5 pixels
    6 to 29.
    """
    places = template(SIDE)
    transform = similarity(points, places) if points and places else None
    aligned = None if transform is None else warped(luma_of, shown_size, transform, SIDE)
    return None if aligned is None else float(cv2.Laplacian(aligned, cv2.CV_64F).var())


def yaw(points: Points) -> float | None:
    """How far the nose lies from the middle between the eyes, in eye distances, positive to the viewer's right.

    About 0 seen from the front, 0.5 and more in profile; None without points.
    """
    if len(points) < 3:
        return None
    left, right, nose = (complex(*point) for point in points[:3])
    across = right - left
    if not abs(across) > 1e-6:
        return None
    found = ((nose - (left + right) / 2) / across).real
    return found if math.isfinite(found) else None
