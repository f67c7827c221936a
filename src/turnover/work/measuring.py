"""Measures one file, in a worker process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path

import cv2

from turnover.core.clip import Clip
from turnover.core.measurement import Boundary, Face, Measurement
from turnover.errors import ProbeError
from turnover.frames.boundaries import NEIGHBOURS, SeamWatch, boundary
from turnover.frames.measure import measure
from turnover.frames.picture import Picture
from turnover.frames.prints import PrintWatch
from turnover.frames.summary import measurement_of
from turnover.media.decode import DecodedFrame, pictures
from turnover.media.ends import ends
from turnover.media.faces import FaceFinder, faces_of, finder, steadied
from turnover.media.thumbnails import filmstrip
from turnover.media.upright import upright

FACE_STEP = 8
"""Every so many frames a detector looks for faces, and at the first and the last."""

_REPORT_STEP = 16


@dataclass(frozen=True, slots=True)
class MeasureTask:
    """What a worker needs to measure one file."""

    path: Path
    digest: str
    method: str
    stream_index: int
    frames_per_second: float | None
    model: Path | None
    """The face detector's file; None for the detector that comes with OpenCV."""
    seams: tuple[int, ...] = ()
    """First frames of the segments inside the file that follow another."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a worker gives back."""

    measurement: Measurement
    seams: Mapping[int, Boundary]
    """First frame of the later segment → the seam before it."""


def measure_file(task: MeasureTask, report: Callable[[float], None]) -> Result:
    """Measure one file in one pass. Raises ProbeError where it cannot be opened."""
    cv2.setNumThreads(1)  # one video, one core: the others have videos of their own
    detector = _detector(task.model)
    watch = SeamWatch(task.seams)
    prints = PrintWatch()
    looks: list[tuple[Face, ...]] = []
    with pictures(task.path, stream_index=task.stream_index) as frames:
        taken = measure(
            prints.watched(watch.watched(with_faces(frames, detector, looks))),
            frames_per_second=task.frames_per_second,
            finds_every_face=not detector.misses,
            progress=lambda done: report(done) if done % _REPORT_STEP == 0 else None,
        )
        trouble = frames.trouble
    faces = chain.from_iterable(steadied(looks, sure=detector.sure))
    measured = measurement_of(
        replace(taken, faces=tuple(faces)),
        digest=task.digest,
        method=task.method,
        face_detector=detector.name,
        trouble=trouble,
    )
    return Result(replace(measured, prints=prints.prints), watch.boundaries)


def seam_between(earlier: Clip, later: Clip) -> Boundary | None:
    """The seam between the end of one file and the start of the next; None where one has no picture.

    Raises ProbeError where one cannot be opened.
    """
    before = ends(earlier.path, NEIGHBOURS, stream_index=earlier.probe.video.stream_index).last
    after = ends(later.path, NEIGHBOURS, stream_index=later.probe.video.stream_index).first
    if not before or not after:
        return None
    rates = (earlier.probe.video.frame_rate, later.probe.video.frame_rate)
    return boundary(map(_turned, before), map(_turned, after), rates=rates)


def filmstrip_of(clip: Clip) -> bytes | None:
    """A JPEG of pictures side by side; None where none can be had."""
    try:
        return filmstrip(clip.path, stream_index=clip.probe.video.stream_index)
    except ProbeError:
        return None


@lru_cache(maxsize=1)
def _detector(model: Path | None) -> FaceFinder:
    """One for each process: it may not be shared."""
    return finder(model)


def with_faces(
    frames: Iterable[DecodedFrame], detector: FaceFinder, looks: list[tuple[Face, ...]]
) -> Iterator[Picture]:
    """The pictures, every `FACE_STEP`th of them looked at, and the last; what each look found goes to `looks`."""
    waiting: DecodedFrame | None = None
    for frame in frames:
        if waiting is not None:
            yield _looked_at(waiting, detector, looks) if waiting.index % FACE_STEP == 0 else picture_of(waiting)
        waiting = frame
    if waiting is not None:
        yield _looked_at(waiting, detector, looks)


def _looked_at(frame: DecodedFrame, detector: FaceFinder, looks: list[tuple[Face, ...]]) -> Picture:
    picture = picture_of(frame)
    picture.faces = faces_of(
        detector,
        frame.luma,
        frame=frame.index,
        black=frame.black,
        white=frame.white,
        rotation=frame.rotation,
        is_mirrored=frame.is_mirrored,
    )
    looks.append(picture.faces)
    return picture


def picture_of(frame: DecodedFrame) -> Picture:
    return Picture(
        luma=frame.luma,
        black=frame.black,
        white=frame.white,
        blue=frame.blue,
        red=frame.red,
        ssim_previous=frame.ssim_previous,
        reduced=frame.small,
    )


def _turned(frame: DecodedFrame) -> Picture:
    """The picture upright: two segments may be stored one way and another."""
    picture = picture_of(frame)
    if frame.rotation == 0 and not frame.is_mirrored:
        return picture
    luma, blue, red = (
        None if plane is None else upright(plane, frame.rotation, frame.is_mirrored)
        for plane in (frame.luma, frame.blue, frame.red)
    )
    assert luma is not None
    return Picture(luma, frame.black, frame.white, blue, red)
