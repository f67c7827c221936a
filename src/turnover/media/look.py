"""One pass over a stream's packets: when frames are shown, how many there are, and one picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard
from av.video.stream import VideoStream

from turnover.media.first_picture import FirstPicture, FirstPictureSearch
from turnover.media.nal_units import adds_up, length_size
from turnover.media.timing import Times

# Enough to tell a rate from its neighbours on a clock of milliseconds; clips that AI makes are seldom longer.
GLANCE_PACKETS = 300
# Intra-coded 4K has megabytes in each frame.
GLANCE_BYTES = 1 << 26
# No codec holds more frames back than this (ITU-T H.264 A.3.1, H.265 A.4.2).
_MOST_REORDERED = 16


@dataclass(frozen=True, slots=True)
class Look:
    """What a pass over the packets found."""

    times: Times
    shown: int
    """Packets that are not empty and that no edit list hides."""
    is_whole: bool
    """Whether the end of the stream was reached without trouble."""
    picture: FirstPicture | None
    undecodable: str | None
    """What the decoder said, where no picture came out."""
    broken_off: str | None
    """What the reader said, where it could not go on."""
    damaged: tuple[int, ...]
    """Places, from 0, of packets whose units do not add up."""
    has_side_pictures: bool
    """Whether packets carry a second picture beside the first: VP8's and VP9's alpha."""


def look(container: InputContainer, stream: VideoStream, *, packets: int | None) -> Look:
    """A pass over the stream until one picture decoded and that many packets were seen; None means all of them."""
    search = FirstPictureSearch(stream)
    reader = _Reader(container, stream)
    tally = _Tally(stream)
    is_stopped = False
    for packet in reader:
        tally.add(packet)
        search.offer(packet)
        is_enough = packets is not None and (tally.packets >= packets or tally.size >= GLANCE_BYTES)
        if is_enough and search.is_over:
            is_stopped = True
            break
    search.finish()
    is_whole = not is_stopped and reader.trouble is None
    return Look(
        times=tally.times(is_whole=is_whole),
        shown=tally.shown,
        is_whole=is_whole,
        picture=search.picture,
        undecodable=None if search.picture else search.trouble or "no picture came out",
        broken_off=reader.trouble,
        damaged=tuple(tally.damaged),
        has_side_pictures=tally.has_side_pictures,
    )


class _Tally:
    """What the packets are, apart from their pictures."""

    def __init__(self, stream: VideoStream) -> None:
        context = stream.codec_context
        self._unit_length = length_size(context.codec.canonical_name, context.extradata)
        self._tick = stream.time_base or Fraction(1)
        self._stamps: list[_Stamp] = []
        self._newest: int | None = None
        self.packets = self.size = self.shown = 0
        self.damaged: list[int] = []
        self.has_side_pictures = False

    def add(self, packet: Packet[VideoStream]) -> None:
        if self.packets == 0:
            self.has_side_pictures = _has_side_picture(packet)
        if self._unit_length is not None and not adds_up(bytes(packet), self._unit_length):
            self.damaged.append(self.packets)
        self.packets += 1
        self.size += packet.size
        if packet.dts is not None:
            self._newest = packet.dts
        if not packet.is_discard:
            self.shown += 1
            self._stamps.append(_Stamp(packet.pts, packet.dts, packet.duration))

    def times(self, *, is_whole: bool) -> Times:
        """The times in showing order; of a pass that stopped early those that no later packet can come before."""
        ordered = sorted(self._starts(), key=lambda start: start[0])
        if not is_whole:
            newest = self._newest
            ordered = [s for s in ordered if s[0] <= newest] if newest is not None else ordered[:-_MOST_REORDERED]
        return Times(
            tick=self._tick,
            starts=[start for start, _ in ordered],
            last_duration=ordered[-1][1] if is_whole and ordered else None,
            is_whole=is_whole,
            reordered=_MOST_REORDERED if any(s.shown != s.decoded for s in self._stamps) else 0,
        )

    def _starts(self) -> list[tuple[int, int | None]]:
        """Start and duration of each frame, none at all where some have no time.

        Program streams leave out the showing times of their last frames; the decoding times have the same steps.
        """
        shown = [(stamp.shown, stamp.duration) for stamp in self._stamps if stamp.shown is not None]
        if len(shown) == len(self._stamps):
            return shown
        decoded = [(stamp.decoded, stamp.duration) for stamp in self._stamps if stamp.decoded is not None]
        return decoded if len(decoded) == len(self._stamps) else []


class _Stamp(NamedTuple):
    """The times of one packet, in ticks."""

    shown: int | None
    decoded: int | None
    duration: int | None


def _has_side_picture(packet: Packet[VideoStream]) -> bool:
    """Whether a Matroska block has an addition of the kind 1, which is alpha (WebM container guidelines)."""
    if not packet.has_sidedata("matroska_block_additional"):
        return False
    return bytes(packet.get_sidedata("matroska_block_additional"))[:8] == (1).to_bytes(8, "big")


class _Reader:
    """The stream's packets, up to the end or to what cannot be read."""

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._container = container
        self._stream = stream
        self.trouble: str | None = None

    def __iter__(self) -> Iterator[Packet[VideoStream]]:
        for other in self._container.streams:
            if other.index != self._stream.index:
                other.discard = Discard.all
        try:
            for packet in self._container.demux(self._stream):
                # The last ones are empty and only tell decoders to let go of what they hold.
                if packet.size > 0:
                    yield packet
        except (av.FFmpegError, OSError) as error:
            self.trouble = getattr(error, "strerror", None) or str(error)
