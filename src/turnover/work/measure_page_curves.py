"""Per-frame numbers as small drawings over one time axis, as wide as the clip is long."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from turnover.core.measurement import Gate, Level
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.core.series import Series
from turnover.work.measure_page_html import Html, element

MOST_POINTS = 600
"""A curve has at most this many points; it is about as many pixels wide."""
_HEIGHT = 100
"""Every drawing is this high in units of its own, and one unit per frame wide; the page stretches it."""
_MOST_TICKS = 6
_STEPS_FRAMES = tuple(float(10**power * x) for power in range(7) for x in (1, 2, 5))
_STEPS_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Scale:
    """What a series is drawn against."""

    series: str
    unit: str
    high: float | None
    """Top of the drawing, whose bottom is 0; None is the highest value, or `least` where that is more."""
    least: float = 1.0
    places: int = 2
    """Decimals of its numbers in words."""


SCALES = (
    Scale("motion_score", "0–1", 1.0),
    Scale("quality_metric", "0–1", 1.0),
    Scale("face_confidence", "0–1", 1.0),
    Scale("boundary_ssim", "0–1", 1.0),
    Scale("flicker", "levels", None),
    Scale("luma_mean", "0–255", 255.0, places=1),
    Scale("ssim_previous", "0–1", 1.0),
)
"""The series of the page, from top to bottom."""

Run = list[tuple[int, float]]
"""Neighbouring points (frame, value) with no gap between them."""


def downsampled(values: array[float], most: int = MOST_POINTS) -> list[Run]:
    """The curve in at most `most` points; of each bucket of frames the lowest and the highest stay, so spikes do too.

    A frame without a number breaks the curve; where buckets hold several frames, one without any number does.

    >>> downsampled(array("d", [0.5, float("nan"), 0.25, 1.0]))
    [[(0, 0.5)], [(2, 0.25), (3, 1.0)]]
    """
    numbers = np.asarray(values, dtype=np.float64)
    is_known = np.isfinite(numbers)
    count = min(len(numbers), most if len(numbers) <= most else most // 2)
    runs: list[Run] = []
    is_broken = True
    for bucket in range(count):
        start, stop = bucket * len(numbers) // count, (bucket + 1) * len(numbers) // count
        known = start + np.flatnonzero(is_known[start:stop])
        if is_broken and known.size:
            runs.append([])
        is_broken = not known.size
        if known.size:
            ends = {int(known[numbers[known].argmin()]), int(known[numbers[known].argmax()])}
            runs[-1] += [(frame, float(numbers[frame])) for frame in sorted(ends)]
    return runs


def curve(series: Series, scale: Scale, *, frame_count: int, label: str, behind: Html) -> Html:
    """One series as a drawing, over what lies behind it."""
    runs = downsampled(series.within(frame_count).values)
    high = scale.high or max([scale.least, *(value for run in runs for _, value in run)])
    line = element("path", d="".join(_line(run, high) for run in runs if len(run) > 1), class_=f"line {scale.series}")
    dots = element("path", d="".join(_line(run, high) for run in runs if len(run) == 1), class_="dots")
    return _drawing(frame_count, behind, line, dots, label=label)


def lane(gate: Gate, *, frame_count: int, label: str) -> Html:
    """The frames that one gate speaks of, as bars."""
    bars = [_band(one, f"bar {gate.level}", frame_count) for one in merged(gate.ranges, frame_count)]
    return _drawing(frame_count, *bars, label=label)


def marks(gates: Sequence[Gate], seams: Sequence[int], *, frame_count: int, marks_id: str) -> Html:
    """The group of what lies behind every curve: flagged frames as bands, cuts and seams as lines.

    seams: the first frame of each segment.
    """
    order: tuple[Level, ...] = ("warn", "fail")
    parts: list[Html] = []
    for level in order:  # what failed lies over what is only suspicious
        flagged = [one for g in gates if g.level == level and g.tag != "scene_cut" for one in g.ranges]
        parts += [_band(one, f"band {level}", frame_count) for one in merged(flagged, frame_count)]
    cuts = [one for g in gates if g.tag == "scene_cut" and g.level != "pass" for one in g.ranges]
    parts += [_upright(one.start, "cut") for one in merged(cuts, frame_count)]
    parts += [_upright(seam, "seam") for seam in seams[:MOST_POINTS] if 0 < seam < frame_count]
    return element("g", *parts, id=marks_id)


def merged(ranges: Iterable[FrameRange], frame_count: int) -> tuple[FrameRange, ...]:
    """The ranges inside the clip, in order; those that no eye could tell apart at this width are one."""
    gap = frame_count // MOST_POINTS
    found: list[FrameRange] = []
    for one in sorted(filter(None, (r.within(frame_count) for r in ranges))):
        if found and one.start <= found[-1].stop + gap:
            found[-1] = FrameRange(found[-1].start, max(found[-1].stop, one.stop))
        else:
            found.append(one)
    return tuple(found)


def axis(frame_count: int, rate: Rate | None) -> Html:
    """Ticks in seconds with their frames, or in frames alone where no rate is known."""
    ticks = list(_ticks(frame_count, rate))
    return element(
        "div",
        *(
            element("span", label, element("small", note) if note else "", style=f"left:{100 * at / frame_count:.2f}%")
            for at, label, note in ticks
        ),
        class_="axis",
    )


def _ticks(frame_count: int, rate: Rate | None) -> Iterator[tuple[float, str, str]]:
    """(place in frames, label, second label) from the start on; a label needs room before the end."""
    stop = max(1.0, 0.95 * frame_count)
    if rate is None:
        step = _nice(frame_count / _MOST_TICKS, _STEPS_FRAMES)
        yield from ((at * step, f"{round(at * step):,}", "") for at in range(_MOST_TICKS + 1) if at * step < stop)
        return
    seconds = _nice(frame_count / float(rate) / _MOST_TICKS, _STEPS_SECONDS)
    step = seconds * float(rate)
    yield from (
        (at * step, _clock(at * seconds), f"{int(at * step + 1e-6):,}")
        for at in range(_MOST_TICKS + 1)
        if at * step < stop
    )


def _clock(seconds: float) -> str:
    """`2 s`, `0.5 s`, `1:30`."""
    if seconds < 60:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _nice(least: float, steps: Iterable[float]) -> float:
    """The first step that is large enough, else the least itself."""
    return next((step for step in steps if step >= least), least)


def _line(run: Run, high: float) -> str:
    """Path data of one run; a lone point is a line of no length, which round ends make a dot."""
    points = [(frame + 0.5, _HEIGHT * (1 - min(max(value / high, 0.0), 1.0))) for frame, value in run]
    if len(points) == 1:
        points *= 2
    return "M" + " ".join(f"{_short(x)} {_short(y)}" for x, y in points)


def _band(frames: FrameRange, class_: str, frame_count: int) -> Html:
    """A bar over the frames, at least as wide as an eye can see."""
    width = max(float(frames.count), frame_count / 300)
    start = min(float(frames.start), frame_count - width)
    return element("rect", x=_short(start), width=_short(width), height=_HEIGHT, class_=class_)


def _upright(frame: int, class_: str) -> Html:
    return element("line", x1=frame, x2=frame, y1=0, y2=_HEIGHT, class_=class_)


def _drawing(frame_count: int, *content: str, label: str) -> Html:
    box = f"0 0 {frame_count} {_HEIGHT}"
    return element("svg", *content, viewBox=box, preserveAspectRatio="none", role="img", aria_label=label)


def stacked(columns: Sequence[Sequence[tuple[str, int]]], *, label: str) -> Html:
    """Columns of (class, count) pieces standing on one line, the highest filling the drawing."""
    most = max([1, *(sum(count for _, count in column) for column in columns)])
    bars: list[Html] = []
    for place, column in enumerate(columns):
        top = float(_HEIGHT)
        for class_, count in filter(lambda piece: piece[1], column):
            height = _HEIGHT * count / most
            top -= height
            box = {"x": _short(place + 0.06), "y": _short(top), "width": "0.88", "height": _short(height)}
            bars.append(element("rect", **box, class_=class_))
    return _drawing(len(columns), *bars, label=label)


def _short(number: float) -> str:
    """A coordinate, to a hundredth."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
