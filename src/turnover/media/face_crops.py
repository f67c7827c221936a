"""Pictures of the best faces of a video, cut out of its frames."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from av.video.frame import VideoFrame

from turnover.core.colour import Colour
from turnover.core.measurement import Face
from turnover.errors import ProbeError, RefusedError
from turnover.media.crops import Crop, CropStyle, NoCrop, crop
from turnover.media.demuxing import DAMAGE
from turnover.media.face_choice import match, ranked
from turnover.media.faces import FaceFinder, faces_of
from turnover.media.frame_colour import frame_colour
from turnover.media.planes import planes_of
from turnover.media.shown import Shown, shown
from turnover.media.shown_colours import CodedPicture

# How many are ready to stand in for each that cannot be cropped.
_RESERVES = 2
# What `planes_of` turns R'G'B' into Y'CbCr with.
_REC709 = 1


@dataclass(frozen=True, slots=True)
class CroppedFace:
    """One face with its picture."""

    face: Face
    """As it was found by whoever looked last, with the confidence of the first look."""
    crop: Crop


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A face that would have been taken, and gives no picture."""

    face: Face
    reason: str
    """One of `crops.Reason`, or `not_decoded`, `refused`."""
    sentence: str


@dataclass(frozen=True, slots=True)
class CroppedFaces:
    """What a clip's faces gave."""

    crops: tuple[CroppedFace, ...]
    """In order of time."""
    left_out: tuple[LeftOut, ...]
    """In order of time; faces that were not needed do not stand here."""


def face_crops(
    source: Path,
    faces: Sequence[Face],
    style: CropStyle | None = None,
    *,
    most: int = 3,
    finder: FaceFinder | None = None,
    stream_index: int | None = None,
    colour: Colour | None = None,
) -> CroppedFaces:
    """Pictures of up to `most` of these faces, chosen by `face_choice.ranked`, out of one pass.

    The pass ends as soon as no better one can come. Where the best cannot be cropped the next best is taken.
    finder: looks again at the frames that are cropped, for a closer box and closer points; where it finds nothing at a
    face's place, the face stays as it is. colour: as for `stills.stills`. The same input gives the same crops.
    Raises ProbeError for what cannot be opened.
    """
    style = style or CropStyle()
    refused = [(face, why) for face in faces if (why := _refused(face, style)) is not None]
    gone = {id(face) for face, _ in refused}
    wanted = ranked(
        (face for face in faces if id(face) not in gone),
        up_to=(1 + _RESERVES) * most,
        most=most,
        side=(style.size or 256) / (1 if style.is_aligned else style.margin),
    )
    results = _Results(most, [LeftOut(face, why.reason, why.sentence) for face, why in refused])
    if wanted:
        with shown(source, stream_index) as frames:
            _crop_all(frames, wanted, _Way(style, finder, colour, source.name), results)
    return results.taken()


def _refused(face: Face, style: CropStyle) -> NoCrop | None:
    """Why a face need not be decoded."""
    extent = max(face.box.width, face.box.height)
    if extent < style.least_face:
        return NoCrop("too_small", f"the face has {extent:.0f} pixels, {style.least_face:.0f} are needed")
    if face.sharpness is not None and face.sharpness < style.least_sharpness:
        sentence = f"the face has a sharpness of {face.sharpness:.0f}, {style.least_sharpness:.0f} is needed"
        return NoCrop("blurred", sentence)
    return None


# ---------------------------------------------------------------------------------------------------------- the pass


@dataclass(frozen=True, slots=True)
class _Way:
    """How every face is cropped."""

    style: CropStyle
    finder: FaceFinder | None
    colour: Colour | None
    name: str


class _Ranked(NamedTuple):
    rank: int
    face: Face


class _Results:
    """What came out so far, by rank."""

    def __init__(self, most: int, left_out: list[LeftOut]) -> None:
        self._most = most
        self._cropped: dict[int, CroppedFace] = {}
        self._left_out = left_out

    def add(self, rank: int, result: CroppedFace | LeftOut) -> None:
        if isinstance(result, LeftOut):
            self._left_out.append(result)
            return
        self._cropped[rank] = result
        for worse in sorted(self._cropped)[self._most :]:
            del self._cropped[worse]

    def needs(self, rank: int) -> bool:
        """Whether a face of that rank would be kept."""
        return len(self._cropped) < self._most or rank < max(self._cropped)

    def taken(self) -> CroppedFaces:
        def when(one: CroppedFace | LeftOut) -> tuple[int, float, float]:
            return one.face.frame, one.face.box.x, one.face.box.y

        return CroppedFaces(tuple(sorted(self._cropped.values(), key=when)), tuple(sorted(self._left_out, key=when)))


def _crop_all(frames: Shown, wanted: Sequence[Face], way: _Way, results: _Results) -> None:
    pending: dict[int, list[_Ranked]] = defaultdict(list)
    for one in map(_Ranked._make, enumerate(wanted)):
        pending[one.face.frame].append(one)
    turn: tuple[int, bool] | None = None
    for index, frame in enumerate(frames):
        turn = turn or frames.turn_of(frame)
        here = [one for one in pending.pop(index, ()) if results.needs(one.rank)]
        if here:
            for one, result in zip(here, _cropped(frame, [one.face for one in here], turn, way), strict=True):
                results.add(one.rank, result)
        if not any(results.needs(one.rank) for one in chain.from_iterable(pending.values())):
            return
    for rank, face in chain.from_iterable(pending.values()):
        results.add(rank, LeftOut(face, "not_decoded", f"frame {face.frame} does not come out"))


def _cropped(
    frame: VideoFrame, faces: Sequence[Face], turn: tuple[int, bool], way: _Way
) -> list[CroppedFace | LeftOut]:
    """What becomes of the faces of one frame."""
    try:
        picture = _coded(frame, turn, way)
        looked = list(_looked(picture, faces[0].frame, way.finder))
        results: list[CroppedFace | LeftOut] = []
        for face in faces:
            found = match(face.box, looked)
            if found is not None:
                looked.remove(found)
                face = _closer(face, found)
            made = crop(picture, face, way.style)
            results.append(
                LeftOut(face, made.reason, made.sentence)
                if isinstance(made, NoCrop)
                else CroppedFace(replace(face, sharpness=made.sharpness), made)
            )
        return results
    except (RefusedError, ProbeError, *DAMAGE) as error:
        reason = "refused" if isinstance(error, RefusedError) else "not_decoded"
        return [LeftOut(face, reason, str(error)) for face in faces]


def _coded(frame: VideoFrame, turn: tuple[int, bool], way: _Way) -> CodedPicture:
    colour = frame_colour(frame, way.colour, name=way.name)
    frame.color_range = colour.range
    planes = planes_of(frame)
    return CodedPicture(
        luma=planes.luma,
        black=planes.black,
        white=planes.white,
        blue=planes.blue,
        red=planes.red,
        matrix=_REC709 if colour.is_rgb else colour.matrix,
        rotation=turn[0],
        is_mirrored=turn[1],
    )


def _looked(picture: CodedPicture, index: int, finder: FaceFinder | None) -> tuple[Face, ...]:
    if finder is None:
        return ()
    return faces_of(
        finder,
        picture.luma,
        frame=index,
        black=picture.black,
        white=picture.white,
        rotation=picture.rotation,
        is_mirrored=picture.is_mirrored,
    )


def _closer(face: Face, found: Face) -> Face:
    """The face as the second look has it; scales of confidence of two looks are never compared, so the first stays."""
    if face.landmarks and not found.landmarks:
        return replace(face, box=found.box)
    return replace(found, confidence=face.confidence)
