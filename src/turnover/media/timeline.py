"""When the frames of a stream are shown, and where decoding may start, by its packets alone."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import islice

from turnover.media.demuxing import DAMAGE
from turnover.media.frame_times import MOST_FRAMES
from turnover.media.shown import StreamShown


@dataclass(frozen=True, slots=True)
class Key:
    """A frame that needs no other to be decoded, in ticks of its stream's clock."""

    shown: int
    decoded: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A stream's frames in time, in ticks of its clock; of a damaged file, those up to the damage."""

    starts: array[int]
    """When each shown frame starts, in showing order."""
    keys: tuple[Key, ...]
    """Sorted by when they are shown; one that an edit list hides stands here too."""

    def key_for(self, start: int) -> Key | None:
        """The last key frame that is not shown after that tick; None where there is none."""
        place = bisect_right(self.keys, start, key=lambda key: key.shown)
        return self.keys[place - 1] if place else None

    def shown_from(self, key: Key) -> int:
        """How many frames are shown from a key frame on."""
        return len(self.starts) - bisect_left(self.starts, key.shown)


def timeline_of(frames: StreamShown) -> Timeline:
    """Where the frames stand, from the packets up to the file's end, which must be at its start."""
    starts = array("q")
    keys: list[Key] = []
    try:
        for packet in islice(frames.packets(), MOST_FRAMES):
            shown = packet.dts if packet.pts is None else packet.pts
            if packet.size == 0 or shown is None:
                continue
            if packet.is_keyframe:
                keys.append(Key(shown, shown if packet.dts is None else packet.dts))
            if not packet.is_discard:
                starts.append(shown)
    except DAMAGE:
        pass
    return Timeline(array("q", sorted(starts)), tuple(sorted(keys, key=lambda key: key.shown)))
