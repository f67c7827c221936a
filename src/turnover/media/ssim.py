"""How similar a plane is to the one before it, by FFmpeg's filter."""

from __future__ import annotations

import math

import numpy as np
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame

from turnover.media.planes import Plane

METHOD = "ffmpeg-ssim-8x8"
"""Names the variant: means over overlapping windows of 8x8, every 4 samples, without a Gaussian."""

# No window fits into less, and the filter divides by their number.
_SMALLEST = 8
# The filter's vector code reads this many samples at once, past the end of the last row too.
_READ_AT_ONCE = 16


class SsimToPrevious:
    """Compares each plane that comes with the one before it.

    The structural similarity of Wang et al. (2004) as libavfilter's `ssim` takes it; 1 is "the same".
    """

    def __init__(self) -> None:
        self._comparison: _Comparison | None = None
        self._previous: VideoFrame | None = None

    def of(self, plane: Plane) -> float:
        """SSIM with the plane before; NaN for the first, after a change of size, and below 8 samples a side.

        plane: (height, width), uint8, 0-255. It is read again at the next call, so nobody may write into it.
        """
        height, width = plane.shape
        if min(width, height) < _SMALLEST:
            self._previous = None
            return math.nan
        current = VideoFrame.from_numpy_buffer(_padded(plane), "gray")
        previous, self._previous = self._previous, current
        if previous is None or (previous.width, previous.height) != (width, height):
            return math.nan
        if self._comparison is None or self._comparison.size != (width, height):
            self._comparison = _Comparison(width, height)
        return self._comparison.of(current, previous)


def _padded(plane: Plane) -> Plane:
    """The plane with rows that may be read a little past their end."""
    height, width = plane.shape
    reach = -(-width // _READ_AT_ONCE) * _READ_AT_ONCE
    if plane.strides[1] == 1 and plane.strides[0] >= reach:
        return plane
    padded = np.zeros((height, reach), np.uint8)[:, :width]
    padded[:] = plane
    return padded


class _Comparison:
    """The filter, set up for planes of one size."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self._count = 0
        # The contexts hold no reference to their graph.
        self._graph = Graph()
        self._graph.threads = 1
        self._current, self._previous = self._input(), self._input()
        ssim, self._sink = self._graph.add("ssim"), self._graph.add("buffersink")
        self._current.link_to(ssim, 0, 0)
        self._previous.link_to(ssim, 0, 1)
        ssim.link_to(self._sink)
        self._graph.configure()

    def _input(self) -> FilterContext:
        size = "{}x{}".format(*self.size)
        return self._graph.add("buffer", video_size=size, pix_fmt="gray", time_base="1/1000", pixel_aspect="1/1")

    def of(self, current: VideoFrame, previous: VideoFrame) -> float:
        # The filter pairs frames of equal time.
        current.pts = previous.pts = self._count
        self._count += 1
        self._current.push(current)
        self._previous.push(previous)
        return float(self._sink.pull().metadata["lavfi.ssim.Y"])
