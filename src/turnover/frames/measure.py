"""All metrics of a clip, in one pass over its pictures."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from graphlib import TopologicalSorter
from types import MappingProxyType

import numpy as np

from turnover.core.measurement import Face
from turnover.discovery import offered
from turnover.frames import metrics as folder
from turnover.frames.metric import Metric, Numbers, Taken, Taker
from turnover.frames.picture import Picture

METHOD = "turnover-1"
"""What a measurement was taken by; changes when a metric gives other numbers, so that clips are measured again."""


@cache
def metrics() -> Mapping[str, Metric]:
    """Name → metric, built in or installed, intermediate ones included; what a metric needs comes before it.

    Raises ValueError where two share a name, need each other, or need what nobody offers.
    """
    found = offered(folder, "METRIC", Metric)
    missing = {need for metric in found.values() for need in metric.needs} - set(found)
    if missing:
        raise ValueError(f"no metric is named {', '.join(sorted(missing))}")
    order = TopologicalSorter({name: sorted(metric.needs) for name, metric in sorted(found.items())}).static_order()
    return MappingProxyType({name: found[name] for name in order})


def measure(
    pictures: Iterable[Picture],
    *,
    frames_per_second: float | None,
    names: Collection[str] | None = None,
    finds_every_face: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Taken:
    """Every number of a clip; memory grows by 8 bytes for each frame and metric.

    A picture is needed until the one after it has come; nothing of it is kept but faces.
    `frames_per_second` is None where the rate is not known or varies. `names` are the metrics wanted, None for all;
    what those need is taken too, and an unknown one raises ValueError. `finds_every_face` is False for a detector that
    misses so many that finding none tells nothing. `progress` is told the frames done after each.
    """
    wanted = _wanted(names)
    columns: dict[str, array[float]] = {}
    takers: list[tuple[Taker, Callable[[float], None]]] = []
    for name, metric in wanted.items():
        if metric.start is not None:
            columns[name] = array("d")
            takers.append((metric.start(), columns[name].append))
    sizes: dict[tuple[int, int], None] = {}
    faces: list[Face] = []
    count = 0
    previous: Picture | None = None
    for count, picture in enumerate(pictures, 1):
        if previous is not None and previous.luma.shape != picture.luma.shape:
            previous = None
        for take, add in takers:
            add(take(picture, previous))
        height, width = picture.luma.shape
        sizes[width, height] = None
        faces += picture.faces or ()
        previous = picture
        if progress is not None:
            progress(count)
    taken = Taken(
        {name: _within(column, wanted[name]) for name, column in columns.items()},
        frames_per_second=frames_per_second,
        frame_count=count,
        sizes=tuple(sizes),
        faces=tuple(faces),
        finds_every_face=finds_every_face,
    )
    return _derived(taken, wanted)


def _wanted(names: Collection[str] | None) -> Mapping[str, Metric]:
    """The metrics of those names and all they need, in the order of `metrics`."""
    every = metrics()
    if names is None:
        return every
    unknown = set(names) - set(every)
    if unknown:
        raise ValueError(f"no metric is named {', '.join(sorted(unknown))}; there are {', '.join(sorted(every))}")
    wanted = set(names)
    for name in reversed(tuple(every)):
        if name in wanted:
            wanted.update(every[name].needs)
    return {name: metric for name, metric in every.items() if name in wanted}


def _within(column: array[float], metric: Metric) -> Numbers:
    """The numbers, held in the metric's range: there are code values below black and above white."""
    held: Numbers = np.clip(np.asarray(column), metric.low, metric.high)
    return held


def _derived(taken: Taken, wanted: Mapping[str, Metric]) -> Taken:
    """With what is derived of it, each from what was taken and derived before."""
    for name, metric in wanted.items():
        if metric.derive is not None:
            taken = replace(taken, series={**taken.series, name: metric.derive(taken)})
    return taken
