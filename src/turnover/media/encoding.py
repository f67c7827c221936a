"""Clips cut out of clips, encoded anew so that every trainer reads them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Protocol

import av
from av.container import OutputContainer
from av.video.frame import VideoFrame

from turnover.core.colour import Colour
from turnover.core.probe import Probe
from turnover.core.rate import Rate
from turnover.errors import RefusedError, UsageError, WriteError
from turnover.media.demuxing import demuxer
from turnover.media.frame_colour import frame_colour
from turnover.media.frame_repeats import nearest_usual, repeats
from turnover.media.mp4_writing import PictureTrack, mp4
from turnover.media.opening import regular_file
from turnover.media.plain_pictures import square_size, yuv_of
from turnover.media.probe import probe
from turnover.media.shown import Shown, StreamShown, shown, tick_of
from turnover.media.sound_cut import SoundCut, sound_taken
from turnover.media.upright import shown_size

# H.264's highest level allows no longer side; the shortest holds one sample of chroma.
_LONGEST, _SHORTEST = 16_384, 2
# A frame that lasts longer than this many seconds is no part of a clip, but a wrong clock.
_LONGEST_STILL = 600


class Stop(Protocol):
    """A wish to stop, as `threading.Event` is one."""

    def is_set(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Written:
    """The clip that now stands at its place."""

    frame_count: int
    width: int
    height: int
    rate: Rate
    codec: str
    has_sound: bool = False
    is_resampled: bool = False
    """Whether frames were repeated or left out, because those of the source last differently long."""
    trouble: str | None = None
    """What kept parts of the source from being decoded well; None where nothing did."""


def write_clip(
    source: Path,
    target: Path,
    *,
    start: int = 0,
    stop: int | None = None,
    stream_index: int | None = None,
    keeps_sound: bool = True,
    colour: Colour | None = None,
    progress: Callable[[int], None] | None = None,
    cancel: Stop | None = None,
) -> Written:
    """Encode the shown frames [start, stop) of a video as an MP4, which replaces what stood at the target.

    Pictures: H.264, CRF 11, 8 bits 4:2:0 in limited range, upright, with square pixels, without alpha; of an odd side
    the last stored line is left out. Primaries, transfer and matrix are the source's, or `colour`'s where that says
    them; R'G'B' gets Rec. 601. Interlaced pictures stay woven.
    Rate: the source's own, a frame for a frame. Where it varies, the nearest usual rate: each period shows the frame
    that is nearest to it, so there are more or fewer of them.
    Sound: the one a player takes, cut to the same moments, as AAC.
    The same input gives the same bytes. `stop` None is the end; otherwise all of those frames are there, or no file is.

    progress: told the number of frames written so far; what it raises ends the writing, and leaves no file.
    Raises UsageError for a range that is none, ProbeError for what cannot be opened or converted, RefusedError for HDR,
    for what has no rate and for a range past the end, WriteError `cancelled` or `write_failed`.
    """
    if start < 0 or (stop is not None and stop <= start):
        raise UsageError(
            f"[{start}, {stop}) is no range of frames", hint="frames are counted from 0; stop is not in it"
        )
    known = probe(source)
    if stream_index not in (None, known.video.stream_index):
        raise RefusedError(f"{source.name}: the rate of picture stream {stream_index} is not known")
    cut = _Cut(source, known, start, stop, colour, keeps_sound=keeps_sound)
    with _neighbour(target) as temporary:
        return _write(cut, temporary, progress, cancel)


# ------------------------------------------------------------------------------------------------------ what is cut


class _Cut:
    """The frames to be written, and at which rate."""

    def __init__(
        self, source: Path, known: Probe, start: int, stop: int | None, colour: Colour | None, *, keeps_sound: bool
    ) -> None:
        video = known.video
        self.source, self.start, self.stop, self.told = source, start, stop, colour or video.colour
        self.stream_index = video.stream_index
        self.has_sound = keeps_sound and bool(known.audio)
        self.is_resampled = video.frame_rate is None
        self.end = video.duration_seconds
        if video.frame_rate is None and video.average_rate is None:
            raise RefusedError(
                f"{source.name} has no frame rate, so no clip can be made of it", hint="use its frames as stills"
            )
        self.rate = video.frame_rate or nearest_usual(video.average_rate or Rate(1))

    @property
    def name(self) -> str:
        return self.source.name

    def frames(self, frames: Shown) -> Iterator[tuple[VideoFrame, int]]:
        """Each frame of the range, and how many periods it takes up; raises RefusedError where some are missing."""
        count = 0
        for frame, times in self._repeated(frames):
            if times > _LONGEST_STILL * self.rate.fraction:
                raise RefusedError(
                    f"{self.name}: frame {self.start + count} lasts longer than {_LONGEST_STILL} seconds"
                )
            count += 1
            yield frame, times
        if not count or (self.stop is not None and count < self.stop - self.start):
            why = f": {frames.trouble}" if frames.trouble else ""
            raise RefusedError(
                f"{self.name} has no frame {self.start + count}{why}",
                hint="measure it again, or choose frames that it has",
            )

    def _repeated(self, frames: Shown) -> Iterator[tuple[VideoFrame, int]]:
        if not self.is_resampled:
            return ((frame, 1) for frame in islice(frames, self.start, self.stop))
        behind = None if self.stop is None else self.stop + 1
        numbered = islice(enumerate(frames), self.start, behind)
        return repeats(frames, numbered, stop=self.stop, end=self.end, rate=self.rate)


# ---------------------------------------------------------------------------------------------------------- writing


def _write(cut: _Cut, path: Path, progress: Callable[[int], None] | None, cancel: Stop | None) -> Written:
    with ExitStack() as closing:
        frames = closing.enter_context(shown(cut.source, cut.stream_index))
        film: _Film | None = None
        for frame, times in cut.frames(frames):
            film = film or _Film(cut, path, frames, frame, closing)
            if times < 1:
                continue
            picture = film.picture_of(frame)
            for _ in range(times):
                if cancel is not None and cancel.is_set():
                    raise WriteError("stopped before it was complete", hint="run it again", code="cancelled")
                film.add(picture)
                if progress is not None:
                    progress(film.track.count)
        assert film is not None, "a range without frames is refused"
        film.finish()
        return film.written(frames.trouble)


class _Film:
    """An MP4 in the making; what it needs open is closed with the stack."""

    def __init__(self, cut: _Cut, path: Path, frames: Shown, first: VideoFrame, closing: ExitStack) -> None:
        self._cut = cut
        self._colour = frame_colour(first, cut.told, name=cut.name)
        self._stored_size = square_size(first.width, first.height, frames.sample_aspect)
        self._turn = frames.turn_of(first)
        size = _even(self._stored_size, self._turn[0], cut.name)
        output = closing.enter_context(mp4(path))
        self.track = PictureTrack(output, size, cut.rate, self._colour)
        self._sound = _sound_of(cut, frames, first, output, closing) if cut.has_sound else None
        self._output = output

    def picture_of(self, frame: VideoFrame) -> VideoFrame:
        return yuv_of(frame, self._colour, size=self._stored_size, turn=self._turn, name=self._cut.name)

    def add(self, picture: VideoFrame) -> None:
        """One more period of the rate, with its sound."""
        self.track.add(picture)
        if self._sound is not None:
            self._output.mux(list(self._sound.until(self._cut.rate.seconds(self.track.count))))

    def finish(self) -> None:
        self.track.finish()
        if self._sound is not None:
            self._output.mux(list(self._sound.finish()))
        self._output.close()

    def written(self, trouble: str | None) -> Written:
        width, height = self.track.size
        bad_sound = self._sound.bad_packets if self._sound is not None else 0
        said = f"packets of sound that do not decode: {bad_sound}" if bad_sound else None
        return Written(
            frame_count=self.track.count,
            width=width,
            height=height,
            rate=self._cut.rate,
            codec=self.track.codec,
            has_sound=self._sound is not None,
            is_resampled=self._cut.is_resampled,
            trouble="; ".join(filter(None, (trouble, said))) or None,
        )


def _even(stored_size: tuple[int, int], rotation: int, name: str) -> tuple[int, int]:
    """The size of the clip."""
    width, height = (side // 2 * 2 for side in stored_size)
    if min(width, height) < _SHORTEST or max(width, height) > _LONGEST:
        raise RefusedError(
            f"{name} has pictures of {stored_size[0]}x{stored_size[1]}, which H.264 cannot hold",
            hint=f"sides are {_SHORTEST} to {_LONGEST}",
        )
    return shown_size((width, height), rotation)


def _sound_of(
    cut: _Cut, frames: Shown, first: VideoFrame, output: OutputContainer, closing: ExitStack
) -> SoundCut | None:
    """The sound from the moment on at which the first frame is shown; None where no moment is told, or no sound."""
    tick, seconds = tick_of(first), frames.seconds_of(first, cut.start)
    if tick is None or seconds is None or not isinstance(frames, StreamShown):
        return None
    begin = tick * frames.tick
    if not cut.is_resampled:
        # By the rate, since a coarse clock misplaces every frame but the first.
        begin += cut.rate.seconds(cut.start) - Fraction(seconds)
    container = closing.enter_context(demuxer(closing.enter_context(regular_file(cut.source)), cut.name))
    stream = sound_taken(container)
    return None if stream is None else SoundCut(container, stream, output, begin)


@contextmanager
def _neighbour(target: Path) -> Iterator[Path]:
    """A file beside the target that gets its name when all went well, and is gone when not."""
    temporary = target.with_name(f".{target.name[:40]}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _through_to_the_disk(temporary)
        temporary.replace(target)
    except (av.FFmpegError, OSError) as error:
        reason = error.strerror or str(error)
        raise WriteError(
            f"{target}: {reason}", hint="choose another place with --out, or free it", code="write_failed"
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def _through_to_the_disk(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())
