"""A clip with everything known about it becomes a training sample."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from turnover.core.clip import Clip
from turnover.core.probe import Warning
from turnover.core.series import Series
from turnover.datasets.recipe import Recipe
from turnover.datasets.sample import Sample
from turnover.errors import ProbeError
from turnover.files.sources import SourceCache
from turnover.work.companions import companions_of
from turnover.work.measure import Measured

_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
_CUT = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clip that may become a sample."""

    sample: Sample
    """Everything but the caption, its keys and its split."""
    caption: str | None
    """The one that a person gave."""
    group: str | None
    split: str | None
    """What stands beside the clip."""
    cuts: tuple[int, ...] | None
    """First frames of new shots inside it; None where nobody looked."""
    series: Mapping[str, Series]
    """By name; what frames are chosen by."""
    warnings: tuple[Warning, ...] = ()
    """What a person should know of its caption and its rights."""


def candidate(one: Measured, recipe: Recipe, sources: SourceCache) -> Candidate:
    """The sample that a measured clip could be. Raises ProbeError where the file cannot be read any more."""
    clip, kept = one.clip, one.measurement
    media = sources.source(clip.path)
    if media.digest != kept.digest:
        raise ProbeError(f"{clip.name}: changed since it was measured", hint="run again", code="source_changed")
    width, height = clip.probe.video.display_size
    seconds = clip.probe.video.duration_seconds or clip.probe.duration_seconds
    sample = Sample(
        id=sample_id(media.digest),
        media=media,
        suffix=suffix_of(clip.path),
        source_name=source_name(clip),
        caption="",
        frame_count=kept.frame_count or None,
        frame_rate=clip.probe.video.frame_rate,
        width=width,
        height=height,
        duration_seconds=None if seconds is None else float(seconds),
        has_sound=bool(clip.probe.audio),
        place=clip.place,
        status=clip.status,
        prompt=clip.generation.prompt if clip.generation else None,
        negative_prompt=clip.generation.negative_prompt if clip.generation else None,
        generation=clip.generation,
        generation_params=clip.generation_params,
        quality_score=clip.quality_score,
        metrics=kept.summaries,
        failure_tags=clip.failure_tags,
        rights=clip.rights,
        is_ai_generated=clip.is_ai_generated,
        companions=companions_of(clip, recipe.pairs, sources.source),
        prints=kept.prints,
        extra=clip.extra,
    )
    return Candidate(
        sample, clip.caption, clip.group, _split_beside(clip, recipe.assign_key), _cuts(one), _series(clip, recipe)
    )


def sample_id(digest: str, operation: str = "") -> str:
    """The id of what a file's bytes become by an operation; of the file itself without one.

    >>> sample_id("13f244b3545cab53" + 48 * "0")
    'v13f244b3545cab53'
    """
    return "v" + (hashlib.sha256(f"{digest} {operation}".encode()).hexdigest() if operation else digest)[:16]


def source_name(clip: Clip) -> str:
    """Path from the folder that was named, for people."""
    path = clip.path.relative_to(clip.root) if clip.path.is_relative_to(clip.root) else Path(clip.name)
    return path.as_posix()


def suffix_of(path: Path) -> str:
    """The file's own suffix in lower case; `.mp4` where it has none that could be one.

    >>> suffix_of(Path("a.MOV"))
    '.mov'
    """
    suffix = path.suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ".mp4"


def _split_beside(clip: Clip, key: str) -> str | None:
    told = clip.split if key == "split" else clip.extra.get(key)
    return told if isinstance(told, str) else None


def _series(clip: Clip, recipe: Recipe) -> Mapping[str, Series]:
    wanted = None if recipe.frames is None else clip.series_named(recipe.frames.by)
    return {} if wanted is None else {wanted.name: wanted}


def _cuts(one: Measured) -> tuple[int, ...] | None:
    series = one.clip.series_named("scene_cut")
    if series is None or series.is_empty:
        return None
    return tuple(frame for frame, score in enumerate(series.values) if frame and score >= _CUT)
