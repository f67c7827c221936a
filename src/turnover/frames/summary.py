"""What was taken of a clip's pictures, summed up: the numbers that stand for it."""

from __future__ import annotations

from array import array

import numpy as np

from turnover.core.measurement import Measurement, Summary
from turnover.core.series import Series
from turnover.frames.measure import METHOD, metrics
from turnover.frames.metric import Numbers, Taken
from turnover.frames.quality import photographic


def summed_up(numbers: Numbers) -> Summary | None:
    """The four numbers of one series, over the frames that have one; None where none has."""
    known = numbers[np.isfinite(numbers)]
    if not known.size:
        return None
    return Summary(float(known.mean()), float(np.percentile(known, 10)), float(known.min()), float(known.max()))


def quality_score(summary: Summary | None) -> float | None:
    """A clip's quality, 0 to 1, from its `quality_metric`: halfway between its mean and its tenth percentile.

    So it tells how good the clip is as a rule, and a tenth of it that is bad shows. None where nothing was judged.
    """
    return None if summary is None else (summary.mean + summary.p10) / 2


def measurement_of(
    taken: Taken,
    *,
    digest: str,
    method: str = METHOD,
    face_detector: str | None = None,
    trouble: str | None = None,
) -> Measurement:
    """The measurement of the file with this digest, without the series that were only a means."""
    offered = metrics()
    kept = {name: numbers for name, numbers in sorted(taken.series.items()) if not offered[name].is_intermediate}
    summed = {name: summed_up(numbers) for name, numbers in kept.items()}
    return Measurement(
        digest=digest,
        method=method,
        frame_count=taken.frame_count,
        series=tuple(Series(name, array("d", numbers), name) for name, numbers in kept.items()),
        summaries={name: summary for name, summary in summed.items() if summary is not None},
        quality_score=quality_score(summed.get("quality_metric")),
        faces=taken.faces,
        face_detector=face_detector,
        is_photographic=photographic(taken.series) if "photographic" in taken.series else None,
        sizes=taken.sizes,
        trouble=trouble,
    )
