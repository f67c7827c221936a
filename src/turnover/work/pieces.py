"""Which parts of a clip become samples: all of it, its shots, a length that trainers take, or single frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from turnover.core.ranges import FrameRange
from turnover.core.series import Series
from turnover.datasets.recipe import Recipe
from turnover.datasets.recipe_parts import Stills
from turnover.datasets.sample import Sample
from turnover.media.derived import best, every, pieces, trimmed
from turnover.work.samples import Candidate, sample_id

PLAIN_SUFFIXES = frozenset((".mp4", ".mov"))
"""What every trainer reads."""

_LOW_IS_BEST = frozenset(
    ("blockiness", "clipped_high", "clipped_low", "flicker", "mafd", "motion_vmaf", "noise", "reblur")
)


def parts_of(found: Candidate, recipe: Recipe) -> Iterator[Sample]:
    """The samples of a clip, each with the part of the file that it will be made of; none where no part will do."""
    sample = found.sample
    count = sample.frame_count or 0
    if recipe.frames is not None:
        for frame in _frames(recipe.frames, found, count):
            yield _still(sample, frame)
        return
    shots = (
        pieces(count, found.cuts or (), recipe.min_frames or 1) if recipe.cuts == "split" else (FrameRange(0, count),)
    )
    for shot in shots:
        rule = recipe.trim
        part = shot if rule is None else trimmed(shot, step=rule.step, plus=rule.plus, least=rule.least)
        if part is None:
            continue
        is_whole = part.count == count
        yield sample if is_whole and not _needs_encoding(sample, recipe) else _cut(sample, part)


def _needs_encoding(sample: Sample, recipe: Recipe) -> bool:
    """Whether the whole clip is to be encoded anew: always, or where a trainer could not read or time it."""
    if recipe.reencode == "always":
        return True
    return recipe.reencode == "auto" and (sample.suffix not in PLAIN_SUFFIXES or sample.frame_rate is None)


def _cut(sample: Sample, part: FrameRange) -> Sample:
    seconds = None if sample.frame_rate is None else float(sample.frame_rate.seconds(part.count))
    return replace(
        sample,
        id=sample_id(sample.media.digest, f"h264 {part.start}:{part.stop}"),
        part=part,
        suffix=".mp4",
        frame_count=part.count,
        duration_seconds=seconds,
    )


def _still(sample: Sample, frame: int) -> Sample:
    return replace(
        sample,
        id=sample_id(sample.media.digest, f"png {frame}"),
        part=FrameRange(frame, frame + 1),
        suffix=".png",
        frame_count=1,
        frame_rate=None,
        duration_seconds=None,
        has_sound=False,
    )


def _frames(stills: Stills, found: Candidate, count: int) -> tuple[int, ...]:
    if stills.every is not None:
        return every(stills.every, count)
    series = found.series.get(stills.by) or Series.of(stills.by, ())
    return best(stills.best or 1, series, count, is_low_best=stills.by in _LOW_IS_BEST)
