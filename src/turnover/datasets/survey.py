"""What a dataset holds, in numbers: one look at every sample, a few lines kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from turnover.core.rate import Rate
from turnover.datasets import names
from turnover.datasets.dataset import Dataset
from turnover.datasets.sample import Sample

K = TypeVar("K")

_MOST_KINDS = 1_000
"""Different values of one kind that are told apart; a thousand models are no longer a list for a person."""


@dataclass(slots=True)
class SplitSurvey:
    """One split in numbers."""

    samples: int = 0
    media_bytes: int = 0
    seconds: float = 0.0
    """Of the samples whose length is known."""
    faces: int = 0
    suffixes: Counter[str] = field(default_factory=Counter)
    face_suffixes: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Survey:
    """The whole dataset in numbers; splits without samples are left out."""

    splits: Mapping[str, SplitSurvey]
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    """(width, height) → samples."""
    rates: Counter[Rate | None] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    tools: Counter[str] = field(default_factory=Counter)
    loras: Counter[str] = field(default_factory=Counter)
    companions: dict[str, Counter[str]] = field(default_factory=dict)
    """What it is (`start_image`, `reference_1`) → suffix → samples."""
    scored: int = 0
    """Samples with a quality score."""
    synthetic: int = 0
    """Samples that a person called generated, or that name a model or a seed and nobody called anything else."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Every suffix of the media, sorted."""
        return tuple(sorted({suffix for split in self.splits.values() for suffix in split.suffixes}))

    @property
    def face_suffixes(self) -> tuple[str, ...]:
        return tuple(sorted({suffix for split in self.splits.values() for suffix in split.face_suffixes}))

    @property
    def faces(self) -> int:
        return sum(split.faces for split in self.splits.values())


def survey_of(dataset: Dataset) -> Survey:
    """Looks at every sample once; raises WriteError for an id, suffix or split that cannot be part of a name."""
    survey = Survey({split: SplitSurvey() for split in dataset.splits})
    for split, row in survey.splits.items():
        names.check_split(split)
        for sample in dataset.samples(split):
            names.check(sample)
            _count_in_split(row, sample)
            _count(survey, sample)
    return survey


def _count_in_split(row: SplitSurvey, sample: Sample) -> None:
    row.samples += 1
    row.media_bytes += sample.media.size_bytes
    row.seconds += sample.duration_seconds or 0.0
    row.faces += len(sample.faces)
    row.suffixes[sample.suffix] += 1
    row.face_suffixes.update(face.suffix for face in sample.faces)


def _count(survey: Survey, sample: Sample) -> None:
    survey.scored += sample.quality_score is not None
    survey.synthetic += _is_synthetic(sample)
    _add(survey.sizes, (sample.width, sample.height))
    _add(survey.rates, sample.frame_rate)
    if sample.model:
        _add(survey.models, sample.model)
    if sample.tool:
        _add(survey.tools, sample.tool)
    for lora in sample.generation.loras if sample.generation else ():
        if lora.is_enabled:
            _add(survey.loras, lora.name)
    for name, companion in zip(names.companion_fields(sample), sample.companions, strict=True):
        survey.companions.setdefault(name, Counter())[companion.suffix] += 1


def _is_synthetic(sample: Sample) -> bool:
    if sample.is_ai_generated is not None:
        return sample.is_ai_generated
    return sample.model is not None or sample.seed is not None


def _add(counter: Counter[K], key: K) -> None:
    if key in counter or len(counter) < _MOST_KINDS:
        counter[key] += 1
