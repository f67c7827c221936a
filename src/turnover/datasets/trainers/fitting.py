"""What clips a trainer's model can use: numbers of frames, sizes, rates.

Numbers come from what the clips have and the model's rule allows, so that none is dropped for want of a frame.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import isqrt

from turnover.core.rate import Rate
from turnover.datasets.layout import Configuring, FrameRule, Shape
from turnover.datasets.sample import Sample
from turnover.errors import RefusedError, UsageError

FOUR_N_PLUS_ONE = FrameRule(4, 1, least=5)
EIGHT_N_PLUS_ONE = FrameRule(8, 1, least=9)

PIXELS_480P = 832 * 480
SHARE_KEPT = 0.9
"""Of the usable clips, how many have the number of frames that a trainer with one number is given."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model as one trainer trains it."""

    name: str
    """What `--model` takes."""
    title: str
    rule: FrameRule
    rate: Rate | None
    """What the trainer brings clips to; None where it keeps the file's."""
    multiple: int
    most_frames: int
    """What the model was made for; more costs memory and gives nothing."""
    words: Mapping[str, str] = field(default_factory=dict)
    """The trainer's own words for it."""


def chosen(models: Sequence[Model], name: str | None, trainer: str) -> Model:
    """The model named, or the usual one; raises UsageError with a near match."""
    if name is None:
        return models[0]
    for model in models:
        if model.name == name:
            return model
    known = [model.name for model in models]
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"it knows {', '.join(known)}"
    raise UsageError(f"{trainer} has no settings for the model {name!r}", hint=hint)


def training_split(configuring: Configuring) -> str:
    """`train`, or the first there is; raises RefusedError for a dataset without samples."""
    if not configuring.splits:
        raise RefusedError(f"{configuring.name} has no samples", hint="make the dataset again with a wider selection")
    return "train" if "train" in configuring.splits else configuring.splits[0]


def videos_of(configuring: Configuring, split: str, suffixes: frozenset[str], trainer: str) -> Mapping[Shape, int]:
    """What the trainer can open; raises RefusedError where that is nothing."""
    shapes = {shape: n for shape, n in configuring.shapes.get(split, {}).items() if shape.suffix in suffixes}
    if not shapes:
        seen = ", ".join(sorted({shape.suffix for shape in configuring.shapes.get(split, {})})) or "nothing"
        raise RefusedError(
            f"{trainer} can read no sample of {split!r}, which has {seen}",
            hint=f"it reads {', '.join(sorted(suffixes))}",
        )
    return shapes


def resampled(count: int, source: Rate | None, target: Rate | None) -> int:
    """Frames left at the target's rate, rounded down and never more than there are."""
    if source is None or target is None:
        return count
    return min(count, int(count * target.fraction / source.fraction))


def short_at_rate(sample: Sample, model: Model) -> tuple[str, ...]:
    """Says that a clip is long enough only until it is brought to the model's rate; nothing where that is not so."""
    frames, rate = sample.frame_count, sample.frame_rate
    if frames is None or rate is None or model.rate is None or model.rule.usable(frames) is None:
        return ()
    if model.rule.usable(resampled(frames, rate, model.rate)) is not None:
        return ()
    return (f"fewer than {model.rule.least} frames at {model.rate.decimal()} a second",)


def usable_counts(
    shapes: Mapping[Shape, int], model: Model, at_rate: Callable[[Shape], int | None] | None = None
) -> Counter[int]:
    """Number of frames that the model takes of a clip → clips; those too short or of unknown length are left out."""
    counts: Counter[int] = Counter()
    for shape, samples in shapes.items():
        frames = at_rate(shape) if at_rate else shape.frame_count
        usable = None if frames is None else model.rule.usable(min(frames, model.most_frames))
        if usable is not None:
            counts[usable] += samples
    return counts


def for_most(counts: Counter[int], *, trainer: str, rule: FrameRule) -> int:
    """The largest number of frames that most clips have; raises RefusedError where none has enough."""
    total, seen = sum(counts.values()), 0
    for frames in sorted(counts, reverse=True):
        seen += counts[frames]
        if seen >= SHARE_KEPT * total:
            return frames
    raise RefusedError(
        f"no clip has enough frames for {trainer}, which takes {rule.step}n+{rule.plus} and at least {rule.least}",
        hint="`turnover dataset --dry-run` says how many each clip has",
    )


def few(counts: Counter[int], *, most: int = 4) -> list[int]:
    """Some numbers of frames that serve all clips, ascending: the least, so that none is dropped, and the commonest."""
    if not counts:
        return []
    common = [frames for frames, _ in sorted(counts.items(), key=lambda row: (-row[1], -row[0]))]
    return sorted({min(counts), *common[: most - 1]})


def sizes_of(shapes: Mapping[Shape, int]) -> list[tuple[int, int]]:
    """Width and height, the commonest first."""
    sizes: Counter[tuple[int, int]] = Counter()
    for shape, samples in shapes.items():
        sizes[shape.width, shape.height] += samples
    return [size for size, _ in sorted(sizes.items(), key=lambda row: (-row[1], row[0]))]


def fitted(size: tuple[int, int], multiple: int, *, pixels: int = PIXELS_480P) -> tuple[int, int]:
    """A size of the same shape that the model takes: no larger than the clip, and of about `pixels` at most.

    >>> fitted((1920, 1080), 16), fitted((854, 480), 16, pixels=10**6)
    ((848, 480), (848, 480))
    """
    area = size[0] * size[1]
    most = [max(multiple, edge // multiple * multiple) for edge in size]
    if area <= pixels:
        return most[0], most[1]
    scaled = [isqrt(pixels * edge * edge // area) for edge in size]
    width, height = [max(multiple, (edge + multiple // 2) // multiple * multiple) for edge in scaled]
    return min(width, most[0]), min(height, most[1])


def side(size: tuple[int, int]) -> int:
    """The side of the square with as many pixels."""
    return (isqrt(4 * size[0] * size[1]) + 1) // 2


def folder_above(shapes: Mapping[Shape, int]) -> str:
    """The folder that has all others below it; sub-folders of clips have names of hex digits."""
    folders = sorted({shape.folder for shape in shapes})
    return folders[0] if len(folders) == 1 else folders[0].rpartition("/")[0]
