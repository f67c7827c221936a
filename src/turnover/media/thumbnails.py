"""Small pictures of a clip for a page, as JPEG: upright, in their true shape and colours; HDR is not toned down."""

from __future__ import annotations

import io
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from numpy.typing import NDArray
from PIL import Image

from turnover.media.demuxing import DAMAGE
from turnover.media.planes import FULL, range_of
from turnover.media.refusals import refusal
from turnover.media.shown import Shown, StreamShown, shown, tick_of
from turnover.media.timeline import Timeline, timeline_of
from turnover.media.upright import upright

Pixels: TypeAlias = NDArray[np.uint8]
"""(height, width, 3), uint8, R'G'B', 0-255."""
Choice: TypeAlias = Callable[[Sequence[float]], Sequence[int]]
"""From the seconds at which frames start the places of the wanted ones, ascending."""

# No panorama is wider; a flat strip of one row must not become a picture of millions.
_WIDEST = 8
# What a JPEG's header can say (ITU-T T.81, B.2.2).
_LONGEST = 65_000
_QUALITY = 85
# Without the last two, swscale's result depends on the machine's vector instructions.
_SMOOTH = int(Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.BITEXACT)
# H.273 matrix → swscale's number of it.
_MATRICES = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}
# Where nothing is said, players take Rec. 709 for what is larger than standard definition.
_LARGEST_SD = (1024, 576)


def filmstrip(path: Path, count: int = 12, height: int = 90, *, stream_index: int | None = None) -> bytes:
    """Up to `count` frames from all over the clip side by side, each as high as asked: a JPEG.

    Raises ProbeError for what cannot be opened, and where no picture comes out; damage shows as fewer frames.
    """
    cells = list(_cells(path, stream_index, lambda times: _spread(len(times), count), height))
    width = _LONGEST // len(cells)
    return _jpeg(np.hstack([cell[:, :width] for cell in cells]))


def thumbnail(path: Path, at: float = 0.0, height: int = 360, *, stream_index: int | None = None) -> bytes:
    """The frame that is shown so many seconds after the first one starts, the last where that is too late: a JPEG.

    Raises ProbeError as `filmstrip` does.
    """
    cells = _cells(path, stream_index, lambda times: (max(0, bisect_right(times, at) - 1),), height)
    return _jpeg(next(cells))


def _spread(total: int, count: int) -> tuple[int, ...]:
    """The middle frames of equal parts; the first alone where nothing is known."""
    parts = max(1, min(total, count))
    return tuple((2 * part + 1) * total // (2 * parts) for part in range(parts))


def _cells(path: Path, stream_index: int | None, choose: Choice, height: int) -> Iterator[Pixels]:
    """The wanted frames; at least one, or ProbeError `unreadable`."""
    with shown(path, stream_index) as frames:
        known = timeline_of(frames) if isinstance(frames, StreamShown) else None
        wanted = choose(frames.starts or _times(frames, known))
    trouble: str | None = None
    for pick in (_sought, _passed):
        is_found = False
        with shown(path, stream_index) as frames:
            for frame in pick(frames, known, wanted):
                is_found = True
                yield _cell(frames, frame, height, path.name)
            trouble = frames.trouble
        if is_found:
            return
    raise refusal("unreadable", f"{path.name} gives no picture: {trouble}")


def _times(frames: Shown, known: Timeline | None) -> Sequence[float]:
    if known is None or not isinstance(frames, StreamShown):
        return ()
    return [float((start - known.starts[0]) * frames.tick) for start in known.starts]


def _passed(frames: Shown, known: Timeline | None, wanted: Sequence[int]) -> Iterator[VideoFrame]:
    """The wanted frames out of a pass over all before the last of them."""
    places = set(wanted)
    for place, frame in enumerate(frames):
        if place in places:
            yield frame
        if place >= wanted[-1]:
            return


def _sought(frames: Shown, known: Timeline | None, wanted: Sequence[int]) -> Iterator[VideoFrame]:
    """The same from the key frame before each; nothing where that is more work than a pass, or cannot be done."""
    if known is None or not isinstance(frames, StreamShown) or not known.starts or frames.starts:
        return
    targets = [known.starts[place] for place in wanted]
    keys = [known.key_for(target) for target in targets]
    found = [key for key in keys if key is not None]
    decoded = sum(
        place + 1 - bisect_left(known.starts, key.shown) for place, key in zip(wanted, keys, strict=True) if key
    )
    if len(found) < len(keys) or 2 * decoded > wanted[-1]:
        return
    for key, target in zip(found, targets, strict=True):
        try:
            frames.seek(key.decoded)
        except DAMAGE:
            continue
        yield from _first_from(frames, target)


def _first_from(frames: Shown, target: int) -> Iterator[VideoFrame]:
    for frame in frames:
        tick = tick_of(frame)
        if tick is not None and tick >= target:
            yield frame
            return


def _cell(frames: Shown, frame: VideoFrame, height: int, name: str) -> Pixels:
    """The frame as it is shown, reduced or enlarged to that height."""
    rotation, is_mirrored = frames.turn_of(frame)
    width, lines = frame.width * frames.sample_aspect, frame.height
    is_upended = rotation in (90, 270)
    shape = lines / width if is_upended else width / lines
    across = max(1, min(round(height * shape), _WIDEST * height))
    stored = (height, across) if is_upended else (across, height)
    try:
        return upright(_rgb(frame, *stored), rotation, is_mirrored)
    except DAMAGE as error:
        raise refusal("unreadable", f"{name}: a frame of {frame.format.name} is not converted: {error}") from error


def _rgb(frame: VideoFrame, width: int, height: int) -> Pixels:
    """The frame as R'G'B' of that size."""
    is_rgb = frame.format.is_rgb or frame.format.has_palette
    is_sd = frame.width <= _LARGEST_SD[0] and frame.height <= _LARGEST_SD[1]
    assumed = Colorspace.ITU601 if is_sd else Colorspace.ITU709
    small = frame.reformat(
        width=width,
        height=height,
        format="rgb24",
        src_colorspace=None if is_rgb else _MATRICES.get(frame.colorspace, int(assumed)),
        src_color_range=None if is_rgb else range_of(frame),
        dst_color_range=FULL,
        interpolation=_SMOOTH,
        threads=1,
    )
    return np.asarray(small.to_ndarray(), np.uint8)


def _jpeg(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
