"""What a recipe leaves out of a dataset, and why.

A clip is left out for every reason that holds, in the order of `REASONS`. Counted by the first one each is counted
once; counted by each one tells how many a single bound stands against.
What is not known never passes a bound: a clip without a quality score is left out where a least quality is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from turnover.core.measurement import Summary
from turnover.core.probe import Warning
from turnover.datasets.facts import Facts
from turnover.datasets.recipe import Recipe
from turnover.datasets.recipe_parts import Bound

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "unreadable": "its file is not a video that can be read",
        "source_changed": "its file changed while the dataset was made",
        "source_vanished": "its file vanished while the dataset was made",
        "duplicate": "another file has the same bytes",
        "rights_not_allowed": "its rights say that nobody may train on it",
        "scene_type": "its kind of scene is not among those asked for, or not known",
        "character": "its character is not among those asked for, or not known",
        "status": "its status is not among those asked for, or not known",
        "quality_unknown": "it has no quality score, and a least one is asked",
        "quality_low": "its quality score is below the least one asked",
        "metric_unknown": "a metric that a bound is set for was not measured",
        "metric_low": "a metric is below the least asked",
        "metric_high": "a metric is above the most asked",
        "tag_missing": "it lacks a failure tag that is required",
        "tag_forbidden": "it has a failure tag that is forbidden",
        "cuts_unknown": "nobody looked for cuts, and clips of several shots are excluded",
        "cuts": "it has several shots",
        "too_small": "its picture is smaller than asked",
        "frames_unknown": "nobody knows how many frames it has, and a least number is asked",
        "too_few_frames": "it has fewer frames than asked",
        "duration_unknown": "nobody knows how long it is, and a least duration is asked",
        "too_short": "it is shorter than asked",
        "no_caption": "there is nothing to say about it: no caption, no prompt, no fallback",
        "quarantined": "it would tie samples of two splits together",
    }
)
"""Code → what it means, in the order in which reasons count. `unreadable` to `duplicate`, `no_caption` and
`quarantined` are found by whoever reads the files, captions them and splits them; `excluded` finds the others."""

RIGHTS_WARNINGS: Mapping[str, str] = MappingProxyType(
    {
        "rights_constrained": "its rights allow training under conditions",
        "rights_forced": "its rights do not allow training, and it is kept because the recipe says so",
    }
)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One reason why a clip is left out."""

    code: str
    """Of `REASONS`."""
    sentence: str
    """With the value seen and what was asked."""


def excluded(facts: Facts, recipe: Recipe, *, cut_count: int | None = None) -> tuple[Exclusion, ...]:
    """Every reason why a clip is left out, in the order of `REASONS`; none where it stays.

    `cut_count` says at how many frames a new shot starts; None where nobody looked.
    """
    found = (
        *_rights(facts, recipe),
        *_place(facts, recipe),
        *_quality(facts, recipe),
        *_metrics(facts.metrics, recipe.metrics),
        *_tags(facts, recipe),
        *_cuts(cut_count, recipe),
        *_extent(facts, recipe),
    )
    order = list(REASONS)
    return tuple(sorted(found, key=lambda one: order.index(one.code)))


def rights_warnings(facts: Facts, recipe: Recipe) -> tuple[Warning, ...]:
    """What a person should know of the rights of a clip that stays."""
    licence = f", licence {facts.rights.licence}" if facts.rights.licence else ""
    if facts.rights.training == "constrained":
        return (Warning("rights_constrained", f"{facts.source_name}: training is constrained{licence}"),)
    if facts.rights.training == "notAllowed" and recipe.include_not_allowed:
        return (Warning("rights_forced", f"{facts.source_name}: training is not allowed{licence}; kept all the same"),)
    return ()


def _rights(facts: Facts, recipe: Recipe) -> Iterator[Exclusion]:
    if facts.rights.training == "notAllowed" and not recipe.include_not_allowed:
        yield Exclusion("rights_not_allowed", "its rights say notAllowed; include_not_allowed keeps it all the same")


