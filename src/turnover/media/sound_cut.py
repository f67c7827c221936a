"""A stretch of a file's sound, encoded anew beside its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Discard, Disposition
from numpy.typing import NDArray

from turnover.media.demuxing import DAMAGE

Samples = NDArray[np.float32]
"""(channels, samples), float32, -1 to 1."""

# ISO/IEC 14496-3, table 1.18, without 7350, which players refuse.
_RATES = frozenset({96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000})
_USUAL_RATE = 48_000
_BITS_PER_CHANNEL = 128_000
# Clocks of milliseconds misplace blocks by less; what is more is a gap or an overlap.
_SLACK_SECONDS = Fraction(1, 50)


def sound_taken(container: InputContainer) -> AudioStream | None:
    """The sound stream that a player takes; None where there is none, or none whose coding is known."""
    known = [stream for stream in container.streams.audio if _decoder_of(stream) is not None]
    return min(known, key=lambda stream: (not stream.disposition & Disposition.default, stream.index), default=None)


def _decoder_of(stream: AudioStream) -> AudioCodecContext | None:
    """The stream's decoder; None for a coding that FFmpeg does not know."""
    return stream.codec_context


class SoundCut:
    """The sound of one stream from a moment on, as AAC in a stream of an output.

    Mono stays mono, all else becomes stereo. Where the stream begins later or has a gap, there is silence, so that
    sound and pictures stay together; where it ends early, so does the cut.
    """

    def __init__(
        self, container: InputContainer, stream: AudioStream, output: OutputContainer, start: Fraction
    ) -> None:
        """start: in seconds by the clock of the container."""
        self._container, self._stream, self._start = container, stream, start
        self._layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        rate = stream.codec_context.sample_rate
        self._rate = rate if rate in _RATES else _USUAL_RATE
        self._out = output.add_stream("aac", rate=self._rate, options={"flags": "+bitexact"})
        self._out.codec_context.layout = self._layout
        self._out.codec_context.bit_rate = _BITS_PER_CHANNEL * (1 if self._layout == "mono" else 2)
        self._aligned = self._from_start()
        self._waiting: Samples = np.empty((0, 0), np.float32)
        self._done = 0
        self.bad_packets = 0
        """How many did not decode."""

    def until(self, seconds: Fraction) -> Iterator[Packet[AudioStream]]:
        """What comes before that moment, counted from the start, and was not given yet."""
        total = round(seconds * self._rate)
        while self._done < total:
            if not self._waiting.size:
                following = next(self._aligned, None)
                if following is None:
                    return
                self._waiting = following
            part, self._waiting = np.split(self._waiting, [total - self._done], axis=1)
            yield from self._out.encode(self._framed(part))
            self._done += part.shape[1]

    def finish(self) -> Iterator[Packet[AudioStream]]:
        """What the encoder still holds."""
        yield from self._out.encode(None)

    def _framed(self, part: Samples) -> AudioFrame:
        # The encoder refuses what is no sound.
        sound = np.clip(np.nan_to_num(part), -1, 1).astype(np.float32)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound), "fltp", self._layout)
        frame.sample_rate, frame.pts, frame.time_base = self._rate, self._done, Fraction(1, self._rate)
        return frame

    def _from_start(self) -> Iterator[Samples]:
        """Blocks that follow each other without a gap, the first of them at the start."""
        here: int | None = None
        for at, block in self._timed():
            if here is None:
                here = 0 if at is None else at
                yield from self._silence(0, here, len(block))
            # Blocks are counted rather than dated: a coarse clock would misplace each of them anew.
            elif at is not None and at - here > _SLACK_SECONDS * self._rate:
                yield from self._silence(max(0, here), at, len(block))
                here = at
            elif at is not None and here - at > _SLACK_SECONDS * self._rate:
                block = block[:, here - at :]
            kept = block[:, max(0, -here) :]
            here += block.shape[1]
            if kept.size:
                yield kept

    def _silence(self, first: int, stop: int, channels: int) -> Iterator[Samples]:
        """In pieces of a second: what a file claims may be years."""
        for at in range(first, stop, self._rate):
            yield np.zeros((channels, min(self._rate, stop - at)), np.float32)

    def _timed(self) -> Iterator[tuple[int | None, Samples]]:
        """Decoded blocks and when they begin, in samples from the start; None where nothing tells."""
        resampler = AudioResampler("fltp", self._layout, self._rate)
        try:
            for frame in self._decoded():
                for part in resampler.resample(frame):
                    yield self._placed(part)
            for part in resampler.resample(None):
                yield self._placed(part)
        except DAMAGE:
            self.bad_packets += 1

    def _placed(self, part: AudioFrame) -> tuple[int | None, Samples]:
        seconds = None if part.pts is None or part.time_base is None else part.pts * part.time_base
        at = None if seconds is None else round((seconds - self._start) * self._rate)
        return at, part.to_ndarray().astype(np.float32, copy=False)

    def _decoded(self) -> Iterator[AudioFrame]:
        for other in self._container.streams:
            if other.index != self._stream.index:
                other.discard = Discard.all
        self._stream.codec_context.thread_count = 1
        for packet in self._container.demux(self._stream):
            try:
                frames = packet.decode()
            except EOFError:
                return
            except DAMAGE:
                self.bad_packets += 1
                continue
            yield from frames
