"""What is said of untagged pictures is what the code of their writers does."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from turnover.core.colour import Colour
from turnover.generation.untagged import untagged_colour

# Rec. 601 (BT.601-7, 2.5.1, 2.5.2), limited range: 16 + 219 x 0.299 for pure red; Rec. 709 gives 63.
RED = 81


@pytest.mark.parametrize(
    ("writer", "name", "encoder", "converts"),
    [("SaveVideo", "a.mp4", "libx264", True), ("SaveWEBM", "a.webm", "libvpx-vp9", False)],
)
def test_as_the_writer_does_it(tmp_path: Path, writer: str, name: str, encoder: str, converts: bool) -> None:
    """PyAV, called as ComfyUI calls it, encodes with the matrix and range that are told, and tags no colour."""
    told = untagged_colour("ComfyUI", writer)
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[..., 0] = 255
    with av.open(str(tmp_path / name), "w") as out:
        stream = out.add_stream(encoder, rate=24)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        packets = [*stream.encode(frame.reformat(format="yuv420p") if converts else frame), *stream.encode()]
        for packet in packets:
            out.mux(packet)
    with av.open(str(tmp_path / name)) as file:
        written = file.streams.video[0]
        shown = next(file.decode(video=0))
    assert told is not None
    assert abs(int(shown.to_ndarray()[0, 0]) - RED) <= 1
    assert (told.colour, written.codec_context.colorspace) == (Colour(matrix=6, range="limited"), 2)
    assert written.codec_context.name in (*told.codecs, f"lib{told.codecs[0]}")


def test_unknown_writers() -> None:
    """Of a writer whose code nobody read nothing is told."""
    assert (untagged_colour("ComfyUI", "VHS_VideoCombine"), untagged_colour("Wan2GP", "SaveVideo")) == (None, None)
