"""What every layout and every trainer offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from turnover.core.entry import Entry
from turnover.core.rate import Rate
from turnover.datasets.dataset import Dataset
from turnover.datasets.sample import Sample


@dataclass(frozen=True, slots=True)
class LayoutOptions:
    """What a person may choose of a layout."""

    shard_bytes: int = 1 << 30
    """How large a shard of tars or a Parquet file becomes."""


@dataclass(frozen=True, slots=True)
class Layout:
    """An arrangement of files; a module in `layouts/` offers one as its constant `LAYOUT`."""

    name: str
    """What `--layout` takes."""
    sentence: str
    is_one_file: bool
    """Whether the whole is one archive (`zip`) and not a folder."""
    entries: Callable[[Dataset, LayoutOptions], Iterable[Entry]]
    """Every file, in the order it is written, without `manifest-sha256.txt`, which whoever writes them adds at the end.
    In a folder `manifest.json` is written last, whatever its place here: its presence means complete."""


@dataclass(frozen=True, slots=True)
class FrameRule:
    """Which numbers of frames a trainer takes: `step`·n + `plus`, at least `least`."""

    step: int
    plus: int
    least: int = 1

    def usable(self, frames: int) -> int | None:
        """The largest number of frames it takes out of so many; None where there are too few.

        >>> FrameRule(4, 1).usable(50), FrameRule(17, 5).usable(4)
        (49, None)
        """
        usable = (frames - self.plus) // self.step * self.step + self.plus
        return usable if usable >= max(self.least, self.plus, 1) else None


@dataclass(frozen=True, slots=True)
class Trainer:
    """A program that trains on datasets; a module in `trainers/` offers one as its constant `TRAINER`."""

    name: str
    """What `turnover config` takes: `musubi-tuner`."""
    title: str
    sentence: str
    """What it is and for which models, for a person."""
    suffixes: frozenset[str]
    """Media it can read."""
    frame_rule: FrameRule | None
    """Of its usual model; None where it takes any number."""
    frame_rate: Rate | None
    """What its usual model expects; None where it keeps the file's."""
    size_multiple: int
    lists: Callable[[Dataset, str], Iterable[Entry]]
    """The list files of one split, named from the root (`data/train/musubi.jsonl`); none where it reads the folder."""
    configuration: Callable[[Configuring], Mapping[str, str]]
    """File name → text of its configuration."""
    command: str
    """The command lines that train, with `{config}` (the first file of its configuration) and `{dataset}` where they
    go; a variable such as `$MUSUBI_TUNER` is the folder of the trainer."""
    not_ready: Callable[[Sample], tuple[str, ...]] = lambda sample: ()
    """What else keeps it from using a sample, beside suffix, frames and size: sentences; none when ready."""
    models: tuple[str, ...] = ()
    """What `--model` may name, its usual one first; empty where it has one kind only."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a trainer wants to know of a clip before it opens it; counts are kept for each."""

    width: int
    height: int
    frame_count: int | None
    frame_rate: Rate | None
    suffix: str
    folder: str
    """Where it lies, from the dataset's root, with `/`."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One clip of a dataset that stands on disk."""

    path: str
    """From the dataset's root, with `/`."""
    caption: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Configuring:
    """What a configuration is made from; read back from a dataset that stands on disk."""

    name: str
    root: str
    """Where the dataset lies on the machine that trains, with the slashes of that machine."""
    splits: tuple[str, ...]
    rates: Mapping[str, Mapping[Rate | None, int]]
    """Split → frame rate (None: varies) → samples."""
    frame_counts: Mapping[str, tuple[int, ...]]
    """Split → the different numbers of frames, ascending."""
    sizes: Mapping[str, tuple[tuple[int, int], ...]]
    """Split → the different (width, height), most frequent first."""
    trigger: str | None = None
    model: str | None = None
    """What `--model` names, one of the trainer's own; None for its usual one."""
    shapes: Mapping[str, Mapping[Shape, int]] = field(default_factory=dict)
    """Split → what its clips are like → samples; rates, frame counts and sizes come from it."""
    clips: Callable[[str], Iterator[Listed]] = lambda split: iter(())
    """The clips of a split, by path; read anew on each call, for lists that name them."""
    is_frames: bool = False
    """Whether samples are single frames, not videos."""
    faces: Mapping[str, int] = field(default_factory=dict)
    """Split → face pictures."""
