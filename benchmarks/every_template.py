"""One sidecar of a measured clip through every built-in template."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from statistics import median

from benchmarks.measuring import Row, Table, seconds
from tests.clips import GENERATED, REC709, clip
from turnover.errors import RefusedError
from turnover.settings import SidecarSettings
from turnover.sidecars.builtin import builtin_templates
from turnover.sidecars.template import Template, render
from turnover.sidecars.view import View, view_of

FRAMES = 121
KNOWN = ("face_confidence", "motion_score", "quality_metric", "boundary_ssim")


def tables(*, is_quick: bool) -> Iterator[Table]:
    seen = measured_view()
    rows = [_row(template, seen, 1 if is_quick else 31) for template in builtin_templates().values()]
    yield Table(f"one clip of {FRAMES} frames and 10 series, every built-in", "ms", tuple(rows))


def measured_view() -> View:
    names = (*KNOWN, *(f"metric_{i}" for i in range(10 - len(KNOWN))))
    series = {name: [abs(math.sin(i * (k + 1) / 9)) for i in range(FRAMES)] for k, name in enumerate(names)}
    one = clip(frames=FRAMES, start="01:00:00:00", colour=REC709, audio=True, generation=GENERATED, series=series)
    return view_of(one, SidecarSettings())


def _row(template: Template, seen: View, rounds: int) -> Row:
    run: Callable[[], bytes] = lambda: render(template, [seen]).content()  # noqa: E731
    try:
        run()
    except RefusedError as error:
        return Row(template.slug, None, words=f"refused: {error.message}")
    return Row(template.slug, median(seconds(run) for _ in range(rounds)) * 1000)
