"""Which frames of a clip become clips and stills of their own."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from itertools import pairwise

from turnover.core.ranges import FrameRange
from turnover.core.series import Series


def pieces(frame_count: int, cut_frames: Iterable[int], least: int = 1) -> tuple[FrameRange, ...]:
    """The shots between cuts, in order; those with fewer than `least` frames are left out.

    cut_frames: at which frames a new shot starts, in any order; what is no place between two frames does not count.

    >>> [(piece.start, piece.stop) for piece in pieces(81, [48, 49], least=17)]
    [(0, 48), (49, 81)]
    """
    edges = sorted({0, frame_count, *(cut for cut in cut_frames if 0 < cut < frame_count)})
    shots = (FrameRange(start, stop) for start, stop in pairwise(edges) if start >= 0)
    return tuple(shot for shot in shots if shot.count >= least)


def trimmed(piece: FrameRange, *, step: int, plus: int, least: int = 1) -> FrameRange | None:
    """The longest start of a piece with `step`·n + `plus` frames, `least` of them or more; None where it is too short.

    >>> trimmed(FrameRange(10, 60), step=4, plus=1)
    FrameRange(start=10, stop=59)
    """
    count = (piece.count - plus) // step * step + plus
    return FrameRange(piece.start, piece.start + count) if count >= max(least, plus, 1) else None


def every(step: int, frame_count: int) -> tuple[int, ...]:
    """The first frame, and each so many frames after it.

    >>> every(8, 20)
    (0, 8, 16)
    """
    return tuple(range(0, frame_count, step))


def best(count: int, series: Series, frame_count: int, *, is_low_best: bool = False) -> tuple[int, ...]:
    """Up to `count` frames with the best values, in order; of equal ones the earliest.

    Neighbours look alike, so no two are nearer than half of what even spreading would give. Frames without a value are
    never taken: fewer come out where these are too many.

    >>> best(2, Series.of("sharpness", [1, 5, 7, 6, 2, 1, 3, 1]), 8)
    (2, 6)
    """
    apart = max(1, frame_count // (2 * count)) if count > 0 else 1
    known = [(value, frame) for frame in range(frame_count) if (value := series.at(frame)) is not None]
    queue = [(value if is_low_best else -value, frame) for value, frame in known]
    heapq.heapify(queue)
    taken: list[int] = []
    while queue and len(taken) < count:
        _, frame = heapq.heappop(queue)
        if all(abs(frame - other) >= apart for other in taken):
            taken.append(frame)
    return tuple(sorted(taken))
