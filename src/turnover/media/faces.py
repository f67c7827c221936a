"""Which faces a frame shows: the detector that is there, asked about pictures as they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from turnover.core.measurement import Box, Face
from turnover.errors import UsageError
from turnover.media.alignment import sharpness
from turnover.media.detection import Found, Plane, full_range
from turnover.media.haar import Haar
from turnover.media.upright import Region, upright
from turnover.media.yunet import YuNet

# The file has 233 thousand.
_MOST_BYTES = 1 << 26
_SAME = 0.3


class FaceFinder(Protocol):
    """Finds faces; each process and thread has one of its own."""

    name: str
    """Detector, calibration and size looked at; confidences of two names are never compared."""
    misses: bool
    """Whether "nothing found" means "not known", because many faces are not found."""
    sure: float
    """Confidence from which one detection stands by itself; what is below needs `steadied`."""

    def find(self, luma: Plane, *, black: int, white: int) -> tuple[Found, ...]:
        """The faces of an upright plane of code values from `black` to `white`, the surest first."""


def finder(model: Path | None, *, max_side: int | None = None) -> FaceFinder:
    """YuNet where its file is given, else OpenCV's Haar cascade.

    `max_side` is what pictures are reduced to before they are looked at; None is what serves measuring, 640 finds
    small faces at three times the cost. Raises UsageError where the file cannot be read or is not YuNet's.
    """
    side = {} if max_side is None else {"max_side": max_side}
    if model is None:
        return Haar(**side)
    try:
        with model.open("rb") as source:
            content = source.read(_MOST_BYTES)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{model} cannot be read: {getattr(error, 'strerror', None) or error}",
            hint="`turnover models add face FILE` puts it right",
        ) from error
    return YuNet(content, **side)


def faces_of(
    finder: FaceFinder,
    luma: Plane,
    *,
    frame: int,
    black: int,
    white: int,
    rotation: int = 0,
    is_mirrored: bool = False,
) -> tuple[Face, ...]:
    """The faces of one frame in the picture as it is shown, the surest first; () is "looked, and found none".

    luma: (height, width), uint8, as stored; `rotation` (degrees clockwise) and `is_mirrored` turn it upright.
    """
    shown = upright(luma, rotation, is_mirrored)
    height, width = shown.shape

    def levels(region: Region) -> Plane:
        part = shown[region.top : region.bottom, region.left : region.right]
        return full_range(part, black=black, white=white)

    return tuple(
        Face(frame, one.box, one.confidence, one.landmarks, sharpness(levels, (width, height), one.landmarks))
        for one in finder.find(shown, black=black, white=white)
    )


# -------------------------------------------------------------------------------------------------------------- time


def steadied(looks: Sequence[tuple[Face, ...]], *, sure: float, least: int = 3) -> tuple[tuple[Face, ...], ...]:
    """The faces without those that are neither sure nor there for `least` looks in a row.

    looks: the faces of each frame that was looked at, in the order of time. Two faces of neighbouring looks are one
    where their boxes share 0.3 of what they cover together.
    """
    links = [_links(before, now) for before, now in pairwise(looks)]
    # Going forward every face learns how long it has been there; going back, how long it was there in all.
    lasting = [[1] * len(faces) for faces in looks]
    for index, link in enumerate(links, 1):
        for now, before in link.items():
            lasting[index][now] = lasting[index - 1][before] + 1
    for index, link in reversed(list(enumerate(links, 1))):
        for now, before in link.items():
            lasting[index - 1][before] = lasting[index][now]
    return tuple(
        tuple(face for face, count in zip(faces, counts, strict=True) if face.confidence >= sure or count >= least)
        for faces, counts in zip(looks, lasting, strict=True)
    )


def _links(before: tuple[Face, ...], now: tuple[Face, ...]) -> dict[int, int]:
    """Position in `now` → position in `before` of the same face, the best pairs first, each face once."""
    pairs = [(_overlap(b.box, n.box), j, i) for i, b in enumerate(before) for j, n in enumerate(now)]
    found: dict[int, int] = {}
    for share, j, i in sorted(pairs, key=lambda pair: (-pair[0], *pair[1:])):
        if share >= _SAME and j not in found and i not in found.values():
            found[j] = i
    return found


def _overlap(one: Box, other: Box) -> float:
    """Area of both over area of either, 0 to 1."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(across, 0.0) * max(down, 0.0)
    whole = one.width * one.height + other.width * other.height - shared
    return shared / whole if whole > 0 else 0.0
