"""The best faces of a clip are cut out, everybody and all over the clip, and what is left out has its reason."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests import videos
from tests.recipes import Recipe
from turnover.core.measurement import Box, Face
from turnover.errors import ProbeError
from turnover.media.crops import Crop, CropStyle
from turnover.media.decode import pictures
from turnover.media.detection import Found, Plane
from turnover.media.face_choice import match, overlap, ranked
from turnover.media.face_crops import CroppedFaces, face_crops
from turnover.media.faces import faces_of, finder
from turnover.media.stills import stills

CLIP = Recipe("face.mp4", width=320, height=240, frames=25, picture="face", encoder={"qp": "8"})
PLAIN = CropStyle(size=None, least_sharpness=0)


def face_at(frame: int, **changes: object) -> Face:
    """The drawn face of `CLIP`: 144 pixels tall, in the middle of the height, going from left to right."""
    middle = (0.35 + 0.3 * frame / 24) * 320
    return replace(Face(frame, Box(middle - 53, 48, 107, 144), 0.9), **changes)  # type: ignore[arg-type]


def opened(crop: Crop) -> NDArray[np.int16]:
    """(height, width, 3), R'G'B'."""
    with Image.open(io.BytesIO(crop.content)) as image:
        return np.asarray(image.convert("RGB"), np.int16)


def frames_of(found: CroppedFaces) -> list[int]:
    return [one.face.frame for one in found.crops]


@dataclass
class Doubled:
    """A finder that says what it was given."""

    answer: tuple[Found, ...]
    name: str = "double"
    misses: bool = False
    sure: float = 0.5
    sizes: list[tuple[int, ...]] = field(default_factory=list)

    def find(self, luma: Plane, *, black: int, white: int) -> tuple[Found, ...]:
        self.sizes.append(luma.shape)
        return self.answer


# ------------------------------------------------------------------------------------------------------------ choice


def test_all_over_the_clip() -> None:
    """Of faces that are equally good, those are taken that lie far from each other."""
    faces = [face_at(frame) for frame in range(0, 81, 8)]
    assert sorted(face.frame for face in ranked(faces, up_to=3, most=3, side=100)) == [0, 32, 64]


def test_the_better_one_nearby() -> None:
    """A face that is blurred, small or doubtful waits until the good ones are taken."""
    poor = (face_at(8, sharpness=3.0), face_at(16, box=Box(90, 40, 12, 15)), face_at(24, confidence=0.2))
    good = (face_at(40, sharpness=300.0), face_at(72, sharpness=300.0))
    assert {face.frame for face in ranked((*poor, *good), up_to=2, most=2, side=100)} == {40, 72}


def test_everybody() -> None:
    """Two people in every frame both have their picture before one of them has a second one."""
    left = [face_at(frame, box=Box(10, 40, 80, 100)) for frame in range(0, 65, 8)]
    right = [face_at(frame, box=Box(200, 40, 80, 100), confidence=0.7) for frame in range(0, 65, 8)]
    first, second = ranked([*left, *right], up_to=2, most=4, side=100)
    assert (first in left, second in right) == (True, True)
    four = ranked([*left, *right], up_to=4, most=4, side=100)
    assert Counter(face in left for face in four) == {True: 2, False: 2}
    assert len({face.frame for face in four}) == 4


@given(
    faces=st.lists(
        st.builds(
            Face, st.integers(0, 40), st.builds(Box, *[st.floats(0, 200)] * 2, *[st.floats(1, 200)] * 2),
            st.floats(0, 1), sharpness=st.none() | st.floats(0, 500),
        ), max_size=20,
    ),
    count=st.integers(0, 6),
)  # fmt: skip
def test_ranking_is_a_choice(faces: list[Face], count: int) -> None:
    """As many as asked come out where so many are there, none twice, whatever their order was."""
    found = ranked(faces, up_to=count, most=count, side=100)
    in_frames = Counter(face.frame for face in faces)
    assert len(found) == min(count, sum(min(8, here) for here in in_frames.values()))
    assert not Counter(found) - Counter(faces)
    assert [face.frame for face in found] == [
        face.frame for face in ranked(faces[::-1], up_to=count, most=count, side=100)
    ]


def test_match() -> None:
    """Two boxes are one face where they share 0.3 of what they cover."""
    box = Box(0, 0, 10, 10)
    assert overlap(box, Box(5, 0, 10, 10)) == pytest.approx(1 / 3)
    near, far = face_at(0, box=Box(5, 0, 10, 10)), face_at(0, box=Box(6, 0, 10, 10))
    assert (match(box, [far, near]), match(box, [far]), match(box, [])) == (near, None, None)


# ------------------------------------------------------------------------------------------------------------- crops


