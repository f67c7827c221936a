"""Clips are measured once, judged anew, and a scene's seams are part of them."""

from __future__ import annotations

import math
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests import videos
from tests.recipes import Recipe
from turnover.core.clip import Clip, Place, Segment
from turnover.core.measurement import Measurement
from turnover.core.ranges import FrameRange
from turnover.core.series import Series
from turnover.files.sources import SourceCache
from turnover.frames.thresholds import Thresholds
from turnover.media.probe import probe
from turnover.store.memory import MemoryMeasurements
from turnover.work.look import Failed
from turnover.work.measure import Measured, Measuring, measure

FILM = Recipe("film.mp4", width=320, height=240, frames=20, picture="landscape")
OTHER = Recipe("other.mp4", width=320, height=240, frames=12, picture="face")


@dataclass(slots=True)
class _Counting(MemoryMeasurements):
    """Keeps, and remembers what it was given."""

    saved: list[str] = field(default_factory=list)

    def save(self, measurement: Measurement) -> None:
        self.saved.append(measurement.digest)
        MemoryMeasurements.save(self, measurement)


def _clip(folder: Path, name: str, recipe: Recipe = FILM) -> Clip:
    path = folder / name
    shutil.copy(videos.cached(recipe), path)
    return Clip(path=path, root=folder, probe=probe(path))


def _how(folder: Path, keeping: _Counting, **thresholds: float) -> Measuring:
    return Measuring(
        keeping=keeping,
        sources=SourceCache(folder / "data"),
        thresholds_of=lambda clip: Thresholds(**thresholds),
        model=None,
        workers=0,
    )


def _measured(*clips: Clip, how: Measuring) -> list[Measured]:
    results = list(measure(clips, how))
    assert [one for one in results if isinstance(one, Failed)] == []
    return [one for one in results if isinstance(one, Measured)]


def test_second_time(tmp_path: Path) -> None:
    """What was measured is taken from where it is kept, and says the same."""
    keeping = _Counting()
    clip, how = _clip(tmp_path, "a.mp4"), _how(tmp_path, keeping)
    first, second = _measured(clip, how=how), _measured(clip, how=how)
    assert len(keeping.saved) == 1
    assert first[0].measurement.summaries == second[0].measurement.summaries


def test_same_bytes_twice(tmp_path: Path) -> None:
    """Two files with the same bytes are measured once, and both have the numbers."""
    keeping = _Counting()
    found = _measured(_clip(tmp_path, "a.mp4"), _clip(tmp_path, "b.mp4"), how=_how(tmp_path, keeping))
    assert len(keeping.saved) == 1
    assert [one.clip.name for one in found] == ["a.mp4", "b.mp4"]


def test_file_that_changed(tmp_path: Path) -> None:
    """A file with other bytes under the same name is measured again."""
    keeping = _Counting()
    how = _how(tmp_path, keeping)
    _measured(_clip(tmp_path, "a.mp4"), how=how)
    (again,) = _measured(_clip(tmp_path, "a.mp4", OTHER), how=how)
    assert (len(set(keeping.saved)), again.measurement.frame_count) == (2, 12)


def test_another_detector(tmp_path: Path, shared_media: Path) -> None:
    """Numbers of one face detector are not taken for another's."""
    keeping = _Counting()
    how = _how(tmp_path, keeping)
    clip = _clip(tmp_path, "face.mp4", OTHER)
    model = shared_media / "models" / "face_detection_yunet_2023mar.onnx"
    found = [_measured(clip, how=one)[0].measurement for one in (how, replace(how, model=model))]
    names = [(one.face_detector or "").partition("-")[0] for one in found]
    assert names == ["haar", "yunet"]
    assert len(keeping.saved) == 2


