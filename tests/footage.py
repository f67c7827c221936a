"""Moving footage made of a photograph: luma planes, (height, width), uint8, limited range, for what is measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
import skimage
from av.filter import Graph
from numpy.typing import NDArray

from tests.damage import Plane
from turnover.frames.picture import Picture

LIMITED, FULL = (16, 235), (0, 255)


def panned(
    frames: int = 12, *, width: int = 208, height: int = 160, step: float = 1.5, name: str = "astronaut.png"
) -> list[Plane]:
    """A camera that pans over a photograph by `step` pixels a frame, with a little grain."""
    photograph = _photograph(name)
    draw = np.random.default_rng(7)
    planes = []
    for index in range(frames):
        centre = (40 + width / 2 + step * index, 30 + height / 2)
        view = cv2.getRectSubPix(photograph, (width, height), centre)
        planes.append(np.clip(np.rint(view + draw.normal(0, 0.7, view.shape)), 16, 235).astype(np.uint8))
    return planes


def pictures(planes: Iterable[Plane], levels: tuple[int, int] = LIMITED) -> list[Picture]:
    """Pictures of planes, as a decoder gives them."""
    return [Picture(plane, *levels) for plane in planes]


def as_full_range(planes: Iterable[Plane]) -> list[Plane]:
    """Limited range spread over 0 to 255, rounded."""
    return [np.clip(np.rint((plane - 16.0) * (255 / 219)), 0, 255).astype(np.uint8) for plane in planes]


def told_by_ffmpeg(planes: Sequence[Plane], name: str, options: str = "", *, rate: int = 24) -> list[dict[str, str]]:
    """What a filter of FFmpeg's says of each plane; of a picture in which it says nothing, an empty dictionary."""
    graph = Graph()
    height, width = planes[0].shape
    source = graph.add_buffer(width=width, height=height, format=av.VideoFormat("gray"), time_base=Fraction(1, rate))
    judge, sink = graph.add(name, options), graph.add("buffersink")
    source.link_to(judge)
    judge.link_to(sink)
    graph.configure()
    told = []
    for index, plane in enumerate(planes):
        frame = av.VideoFrame.from_ndarray(plane, format="gray")
        frame.pts, frame.time_base = index, Fraction(1, rate)
        source.push(frame)
        told.append(dict(graph.pull().metadata))
    return told


@cache
def _photograph(name: str) -> NDArray[np.float32]:
    read = cv2.imread(str(Path(skimage.__file__).parent / "data" / name), cv2.IMREAD_GRAYSCALE)
    assert read is not None
    limited: NDArray[np.float32] = np.rint(read * (219 / 255) + 16).astype(np.float32)
    return limited
