"""The frames of a file as they are shown, decoded one after the other by one thread."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

from av.codec.context import ThreadType
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from turnover.media.animation import Animation
from turnover.media.containers import PAGE_PICTURES, container_named
from turnover.media.demuxing import DAMAGE, MOST_PIXELS, demuxer
from turnover.media.frame_times import MOST_FRAMES
from turnover.media.opening import Source, regular_file
from turnover.media.pages import animation_in
from turnover.media.pictures import decoder_of, sample_aspect, stream_taken
from turnover.media.refusals import refusal
from turnover.media.turning import turn_of
from turnover.media.webp import is_webp
from turnover.media.webp_frames import webp_frames


class Shown(ABC):
    """Frames in showing order; what an edit list hides is left out, and damage is passed over.

    Each iteration is a pass from where the file stands: its start, or where `seek` went.
    """

    sample_aspect = Fraction(1)
    """Width over height of one sample."""

    def __init__(self, animation: Animation | None) -> None:
        self.starts = _starts(animation)
        """Seconds at which frames start by an animation's own durations; empty where a stream's clock tells it."""
        self._animation = animation
        self._broken_off: str | None = None

    def __iter__(self) -> Iterator[VideoFrame]:
        count = 0
        try:
            for count, frame in enumerate(self._frames(), 1):
                yield frame
                if count == MOST_FRAMES:
                    self._broken_off = f"only the first {MOST_FRAMES} frames were decoded"
                    return
        except DAMAGE as error:
            self._broken_off = f"reading stopped after {count} frames: {_said(error)}"
        if not count and self.trouble is None:
            self._broken_off = "no picture came out"

    @property
    def trouble(self) -> str | None:
        """What kept frames from being decoded well, as far as the pass has come; None where nothing did."""
        return "; ".join(self._complaints()) or None

    @abstractmethod
    def _frames(self) -> Iterator[VideoFrame]: ...

    def _complaints(self) -> Iterator[str]:
        if self._broken_off is not None:
            yield self._broken_off

    def seconds_of(self, frame: VideoFrame, index: int) -> float | None:
        """Seconds from the first shown frame to this one, the index-th from 0; None where the file does not tell."""
        return self.starts[index] if index < len(self.starts) else None

    def turn_of(self, frame: VideoFrame) -> tuple[int, bool]:
        """Degrees clockwise, and whether left and right are then swapped, as a probe tells them."""
        return turn_of(frame) if self._animation is None else self._animation.turn


class WebpShown(Shown):
    """Of a WebP, which FFmpeg does not read where it is animated."""

    def __init__(self, source: Source, animation: Animation) -> None:
        super().__init__(animation)
        self._source = source
        self._size = animation.width, animation.height

    def _frames(self) -> Iterator[VideoFrame]:
        return webp_frames(self._source, *self._size)


class StreamShown(Shown):
    """Of a picture stream that FFmpeg reads."""

    def __init__(self, container: InputContainer, stream: VideoStream, animation: Animation | None) -> None:
        super().__init__(animation)
        self.kind = container_named(container.format.name).name
        """Our name of the container."""
        self.tick = stream.time_base or Fraction(1)
        """Seconds that one step of the stream's clock lasts."""
        self.sample_aspect = sample_aspect(stream) or Fraction(1)
        self._container = container
        self._stream = stream
        self._context = _prepared(container, stream)
        self._first_tick: int | None = None
        self._packets = _Tally("packets that do not decode")
        self._pictures = _Tally("pictures that decode with damage")

    def packets(self) -> Iterator[Packet[VideoStream]]:
        """The stream's packets, undecoded; the last one is empty and tells a decoder to let go of what it holds."""
        return self._container.demux(self._stream)

    def seek(self, tick: int) -> None:
        """Let the next pass start at the last key frame whose decoding time is not behind that tick."""
        self._container.seek(tick, stream=self._stream)

    def seconds_of(self, frame: VideoFrame, index: int) -> float | None:
        if self.starts:
            return super().seconds_of(frame, index)
        tick = tick_of(frame)
        return None if tick is None or self._first_tick is None else float((tick - self._first_tick) * self.tick)

    def _frames(self) -> Iterator[VideoFrame]:
        for frame in self._decoded():
            if self._first_tick is None:
                self._first_tick = tick_of(frame)
            self._pictures.count(is_bad=frame.is_corrupt)
            yield frame

    def _decoded(self) -> Iterator[VideoFrame]:
        try:
            for packet in self.packets():
                yield from self._decode(packet)
        except DAMAGE:
            yield from self._decode(None)
            raise

    def _decode(self, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
        try:
            frames = self._context.decode(packet)
        except EOFError:
            return []
        except DAMAGE as error:
            self._packets.count(is_bad=True, said=_said(error))
            return []
        self._packets.count(is_bad=False)
        return frames

    def _complaints(self) -> Iterator[str]:
        yield from super()._complaints()
        yield from map(str, filter(None, (self._packets, self._pictures)))


@contextmanager
def shown(path: Path, stream_index: int | None = None) -> Iterator[Shown]:
    """The frames of a file: of the stream of that index, else of the one that a probe describes.

    Raises ProbeError, with a code of `refusals.REFUSALS`, for what cannot be opened or has no such pictures.
    """
    with regular_file(path) as source, ExitStack() as closing:
        # Not around the yield: what goes wrong there is not the file's fault.
        try:
            found = _opened(source, path.name, stream_index, closing)
        except DAMAGE as error:
            raise refusal("unreadable", f"{path.name} cannot be read: {_said(error)}") from error
        yield found


def tick_of(frame: VideoFrame) -> int | None:
    """When a frame is shown, by its stream's clock; None where nothing tells."""
    return frame.dts if frame.pts is None else frame.pts


def _opened(source: Source, name: str, index: int | None, closing: ExitStack) -> Shown:
    if is_webp(source.at(0, 12)):
        animation = animation_in(source)
        if animation is None:
            raise refusal("unreadable", f"{name} starts as WebP, but describes no picture")
        return WebpShown(source, animation)
    container = closing.enter_context(demuxer(source, name))
    is_page = container_named(container.format.name).name in PAGE_PICTURES
    stream = stream_taken(container, name) if index is None else _stream_of(container, index, name)
    return StreamShown(container, stream, animation_in(source) if is_page else None)


def _stream_of(container: InputContainer, index: int, name: str) -> VideoStream:
    stream = next((stream for stream in container.streams.video if stream.index == index), None)
    if stream is None:
        raise refusal("no_video", f"{name} has no picture stream {index}")
    if decoder_of(stream) is None:
        raise refusal("unknown_codec", f"{name}: the coding of picture stream {index} is not known")
    return stream


def _prepared(container: InputContainer, stream: VideoStream) -> VideoCodecContext:
    """The stream's decoder, bound in size, and alone."""
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    context = stream.codec_context
    # Many clips at a time are better served by one thread each than by several for one.
    context.thread_count = 1
    context.thread_type = ThreadType.NONE
    # PyAV hands the options of `av.open` to the look at the streams, but not to their decoders.
    context.options = {"max_pixels": str(MOST_PIXELS)}
    return context


def _starts(animation: Animation | None) -> Sequence[float]:
    """Seconds at which the frames of an animation start, by its own durations; none where there is no animation."""
    if animation is None:
        return ()
    return [float(start) for start in accumulate(animation.durations, initial=Fraction(0))][: animation.count]


def _said(error: BaseException) -> str:
    """What an error says, without its number."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


@dataclass(slots=True)
class _Tally:
    """How many of a kind went by, and how many of them were bad; false where none was."""

    title: str
    total: int = 0
    bad: int = 0
    first: int = 0
    said: str = ""

    def count(self, *, is_bad: bool, said: str = "") -> None:
        if is_bad and not self.bad:
            self.first, self.said = self.total, said
        self.bad += is_bad
        self.total += 1

    def __bool__(self) -> bool:
        return self.bad > 0

    def __str__(self) -> str:
        tail = f": {self.said}" if self.said else ""
        return f"{self.title}: {self.bad}, the first is number {self.first} from 0{tail}"
