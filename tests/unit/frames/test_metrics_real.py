"""Metrics of real and generated clips, against what an eye sees in them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from tests import damage
from tests.damage import Plane
from turnover.core.measurement import Measurement
from turnover.frames.measure import measure
from turnover.frames.picture import Picture
from turnover.frames.summary import measurement_of
from turnover.media.decode import pictures


def planes(path: Path, count: int, step: int = 1) -> tuple[list[Plane], tuple[int, int]]:
    """Luma of every `step`th frame, `count` at most, and its black and white."""
    with pictures(path) as frames:
        taken = [(frame.luma.copy(), (frame.black, frame.white)) for frame in islice(frames, 0, count * step, step)]
    return [plane for plane, _ in taken], taken[0][1]


def measured(shown: list[Plane], levels: tuple[int, int], *names: str) -> Measurement:
    taken = measure([Picture(plane, *levels) for plane in shown], frames_per_second=24, names=names)
    return measurement_of(taken, digest="00")


def test_cuts_of_a_street_film(shared_media: Path) -> None:
    """The five cuts that an eye sees are found, and no other frame is taken for one."""
    shown, levels = planes(shared_media / "technical/bikes.mp4", 250)
    (cuts,) = (s for s in measured(shown, levels, "scene_cut").series if s.name == "scene_cut")
    assert np.flatnonzero(np.asarray(cuts.values) >= 0.5).tolist() == [30, 76, 137, 187, 242]


@pytest.mark.parametrize(
    "name", ["comfy_video/control_video.mp4", "technical/smpte-2997.mp4", "technical/bt709_full_range.mp4"]
)
def test_graphics(shared_media: Path, name: str) -> None:
    """A pose skeleton and test pictures are not judged as photographs."""
    found = measured(*planes(shared_media / name, 2, 8), "quality_metric")
    assert (found.is_photographic, found.quality_score) == (False, None)


@pytest.mark.parametrize(
    "name",
    [
        "comfy_video/wan2.1_fun_camera_14B.mp4",
        "comfy_video/wan22_14B_flf2v.mp4",
        "comfy_video/native_workflow_pose_transfer.mp4",
        "technical/nasa_13013.mp4",
    ],
)
def test_damage_to_footage(shared_media: Path, name: str) -> None:
    """Footage, generated, painted, toy-like or dark, is judged, and every damage is judged lower."""
    shown, levels = planes(shared_media / name, 2, 8)
    clean = measured(shown, levels, "quality_metric").quality_score
    assert clean is not None
    assert 0.6 < clean <= 1
    for worse in (
        damage.blurred(shown, sigma=1.2),
        damage.rescaled(shown),
        damage.jpeg(shown, quality=20),
        damage.noisy(shown, sigma=5),
    ):
        score = measured(worse, levels, "quality_metric").quality_score
        assert score is not None
        assert score < clean
