"""From a clip's bytes to its pictures.

PyAV decodes everything that the rest of the program reads. torchcodec is three times as fast; it is asked only where
it gives the same pixels: 8-bit video in MP4, Matroska and AVI, whose content cannot name another file either.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias, cast, get_args

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from turnover.errors import ProbeError, UsageError
from turnover.media.containers import PAGE_PICTURES, container_named
from turnover.media.demuxing import DAMAGE, demuxer
from turnover.media.opening import Source
from turnover.media.pages import animation_in
from turnover.media.pictures import stream_taken
from turnover.media.shown import Shown, StreamShown, WebpShown
from turnover.media.upright import upright
from turnover.media.webp import is_webp
from turnover.torch.needed import Tensor, torch_module
from turnover.torch.picking import Picking

Decoder = Literal["auto", "pyav", "torchcodec"]
"""`auto` is torchcodec where it is installed and works, else PyAV."""

MOST_BYTES = 8 << 30
"""Of the pictures of one clip."""

Pictures: TypeAlias = NDArray[np.uint8]

_EIGHT_BITS = frozenset(f"yuv{full}{chroma}p" for full in ("", "j") for chroma in ("420", "422", "444"))
_HINT = "`turnover probe --scan` tells more; leave it out with `keep` or on_error='skip'"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the dataset says of a clip."""

    name: str
    """For messages."""
    frame_count: int | None
    rate: Fraction | None
    key: str
    """Names the draw of a random place."""


def decoder_for(wish: Decoder) -> Decoder:
    """`pyav` or `torchcodec`; raises UsageError where torchcodec is wished for and does not work."""
    if wish not in get_args(Decoder):
        raise UsageError(f"decoder is one of {', '.join(get_args(Decoder))}, not {wish!r}")
    if wish == "pyav":
        return wish
    try:
        _video_decoder()
    except (ImportError, OSError, RuntimeError) as error:
        if wish == "auto":
            return "pyav"
        raise UsageError(
            f"torchcodec does not work here: {str(error).strip().splitlines()[0]}",
            hint="it needs FFmpeg's shared libraries, and the wheel for this PyTorch; decoder='pyav' needs neither",
            code="no_torchcodec",
        ) from error
    return "torchcodec"


def decoded(content: bytes, claim: Claim, picking: Picking, *, decoder: Decoder) -> Tensor:
    """The picked frames of a clip as it is shown, turned upright: (frames, 3, height, width), uint8, R'G'B' 0-255.

    Raises ProbeError for a clip that is damaged or not what the dataset says.
    """
    torch = torch_module()
    try:
        found = _by_torchcodec(content, claim, picking) if decoder == "torchcodec" else None
        pictures = _by_pyav(content, claim, picking) if found is None else found
    except ProbeError as error:
        if claim.name in error.message:
            raise
        raise ProbeError(f"{claim.name}: {error.message}", hint=error.hint or _HINT, code=error.code) from error
    return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)))


# ---------------------------------------------------------------------------------------------------------- PyAV


def _by_pyav(content: bytes, claim: Claim, picking: Picking) -> Pictures:
    """(frames, height, width, 3)."""
    places = None if claim.frame_count is None else picking.steady(claim.frame_count, claim.rate, key=claim.key)
    if places is None:
        places = picking.timed(_starts(content, claim.name), key=claim.key)
    with _shown(content, claim.name) as frames:
        pictures = _filled(frames, places)
        if frames.trouble is not None:
            raise ProbeError(f"is damaged: {frames.trouble}", hint=_HINT)
        return pictures


def _filled(frames: Shown, places: Sequence[int]) -> Pictures:
    """The frames at those places, which ascend and may repeat."""
    pictures: Pictures | None = None
    turn: tuple[int, bool] | None = None
    done = count = 0
    for index, frame in enumerate(frames):
        count += 1
        turn = turn or frames.turn_of(frame)
        if index == places[done]:
            picture = _drawn(frame, turn)
            pictures = _room(len(places), picture) if pictures is None else pictures
            if picture.shape != pictures.shape[1:]:
                raise ProbeError(f"changes its size at frame {index}", hint=_HINT)
            while done < len(places) and places[done] == index:
                pictures[done] = picture
                done += 1
            if done == len(places):
                return pictures
    tail = f" ({frames.trouble})" if frames.trouble else ""
    raise ProbeError(f"ends before frame {places[done]}, after {count}{tail}", hint=_HINT)


