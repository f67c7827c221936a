"""The first and the last frames of a file, without what lies between where that is safe."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from av.video.frame import VideoFrame

from turnover.media.decode import DecodedFrame, decoded_frame
from turnover.media.demuxing import DAMAGE
from turnover.media.shown import Shown, StreamShown, shown, tick_of
from turnover.media.timeline import Key, Timeline, timeline_of

# Their indexes lead to key frames exactly; in others a seek is a guess by bytes.
_SEEKABLE = frozenset({"mov", "matroska"})


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """The two ends of a file; in a short one they share frames."""

    first: tuple[DecodedFrame, ...]
    last: tuple[DecodedFrame, ...]
    """Both in showing order, none where nothing decodes; `ssim_previous` is not taken."""
    frame_count: int
    """Shown frames of the whole file."""
    trouble: str | None
    """As `Pictures.trouble`, of what was decoded."""


class _Raw(NamedTuple):
    """A frame before its planes are taken."""

    number: int
    frame: VideoFrame


def ends(path: Path, count: int = 8, *, stream_index: int | None = None) -> Ends:
    """The first and the last `count` shown frames; the same whether the middle was decoded or not.

    No more than twice `count` frames are held at a time. Raises ProbeError as `decode.pictures` does.
    """
    known = _timeline(path, stream_index)
    if known is not None:
        with shown(path, stream_index) as frames:
            found = _by_seeking(frames, known, count, path.name)
        if found is not None:
            return found
    with shown(path, stream_index) as frames:
        return _by_decoding(frames, count, path.name)


def _timeline(path: Path, stream_index: int | None) -> Timeline | None:
    with shown(path, stream_index) as frames:
        return timeline_of(frames) if isinstance(frames, StreamShown) and frames.kind in _SEEKABLE else None


def _by_decoding(frames: Shown, count: int, name: str) -> Ends:
    first: list[_Raw] = []
    last: deque[_Raw] = deque(maxlen=count)
    total = 0
    for raw in map(_Raw._make, enumerate(frames)):
        total += 1
        if len(first) < count:
            first.append(raw)
        last.append(raw)
    return _ends(frames, first, last, total, name)


def _by_seeking(frames: Shown, known: Timeline, count: int, name: str) -> Ends | None:
    """None where a seek would save nothing, or did not give exactly the frames that the packets promise."""
    total = len(known.starts)
    key = known.key_for(known.starts[-count]) if total > 2 * count else None
    if key is None or not isinstance(frames, StreamShown) or known.shown_from(key) + count >= total:
        return None
    first = [_Raw(*numbered) for numbered in enumerate(islice(frames, count))]
    tail: deque[VideoFrame] = deque(maxlen=count)
    decoded = 0
    for frame in _from(frames, key):
        decoded += 1
        tail.append(frame)
    is_exact = decoded == known.shown_from(key) and [tick_of(frame) for frame in tail] == list(known.starts[-count:])
    if not is_exact or frames.trouble is not None:
        return None
    last = [_Raw(number, frame) for number, frame in enumerate(tail, total - count)]
    return _ends(frames, first, last, total, name)


def _from(frames: StreamShown, key: Key) -> Iterator[VideoFrame]:
    """The frames from a key frame on, without those that are decoded after it and shown before."""
    try:
        frames.seek(key.decoded)
    except DAMAGE:
        return
    for frame in frames:
        tick = tick_of(frame)
        if tick is not None and tick >= key.shown:
            yield frame


def _ends(frames: Shown, first: list[_Raw], last: list[_Raw] | deque[_Raw], total: int, name: str) -> Ends:
    turn = frames.turn_of(first[0].frame) if first else (0, False)
    taken = [
        tuple(decoded_frame(frames, raw.frame, raw.number, turn=turn, name=name) for raw in end)
        for end in (first, last)
    ]
    return Ends(taken[0], taken[1], total, frames.trouble)
