"""An MP4 of H.264 and AAC that grows picture by picture, the same from the same pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from turnover.core.rate import Rate
from turnover.media.frame_colour import FrameColour
from turnover.media.plain_pictures import REC601
from turnover.media.planes import LIMITED

CRF = 11
"""x264's quality: visually lossless, 48 dB and more beside generated clips."""

# No tag for the writer and no date; the index stands before the pictures, where a reader over a network wants it.
_MUXER = {"fflags": "+bitexact", "movflags": "+faststart"}
# The preset medium takes three times as long for a tenth less. Without B-frames a file needs no edit list, which some
# readers do not follow. The macroblock tree reads memory that nobody wrote, so that bytes would differ from run to run;
# `cpu-independent` keeps x264 to what all processors compute alike.
_ENCODER = {
    "preset": "veryfast",
    "crf": str(CRF),
    "bf": "0",
    "flags": "+bitexact",
    "x264-params": "mbtree=0:cpu-independent=1:sliced-threads=0:sync-lookahead=0",
}
_UNSAID = 2


@contextmanager
def mp4(path: Path) -> Iterator[OutputContainer]:
    """An MP4 to write, at that path."""
    with av.open(str(path.absolute()), "w", format="mp4", options=_MUXER) as output:
        yield output


class PictureTrack:
    """The pictures of an MP4: H.264 in 8 bits, 4:2:0, limited range, all frames lasting equally long."""

    def __init__(self, output: OutputContainer, size: tuple[int, int], rate: Rate, colour: FrameColour) -> None:
        self._output, self._rate = output, rate
        # A key frame each second: loaders jump into the middle of clips.
        options = _ENCODER | {"g": str(max(1, round(rate.fraction)))}
        self._stream: VideoStream = output.add_stream("libx264", rate=rate.fraction, options=options)
        context = self._stream.codec_context
        context.width, context.height = size
        context.pix_fmt = "yuv420p"
        context.time_base = rate.frame_seconds
        context.thread_count = 1
        context.color_primaries = colour.primaries or _UNSAID
        context.color_trc = colour.transfer or _UNSAID
        context.colorspace = REC601 if colour.is_rgb else colour.matrix or _UNSAID
        context.color_range = LIMITED
        self.size = size
        self.codec = "h264"
        self.count = 0
        """Pictures so far."""

    def add(self, picture: VideoFrame) -> None:
        picture.pts, picture.time_base = self.count, self._rate.frame_seconds
        self._mux(picture)
        self.count += 1

    def finish(self) -> None:
        self._mux(None)

    def _mux(self, picture: VideoFrame | None) -> None:
        for packet in self._stream.encode(picture):
            packet.duration = 1
            self._output.mux(packet)
