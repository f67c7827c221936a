"""Colours of a region are those that FFmpeg shows."""

from __future__ import annotations

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from av.filter import Graph
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from turnover.errors import RefusedError
from turnover.media.planes import planes_of
from turnover.media.shown_colours import CodedPicture
from turnover.media.upright import Region

Pixels = NDArray[np.uint8]
WIDTH, HEIGHT = 96, 64
WHOLE = Region(0, 0, WIDTH, HEIGHT)
# FFmpeg's numbers of the matrices.
MATRICES = {1: "ITU709", 5: "ITU601", 6: "ITU601"}
FORMATS = ["yuv420p", "yuv422p", "yuv444p", "yuv411p", "yuv440p", "yuv420p10le", "yuv422p10le", "yuv444p12le"]


def _colourful() -> Pixels:
    """Soft blobs of every hue, bright and dark."""
    noise = np.random.default_rng(7).integers(0, 256, (8, 12, 3), np.uint8)
    return np.asarray(cv2.resize(noise, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)


def _coded(pixel_format: str, matrix: int, black: int, white: int) -> tuple[CodedPicture, av.VideoFrame]:
    """A picture coded by FFmpeg, and its frame."""
    frame = av.VideoFrame.from_ndarray(_colourful(), format="bgr24").reformat(
        format=pixel_format, src_color_range="JPEG", dst_colorspace=MATRICES[matrix], dst_color_range=_range(black)
    )
    planes = planes_of(frame)
    assert (planes.black, planes.white) == (black, white)
    return CodedPicture(planes.luma, black, white, planes.blue, planes.red, matrix), frame


def _range(black: int) -> str:
    return "JPEG" if black == 0 else "MPEG"


def _shown(frame: av.VideoFrame, matrix: int, black: int) -> Pixels:
    """What FFmpeg makes of a frame when told to round well and repeat chroma; its quick way is up to 3 off."""
    graph = Graph()
    scale = f"in_color_matrix={MATRICES[matrix].lower().replace('itu', 'bt')}:out_range=full"
    scale += f":in_range={'full' if black == 0 else 'limited'}:flags=neighbor+accurate_rnd+full_chroma_int"
    graph.link_nodes(
        graph.add_buffer(width=WIDTH, height=HEIGHT, format=frame.format, time_base=Fraction(1, 25)),
        graph.add("scale", scale),
        graph.add("format", "bgr24"),
        graph.add("buffersink"),
    ).configure()
    graph.push(frame)
    shown = graph.pull()
    assert isinstance(shown, av.VideoFrame)
    return np.asarray(shown.to_ndarray(), np.uint8)


@pytest.mark.parametrize("black_white", [(16, 235), (0, 255)])
@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize("pixel_format", FORMATS)
def test_like_ffmpeg(pixel_format: str, matrix: int, black_white: tuple[int, int]) -> None:
    """Every subsampling, depth, matrix and range gives FFmpeg's RGB within 1 level, 3 where depth was rounded."""
    coded, frame = _coded(pixel_format, matrix, *black_white)
    difference = np.abs(coded.bgr(WHOLE).astype(int) - _shown(frame, matrix, black_white[0]))
    assert difference.max() <= (1 if frame.format.components[0].bits == 8 else 3)


def test_untagged() -> None:
    """Where nobody says the matrix, it is Rec. 601."""
    luma = np.full((4, 4), 120, np.uint8)
    blue, red = np.full((2, 2), 90, np.uint8), np.full((2, 2), 200, np.uint8)
    whole = Region(0, 0, 4, 4)
    unsaid, said = (CodedPicture(luma, 16, 235, blue, red, matrix) for matrix in (None, 6))
    assert np.array_equal(unsaid.bgr(whole), said.bgr(whole))


def test_no_chroma() -> None:
    """A picture of luma alone is gray, from black to white."""
    coded = CodedPicture(np.array([[16, 235, 126, 0]], np.uint8), 16, 235)
    assert coded.bgr(Region(0, 0, 4, 1)).tolist() == [[[0] * 3, [255] * 3, [128] * 3, [0] * 3]]


def test_matrix_without_a_conversion() -> None:
    """A matrix that no weights describe is refused by its name."""
    plane = np.zeros((2, 2), np.uint8)
    with pytest.raises(RefusedError, match="ycgco"):
        CodedPicture(plane, 16, 235, plane, plane, 8).bgr(Region(0, 0, 2, 2))


@given(
    size=st.tuples(st.integers(1, 13), st.integers(1, 13)),
    subsampling=st.tuples(st.sampled_from([1, 2, 4]), st.sampled_from([1, 2])),
    turn=st.tuples(st.sampled_from([0, 90, 180, 270]), st.booleans()),
    edges=st.tuples(*[st.integers(0, 13)] * 4),
)
def test_region(
    size: tuple[int, int], subsampling: tuple[int, int], turn: tuple[int, bool], edges: tuple[int, int, int, int]
) -> None:
    """A region has the pixels that the whole has there: of odd sizes, turned and mirrored too."""
    random = np.random.default_rng(1)
    width, height = size
    chroma = (-(-height // subsampling[1]), -(-width // subsampling[0]))
    luma, blue, red = (random.integers(0, 256, shape, np.uint8) for shape in ((height, width), chroma, chroma))
    coded = CodedPicture(luma, 16, 235, blue, red, 1, rotation=turn[0], is_mirrored=turn[1])
    across, down = coded.shown_size
    whole = coded.bgr(Region(0, 0, across, down))
    region = Region(min(edges[:2]), min(edges[2:]), max(edges[:2]), max(edges[2:])).within(coded.shown_size)
    assert whole.shape == (down, across, 3)
    if not region.is_empty:
        expected = whole[region.top : region.bottom, region.left : region.right]
        assert np.array_equal(expected, coded.bgr(region))