@pytest.mark.parametrize("name", ["face.mp4", "face.webm", "face.gif", "face.webp"])
def test_pixels(name: str) -> None:
    """A crop in the picture's own pixels is that part of the still of its frame."""
    recipe = replace(CLIP, name=name, encoder={})
    path, faces = videos.cached(recipe), [face_at(frame) for frame in (0, 8, 16, 24)]
    found = face_crops(path, faces, PLAIN, most=2)
    assert found.left_out == ()
    assert len(found.crops) == 2
    for one, still in zip(found.crops, stills(path, frames_of(found)), strict=True):
        with Image.open(io.BytesIO(still.content)) as image:
            whole = np.asarray(image, np.int16)
        (_, _, left), (_, _, top) = one.crop.transform
        x, y, side = round(-left), round(-top), one.crop.width
        assert np.abs(whole[y : y + side, x : x + side] - opened(one.crop)).mean() < 2
        assert one.face == face_at(one.face.frame)


def test_upright() -> None:
    """Boxes are those of the picture as it is shown, and so is the crop."""
    path = videos.cached(replace(CLIP, rotation=90, frames=1))
    (one,) = face_crops(path, [Face(0, Box(48, 58, 144, 107), 0.9)], PLAIN).crops
    (still,) = stills(path, [0])
    with Image.open(io.BytesIO(still.content)) as image:
        whole = np.asarray(image, np.int16)
    (_, _, left), (_, _, top) = one.crop.transform
    x, y, side = round(-left), round(-top), one.crop.width
    assert whole.shape == (320, 240, 3)
    assert np.abs(whole[y : y + side, x : x + side] - opened(one.crop)).mean() < 2


def test_next_best() -> None:
    """Where the best face gives no picture the next one does, and the reason is told."""
    outside = face_at(0, box=Box(1000, 1000, 150, 150), confidence=1.0)
    tiny, blurred = face_at(8, box=Box(90, 60, 30, 40)), face_at(16, sharpness=5.0)
    found = face_crops(videos.cached(CLIP), [outside, tiny, blurred, face_at(20, sharpness=90.0)], CropStyle(), most=1)
    assert frames_of(found) == [20]
    assert [(one.face.frame, one.reason) for one in found.left_out] == [
        (0, "outside"),
        (8, "too_small"),
        (16, "blurred"),
    ]


def test_no_further_than_needed() -> None:
    """Reserves behind the last face that was wanted are not decoded for."""
    faces = [face_at(0, confidence=1.0), face_at(400, confidence=0.5)]
    assert face_crops(videos.cached(CLIP), faces, PLAIN, most=1).left_out == ()
    missing = face_crops(videos.cached(CLIP), faces, PLAIN, most=2)
    assert (frames_of(missing), [one.reason for one in missing.left_out]) == ([0], ["not_decoded"])


def test_second_look() -> None:
    """A finer finder's box and points are taken where they lie on the face, with the first look's confidence."""
    points = tuple((100.0 + 8 * place, 100.0 + 6 * place) for place in range(5))
    closer = Found(Box(62, 50, 100, 140), 0.5, points)
    double = Doubled((Found(Box(250, 10, 60, 60), 0.99), closer))
    found = face_crops(videos.cached(CLIP), [face_at(0)], PLAIN, finder=double)
    (one,) = found.crops
    assert (one.face.box, one.face.landmarks, one.face.confidence) == (closer.box, points, 0.9)
    assert double.sizes == [(240, 320)]
    elsewhere = face_crops(
        videos.cached(CLIP), [face_at(0)], PLAIN, finder=Doubled((Found(Box(250, 10, 60, 60), 0.9),))
    )
    assert elsewhere == face_crops(videos.cached(CLIP), [face_at(0)], PLAIN)


def test_as_it_is_used() -> None:
    """What a coarse look finds is cropped after a finer look, the same each time, with the drawn face in the middle."""
    path, coarse, fine = videos.cached(CLIP), finder(None), finder(None, max_side=640)
    with pictures(path) as frames:
        faces = [
            face
            for one in frames
            if one.index % 8 == 0
            for face in faces_of(coarse, one.luma, frame=one.index, black=one.black, white=one.white)
        ]
    style = CropStyle(size=96, least_sharpness=0)
    first, second = (face_crops(path, faces, style, most=3, finder=fine) for _ in range(2))
    assert first == second
    assert len(first.crops) == 3
    for one in first.crops:
        assert opened(one.crop).shape == (96, 96, 3)
        middle = one.face.box.x + one.face.box.width / 2
        assert middle == pytest.approx((0.35 + 0.3 * one.face.frame / 24) * 320, abs=8)


def test_what_cannot_be_cropped(tmp_path: Path) -> None:
    """HDR gives no crop and says why; what is no video is an error."""
    hdr = videos.cached(replace(CLIP, frames=1, pixel_format="yuv420p10le", colour=(9, 16, 9)))
    (one,) = face_crops(hdr, [face_at(0)], PLAIN).left_out
    assert (one.reason, "HDR (PQ)" in one.sentence) == ("refused", True)
    assert face_crops(hdr, [], PLAIN) == face_crops(hdr, [face_at(0)], PLAIN, most=0) == CroppedFaces((), ())
    with pytest.raises(ProbeError):
        face_crops(videos.fake(tmp_path), [face_at(0)])
