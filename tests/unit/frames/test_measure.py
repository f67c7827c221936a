"""One pass over pictures gives every metric's numbers."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import ref

import numpy as np
import pytest

from tests.footage import LIMITED, panned, pictures
from turnover.core.measurement import Box, Face
from turnover.frames.measure import measure, metrics
from turnover.frames.picture import Picture

FIXED_NAMES = {
    "motion_score", "quality_metric", "face_confidence", "face_confidence_measured", "sharpness", "reblur",
    "blockiness", "noise", "luma_mean", "contrast", "clipped_low", "clipped_high", "black", "mafd",
    "freeze_difference", "motion_vmaf", "ssim_previous", "flicker", "flicker_local", "flicker_local_median",
    "scene_cut", "frozen", "duplicate",
}  # fmt: skip


def test_what_is_measured() -> None:
    """The metrics that make a measurement are these; each says what it tells, in what unit and after whom."""
    assert {name for name, metric in metrics().items() if not metric.is_intermediate} == FIXED_NAMES
    assert all(metric.sentence and metric.unit and metric.source for metric in metrics().values())


def test_needs_come_first() -> None:
    """What a metric is derived of stands before it."""
    order = list(metrics())
    assert all(order.index(need) < order.index(name) for name, metric in metrics().items() for need in metric.needs)


def test_some_metrics_only() -> None:
    """What is asked for is taken with what it needs, to the same numbers as when all is taken."""
    planes = panned(6)
    some = measure(pictures(planes), frames_per_second=24, names=["flicker"])
    every = measure(pictures(planes), frames_per_second=24)
    assert set(some.series) == {"flicker", "luma_mean", "black", "scene_cut", "mafd"}
    for name, numbers in some.series.items():
        np.testing.assert_array_equal(numbers, every.series[name])


def test_unknown_metric() -> None:
    """An unknown name is refused with the names there are."""
    with pytest.raises(ValueError, match=r"no metric is named sharpnes; there are .*sharpness"):
        measure([], frames_per_second=24, names=["sharpnes"])


def test_no_picture() -> None:
    """Of no picture there are no numbers, and no error."""
    taken = measure([], frames_per_second=24)
    assert (taken.frame_count, taken.sizes) == (0, ())
    assert {len(numbers) for numbers in taken.series.values()} == {0}


def test_one_picture() -> None:
    """One picture has what needs no other; the rest is not known, and nothing stands still."""
    series = measure(pictures(panned(1)), frames_per_second=24).series
    known = {name for name, numbers in series.items() if not np.isnan(numbers[0])}
    assert {"sharpness", "noise", "quality_metric", "luma_mean"} <= known
    assert not known & {"mafd", "motion_score", "motion_vmaf", "flicker", "scene_cut", "duplicate"}
    assert series["frozen"].tolist() == [0]


def test_without_a_rate() -> None:
    """How fast a picture moves is not known without the rate; a freeze is then told by its frames alone."""
    series = measure(pictures([*panned(3), *panned(1) * 3]), frames_per_second=None).series
    assert np.isnan(series["motion_score"]).all()
    assert series["frozen"].tolist() == [0, 0, 0, 1, 1, 1]


def test_change_of_size() -> None:
    """Where the size changes nothing is compared with the picture before; each size is told once."""
    planes = [*panned(3), *panned(3, width=96, height=80), *panned(2)]
    taken = measure(pictures(planes), frames_per_second=24)
    assert np.flatnonzero(np.isnan(taken.series["mafd"])).tolist() == [0, 3, 6]
    assert np.flatnonzero(np.isnan(taken.series["motion_score"])).tolist() == [0, 3, 6]
    assert np.flatnonzero(np.isnan(taken.series["flicker"])).tolist() == [0, 1, 3, 4, 6, 7]
    assert taken.sizes == ((208, 160), (96, 80))


def test_pictures_are_let_go() -> None:
    """No more than the picture before is kept, so that memory stays flat."""
    alive: list[ref[Picture]] = []

    def stream() -> Iterator[Picture]:
        for picture in pictures(panned(1, width=32, height=32) * 12):
            alive[:] = [one for one in alive if one() is not None]
            assert len(alive) <= 2
            fresh = Picture(picture.luma, *LIMITED)
            alive.append(ref(fresh))
            yield fresh
            del fresh

    assert measure(stream(), frames_per_second=24).frame_count == 12


def test_padded_lines() -> None:
    """A plane whose lines are padded, as a decoder's are, gives the numbers of one without."""
    planes = panned(3, width=300, height=281)
    padded = []
    for plane in planes:
        buffer = np.full((281, 352), 99, np.uint8)
        buffer[:, :300] = plane
        padded.append(buffer[:, :300])
    expected = measure(pictures(planes), frames_per_second=24).series
    for name, numbers in measure(pictures(padded), frames_per_second=24).series.items():
        np.testing.assert_array_equal(numbers, expected[name], err_msg=name)


def test_progress() -> None:
    """Whoever waits is told each frame."""
    told: list[int] = []
    measure(pictures(panned(3)), frames_per_second=24, names=["mafd"], progress=told.append)
    assert told == [1, 2, 3]


def test_faces_are_kept() -> None:
    """Every face that was found is there at the end."""
    seen = pictures(panned(3))
    faces = [Face(frame, Box(1, 2, 30, 40), 0.9) for frame in (0, 2)]
    seen[0].faces, seen[2].faces = (faces[0],), (faces[1],)
    assert measure(seen, frames_per_second=24).faces == tuple(faces)
