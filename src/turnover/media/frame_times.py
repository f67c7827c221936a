"""When each frame of a file is shown."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from fractions import Fraction
from itertools import accumulate, islice
from pathlib import Path

from av.container import InputContainer
from av.stream import Discard

from turnover.media.demuxing import DAMAGE, demuxer
from turnover.media.opening import regular_file
from turnover.media.pages import animation_in
from turnover.media.refusals import refusal

MOST_FRAMES = 20_000_000


def frame_times(path: Path, stream_index: int) -> array[float]:
    """Seconds from the first frame that is shown to each of them, in showing order; packets are read, not decoded.

    Frames that an edit list hides do not count. Of a damaged file, the frames up to the damage.
    Raises ProbeError for a file that cannot be opened, or has no such stream.
    """
    with regular_file(path) as source:
        try:
            animation = animation_in(source)
            if animation is not None:
                starts = accumulate(animation.durations, initial=Fraction(0))
                return array("d", map(float, islice(starts, animation.count)))
            with demuxer(source, path.name) as container:
                return _demuxed(container, path, stream_index)
        except DAMAGE as error:
            raise refusal("unreadable", f"{path.name} cannot be read: {error}") from error


def _demuxed(container: InputContainer, path: Path, index: int) -> array[float]:
    tick = container.streams[index].time_base if index < len(container.streams) else None
    if tick is None:
        raise refusal("no_video", f"{path.name} has no stream {index} with a clock")
    starts = sorted(islice(_starts(container, index), MOST_FRAMES))
    return array("d", (float((start - starts[0]) * tick) for start in starts))


def _starts(container: InputContainer, index: int) -> Iterator[int]:
    """The ticks at which frames start, in the file's order, up to the end or to what cannot be read."""
    for stream in container.streams:
        if stream.index != index:
            stream.discard = Discard.all
    try:
        for packet in container.demux(container.streams[index]):
            start = packet.dts if packet.pts is None else packet.pts
            if packet.size > 0 and not packet.is_discard and start is not None:
                yield start
    except DAMAGE:
        return
