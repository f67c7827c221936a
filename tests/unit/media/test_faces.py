"""Faces are found where they are, in the picture as it is shown, and doubtful ones only where they stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.recipes import Recipe
from tests.videos import cached
from turnover.core.measurement import Box, Face
from turnover.errors import UsageError
from turnover.media.detection import MOST_FACES, Found, found_in, ordered
from turnover.media.faces import FaceFinder, faces_of, finder, steadied
from turnover.media.haar import Haar, confidence
from turnover.media.planes import Planes, planes_of

Plane = NDArray[np.uint8]

# By eye, in pixels of the picture: the pupils, the tip of the nose, the corners of the mouth; viewer's left first.
ASTRONAUT = ((199, 103), (247, 104), (222, 126), (202, 144), (242, 144))


@cache
def astronaut() -> Plane:
    """(512, 512), full range: a portrait of Eileen Collins, by NASA."""
    portrait = skimage.data.astronaut()  # type: ignore[no-untyped-call]
    return np.asarray(cv2.cvtColor(portrait, cv2.COLOR_RGB2GRAY), np.uint8)


@pytest.fixture(params=["yunet", "haar"])
def either(request: pytest.FixtureRequest) -> FaceFinder:
    """Both detectors, one after the other."""
    if request.param == "haar":
        return finder(None)
    media = request.getfixturevalue("shared_media")
    return finder(media / "models" / "face_detection_yunet_2023mar.onnx")


@pytest.fixture
def yunet(shared_media: Path) -> FaceFinder:
    return finder(shared_media / "models" / "face_detection_yunet_2023mar.onnx")


def _planes(path: Path, step: int, count: int) -> Iterator[Planes]:
    """Every so many frames of a video, up to a count."""
    with av.open(str(path)) as container:
        for frame in islice(container.decode(video=0), 0, step * (count - 1) + 1, step):
            yield planes_of(frame)


def _looks(finder: FaceFinder, path: Path, *, step: int, count: int) -> list[tuple[Face, ...]]:
    looks = [
        faces_of(finder, planes.luma, frame=index * step, black=planes.black, white=planes.white)
        for index, planes in enumerate(_planes(path, step, count))
    ]
    assert len(looks) == count
    return looks


# --------------------------------------------------------------------------------------------------------- portrait


def test_portrait_by_yunet(yunet: FaceFinder) -> None:
    """The astronaut's face is found surely, with each of its points in its place."""
    (face,) = faces_of(yunet, astronaut(), frame=7, black=0, white=255)
    assert (face.frame, yunet.misses) == (7, False)
    assert face.confidence == pytest.approx(0.93, abs=0.02)
    assert np.abs(np.array(face.landmarks) - ASTRONAUT).max() < 4
    assert face.sharpness is not None
    assert face.sharpness > 100
    box = face.box
    assert (box.x, box.y, box.width, box.height) == pytest.approx((179, 64, 90, 112), abs=7)


def test_portrait_by_haar() -> None:
    """OpenCV's cascade gives it the weight 56.37 at full size, and it has no points to align by."""
    haar = Haar(max_side=640)
    (face,) = faces_of(haar, astronaut(), frame=0, black=0, white=255)
    assert face.confidence == pytest.approx(confidence(56.37), abs=0.002)
    assert (face.landmarks, face.sharpness, haar.misses) == ((), None, True)


def test_names() -> None:
    """The name tells detector, calibration and size looked at, for no two of them compare."""
    assert (finder(None).name, Haar(max_side=640).name) == (
        "haar-alt2/turnover-haar-v1/320",
        "haar-alt2/turnover-haar-v1/640",
    )


