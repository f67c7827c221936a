"""What one decoded picture says about its stream, since PyAV shows side data nowhere else."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import av
from av.packet import Packet
from av.sidedata.sidedata import SideDataContainer, Type
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from turnover.core.probe import Hdr
from turnover.media.demuxing import MOST_PIXELS
from turnover.media.turning import turn_of

# A stream cut in the middle starts with pictures that need earlier ones; a whole one gives its first at once.
_MOST_PACKETS = 64
# 64 pictures of 4K: what a damaged file may cost.
_MOST_PIXELS = 1 << 29
# FFmpeg's AVMasteringDisplayMetadata (libavutil/mastering_display_metadata.h): ten pairs of int, two flags.
_MASTERING = struct.Struct("=20i2i")
_LIGHT = struct.Struct("=2I")


@dataclass(frozen=True, slots=True)
class FirstPicture:
    """The first picture that decodes."""

    pixel_format: av.VideoFormat
    rotation: int
    """Degrees clockwise, a multiple of 90 in [0, 360)."""
    is_mirrored: bool
    is_interlaced: bool
    colour_codes: tuple[int, int, int, int]
    """Primaries, transfer, matrix and range as FFmpeg numbers them."""
    hdr: Hdr | None


class FirstPictureSearch:
    """Takes packets until one picture came out or too many were in vain."""

    def __init__(self, stream: VideoStream) -> None:
        self._context = stream.codec_context
        # More threads would only hold the first picture back.
        self._context.thread_count = 1
        # PyAV hands the options of `av.open` to the look at the streams, but not to their decoders.
        self._context.options = {"max_pixels": str(MOST_PIXELS)}
        self._left = min(_MOST_PACKETS, max(1, _MOST_PIXELS // max(1, stream.width * stream.height)))
        self._is_fresh = True
        self.picture: FirstPicture | None = None
        self.trouble: str | None = None
        """The decoder's last complaint."""

    @property
    def is_over(self) -> bool:
        return self.picture is not None or self._left <= 0

    def offer(self, packet: Packet[VideoStream]) -> None:
        """Decode one more packet, unless the search is over."""
        if self.is_over:
            return
        self._left -= 1
        # An edit list hides some, and the decoder would keep their pictures back; a copy bears no such mark.
        offered = Packet(bytes(packet)) if packet.is_discard else packet
        self._take(offered)
        if self._is_fresh and self.picture is None:
            # A key frame comes out as soon as the decoder hears that nothing follows; otherwise it would wait for
            # its neighbours in showing order. Where it does not (a lone field), the decoder starts over.
            self.finish()
            self._context.flush_buffers()
            if self.picture is None:
                self._take(offered)
        elif self._left <= 0:
            self.finish()
        self._is_fresh = False

    def finish(self) -> None:
        """Take what the decoder still holds; nothing more is coming."""
        if self.picture is None:
            self._take(None)

    def _take(self, packet: Packet[VideoStream] | Packet[Stream] | None) -> None:
        try:
            frames = self._context.decode(packet)
        except EOFError:
            return
        except (av.FFmpegError, ValueError, MemoryError) as error:
            self.trouble = getattr(error, "strerror", None) or str(error)
            return
        if frames:
            self.picture = _facts(frames[0])


def _facts(frame: VideoFrame) -> FirstPicture:
    side = _side_data(frame)
    rotation, is_mirrored = turn_of(frame)
    return FirstPicture(
        pixel_format=frame.format,
        rotation=rotation,
        is_mirrored=is_mirrored,
        is_interlaced=frame.interlaced_frame,
        colour_codes=(frame.color_primaries, frame.color_trc, frame.colorspace, frame.color_range),
        hdr=_hdr(side.get(Type.MASTERING_DISPLAY_METADATA), side.get(Type.CONTENT_LIGHT_LEVEL)),
    )


def _side_data(frame: VideoFrame) -> dict[Type, bytes]:
    try:
        entries: object = frame.side_data  # PyAV's types know one kind of it only
        return {entry.type: bytes(entry) for entry in entries} if isinstance(entries, SideDataContainer) else {}
    except ValueError:
        # PyAV 18 knows no name for the newest kinds, EXIF among them, and then lists none at all.
        return {}


def _hdr(mastering: bytes | None, light: bytes | None) -> Hdr | None:
    if mastering is None and light is None:
        return None
    red = green = blue = white = None
    least = most = None
    if mastering is not None and len(mastering) >= _MASTERING.size:
        *numbers, has_primaries, has_luminance = _MASTERING.unpack_from(mastering)
        values = [_ratio(numbers[at], numbers[at + 1]) for at in range(0, 20, 2)]
        if has_primaries:
            red, green, blue, white = (_point(values[at], values[at + 1]) for at in range(0, 8, 2))
        if has_luminance:
            least, most = values[8:]
    # 0 is "not known" in both (CTA-861.3, annex P).
    content, average = _LIGHT.unpack_from(light) if light is not None and len(light) >= _LIGHT.size else (0, 0)
    hdr = Hdr(most, least, red, green, blue, white, content or None, average or None)
    return hdr if hdr != Hdr() else None


def _point(x: float | None, y: float | None) -> tuple[float, float] | None:
    return None if x is None or y is None else (x, y)


def _ratio(numerator: int, denominator: int) -> float | None:
    return numerator / denominator if denominator else None