def _drawn(frame: VideoFrame, turn: tuple[int, bool]) -> Pictures:
    """(height, width, 3), upright."""
    try:
        # A converter with threads, thrown away by the garbage collector of a forked worker, would take that with it.
        converted = frame.reformat(format="rgb24", threads=1)
        return upright(np.asarray(converted.to_ndarray(), np.uint8), *turn)
    except DAMAGE as error:
        raise ProbeError(f"has a {frame.format.name} picture that is not converted: {error}", hint=_HINT) from error


def _room(count: int, picture: Pictures) -> Pictures:
    size = count * picture.nbytes
    if size > MOST_BYTES:
        raise ProbeError(
            f"takes {size >> 20} MiB as pictures, at most {MOST_BYTES >> 20} are given",
            hint="ask for fewer frames with num_frames",
        )
    return np.empty((count, *picture.shape), np.uint8)


def _starts(content: bytes, name: str) -> list[float]:
    """Seconds from the first frame to each; frames without a time follow the one before at once."""
    starts: list[float] = []
    with _shown(content, name) as frames:
        for index, frame in enumerate(frames):
            seconds = frames.seconds_of(frame, index)
            starts.append(seconds if seconds is not None else starts[-1] if starts else 0.0)
        if frames.trouble is not None:
            raise ProbeError(f"is damaged: {frames.trouble}", hint=_HINT)
    return starts


@contextmanager
def _shown(content: bytes, name: str) -> Iterator[Shown]:
    """As `media.shown.shown`, of bytes at hand."""
    if not content:
        raise ProbeError("is empty", hint=_HINT)
    # Of a file it uses what BytesIO has too.
    source = Source(cast("io.FileIO", io.BytesIO(content)), len(content), 4 * len(content) + (1 << 30))
    with ExitStack() as closing:
        try:
            found = _opened(source, name, closing)
        except DAMAGE as error:
            raise ProbeError(f"cannot be read: {error}", hint=_HINT) from error
        yield found


def _opened(source: Source, name: str, closing: ExitStack) -> Shown:
    animation = animation_in(source)
    if is_webp(source.at(0, 12)):
        if animation is None:
            raise ProbeError("starts as WebP, but describes no picture", hint=_HINT)
        return WebpShown(source, animation)
    container = closing.enter_context(demuxer(source, name))
    is_page = container_named(container.format.name).name in PAGE_PICTURES
    return StreamShown(container, stream_taken(container, name), animation if is_page else None)


# ---------------------------------------------------------------------------------------------------- torchcodec


def _by_torchcodec(content: bytes, claim: Claim, picking: Picking) -> Pictures | None:
    """(frames, height, width, 3); None for what is left to PyAV."""
    if not _is_plain_video(content[:12]) or claim.frame_count is None:
        return None
    places = picking.steady(claim.frame_count, claim.rate, key=claim.key)
    if places is None:
        return None
    try:
        video = _video_decoder()(content, dimension_order="NHWC")
        told = video.metadata
        # Whatever it counts or converts otherwise is for PyAV to give, or to refuse.
        if told.num_frames != claim.frame_count or told.pixel_format not in _EIGHT_BITS:
            return None
        if len(places) * told.width * told.height * 3 > MOST_BYTES:
            return None
        found: Pictures = video.get_frames_at(places).data.numpy()
        return found
    except (RuntimeError, ValueError, IndexError, TypeError):
        return None


def _is_plain_video(head: bytes) -> bool:
    """Whether it is MP4 or QuickTime, Matroska or WebM, AVI."""
    return head[4:8] == b"ftyp" or head[:4] == b"\x1a\x45\xdf\xa3" or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")


def _video_decoder() -> Any:
    from torchcodec.decoders import VideoDecoder  # noqa: PLC0415

    return VideoDecoder