def test_mirror_image(yunet: FaceFinder) -> None:
    """The viewer's left comes first in the mirror too."""
    (face,) = faces_of(yunet, astronaut(), frame=0, black=0, white=255, is_mirrored=True)
    expected = [(511 - ASTRONAUT[place][0], ASTRONAUT[place][1]) for place in (1, 0, 2, 4, 3)]
    assert np.abs(np.array(face.landmarks) - expected).max() < 6


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_turned_picture(either: FaceFinder, rotation: int) -> None:
    """A picture stored on its side gives the faces of the picture as it is shown."""
    shown = astronaut()[:300]
    stored = np.ascontiguousarray(np.rot90(shown, rotation // 90))
    found = faces_of(either, stored, frame=0, black=0, white=255, rotation=rotation)
    assert len(found) == 1
    assert found == faces_of(either, shown, frame=0, black=0, white=255)


def test_limited_range(either: FaceFinder) -> None:
    """The same picture in 16 to 235 has the same face; only rounding differs."""
    limited = np.rint(16 + astronaut() * (219 / 255)).astype(np.uint8)
    (full,) = either.find(astronaut(), black=0, white=255)
    (other,) = either.find(limited, black=16, white=235)
    assert full.confidence == pytest.approx(other.confidence, abs=0.02)
    assert full.box.x == pytest.approx(other.box.x, abs=5)


def test_two_finders_agree(either: FaceFinder) -> None:
    """What was looked at before changes nothing."""
    before = either.find(astronaut(), black=0, white=255)
    either.find(astronaut()[::2, :300], black=0, white=255)
    assert before == either.find(astronaut(), black=0, white=255)


# ----------------------------------------------------------------------------------------------------------- videos


def test_drawn_face_that_walks(either: FaceFinder) -> None:
    """The face of a made clip is found in every frame, from 0.35 to 0.65 of the width, 0.6 of the height tall."""
    clip = cached(Recipe(width=320, height=240, frames=5, picture="face"))
    looks = _looks(either, clip, step=1, count=5)
    assert [len(faces) for faces in looks] == [1] * 5
    middles = [(faces[0].box.x + faces[0].box.width / 2) / 320 for faces in looks]
    assert middles == pytest.approx([0.35, 0.425, 0.5, 0.575, 0.65], abs=0.03)
    assert all(abs(faces[0].box.height / 240 - 0.6) < 0.15 for faces in looks)


@pytest.mark.parametrize(
    "name",
    [
        "faces/again.mkv",
        "faces/carphone_pristine.mp4",
        "comfy_video/wan_2_2_14B_t2v.mp4",
        "comfy_video/wan22_14B_flf2v.mp4",
        "comfy_video/runway_gen4_turo_image_to_video.mp4",
    ],
)
def test_real_clip_of_one_person(shared_media: Path, yunet: FaceFinder, name: str) -> None:
    """One face, and a sure one, in every frame: no hand or shirt beside it."""
    looks = steadied(_looks(yunet, shared_media / name, step=12, count=3), sure=yunet.sure)
    assert [len(faces) for faces in looks] == [1, 1, 1]
    assert all(faces[0].confidence >= yunet.sure for faces in looks)


def test_real_clip_without_a_face(shared_media: Path, either: FaceFinder) -> None:
    """A bottle on a table has none."""
    looks = _looks(either, shared_media / "faces" / "bottle-detection.mp4", step=60, count=3)
    assert looks == [(), (), ()]


# ---------------------------------------------------------------------------------------------------------- hostile


@pytest.mark.parametrize("size", [(0, 0), (0, 5), (1, 1), (1, 3000), (3000, 1), (2, 7), (23, 25)])
@pytest.mark.parametrize("level", [0, 130, 255])
def test_pictures_too_small_for_a_face(either: FaceFinder, size: tuple[int, int], level: int) -> None:
    """Nothing is found in them."""
    assert either.find(np.full(size, level, np.uint8), black=16, white=235) == ()


def test_noise(either: FaceFinder) -> None:
    """Noise is no face, and a plane that is a view with padded rows is read as it is."""
    padded = np.random.default_rng(0).integers(0, 256, (180, 400), np.uint8)[:, :320]
    assert faces_of(either, padded, frame=0, black=16, white=235) == ()


numbers = st.floats(allow_nan=True, allow_infinity=True, width=32)


@given(box=st.tuples(*[numbers] * 4), score=numbers, point=st.tuples(numbers, numbers))
def test_any_numbers_of_a_detector(
    box: tuple[float, float, float, float], score: float, point: tuple[float, float]
) -> None:
    """Whatever a detector says, what is kept lies in the picture and has a confidence from 0 to 1."""
    found = found_in(np.zeros((40, 60), np.uint8), box, score, [point] * 5)
    if found is not None:
        assert 0 <= found.box.x <= found.box.x + found.box.width <= 60 + 1e-9
        assert 0 <= found.box.y <= found.box.y + found.box.height <= 40 + 1e-9
        assert 0 <= found.confidence <= 1


def test_more_faces_than_a_crowd_has() -> None:
    """The surest are kept."""
    many = [Found(Box(x, 0, 1, 1), x / 1000) for x in range(200)]
    assert ordered([None, *many]) == tuple(reversed(many))[:MOST_FACES]


def test_files_that_are_no_detector(tmp_path: Path) -> None:
    """A missing file and one with other bytes are refused before OpenCV sees them."""
    (tmp_path / "wrong.onnx").write_bytes(b"\x08\x07")
    with pytest.raises(UsageError, match="SHA-256") as caught:
        finder(tmp_path / "wrong.onnx")
    assert caught.value.code == "damaged_model"
    with pytest.raises(UsageError, match="cannot be read"):
        finder(tmp_path / "none.onnx")


# ------------------------------------------------------------------------------------------------------------- time


def _face(x: float, confidence: float = 0.7) -> Face:
    return Face(0, Box(x, 0, 10, 10), confidence)


def test_doubtful_face_that_stays() -> None:
    """Three looks in a row make a doubtful face true, in all of them."""
    looks = [(_face(0),), (_face(1),), (_face(2),)]
    assert steadied(looks, sure=0.8) == tuple(looks)


def test_doubtful_face_that_goes() -> None:
    """Two looks, or three with a gap, do not; a sure face stands by itself."""
    sure = _face(50, 0.9)
    assert steadied([(_face(0),), (_face(0), sure), (), (_face(0),)], sure=0.8) == ((), (sure,), (), ())


def test_doubtful_looks_at_a_sure_face() -> None:
    """A face that is sure now and doubtful then is followed through both."""
    looks = [(_face(0),), (_face(0, 0.9),), (_face(1),)]
    assert steadied(looks, sure=0.8) == tuple(looks)


def test_face_is_followed_by_the_nearest() -> None:
    """Two faces side by side are two, and each is followed once."""
    looks = [(_face(0), _face(4)), (_face(4),), (_face(4),)]
    assert steadied(looks, sure=0.8) == ((_face(4),), (_face(4),), (_face(4),))


@given(
    st.lists(
        st.lists(st.builds(_face, st.integers(0, 30), st.sampled_from([0.6, 0.7, 0.8, 0.95])), max_size=4).map(tuple),
        max_size=8,
    )
)
def test_steadied_faces(looks: list[tuple[Face, ...]]) -> None:
    """Faces are only ever left out, never a sure one; backwards in time the same are kept."""
    kept = steadied(looks, sure=0.8)
    for before, after in zip(looks, kept, strict=True):
        remaining = iter(before)
        assert all(face in remaining for face in after)
        assert [face for face in before if face.confidence >= 0.8] == [f for f in after if f.confidence >= 0.8]
    assert steadied([tuple(replace(face, frame=1) for face in faces) for faces in looks], sure=0.0) == tuple(
        tuple(replace(face, frame=1) for face in faces) for faces in looks
    )
