"""Faces by YuNet, a small neural network (Wu, Peng, Yu 2023, doi:10.1007/s11633-023-1423-y), run by OpenCV."""

from __future__ import annotations

import hashlib
from typing import cast

import cv2
import numpy as np
from cv2.typing import MatLike

from turnover.errors import UsageError
from turnover.media.detection import Found, Plane, found_in, ordered, reduced

DIGEST = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
"""SHA-256 of `face_detection_yunet_2023mar.onnx`: the name below stands for these bytes."""

# On 88 faces of 152 frames, against what 640 finds at .8: 320 finds a face in 95 % of the frames that have one (97 %
# with what is kept because it stays), 256 in 90 %, 416 in 97 %; a look costs 0.5, 1 and 1.4 for 256, 320 and 416.
_MAX_SIDE = 320
_LOWEST = 0.6
_OVERLAP = 0.3
_CANDIDATES = 5000


class YuNet:
    """A detector of its own for each process and thread: OpenCV's networks are not to be shared."""

    misses = False
    sure = 0.8
    """Below lie hands and drawn animals; at it and above no false face was seen."""

    def __init__(self, content: bytes, *, max_side: int = _MAX_SIDE) -> None:
        """From the bytes of the network's file; raises UsageError `damaged_model` where they are not those.

        A picture is looked at with no side longer than `max_side`, which finds faces from about 10 pixels then.
        """
        digest = hashlib.sha256(content).hexdigest()
        if digest != DIGEST:
            raise UsageError(
                f"the face detector's file has SHA-256 {digest[:12]}…, expected {DIGEST[:12]}…",
                hint="`turnover models add face FILE` puts the right one there",
                code="damaged_model",
            )
        self.name = f"yunet-2023mar/{max_side}"
        self._max_side = max_side
        nothing = np.zeros(0, np.uint8)
        self._network = cv2.FaceDetectorYN.create(
            "onnx", np.frombuffer(content, np.uint8), nothing, (max_side, max_side), _LOWEST, _OVERLAP, _CANDIDATES
        )

    def find(self, luma: Plane, *, black: int, white: int) -> tuple[Found, ...]:
        """The faces of an upright plane, the surest first, from a score of 0.6; luma stands for all three colours."""
        if luma.size == 0:
            return ()
        picture = reduced(luma, max_side=self._max_side, black=black, white=white)
        height, width = picture.shape
        self._network.setInputSize((width, height))
        # OpenCV's types do not say that nothing found is None.
        rows = cast("MatLike | None", self._network.detect(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))[1])
        if rows is None:
            return ()
        across, down = luma.shape[1] / width, luma.shape[0] / height
        return ordered(_found(luma, row, across, down) for row in np.asarray(rows, np.float64).tolist())


def _found(luma: Plane, row: list[float], across: float, down: float) -> Found | None:
    """A row is x, y, width, height, five points, score (OpenCV's FaceDetectorYN)."""
    x, y, width, height, *places, score = row
    points = [(places[i] * across, places[i + 1] * down) for i in range(0, 10, 2)]
    return found_in(luma, (x * across, y * down, width * across, height * down), score, points)