def _place(facts: Facts, recipe: Recipe) -> Iterator[Exclusion]:
    asked = (
        ("scene_type", "scene type", facts.place.scene_type, recipe.scene_types),
        ("character", "character", facts.place.character, recipe.characters),
        ("status", "status", facts.status, recipe.statuses),
    )
    for code, what, value, wanted in asked:
        if wanted is not None and value not in wanted:
            told = f"{what} {value!r}" if value else f"its {what} is not known"
            yield Exclusion(code, f"{told}; asked for: {_listed(wanted)}")


def _quality(facts: Facts, recipe: Recipe) -> Iterator[Exclusion]:
    score, least = facts.quality_score, recipe.min_quality
    if least is None:
        return
    if score is None or score != score:
        yield Exclusion("quality_unknown", f"no quality score; at least {least:g} is asked")
    elif score < least:
        yield Exclusion("quality_low", f"quality score {_number(score, least)}, below {least:g}")


def _metrics(summaries: Mapping[str, Summary], bounds: Collection[Bound]) -> Iterator[Exclusion]:
    for bound in bounds:
        summary = summaries.get(bound.metric)
        value = None if summary is None else float(getattr(summary, bound.statistic))
        if value is None or value != value:
            yield Exclusion("metric_unknown", f"{bound.name} was not measured")
        elif bound.least is not None and value < bound.least:
            yield Exclusion("metric_low", f"{bound.name} {_number(value, bound.least)}, below {bound.least:g}")
        elif bound.most is not None and value > bound.most:
            yield Exclusion("metric_high", f"{bound.name} {_number(value, bound.most)}, above {bound.most:g}")


def _tags(facts: Facts, recipe: Recipe) -> Iterator[Exclusion]:
    missing = [tag for tag in recipe.required_tags if tag not in facts.failure_tags]
    if missing:
        yield Exclusion("tag_missing", f"without the failure tag {_listed(missing)}")
    if "*" in recipe.forbidden_tags:
        forbidden = list(facts.failure_tags)
    else:
        forbidden = [tag for tag in recipe.forbidden_tags if tag in facts.failure_tags]
    if forbidden:
        yield Exclusion("tag_forbidden", f"failure tag {_listed(forbidden)}")


def _cuts(cut_count: int | None, recipe: Recipe) -> Iterator[Exclusion]:
    if recipe.cuts != "exclude":
        return
    if cut_count is None:
        yield Exclusion("cuts_unknown", "nobody looked for cuts")
    elif cut_count:
        yield Exclusion("cuts", f"{cut_count} cut" + "s" * (cut_count > 1))


def _extent(facts: Facts, recipe: Recipe) -> Iterator[Exclusion]:
    for what, size, asked in (("wide", facts.width, recipe.min_width), ("high", facts.height, recipe.min_height)):
        if asked is not None and size < asked:
            yield Exclusion("too_small", f"{size} pixels {what}, at least {asked} are asked")
    if recipe.min_frames is not None:
        if facts.frame_count is None:
            yield Exclusion("frames_unknown", f"number of frames not known; at least {recipe.min_frames} are asked")
        elif facts.frame_count < recipe.min_frames:
            yield Exclusion("too_few_frames", f"{facts.frame_count} frames, at least {recipe.min_frames} are asked")
    if recipe.min_seconds is not None:
        seconds, least = facts.duration_seconds, recipe.min_seconds
        if seconds is None:
            yield Exclusion("duration_unknown", f"duration not known; at least {least:g} s are asked")
        elif seconds < least:
            yield Exclusion("too_short", f"{_number(seconds, least)} s, at least {least:g} s are asked")


def _listed(names: Collection[str]) -> str:
    """The first of them, cut short."""
    shown = [name if len(name) <= 60 else name[:57] + "..." for name in list(names)[:5]]
    return ", ".join(shown) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _number(value: float, bound: float) -> str:
    """With as many digits as it takes to tell it from the bound."""
    short = f"{value:.3g}"
    return short if float(short) != bound else repr(value)