def test_thresholds_that_change(tmp_path: Path) -> None:
    """Other thresholds judge anew what was measured before."""
    keeping = _Counting()
    clip = _clip(tmp_path, "a.mp4")
    (mild,) = _measured(clip, how=_how(tmp_path, keeping))
    (strict,) = _measured(clip, how=_how(tmp_path, keeping, blur_warn=0.0, blur_fail=0.0))
    assert "blurred" not in mild.failure_tags
    assert "blurred" in strict.failure_tags
    assert len(keeping.saved) == 1


def test_file_that_cannot_be_decoded(tmp_path: Path) -> None:
    """A file that fails is told with its reason, and the others are measured."""
    good, gone = _clip(tmp_path, "good.mp4"), _clip(tmp_path, "gone.mp4")
    gone.path.unlink()
    results = list(measure((gone, good), _how(tmp_path, _Counting())))
    assert [(type(one).__name__, one.path.name) for one in results if isinstance(one, Failed)] == [
        ("Failed", "gone.mp4")
    ]
    assert [one.clip.name for one in results if isinstance(one, Measured)] == ["good.mp4"]


def test_given_values_win(tmp_path: Path) -> None:
    """A score, a series and tags from outside stand first, and the measured ones stand beside them."""
    given = Series.of("motion_score", [0.25] * 20, source="clip.frames.csv")
    clip = replace(_clip(tmp_path, "a.mp4"), quality_score=0.1, series=(given,), failure_tags=("melted_hands",))
    (one,) = _measured(clip, how=_how(tmp_path, _Counting()))
    assert one.clip.quality_score == 0.1
    assert one.quality_source == "given"
    assert one.measurement.quality_score not in (None, 0.1)
    assert one.clip.series_named("motion_score") == given
    assert one.clip.series_named("quality_metric") is not None
    assert one.clip.failure_tags[0] == "melted_hands"


def test_seam_between_two_files(tmp_path: Path) -> None:
    """The two frames at a seam have the same `boundary_ssim`, and no other frame has one."""
    place = Place(project="show", character="Mara", scene_type="walk", segment_index=0)
    first = replace(_clip(tmp_path, "seg_0.mp4"), place=place)
    second = replace(_clip(tmp_path, "seg_1.mp4"), place=replace(place, segment_index=1))
    found = _measured(second, first, how=_how(tmp_path, _Counting()))
    numbers = {one.clip.name: _known(one.clip, "boundary_ssim") for one in found}
    assert list(numbers["seg_0.mp4"]) == [19]
    assert list(numbers["seg_1.mp4"]) == [0]
    assert numbers["seg_0.mp4"][19] == numbers["seg_1.mp4"][0] < 1


def test_seam_inside_a_scene_video(tmp_path: Path) -> None:
    """Segments of one video have their seam on the two frames that meet, as often as it is asked for."""
    segments = (Segment(FrameRange(0, 8), 0), Segment(FrameRange(8, 20), 1))
    clip = replace(_clip(tmp_path, "scene.mp4"), segments=segments)
    keeping = _Counting()
    for _ in range(2):
        (one,) = _measured(clip, how=_how(tmp_path, keeping))
        assert list(_known(one.clip, "boundary_ssim")) == [7, 8]
    assert len(keeping.saved) == 1


def test_two_clips_for_one_place(tmp_path: Path) -> None:
    """Where nobody knows which clip follows, there is no seam."""
    place = Place(scene="sc01", segment_index=0)
    first = replace(_clip(tmp_path, "a.mp4"), place=place)
    takes = [replace(_clip(tmp_path, name), place=replace(place, segment_index=1)) for name in ("b.mp4", "c.mp4")]
    found = _measured(first, *takes, how=_how(tmp_path, _Counting()))
    assert [_known(one.clip, "boundary_ssim") for one in found] == [{}, {}, {}]


def _known(clip: Clip, name: str) -> dict[int, float]:
    series = clip.series_named(name)
    assert series is not None
    return {frame: value for frame, value in enumerate(series.values) if not math.isnan(value)}
