"""Faces by OpenCV's own cascade `frontalface_alt2`: no file is needed, but half the faces are missed."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import cv2.data
import numpy as np

from turnover.errors import UsageError
from turnover.media.detection import Found, Plane, found_in, ordered, reduced

CALIBRATION = "turnover-haar-v1"
"""Names the two numbers below, which are never changed under this name."""

# A logistic curve through 48 detections judged by eye.
_MIDDLE, _WIDTH = 54.95, 0.32

# It finds a face in 47 % of the frames that have one; 512 in 56 % at 2.7 times the cost, 640 in 53 % at four times.
_MAX_SIDE = 320
_STEP, _NEIGHBOURS, _SMALLEST = 1.1, 5, 24


class Haar:
    """A detector of its own for each process and thread: a cascade remembers while it looks."""

    misses = True
    sure = 0.5
    """Half of the detections at this confidence are faces, and nearly all above."""

    def __init__(self, *, max_side: int = _MAX_SIDE) -> None:
        self.name = f"haar-alt2/{CALIBRATION}/{max_side}"
        self._max_side = max_side
        self._cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades, "haarcascade_frontalface_alt2.xml")))
        if self._cascade.empty():
            raise UsageError(
                f"OpenCV {cv2.__version__} has no cascade for faces",
                hint="`turnover models add face FILE` gives a better detector",
            )

    def find(self, luma: Plane, *, black: int, white: int) -> tuple[Found, ...]:
        """The faces of an upright plane, the surest first; frontal ones that stand straight."""
        if luma.size == 0:
            return ()
        picture = reduced(luma, max_side=self._max_side, black=black, white=white)
        height, width = picture.shape
        boxes, _, weights = self._cascade.detectMultiScale3(
            cv2.equalizeHist(picture), _STEP, _NEIGHBOURS, 0, (_SMALLEST, _SMALLEST), (0, 0), True
        )
        across, down = luma.shape[1] / width, luma.shape[0] / height
        return ordered(
            found_in(luma, (x * across, y * down, w * across, h * down), confidence(weight))
            for (x, y, w, h), weight in zip(
                np.reshape(boxes, (-1, 4)).tolist(), np.ravel(weights).tolist(), strict=True
            )
        )


def confidence(weight: float) -> float:
    """How likely a window of that weight (sum of the last stage) is a face, 0 to 1.

    >>> round(confidence(54.95), 3), round(confidence(56.37), 3)
    (0.5, 0.988)
    """
    # tanh is the logistic curve that cannot overflow.
    return 0.5 + 0.5 * math.tanh((weight - _MIDDLE) / (2 * _WIDTH))
